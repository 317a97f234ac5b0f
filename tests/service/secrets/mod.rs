//! No token, verifier, password or hash shows where it must not.
//!
//! Known ones are planted, and every output is searched for them.

#[cfg(feature = "codes")]
mod codes;
#[cfg(feature = "codes")]
mod offline;
mod search;

#[cfg(feature = "tracing")]
use crate::support::events::events_of;
use crate::support::issuers::eager;
use crate::support::ports::Down;
use crate::support::world::token_in;
use crate::support::{entropy_of, run};
use password_reset::adapters::memory::{ManualClock, MemoryStore, Outbox};
use password_reset::mailer::{Mailer, Message};
use password_reset::policy::{ContextWords, PasswordPolicy};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Entropy, Ledger, ResetToken, Selector, TokenIssuer};
use password_reset::{LinkTemplate, PasswordReset};
use search::leaks;
use std::convert::Infallible;
use std::error::Error;
use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use time::UtcDateTime;

const LOGIN: &str = "canary-login@example.com";
const VERIFIER: [u8; 24] = *b"verif\xFB\xFFer canary 2468 aC";
const PASSWORD: &str = "Password-canary-13579";
const OLD_HASH: &str = "old-hash-canary-97531";
const NEW_HASH: &str = "new-hash-canary-86420";

/// `tracing` may take an event for switched off that one thread emits without a
/// subscriber while another thread sets its own.
static ONE_SERVICE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Everything that was shown or stored, with where.
struct Seen {
    seen: Mutex<Vec<(&'static str, Vec<u8>)>>,
    _turn: MutexGuard<'static, ()>,
}

impl Seen {
    fn new() -> Self {
        let turn = ONE_SERVICE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        Self { seen: Mutex::default(), _turn: turn }
    }

    fn bytes(&self, place: &'static str, bytes: impl Into<Vec<u8>>) {
        self.seen.lock().unwrap().push((place, bytes.into()));
    }

    fn debug(&self, place: &'static str, value: &(impl Debug + ?Sized)) {
        self.bytes(place, format!("{value:?}"));
        self.bytes(place, format!("{value:#?}"));
    }

    /// The error's `Debug`, its `Display`, and its causes'.
    fn error(&self, place: &'static str, error: &(dyn Error + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.debug(place, error);
            self.bytes(place, error.to_string());
            next = error.source();
        }
    }

    fn assert_without(&self, name: &str, secret: &[u8]) {
        let seen = self.seen.lock().unwrap();
        assert!(seen.len() > 40, "everything is searched");
        for (place, bytes) in &*seen {
            let found = leaks(bytes, secret);
            assert!(found.is_empty(), "{place} shows the {name}: {found:?}");
        }
    }
}

/// Ports that note all they are given.
struct Spy<'a> {
    seen: &'a Seen,
    memory: MemoryStore,
    outbox: Outbox,
    fails: Mutex<bool>,
}

impl Spy<'_> {
    fn note_account(&self, account: Option<Account<u64>>) -> Result<Option<Account<u64>>, Down> {
        if *self.fails.lock().unwrap() {
            return Err(Down);
        }
        self.seen.debug("an account", &account);
        if let Some(ledger) = account.as_ref().and_then(|account| account.ledger.clone()) {
            self.seen.debug("a ledger", &Ledger::decode(&ledger).unwrap());
            self.seen.bytes("a stored ledger", ledger);
        }
        Ok(account)
    }
}

impl Store for Spy<'_> {
    type AccountId = u64;
    type Error = Down;

    async fn find_by_login(&self, login: &str) -> Result<Option<Account<u64>>, Down> {
        self.note_account(self.memory.find_by_login(login).await.unwrap())
    }

    async fn find_by_id(&self, id: &u64) -> Result<Option<Account<u64>>, Down> {
        self.note_account(self.memory.find_by_id(id).await.unwrap())
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<u64>>, Down> {
        self.note_account(self.memory.find_by_selector(selector).await.unwrap())
    }

    async fn commit(&self, change: &Change<'_, u64>) -> Result<Commit, Down> {
        self.seen.debug("a change", change);
        self.seen.debug("the next ledger", change.ledger());
        self.seen.bytes("the next ledger's bytes", change.ledger().encode());
        Ok(self.memory.commit(change).await.unwrap())
    }
}

