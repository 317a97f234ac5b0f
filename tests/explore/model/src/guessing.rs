//! How many wrong codes anybody can have counted who asks for mails and guesses all year, against
//! [`TokenIssuer`] and [`Ledger`] alone.
//!
//! Somebody may ask, guess and set a password at every moment of a grid, and the host may purge what
//! is forgettable. States are told apart by ages and not by times, so that there is an end of
//! them. Of all courses through them, from whichever state, the one with the most wrong codes in
//! some span is found by its length alone: no rule that bounds it is presumed.

use crate::bounds::{WRONG_CODE, code_key};
use crate::{mistakes, ports};
use password_reset::token::{
    Binding, Codes, Exchange, Issue, IssueState, Ledger, ResetToken, Throttle, TokenIssuer,
};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::time::Duration;
use time::UtcDateTime;

const MINUTE: i64 = 60;

/// How wrong codes are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// As it is shipped.
    Shipped,
    /// For seven days after the last link expires.
    KeptForTheLinksAlone,
    /// Until the next mail.
    CountedForTheLinkAlone,
}

/// What is explored.
#[derive(Clone, Debug)]
pub struct Guessing {
    /// So many seconds after one another is something done.
    every: i64,
    sets_passwords: bool,
    rule: Rule,
    issuer: TokenIssuer,
}

/// Every state that can be reached, and what leads from one to another.
#[derive(Debug)]
pub struct Reached {
    every: i64,
    steps: Vec<Vec<Step>>,
}

/// The times at which wrong codes were counted.
pub type Guesses = Vec<i64>;

impl Guessing {
    /// Everything that can be done at moments so many seconds apart. No cooldown keeps anybody from a
    /// mail: what is claimed of wrong codes does not rest on the throttle.
    ///
    /// # Panics
    /// Never: the throttle is one.
    #[must_use]
    pub fn every(seconds: i64) -> Self {
        let throttle = Throttle::per_window(14, Duration::from_nanos(1))
            .and_then(|throttle| throttle.with_cooldown(Duration::ZERO));
        Self { every: seconds, ..Self::by(throttle.expect("the throttle is one")) }
    }

    /// By the defaults, for [`as_soon_as_possible`](Self::as_soon_as_possible).
    #[must_use]
    pub fn by_the_defaults() -> Self {
        Self::by(Throttle::default())
    }

    fn by(throttle: Throttle) -> Self {
        let issuer = TokenIssuer::builder().throttle(throttle).codes(Codes::new(code_key()));
        let issuer = issuer.build().expect("the lifetime is one");
        Self { every: 1, sets_passwords: false, rule: Rule::Shipped, issuer }
    }

    /// With passwords that somebody sets, at any moment.
    #[must_use]
    pub fn setting_passwords(mut self) -> Self {
        self.sets_passwords = true;
        self
    }

