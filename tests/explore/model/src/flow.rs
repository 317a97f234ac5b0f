//! One flow of the shipped service, run up to the question that has no answer yet.

use crate::bounds::{Bounds, LIFETIME_OF_INVITATIONS};
use crate::mistakes;
use crate::ports::{Answer, Call, Down, Ports, Reply};
use password_reset::service::{Accepted, Completed, Fault, Outcome, ResetError};
use password_reset::token::{IssueKind, Refusal};
use password_reset::{LinkTemplate, PasswordReset};
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

pub(crate) const LOGIN: &str = "alice";
const GOOD_PASSWORD: &str = "Abcdefg1";
/// The account's id, unless it is made again with another.
pub(crate) const ID: u8 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Flow {
    Request,
    /// The host asks, by the account's id.
    RequestFor,
    /// The host invites, by the account's id.
    Invite,
    Renew(Opened),
    Redeem {
        link: Opened,
        is_weak: bool,
    },
    Cancel(Opened),
    Revoke,
    /// Somebody who is signed in changes the password.
    Change,
    /// Somebody types a code, with these digits.
    Exchange {
        typed: Arc<str>,
    },
}

/// A link that somebody opened. The service is not told of which kind it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Opened {
    pub(crate) token: Arc<str>,
    pub(crate) kind: IssueKind,
}

impl Flow {
    pub(crate) fn kind(&self) -> IssueKind {
        match self {
            Self::Request
            | Self::RequestFor
            | Self::Revoke
            | Self::Change
            | Self::Exchange { .. } => IssueKind::Recovery,
            Self::Invite => IssueKind::Invitation,
            Self::Renew(link) | Self::Redeem { link, .. } | Self::Cancel(link) => link.kind,
        }
    }

    pub(crate) fn token(&self) -> Option<&str> {
        match self {
            Self::Renew(link) | Self::Redeem { link, .. } | Self::Cancel(link) => Some(&link.token),
            _ => None,
        }
    }

    /// Whether it is to set a password.
    pub(crate) fn sets_password(&self) -> bool {
        matches!(self, Self::Redeem { .. } | Self::Change)
    }
}

/// What the person or program that started the flow is told at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Told {
    Sent,
    MailFailed,
    Throttled,
    UnknownAccount,
    HasPassword,
    NotRenewable,
    Redeemed,
    PasswordChanged,
    Cancelled,
    Revoked,
    NothingToRevoke,
    Exchanged,
    WrongCode,
    NoCode,
    Refused(Refusal),
    Rejected,
    StoreFailed,
    Contended,
    UnexplainedConflict,
    OtherFault,
}

/// How far a flow comes by some answers.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    pub(crate) next: Next,
    /// When it last read the clock.
    pub(crate) decided_at: i64,
    /// After how many answers that was.
    pub(crate) decided_after: usize,
    pub(crate) has_read_clock: bool,
    /// How many links and tokens it has made.
    pub(crate) draws: u8,
    /// The token that a code was exchanged for.
    pub(crate) handed: Option<Arc<str>>,
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
pub(crate) struct Known(HashMap<(u8, Flow, Vec<Answer>), Progress>);

impl Known {
    pub(crate) fn progress(
        &mut self,
        bounds: &Bounds,
        process: u8,
        flow: &Flow,
        answers: &[Answer],
    ) -> &Progress {
        self.0
            .entry((process, flow.clone(), answers.to_vec()))
            .or_insert_with(|| progress(bounds, process, flow, answers))
    }
}

/// Runs the flow from its beginning until it has no answer left.
pub(crate) fn progress(bounds: &Bounds, process: u8, flow: &Flow, answers: &[Answer]) -> Progress {
    let ports = Ports::new(process, answers.to_vec());
    let next = {
        let run = pin!(run(bounds, &ports, process, flow));
        match run.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(told) => Next::Ends(told),
            Poll::Pending => Next::Asks(ports.take_asked().expect("it waits for a port")),
        }
    };
    let (decided_at, decided_after) = ports.last_reading();
    Progress {
        next,
        decided_at,
        decided_after,
        has_read_clock: ports.has_read_since(),
        draws: ports.draws(),
        handed: ports.take_handed(),
    }
}

