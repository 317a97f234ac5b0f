//! Every choice of when to ask for links, against [`TokenIssuer`] and [`Ledger`] alone: what the
//! throttle promises is about hours and days, too long for the flows' own model.
//!
//! Each step is a deed at a later moment, or at the same one. What must be so is kept apart, and
//! never looks into the ledger. States are told apart by ages and not by times, so that an
//! exploration which comes to its end has seen what can happen for ever.

use crate::ports;
use password_reset::token::{Binding, Ledger, ResetToken, Throttle, TokenIssuer};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const SKEW: i64 = 60;
const LIFETIME_OF_INVITATIONS: i64 = 2 * DAY;

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Anybody asks for a link.
    Request,
    /// Anybody asks, and the account's holder is told how to sign in without a password.
    Tell,
    /// The holder of the newest good link cancels it.
    Cancel,
    /// The holder of the newest good link sets a password with it.
    Redeem,
    /// Somebody who is signed in changes the password, once after each mail.
    Change,
    /// The account's address changes, or changes back.
    ChangeAddress,
    /// The host revokes the live links.
    Revoke,
    /// The host invites the account's holder, once.
    Invite,
    /// Nobody does anything.
    Wait,
}

/// How the account is throttled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// As it is shipped.
    Shipped,
    /// The cooldown is always the same.
    FixedCooldown,
    /// The cooldown doubles with the links of the window, not with those of the day.
    DoublesWithinTheWindow,
    /// Where the newest link is used, expired or of an account that has changed, nothing is
    /// counted.
    NoCapForChangedAccounts,
    /// A cancelled link is counted for nothing.
    CancellingReopens,
}

/// What may be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// The shipped code lets exactly what the rule lets.
    TheRuleIsKept,
    /// No more mails in any window than the throttle says; twice that where links are redeemed or
    /// the account changes.
    FewMailsInAWindow,
    /// In any 24 hours, a good link is replaced no more often than the cooldown can double.
    FewGoodLinksReplacedInADay,
    /// Somebody who is throttled was issued a good link, or one that would be good had it not been
    /// cancelled or revoked, or was told how to sign in, or twice the window's number within it.
    ThrottledHaveBeenIssuedLinks,
    /// Nobody who only knows the login makes a good invitation a bad one, nor whoever cancels what
    /// such a person asked for.
    NoStrangerEndsAnInvitation,
}

/// When something can happen next.
#[derive(Clone, Debug)]
pub enum Moments {
    /// So many seconds later.
    After(Vec<i64>),
    /// When a cooldown ends, when a link leaves the window or the day, when it expires, or a
    /// second before that.
    WhenTheAnswerMayChange,
}

/// What is explored.
#[derive(Clone, Debug)]
pub struct Pacing {
    /// As it is printed.
    pub name: &'static str,
    /// Who may do what.
    pub deeds: Vec<Deed>,
    /// When.
    pub moments: Moments,
    /// How often; without a number, for ever.
    pub most_steps: Option<usize>,
    /// How many good links must be replaced in a day, at least: where that can no longer be, the
    /// course is not followed.
    pub aim: usize,
    /// What is not as it is shipped.
    pub rule: Rule,
    per_window: u8,
    window: i64,
    cooldown: i64,
}

/// What an exploration came upon.
#[derive(Debug)]
pub struct Course {
    name: &'static str,
    /// How many states there are.
    pub states: usize,
    /// The most mails that anybody caused within a window.
    pub most_mails: usize,
    /// The most good links that were replaced within a day.
    pub most_replaced: usize,
    /// The shortest way to where a claim does not hold, as sentences.
    pub violations: BTreeMap<Claim, Vec<String>>,
}

