//! The builder of the pages: what a host sets, its defaults and its bounds.

use super::csp::content_security_policy;
use super::flow::{Flow, Joined, Later, Review};
use super::place::{Place, origin_of};
use super::tasks::{Places, Tasks};
#[cfg(feature = "codes")]
use super::typed::TypedCodes;
use super::{Inner, ResetPages, View, WebError};
use crate::hasher::PasswordHasher;
use crate::mailer::Mailer;
use crate::service::Accepted;
use crate::store::Store;
use crate::words::Translations;
use crate::{PasswordReset, ResetError};
use core::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How many requests for a link are worked on at once, and how long each holds its place.
const REQUESTS: (usize, Duration) = (256, Duration::from_secs(20));

const MAX_DEADLINE: Duration = Duration::from_secs(3600);

/// The time between a typed code and its response.
#[cfg(feature = "codes")]
const CODE_DEADLINE: Duration = Duration::from_secs(1);

/// How many passwords are set at once.
const RESETS: usize = 64;

pub(super) type Layout = dyn Fn(&View<'_>) -> String + Send + Sync;

/// Configures and builds [`ResetPages`]. [`ResetPages::builder`] returns one.
///
/// Every setting has a default. Most hosts set [`sign_in`](Self::sign_in) and
/// [`layout`](Self::layout).
///
/// ```
/// # use password_reset::adapters::memory::{MemoryStore, Outbox};
/// # use password_reset::hasher::PasswordHasher;
/// # use password_reset::web::ResetPages;
/// # use password_reset::{LinkTemplate, PasswordReset};
/// # struct Hasher;
/// # impl PasswordHasher for Hasher {
/// #     type Error = std::io::Error;
/// #     async fn hash(&self, _: &str) -> Result<String, std::io::Error> { Ok("hash".into()) }
/// # }
/// # let (store, mailer) = (MemoryStore::new(), Outbox::new());
/// # let link = LinkTemplate::new("https://app.example.com/reset?token={token}")?;
/// # let resets = PasswordReset::builder(store, mailer, link).build()?;
/// use password_reset::words::Translations;
/// use std::time::Duration;
///
/// let pages = ResetPages::builder(resets, Hasher)
///     .sign_in("/login")
///     .translations(Translations::default().only(&["de", "en"])?)
///     .allow("img-src", "'self'")
///     .requests(64, Duration::from_secs(30))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct ResetPagesBuilder<S: Store, M, H> {
    resets: PasswordReset<S, M>,
    hasher: H,
    review: Option<Arc<Review<S, M>>>,
    served_at: Option<String>,
    api_base: Option<String>,
    sources: Vec<(String, String)>,
    requests: (usize, Duration),
    #[cfg(feature = "codes")]
    code_deadline: Duration,
    settings: Settings,
}

/// The settings that the pages use unchanged.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) translations: Translations,
    pub(super) layout: Option<Box<Layout>>,
    pub(super) sign_in: String,
    pub(super) origins: Vec<String>,
    pub(super) is_serverless: bool,
    /// Whether the mails have codes.
    pub(super) has_codes: bool,
}