impl Mailer<u64> for Spy<'_> {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, u64>) -> Result<(), Infallible> {
        self.seen.debug("a message", message);
        self.outbox.send(message).await
    }
}

/// A token with the canary as its verifier; the selector differs.
fn canary(number: u8) -> Entropy {
    let mut bytes = [number; 36];
    bytes[12..].copy_from_slice(&VERIFIER);
    entropy_of(bytes)
}

fn spy(seen: &Seen) -> Spy<'_> {
    let (memory, outbox) = (MemoryStore::new(), Outbox::new());
    let id = memory.add_account(LOGIN, OLD_HASH).unwrap();
    assert!(memory.sign_in(id, OLD_HASH));
    Spy { seen, memory, outbox, fails: Mutex::new(false) }
}

/// Each flow, to each of its ends.
fn everything_happens(seen: &Seen) -> String {
    let spy = spy(seen);
    let clock = ManualClock::new(UtcDateTime::UNIX_EPOCH);
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
    let builder = PasswordReset::builder(&spy, &spy, link).clock(clock.clone()).issuer(eager());
    seen.debug("the builder", &builder);
    let builder = builder.entropy(|| Ok::<_, Infallible>(canary(1)));
    let resets = builder.build().unwrap();
    seen.debug("the service", &resets);

    seen.debug("an unknown login's request", &run(resets.request("Nobody@example.com")));
    seen.debug("a request", &run(resets.request(LOGIN)));
    let mails = spy.outbox.take();
    seen.debug("a mail", &mails[0]);
    seen.debug("a link", mails[0].link().unwrap());
    let token = token_in(&mails[0]).unwrap();

    seen.debug("a good link", &run(resets.check(&token)).unwrap());
    let weak = format!("{}\0", PASSWORD.repeat(20));
    seen.error("a rejection", &run(resets.accept(&token, &weak)).unwrap_err());
    let accepted = run(resets.accept(&token, PASSWORD)).unwrap();
    let verdict = accepted.reject_if(true, "recent_password", "It was yours before.");
    seen.error("the host's verdict", &verdict.unwrap_err());
    let accepted = run(resets.accept(&token, PASSWORD)).unwrap();
    seen.error("an empty hash", &run(accepted.commit("")).unwrap_err());
    let accepted = run(resets.accept(&token, PASSWORD)).unwrap();
    seen.debug("an accepted password", &accepted);
    seen.debug("a completed reset", &run(accepted.commit(NEW_HASH)).unwrap());
    seen.error("a used link", &run(resets.check(&token)).unwrap_err());
    seen.error("a used link", &run(resets.cancel(&token)).unwrap_err());

    seen.debug("a renewal", &run(resets.renew(&token)));
    seen.debug("its outcome", run(resets.renew(&token)).outcome_for_logs());
    run(resets.request_in(LOGIN, "x-canary"));
    run(resets.cancel(&token)).unwrap();
    seen.debug("an administrator's request", &run(resets.request_for(&1)));
    assert!(run(resets.revoke(LOGIN)).unwrap());
    assert!(!run(resets.revoke(LOGIN)).unwrap());
    *spy.fails.lock().unwrap() = true;
    seen.debug("a failed request", &run(resets.request(LOGIN)));
    seen.debug("its outcome", run(resets.request(LOGIN)).outcome_for_logs());
    seen.error("a fault", &run(resets.check(&token)).unwrap_err());
    seen.error("a fault", &run(resets.accept(&token, PASSWORD)).unwrap_err());
    seen.error("a fault", &run(resets.revoke(LOGIN)).unwrap_err());

    clock.advance(Duration::from_secs(1));
    seen.debug("the store", &spy.memory);
    seen.debug("the outbox", &spy.outbox);
    token
}

