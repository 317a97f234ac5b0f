//! Invitations: a first password by mail, and what the administrator learns.

use crate::support::ports::{OnCommit, OnFind, OnSend};
use crate::support::run;
use crate::support::world::{GOOD, World};
use password_reset::adapters::memory::{Mail, MemoryStore, Outbox};
use password_reset::mailer::Reason;
use password_reset::service::{BuildError, Delivery};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{IssueKind, LifetimeError, Refusal, Selector};
use password_reset::{LinkTemplate, PasswordReset};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use time::SignedDuration;

const CAROL: &str = "carol@example.com";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// A world in which Carol has no password.
struct Invited {
    world: World,
    carol: u64,
}

impl Invited {
    fn new() -> Self {
        Self::with(World::new())
    }

    fn with(world: World) -> Self {
        let carol = world.store.memory.add_account(CAROL, "").unwrap();
        Self { world, carol }
    }

    fn invite(&self) -> String {
        assert_eq!(run(self.world.resets.invite(&self.carol)).delivery(), Delivery::Sent);
        self.world.tokens().pop().unwrap()
    }

    /// A link that was asked for, as soon as the throttle admits one.
    fn link(&self) -> String {
        self.world.clock.advance(Duration::from_secs(120));
        assert_eq!(self.world.request(CAROL), "sent");
        self.world.tokens().pop().unwrap()
    }

    fn told(&self, token: &str) -> Result<IssueKind, Refusal> {
        let checked = run(self.world.resets.check(token));
        checked.map(|good| good.kind).map_err(|error| error.refusal().unwrap())
    }
}

#[test]
fn an_invitation_sets_a_first_password_within_a_week() {
    let Invited { world, carol } = Invited::new();
    assert_eq!(run(world.resets.invite(&carol)).delivery(), Delivery::Sent);
    let mail = world.mailer.outbox.take().remove(0);
    assert!(matches!(mail, Mail::ResetLink { reason: Reason::Invitation, .. }), "{mail:?}");
    let token = mail.link().unwrap().expose_token();
    world.clock.advance(DAY * 6);
    world.clock.advance(Duration::new(86_399, 999_999_999));
    let good = run(world.resets.check(token)).unwrap();
    assert_eq!((good.kind, good.account_id, &*good.address), (IssueKind::Invitation, carol, CAROL));
    assert_eq!(good.expires_at - good.asked_at, SignedDuration::days(7));
    assert!(world.reset(token, "weak").unwrap_err().violations().is_some());
    assert_eq!(world.reset(token, GOOD).unwrap().account_id, carol);
    assert_ne!(world.store.memory.password_hash(carol).unwrap(), "");
    let told = world.reset(token, GOOD).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Used));
}

#[test]
fn an_invitation_lives_for_as_long_as_the_host_says_and_at_most_a_month() {
    let with = |lifetime| {
        let world = World::new();
        let link = LinkTemplate::new("https://app.example.com/{token}").unwrap();
        let builder = PasswordReset::builder(world.store, world.mailer, link);
        builder.invitation_lifetime(lifetime).build().map(drop)
    };
    assert_eq!(with(DAY * 30), Ok(()));
    assert_eq!(with(HOUR), Ok(()));
    let refused = |error| Err(BuildError::Invitations(error));
    let month = DAY * 30 + Duration::from_nanos(1);
    assert_eq!(with(month), refused(LifetimeError::TooLong { hours: 720 }));
    assert_eq!(with(Duration::MAX), refused(LifetimeError::TooLong { hours: 720 }));
    assert_eq!(with(HOUR / 2), refused(LifetimeError::ShorterThanThrottle));
    assert_eq!(with(Duration::ZERO), refused(LifetimeError::Zero));

    let invited = Invited::with(World::with(|builder| builder.invitation_lifetime(DAY * 3)));
    let token = invited.invite();
    invited.world.clock.advance(DAY * 3);
    assert_eq!(invited.told(&token), Err(Refusal::Expired));
}

