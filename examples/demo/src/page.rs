//! Pages, and forms that are answered with a page whatever was sent.

use askama::Template;
use axum::extract::{Form, FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{Html, IntoResponse, Response};
use serde::de::DeserializeOwned;

/// Renders a page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!("a page could not be rendered: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page that says one thing, and the way on.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct Message<'a> {
    pub(crate) title: &'a str,
    pub(crate) sentence: &'a str,
    pub(crate) ways_on: &'a [WayOn],
}

pub(crate) struct WayOn {
    pub(crate) href: &'static str,
    pub(crate) label: &'static str,
    /// Whether it changes something, and so is a form instead of a link.
    pub(crate) posts: bool,
}

pub(crate) const SIGN_IN: WayOn = WayOn { href: "/login", label: "Sign in", posts: false };
pub(crate) const NEW_LINK: WayOn =
    WayOn { href: "/forgot", label: "Ask for a new link", posts: false };

/// What no visitor can mend: the operator reads why, the visitor that it is not over.
#[derive(Debug)]
pub(crate) struct Fault(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        tracing::error!("{:#}", self.0);
        let message = Message {
            title: "Something went wrong",
            sentence: "This is not your fault. Wait a moment, go back, and try again.",
            ways_on: &[SIGN_IN],
        };
        let response = page(StatusCode::SERVICE_UNAVAILABLE, &message);
        ([(RETRY_AFTER, "10")], response).into_response()
    }
}

/// A form; one that cannot be read is answered with a page.
pub(crate) struct PageForm<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for PageForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Form::from_request(request, state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(rejection) => {
                let sentence = if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                    "What you sent is far too long. Go back and try something shorter."
                } else {
                    "The form did not arrive whole. Go back and try again."
                };
                let title = "That could not be read";
                let message = Message { title, sentence, ways_on: &[SIGN_IN] };
                Err(page(rejection.status(), &message))
            }
        }
    }
}

pub(crate) async fn not_found() -> Response {
    let message = Message {
        title: "Nothing is here",
        sentence: "There is no page at this address.",
        ways_on: &[SIGN_IN],
    };
    page(StatusCode::NOT_FOUND, &message)
}
