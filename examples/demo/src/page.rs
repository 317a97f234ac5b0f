//! The frame of all pages, and the demo's own pages in it.

use crate::app::App;
use askama::Template;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{Html, IntoResponse, Response};
use password_reset::web::View;
use tower_governor::GovernorError;

/// The frame of every page, the demo's own and the library's.
#[derive(Template)]
#[template(path = "frame.html")]
struct Frame<'a> {
    language: &'a str,
    is_right_to_left: bool,
    title: &'a str,
    head: &'a str,
    content: &'a str,
}

/// The `<head>` of the demo's own pages.
#[derive(Template)]
#[template(path = "head.html")]
struct Head<'a> {
    stylesheet: &'a str,
}

/// The content of the demo's own pages, inside the element to which the library's styles apply.
#[derive(Template)]
#[template(source = "<div class=\"password-reset\">\n{{ content|safe }}\n</div>\n", ext = "html")]
struct OwnPage<'a> {
    content: &'a str,
}

/// A page with one sentence.
#[derive(Template)]
#[template(path = "message.html")]
struct NoticePage<'a> {
    title: &'a str,
    sentence: &'a str,
}

/// Puts a page of the library's into the demo's frame.
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
    /// Puts a page of the demo's own into the frame. Its pages are in English.
    pub(crate) fn page(
        &self,
        status: StatusCode,
        title: &str,
        content: &impl Template,
    ) -> Result<Response, PageError> {
        let head = &Head { stylesheet: &self.pages.stylesheet() }.render()?;
        let content = &OwnPage { content: &content.render()? }.render()?;
        let frame = Frame { language: "en", is_right_to_left: false, title, head, content };
        Ok((status, Html(frame.render()?)).into_response())
    }

    pub(crate) fn message(&self, status: StatusCode, title: &str, sentence: &str) -> Response {
        self.page(status, title, &NoticePage { title, sentence }).into_response()
    }

    pub(crate) fn too_many_requests(&self, error: GovernorError) -> Response {
        let GovernorError::TooManyRequests { wait_time, headers } = error else {
            return PageError::from(error).into_response();
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

/// An error that no visitor can fix. The log says why; the visitor is asked to try again.
#[derive(Debug)]
pub(crate) struct PageError(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        tracing::error!("{:#}", self.0);
        let sentence = "Something went wrong. Wait a moment, go back, and try again.";
        (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "10")], sentence).into_response()
    }
}
