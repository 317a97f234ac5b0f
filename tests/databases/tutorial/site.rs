//! What a visitor can do, in each of the three services.

use super::world::World;
use password_reset::token::Refusal;

/// How a form with a new password, or a link, is answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answer {
    PasswordSet,
    /// The link is not good. Its holder is told why if there is a reason.
    Rejected(Option<Refusal>),
    /// The password is too weak.
    TooWeak,
}

/// A service with "forgotten password". To put your own code beside the others, implement this.
pub(crate) trait Site: Sized {
    /// Adds what it needs to the host's tables.
    async fn migrate(world: &World);

    /// Starts a process over the host's database.
    async fn start(world: &World) -> Self;

    /// `POST /forgot`, with the header `Host` as the browser sent it. Returns the page's sentence.
    async fn forgot(&self, host: &str, email: &str) -> String;

    /// Waits for what goes on behind the answers.
    async fn settle(&self) {}

    /// `GET /reset?token=…`. Returns what the form carries along: a hidden field or a cookie.
    async fn open(&self, token: &str) -> Result<String, Answer>;

    /// `POST /reset`, with what the form carries along.
    async fn submit(&self, form: &str, password: &str) -> Answer;

    /// Two visitors with one link, each of whom has read the link before the other writes.
    async fn two_at_once(&self, token: &str, passwords: [&str; 2]) -> [Answer; 2];
}