impl Pacing {
    /// The defaults: 5 an hour, a cooldown that starts at a minute, links that are good for an
    /// hour.
    #[must_use]
    pub fn new(name: &'static str, deeds: &[Deed], moments: Moments) -> Self {
        let deeds = deeds.to_vec();
        let (rule, most_steps, aim) = (Rule::Shipped, None, 0);
        let (per_window, window, cooldown) = (5, HOUR, MINUTE);
        Self { name, deeds, moments, most_steps, aim, rule, per_window, window, cooldown }
    }

    /// With another throttle; a link is good for a window.
    #[must_use]
    pub fn throttled(mut self, per_window: u8, window: i64, cooldown: i64) -> Self {
        (self.per_window, self.window, self.cooldown) = (per_window, window, cooldown);
        self
    }

    /// With so many steps at most.
    #[must_use]
    pub fn steps(mut self, most: usize) -> Self {
        self.most_steps = Some(most);
        self
    }

    /// Only where so many good links can be replaced in a day.
    #[must_use]
    pub fn aiming_at(mut self, replaced: usize) -> Self {
        self.aim = replaced;
        self
    }

    /// With another rule than the shipped one.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    /// Whatever became of them.
    fn cap(&self) -> usize {
        usize::from(2 * self.per_window).min(14)
    }

    fn permitted_mails(&self) -> usize {
        let reopens = |deed| matches!(deed, &Deed::Redeem | &Deed::Change | &Deed::ChangeAddress);
        if self.deeds.iter().any(reopens) { self.cap() } else { self.per_window.into() }
    }

    /// How often the cooldown doubles until it is as long as the window.
    fn permitted_replacements(&self) -> usize {
        let doubled = |times: &usize| self.cooldown << times < self.window;
        (0..64).take_while(doubled).count()
    }

    /// Explores until `wanted` does not hold, or to the end.
    ///
    /// # Panics
    /// Never: the throttle is one.
    #[must_use]
    pub fn explore(&self, wanted: Option<Claim>) -> Course {
        let issuers = self.issuers();
        let mut known = HashSet::from([State::default().print()]);
        let mut visited: Vec<(usize, Step)> = vec![(0, (0, Deed::Wait, false))];
        let mut level = vec![(0, State::default())];
        let mut course = Course {
            name: self.name,
            states: 1,
            most_mails: 0,
            most_replaced: 0,
            violations: BTreeMap::new(),
        };
        let mut broken_at = BTreeMap::new();
        let mut left = self.most_steps.unwrap_or(usize::MAX);
        while left > 0 && !level.is_empty() {
            left -= 1;
            let mut next_level = vec![];
            for (index, state) in level {
                for moment in self.moments(&state) {
                    for deed in self.deeds.iter().copied() {
                        let Some((next, broken)) = self.step(&issuers, &state, moment, deed) else {
                            continue;
                        };
                        course.most_mails = course.most_mails.max(next.mails_within(self.window));
                        course.most_replaced = course.most_replaced.max(next.replaced.len());
                        let is_throttled = next.made == state.made;
                        let step = (moment - state.clock, deed, is_throttled);
                        if let Some(broken) = broken {
                            broken_at.entry(broken).or_insert_with(|| {
                                visited.push((index, step));
                                visited.len() - 1
                            });
                        } else if next.replaced.len() + left >= self.aim
                            && known.insert(next.print())
                        {
                            visited.push((index, step));
                            next_level.push((visited.len() - 1, next));
                        }
                    }
                }
            }
            if wanted.is_some_and(|wanted| broken_at.contains_key(&wanted)) {
                break;
            }
            level = next_level;
        }
        course.states = known.len();
        course.violations =
            broken_at.into_iter().map(|(claim, at)| (claim, way_to(&visited, at))).collect();
        course
    }

