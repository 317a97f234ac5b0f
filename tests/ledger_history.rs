//! The ledger's invariants over random histories, against bookkeeping of its own.

mod support;

use password_reset::token::{
    Binding, Issue, IssueError, IssueState, Ledger, RedeemError, Refusal, ResetToken, Throttle,
    TokenIssuer,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;
use support::{entropy, runner};
use time::{SignedDuration, UtcDateTime};

const SECOND: i128 = 1_000_000_000;

#[derive(Clone, Copy, Debug)]
struct Rules {
    cooldown: u64,
    per_window: u8,
    window: u64,
    lifetime: u64,
}

const RULES: [Rules; 4] = [
    Rules { cooldown: 60, per_window: 5, window: 3600, lifetime: 3600 },
    Rules { cooldown: 0, per_window: 16, window: 3600, lifetime: 3600 },
    Rules { cooldown: 600, per_window: 2, window: 1800, lifetime: 24 * 3600 },
    Rules { cooldown: 0, per_window: 1, window: 1, lifetime: 24 * 3600 },
];

impl Rules {
    fn issuer(self) -> TokenIssuer {
        let seconds = Duration::from_secs;
        let throttle =
            Throttle::new(seconds(self.cooldown), self.per_window, seconds(self.window)).unwrap();
        TokenIssuer::new("test", seconds(self.lifetime), throttle).unwrap()
    }
}

/// A `usize` is a link, counted back from the newest.
#[derive(Clone, Debug)]
enum Op {
    Issue,
    Redeem {
        link: usize,
        stamp: u8,
    },
    Cancel(usize),
    Revoke,
    SetAddress(u8),
    SetStamp(u8),
    Advance(SignedDuration),
    Set(UtcDateTime),
    /// To the expiry of the newest link, and so many nanoseconds beside it.
    ToExpiry(i64),
    /// To a minute before the newest link was issued, and so many nanoseconds beside it.
    ToEarliest(i64),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let link = || prop_oneof![3 => Just(0), 2 => 0..20_usize];
    let year = SignedDuration::days(365);
    let jumps = vec![
        SignedDuration::ZERO,
        SignedDuration::nanoseconds(1),
        SignedDuration::new(59, 999_999_999),
        SignedDuration::seconds(60),
        SignedDuration::minutes(10),
        SignedDuration::minutes(30),
        SignedDuration::hours(1),
        SignedDuration::hours(24),
        SignedDuration::seconds(-30),
        SignedDuration::seconds(-60),
        SignedDuration::new(-60, -1),
        SignedDuration::minutes(-10),
        year,
        -year,
    ];
    let op = prop_oneof![
        12 => Just(Op::Issue),
        2 => (link(), 0..3_u8).prop_map(|(link, stamp)| Op::Redeem { link, stamp }),
        2 => link().prop_map(Op::Cancel),
        1 => Just(Op::Revoke),
        1 => (0..2_u8).prop_map(Op::SetAddress),
        1 => (0..3_u8).prop_map(Op::SetStamp),
        10 => prop::sample::select(jumps).prop_map(Op::Advance),
        1 => prop::sample::select(vec![UtcDateTime::MIN, UtcDateTime::MAX]).prop_map(Op::Set),
        2 => (-1..2_i64).prop_map(Op::ToExpiry),
        2 => (-1..2_i64).prop_map(Op::ToEarliest),
    ];
    prop::collection::vec(op, 1..80)
}

struct Link {
    token: ResetToken,
    issued_at: UtcDateTime,
    account: (u8, u8),
    state: IssueState,
}

/// What must hold, kept without looking into the ledger.
struct Book {
    rules: Rules,
    now: UtcDateTime,
    account: (u8, u8),
    revision: i64,
    links: Vec<Link>,
}

fn between(later: UtcDateTime, earlier: UtcDateTime) -> i128 {
    later.unix_timestamp_nanos() - earlier.unix_timestamp_nanos()
}

impl Book {
    fn binding(&self) -> Binding {
        Binding::new(&format!("{}@example.com", self.account.0), &[self.account.1])
    }

    fn remembered(&self) -> &[Link] {
        &self.links[self.links.len().saturating_sub(16)..]
    }

    fn told(&self, link: &Link) -> Result<(), Refusal> {
        let age = between(self.now, link.issued_at);
        let lifetime = i128::from(self.rules.lifetime) * SECOND;
        match link.state {
            _ if !self.remembered().iter().any(|known| std::ptr::eq(known, link)) => {
                Err(Refusal::Unknown)
            }
            IssueState::Superseded { .. } => Err(Refusal::Superseded),
            IssueState::Redeemed { .. } => Err(Refusal::Used),
            IssueState::Revoked { .. } => Err(Refusal::Revoked),
            _ if !(-60 * SECOND..lifetime).contains(&age) => Err(Refusal::Expired),
            _ if link.account != self.account => Err(Refusal::Changed),
            _ => Ok(()),
        }
    }

    fn issue_fails(&self) -> Option<IssueError> {
        let within = |seconds: u64| {
            let span = -60 * SECOND..i128::from(seconds) * SECOND;
            let ages = self.remembered().iter().map(|link| between(self.now, link.issued_at));
            ages.filter(|age| span.contains(age)).count()
        };
        let has_good = self.links.last().is_some_and(|link| self.told(link).is_ok());
        let too_often = within(self.rules.cooldown) > 0
            || within(self.rules.window) >= self.rules.per_window.into();
        let room = between(UtcDateTime::MAX, self.now);
        if has_good && too_often {
            Some(IssueError::Throttled)
        } else if room < i128::from(self.rules.lifetime) * SECOND {
            Some(IssueError::TimeOutOfRange)
        } else {
            None
        }
    }

    fn enter(&mut self, state: IssueState) {
        self.revision += 1;
        if let Some(newest) = self.links.last_mut().filter(|l| l.state == IssueState::Live) {
            newest.state = state;
        }
    }

    fn link(&self, back: usize) -> Option<&Link> {
        self.links.len().checked_sub(back + 1).map(|at| &self.links[at])
    }
}

type Reached = RefCell<BTreeMap<&'static str, u32>>;

struct History<'a> {
    issuer: TokenIssuer,
    ledger: Option<Ledger>,
    book: Book,
    reached: &'a Reached,
}

