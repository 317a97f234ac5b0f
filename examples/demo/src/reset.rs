//! What a link leads to: setting a new password, "this wasn't me", or a new link.

use crate::app::{App, Store, StoreError};
use crate::mail::Mailer;
use crate::page::{Fault, Message, NEW_LINK, PageForm, SIGN_IN, WayOn, page};
use crate::{forgot, login};
use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use password_reset::PasswordPolicy;
use password_reset::policy::{Hints, Requirement, Violations};
use password_reset::service::{Accepted, ResetError};
use password_reset::token::{Refusal, ResetToken};
use serde::Deserialize;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

const TOKEN: &str = "reset_token";
const HERE: &str = "/reset";

/// How long the token stays in the browser; its link in the mail can be opened again.
const TOKEN_STAYS: Duration = Duration::from_mins(15);

const CANCEL: WayOn = WayOn { href: "/reset/cancel", label: "Cancel the link", posts: true };
const KEEP: WayOn = WayOn { href: HERE, label: "Back", posts: false };
const RENEW: WayOn = WayOn { href: "/reset/renew", label: "Send me a new link", posts: true };

#[derive(Template)]
#[template(path = "reset.html")]
pub(crate) struct ResetPage {
    /// For password managers, which save the new password under it.
    address: String,
    hints: Hints,
    checklist: Vec<Item>,
    rejected: bool,
}

/// A requirement on the page. The page's script reads there what to look for.
pub(crate) struct Item {
    asked: Requirement,
    sentence: String,
    met: bool,
    /// Nobody needs to be told that there is an upper bound, or no NUL, who does not run
    /// into it.
    only_missing: bool,
}

#[derive(Deserialize)]
pub(crate) struct Link {
    token: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct NewPassword {
    password: String,
}

/// Moves the token from the address bar, where history and referrers would keep it, to a
/// cookie; then shows the form.
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
    link: Result<Query<Link>, QueryRejection>,
) -> Result<Response, Stop> {
    let token = link.map_or_else(|_| Some(String::new()), |Query(link)| link.token);
    if let Some(token) = token {
        let token = ResetToken::parse(&token);
        let token = token.as_ref().map_or("malformed", ResetToken::expose_text).to_owned();
        let cookie = app.cookie(TOKEN, token, HERE, TOKEN_STAYS);
        return Ok((cookies.add(cookie), Redirect::to(HERE)).into_response());
    }
    let link = app.resets.check(token_in(&cookies)?).await?;
    Ok(page(StatusCode::OK, &ResetPage::unjudged(app.resets.policy(), link.address)))
}

pub(crate) async fn set_password(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
    PageForm(form): PageForm<NewPassword>,
) -> Result<Response, Stop> {
    let token = token_in(&cookies)?;
    let accepted = match app.resets.accept(token, &form.password).await {
        Err(ResetError::Rejected(violations)) => {
            let link = app.resets.check(token).await?;
            let again = ResetPage::rejected(app.resets.policy(), link.address, &violations);
            return Err(Stop::Rejected(Box::new(again)));
        }
        accepted => accepted?,
    };
    let hash = app.hasher.hash(accepted.expose_password().to_owned()).await?;
    // A browser that goes away must not keep the notice from the account holder.
    app.background.complete(commit(accepted, hash)).await??;
    let cookies = forget_token(cookies);
    Ok((login::forget_session(cookies), Redirect::to("/reset/done")).into_response())
}

async fn commit(accepted: Accepted<Store, Mailer>, hash: String) -> Result<(), Stop> {
    let completed = accepted.commit(hash).await?;
    if let Err(error) = completed.notice {
        let error: &dyn Error = &error;
        tracing::error!(error, "the notice of a changed password was not handed over");
    }
    Ok(())
}

pub(crate) async fn done() -> Response {
    let message = Message {
        title: "Your password was changed",
        sentence: "You were signed out everywhere. Sign in with the new password.",
        ways_on: &[SIGN_IN],
    };
    page(StatusCode::OK, &message)
}

