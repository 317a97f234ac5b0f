//! What must hold of a history and of what the servers store at its end.

use crate::history::{Answer, Attempt, History, Mail};
use password_reset::token::{IssueState, Ledger, Refusal};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What one server has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Each account's password hash.
    pub passwords: BTreeMap<i64, String>,
    /// Every change of a password, as the trigger noted it: whose, from what, to what.
    pub record: BTreeSet<(i64, String, String)>,
    /// Each account's ledger.
    pub ledgers: BTreeMap<i64, Vec<u8>>,
}

/// What does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violation {
    /// A password was reported as set, and it never was.
    SuccessLost(i64),
    /// One link set two passwords.
    SetTwice(i64),
    /// A password was reported as not set, and it was.
    RefusedAndSet(i64),
    /// A link set a password that was followed after a newer one was mailed.
    OlderLinkWorked(i64),
    /// A password exists that no task tried to set, or the changes are no chain.
    RecordBroken(i64),
    /// Two links of an account are live.
    SeveralLive(i64),
    /// A link is still good, and a password was set with it.
    GoodAfterUse(i64),
    /// A link was mailed that the servers do not know.
    MailLost(i64),
    /// A server has something else than the first.
    ServersDiffer(usize),
}

impl Violation {
    /// The kind, without whose or where.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::SuccessLost(_) => "success lost",
            Self::SetTwice(_) => "set twice",
            Self::RefusedAndSet(_) => "refused and set",
            Self::OlderLinkWorked(_) => "older link worked",
            Self::RecordBroken(_) => "record broken",
            Self::SeveralLive(_) => "several live",
            Self::GoodAfterUse(_) => "good after use",
            Self::MailLost(_) => "mail lost",
            Self::ServersDiffer(_) => "servers differ",
        }
    }
}

/// Checks a history against what each server has, and what the newest mails' links are answered:
/// `None` where one is good.
pub fn check(
    history: &History,
    servers: &[State],
    links: &[(Mail, Option<Refusal>)],
) -> Vec<Violation> {
    let mut violations: Vec<_> = (1..servers.len())
        .filter(|server| servers[*server] != servers[0])
        .map(Violation::ServersDiffer)
        .collect();
    let (attempts, mails, state) = (history.all_attempts(), history.all_mails(), &servers[0]);
    let set: HashMap<_, _> =
        state.record.iter().map(|(account, _, hash)| (hash.as_str(), *account)).collect();

    violations.extend(answers_are_true(&attempts, &set));
    violations.extend(links_work_once_and_only_the_newest(&attempts, &mails, &set));
    for (account, password) in &state.passwords {
        if !is_chain(*account, password, state, &attempts) {
            violations.push(Violation::RecordBroken(*account));
        }
    }
    violations.extend(ledgers_fit(state, links, &attempts, &set));
    violations.sort();
    violations
}

fn answers_are_true(attempts: &[Attempt], set: &HashMap<&str, i64>) -> Vec<Violation> {
    let judge = |attempt: &Attempt| match (attempt.answer, set.get(attempt.hash.as_str())) {
        (Answer::Set, None) => Some(Violation::SuccessLost(attempt.account)),
        (Answer::NotSet, Some(_)) => Some(Violation::RefusedAndSet(attempt.account)),
        _ => None,
    };
    attempts.iter().filter_map(judge).collect()
}

fn links_work_once_and_only_the_newest(
    attempts: &[Attempt],
    mails: &[Mail],
    set: &HashMap<&str, i64>,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut used = BTreeSet::new();
    for attempt in attempts.iter().filter(|attempt| set.contains_key(attempt.hash.as_str())) {
        if !used.insert(&attempt.token) {
            violations.push(Violation::SetTwice(attempt.account));
        }
        let Some(mail) = mails.iter().find(|mail| mail.token == attempt.token) else {
            violations.push(Violation::RecordBroken(attempt.account));
            continue;
        };
        let is_newer = |newer: &Mail| {
            newer.account == mail.account && newer.began > mail.sent && newer.sent < attempt.began
        };
        if mails.iter().any(is_newer) {
            violations.push(Violation::OlderLinkWorked(attempt.account));
        }
    }
    violations
}

/// Whether each change began where another had ended, from the first password to the present one,
/// and a task tried to set every password on this account.
fn is_chain(account: i64, password: &str, state: &State, attempts: &[Attempt]) -> bool {
    let of_account = state.record.iter().filter(|(of, ..)| *of == account);
    let mut changes: HashMap<_, _> =
        of_account.clone().map(|(_, was, now)| (was.as_str(), now.as_str())).collect();
    let mut is_so = changes.len() == of_account.clone().count();
    let tried: BTreeSet<_> = attempts
        .iter()
        .filter(|attempt| attempt.account == account)
        .map(|attempt| attempt.hash.as_str())
        .collect();
    let mut at = "first";
    while let Some(next) = changes.remove(at) {
        is_so &= tried.contains(next);
        at = next;
    }
    is_so && changes.is_empty() && at == password
}