    /// The moments at which somebody asks who asks every so many seconds and replaces a good link
    /// by that, in the first `span` seconds.
    #[must_use]
    pub fn replaced_at(&self, every: i64, span: i64) -> Vec<i64> {
        let issuers = self.issuers();
        let (mut state, mut replaced) = (State::default(), BTreeSet::new());
        for moment in (0..span).step_by(usize::try_from(every).unwrap_or(1)) {
            if let Some((next, _)) = self.step(&issuers, &state, moment, Deed::Request) {
                replaced.extend(next.replaced.iter().copied());
                state = next;
            }
        }
        replaced.into_iter().collect()
    }

    fn issuers(&self) -> [TokenIssuer; 2] {
        let seconds = |seconds: i64| Duration::from_secs(seconds.unsigned_abs());
        let throttle = Throttle::per_window(self.per_window, seconds(self.window))
            .and_then(|throttle| throttle.with_cooldown(seconds(self.cooldown)))
            .expect("the throttle is one");
        let recovery = TokenIssuer::builder().throttle(throttle).lifetime(seconds(self.window));
        let recovery = recovery.build().expect("the lifetime is one");
        let invitations = recovery.invitations(seconds(LIFETIME_OF_INVITATIONS));
        [recovery, invitations.expect("the lifetime is one")]
    }

    fn moments(&self, state: &State) -> Vec<i64> {
        match &self.moments {
            Moments::After(gaps) => gaps.iter().map(|gap| state.clock + gap).collect(),
            Moments::WhenTheAnswerMayChange => {
                let doubled = (0..).map(|times| self.cooldown << times);
                let mut spans: Vec<i64> = doubled.take_while(|span| *span < self.window).collect();
                spans.extend([self.window - 1, self.window, DAY - 1, DAY]);
                let times = state.links.iter().map(|link| link.issued_at);
                let all = times.flat_map(|time| spans.iter().map(move |span| time + span));
                let later: BTreeSet<_> = all.filter(|at| *at > state.clock).collect();
                later.into_iter().chain([state.clock]).collect()
            }
        }
    }

    /// The state that a deed at this moment leads to, if it leads anywhere, and what is not so.
    fn step(
        &self,
        issuers: &[TokenIssuer; 2],
        state: &State,
        moment: i64,
        deed: Deed,
    ) -> Option<(State, Option<Claim>)> {
        let mut next = state.at(moment);
        let (now, binding) = (ports::instant(moment), next.binding());
        let [recovery, invitation] = issuers;
        let is_newest_good = |link: &&Link| next.told_good(link);
        let good = next.links.iter().rev().find(is_newest_good).cloned();
        let present = next.ledger.clone();
        let ledger = present.as_deref();
        match deed {
            Deed::Wait if moment == state.clock => return None,
            Deed::Wait => {}
            Deed::Request | Deed::Tell => {
                let lets = next.lets(self);
                let asked = match (deed, self.rule) {
                    (Deed::Tell, _) => {
                        let entropy = ports::entropy(0, next.made);
                        let told = recovery.explain(ledger, binding, now, entropy);
                        told.map(|ledger| (ledger, "".into())).ok()
                    }
                    (_, Rule::Shipped) => {
                        let entropy = ports::entropy(0, next.made);
                        let issued = recovery.issue(ledger, binding, now, entropy);
                        issued.map(|issued| (issued.ledger, issued.token)).map(text_of).ok()
                    }
                    _ if lets => next.issue(recovery),
                    _ => None,
                };
                if asked.is_some() != lets {
                    return Some((next, Some(Claim::TheRuleIsKept)));
                }
                let Some((ledger, token)) = asked else {
                    let broken = !next.may_be_throttled(self);
                    return broken.then_some((next, Some(Claim::ThrottledHaveBeenIssuedLinks)));
                };
                let fate = (deed == Deed::Tell).then_some(Fate::Told);
                next.add(ledger, token, false, fate, true);
                next.links.last_mut().expect("it was added").lifetime = self.window;
            }
            Deed::Invite => {
                if next.links.iter().any(|link| link.is_invitation) {
                    return None;
                }
                let (ledger, token) = next.issue(invitation)?;
                next.add(ledger, token, true, None, false);
            }
            Deed::Cancel | Deed::Redeem => {
                let good = good?;
                let issuer = if good.is_invitation { invitation } else { recovery };
                let token = ResetToken::parse(&good.token).ok()?;
                let changed = if deed == Deed::Cancel {
                    issuer.cancel(ledger?, &token, &binding, now)
                } else {
                    next.account.0 += 1;
                    issuer.redeem(ledger?, &token, &binding, now, next.binding())
                };
                let Ok(changed) = changed else {
                    return Some((next, Some(Claim::TheRuleIsKept)));
                };
                next.ledger = Some(changed.into());
                let fate = if deed == Deed::Cancel { Fate::Revoked } else { Fate::Used };
                next.end(fate, |link| link.token == good.token);
            }
            Deed::Revoke => {
                let revoked = recovery.revoke(ledger?, now).ok()??;
                next.ledger = Some(revoked.into());
                next.end(Fate::Revoked, |_| true);
            }
            Deed::Change => {
                if next.links.last().is_none_or(|newest| newest.fate == Some(Fate::Changed)) {
                    return None;
                }
                next.account.0 += 1;
                let entropy = ports::entropy(0, next.made);
                let changed = recovery.change(ledger, next.binding(), now, entropy).ok()?;
                next.end(Fate::Changed, |_| false);
                next.add(changed, "".into(), false, Some(Fate::Changed), false);
            }
            Deed::ChangeAddress => next.account.1 = !next.account.1,
        }
        let broken = self.broken_in(state, &next, issuers, deed);
        Some((next, broken))
    }