/// "This wasn't me": asks once more, since mail scanners open links and some press buttons.
pub(crate) async fn ask_to_cancel(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, Stop> {
    app.resets.check(token_in(&cookies)?).await?;
    let message = Message {
        title: "Cancel this link?",
        sentence: "Nobody will be able to use it, and your password stays what it is.",
        ways_on: &[CANCEL, KEEP],
    };
    Ok(page(StatusCode::OK, &message))
}

pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, Stop> {
    app.resets.cancel(token_in(&cookies)?).await?;
    let message = Message {
        title: "The link was cancelled",
        sentence: "Nobody can use it any more, and your password is what it was.",
        ways_on: &[SIGN_IN],
    };
    let cookies = forget_token(cookies);
    Ok((cookies, page(StatusCode::OK, &message)).into_response())
}

/// "Send me a new link", by somebody whose link is dead.
pub(crate) async fn renew(
    State(app): State<Arc<App>>,
    cookies: CookieJar,
) -> Result<Response, Stop> {
    let (resets, token) = (app.resets.clone(), token_in(&cookies)?.to_owned());
    Ok(forgot::answer_everybody(&app, async move { resets.renew(&token).await }))
}

impl ResetPage {
    /// What to read before typing.
    fn unjudged(policy: &PasswordPolicy, address: String) -> Self {
        let requirements = policy.requirements();
        let checklist = requirements.map(|asked| Item::new(asked.to_string(), asked, false));
        Self { address, hints: policy.hints(), checklist: checklist.collect(), rejected: false }
    }

    /// The same for a password that was sent, with what to do about each that it misses.
    fn rejected(policy: &PasswordPolicy, address: String, violations: &Violations) -> Self {
        let sentence = |asked: &Requirement| {
            let violation = violations.iter().find(|violation| violation.code() == asked.code());
            violation.map_or_else(|| asked.to_string(), ToString::to_string)
        };
        let checklist = policy.checklist_of(violations);
        let checklist = checklist.map(|(asked, met)| Item::new(sentence(&asked), asked, met));
        Self { address, hints: policy.hints(), checklist: checklist.collect(), rejected: true }
    }
}

impl Item {
    fn new(sentence: String, asked: Requirement, met: bool) -> Self {
        Self { only_missing: !asked.is_worth_showing(), asked, sentence, met }
    }
}

fn token_in(cookies: &CookieJar) -> Result<&str, Stop> {
    cookies.get(TOKEN).map(Cookie::value).ok_or(Stop::NoLink)
}

fn forget_token(cookies: CookieJar) -> CookieJar {
    cookies.remove(Cookie::build(TOKEN).path(HERE))
}

/// Why no password was set, or no link cancelled.
pub(crate) enum Stop {
    /// No link was opened in this browser lately.
    NoLink,
    Refused(Refusal),
    Rejected(Box<ResetPage>),
    Fault(Fault),
}

impl From<ResetError<StoreError>> for Stop {
    fn from(error: ResetError<StoreError>) -> Self {
        error.refusal().map_or_else(|| Self::Fault(error.into()), Self::Refused)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        match self {
            Self::NoLink => {
                let message = Message {
                    title: "Open the link once more",
                    sentence: "It is in the most recent email, and works until a password was \
                               set with it.",
                    ways_on: &[NEW_LINK],
                };
                page(StatusCode::NOT_FOUND, &message)
            }
            Self::Refused(refusal) => {
                let (status, ways_on): (_, &[WayOn]) = match refusal {
                    Refusal::Unknown => (StatusCode::NOT_FOUND, &[NEW_LINK]),
                    Refusal::Used => (StatusCode::GONE, &[SIGN_IN, NEW_LINK]),
                    Refusal::Superseded | Refusal::Expired => (StatusCode::GONE, &[RENEW, SIGN_IN]),
                    _ => (StatusCode::GONE, &[NEW_LINK]),
                };
                let sentence = refusal.to_string();
                let title = "This link does not work";
                page(status, &Message { title, sentence: &sentence, ways_on })
            }
            Self::Rejected(again) => page(StatusCode::UNPROCESSABLE_ENTITY, &*again),
            Self::Fault(fault) => fault.into_response(),
        }
    }
}
