//! The exchange of a code for a token of its link.

use super::outcome::{Handled, Outcome};
use super::swap::By;
use super::{Fault, PasswordReset};
use crate::mailer::Mailer;
use crate::store::Store;
use crate::token::{Exchange, ExchangeError, IssueKind, ResetToken};

impl<S: Store, M: Mailer<S::AccountId>> PasswordReset<S, M> {
    /// Exchanges the code from the most recent mail for a token of that mail's link, for a device
    /// on which the link does not open. `login` is the login that the mail was requested with.
    ///
    /// Mails carry a code only if the issuer has [`Codes`](crate::token::Codes).
    ///
    /// No token is returned for an unknown login, an account without a good code, a wrong code, or
    /// a fault. Show the same response for all of them, and send it after the same time, as the
    /// pages do: a wrong code takes a commit, and an unknown login does not.
    /// [`Handled::outcome_for_logs`] has what happened.
    ///
    /// A wrong code is counted before this returns, with a commit of its own. The right code is
    /// spent. The link in the mail stays as it is, so if the response is lost, the link still
    /// works.
    ///
    /// ```
    /// # use password_reset::adapters::memory::{MemoryStore, Outbox};
    /// # use password_reset::{LinkTemplate, PasswordReset};
    /// use password_reset::token::{CodeKey, Codes, TokenIssuer};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (store, outbox) = (MemoryStore::new(), Outbox::new());
    /// # store.add_account("alice@example.com", "hash")?;
    /// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
    /// # let from_the_secret_store = b"0123456789abcdef0123456789abcdef";
    /// let codes = Codes::new(CodeKey::new(from_the_secret_store)?);
    /// let issuer = TokenIssuer::builder().codes(codes).build()?;
    /// let resets = PasswordReset::builder(store, outbox.clone(), link).issuer(issuer).build()?;
    ///
    /// resets.request("alice@example.com").await;
    /// let mail = outbox.take().pop().ok_or("no mail")?;
    /// let typed = mail.code().ok_or("no code")?.expose_in_groups();
    ///
    /// let (token, _) = resets.exchange("alice@example.com", &typed).await;
    /// let token = token.ok_or("not the code")?;
    /// resets.accept(token.expose_text(), "Correct horse 7").await?.commit("its hash").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn exchange(
        &self,
        login: &str,
        code: &str,
    ) -> (Option<ResetToken>, Handled<S::Error, M::Error>) {
        let by = By::Login(login);
        let mut found = None;
        let exchanged = async {
            found = self.find(&by).await?;
            let exchanged = self.change(&by, &mut found, None, |found, now| {
                let entropy = (self.0.entropy)().map_err(Fault::Entropy)?;
                let Some(ledger) = &found.ledger else { return Ok(None) };
                let done = self.0.issuer.exchange(ledger, code, &found.binding, now, entropy)?;
                Ok::<_, Fault<_>>(done.map(|Exchange { ledger, token }| (ledger, token)))
            });
            exchanged.await
        };
        let (token, outcome) = match exchanged.await {
            Ok(Some((Some(token), _))) => (Some(token), Outcome::Exchanged),
            Ok(Some((None, _))) => (None, Outcome::WrongCode),
            Ok(None) if found.is_some() => (None, Outcome::NoCode),
            Ok(None) => (None, Outcome::UnknownAccount),
            Err(fault) => (None, Outcome::Failed(fault)),
        };
        self.record("exchange", IssueKind::Recovery, outcome.code(), found.as_ref());
        (token, Handled(outcome))
    }
}

impl<E: core::error::Error + 'static> From<ExchangeError> for Fault<E> {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::KeyMissing => Self::CodeKeyMissing,
            ExchangeError::Exhausted(end) => end.into(),
        }
    }
}