impl<'a> History<'a> {
    fn new(rules: Rules, reached: &'a Reached) -> Self {
        let (now, links) = (UtcDateTime::UNIX_EPOCH, Vec::new());
        let book = Book { rules, now, account: (0, 0), revision: 0, links };
        Self { issuer: rules.issuer(), ledger: None, book, reached }
    }

    fn reach(&self, what: &'static str) {
        *self.reached.borrow_mut().entry(what).or_default() += 1;
    }

    fn step(&mut self, op: &Op) {
        let (now, revision) = (self.book.now, self.book.revision);
        match *op {
            Op::Issue => self.issue(),
            Op::Redeem { link, stamp } => {
                let successor = Binding::new("whatever the next one is", &[stamp]);
                self.finish(link, IssueState::Redeemed { at: now }, |issuer, ledger, token, b| {
                    issuer.redeem(ledger, token, b, now, successor)
                });
                if self.book.revision > revision {
                    self.book.account.1 = stamp;
                }
            }
            Op::Cancel(link) => {
                self.finish(link, IssueState::Revoked { at: now }, |issuer, ledger, token, b| {
                    issuer.cancel(ledger, token, b, now)
                });
            }
            Op::Revoke => self.revoke(),
            Op::SetAddress(address) => self.book.account.0 = address,
            Op::SetStamp(stamp) => self.book.account.1 = stamp,
            Op::Advance(by) => self.book.now = now.saturating_add(by),
            Op::Set(to) => self.book.now = to,
            Op::ToExpiry(beside) => self.jump(beside, Issue::expires_at),
            Op::ToEarliest(beside) => {
                self.jump(beside, |issue| issue.issued_at().saturating_sub(SignedDuration::MINUTE));
            }
        }
    }

    fn jump(&mut self, nanoseconds: i64, to: impl Fn(&Issue) -> UtcDateTime) {
        if let Some(newest) = self.ledger.as_ref().and_then(Ledger::newest) {
            self.book.now = to(newest).saturating_add(SignedDuration::nanoseconds(nanoseconds));
        }
    }