    fn broken_in(
        &self,
        before: &State,
        state: &State,
        [_, invitation]: &[TokenIssuer; 2],
        deed: Deed,
    ) -> Option<Claim> {
        if state.mails_within(self.window) > self.permitted_mails() {
            return Some(Claim::FewMailsInAWindow);
        }
        if state.replaced.len() > self.permitted_replacements() {
            return Some(Claim::FewGoodLinksReplacedInADay);
        }
        let before = before.at(state.clock);
        let is_ended = before.links.iter().filter(|link| link.is_invitation).any(|link| {
            let now = ports::instant(state.clock);
            let token = ResetToken::parse(&link.token);
            let is_good = state
                .ledger
                .as_deref()
                .zip(token.as_ref().ok())
                .is_some_and(|(l, t)| invitation.check(l, t, &state.binding(), now).is_ok());
            before.told_good(link) && !is_good
        });
        let newest_good = before.links.iter().rev().find(|link| before.told_good(link));
        let is_stranger = match deed {
            Deed::Request | Deed::Tell | Deed::Wait => true,
            Deed::Cancel => newest_good.is_some_and(|link| !link.is_invitation),
            _ => false,
        };
        (is_stranger && is_ended).then_some(Claim::NoStrangerEndsAnInvitation)
    }
}

/// How long after the last one, what, and whether nothing came of it.
type Step = (i64, Deed, bool);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fate {
    Superseded,
    Used,
    Revoked,
    Told,
    Changed,
}

/// The password, by how many were set before, and whether the address is the other one.
type Bound = (u8, bool);

#[derive(Clone, Debug)]
struct Link {
    token: Arc<str>,
    is_invitation: bool,
    is_asked_by_anybody: bool,
    issued_at: i64,
    lifetime: i64,
    bound_to: Bound,
    is_closed: bool,
    fate: Option<Fate>,
}

/// The ledger, and what must be so, kept beside it.
#[derive(Clone, Debug, Default)]
struct State {
    clock: i64,
    ledger: Option<Arc<Ledger>>,
    made: u8,
    account: Bound,
    links: Vec<Link>,
    /// When a good link was replaced, in the last 24 hours.
    replaced: Vec<i64>,
}