#[test]
fn only_a_newer_invitation_supersedes_one() {
    let invited = Invited::new();
    let first = invited.invite();
    let link = invited.link();
    assert_eq!(invited.told(&first), Ok(IssueKind::Invitation), "a link for recovery does not");
    let second = invited.invite();
    assert_eq!(invited.told(&first), Err(Refusal::Superseded));
    assert_eq!(invited.told(&second), Ok(IssueKind::Invitation));
    assert_eq!(invited.told(&link), Ok(IssueKind::Recovery), "nor does it end such a link");
}

#[test]
fn a_stranger_who_requests_links_for_days_ends_no_invitation() {
    let invited = Invited::new();
    let invitation = invited.invite();
    for _ in 0..167 {
        invited.world.clock.advance(HOUR);
        invited.world.request(CAROL);
        assert_eq!(invited.told(&invitation), Ok(IssueKind::Invitation));
    }
    assert!(invited.world.reset(&invitation, GOOD).is_ok());
}

#[test]
fn one_password_ends_the_links_of_both_kinds() {
    for with_invitation in [true, false] {
        let invited = Invited::new();
        let tokens = [invited.invite(), invited.link()];
        let (used, other) = if with_invitation { (0, 1) } else { (1, 0) };
        invited.world.reset(&tokens[used], GOOD).unwrap();
        assert_eq!(invited.told(&tokens[used]), Err(Refusal::Used));
        assert_eq!(invited.told(&tokens[other]), Err(Refusal::Changed));
    }
}

#[test]
fn cancelling_a_strangers_mail_leaves_the_invitation_good() {
    let invited = Invited::new();
    let (invitation, link) = (invited.invite(), invited.link());
    run(invited.world.resets.cancel(&link)).unwrap();
    assert_eq!(invited.told(&link), Err(Refusal::Revoked));
    assert_eq!(invited.told(&invitation), Ok(IssueKind::Invitation));
    run(invited.world.resets.cancel(&invitation)).unwrap();
    assert_eq!(invited.told(&invitation), Err(Refusal::Revoked));
}

#[test]
fn a_password_set_on_another_path_ends_an_invitation() {
    let invited = Invited::new();
    let invitation = invited.invite();
    assert!(invited.world.store.memory.set_password_hash(invited.carol, "by another path"));
    assert_eq!(invited.told(&invitation), Err(Refusal::Changed));
    assert!(run(invited.world.resets.cancel(&invitation)).is_err());
}

/// A store whose accounts have an empty stamp, and a password from a moment on.
struct Stampless(MemoryStore, AtomicBool);

impl Stampless {
    fn told(&self, account: Option<Account<u64>>) -> Option<Account<u64>> {
        account.map(|mut account| {
            account.stamp.clear();
            account.has_password = self.1.load(Ordering::Relaxed);
            account
        })
    }
}

impl Store for Stampless {
    type AccountId = u64;
    type Error = Infallible;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, Infallible> {
        self.0.find_by_login(login).await.map(|found| self.told(found))
    }
    async fn find_by_id(&self, id: &u64) -> Result<Option<Account<u64>>, Infallible> {
        self.0.find_by_id(id).await.map(|found| self.told(found))
    }
    async fn find_by_selector(&self, s: &Selector) -> Result<Option<Account<u64>>, Infallible> {
        self.0.find_by_selector(s).await.map(|found| self.told(found))
    }
    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, Infallible> {
        self.0.commit(change).await
    }
}

#[test]
fn an_invitation_is_refused_to_an_account_with_a_password_even_if_its_stamp_is_empty() {
    let memory = MemoryStore::new();
    memory.add_account(CAROL, "").unwrap();
    let link = LinkTemplate::new("https://app.example.com/{token}").unwrap();
    let outbox = Outbox::new();
    let store = Stampless(memory, AtomicBool::new(false));
    let resets = PasswordReset::builder(store, outbox.clone(), link).build().unwrap();
    assert_eq!(run(resets.invite(&1)).delivery(), Delivery::Sent);
    let mail = outbox.take().remove(0);
    let token = mail.link().unwrap().expose_token();
    assert!(run(resets.accept(token, GOOD)).is_ok());

    resets.store().1.store(true, Ordering::Relaxed);
    let told = run(resets.accept(token, GOOD)).unwrap_err();
    assert_eq!(told.refusal(), Some(Refusal::Changed));
}

