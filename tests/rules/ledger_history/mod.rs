//! The ledger's invariants over random histories, against a second account of the rules.

#[cfg(feature = "codes")]
mod codes;

use crate::support::invariants::read_after;
use crate::support::{entropy, runner};
use password_reset::token::{
    Binding, Entropy, Issue, IssueError, IssueKind, IssueState, Issued, Ledger, RedeemError,
    Refusal, ResetToken, Throttle, TokenIssuer,
};
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

const SECOND: i128 = 1_000_000_000;

#[derive(Clone, Copy, Debug)]
struct Rules {
    cooldown: u64,
    per_window: u8,
    window: u64,
    lifetime: u64,
    /// An invitation's lifetime.
    invitation: u64,
}

const DAY: u64 = 24 * 3600;

const RULES: [Rules; 4] = [
    Rules { cooldown: 60, per_window: 5, window: 3600, lifetime: 3600, invitation: 7 * DAY },
    Rules { cooldown: 0, per_window: 14, window: 3600, lifetime: 3600, invitation: 3600 },
    Rules { cooldown: 600, per_window: 2, window: 1800, lifetime: DAY, invitation: 30 * DAY },
    Rules { cooldown: 0, per_window: 1, window: 1, lifetime: DAY, invitation: 1 },
];

impl Rules {
    fn recovery(self) -> TokenIssuer {
        let seconds = Duration::from_secs;
        let throttle = Throttle::per_window(self.per_window, seconds(self.window)).unwrap();
        let throttle = throttle.with_cooldown(seconds(self.cooldown)).unwrap();
        let lifetime = seconds(self.lifetime);
        let builder = TokenIssuer::builder().lifetime(lifetime).throttle(throttle);
        #[cfg(feature = "codes")]
        return crate::support::codes::with_codes(builder);
        #[cfg(not(feature = "codes"))]
        builder.build().unwrap()
    }

    /// In nanoseconds.
    fn lifetime_of(self, kind: IssueKind) -> i128 {
        let is_recovery = kind == IssueKind::Recovery;
        i128::from(if is_recovery { self.lifetime } else { self.invitation }) * SECOND
    }
}

/// A `usize` is an issue, counted back from the newest.
#[derive(Clone, Debug)]
enum Op {
    Issue(IssueKind),
    IssueForTheHost(IssueKind),
    /// As many as push out nearly all that were there.
    FillForTheHost,
    Explain,
    /// Asks with a dead link.
    Renew(usize),
    Redeem {
        link: usize,
        stamp: u8,
    },
    Cancel(usize),
    Revoke,
    /// A signed-in change of the password, after which the stamp is this one.
    Change(u8),
    SetAddress(u8),
    SetStamp(u8),
    Advance(SignedDuration),
    Set(UtcDateTime),
    /// To the expiry of the newest link, and so many nanoseconds beside it.
    ToExpiry(i64),
    /// To a minute before the newest link was issued, and so many nanoseconds beside it.
    ToEarliest(i64),
    /// A typed code, or a text that is none.
    #[cfg(feature = "codes")]
    Type(codes::Typed),
}

fn kind() -> impl Strategy<Value = IssueKind> {
    prop_oneof![3 => Just(IssueKind::Recovery), 1 => Just(IssueKind::Invitation)]
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
        12 => kind().prop_map(Op::Issue),
        4 => kind().prop_map(Op::IssueForTheHost),
        1 => Just(Op::FillForTheHost),
        2 => Just(Op::Explain),
        4 => link().prop_map(Op::Renew),
        2 => (link(), 0..3_u8).prop_map(|(link, stamp)| Op::Redeem { link, stamp }),
        2 => link().prop_map(Op::Cancel),
        1 => Just(Op::Revoke),
        2 => (0..3_u8).prop_map(Op::Change),
        1 => (0..2_u8).prop_map(Op::SetAddress),
        1 => (0..3_u8).prop_map(Op::SetStamp),
        10 => prop::sample::select(jumps).prop_map(Op::Advance),
        1 => prop::sample::select(vec![UtcDateTime::MIN, UtcDateTime::MAX]).prop_map(Op::Set),
        2 => (-1..2_i64).prop_map(Op::ToExpiry),
        2 => (-1..2_i64).prop_map(Op::ToEarliest),
    ];
    #[cfg(feature = "codes")]
    let op = prop_oneof![5 => op, 1 => codes::typed().prop_map(Op::Type)];
    prop::collection::vec(op, 1..80)
}

