//! Ports that answer from a script, and halt the flow where it ends.

use crate::scripted;
use crate::world::{Row, Swap};
use password_reset::clock::Clock;
use password_reset::mailer::{Mailer, Message, Reason};
use password_reset::store::{Account, Change, Commit, Store};
use password_reset::token::{Entropy, ResetToken, Selector};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use time::{SignedDuration, UtcDateTime};

/// A port did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Down;

impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no answer")
    }
}

impl std::error::Error for Down {}

/// What a flow asks of the world.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    FindByLogin,
    FindById(u8),
    FindBySelector(Selector),
    Commit(Arc<Swap>),
    /// The host verifies the present password of somebody who is signed in.
    Verify,
    /// The host hashes the password, between `accept` and `commit`.
    Hash,
    Mail {
        recipient: Arc<str>,
        /// Without one it is the notice.
        link: Option<MailedLink>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct MailedLink {
    pub(crate) token: Arc<str>,
    /// The code's digits.
    pub(crate) code: Option<Arc<str>>,
    /// Why it is sent.
    pub(crate) reason: Reason,
}

impl Call {
    pub(crate) fn is_find(&self) -> bool {
        matches!(self, Self::FindByLogin | Self::FindById(_) | Self::FindBySelector(_))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reply {
    Found(Result<Option<Row>, Down>),
    Committed(Result<bool, Down>),
    /// The stamp of the password that was verified, where the account is there.
    Verified(Option<Arc<str>>),
    Hashed,
    Mailed(Result<(), Down>),
}

/// A reply, and the clock's reading when it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    pub(crate) clock: i64,
}

/// How far a script got.
#[derive(Debug)]
pub(crate) struct Script {
    process: u8,
    answers: Vec<Answer>,
    given: usize,
    draws: u8,
    /// When it last read the clock, and after how many answers.
    read: Option<(i64, usize)>,
    asked: Option<Call>,
    handed: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Ports(Arc<Mutex<Script>>);

impl Ports {
    pub(crate) fn new(process: u8, answers: Vec<Answer>) -> Self {
        let (read, asked, handed) = (None, None, None);
        let script = Script { process, answers, given: 0, draws: 0, read, asked, handed };
        Self(Arc::new(Mutex::new(script)))
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn ask(&self, call: Call) -> Reply {
        poll_fn(|_| {
            let mut script = self.script();
            let Some(answer) = script.answers.get(script.given) else {
                script.asked = Some(call.clone());
                return Poll::Pending;
            };
            let reply = answer.reply.clone();
            script.given += 1;
            Poll::Ready(reply)
        })
        .await
    }

    /// The account, as an answer has it.
    async fn find(&self, call: Call) -> Result<Option<Account<u8>>, Down> {
        match self.ask(call).await {
            Reply::Found(found) => Ok(found?.map(|row| row.account())),
            other => unreachable!("{other:?} answers a find"),
        }
    }

    pub(crate) fn take_asked(&self) -> Option<Call> {
        self.script().asked.take()
    }

    /// Gives a visitor the token that a code was exchanged for.
    pub(crate) fn hand(&self, token: &ResetToken) {
        self.script().handed = Some(token.expose_text().into());
    }

    pub(crate) fn take_handed(&self) -> Option<Arc<str>> {
        self.script().handed.take()
    }

    pub(crate) fn draws(&self) -> u8 {
        self.script().draws
    }

    /// When the flow last read the clock, and after how many answers.
    pub(crate) fn last_reading(&self) -> (i64, usize) {
        self.script().read.unwrap_or_default()
    }

    /// Whether it has read the clock since its last answer.
    pub(crate) fn has_read_since(&self) -> bool {
        let script = self.script();
        script.read.is_some_and(|(_, after)| after == script.given)
    }

    pub(crate) fn draw(&self) -> Entropy {
        let mut script = self.script();
        script.draws += 1;
        entropy(script.process, script.draws)
    }
}

impl Clock for Ports {
    fn now(&self) -> UtcDateTime {
        let mut script = self.script();
        let last = script.given.checked_sub(1).and_then(|last| script.answers.get(last));
        let clock = last.map_or(0, |answer| answer.clock);
        script.read = Some((clock, script.given));
        instant(clock)
    }
}

impl Store for Ports {
    type AccountId = u8;
    type Error = Down;

    async fn find_by_login(&self, _: &str) -> Result<Option<Account<u8>>, Down> {
        self.find(Call::FindByLogin).await
    }

    async fn find_by_id(&self, id: &u8) -> Result<Option<Account<u8>>, Down> {
        self.find(Call::FindById(*id)).await
    }

    async fn find_by_selector(&self, selector: &Selector) -> Result<Option<Account<u8>>, Down> {
        self.find(Call::FindBySelector(*selector)).await
    }

    async fn commit(&self, change: &Change<'_, u8>) -> Result<Commit, Down> {
        match self.ask(Call::Commit(Arc::new(Swap::of(change)))).await {
            Reply::Committed(committed) => committed.map(Commit::from),
            other => unreachable!("{other:?} answers a commit"),
        }
    }
}

impl Mailer<u8> for Ports {
    type Error = Down;

    async fn send(&self, message: &Message<'_, u8>) -> Result<(), Down> {
        let link = match message {
            Message::ResetLink { link, reason, code, .. } => Some(MailedLink {
                token: link.expose_token().into(),
                code: code.map(|code| code.expose_digits().into()),
                reason: *reason,
            }),
            _ => None,
        };
        let recipient = message.recipient().as_str().into();
        match self.ask(Call::Mail { recipient, link }).await {
            Reply::Mailed(mailed) => mailed,
            other => unreachable!("{other:?} answers a mailing"),
        }
    }
}

/// The clock's readings are seconds from a day that is like any other.
pub(crate) fn instant(clock: i64) -> UtcDateTime {
    UtcDateTime::UNIX_EPOCH + SignedDuration::seconds(1_000_000_000 + clock)
}

/// The same bytes for the same draw of the same process, and others for any other.
pub(crate) fn entropy(process: u8, draw: u8) -> Entropy {
    let mut bytes = [0xA5; 36];
    for half in [0, 12] {
        bytes[half] = process;
        bytes[half + 1] = draw;
    }
    scripted::entropy_of(bytes)
}
