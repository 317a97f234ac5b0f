use crate::entropy_of;
use password_reset::token::{
    Binding, Issue, IssueError, IssueState, Ledger, MAX_LEDGER_BYTES, RedeemError, Refusal,
    ResetToken, Throttle, TokenIssuer,
};
use std::sync::LazyLock;
use std::time::Duration;
use time::{SignedDuration, UtcDateTime};

const STEPS: usize = 6;
const STEP_BYTES: usize = 4;
const MOST_ISSUES: usize = 16;
const NANOS: i128 = 1_000_000_000;
const SKEW: i128 = 60 * NANOS;
const LIFETIME: i128 = 3600 * NANOS;

/// An issuer with what its throttle says.
struct Rules {
    issuer: TokenIssuer,
    cooldown: i128,
    per_window: usize,
}

static RULES: LazyLock<[Rules; 2]> = LazyLock::new(|| {
    let hour = Duration::from_secs(3600);
    let eager = Throttle::new(Duration::ZERO, 16, hour).unwrap();
    let eager = TokenIssuer::new("password-reset", hour, eager).unwrap();
    [
        Rules { issuer: TokenIssuer::default(), cooldown: 60 * NANOS, per_window: 5 },
        Rules { issuer: eager, cooldown: 0, per_window: MOST_ISSUES },
    ]
});

/// Bytes as six steps of four bytes, and then a ledger: decoded whole or refused, and held to
/// its invariants through issues, redemptions and revocations at any time.
pub fn ledger_bytes(data: &[u8]) {
    let _ = Ledger::decode(data);
    let (script, bytes) = data.split_at(data.len().min(STEPS * STEP_BYTES));
    let Ok(ledger) = Ledger::decode(bytes) else { return };
    assert!(bytes.len() <= MAX_LEDGER_BYTES);
    assert_eq!(ledger.encode(), bytes, "a second spelling");
    assert_keeps_the_invariants(&ledger);

    let owner = usize::from(script.first().is_some_and(|first| first & 0x80 != 0));
    let mut history = History::with_known_tokens(&ledger, owner);
    for step in script.chunks_exact(STEP_BYTES) {
        history.step(step[0], step[1], i16::from_be_bytes([step[2], step[3]]));
    }
}

fn assert_keeps_the_invariants(ledger: &Ledger) {
    let issues = ledger.issues();
    assert!(issues.len() <= MOST_ISSUES);
    let is_ended = |issue: &&Issue| matches!(issue.state().code(), "redeemed" | "revoked");
    let changes = issues.len() + issues.iter().filter(is_ended).count();
    assert!(ledger.revision() >= i64::try_from(changes).unwrap());
    assert_eq!(ledger.revision() == 0, issues.is_empty());
    for (position, issue) in issues.iter().rev().enumerate() {
        assert!(issue.issued_at() < issue.expires_at());
        assert!(ledger.forgettable_at() >= issue.expires_at());
        match issue.state() {
            IssueState::Live => assert_eq!(position, 0, "only the newest is live"),
            IssueState::Superseded { .. } => assert_ne!(position, 0, "by what?"),
            _ => {}
        }
    }
    assert_eq!(Ledger::decode(&ledger.encode()).as_ref(), Ok(ledger));
    assert_eq!(ledger.includes(ledger), !issues.is_empty());
}

/// The account as it is, by a bit that changes with its credentials.
fn binding(owner: usize) -> Binding {
    Binding::new("alice@example.com", [b"old", b"new"][owner % 2])
}

/// A ledger, and of each of its issues the token and the binding.
struct History {
    ledger: Ledger,
    known: Vec<(ResetToken, usize)>,
    owner: usize,
    rules: &'static Rules,
    now: UtcDateTime,
    made: u8,
}

impl History {
    /// The same ledger, its issues made to belong to tokens that are known here, since nobody
    /// guesses a digest's.
    fn with_known_tokens(ledger: &Ledger, owner: usize) -> Self {
        let rules = &RULES[0];
        let empty = Ledger::new(*ledger.selector());
        let (mut bytes, mut known, mut made, mut at) = (ledger.encode(), Vec::new(), 0, 22);
        for issue in ledger.issues() {
            let of_issue = owner + usize::from(issue.issued_at().second().is_multiple_of(7));
            let (now, entropy) = (UtcDateTime::UNIX_EPOCH, entropy_of([made; 36]));
            let fresh = rules.issuer.issue(Some(&empty), binding(of_issue), now, entropy).unwrap();
            bytes[at..at + 64].copy_from_slice(&fresh.ledger.encode()[22..86]);
            at += if issue.state() == IssueState::Live { 89 } else { 101 };
            known.push((fresh.token, of_issue));
            made += 1;
        }
        let ledger = Ledger::decode(&bytes).unwrap();
        Self { ledger, known, owner, rules, now: UtcDateTime::UNIX_EPOCH, made }
    }