/// The core on its own.
fn the_core_is_used(seen: &Seen) {
    seen.debug("entropy", &canary(2));
    let account = Account::new(1, LOGIN, OLD_HASH, None);
    let issuer = TokenIssuer::default();
    seen.debug("an issuer", &issuer);
    seen.debug("a binding", &account.binding());
    let now = UtcDateTime::UNIX_EPOCH;
    let issue = issuer.issue(None, account.binding(), now, canary(2)).unwrap();
    seen.debug("what was issued", &issue);
    let token = ResetToken::parse(issue.token.expose_text()).unwrap();
    seen.debug("a token", &token);
    let again = issuer.issue(Some(&issue.ledger), account.binding(), now, canary(3)).unwrap_err();
    seen.error("a throttled issue", &again);
    let text = token.expose_text();
    seen.error("a malformed token", &ResetToken::parse(&text[1..]).unwrap_err());
    let undecodable = Ledger::decode(&VERIFIER).unwrap_err();
    seen.error("an undecodable ledger", &undecodable);
    seen.error("violations", &PasswordPolicy::default().check(&PASSWORD[..7]).unwrap_err());
    seen.error("a bad link", &LinkTemplate::new(PASSWORD).unwrap_err());
}

/// A policy that misses the password in every way that knows it.
fn the_policy_says_all_that_it_can(seen: &Seen) {
    let own = std::collections::BTreeSet::from([PASSWORD.to_owned()]);
    let words = ContextWords::Contained(vec!["canary".to_owned()]);
    let builder = PasswordPolicy::builder().max_bytes(20).blocklist(own).context_words(words);
    #[cfg(feature = "nfc")]
    let builder = builder.nfc(true);
    #[cfg(feature = "zxcvbn")]
    let builder = builder.min_score(4);
    seen.debug("a policy's builder", &builder);
    let policy = builder.build().unwrap();
    seen.debug("a policy", &policy);
    seen.debug("hints", &policy.hints());
    seen.debug("a prepared password", &policy.prepare(PASSWORD));
    // With a mark that composes, so that the prepared string is a copy.
    let marked = format!("e\u{301}{PASSWORD}");
    seen.debug("a prepared password", &policy.prepare(&marked));
    seen.debug("a checklist", &policy.checklist(&marked).collect::<Vec<_>>());
    for password in [PASSWORD, &marked] {
        let violations = policy.check_for(password, &[PASSWORD]).unwrap_err();
        seen.error("all violations", &violations);
        for violation in &violations {
            seen.bytes("a sentence", violation.to_string());
        }
        #[cfg(feature = "serde")]
        seen.bytes("violations as JSON", serde_json::to_string(&violations).unwrap());
    }
    #[cfg(feature = "hibp")]
    {
        use password_reset::policy::BreachRange;
        let range = BreachRange::of(&policy.prepare(PASSWORD));
        seen.debug("a range", &range);
        let policy = PasswordPolicy::default();
        let checked = || policy.check(PASSWORD).unwrap();
        seen.debug("a checked password", &checked());
        seen.error("no answer", &policy.check_breach(checked(), None).unwrap_err());
        seen.error("an odd answer", &policy.check_breach(checked(), Some(PASSWORD)).unwrap_err());
        seen.debug("an accepted password", &checked().accept().unwrap());
    }
}