fn service(bounds: &Bounds, ports: &Ports) -> Service {
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}");
    let source = ports.clone();
    PasswordReset::builder(ports.clone(), ports.clone(), link.expect("the template is one"))
        .issuer(bounds.issuer_of(IssueKind::Recovery).clone())
        .invitation_lifetime(Duration::from_secs(LIFETIME_OF_INVITATIONS.unsigned_abs()))
        .clock(ports.clone())
        .entropy(move || Ok::<_, Infallible>(source.draw()))
        .build()
        .expect("nothing is missing")
}

async fn run(bounds: &Bounds, ports: &Ports, process: u8, flow: &Flow) -> Told {
    if let Some(mistake) = bounds.mistake
        && let Some(told) = mistakes::run(mistake, bounds, ports, process, flow).await
    {
        return told;
    }
    let service = service(bounds, ports);
    match flow {
        Flow::Request => told_of_outcome(service.request(LOGIN).await.outcome_for_logs()),
        Flow::RequestFor => told_of_outcome(service.request_for(&ID).await.outcome_for_logs()),
        Flow::Invite => told_of_outcome(service.invite(&ID).await.outcome_for_logs()),
        Flow::Renew(link) => told_of_outcome(service.renew(&link.token).await.outcome_for_logs()),
        Flow::Redeem { link, is_weak } => {
            let password = if *is_weak { "weak" } else { GOOD_PASSWORD };
            let accepted = service.accept(&link.token, password).await;
            // As where it is spawned: of the handler nothing is left.
            drop(service);
            let set = set_password(ports, process, accepted).await;
            set.map_or_else(|error| told_of(&error), |_| Told::Redeemed)
        }
        Flow::Change => {
            let Some(verified) = verify(ports).await else { return Told::UnknownAccount };
            let accepted = service.accept_change(ID, verified.as_bytes(), GOOD_PASSWORD).await;
            drop(service);
            let set = set_password(ports, process, accepted).await;
            set.map_or_else(|error| told_of(&error), |_| Told::PasswordChanged)
        }
        Flow::Cancel(link) => {
            let cancelled = service.cancel(&link.token).await;
            cancelled.map_or_else(|error| told_of(&error), |()| Told::Cancelled)
        }
        Flow::Revoke => match service.revoke(LOGIN).await {
            Ok(true) => Told::Revoked,
            Ok(false) => Told::NothingToRevoke,
            Err(fault) => told_of_fault(&fault),
        },
        Flow::Exchange { typed } => {
            let (token, handled) = service.exchange(LOGIN, typed).await;
            if let Some(token) = &token {
                ports.hand(token);
            }
            told_of_outcome(handled.outcome_for_logs())
        }
    }
}

type Committed = Result<Completed<u8, Down>, ResetError<Down>>;

/// What a runtime takes for a task of its own.
type Spawned = Pin<Box<dyn Future<Output = Committed> + Send>>;

async fn set_password(
    ports: &Ports,
    process: u8,
    accepted: Result<Accepted<Ports, Ports>, ResetError<Down>>,
) -> Committed {
    let accepted = accepted?;
    ports.ask(Call::Hash).await;
    let commit: Spawned = Box::pin(accepted.commit(hash_of(process)));
    commit.await
}

/// The stamp of the password that the host has verified.
pub(crate) async fn verify(ports: &Ports) -> Option<Arc<str>> {
    match ports.ask(Call::Verify).await {
        Reply::Verified(stamp) => stamp,
        other => unreachable!("{other:?} answers a verification"),
    }
}

fn told_of_outcome(outcome: &Outcome<Down, Down>) -> Told {
    match outcome {
        Outcome::Sent => Told::Sent,
        Outcome::MailFailed(_) => Told::MailFailed,
        Outcome::Throttled => Told::Throttled,
        Outcome::UnknownAccount => Told::UnknownAccount,
        Outcome::HasPassword => Told::HasPassword,
        Outcome::NotRenewable => Told::NotRenewable,
        Outcome::Exchanged => Told::Exchanged,
        Outcome::WrongCode => Told::WrongCode,
        Outcome::NoCode => Told::NoCode,
        Outcome::Failed(fault) => told_of_fault(fault),
        _ => Told::OtherFault,
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
