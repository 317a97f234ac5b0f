//! Every attempt, and its answer.

use password_reset::mailer::{Mailer, Message};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use time::UtcDateTime;

tokio::task_local! {
    /// The moment at which the request began that is under way in this task.
    pub(crate) static BEGAN: u64;
}

/// A mail with a link.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Whose it is.
    pub account: i64,
    /// The link's token.
    pub token: String,
    /// The moment at which its request began.
    pub began: u64,
    /// The moment at which it was handed over, so that the link was stored before.
    pub sent: u64,
    /// The time at which it was asked for, by the service's clock.
    pub asked_at: UtcDateTime,
}

/// What a redemption was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The password was set.
    Set,
    /// It was not.
    NotSet,
    /// An error, or no answer: it may have been set.
    Open,
}

/// One attempt at setting a password.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Whose.
    pub account: i64,
    /// With which link.
    pub token: String,
    /// The hash, which no other attempt has.
    pub hash: String,
    /// The moment at which it began.
    pub began: u64,
    /// What it was answered.
    pub answer: Answer,
}

/// Everything that was tried. Moments are numbers that only rise: what began after something else
/// had ended has a higher one.
#[derive(Debug, Default)]
pub struct History {
    now: AtomicU64,
    mails: Mutex<Vec<Mail>>,
    attempts: Mutex<Vec<Attempt>>,
    answers: Mutex<BTreeMap<String, u32>>,
}

impl History {
    pub(crate) fn moment(&self) -> u64 {
        self.now.fetch_add(1, Ordering::SeqCst)
    }

    /// Notes a mail of the request that is under way.
    pub(crate) fn mailed(&self, account: i64, token: &str, asked_at: UtcDateTime) {
        let (token, began, sent) = (token.to_owned(), BEGAN.get(), self.moment());
        self.mails.lock().unwrap().push(Mail { account, token, began, sent, asked_at });
    }

    /// Notes an attempt before it is made, and gives its place.
    pub(crate) fn attempts(&self, account: i64, token: &str) -> (usize, String) {
        let began = self.moment();
        let mut attempts = self.attempts.lock().unwrap();
        let place = attempts.len();
        let hash = format!("{token}:{place}");
        attempts.push(Attempt {
            account,
            token: token.to_owned(),
            hash: hash.clone(),
            began,
            answer: Answer::Open,
        });
        (place, hash)
    }

    pub(crate) fn answered(&self, place: usize, answer: Answer) {
        self.attempts.lock().unwrap()[place].answer = answer;
    }

    /// Counts an answer.
    pub(crate) fn count(&self, answer: String) {
        *self.answers.lock().unwrap().entry(answer).or_default() += 1;
    }

    /// How often each answer was given.
    pub fn answers(&self) -> BTreeMap<String, u32> {
        self.answers.lock().unwrap().clone()
    }

    /// The mail `back` before the newest of an account.
    pub(crate) fn mail(&self, account: i64, back: usize) -> Option<String> {
        let mails = self.mails.lock().unwrap();
        let mut of_account = mails.iter().rev().filter(|mail| mail.account == account);
        of_account.nth(back).map(|mail| mail.token.clone())
    }

    /// Every mail, in the order in which they were handed over.
    pub fn all_mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    /// Every attempt, in the order in which they began.
    pub fn all_attempts(&self) -> Vec<Attempt> {
        self.attempts.lock().unwrap().clone()
    }
}

impl Mailer<i64> for History {
    type Error = Infallible;

    async fn send(&self, message: &Message<'_, i64>) -> Result<(), Infallible> {
        if let Message::ResetLink { account_id, link, asked_at, .. } = message {
            self.mailed(**account_id, link.expose_token(), *asked_at);
        }
        Ok(())
    }
}
