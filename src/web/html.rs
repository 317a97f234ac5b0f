//! HTML whose only markup is this crate's own: everything else is escaped.

use crate::words::{Translation, escape_html};

/// A part of a page.
#[derive(Default)]
pub(super) struct Html(String);

/// What replaces a name.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Text(&'a str),
    Html(&'a Html),
}

impl Html {
    /// Appends markup. Each `{name}` in it, within an element or a quoted attribute, is replaced
    /// with the part or the sentence of that name.
    pub(super) fn put(
        &mut self,
        translation: &Translation,
        markup: &'static str,
        parts: &[(&str, Part<'_>)],
    ) {
        let mut pieces = markup.split('{');
        self.0.push_str(pieces.next().unwrap_or_default());
        for (name, rest) in pieces.filter_map(|piece| piece.split_once('}')) {
            let part = parts.iter().find(|(of, _)| *of == name);
            self.0.push_str(&match part {
                Some((_, Part::Html(html))) => html.0.clone(),
                Some((_, Part::Text(text))) => escape_html(text),
                None => escape_html(&translation.page(name, &[])),
            });
            self.0.push_str(rest);
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}
