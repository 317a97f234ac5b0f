//! One ceremony of the shipped service, run up to the question that has no answer yet.

use crate::bounds::Bounds;
use crate::mistakes;
use crate::ports::{Answer, Call, Down, Ports};
use password_reset::service::{Fault, Outcome, ResetError};
use password_reset::token::Refusal;
use password_reset::{LinkTemplate, PasswordReset};
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

pub(crate) const LOGIN: &str = "alice";

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Ceremony {
    Request,
    Redeem { token: Arc<str>, is_weak: bool },
    Cancel { token: Arc<str> },
    Revoke,
}

/// What whoever started the ceremony is told at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Told {
    Sent,
    MailFailed,
    Throttled,
    UnknownLogin,
    Redeemed,
    Cancelled,
    Revoked,
    NothingToRevoke,
    Refused(Refusal),
    Rejected,
    StoreFailed,
    Contended,
    UnexplainedConflict,
    OtherFault,
}

/// How far a ceremony comes by some answers.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    pub(crate) next: Next,
    /// When it last read the clock.
    pub(crate) decided_at: i64,
    pub(crate) has_read_clock: bool,
    /// How many links it has made.
    pub(crate) draws: u8,
}

#[derive(Clone, Debug)]
pub(crate) enum Next {
    Asks(Call),
    Ends(Told),
}

pub(crate) type Service = PasswordReset<Ports, Ports>;

/// The new password's hash, which is each process's own.
pub(crate) fn hash_of(process: u8) -> String {
    format!("the hash that process {process} stored")
}

/// Progress that was made before: the same answers come up in many states.
#[derive(Debug, Default)]
pub(crate) struct Known(HashMap<(u8, Ceremony, Vec<Answer>), Progress>);

impl Known {
    pub(crate) fn progress(
        &mut self,
        bounds: &Bounds,
        process: u8,
        ceremony: &Ceremony,
        answers: &[Answer],
    ) -> &Progress {
        self.0
            .entry((process, ceremony.clone(), answers.to_vec()))
            .or_insert_with(|| progress(bounds, process, ceremony, answers))
    }
}

/// Runs the ceremony from its beginning until it has no answer left.
pub(crate) fn progress(
    bounds: &Bounds,
    process: u8,
    ceremony: &Ceremony,
    answers: &[Answer],
) -> Progress {
    let ports = Ports::new(process, answers.to_vec());
    let service = service(bounds, &ports);
    let next = {
        let run = pin!(run(bounds, &service, &ports, process, ceremony));
        match run.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(told) => Next::Ends(told),
            Poll::Pending => Next::Asks(ports.take_asked().expect("it waits for a port")),
        }
    };
    Progress {
        next,
        decided_at: ports.last_reading(),
        has_read_clock: ports.has_read_since(),
        draws: ports.draws(),
    }
}

fn service(bounds: &Bounds, ports: &Ports) -> Service {
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}");
    let source = ports.clone();
    PasswordReset::builder(ports.clone(), ports.clone(), link.expect("the template is one"))
        .issuer(bounds.issuer.clone())
        .clock(ports.clone())
        .entropy(move || Ok::<_, Infallible>(source.draw()))
        .build()
        .expect("nothing is missing")
}

async fn run(
    bounds: &Bounds,
    service: &Service,
    ports: &Ports,
    process: u8,
    ceremony: &Ceremony,
) -> Told {
    if let Some(mistake) = bounds.mistake
        && let Some(told) = mistakes::run(mistake, bounds, ports, process, ceremony).await
    {
        return told;
    }
    match ceremony {
        Ceremony::Request => match service.request(LOGIN).await.outcome_for_logs() {
            Outcome::Sent => Told::Sent,
            Outcome::MailFailed(_) => Told::MailFailed,
            Outcome::Throttled => Told::Throttled,
            Outcome::UnknownLogin => Told::UnknownLogin,
            Outcome::Failed(fault) => told_of_fault(fault),
            _ => Told::OtherFault,
        },
        Ceremony::Redeem { token, is_weak } => {
            let password = if *is_weak { "weak" } else { "Abcdefg1" };
            let redeemed = async {
                let accepted = service.accept(token, password).await?;
                ports.ask(Call::Hash).await;
                accepted.commit(&hash_of(process)).await
            };
            redeemed.await.map_or_else(|error| told_of(&error), |_| Told::Redeemed)
        }
        Ceremony::Cancel { token } => {
            let cancelled = service.cancel(token).await;
            cancelled.map_or_else(|error| told_of(&error), |()| Told::Cancelled)
        }
        Ceremony::Revoke => match service.revoke(LOGIN).await {
            Ok(true) => Told::Revoked,
            Ok(false) => Told::NothingToRevoke,
            Err(fault) => told_of_fault(&fault),
        },
    }
}

fn told_of(error: &ResetError<Down>) -> Told {
    match error {
        ResetError::Refused(refusal) => Told::Refused(*refusal),
        ResetError::Rejected(_) => Told::Rejected,
        ResetError::Fault(fault) => told_of_fault(fault),
        _ => Told::OtherFault,
    }
}

fn told_of_fault(fault: &Fault<Down>) -> Told {
    match fault {
        Fault::Store(_) => Told::StoreFailed,
        Fault::Contended => Told::Contended,
        Fault::UnexplainedConflict => Told::UnexplainedConflict,
        _ => Told::OtherFault,
    }
}