impl State {
    /// The same at a later moment: what no claim and no rule asks for is forgotten.
    fn at(&self, clock: i64) -> Self {
        let mut later = Self { clock, ..self.clone() };
        later.links.retain(|link| clock - link.issued_at < DAY || link.is_timely(clock));
        later.replaced.retain(|at| clock - at < DAY);
        later
    }

    fn binding(&self) -> Binding {
        let (password, is_moved) = self.account;
        let address = if is_moved { "moved@example.com" } else { "alice@example.com" };
        Binding::new(address, &[password])
    }

    fn is_bound(&self, link: &Link) -> bool {
        !link.is_closed && link.bound_to == self.account
    }

    fn told_good(&self, link: &Link) -> bool {
        link.fate.is_none() && link.is_timely(self.clock) && self.is_bound(link)
    }

    fn has_good_link(&self) -> bool {
        self.links.iter().any(|link| self.told_good(link))
    }

    fn has_undone_link(&self) -> bool {
        self.links.last().is_some_and(|newest| match newest.fate {
            Some(Fate::Revoked) => newest.is_timely(self.clock) && self.is_bound(newest),
            Some(Fate::Told) => self.is_bound(newest),
            _ => false,
        })
    }

    fn counted(&self, span: i64) -> usize {
        let mailed = self.links.iter().filter(|link| link.fate != Some(Fate::Changed));
        let ages = mailed.map(|link| self.clock - link.issued_at);
        ages.filter(|age| (-SKEW..span).contains(age)).count()
    }

    /// Whether the rule, or the mistaken one, lets another link be issued.
    fn lets(&self, pacing: &Pacing) -> bool {
        let &Pacing { rule, window, cooldown, per_window, .. } = pacing;
        let in_window = self.counted(window);
        if rule != Rule::NoCapForChangedAccounts && in_window >= pacing.cap() {
            return false;
        }
        let is_good = self.has_good_link();
        let is_undone = rule != Rule::CancellingReopens && self.has_undone_link();
        if !is_good && !is_undone {
            return true;
        }
        let doubles_with = match rule {
            Rule::FixedCooldown => 0,
            Rule::DoublesWithinTheWindow => window,
            _ => DAY,
        };
        let mut doubled = cooldown;
        if is_good {
            for _ in 1..self.counted(doubles_with) {
                doubled = (2 * doubled).min(window.max(cooldown));
            }
        }
        in_window < per_window.into() && self.counted(doubled) == 0
    }

    fn may_be_throttled(&self, pacing: &Pacing) -> bool {
        let is_at_the_cap = self.counted(pacing.window) >= pacing.cap();
        self.has_good_link() || self.has_undone_link() || is_at_the_cap
    }

    fn mails_within(&self, window: i64) -> usize {
        let is_within = |link: &&Link| self.clock - link.issued_at < window;
        self.links.iter().filter(|link| link.is_asked_by_anybody).filter(is_within).count()
    }

    /// Without asking the throttle.
    fn issue(&self, issuer: &TokenIssuer) -> Option<(Ledger, Arc<str>)> {
        let (now, entropy) = (ports::instant(self.clock), ports::entropy(0, self.made));
        let made = issuer.issue_unthrottled(self.ledger.as_deref(), self.binding(), now, entropy);
        made.map(|made| text_of((made.ledger, made.token))).ok()
    }

    fn add(
        &mut self,
        ledger: Ledger,
        token: Arc<str>,
        is_invitation: bool,
        fate: Option<Fate>,
        is_asked_by_anybody: bool,
    ) {
        self.ledger = Some(ledger.into());
        self.made = self.made.wrapping_add(1);
        if fate.is_none() {
            let is_good = |link: &Link| link.is_invitation == is_invitation && self.told_good(link);
            if is_asked_by_anybody && self.links.iter().any(is_good) {
                self.replaced.push(self.clock);
            }
            self.end(Fate::Superseded, |link| link.is_invitation == is_invitation);
        }
        self.links.push(Link {
            token,
            is_invitation,
            is_asked_by_anybody,
            issued_at: self.clock,
            lifetime: LIFETIME_OF_INVITATIONS,
            bound_to: self.account,
            is_closed: false,
            fate,
        });
    }