struct Link {
    kind: IssueKind,
    /// None of what never was a link.
    token: Option<ResetToken>,
    issued_at: UtcDateTime,
    /// `None` where a password was set without it.
    account: Option<(u8, u8)>,
    state: IssueState,
    is_remembered: bool,
    #[cfg(feature = "codes")]
    code: codes::Code,
}

impl Link {
    fn is_change(&self) -> bool {
        matches!(self.state, IssueState::Changed { .. })
    }
}

/// What must hold, kept without looking into the ledger.
struct Book {
    rules: Rules,
    now: UtcDateTime,
    account: (u8, u8),
    revision: i64,
    links: Vec<Link>,
    #[cfg(feature = "codes")]
    wrong: codes::Wrong,
}

fn between(later: UtcDateTime, earlier: UtcDateTime) -> i128 {
    later.unix_timestamp_nanos() - earlier.unix_timestamp_nanos()
}

impl Book {
    fn binding(&self) -> Binding {
        Binding::new(&format!("{}@example.com", self.account.0), &[self.account.1])
    }

    fn remembered(&self) -> impl DoubleEndedIterator<Item = &Link> {
        self.links.iter().filter(|link| link.is_remembered)
    }

    fn is_timely(&self, link: &Link) -> bool {
        let lifetime = self.rules.lifetime_of(link.kind);
        (-60 * SECOND..lifetime).contains(&between(self.now, link.issued_at))
    }

    fn told(&self, link: &Link) -> Result<(), Refusal> {
        match link.state {
            _ if !link.is_remembered => Err(Refusal::Unknown),
            IssueState::Superseded { .. } => Err(Refusal::Superseded),
            IssueState::Redeemed { .. } => Err(Refusal::Used),
            IssueState::Revoked { .. } => Err(Refusal::Revoked),
            _ if !self.is_timely(link) => Err(Refusal::Expired),
            _ if link.account != Some(self.account) => Err(Refusal::Changed),
            _ => Ok(()),
        }
    }

    fn counted(&self, seconds: u64) -> usize {
        let span = -60 * SECOND..i128::from(seconds) * SECOND;
        let mailed = self.remembered().filter(|link| !link.is_change());
        let ages = mailed.map(|link| between(self.now, link.issued_at));
        ages.filter(|age| span.contains(age)).count()
    }

    /// Whether a link is good, and whether one would be had it not been ended.
    fn good_and_undone(&self) -> (bool, bool) {
        let good = self.remembered().any(|link| link.token.is_some() && self.told(link).is_ok());
        let undone = self.links.last().is_some_and(|newest| {
            let is_bound = newest.account == Some(self.account);
            match newest.state {
                IssueState::Explained { .. } => is_bound,
                IssueState::Revoked { .. } => is_bound && self.is_timely(newest),
                _ => false,
            }
        });
        (good, undone)
    }

    fn is_throttled(&self) -> bool {
        let most = usize::from(self.rules.per_window);
        let (good, undone) = self.good_and_undone();
        let in_window = self.counted(self.rules.window);
        if in_window >= (2 * most).min(14) {
            return true;
        }
        if !good && !undone {
            return false;
        }
        let longest = self.rules.window.max(self.rules.cooldown);
        let in_a_day = u32::try_from(self.counted(24 * 3600)).unwrap();
        let doubled = self.rules.cooldown * 2_u64.pow(in_a_day.saturating_sub(1));
        let cooldown = if good { doubled.min(longest) } else { self.rules.cooldown };
        in_window >= most || self.counted(cooldown) > 0
    }

    fn issue_fails(&self, kind: IssueKind, is_for_the_host: bool) -> Option<IssueError> {
        let room = between(UtcDateTime::MAX, self.now);
        if !is_for_the_host && self.is_throttled() {
            Some(IssueError::Throttled)
        } else if room < self.rules.lifetime_of(kind) {
            Some(IssueError::TimeOutOfRange)
        } else {
            None
        }
    }

