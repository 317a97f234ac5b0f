use super::flow::{Flow, Joined, Later, Review};
use super::place::{Place, origin_of};
use super::tasks::{Places, Tasks};
#[cfg(feature = "codes")]
use super::typed::TypedCodes;
use super::view::View;
use super::{Inner, ResetPages};
use crate::hasher::PasswordHasher;
use crate::mailer::Mailer;
use crate::service::Accepted;
use crate::store::Store;
use crate::words::Translations;
use crate::{PasswordReset, ResetError};
use core::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How many requests for a link are worked on at once, and for how long each holds its place.
const REQUESTS: (usize, Duration) = (256, Duration::from_secs(20));

/// The longest deadline of a request.
const MAX_DEADLINE: Duration = Duration::from_secs(3600);

/// How long after a typed code its answer comes.
#[cfg(feature = "codes")]
const CODE_DEADLINE: Duration = Duration::from_secs(1);

/// How many passwords are set at once.
const RESETS: usize = 64;

/// What every page may load and do; hosts add sources, and nothing takes the others away.
const POLICY: [(&str, &str); 6] = [
    ("default-src", "'none'"),
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    ("form-action", "'self'"),
    ("base-uri", "'none'"),
    ("frame-ancestors", "'none'"),
];

/// The directives that a host may widen.
const WIDENABLE: [&str; 7] =
    ["script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "media-src"];

pub(super) type Layout = dyn Fn(&View<'_>) -> String + Send + Sync;

/// Puts [`ResetPages`] together.
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

/// What the pages go by as it is.
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

impl ResetPages {
    /// A builder with the library's own pages, in the visitor's language.
    pub fn builder<S, M, H>(resets: PasswordReset<S, M>, hasher: H) -> ResetPagesBuilder<S, M, H>
    where
        S: Store<AccountId: 'static> + 'static,
        M: Mailer<S::AccountId> + 'static,
        H: PasswordHasher + 'static,
    {
        #[cfg(feature = "codes")]
        let has_codes = resets.has_codes();
        ResetPagesBuilder {
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
}

impl<S, M, H> ResetPagesBuilder<S, M, H>
where
    S: Store<AccountId: 'static> + 'static,
    M: Mailer<S::AccountId> + 'static,
    H: PasswordHasher + 'static,
{
    /// Where the pages lead whoever wants to sign in: a path, or an `https://` address. Otherwise
    /// it is `/`.
    pub fn sign_in(mut self, address: &str) -> Self {
        address.clone_into(&mut self.settings.sign_in);
        self
    }

    /// The languages of the pages, of which the visitor's browser chooses; otherwise all ten.
    pub fn translations(mut self, translations: Translations) -> Self {
        self.settings.translations = translations;
        self
    }

    /// The host's own page around the content, or in its place. It returns a whole document of HTML,
    /// which has [`View::head`] in its `<head>`.
    ///
    /// ```
    /// # use password_reset::web::View;
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

    /// What the host does with a password that the policy accepted, before it is hashed and set: a
    /// look at breached passwords, words about the user, a verdict of its own.
    ///
    /// Beside it comes what was typed as the second factor's code, which the form asks for where the
    /// account [needs one](crate::store::Account::needs_second_factor); otherwise it is empty. Without
    /// [`Accepted::second_factor_passed`] such an account gets no password. Count wrong codes, and
    /// reject them as `second_factor`: then the sentence stands by that field.
    ///
    /// ```
    /// # use password_reset::service::Accepted;
    /// # use password_reset::adapters::memory::{MemoryStore, Outbox};
    /// # type Resets = Accepted<MemoryStore, Outbox>;
    /// # type Error = password_reset::ResetError<std::convert::Infallible>;
    /// async fn review(accepted: Resets, code: String) -> Result<Resets, Error> {
    ///     let accepted = if accepted.needs_second_factor() {
    ///         let is_wrong = !is_code_of(&accepted, &code).await;
    ///         let judged = accepted.reject_if(is_wrong, "second_factor", "This is not the code.");
    ///         judged?.second_factor_passed()
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

    /// The path at which requests arrive, where a proxy changes it on the way: if it strips the
    /// base of the link's address, then the empty path. Links, forms and cookies keep to the
    /// template's.
    pub fn served_at(mut self, path: &str) -> Self {
        self.served_at = Some(path.to_owned());
        self
    }

    /// Leaves the pages out, for a host whose link leads to a page of its own, whatever its
    /// template. The API stands at `<base>/api/`.
    pub fn api_only(mut self, base: &str) -> Self {
        self.api_base = Some(base.to_owned());
        self
    }

    /// A further origin whose pages may call the API, such as `https://www.example.com`.
    pub fn origin(mut self, origin: &str) -> Self {
        self.settings.origins.push(origin.to_owned());
        self
    }

    /// Lets the pages load from one more source, for what the host's layout needs: for instance
    /// `("img-src", "'self'")`. Directives: `script-src`, `style-src`, `img-src`, `font-src`,
    /// `connect-src`, `media-src`, `form-action`. Framing stays forbidden.
    pub fn allow(mut self, directive: &str, source: &str) -> Self {
        self.sources.push((directive.to_owned(), source.to_owned()));
        self
    }

    /// How many requests for a link are worked on at once, and for how long each holds its place
    /// and may take, which is at most an hour; otherwise 256 and 20 s, which lets 12 a second pass
    /// for as long as it lasts. Beyond it everybody is told to try again in a moment, whoever has
    /// an account. As many typed codes are worked on beside them.
    pub fn requests(mut self, at_once: usize, deadline: Duration) -> Self {
        self.requests = (at_once, deadline);
        self
    }

    /// How long after a code was typed the answer to it comes, which is more than nothing and at most
    /// an hour; otherwise one second. It is the same for every code, so that its time tells nothing.
    /// A code that the store has not exchanged or counted by then is answered as a wrong one. It may be
    /// spent all the same, and its link still works.
    #[cfg(feature = "codes")]
    pub fn answer_codes_after(mut self, deadline: Duration) -> Self {
        self.code_deadline = deadline;
        self
    }

    /// For platforms that stop a program once it has answered: a request for a link is worked on
    /// before the answer, which comes at the deadline of [`requests`](Self::requests), not sooner
    /// and not later. Choose one that your mail server needs.
    pub fn answer_at_the_deadline(mut self) -> Self {
        self.settings.is_serverless = true;
        self
    }

    /// Puts the pages together.
    ///
    /// # Errors
    /// The link's template, or another address or source, does not fit; or nothing could be worked
    /// on at once.
    pub fn build(self) -> Result<ResetPages, WebError> {
        let (link, api_base) = (self.resets.link(), self.api_base.as_deref());
        let has_codes = self.settings.has_codes;
        let place = Place::new(link, api_base, self.served_at.as_deref(), has_codes)?;
        let (at_once, deadline) = self.requests;
        let most = tokio::sync::Semaphore::MAX_PERMITS;
        if !(1..=most).contains(&at_once) || deadline.is_zero() || deadline > MAX_DEADLINE {
            return Err(WebError::Requests);
        }
        #[cfg(feature = "codes")]
        if self.code_deadline.is_zero() || self.code_deadline > MAX_DEADLINE {
            return Err(WebError::CodeDeadline);
        }
        if !is_address(&self.settings.sign_in) {
            return Err(WebError::SignIn);
        }
        if let Some(origin) = self.settings.origins.iter().find(|origin| !is_origin(origin)) {
            return Err(WebError::Origin(origin.clone()));
        }
        let content_security_policy = content_security_policy(&self.sources)?;
        // On a platform that stops a program once it has answered, nothing may take longer.
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

fn content_security_policy(sources: &[(String, String)]) -> Result<http::HeaderValue, WebError> {
    let mut policy = POLICY.map(|(name, source)| (name, source.to_owned())).to_vec();
    for (directive, source) in sources {
        let is_source = !source.is_empty()
            && source.bytes().all(|byte| byte.is_ascii_graphic() && !b";,".contains(&byte))
            && source != "'none'";
        if !WIDENABLE.contains(&&**directive) || !is_source {
            return Err(WebError::Source(format!("{directive} {source}")));
        }
        match policy.iter_mut().find(|(name, _)| name == directive) {
            Some((_, present)) => *present = format!("{present} {source}"),
            None => policy.push((directive, source.clone())),
        }
    }
    let policy: Vec<_> = policy.iter().map(|(name, all)| format!("{name} {all}")).collect();
    let policy = policy.join("; ");
    http::HeaderValue::try_from(&policy).map_err(|_| WebError::Source(policy))
}

/// A path of this host or an address over TLS.
fn is_address(address: &str) -> bool {
    let is_uri =
        address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
    let is_path = address.starts_with('/') && !address.starts_with("//");
    is_uri && (is_path || address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty()))
}

/// As browsers write it.
fn is_origin(address: &str) -> bool {
    origin_of(address).is_some_and(|(origin, path)| origin == address && path.is_empty())
}

impl<S: Store, M, H> fmt::Debug for ResetPagesBuilder<S, M, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResetPagesBuilder").field("resets", &self.resets).finish_non_exhaustive()
    }
}

/// Why the pages cannot stand where they should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebError {
    /// The link's template is not of the form that the pages answer.
    #[error(
        "the link's template must be `<origin><base>/reset?token={{token}}`, with a base of plain \
         segments; for a link to a page of your own, call `api_only`"
    )]
    Template,
    /// The base of the API, or the path in `served_at`, is not one.
    #[error("a base must be empty, or plain segments behind slashes, such as `/account`")]
    Base,
    /// The place to sign in is neither a path nor an `https://` address.
    #[error("the address to sign in must be a path, such as `/login`, or start with https://")]
    SignIn,
    /// Not an origin as browsers write it.
    #[error(
        "`{0}` is no origin, such as `https://www.example.com`, in lower case and without a path"
    )]
    Origin(String),
    /// A source that the content security policy does not take.
    #[error("`{0}` cannot be added to the content security policy")]
    Source(String),
    /// A typed code would be answered at once, or after longer than an hour.
    #[cfg(feature = "codes")]
    #[error("a typed code must be answered after some time, and after at most an hour")]
    CodeDeadline,
    /// No request could be worked on, or for longer than an hour.
    #[error("at least one request must be worked on at once, for some time and at most an hour")]
    Requests,
}