    fn step(&mut self, what: u8, base: u8, offset: i16) {
        self.now = self.time(base, offset);
        let any = usize::from(what >> 3) % MOST_ISSUES;
        match what % 8 {
            0 | 1 => self.issue(),
            2 => self.rules = &RULES[any % 2],
            3 => self.redeem(any),
            4 => self.cancel(any),
            5 => self.revoke(),
            6 => self.owner += 1,
            _ => self.redeem(self.known.len().saturating_sub(1)),
        }
        assert_keeps_the_invariants(&self.ledger);
        self.assert_each_is_told_what_it_should_be();
    }

    /// A time near one that matters.
    fn time(&self, base: u8, offset: i16) -> UtcDateTime {
        let issues = self.ledger.issues();
        let newest = self.ledger.newest();
        let base_time = match base % 8 {
            0 => Some(UtcDateTime::UNIX_EPOCH),
            1 => newest.map(Issue::issued_at),
            2 => newest.map(Issue::expires_at),
            3 => newest.map(|issue| issue.issued_at().saturating_sub(SignedDuration::MINUTE)),
            4 => Some(UtcDateTime::MIN),
            5 => Some(UtcDateTime::MAX),
            6 => issues.first().map(Issue::issued_at),
            _ => None,
        };
        let unit = match base >> 3 & 3 {
            0 => SignedDuration::NANOSECOND,
            1 => SignedDuration::SECOND,
            2 => SignedDuration::MINUTE,
            _ => SignedDuration::DAY,
        };
        base_time.unwrap_or(self.now).saturating_add(unit * i32::from(offset))
    }

    fn age(&self, issue: &Issue) -> i128 {
        self.now.unix_timestamp_nanos() - issue.issued_at().unix_timestamp_nanos()
    }

    fn told(&self, position: usize) -> Result<(), Refusal> {
        let issue = &self.ledger.issues()[position];
        match issue.state() {
            IssueState::Superseded { .. } => Err(Refusal::Superseded),
            IssueState::Redeemed { .. } => Err(Refusal::Used),
            IssueState::Revoked { .. } => Err(Refusal::Revoked),
            _ if self.age(issue) < -SKEW || self.now >= issue.expires_at() => Err(Refusal::Expired),
            _ if (self.known[position].1 + self.owner) % 2 == 1 => Err(Refusal::Changed),
            _ => Ok(()),
        }
    }

    fn assert_each_is_told_what_it_should_be(&self) {
        let Self { ledger, rules, owner, now, .. } = self;
        let check = |token| rules.issuer.check(ledger, token, &binding(*owner), *now);
        let mut good = 0;
        for (position, (token, _)) in self.known.iter().enumerate() {
            let told = check(token);
            assert_eq!(told, self.told(position), "{position} of {ledger:?}");
            good += usize::from(told.is_ok());
        }
        assert!(good <= 1, "two good links");
        let stranger = Ledger::new(*ledger.selector());
        let stranger = rules.issuer.issue(
            Some(&stranger),
            binding(*owner),
            UtcDateTime::MIN,
            entropy_of([0xEE; 36]),
        );
        assert_eq!(check(&stranger.unwrap().token), Err(Refusal::Unknown));
    }

    fn is_throttled(&self) -> bool {
        let issues = self.ledger.issues();
        let within = |span: i128| {
            let ages = issues.iter().map(|issue| self.age(issue));
            ages.filter(|age| -SKEW <= *age && *age < span).count()
        };
        let Some(newest) = issues.len().checked_sub(1) else { return false };
        self.told(newest).is_ok()
            && (within(self.rules.cooldown) > 0 || within(LIFETIME) >= self.rules.per_window)
    }