    fn issued(&mut self, kind: IssueKind, state: IssueState, token: Option<ResetToken>) {
        self.revision += 1;
        if state == IssueState::Live {
            let now = self.now;
            for older in self.live_of(kind) {
                older.state = IssueState::Superseded { at: now };
            }
        }
        if self.remembered().count() == 16 {
            // The oldest change but for the newest issue, or what is dead for the longest time.
            let newest = self.links.iter().rposition(|link| link.is_remembered).unwrap();
            let oldest = |is: &dyn Fn(&Link) -> bool| {
                self.links.iter().position(|link| link.is_remembered && is(link))
            };
            let change = oldest(&|link| matches!(link.state, IssueState::Changed { .. }));
            let dead = oldest(&|link| link.state != IssueState::Live).unwrap();
            let pushed_out = change.filter(|change| *change != newest).unwrap_or(dead);
            self.links[pushed_out].is_remembered = false;
        }
        let (issued_at, account) = (self.now, Some(self.account));
        self.links.push(Link {
            kind,
            token,
            issued_at,
            account,
            state,
            is_remembered: true,
            #[cfg(feature = "codes")]
            code: codes::Code::default(),
        });
    }

    /// A password was set without these, and gives how many they are.
    fn close(&mut self, kind: IssueKind) -> usize {
        self.live_of(kind).map(|link| link.account = None).count()
    }

    fn live_of(&mut self, kind: IssueKind) -> impl Iterator<Item = &mut Link> {
        let is_live = move |l: &&mut Link| l.kind == kind && l.state == IssueState::Live;
        self.links.iter_mut().filter(is_live)
    }

    fn link(&self, back: usize) -> Option<&Link> {
        self.links.len().checked_sub(back + 1).map(|at| &self.links[at])
    }
}

type Reached = RefCell<BTreeMap<&'static str, u32>>;

struct History<'a> {
    recovery: TokenIssuer,
    invitation: TokenIssuer,
    ledger: Option<Ledger>,
    /// The ledger as it was when it was last verified.
    verified: Option<Ledger>,
    book: Book,
    changes: Vec<SignedIn>,
    #[cfg(feature = "codes")]
    exchanges: Vec<codes::Exchanged>,
    reached: &'a Reached,
}

/// A signed-in change: the ledgers before and after it, and where the book has it.
struct SignedIn {
    before: Option<Ledger>,
    after: Ledger,
    at: usize,
}

const KINDS: [IssueKind; 2] = [IssueKind::Recovery, IssueKind::Invitation];

impl<'a> History<'a> {
    fn new(rules: Rules, reached: &'a Reached) -> Self {
        let (now, links) = (UtcDateTime::UNIX_EPOCH, Vec::new());
        let book = Book {
            rules,
            now,
            account: (0, 0),
            revision: 0,
            links,
            #[cfg(feature = "codes")]
            wrong: codes::Wrong::default(),
        };
        let recovery = rules.recovery();
        let invitation = recovery.invitations(Duration::from_secs(rules.invitation)).unwrap();
        Self {
            recovery,
            invitation,
            ledger: None,
            verified: None,
            book,
            changes: Vec::new(),
            #[cfg(feature = "codes")]
            exchanges: Vec::new(),
            reached,
        }
    }

    fn issuer(&self, kind: IssueKind) -> &TokenIssuer {
        if kind == IssueKind::Recovery { &self.recovery } else { &self.invitation }
    }

    fn reach(&self, what: &'static str) {
        *self.reached.borrow_mut().entry(what).or_default() += 1;
    }

    fn step(&mut self, op: &Op) {
        let now = self.book.now;
        match *op {
            Op::Issue(kind) => self.issue(kind, TokenIssuer::issue, false),
            Op::IssueForTheHost(kind) => self.issue(kind, TokenIssuer::issue_unthrottled, true),
            Op::FillForTheHost => {
                for _ in 0..14 {
                    self.issue(IssueKind::Recovery, TokenIssuer::issue_unthrottled, true);
                }
            }
            Op::Explain => self.explain(),
            Op::Renew(link) => self.renew(link),
            Op::Redeem { link, stamp } => self.redeem(link, stamp),
            Op::Cancel(link) => self.cancel(link),
            Op::Revoke => self.revoke(),
            Op::Change(stamp) => self.change(stamp),
            Op::SetAddress(address) => self.book.account.0 = address,
            Op::SetStamp(stamp) => self.book.account.1 = stamp,
            Op::Advance(by) => self.book.now = now.saturating_add(by),
            Op::Set(to) => self.book.now = to,
            Op::ToExpiry(beside) => self.jump(beside, Issue::expires_at),
            Op::ToEarliest(beside) => {
                self.jump(beside, |issue| issue.issued_at().saturating_sub(SignedDuration::MINUTE));
            }
            #[cfg(feature = "codes")]
            Op::Type(typed) => self.type_code(typed),
        }
    }