impl<S, M, H> ResetPagesBuilder<S, M, H>
where
    S: Store<AccountId: 'static> + 'static,
    M: Mailer<S::AccountId> + 'static,
    H: PasswordHasher + 'static,
{
    pub(super) fn new(resets: PasswordReset<S, M>, hasher: H) -> Self {
        #[cfg(feature = "codes")]
        let has_codes = resets.has_codes();
        Self {
            resets,
            hasher,
            review: None,
            served_at: None,
            api_base: None,
            sources: Vec::new(),
            requests: REQUESTS,
            #[cfg(feature = "codes")]
            code_deadline: CODE_DEADLINE,
            settings: Settings {
                sign_in: "/".to_owned(),
                #[cfg(feature = "codes")]
                has_codes,
                ..Settings::default()
            },
        }
    }

    /// Sets where the pages send a visitor who wants to sign in: a path, or an `https://` address.
    /// The default is `/`.
    pub fn sign_in(mut self, address: &str) -> Self {
        address.clone_into(&mut self.settings.sign_in);
        self
    }

    /// Puts your own page around the content, or writes pages of your own in its place.
    ///
    /// `layout` returns a whole HTML document with [`View::head`] in its `<head>`. See [`View`] for
    /// what it is given, and [`Page`](super::Page) for replacing a page. By default the pages are
    /// [the library's own](View::document).
    ///
    /// ```
    /// use password_reset::web::View;
    ///
    /// fn layout(view: &View<'_>) -> String {
    ///     let (language, head, content) = (view.translation.tag(), view.head(), view.content());
    ///     format!(
    ///         "<!DOCTYPE html><html lang=\"{language}\"><head>{head}<title>Acme</title></head>\
    ///          <body><header>Acme</header><main>{content}</main></body></html>"
    ///     )
    /// }
    /// ```
    pub fn layout(mut self, layout: impl Fn(&View<'_>) -> String + Send + Sync + 'static) -> Self {
        self.settings.layout = Some(Box::new(layout));
        self
    }

    /// Sets the languages of the pages. The visitor's browser chooses one of them. The default is
    /// all ten.
    pub fn translations(mut self, translations: Translations) -> Self {
        self.settings.translations = translations;
        self
    }

    /// Sets what you do with a password that the policy accepted, before it is hashed and set: look
    /// for it among breached passwords, check it for words about the user, or reject it yourself.
    ///
    /// The second argument is what the visitor typed as the code of a second factor. The form asks
    /// for that code if the account [needs one](crate::store::Account::needs_second_factor);
    /// otherwise the argument is empty. Such an account gets a new password only after
    /// [`Accepted::second_factor_passed`]. Count wrong codes, and reject them as `second_factor`:
    /// the page then shows the sentence next to that field.
    ///
    /// ```
    /// # use password_reset::service::Accepted;
    /// # use password_reset::adapters::memory::{MemoryStore, Outbox};
    /// # type Resets = Accepted<MemoryStore, Outbox>;
    /// # type Error = password_reset::ResetError<std::convert::Infallible>;
    /// async fn review(accepted: Resets, code: String) -> Result<Resets, Error> {
    ///     let accepted = if accepted.needs_second_factor() {
    ///         let is_wrong = !is_code_of(&accepted, &code).await;
    ///         accepted
    ///             .reject_if(is_wrong, "second_factor", "This is not the code.")?
    ///             .second_factor_passed()
    ///     } else {
    ///         accepted
    ///     };
    ///     let is_old = is_one_of_the_last_four(&accepted).await;
    ///     let sentence = "This was one of your last four passwords.";
    ///     Ok(accepted.reject_if(is_old, "recent_password", sentence)?)
    /// }
    /// # async fn is_code_of(_: &Resets, _: &str) -> bool { false }
    /// # async fn is_one_of_the_last_four(_: &Resets) -> bool { false }
    /// ```
    pub fn review<F>(
        mut self,
        review: impl Fn(Accepted<S, M>, String) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Accepted<S, M>, ResetError<S::Error>>> + Send + 'static,
    {
        self.review = Some(Arc::new(move |accepted, code| -> Later<'static, _> {
            Box::pin(review(accepted, code))
        }));
        self
    }

    /// Lets the pages load from one more source that your layout needs, for instance
    /// `("img-src", "'self'")`.
    ///
    /// The directives are `script-src`, `style-src`, `img-src`, `font-src`, `connect-src`,
    /// `media-src` and `form-action`. Framing stays forbidden.
    pub fn allow(mut self, directive: &str, source: &str) -> Self {
        self.sources.push((directive.to_owned(), source.to_owned()));
        self
    }

    /// Adds an origin whose pages may call the API, such as `https://www.example.com`.
    pub fn origin(mut self, origin: &str) -> Self {
        self.settings.origins.push(origin.to_owned());
        self
    }

    /// Sets the path at which requests arrive, if a proxy changes it on the way.
    ///
    /// If the proxy strips the base of the link's address, this is the empty path. Links, forms and
    /// cookies keep the base of the template.
    pub fn served_at(mut self, path: &str) -> Self {
        self.served_at = Some(path.to_owned());
        self
    }

    /// Serves the API alone, at `<base>/api/`, without the pages.
    ///
    /// It is for a host whose link leads to its own page. The template may then have any form.
    pub fn api_only(mut self, base: &str) -> Self {
        self.api_base = Some(base.to_owned());
        self
    }

    /// Limits how many requests for a link are worked on at once, and how long each may take.
    ///
    /// The default is 256 requests and 20 seconds, which sustains 12 requests a second. The
    /// deadline is at most an hour.
    ///
    /// Each request holds its place until the deadline, even if it is done sooner. While all places
    /// are taken, every visitor is asked to try again in a moment, with an account or without. The
    /// same number applies separately to typed codes.
    pub fn requests(mut self, at_once: usize, deadline: Duration) -> Self {
        self.requests = (at_once, deadline);
        self
    }

    /// Sets the time between a typed code and its response: more than zero, at most an hour. The
    /// default is one second.
    ///
    /// It is the same for every code, so the time tells nothing. A code that the store has neither
    /// exchanged nor counted by then is treated as a wrong one. It may be spent all the same, and
    /// its link still works.
    #[cfg(feature = "codes")]
    pub fn answer_codes_after(mut self, deadline: Duration) -> Self {
        self.code_deadline = deadline;
        self
    }

    /// Works on a request for a link before its response, for platforms that stop a program once it
    /// has responded.
    ///
    /// The response comes exactly at the deadline of [`requests`](Self::requests). Choose a
    /// deadline within which your mail server takes a mail.
    pub fn answer_at_the_deadline(mut self) -> Self {
        self.settings.is_serverless = true;
        self
    }

    /// Builds the pages.
    ///
    /// # Errors
    /// Fails if the link's template, an address, an origin or a source does not fit, or if a number
    /// or a deadline is out of bounds. Each [`WebError`] says what fits.
    pub fn build(self) -> Result<ResetPages, WebError> {
        let (link, api_base) = (self.resets.link(), self.api_base.as_deref());
        let has_codes = self.settings.has_codes;
        let place = Place::new(link, api_base, self.served_at.as_deref(), has_codes)?;
        let (at_once, deadline) = self.requests;
        let is_deadline = |time: Duration| !time.is_zero() && time <= MAX_DEADLINE;
        let most = tokio::sync::Semaphore::MAX_PERMITS;
        if !(1..=most).contains(&at_once) || !is_deadline(deadline) {
            return Err(WebError::Requests);
        }
        #[cfg(feature = "codes")]
        if !is_deadline(self.code_deadline) {
            return Err(WebError::CodeDeadline);
        }
        if !is_address(&self.settings.sign_in) {
            return Err(WebError::SignIn);
        }
        if let Some(origin) = self.settings.origins.iter().find(|origin| !is_origin(origin)) {
            return Err(WebError::Origin(origin.clone()));
        }
        let content_security_policy = content_security_policy(&self.sources)?;
        // On a platform that stops a program once it has responded, nothing may take longer.
        #[cfg(feature = "codes")]
        let grace = if self.settings.is_serverless { Duration::ZERO } else { deadline };
        let flow: Box<dyn Flow> = Box::new(Joined {
            resets: self.resets,
            hasher: Arc::new(self.hasher),
            review: self.review,
        });
        Ok(ResetPages(Arc::new(Inner {
            flow,
            place,
            tasks: Tasks::new(
                Places::new(at_once, deadline),
                RESETS,
                #[cfg(feature = "codes")]
                TypedCodes::new(Places::new(at_once, self.code_deadline), grace),
            ),
            settings: self.settings,
            content_security_policy,
        })))
    }
}

/// Whether it is a path on this host, or an address over TLS.
fn is_address(address: &str) -> bool {
    let is_uri =
        address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
    let is_path = address.starts_with('/') && !address.starts_with("//");
    is_uri && (is_path || address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()))
}

/// Whether it is an origin as browsers write it.
fn is_origin(address: &str) -> bool {
    origin_of(address).is_some_and(|(origin, path)| origin == address && path.is_empty())
}

impl<S: Store, M, H> fmt::Debug for ResetPagesBuilder<S, M, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResetPagesBuilder").field("resets", &self.resets).finish_non_exhaustive()
    }
}
