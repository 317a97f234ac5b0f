//! HTML in which nothing but what stands in this crate is markup.

use crate::words::escape_html;

/// A part of a page. Markup is written in the source; all else is escaped.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    pub(super) fn tag(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// A text, in an element or in a quoted attribute.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str(&escape_html(text));
        self
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}