    /// Takes the next ledger in, where it is what one change makes of the present one.
    fn advance(&mut self, next: Ledger) {
        assert_eq!(next.selector(), self.ledger.selector());
        assert_eq!(next.revision(), self.ledger.revision() + 1);
        assert_eq!(next.includes(&self.ledger), !self.ledger.issues().is_empty());
        assert!(!self.ledger.includes(&next), "what has not happened");
        self.ledger = next;
    }

    fn is_at_its_end(&self) -> bool {
        self.ledger.revision() == i64::MAX
    }

    fn issue(&mut self) {
        self.made += 1;
        let issued = self.rules.issuer.issue(
            Some(&self.ledger),
            binding(self.owner),
            self.now,
            entropy_of([self.made; 36]),
        );
        let end = self.now.unix_timestamp_nanos() + LIFETIME;
        match issued {
            Err(IssueError::Throttled) => assert!(self.is_throttled()),
            _ if self.is_throttled() => panic!("not throttled"),
            Err(IssueError::TimeOutOfRange) => {
                assert!(end > UtcDateTime::MAX.unix_timestamp_nanos());
            }
            Err(IssueError::Exhausted(_)) => assert!(self.is_at_its_end()),
            Err(other) => panic!("{other}"),
            Ok(issued) => {
                assert_eq!(issued.expires_at.unix_timestamp_nanos(), end);
                let mut expected = Vec::from(self.ledger.issues());
                if expected.len() == MOST_ISSUES {
                    expected.remove(0);
                    self.known.remove(0);
                }
                let (newest, older) = issued.ledger.issues().split_last().unwrap();
                assert_eq!(newest.state(), IssueState::Live);
                assert_eq!(
                    (newest.issued_at(), newest.expires_at()),
                    (self.now, issued.expires_at)
                );
                let states = |issues: &[Issue]| issues.iter().map(Issue::state).collect::<Vec<_>>();
                let mut expected = states(&expected);
                if let Some(last) = expected.last_mut().filter(|s| **s == IssueState::Live) {
                    *last = IssueState::Superseded { at: self.now };
                }
                assert_eq!(states(older), expected);
                self.known.push((issued.token, self.owner));
                self.advance(issued.ledger);
            }
        }
    }

    fn redeem(&mut self, any: usize) {
        let Some((token, _)) = self.known.get(any) else { return };
        let (now, successor) = (self.now, binding(self.owner + 1));
        let result =
            self.rules.issuer.redeem(&self.ledger, token, &binding(self.owner), now, successor);
        if self.assert_ends(any, result, IssueState::Redeemed { at: now }) {
            self.owner += 1;
            self.known[any].1 += 1;
        }
    }

    fn cancel(&mut self, any: usize) {
        let Some((token, _)) = self.known.get(any) else { return };
        let now = self.now;
        let result = self.rules.issuer.cancel(&self.ledger, token, &binding(self.owner), now);
        self.assert_ends(any, result, IssueState::Revoked { at: now });
    }

    fn revoke(&mut self) {
        let now = self.now;
        let revoked = self.rules.issuer.revoke(&self.ledger, now);
        let is_live = self.ledger.newest().is_some_and(|i| i.state() == IssueState::Live);
        match revoked {
            Ok(Some(next)) => {
                assert!(is_live);
                let newest = next.newest().map(Issue::state);
                assert_eq!(newest, Some(IssueState::Revoked { at: now }));
                self.advance(next);
            }
            Ok(None) => assert!(!is_live),
            Err(_) => assert!(is_live && self.is_at_its_end()),
        }
    }

    /// Whether a good link, and no other, came to its end.
    fn assert_ends(
        &mut self,
        any: usize,
        result: Result<Ledger, RedeemError>,
        state: IssueState,
    ) -> bool {
        match (result, self.told(any)) {
            (Ok(next), Ok(())) => {
                let (newest, older) = next.issues().split_last().unwrap();
                assert_eq!(newest.state(), state);
                assert_eq!(*older, self.ledger.issues()[..any]);
                self.advance(next);
                true
            }
            (Err(RedeemError::Refused(refusal)), Err(told)) => {
                assert_eq!(refusal, told);
                false
            }
            (Err(RedeemError::Exhausted(_)), Ok(())) => {
                assert!(self.is_at_its_end());
                false
            }
            (result, told) => panic!("{result:?} where it is told {told:?}"),
        }
    }
}