    fn end(&mut self, fate: Fate, is_meant: impl Fn(&Link) -> bool) {
        for link in self.links.iter_mut().filter(|link| link.fate.is_none()) {
            if is_meant(link) {
                link.fate = Some(fate);
            } else if matches!(fate, Fate::Used | Fate::Changed) {
                link.is_closed = true;
            }
        }
    }

    /// The same for states in which the same can happen: of a link that has ended, and is not the
    /// newest, only the age is asked for.
    fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (position, link) in (1..).zip(&self.links) {
            let is_change = link.fate == Some(Fate::Changed);
            (self.clock - link.issued_at, link.is_asked_by_anybody, is_change).hash(&mut hasher);
            if link.fate.is_none() || position == self.links.len() {
                let is_bound = !link.is_closed && link.bound_to.0 == self.account.0;
                let is_here = link.bound_to.1 == self.account.1;
                (link.fate, link.is_invitation, is_bound, is_here).hash(&mut hasher);
            }
        }
        self.links.iter().any(|link| link.is_invitation).hash(&mut hasher);
        self.replaced.iter().for_each(|at| (self.clock - at).hash(&mut hasher));
        hasher.finish()
    }
}

impl Link {
    fn is_timely(&self, clock: i64) -> bool {
        (self.issued_at - SKEW..self.issued_at + self.lifetime).contains(&clock)
    }
}

fn text_of((ledger, token): (Ledger, ResetToken)) -> (Ledger, Arc<str>) {
    (ledger, token.expose_text().into())
}

fn way_to(visited: &[(usize, Step)], mut index: usize) -> Vec<String> {
    let mut way = vec![];
    while index != 0 {
        way.push(visited[index].1);
        index = visited[index].0;
    }
    let mut clock = 0;
    let sentences = way.into_iter().rev().map(|(gap, deed, is_nothing)| {
        clock += gap;
        let time = format!("{}:{:02}:{:02}", clock / HOUR, clock / MINUTE % 60, clock % MINUTE);
        let does = match deed {
            Deed::Request | Deed::Tell if is_nothing => "somebody asks for a link: throttled",
            Deed::Request => "somebody asks for a link: sent",
            Deed::Tell => "somebody asks for a link: told how to sign in without",
            Deed::Cancel => "its holder cancels the link",
            Deed::Redeem => "its holder sets a password with the link",
            Deed::Change => "its holder changes the password while signed in",
            Deed::ChangeAddress => "the address changes",
            Deed::Revoke => "the host revokes the live links",
            Deed::Invite => "the host invites the holder",
            Deed::Wait => "time passes",
        };
        format!("at {time} {does}")
    });
    sentences.collect()
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TheRuleIsKept => "the shipped code lets exactly what the rule lets",
            Self::FewMailsInAWindow => "few mails are sent in any window",
            Self::FewGoodLinksReplacedInADay => "few good links are replaced in any day",
            Self::ThrottledHaveBeenIssuedLinks => {
                "somebody who is throttled has been issued a link that is good, or was cancelled"
            }
            Self::NoStrangerEndsAnInvitation => "no stranger ends an invitation",
        })
    }
}

impl fmt::Display for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, states, most_mails, most_replaced, .. } = self;
        writeln!(
            f,
            "{name}: {states} states, at most {most_mails} mails in a window and {most_replaced} \
             good links replaced in a day"
        )?;
        for (claim, way) in &self.violations {
            writeln!(f, "  not so: {claim}, after {} steps:", way.len())?;
            for (number, sentence) in (1..).zip(way) {
                writeln!(f, "    {number:2}. {sentence}")?;
            }
        }
        Ok(())
    }
}
