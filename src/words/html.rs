//! The mails as text and as HTML.

use super::translation::Translation;
use super::wording::Content;

/// Dark colours, for mail programs that support them. The others use the colours of the elements.
const STYLE: &str = include_str!("mail.css");

/// A mail in the making, as text and as HTML.
pub(super) struct Page<'a> {
    translation: &'a Translation,
    text: Vec<String>,
    html: Vec<String>,
}

impl<'a> Page<'a> {
    pub(super) const fn new(translation: &'a Translation) -> Self {
        Self { translation, text: Vec::new(), html: Vec::new() }
    }

    /// Adds a paragraph of sentences.
    pub(super) fn words(&mut self, sentences: &[String]) {
        self.text.push(sentences.join("\n"));
        let escaped: Vec<_> = sentences.iter().map(|sentence| escape_html(sentence)).collect();
        self.html.push(format!("<p style=\"margin:0 0 16px\">{}</p>\n", escaped.join("\n")));
    }

    /// Adds the link: by itself in the text; as a button and in letters in the HTML.
    ///
    /// The button's colour is a style, not an attribute. An attribute would remain if a mail
    /// program removes styles, with blue letters on it. The padding is on the cell too, since
    /// Outlook pads cells but not links.
    pub(super) fn link(&mut self, lead: &str, button: &str, or_address: &str, url: &str) {
        self.text.extend([lead.to_owned(), url.to_owned()]);
        let (button, or_address, url) =
            (escape_html(button), escape_html(or_address), escape_html(url));
        self.html.push(format!(
            "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 16px\">\
             <tr><td class=\"button\" style=\"background-color:#1d4ed8;border-radius:6px;\
             text-align:center;mso-padding-alt:12px 20px\">\n\
             <a style=\"display:inline-block;padding:12px 20px;color:#ffffff;font-weight:bold;\
             text-decoration:none\"\nhref=\"{url}\"\n>{button}</a>\n\
             </td></tr></table>\n\
             <p style=\"margin:0 0 4px\">{or_address}</p>\n\
             <p dir=\"ltr\" style=\"margin:0 0 16px;font-size:14px\">\n\
             <a class=\"letters\" style=\"color:#1d4ed8\"\nhref=\"{url}\"\n>{url}</a>\n\
             </p>\n"
        ));
    }

    /// Adds a code, by itself on a line.
    #[cfg(feature = "codes")]
    pub(super) fn code(&mut self, lead: &str, code: &str) {
        self.text.extend([lead.to_owned(), code.to_owned()]);
        let (lead, code) = (escape_html(lead), escape_html(code));
        self.html.push(format!(
            "<p style=\"margin:0 0 4px\">{lead}</p>\n\
             <p dir=\"ltr\" style=\"margin:0 0 16px;font-size:24px;font-weight:bold;\
             letter-spacing:2px\">{code}</p>\n"
        ));
    }

    pub(super) fn finish(self, subject: &str) -> Content {
        let Self { translation, text, html: body } = self;
        // A sentence can have several lines in a translator's file.
        let subject = subject.replace(char::is_control, " ");
        let direction = if translation.is_right_to_left() { "rtl" } else { "ltr" };
        let html = format!(
            "<!DOCTYPE html>\n\
             <html lang=\"{language}\" dir=\"{direction}\">\n\
             <head>\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"format-detection\" content=\"telephone=no\">\n\
             <title>{title}</title>\n\
             <style>\n{STYLE}</style>\n\
             </head>\n\
             <body class=\"page\" style=\"margin:0;background-color:#f3f4f6\">\n\
             <div class=\"page\" lang=\"{language}\" dir=\"{direction}\" \
             style=\"background-color:#f3f4f6;color:#1f2937;padding:24px 12px;\
             overflow-wrap:anywhere;word-break:break-word;\
             font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif\">\n\
             <div class=\"sheet\" style=\"background-color:#ffffff;max-width:512px;margin:0 auto;\
             padding:24px 20px 8px;border-radius:8px\">\n\
             <h1 style=\"font-size:20px;line-height:1.3;margin:0 0 16px\">{title}</h1>\n\
             {body}\
             </div>\n\
             </div>\n\
             </body>\n\
             </html>\n",
            language = translation.tag(),
            title = escape_html(&subject),
            body = body.concat(),
        );
        Content { subject, text: text.join("\n\n") + "\n", html }
    }
}

/// Escapes a text for HTML, in an element or in a quoted attribute.
///
/// Characters outside ASCII become entities, so no mail server has to encode the lines.
///
/// ```
/// use password_reset::words::escape_html;
///
/// assert_eq!(escape_html("Zoë <zoe@example.com>"), "Zo&#235; &lt;zoe@example.com&gt;");
/// ```
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ if character.is_ascii() => escaped.push(character),
            _ => push_entity(&mut escaped, character),
        }
    }
    escaped
}

pub(crate) fn push_entity(html: &mut String, character: char) {
    html.push_str("&#");
    html.push_str(&u32::from(character).to_string());
    html.push(';');
}
