use crate::entropy_of;
use crate::support::codes::{mistyped, with_codes};
use crate::support::invariants::{Stored, assert_sound, nothing_came_back_to_life};
use password_reset::token::{
    Binding, Exchange, Issue, IssueError, IssueKind, IssueState, Issued, Ledger, MAX_LEDGER_BYTES,
    RedeemError, Refusal, ResetToken, Throttle, TokenIssuer,
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
const DAY: i128 = 24 * LIFETIME;
const CODE_LIFETIME: i128 = 600 * NANOS;
const RENEWABLE: SignedDuration = SignedDuration::days(7);
const KINDS: [IssueKind; 2] = [IssueKind::Recovery, IssueKind::Invitation];

/// An issuer of each kind, with what their throttle says. A service's two have purposes of their
/// own; here they have one, so that only the kind tells their links apart.
struct Rules {
    recovery: TokenIssuer,
    invitation: TokenIssuer,
    cooldown: i128,
    per_window: usize,
}

impl Rules {
    fn new(per_window: u8, cooldown: Duration) -> Self {
        let throttle = Throttle::per_hour(per_window).unwrap().with_cooldown(cooldown).unwrap();
        let lifetime = Duration::from_secs(3600);
        let builder = TokenIssuer::builder().throttle(throttle).lifetime(lifetime);
        let service = builder.clone().build().unwrap();
        let invitation = service.invitations(lifetime).unwrap();
        let recovery = with_codes(builder.purpose(invitation.purpose()));
        assert_eq!(recovery.purpose(), "password-reset/invitation");
        Self {
            recovery,
            invitation,
            cooldown: i128::try_from(cooldown.as_nanos()).unwrap(),
            per_window: per_window.into(),
        }
    }

    fn issuer(&self, kind: IssueKind) -> &TokenIssuer {
        if kind == IssueKind::Invitation { &self.invitation } else { &self.recovery }
    }
}

static RULES: LazyLock<[Rules; 2]> = LazyLock::new(|| {
    // With fourteen no live link can stand in the place of one that is counted.
    [Rules::new(5, Duration::from_secs(60)), Rules::new(14, Duration::ZERO)]
});

/// Bytes as six steps of four bytes, and then a ledger: decoded whole or refused, and held to
/// its invariants through issues of both kinds, redemptions, revocations and typed codes at any
/// time.
pub fn ledger_bytes(data: &[u8]) {
    let _ = Ledger::decode(data);
    let (script, bytes) = data.split_at(data.len().min(STEPS * STEP_BYTES));
    let Ok(ledger) = Ledger::decode(bytes) else { return };
    assert!(bytes.len() <= MAX_LEDGER_BYTES);
    match bytes[0] {
        1 => assert!(ledger.issues().iter().all(is_of_version_1), "a version without kinds"),
        _ => assert_eq!(ledger.encode(), bytes, "a second spelling"),
    }
    assert_keeps_the_invariants(&ledger);

    let owner = usize::from(script.first().is_some_and(|first| first & 0x80 != 0));
    let mut history = History::with_known_tokens(&ledger, owner);
    for step in script.chunks_exact(STEP_BYTES) {
        history.step(step[0], step[1], i16::from_be_bytes([step[2], step[3]]));
    }
}

fn is_of_version_1(issue: &Issue) -> bool {
    issue.kind() == IssueKind::Recovery && is_link(issue)
}

fn is_link(issue: &Issue) -> bool {
    is_mailed(issue) && !matches!(issue.state(), IssueState::Explained { .. })
}

fn is_mailed(issue: &Issue) -> bool {
    !matches!(issue.state(), IssueState::Changed { .. })
}

fn is_live(issue: &Issue) -> bool {
    issue.state() == IssueState::Live
}

fn assert_keeps_the_invariants(ledger: &Ledger) {
    assert_sound(ledger);
    assert_eq!(Ledger::decode(&ledger.encode()).as_ref(), Ok(ledger));
    assert_eq!(ledger.proves(None, ledger), !ledger.issues().is_empty());
    assert!(!ledger.proves(Some(ledger), ledger), "nothing was changed");
}

/// The account as it is, by a bit that changes with its credentials.
fn binding(owner: usize) -> Binding {
    Binding::new("alice@example.com", [b"old", b"new"][owner % 2])
}

/// What is known of an issue: its token, the binding, and whether a password was set while it was
/// live, and not with it.
struct Known {
    token: ResetToken,
    /// What the link's code was exchanged for.
    exchanged: Option<ResetToken>,
    code: Option<String>,
    owner: usize,
    is_closed: bool,
}

impl Known {
    /// A link that was issued with this token.
    fn new(issued: Issued, owner: usize) -> Self {
        let code = issued.code.as_ref().map(|code| code.expose_digits().to_owned());
        Self { token: issued.token, exchanged: None, code, owner, is_closed: false }
    }
}

/// A ledger, and what is known of each of its issues.
struct History {
    ledger: Ledger,
    known: Vec<Known>,
    owner: usize,
    rules: &'static Rules,
    now: UtcDateTime,
    made: u8,
}

impl History {
    /// The same ledger, its issues made to belong to tokens that are known here, since nobody
    /// guesses a digest's.
    fn with_known_tokens(ledger: &Ledger, owner: usize) -> Self {
        let (mut bytes, mut known, mut made) = (ledger.encode(), Vec::new(), 0);
        let stored = Stored::of(ledger);
        let end_of_issues = bytes.len();
        let lengths = ledger.issues().iter().zip(&stored.issues).map(|(issue, stored)| {
            let exchanged = if stored.exchanged.is_some() { 32 } else { 0 };
            exchanged + if is_live(issue) { 90 } else { 102 }
        });
        let mut at = end_of_issues - lengths.clone().sum::<usize>();
        let has_code = |issue: &Issue| {
            stored.code.is_some() && is_live(issue) && issue.kind() == IssueKind::Recovery
        };
        for (issue, length) in ledger.issues().iter().zip(lengths.collect::<Vec<_>>()) {
            let of_issue = owner + usize::from(issue.issued_at().second().is_multiple_of(7));
            let issued = fresh(ledger, of_issue, made);
            let its_bytes = issued.ledger.encode();
            let its_issue = &its_bytes[its_bytes.len() - 90..];
            bytes[at..at + 64].copy_from_slice(&its_issue[..64]);
            let mut its = Known::new(issued, of_issue);
            if bytes[at + 64] == 2 {
                let other = fresh(ledger, of_issue, made | 0x80);
                let other_bytes = other.ledger.encode();
                let digest = &other_bytes[other_bytes.len() - 90..][..32];
                bytes[at + 65..at + 97].copy_from_slice(digest);
                its.exchanged = Some(other.token);
            }
            if has_code(issue) {
                // Before the count of issues: the key's name and the HMAC.
                let of_code = end_of_codes(&bytes) - 36;
                bytes[of_code..of_code + 36].copy_from_slice(&its_bytes[23..59]);
            }
            known.push(its);
            at += length;
            made += 1;
        }
        let ledger = Ledger::decode(&bytes).unwrap();
        let rules = &RULES[0];
        Self { ledger, known, owner, rules, now: UtcDateTime::UNIX_EPOCH, made }
    }

    fn step(&mut self, what: u8, base: u8, offset: i16) {
        self.now = self.time(base, offset);
        let any = usize::from(what >> 3) % MOST_ISSUES;
        match what % 8 {
            0 | 1 => self.issue(KINDS[any & 1], what >> 4 & 3),
            2 if any < 2 => self.rules = &RULES[any],
            2 => self.type_code(any),
            3 => self.redeem(any),
            4 => self.cancel(any),
            5 => self.revoke(),
            6 if any & 1 == 1 => self.change(KINDS[any >> 1 & 1]),
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

    fn is_timely(&self, issue: &Issue) -> bool {
        self.age(issue) >= -SKEW && self.now < issue.expires_at()
    }

    fn is_bound(&self, position: usize) -> bool {
        let Known { owner, is_closed, .. } = &self.known[position];
        !is_closed && (owner + self.owner).is_multiple_of(2)
    }

    fn told(&self, position: usize) -> Result<(), Refusal> {
        let issue = &self.ledger.issues()[position];
        match issue.state() {
            IssueState::Superseded { .. } => Err(Refusal::Superseded),
            IssueState::Redeemed { .. } => Err(Refusal::Used),
            IssueState::Revoked { .. } => Err(Refusal::Revoked),
            IssueState::Explained { .. } | IssueState::Changed { .. } => Err(Refusal::Unknown),
            _ if !self.is_timely(issue) => Err(Refusal::Expired),
            _ if !self.is_bound(position) => Err(Refusal::Changed),
            _ => Ok(()),
        }
    }

    fn can_renew(&self, position: usize) -> bool {
        let issue = &self.ledger.issues()[position];
        let is_of_kind = |other: &&Issue| other.kind() == issue.kind() && is_link(other);
        let newest = self.ledger.issues().iter().rposition(|issue| is_of_kind(&issue));
        let is_ended = newest.is_some_and(|newest| {
            let state = self.ledger.issues()[newest].state();
            matches!(state, IssueState::Redeemed { .. } | IssueState::Revoked { .. })
                || self.known[newest].is_closed
        });
        matches!(self.told(position), Err(Refusal::Expired | Refusal::Superseded))
            && self.is_bound(position)
            && self.now < issue.expires_at().saturating_add(RENEWABLE)
            && !is_ended
    }

    fn assert_each_is_told_what_it_should_be(&self) {
        let Self { ledger, rules, owner, now, .. } = self;
        let binding = binding(*owner);
        let mut good = [0, 0];
        for (position, Known { token, exchanged, .. }) in self.known.iter().enumerate() {
            let issue = &ledger.issues()[position];
            for (kind, good) in KINDS.into_iter().zip(&mut good) {
                let issuer = rules.issuer(kind);
                let told = issuer.check(ledger, token, &binding, *now);
                let can_renew = issuer.can_renew(ledger, token, &binding, *now);
                if issue.kind() == kind {
                    assert_eq!(told, self.told(position).map(|()| issue), "{position}: {ledger:?}");
                    assert_eq!(can_renew, self.can_renew(position), "{position}: {ledger:?}");
                } else {
                    assert_eq!((told, can_renew), (Err(Refusal::Unknown), false), "another kind");
                }
                if let Some(exchanged) = exchanged {
                    let of_code = issuer.check(ledger, exchanged, &binding, *now);
                    assert_eq!(of_code, told, "{position}: {ledger:?}");
                }
                *good += usize::from(told.is_ok());
            }
        }
        assert!(good.iter().all(|good| *good <= 1), "two good links of a kind");
        let stranger = fresh(ledger, *owner, 0xEE).token;
        let told = rules.recovery.check(ledger, &stranger, &binding, *now);
        assert_eq!(told, Err(Refusal::Unknown));
        assert!(!rules.recovery.can_renew(ledger, &stranger, &binding, *now));
    }

    fn is_throttled(&self) -> bool {
        let issues = self.ledger.issues();
        let within = |span: i128| {
            let mailed = issues.iter().filter(|issue| is_mailed(issue));
            let ages = mailed.map(|issue| self.age(issue));
            ages.filter(|age| -SKEW <= *age && *age < span).count()
        };
        let &Rules { per_window, cooldown, .. } = self.rules;
        if within(LIFETIME) >= (2 * per_window).min(14) {
            return true;
        }
        let is_good = (0..issues.len()).any(|position| self.told(position).is_ok());
        let is_undone = issues.len().checked_sub(1).is_some_and(|newest| {
            let issue = &issues[newest];
            self.is_bound(newest)
                && match issue.state() {
                    IssueState::Revoked { .. } => self.is_timely(issue),
                    IssueState::Explained { .. } => true,
                    _ => false,
                }
        });
        let mut doubled = cooldown;
        if is_good {
            for _ in 1..within(DAY) {
                doubled = (2 * doubled).min(LIFETIME);
            }
        }
        (is_good || is_undone) && (within(LIFETIME) >= per_window || within(doubled) > 0)
    }

    /// Takes the next ledger in, where it is what one change makes of the present one.
    fn advance(&mut self, next: Ledger) {
        assert!(next.proves(Some(&self.ledger), &next), "what has happened");
        assert!(!self.ledger.proves(Some(&self.ledger), &next), "what has not happened");
        self.take_in(next);
    }

    fn take_in(&mut self, next: Ledger) {
        assert_eq!(next.selector(), self.ledger.selector());
        assert_eq!(next.revision(), self.ledger.revision() + 1);
        assert!(nothing_came_back_to_life(&self.ledger, &next, 1), "{:?}, {next:?}", self.ledger);
        self.ledger = next;
    }

    fn is_at_its_end(&self) -> bool {
        self.ledger.revision() == i64::MAX
    }

    /// A link, one of the host's, or what is told in the place of one.
    fn issue(&mut self, kind: IssueKind, how: u8) {
        self.made += 1;
        let (issuer, now, binding) = (self.rules.issuer(kind), self.now, binding(self.owner));
        let (ledger, entropy) = (Some(&self.ledger), entropy_of([self.made; 36]));
        let (is_told, is_by_host) = (how == 1, how == 2);
        let made = match how {
            1 => issuer.explain(ledger, binding, now, entropy),
            2 => issuer.issue_unthrottled(ledger, binding, now, entropy).map(|i| i.ledger),
            _ => issuer.issue(ledger, binding, now, entropy).map(|issued| issued.ledger),
        };
        let end = now.unix_timestamp_nanos() + LIFETIME;
        let is_throttled = self.is_throttled() && !is_by_host;
        let next = match made {
            Err(IssueError::Throttled) => return assert!(is_throttled),
            _ if is_throttled => panic!("not throttled"),
            Err(IssueError::TimeOutOfRange) => {
                return assert!(end > UtcDateTime::MAX.unix_timestamp_nanos());
            }
            Err(IssueError::Exhausted(_)) => return assert!(self.is_at_its_end()),
            Err(other) => panic!("{other}"),
            Ok(next) => next,
        };
        self.push(
            next,
            kind,
            if is_told { IssueState::Explained { at: now } } else { IssueState::Live },
        );
    }

    /// Takes the next ledger in, where it has one more issue.
    fn push(&mut self, next: Ledger, kind: IssueKind, state: IssueState) {
        let now = self.now;
        let mut expected: Vec<_> = self.ledger.issues().iter().map(Issue::state).collect();
        let of_kind = self.ledger.issues().iter().position(|i| i.kind() == kind && is_live(i));
        if let Some(live) = of_kind.filter(|_| state == IssueState::Live) {
            expected[live] = IssueState::Superseded { at: now };
        }
        if expected.len() == MOST_ISSUES {
            let older = &self.ledger.issues()[..MOST_ISSUES - 1];
            let oldest = older.iter().position(|issue| !is_mailed(issue)).unwrap_or_else(|| {
                expected.iter().position(|state| *state != IssueState::Live).unwrap()
            });
            expected.remove(oldest);
            self.known.remove(oldest);
        }
        expected.push(state);
        let states: Vec<_> = next.issues().iter().map(Issue::state).collect();
        assert_eq!(states, expected);
        let newest = next.newest().unwrap();
        assert_eq!((newest.kind(), newest.issued_at()), (kind, now));
        let end = now.unix_timestamp_nanos() + LIFETIME;
        assert_eq!(newest.expires_at().unix_timestamp_nanos(), end);
        self.known.push(Known::new(fresh(&self.ledger, self.owner, self.made), self.owner));
        self.advance(next);
    }

    /// A password that is set without a link.
    fn change(&mut self, kind: IssueKind) {
        self.made += 1;
        let (now, entropy) = (self.now, entropy_of([self.made; 36]));
        let issuer = self.rules.issuer(kind);
        match issuer.change(Some(&self.ledger), binding(self.owner + 1), now, entropy) {
            Err(IssueError::TimeOutOfRange) => {
                let end = now.unix_timestamp_nanos() + LIFETIME;
                assert!(end > UtcDateTime::MAX.unix_timestamp_nanos());
            }
            Err(IssueError::Exhausted(_)) => assert!(self.is_at_its_end()),
            Err(other) => panic!("{other}"),
            Ok(next) => {
                self.owner += 1;
                self.push(next, kind, IssueState::Changed { at: now });
                self.close();
            }
        }
    }

    /// Leaves no live link good.
    fn close(&mut self) {
        for (issue, known) in self.ledger.issues().iter().zip(&mut self.known) {
            known.is_closed |= is_live(issue);
        }
    }

    fn redeem(&mut self, any: usize) {
        let Some(Known { token, .. }) = self.known.get(any) else { return };
        let (now, successor) = (self.now, binding(self.owner + 1));
        let issuer = self.rules.issuer(self.ledger.issues()[any].kind());
        let result = issuer.redeem(&self.ledger, token, &binding(self.owner), now, successor);
        if self.assert_ends(any, result, IssueState::Redeemed { at: now }) {
            self.owner += 1;
            self.known[any].owner += 1;
            self.close();
        }
    }

    fn cancel(&mut self, any: usize) {
        let Some(Known { token, .. }) = self.known.get(any) else { return };
        let now = self.now;
        let issuer = self.rules.issuer(self.ledger.issues()[any].kind());
        let result = issuer.cancel(&self.ledger, token, &binding(self.owner), now);
        self.assert_ends(any, result, IssueState::Revoked { at: now });
    }

    fn revoke(&mut self) {
        let now = self.now;
        let revoked = self.rules.recovery.revoke(&self.ledger, now);
        let has_live = self.ledger.issues().iter().any(is_live);
        match revoked {
            Ok(Some(next)) => {
                assert!(has_live);
                for (old, new) in self.ledger.issues().iter().zip(next.issues()) {
                    let revoked = IssueState::Revoked { at: now };
                    assert_eq!(new.state(), if is_live(old) { revoked } else { old.state() });
                }
                self.advance(next);
            }
            Ok(None) => assert!(!has_live),
            Err(_) => assert!(has_live && self.is_at_its_end()),
        }
    }

    /// The code of some link, a wrong one, or a text that is none.
    fn type_code(&mut self, any: usize) {
        self.made += 1;
        let stored = Stored::of(&self.ledger);
        let is_good = |position: &usize| {
            let issue = &self.ledger.issues()[*position];
            issue.kind() == IssueKind::Recovery
                && self.told(*position).is_ok()
                && self.age(issue) < CODE_LIFETIME
        };
        let good = (0..self.known.len()).find(is_good).filter(|_| stored.code.is_some());
        let code = good.and_then(|good| self.known[good].code.clone());
        let code = code.unwrap_or_else(|| "12345678".to_owned());
        let text = match any {
            2..=5 => code.clone(),
            6..=12 => mistyped(&code),
            13 => code[1..].to_owned(),
            _ => self.known.first().and_then(|known| known.code.clone()).unwrap_or_default(),
        };
        let (binding, entropy) = (binding(self.owner), entropy_of([self.made; 36]));
        let told = self.rules.recovery.exchange(&self.ledger, &text, &binding, self.now, entropy);
        let Some(good) = good.filter(|_| text.len() == 8) else {
            return assert!(told.unwrap().is_none());
        };
        let Ok(told) = told else { return assert!(self.is_at_its_end()) };
        let Exchange { ledger: next, token, .. } = told.expect("a good code");
        let now = Stored::of(&next);
        if text == code {
            assert!(token.is_some() && now.code.is_none() && now.wrong == stored.wrong);
            self.known[good].exchanged = token;
            return self.advance(next);
        }
        let of_code = stored.code.map_or(0, |code| code.wrong) + 1;
        let is_over = of_code == 5 || now.wrong == 20;
        assert!(token.is_none() && now.wrong == stored.wrong + 1);
        assert_eq!(now.code.map(|code| code.wrong), (!is_over).then_some(of_code));
        assert!(!next.proves(Some(&self.ledger), &next), "no count is proved");
        self.take_in(next);
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
                let mut expected: Vec<_> = self.ledger.issues().iter().map(Issue::state).collect();
                expected[any] = state;
                let states: Vec<_> = next.issues().iter().map(Issue::state).collect();
                assert_eq!(states, expected);
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

/// A link with this ledger's selector, the only one of a ledger of its own.
fn fresh(ledger: &Ledger, owner: usize, made: u8) -> Issued {
    let (empty, now) = (Ledger::new(*ledger.selector()), UtcDateTime::UNIX_EPOCH);
    let issuer = RULES[0].issuer(IssueKind::Recovery);
    issuer.issue(Some(&empty), binding(owner), now, entropy_of([made; 36])).unwrap()
}

/// Where what a ledger's bytes say of codes ends: at the count of its issues.
fn end_of_codes(bytes: &[u8]) -> usize {
    let last_wrong = if bytes[21] > 0 { 12 } else { 0 };
    21 + 1 + last_wrong + 1 + 36
}