    fn jump(&mut self, nanoseconds: i64, to: impl Fn(&Issue) -> UtcDateTime) {
        if let Some(newest) = self.ledger.as_ref().and_then(Ledger::newest) {
            self.book.now = to(newest).saturating_add(SignedDuration::nanoseconds(nanoseconds));
        }
    }

    fn fresh(&self) -> Entropy {
        entropy(self.book.links.len() as u64 + 1)
    }

    fn issue(&mut self, kind: IssueKind, issue: IssueFunction, is_for_the_host: bool) {
        let (now, binding) = (self.book.now, self.book.binding());
        let issued = issue(self.issuer(kind), self.ledger.as_ref(), binding, now, self.fresh());
        match issued {
            Err(error) => {
                assert_eq!(Some(error), self.book.issue_fails(kind, is_for_the_host));
                if error == IssueError::Throttled {
                    self.throttled();
                } else {
                    self.reach("out of range");
                }
            }
            Ok(issued) => {
                assert_eq!(None, self.book.issue_fails(kind, is_for_the_host));
                let lifetime = self.book.rules.lifetime_of(kind);
                assert_eq!(between(issued.expires_at, now), lifetime);
                let older = self.book.live_of(kind).next().map(|older| older.issued_at);
                if let Some(earlier) = older {
                    self.reach(match between(now, earlier) {
                        0 => "superseded at the same reading",
                        ..0 => "superseded at an earlier reading",
                        1.. => "superseded later",
                    });
                }
                self.book.issued(kind, IssueState::Live, Some(issued.token));
                self.ledger = Some(issued.ledger);
                #[cfg(feature = "codes")]
                self.note_code(kind, issued.code);
            }
        }
    }

    /// Who is throttled has been issued a link that works, or that would work had it not been
    /// ended, or was told, or was sent twice as much as a window permits.
    fn throttled(&self) {
        let (good, undone) = self.book.good_and_undone();
        let most = usize::from(self.book.rules.per_window);
        let many = self.book.counted(self.book.rules.window) >= (2 * most).min(14);
        assert!(good || undone || many);
        self.reach(if good {
            "throttled by a good link"
        } else if undone {
            "throttled although undone"
        } else {
            "throttled by many"
        });
    }

    fn explain(&mut self) {
        let (now, binding) = (self.book.now, self.book.binding());
        let told = self.recovery.explain(self.ledger.as_ref(), binding, now, self.fresh());
        let expected = self.book.issue_fails(IssueKind::Recovery, false);
        assert_eq!(told.as_ref().err().copied(), expected);
        if let Ok(told) = told {
            self.book.issued(IssueKind::Recovery, IssueState::Explained { at: now }, None);
            self.ledger = Some(told);
        }
    }

    fn change(&mut self, stamp: u8) {
        let (now, entropy) = (self.book.now, self.fresh());
        let (before, stamp_before) = (self.ledger.clone(), self.book.account.1);
        self.book.account.1 = stamp;
        let next = self.recovery.change(before.as_ref(), self.book.binding(), now, entropy);
        let expected = self.book.issue_fails(IssueKind::Recovery, true);
        assert_eq!(next.as_ref().err().copied(), expected, "it is never throttled");
        let Ok(after) = next else {
            self.book.account.1 = stamp_before;
            return self.reach("no change at the end of time");
        };
        let closed: usize = KINDS.map(|kind| self.book.close(kind)).iter().sum();
        self.reach(["a change of no link", "a change of one", "a change of two"][closed]);
        if closed > 0 && stamp == stamp_before {
            self.reach("a change that no stamp shows");
        }
        if let Some(before) = &before {
            assert!(!before.proves(Some(before), &after), "what has not happened");
        } else {
            self.reach("the first ledger is a change's");
        }
        let at = self.book.links.len();
        self.book.issued(IssueKind::Recovery, IssueState::Changed { at: now }, None);
        #[cfg(feature = "codes")]
        self.clear_codes();
        self.ledger = Some(after.clone());
        self.changes.push(SignedIn { before, after, at });
    }