    /// With another rule than the shipped one.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rule = rule;
        self
    }

    /// Explores to the end.
    #[must_use]
    pub fn explore(&self) -> Reached {
        let mut known = HashMap::from([(self.print(&State::default()), 0)]);
        let mut states = vec![State::default()];
        let mut steps = vec![];
        while let Some(state) = states.get(steps.len()).cloned() {
            let mut from_here = vec![];
            for (next, kind) in self.next_states(&state) {
                let count = known.len();
                let to = *known.entry(self.print(&next)).or_insert(count);
                if to == count {
                    states.push(next);
                }
                from_here.push(Step { to, kind });
            }
            steps.push(from_here);
        }
        Reached { every: self.every, steps }
    }

    /// The wrong codes of somebody who asks and guesses each minute, for so many seconds: until a
    /// mail comes without a code, and then again once the ledger is forgotten.
    #[must_use]
    pub fn as_soon_as_possible(&self, span: i64) -> Guesses {
        let (mut state, mut guesses) = (State::default(), vec![]);
        while state.clock < span {
            while let Some(next) = self.guess(&state) {
                guesses.push(state.clock);
                state = next;
            }
            state = match (&state.ledger, self.ask(&state)) {
                (Some(ledger), _) if !state.has_code => {
                    let forgettable_in = self.forgettable_at(ledger) - state.now();
                    let clock = state.clock + forgettable_in.whole_seconds();
                    let later = State { clock, ..state };
                    self.purge(&later).unwrap_or(later)
                }
                (_, Some(next)) => next,
                _ => State { clock: state.clock + MINUTE, ..state },
            };
        }
        guesses
    }

    fn next_states(&self, state: &State) -> Vec<(State, Kind)> {
        let later = State { clock: state.clock + self.every, ..state.clone() };
        let set = || self.sets_passwords.then(|| self.set_password(state)).flatten();
        let steps = [
            (Some(later), Kind::Waits),
            (self.ask(state), Kind::Acts),
            (self.guess(state), Kind::Guesses),
            (self.purge(state), Kind::Acts),
            (set(), Kind::SetsPassword),
        ];
        steps.into_iter().filter_map(|(next, kind)| Some((next?, kind))).collect()
    }

    fn ask(&self, state: &State) -> Option<State> {
        let mut ledger = state.ledger.clone();
        if self.rule == Rule::CountedForTheLinkAlone {
            ledger = ledger.as_ref().and_then(mistakes::without_wrong_codes);
        }
        let entropy = ports::entropy(0, state.made);
        let made = self.issuer.issue(ledger.as_ref(), binding(), state.now(), entropy).ok()?;
        Some(State {
            clock: state.clock,
            ledger: Some(made.ledger),
            newest: Some(made.token.into()),
            made: state.made.wrapping_add(1),
            has_code: made.code.is_some(),
            typed: 0,
        })
    }

    /// Types a wrong code, where one is counted.
    fn guess(&self, state: &State) -> Option<State> {
        let (ledger, entropy) = (state.ledger.as_ref()?, ports::entropy(1, state.made));
        let made = self.issuer.exchange(ledger, WRONG_CODE, &binding(), state.now(), entropy);
        let Exchange { ledger, token, .. } = made.expect("the key is there")?;
        assert!(token.is_none(), "it is a wrong one");
        Some(State { ledger: Some(ledger), typed: state.typed + 1, ..state.clone() })
    }

    fn purge(&self, state: &State) -> Option<State> {
        let is_forgettable = self.forgettable_at(state.ledger.as_ref()?) <= state.now();
        is_forgettable.then_some(State { ledger: None, newest: None, typed: 0, ..*state })
    }

    fn set_password(&self, state: &State) -> Option<State> {
        let (ledger, entropy) = (state.ledger.as_ref(), ports::entropy(2, state.made));
        let changed = self.issuer.change(ledger, binding(), state.now(), entropy).ok()?;
        Some(State { ledger: Some(changed), newest: None, typed: 0, ..*state })
    }

    fn forgettable_at(&self, ledger: &Ledger) -> UtcDateTime {
        match self.rule {
            Rule::KeptForTheLinksAlone => mistakes::kept_for_the_links(ledger),
            _ => ledger.forgettable_at(),
        }
    }

    /// The same for states in which the same can happen.
    fn print(&self, state: &State) -> u64 {
        let mut hasher = DefaultHasher::new();
        if let Some(ledger) = &state.ledger {
            let now = state.now();
            let good_for = state.newest.as_ref().and_then(|token| {
                let good = self.issuer.check(ledger, token, &binding(), now).ok();
                good.map(|issue| issue.expires_at() - now)
            });
            // Without a cooldown, the mails of this moment alone count.
            let is_counted = |issue: &&Issue| {
                issue.issued_at() == now && !matches!(issue.state(), IssueState::Changed { .. })
            };
            let mails = ledger.issues().iter().filter(is_counted).count();
            let typed = self.guess(state).map(|_| state.typed);
            let forgettable_in = (self.forgettable_at(ledger) - now).whole_seconds().max(0);
            (good_for, mails, ledger.wrong_codes(), typed, forgettable_in).hash(&mut hasher);
        }
        hasher.finish()
    }
}