    fn issue(&mut self) {
        let (now, binding) = (self.book.now, self.book.binding());
        let fresh = entropy(self.book.links.len() as u64 + 1);
        match self.issuer.issue(self.ledger.as_ref(), binding, now, fresh) {
            Err(error) => {
                assert_eq!(Some(error), self.book.issue_fails());
                if error == IssueError::Throttled {
                    self.reach("throttled");
                    let (ledger, newest) = (self.ledger.as_ref(), self.book.links.last());
                    let newest = &newest.unwrap().token;
                    let good = self.issuer.check(ledger.unwrap(), newest, &binding, now);
                    assert_eq!(good, Ok(()), "whoever is throttled has a good link");
                } else {
                    self.reach("out of range");
                }
            }
            Ok(issued) => {
                assert_eq!(None, self.book.issue_fails());
                let lifetime = i128::from(self.book.rules.lifetime) * SECOND;
                assert_eq!(between(issued.expires_at, now), lifetime);
                if let Some(older) = self.book.links.last() {
                    self.reach(match between(now, older.issued_at) {
                        0 => "superseded at the same reading",
                        ..0 => "superseded at an earlier reading",
                        1.. => "superseded later",
                    });
                }
                self.book.enter(IssueState::Superseded { at: now });
                self.book.links.push(Link {
                    token: issued.token,
                    issued_at: now,
                    account: self.book.account,
                    state: IssueState::Live,
                });
                self.ledger = Some(issued.ledger);
            }
        }
    }

    fn finish(
        &mut self,
        back: usize,
        state: IssueState,
        step: impl Fn(&TokenIssuer, &Ledger, &ResetToken, &Binding) -> Result<Ledger, RedeemError>,
    ) {
        let (Some(ledger), Some(link)) = (&self.ledger, self.book.link(back)) else { return };
        let next = step(&self.issuer, ledger, &link.token, &self.book.binding());
        if let Err(refusal) = self.book.told(link) {
            assert_eq!(next, Err(RedeemError::Refused(refusal)));
        } else {
            self.ledger = Some(next.unwrap());
            self.book.enter(state);
        }
    }

    fn revoke(&mut self) {
        let Some(ledger) = &self.ledger else { return };
        let is_live = self.book.links.last().is_some_and(|l| l.state == IssueState::Live);
        let next = self.issuer.revoke(ledger, self.book.now).unwrap();
        assert_eq!(next.is_some(), is_live);
        if next.is_some() {
            self.ledger = next;
            self.book.enter(IssueState::Revoked { at: self.book.now });
        }
    }

    /// Everything that must hold after each step.
    fn verify(&mut self) {
        let Some(ledger) = &self.ledger else { return };
        let read = Ledger::decode(&ledger.encode()).expect("what is written can be read");
        assert_eq!(&read, ledger);
        assert_eq!(ledger.revision(), self.book.revision);

        let states: Vec<_> = ledger.issues().iter().map(|i| (i.issued_at(), i.state())).collect();
        let kept: Vec<_> = self.book.remembered().iter().map(|l| (l.issued_at, l.state)).collect();
        assert_eq!(states, kept);
        let (newest, older) = states.split_last().unwrap();
        assert!(older.iter().all(|(_, state)| *state != IssueState::Live));

        for link in &self.book.links {
            let told = self.issuer.check(ledger, &link.token, &self.book.binding(), self.book.now);
            assert_eq!(told, self.book.told(link));
            self.reach(told.map_or_else(Refusal::code, |()| "good"));
            if told == Err(Refusal::Expired) && self.book.now < link.issued_at {
                self.reach("from the future");
            }
        }
        self.reach(newest.1.code());
        if ledger.issues().len() == 16 {
            self.reach("full");
        }
        if self.book.links.len() > 16 {
            self.reach("pushed out");
        }
        let last = ledger.issues().iter().map(Issue::expires_at).max().unwrap();
        assert_eq!(ledger.forgettable_at(), last.saturating_add(SignedDuration::days(7)));
        self.ledger = Some(read);
    }
}

#[test]
fn every_history_keeps_the_ledgers_invariants() {
    let reached = Reached::default();
    runner(700)
        .run(&(prop::sample::select(RULES.to_vec()), ops()), |(rules, ops)| {
            let mut history = History::new(rules, &reached);
            for op in &ops {
                history.step(op);
                history.verify();
            }
            Ok(())
        })
        .unwrap();

    let refusals = ["good", "unknown", "superseded", "used", "revoked", "expired", "changed"];
    let others = ["redeemed", "full", "pushed out", "throttled", "out of range", "from the future"];
    let orders = ["superseded at the same reading", "superseded at an earlier reading"];
    for what in refusals.into_iter().chain(others).chain(orders) {
        let count = reached.borrow().get(what).copied().unwrap_or_default();
        assert!(count >= 50, "{what} was reached {count} times: {reached:?}");
    }
}