    /// The token of an issue, or the one that its code was exchanged for, and the issuer of its
    /// kind.
    fn holder(&self, back: usize) -> Option<(&TokenIssuer, &Ledger, &Link, &ResetToken)> {
        let (ledger, link) = (self.ledger.as_ref()?, self.book.link(back)?);
        let token = link.token.as_ref()?;
        #[cfg(feature = "codes")]
        let token = link
            .code
            .exchanged
            .as_ref()
            .filter(|_| link.issued_at < self.book.now)
            .unwrap_or(token);
        Some((self.issuer(link.kind), ledger, link, token))
    }

    fn renew(&self, back: usize) {
        let Some((issuer, ledger, link, token)) = self.holder(back) else { return };
        let knows = KINDS.map(|kind| self.issuer(kind).has_issued(ledger, token));
        assert_eq!(knows, KINDS.map(|kind| link.is_remembered && kind == link.kind));
        let newest =
            self.book.remembered().rev().find(|l| l.kind == link.kind && l.token.is_some());
        let is_open = newest.is_some_and(|newest| {
            let is_open = matches!(newest.state, IssueState::Live | IssueState::Superseded { .. });
            is_open && newest.account.is_some()
        });
        let week = self.book.rules.lifetime_of(link.kind) + i128::from(7 * DAY) * SECOND;
        let expected = is_open
            && matches!(self.book.told(link), Err(Refusal::Expired | Refusal::Superseded))
            && link.account == Some(self.book.account)
            && (between(self.book.now, link.issued_at) < week
                // A week later is after the end of time.
                || between(UtcDateTime::MAX, link.issued_at) < week);
        let binding = self.book.binding();
        let can = issuer.can_renew(ledger, token, &binding, self.book.now);
        if self.book.now < UtcDateTime::MAX {
            assert_eq!(can, expected);
        }
        self.reach(if can { "renewable" } else { "not renewable" });
        if newest.is_some_and(|newest| newest.account.is_none()) {
            assert!(!can, "a password was set since");
            self.reach("closed, and so not renewable");
        }
    }

    fn redeem(&mut self, back: usize, stamp: u8) {
        let Some((issuer, ledger, link, token)) = self.holder(back) else { return };
        let (now, binding) = (self.book.now, self.book.binding());
        let successor = Binding::new("the next one's is whatever it is", &[stamp]);
        let next = issuer.redeem(ledger, token, &binding, now, successor);
        let position = self.book.links.len() - back - 1;
        let kind = link.kind;
        if let Err(refusal) = self.book.told(link) {
            return assert_eq!(next, Err(RedeemError::Refused(refusal)));
        }
        self.ledger = Some(next.unwrap());
        self.book.revision += 1;
        self.book.account.1 = stamp;
        self.book.links[position].state = IssueState::Redeemed { at: now };
        let other = match kind {
            IssueKind::Recovery => IssueKind::Invitation,
            _ => IssueKind::Recovery,
        };
        if self.book.close(other) > 0 {
            self.reach("closed by the other kind");
        }
        #[cfg(feature = "codes")]
        self.clear_codes();
    }

    fn cancel(&mut self, back: usize) {
        let Some((issuer, ledger, link, token)) = self.holder(back) else { return };
        let next = issuer.cancel(ledger, token, &self.book.binding(), self.book.now);
        if let Err(refusal) = self.book.told(link) {
            return assert_eq!(next, Err(RedeemError::Refused(refusal)));
        }
        self.ledger = Some(next.unwrap());
        let position = self.book.links.len() - back - 1;
        self.book.revision += 1;
        self.book.links[position].state = IssueState::Revoked { at: self.book.now };
    }

    fn revoke(&mut self) {
        let Some(ledger) = &self.ledger else { return };
        let (now, mut revoked) = (self.book.now, 0);
        let next = self.recovery.revoke(ledger, now).unwrap();
        for kind in KINDS {
            for link in self.book.live_of(kind) {
                link.state = IssueState::Revoked { at: now };
                revoked += 1;
            }
        }
        assert_eq!(next.is_some(), revoked > 0);
        if revoked == 2 {
            self.reach("both kinds revoked");
        }
        if next.is_some() {
            self.ledger = next;
            self.book.revision += 1;
        }
    }