impl Reached {
    /// How many states there are.
    #[must_use]
    pub fn states(&self) -> usize {
        self.steps.len()
    }

    /// The most wrong codes that can be counted within a span in which nobody sets a password,
    /// whatever was done before it.
    #[must_use]
    pub fn most_within(&self, span: i64) -> Guesses {
        let order = self.order_within_a_moment();
        let mut best = vec![Some(Course::default()); self.steps.len()];
        for at in (0..span).step_by(usize::try_from(self.every).unwrap_or(1)) {
            let mut later = vec![None; best.len()];
            for state in &order {
                let Some(course) = best[*state].take() else { continue };
                for Step { to, kind } in &self.steps[*state] {
                    let (courses, next) = match kind {
                        Kind::Waits => (&mut later, course.clone()),
                        Kind::Acts => (&mut best, course.clone()),
                        Kind::Guesses => (&mut best, course.with_guess(at)),
                        Kind::SetsPassword => continue,
                    };
                    if courses[*to].as_ref().is_none_or(|known| known.guesses < next.guesses) {
                        courses[*to] = Some(next);
                    }
                }
            }
            best = later;
        }
        let most = best.into_iter().flatten().max_by_key(|course| course.guesses);
        most.map(|course| course.moments()).unwrap_or_default()
    }

    /// The states, each before those to which something leads that is done at the same moment.
    fn order_within_a_moment(&self) -> Vec<usize> {
        let leads_to = |state: &usize| {
            let steps = self.steps[*state].iter();
            steps.filter(|step| matches!(step.kind, Kind::Acts | Kind::Guesses)).map(|step| step.to)
        };
        let mut before = vec![0; self.steps.len()];
        (0..self.steps.len()).flat_map(|state| leads_to(&state)).for_each(|to| before[to] += 1);
        let mut order: Vec<_> = (0..before.len()).filter(|state| before[*state] == 0).collect();
        let mut at = 0;
        while let Some(state) = order.get(at).copied() {
            at += 1;
            for to in leads_to(&state) {
                before[to] -= 1;
                order.extend((before[to] == 0).then_some(to));
            }
        }
        assert_eq!(order.len(), self.steps.len(), "a moment has an end");
        order
    }
}

/// The most guesses within any span of so many seconds.
#[must_use]
pub fn most_within(guesses: &[i64], span: i64) -> usize {
    let from = |first: usize| {
        guesses[first..].iter().take_while(|at| **at - guesses[first] < span).count()
    };
    (0..guesses.len()).map(from).max().unwrap_or_default()
}

#[derive(Clone, Debug, Default)]
struct State {
    clock: i64,
    ledger: Option<Ledger>,
    /// The newest link's token.
    newest: Option<Rc<ResetToken>>,
    made: u8,
    /// Whether the newest mail had a code.
    has_code: bool,
    /// How many wrong codes were typed since the last mail.
    typed: u8,
}

impl State {
    fn now(&self) -> UtcDateTime {
        ports::instant(self.clock)
    }
}

#[derive(Debug)]
struct Step {
    to: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Waits,
    Acts,
    Guesses,
    SetsPassword,
}

/// A course, by the guesses that were counted on it.
#[derive(Clone, Default)]
struct Course {
    guesses: usize,
    last: Option<Rc<Guess>>,
}

struct Guess {
    at: i64,
    before: Option<Rc<Guess>>,
}

impl Course {
    fn with_guess(&self, at: i64) -> Self {
        let guess = Guess { at, before: self.last.clone() };
        Self { guesses: self.guesses + 1, last: Some(guess.into()) }
    }

    fn moments(&self) -> Guesses {
        let mut moments = vec![];
        let mut last = self.last.as_ref();
        while let Some(guess) = last {
            moments.push(guess.at);
            last = guess.before.as_ref();
        }
        moments.reverse();
        moments
    }
}

fn binding() -> Binding {
    Binding::new("alice@example.com", b"a hash")
}