fn ledgers_fit(
    state: &State,
    links: &[(Mail, Option<Refusal>)],
    attempts: &[Attempt],
    set: &HashMap<&str, i64>,
) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut ledgers = BTreeMap::new();
    for (account, bytes) in &state.ledgers {
        let ledger = Ledger::decode(bytes).unwrap();
        let live = ledger.issues().iter().filter(|issue| issue.state() == IssueState::Live);
        if live.count() > 1 {
            violations.push(Violation::SeveralLive(*account));
        }
        ledgers.insert(*account, ledger);
    }
    let used: BTreeSet<_> = attempts
        .iter()
        .filter(|attempt| set.contains_key(attempt.hash.as_str()))
        .map(|attempt| &attempt.token)
        .collect();
    let mut good = BTreeSet::new();
    for (mail, refusal) in links {
        if refusal.is_none() && !good.insert(mail.account) {
            violations.push(Violation::SeveralLive(mail.account));
        }
        if refusal.is_none() && used.contains(&mail.token) {
            violations.push(Violation::GoodAfterUse(mail.account));
        }
        let was_pushed_out = ledgers.get(&mail.account).is_some_and(|ledger| {
            let issues = ledger.issues();
            issues.len() == 16 && issues.iter().all(|issue| mail.asked_at < issue.issued_at())
        });
        if *refusal == Some(Refusal::Unknown) && !was_pushed_out {
            violations.push(Violation::MailLost(mail.account));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::{State, Violation, check};
    use crate::history::{Answer, BEGAN, History};
    use password_reset::token::Refusal;
    use std::slice;
    use time::UtcDateTime;

    /// One account and its links.
    struct Story {
        history: History,
        state: State,
        token: String,
    }

    fn story() -> Story {
        Story { history: History::default(), state: State::default(), token: "a".to_owned() }
    }

    impl Story {
        fn mail(&mut self, token: &str) {
            token.clone_into(&mut self.token);
            BEGAN.sync_scope(self.history.moment(), || {
                self.history.mailed(1, token, UtcDateTime::UNIX_EPOCH);
            });
        }

        fn set(&mut self, answer: Answer) -> String {
            let (place, hash) = self.history.attempts(1, &self.token);
            self.history.answered(place, answer);
            let was = self.state.passwords.insert(1, hash.clone());
            let was = was.unwrap_or_else(|| "first".to_owned());
            self.state.record.insert((1, was, hash.clone()));
            hash
        }

        fn check(&self, refusals: &[Option<Refusal>]) -> Vec<Violation> {
            let mails = self.history.all_mails().into_iter();
            let links: Vec<_> = mails.zip(refusals.iter().copied()).collect();
            check(&self.history, slice::from_ref(&self.state), &links)
        }
    }

    #[test]
    fn a_link_that_set_a_password_is_not_good() {
        let mut story = story();
        story.mail("a");
        story.set(Answer::Set);
        assert_eq!(story.check(&[Some(Refusal::Used)]), []);
        assert_eq!(story.check(&[None]), [Violation::GoodAfterUse(1)]);
    }

    #[test]
    fn one_link_of_an_account_is_good() {
        let mut story = story();
        story.mail("a");
        story.mail("b");
        story.state.passwords.insert(1, "first".to_owned());
        assert_eq!(story.check(&[Some(Refusal::Superseded), None]), []);
        assert_eq!(story.check(&[None, None]), [Violation::SeveralLive(1)]);
    }

    #[test]
    fn each_password_follows_the_one_before() {
        let mut story = story();
        story.mail("a");
        let first = story.set(Answer::Open);
        story.mail("b");
        let second = story.set(Answer::Set);
        assert_eq!(story.check(&[]), []);
        story.state.record.remove(&(1, first, second.clone()));
        story.state.record.insert((1, "first".to_owned(), second));
        assert_eq!(story.check(&[]), [Violation::RecordBroken(1)]);
    }

    #[test]
    fn a_password_set_without_an_attempt_is_found() {
        let mut story = story();
        story.state.passwords.insert(1, "another".to_owned());
        story.state.record.insert((1, "first".to_owned(), "another".to_owned()));
        assert_eq!(story.check(&[]), [Violation::RecordBroken(1)]);
    }
}
