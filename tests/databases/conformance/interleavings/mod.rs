//! Two tasks on one account, in every interleaving that a scheduler can force.

mod gate;
mod schedules;
mod story;

pub(crate) use gate::Gates;

use gate::{Gate, GatedMailer, GatedStore, History};
use password_reset::adapters::memory::{ManualClock, Outbox};
use password_reset::conformance::Fixture;
use password_reset::mailer::Mailer;
use password_reset::service::ResetError;
use password_reset::store::Store;
use password_reset::token::{Refusal, Throttle, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use schedules::Schedules;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use story::Story;
use time::UtcDateTime;

/// What one of the two tasks does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Deed {
    Request,
    /// Where the throttle lets only one pass.
    ThrottledRequest,
    Redeem,
    Cancel,
    SetAddress,
    SetPassword,
    Disable,
}

const PAIRS: [[Deed; 2]; 10] = [
    [Deed::Request, Deed::Redeem],
    [Deed::Redeem, Deed::Redeem],
    [Deed::Cancel, Deed::Redeem],
    [Deed::Request, Deed::Request],
    [Deed::ThrottledRequest, Deed::ThrottledRequest],
    [Deed::Request, Deed::Cancel],
    [Deed::SetAddress, Deed::Redeem],
    [Deed::SetPassword, Deed::Redeem],
    [Deed::Disable, Deed::Redeem],
    [Deed::Disable, Deed::Request],
];

/// What the one who did it was told.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    Requested(&'static str),
    Followed(Result<(), Refusal>),
    Nothing,
}

/// Runs each pair in every interleaving, each time for an account of its own.
pub(crate) async fn assert_one_story<F: Fixture>(fixture: &F, gates: Gates) {
    for deeds in PAIRS {
        let mut schedules = Schedules::default();
        let (mut count, mut conflicts, mut firsts) = (0, 0, [0, 0]);
        loop {
            let history = run_pair(fixture, gates, deeds, &mut schedules).await;
            count += 1;
            conflicts += history.conflicts;
            firsts[history.effects[0]] += 1;
            if !schedules.advance() {
                break;
            }
        }
        println!("{deeds:?}: {count} schedules, {conflicts} conflicts, first {firsts:?}");
        assert!(count >= 4 && conflicts > 0, "{deeds:?} met in the middle");
        assert!(firsts.iter().all(|first| *first > 0), "either came first");
    }
}

async fn run_pair<F: Fixture>(
    fixture: &F,
    gates: Gates,
    deeds: [Deed; 2],
    schedules: &mut Schedules,
) -> History {
    let story = Story::begin(fixture, deeds).await;
    let history = Arc::new(Mutex::new(History::default()));
    let gate = [0, 1].map(|task| Gate::new(task, gates, history.clone()));
    let mut told = [None, None];
    {
        let mut tasks = [0, 1].map(|task| perform(&story, task, gate[task].clone()));
        for task in 0..2 {
            told[task] = gate[task].step(&mut tasks[task]).await;
        }
        loop {
            let task = match &told {
                [None, None] => schedules.choose(),
                [None, Some(_)] => 0,
                [Some(_), None] => 1,
                [Some(_), Some(_)] => break,
            };
            told[task] = gate[task].step(&mut tasks[task]).await;
        }
    }
    let history = std::mem::take(&mut *history.lock().unwrap());
    story.verify(&history.effects, told.map(Option::unwrap)).await;
    history
}

fn perform<'a, F: Fixture>(
    story: &'a Story<'a, F>,
    task: usize,
    gate: Gate,
) -> Pin<Box<dyn Future<Output = Told> + 'a>> {
    Box::pin(async move {
        let (deed, fixture) = (story.deeds[task], story.fixture);
        let gated = GatedStore(fixture.store(), gate.clone());
        let mailer = GatedMailer(story.outboxes[task].clone(), gate.clone());
        let resets = service(gated, mailer, deed);
        match deed {
            Deed::Request | Deed::ThrottledRequest => {
                let handled = resets.request(&story.address).await;
                Told::Requested(handled.outcome_for_logs().code())
            }
            Deed::Redeem => {
                let told = redeem(&resets, &story.token, story.hashes[task]).await;
                Told::Followed(told.map_err(|error| refusal(&error)))
            }
            Deed::Cancel => {
                let told = resets.cancel(&story.token).await;
                Told::Followed(told.map_err(|error| refusal(&error)))
            }
            Deed::SetAddress => {
                gate.change(fixture.set_address(&story.id, &story.new_address)).await;
                Told::Nothing
            }
            Deed::Disable => {
                let disable = async { assert!(fixture.set_disabled(&story.id, true).await) };
                gate.change(disable).await;
                Told::Nothing
            }
            Deed::SetPassword => {
                gate.change(fixture.set_password_hash(&story.id, story.hashes[task])).await;
                Told::Nothing
            }
        }
    })
}

async fn redeem<S: Store, M: Mailer<S::AccountId>>(
    resets: &PasswordReset<S, M>,
    token: &str,
    hash: &str,
) -> Result<(), ResetError<S::Error>> {
    resets.accept(token, "Abcdefg1").await?.commit(hash).await.map(drop)
}

fn refusal<E: std::error::Error>(error: &ResetError<E>) -> Refusal {
    error.refusal().unwrap_or_else(|| panic!("no fault: {error:?}"))
}

fn service<S: Store, M: Mailer<S::AccountId>>(
    store: S,
    mailer: M,
    deed: Deed,
) -> PasswordReset<S, M> {
    let link = LinkTemplate::new("https://app.example.com/#{token}").unwrap();
    let hour = Duration::from_secs(3600);
    let cooldown = if deed == Deed::ThrottledRequest { 60 } else { 0 };
    let throttle = Throttle::per_window(5, hour).unwrap();
    let throttle = throttle.with_cooldown(Duration::from_secs(cooldown)).unwrap();
    PasswordReset::builder(store, mailer, link)
        .issuer(TokenIssuer::builder().throttle(throttle).build().unwrap())
        .clock(ManualClock::new(UtcDateTime::UNIX_EPOCH))
        .build()
        .unwrap()
}

/// The token in the one mail with a link, if there is one.
fn token_in(outbox: &Outbox) -> Option<String> {
    let mails = outbox.take();
    assert!(mails.len() <= 1);
    Some(mails.first()?.link()?.expose_url().rsplit('#').next()?.to_owned())
}