    /// Everything that must hold after each step.
    fn verify(&mut self) {
        let Some(ledger) = &self.ledger else { return };
        let read = read_after(self.verified.as_ref(), &ledger.encode());
        assert_eq!(&read, ledger);
        assert_eq!(ledger.revision(), self.book.revision);

        let state = |issue: &Issue| (issue.kind(), issue.issued_at(), issue.state());
        let states: Vec<_> = ledger.issues().iter().map(state).collect();
        let kept = self.book.remembered().map(|l| (l.kind, l.issued_at, l.state));
        assert_eq!(states, kept.collect::<Vec<_>>());
        for kind in KINDS {
            let live = |(of, _, state): &&(_, _, _)| *of == kind && *state == IssueState::Live;
            assert!(states.iter().filter(live).count() <= 1);
        }

        let (binding, now) = (self.book.binding(), self.book.now);
        for link in &self.book.links {
            let Some(token) = &link.token else { continue };
            let told = self.issuer(link.kind).check(ledger, token, &binding, now).map(drop);
            assert_eq!(told, self.book.told(link));
            self.reach(told.map_or_else(Refusal::code, |()| "good"));
            if told == Err(Refusal::Expired) && now < link.issued_at {
                self.reach("from the future");
            }
        }
        for SignedIn { before, after, at } in &self.changes {
            let is_remembered = self.book.links[*at].is_remembered;
            assert_eq!(ledger.proves(before.as_ref(), after), is_remembered);
            self.reach(if is_remembered { "a change is proved" } else { "a change is forgotten" });
        }
        let is_live = |(_, _, state): &&(_, _, _)| *state == IssueState::Live;
        self.reach(states.last().unwrap().2.code());
        if states.iter().filter(is_live).count() == 2 {
            self.reach("both kinds live");
        }
        if states.len() == 16 {
            self.reach("full");
            if self.book.links.iter().any(|link| !link.is_remembered) {
                self.reach("pushed out");
                if states[0].2 == IssueState::Live {
                    self.reach("a live one kept while others were pushed out");
                }
            }
        }
        let last = ledger.issues().iter().map(Issue::expires_at).max().unwrap();
        let kept = last.saturating_add(SignedDuration::days(7));
        #[cfg(feature = "codes")]
        let kept = kept.max(self.book.wrong.kept());
        assert_eq!(ledger.forgettable_at(), kept);
        assert!(ledger.forgettable_second() >= ledger.forgettable_at().unix_timestamp());
        #[cfg(feature = "codes")]
        self.verify_codes(ledger);
        self.verified = Some(read.clone());
        self.ledger = Some(read);
    }
}

type IssueFunction =
    fn(&TokenIssuer, Option<&Ledger>, Binding, UtcDateTime, Entropy) -> Result<Issued, IssueError>;

#[test]
fn every_history_keeps_the_ledgers_invariants() {
    let reached = Reached::default();
    runner(850)
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
    let others = ["redeemed", "explained", "full", "pushed out", "out of range", "from the future"];
    let changes = [
        "a change of no link",
        "a change of one",
        "a change of two",
        "a change that no stamp shows",
        "the first ledger is a change's",
        "a change is proved",
        "a change is forgotten",
        "closed, and so not renewable",
        "no change at the end of time",
    ];
    let throttled = ["throttled by a good link", "throttled although undone", "throttled by many"];
    let kinds = [
        "both kinds live",
        "both kinds revoked",
        "closed by the other kind",
        "a live one kept while others were pushed out",
        "renewable",
        "not renewable",
    ];
    let orders = ["superseded at the same reading", "superseded at an earlier reading"];
    let others = others.into_iter().chain(changes);
    #[cfg(feature = "codes")]
    let others = others.chain(codes::MUST_BE_REACHED);
    let reachable = refusals.into_iter().chain(others).chain(throttled).chain(kinds).chain(orders);
    for what in reachable {
        let count = reached.borrow().get(what).copied().unwrap_or_default();
        assert!(count >= 50, "{what} was reached {count} times: {reached:?}");
    }
}