#[test]
fn an_expired_invitation_is_renewed_as_an_invitation_and_under_the_throttle() {
    let invited = Invited::new();
    let token = invited.invite();
    let renew = || run(invited.world.resets.renew(&token)).outcome_for_logs().code();
    assert_eq!(renew(), "not_renewable", "it is good");
    invited.world.clock.advance(DAY * 8);
    assert_eq!(renew(), "sent");
    let mail = invited.world.mailer.outbox.take().remove(0);
    assert!(matches!(mail, Mail::ResetLink { reason: Reason::Invitation, .. }), "{mail:?}");
    assert_eq!(invited.told(mail.link().unwrap().expose_token()), Ok(IssueKind::Invitation));
    assert_eq!(renew(), "throttled");
}

#[test]
fn an_account_with_a_password_is_not_invited_and_gets_no_mail() {
    let invited = Invited::new();
    let world = &invited.world;
    let before = world.state();
    let dispatched = run(world.resets.invite(&world.alice));
    assert_eq!(dispatched.delivery(), Delivery::HasPassword);
    assert_eq!(dispatched.outcome_for_logs().code(), "has_password");
    assert_eq!((world.tokens().len(), world.state() == before), (0, true));

    let token = invited.invite();
    invited.world.clock.advance(DAY * 8);
    assert!(invited.world.store.memory.set_password_hash(invited.carol, "hash"));
    let renewed = run(invited.world.resets.renew(&token)).outcome_for_logs().code();
    assert_eq!(renewed, "not_renewable");
}

#[test]
fn an_invitation_is_withdrawn_by_revoking_it_or_by_letting_the_account_reset_no_more() {
    let invited = Invited::new();
    let (token, link) = (invited.invite(), invited.link());
    assert!(run(invited.world.resets.revoke_for(&invited.carol)).unwrap());
    assert_eq!(invited.told(&token), Err(Refusal::Revoked));
    assert_eq!(invited.told(&link), Err(Refusal::Revoked), "links of both kinds");

    let invited = Invited::new();
    let token = invited.invite();
    assert!(invited.world.store.memory.set_disabled(invited.carol, true));
    assert_eq!(invited.told(&token), Err(Refusal::Unknown));
}

/// What may be shown, and what is logged.
#[test]
fn an_administrator_learns_whether_a_mail_was_sent_and_no_link() {
    type Prepare = fn(&World, u64);
    let rows: [(Prepare, Delivery, &str); 6] = [
        (|_, _| (), Delivery::Sent, "sent"),
        (
            |w, id| assert!(w.store.memory.set_disabled(id, true)),
            Delivery::MayNotReset,
            "unknown_account",
        ),
        (
            |w, id| assert!(w.store.memory.set_address(id, "no address").unwrap()),
            Delivery::NoAddress,
            "failed",
        ),
        (|w, _| w.mailer.next_sends([OnSend::Refuse]), Delivery::MailFailed, "mail_failed"),
        (|w, _| w.store.next_finds([OnFind::Fail]), Delivery::Failed, "failed"),
        (
            |w, _| w.store.next_commits([OnCommit::FailBefore, OnCommit::FailBefore]),
            Delivery::Failed,
            "failed",
        ),
    ];
    for (prepare, delivery, code) in rows {
        for invites in [true, false] {
            let Invited { world, carol } = Invited::new();
            prepare(&world, carol);
            let dispatched = if invites {
                run(world.resets.invite(&carol))
            } else {
                run(world.resets.request_for(&carol))
            };
            let logged = dispatched.outcome_for_logs().code();
            assert_eq!((dispatched.delivery(), logged), (delivery, code));
            let shown = format!("{dispatched:?} {delivery}");
            assert!(!shown.contains("http") && !shown.contains(CAROL), "{shown}");
            assert!(world.tokens().iter().all(|token| !shown.contains(token)));
        }
    }
}