#[test]
fn nothing_that_is_shown_or_stored_holds_a_secret() {
    let seen = Seen::new();
    let token = everything_happens(&seen);
    the_core_is_used(&seen);
    the_policy_says_all_that_it_can(&seen);
    seen.assert_without("verifier", &VERIFIER);
    seen.assert_without("token", token.as_bytes());
    seen.assert_without("verifier's text", &token.as_bytes()[16..]);
    seen.assert_without("password", PASSWORD.as_bytes());
    seen.assert_without("new hash", NEW_HASH.as_bytes());
    seen.assert_without("old hash", OLD_HASH.as_bytes());
}

#[test]
fn the_secrets_are_where_they_belong_so_that_the_search_could_find_them() {
    let seen = Seen::new();
    let spy = spy(&seen);
    let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
    let builder = PasswordReset::builder(&spy, &spy, link);
    let resets = builder.entropy(|| Ok::<_, Infallible>(canary(1))).build().unwrap();
    run(resets.request(LOGIN));
    let mails = spy.outbox.take();
    let url = mails[0].link().unwrap().expose_url();
    assert_eq!(leaks(url.as_bytes(), &VERIFIER), ["URL-safe base64"]);
    let token = token_in(&mails[0]).unwrap();
    let accepted = run(resets.accept(&token, PASSWORD)).unwrap();
    assert_eq!(leaks(accepted.expose_password().as_bytes(), PASSWORD.as_bytes()), ["raw"]);
}

#[cfg(feature = "tracing")]
#[test]
fn one_event_tells_of_each_outcome_and_none_holds_a_secret_or_the_login() {
    let seen = Seen::new();
    let (token, events) = events_of(|| everything_happens(&seen));
    let secrets = [LOGIN, "Nobody@example.com", &token, &token[16..], PASSWORD, NEW_HASH, OLD_HASH];
    for event in &events {
        for secret in secrets.map(str::as_bytes).into_iter().chain([VERIFIER.as_slice()]) {
            assert!(leaks(event.as_bytes(), secret).is_empty(), "{event}");
        }
        assert!(!event.contains("anary") && !event.contains("obody"), "{event}");
    }
    assert_eq!(
        events,
        [
            "INFO flow=request purpose=password-reset outcome=unknown_account",
            "INFO flow=request purpose=password-reset outcome=sent account=1",
            "INFO flow=check purpose=password-reset outcome=good account=1",
            "INFO flow=accept purpose=password-reset outcome=rejected account=1",
            "INFO flow=accept purpose=password-reset outcome=accepted account=1",
            "INFO flow=reject_if purpose=password-reset outcome=rejected account=1",
            "INFO flow=accept purpose=password-reset outcome=accepted account=1",
            "ERROR flow=commit purpose=password-reset outcome=failed account=1",
            "INFO flow=accept purpose=password-reset outcome=accepted account=1",
            "INFO flow=commit purpose=password-reset outcome=completed account=1",
            "INFO flow=check purpose=password-reset outcome=used account=1",
            "INFO flow=cancel purpose=password-reset outcome=used account=1",
            "INFO flow=renew purpose=password-reset outcome=not_renewable account=1",
            "INFO flow=renew purpose=password-reset outcome=not_renewable account=1",
            "INFO flow=request purpose=password-reset outcome=sent account=1",
            "INFO flow=cancel purpose=password-reset outcome=cancelled account=1",
            "INFO flow=request_for purpose=password-reset outcome=sent account=1",
            "INFO flow=revoke purpose=password-reset outcome=revoked account=1",
            "INFO flow=revoke purpose=password-reset outcome=no_live_link account=1",
            "ERROR flow=request purpose=password-reset outcome=failed",
            "ERROR flow=request purpose=password-reset outcome=failed",
            "ERROR flow=check purpose=password-reset outcome=failed",
            "ERROR flow=accept purpose=password-reset outcome=failed",
            "ERROR flow=revoke purpose=password-reset outcome=failed",
        ]
    );
}

