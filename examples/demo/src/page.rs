//! The frame of all pages, and what the demo's own say.

use crate::app::App;
use askama::Template;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{Html, IntoResponse, Response};
use password_reset::web::View;
use tower_governor::GovernorError;

/// The frame of every page, of the demo's own and of the library's.
#[derive(Template)]
#[template(path = "frame.html")]
struct Frame<'a> {
    language: &'a str,
    is_right_to_left: bool,
    title: &'a str,
    head: &'a str,
    content: &'a str,
}

/// What stands in the `<head>` of the demo's own pages.
#[derive(Template)]
#[template(path = "head.html")]
struct Head<'a> {
    stylesheet: &'a str,
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    title: &'a str,
    sentence: &'a str,
}

/// A page of the library's in the demo's frame.
pub(crate) fn frame(view: &View<'_>) -> String {
    let frame = Frame {
        language: view.translation.tag(),
        is_right_to_left: view.translation.is_right_to_left(),
        title: view.title,
        head: view.head(),
        content: view.content(),
    };
    frame.render().unwrap_or_else(|_| view.document())
}

impl App {
    /// A page of the demo's own, in English.
    pub(crate) fn page(
        &self,
        status: StatusCode,
        title: &str,
        content: &impl Template,
    ) -> Result<Response, Fault> {
        let head = &Head { stylesheet: &self.pages.stylesheet() }.render()?;
        let content = &content.render()?;
        let frame = Frame { language: "en", is_right_to_left: false, title, head, content };
        Ok((status, Html(frame.render()?)).into_response())
    }

    pub(crate) fn message(&self, status: StatusCode, title: &str, sentence: &str) -> Response {
        self.page(status, title, &Message { title, sentence }).into_response()
    }

    pub(crate) fn too_many_requests(&self, error: GovernorError) -> Response {
        let GovernorError::TooManyRequests { wait_time, headers } = error else {
            return Fault::from(error).into_response();
        };
        let seconds = wait_time.max(1);
        let sentence = format!(
            "Too many forms were sent from your connection. Wait {seconds} s and try again; \
             a link that you were sent still works."
        );
        let mut response = self.message(StatusCode::TOO_MANY_REQUESTS, "Not so fast", &sentence);
        response.headers_mut().extend(headers.unwrap_or_default());
        response
    }
}

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
        let sentence = "Something went wrong. Wait a moment, go back, and try again.";
        (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "10")], sentence).into_response()
    }
}