#[cfg(all(feature = "tracing", feature = "hibp"))]
#[test]
fn one_event_tells_of_each_look_at_a_password_between_accept_and_commit() {
    use password_reset::policy::BreachService;
    let seen = Seen::new();
    let ((), events) = events_of(|| {
        let spy = spy(&seen);
        let service = |service| {
            let words = ContextWords::Contained(Vec::new());
            let policy = PasswordPolicy::builder().context_words(words).breach_service(service);
            let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
            PasswordReset::builder(&spy, &spy, link).policy(policy.build().unwrap()).build()
        };
        let open = service(BreachService::FailOpen).unwrap();
        let closed = service(BreachService::FailClosed).unwrap();
        run(open.request(LOGIN));
        let token = token_in(&spy.outbox.take()[0]).unwrap();
        let accept =
            |service: &PasswordReset<_, _>| run(service.accept(&token, "Looking-Glass-2")).unwrap();
        accept(&open).check_words(&["Glass"]).unwrap_err();
        let absent = "003D68EB55068C33ACE09247EE4C639306B:3";
        accept(&open).check_breach(Some(absent)).map(drop).unwrap();
        accept(&open).check_breach(None).map(drop).unwrap();
        accept(&closed).check_breach(None).unwrap_err();
        let accepted = accept(&closed);
        run(accepted.commit(NEW_HASH)).unwrap_err();
    });
    assert_eq!(
        events[1..],
        [
            "INFO flow=accept purpose=password-reset outcome=accepted account=1",
            "INFO flow=check_words purpose=password-reset outcome=rejected account=1",
            "INFO flow=accept purpose=password-reset outcome=accepted account=1",
            "INFO flow=check_breach purpose=password-reset outcome=absent account=1",
            "INFO flow=accept purpose=password-reset outcome=accepted account=1",
            "ERROR flow=check_breach purpose=password-reset outcome=unanswered account=1",
            "INFO flow=accept purpose=password-reset outcome=accepted account=1",
            "ERROR flow=check_breach purpose=password-reset outcome=failed account=1",
            "INFO flow=accept purpose=password-reset outcome=accepted account=1",
            "ERROR flow=commit purpose=password-reset outcome=failed account=1",
        ]
    );
}

#[cfg(feature = "tracing")]
#[test]
fn the_events_of_an_invitation_carry_its_own_purpose() {
    let seen = Seen::new();
    let ((), events) = events_of(|| {
        let spy = spy(&seen);
        let bob = spy.memory.add_account("bob@example.com", "").unwrap();
        let link = LinkTemplate::new("https://app.example.com/reset?token={token}").unwrap();
        let resets = PasswordReset::builder(&spy, &spy, link).build().unwrap();
        let _ = run(resets.invite(&1));
        let _ = run(resets.invite(&bob));
        let token = token_in(&spy.outbox.take()[0]).unwrap();
        run(resets.check(&token)).unwrap();
        run(resets.accept(&token, "weak")).map(drop).unwrap_err();
        let accepted = run(resets.accept(&token, PASSWORD)).unwrap();
        run(resets.renew(&token));
        run(accepted.commit(NEW_HASH)).unwrap();
        run(resets.cancel(&token)).unwrap_err();
        let _ = run(resets.request_for(&bob));
    });
    assert_eq!(
        events,
        [
            "INFO flow=invite purpose=password-reset/invitation outcome=has_password account=1",
            "INFO flow=invite purpose=password-reset/invitation outcome=sent account=2",
            "INFO flow=check purpose=password-reset/invitation outcome=good account=2",
            "INFO flow=accept purpose=password-reset/invitation outcome=rejected account=2",
            "INFO flow=accept purpose=password-reset/invitation outcome=accepted account=2",
            "INFO flow=renew purpose=password-reset/invitation outcome=not_renewable account=2",
            "INFO flow=commit purpose=password-reset/invitation outcome=completed account=2",
            "INFO flow=cancel purpose=password-reset/invitation outcome=used account=2",
            "INFO flow=request_for purpose=password-reset outcome=sent account=2",
        ]
    );
}
