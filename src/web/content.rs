//! What each page says, as HTML.

use super::html::Html;
use super::view::{Form, Item, Page};
use crate::words::Translation;

pub(super) struct Writer<'a> {
    pub(super) translation: &'a Translation,
    /// Where to sign in.
    pub(super) sign_in: &'a str,
    /// Where to ask for a link.
    pub(super) forgot: &'a str,
}

impl Writer<'_> {
    /// The heading, and all of the content.
    pub(super) fn write(&self, page: &Page<'_>) -> (String, Html) {
        let mut html = Html::default();
        let title = self.say(match page {
            Page::Forgot { .. } => "page-forgot",
            Page::Asked => "page-asked",
            Page::Reset(_) => "page-reset",
            Page::Done => "page-done",
            Page::Dead { .. } => "page-dead",
            Page::Cancel { .. } => "page-cancel-title",
            Page::Renew { .. } => "page-renew-title",
            Page::Reopen => "page-reopen",
            Page::Busy => "page-busy",
            Page::Foreign => "page-foreign",
            Page::Unread => "page-unread",
            Page::Nowhere => "page-nowhere",
        });
        html.tag("<h1>").text(&title).tag("</h1>\n");
        let (sign_in, forgot) = ((self.sign_in, "page-sign-in"), (self.forgot, "page-new-link"));
        match page {
            Page::Forgot { action } => self.forgot_form(&mut html, action),
            Page::Asked => {
                self.paragraph(&mut html, "page-asked-lead");
                html.tag("<ul>\n");
                for sentence in ["page-asked-newest", "page-asked-earlier", "page-asked-nothing"] {
                    html.tag("<li>").text(&self.say(sentence)).tag("</li>\n");
                }
                html.tag("</ul>\n");
                self.ways_on(&mut html, None, &[sign_in, (self.forgot, "page-ask-again")]);
            }
            Page::Reset(form) => self.reset_form(&mut html, form),
            Page::Done => {
                self.paragraph(&mut html, "page-done-lead");
                self.paragraph(&mut html, "page-done-otherwise");
                self.ways_on(&mut html, None, &[sign_in, forgot]);
            }
            Page::Dead { refusal, renew } => {
                self.paragraph(&mut html, &format!("refused-{}", refusal.code()));
                let first = renew.map_or(forgot, |renew| (renew, "page-renew"));
                self.ways_on(&mut html, None, &[first, sign_in]);
            }
            Page::Cancel { action, back } => {
                self.paragraph(&mut html, "page-cancel-lead");
                self.ways_on(&mut html, Some((action, "page-cancel-do")), &[(back, "page-keep")]);
            }
            Page::Renew { action } => {
                self.paragraph(&mut html, "page-renew-lead");
                self.ways_on(&mut html, Some((action, "page-renew")), &[sign_in]);
            }
            Page::Reopen => {
                self.paragraph(&mut html, "page-reopen-lead");
                self.ways_on(&mut html, None, &[forgot]);
            }
            Page::Busy => self.paragraph(&mut html, "page-busy-lead"),
            Page::Foreign => self.paragraph(&mut html, "page-foreign-lead"),
            Page::Unread => self.paragraph(&mut html, "page-unread-lead"),
            Page::Nowhere => self.ways_on(&mut html, None, &[(self.forgot, "page-forgot")]),
        }
        (title, html)
    }

    fn say(&self, sentence: &str) -> String {
        self.translation.page(sentence, &[])
    }

    fn paragraph(&self, html: &mut Html, sentence: &str) {
        html.tag("<p>").text(&self.say(sentence)).tag("</p>\n");
    }

    /// A form without fields, if any, and links; the first of all looks like a button.
    fn ways_on(&self, html: &mut Html, form: Option<(&str, &str)>, links: &[(&str, &str)]) {
        html.tag("<div class=\"ways-on\">\n");
        if let Some((action, label)) = form {
            html.tag("<form method=\"post\" action=\"").text(action).tag("\">\n<button>");
            html.text(&self.say(label)).tag("</button>\n</form>\n");
        }
        for (number, (href, label)) in links.iter().enumerate() {
            let is_button = number == 0 && form.is_none();
            html.tag(if is_button { "<a class=\"button\" href=\"" } else { "<a href=\"" });
            html.text(href).tag("\">").text(&self.say(label)).tag("</a>\n");
        }
        html.tag("</div>\n");
    }

    fn forgot_form(&self, html: &mut Html, action: &str) {
        self.paragraph(html, "page-forgot-lead");
        html.tag("<form method=\"post\" action=\"").text(action).tag("\">\n");
        html.tag("<div class=\"field\">\n<label for=\"login\">").text(&self.say("page-login"));
        html.tag("</label>\n<input id=\"login\" name=\"login\" type=\"email\" ");
        html.tag("autocomplete=\"username\" required>\n</div>\n<button>");
        html.text(&self.say("page-send")).tag("</button>\n</form>\n<p><a href=\"");
        html.text(self.sign_in).tag("\">").text(&self.say("page-sign-in")).tag("</a></p>\n");
    }

    fn reset_form(&self, html: &mut Html, form: &Form<'_>) {
        if form.is_rejected {
            html.tag("<p class=\"alert\" role=\"alert\">").text(&self.say("page-rejected"));
            html.tag("</p>\n");
        }
        let account = self.translation.page("page-reset-account", &[("address", form.address)]);
        html.tag("<p>").text(&account).tag("</p>\n<form method=\"post\" action=\"");
        html.text(form.action).tag("\">\n<input type=\"text\" name=\"username\" ");
        html.tag("autocomplete=\"username\" value=\"").text(form.address);
        html.tag("\" hidden>\n<div class=\"field\">\n<label for=\"password\">");
        html.text(&self.say("page-password")).tag("</label>\n<div id=\"requirements\">\n<p>");
        html.text(&self.say("page-needs")).tag("</p>\n<ul class=\"checklist\" data-met=\"");
        html.text(&self.say("page-met")).tag("\" data-missing=\"");
        html.text(&self.say("page-missing")).tag("\" data-all=\"");
        html.text(&self.say("page-all-met")).tag("\" data-none=\"");
        html.text(&self.say("page-none-missing")).tag("\">\n");
        for item in &form.items {
            self.item(html, item);
        }
        html.tag("</ul>\n</div>\n<input id=\"password\" name=\"password\" type=\"password\" ");
        html.tag("autocomplete=\"new-password\" autocapitalize=\"none\" spellcheck=\"false\" ");
        html.tag("required passwordrules=\"").text(&form.hints.passwordrules).tag("\"");
        if let Some(units) = form.hints.maxlength {
            html.tag(" maxlength=\"").text(&units.to_string()).tag("\"");
        }
        html.tag(" aria-describedby=\"requirements\"");
        html.tag(if form.is_rejected { " aria-invalid=\"true\">\n" } else { ">\n" });
        html.tag("<label class=\"toggle\" hidden><input id=\"show\" type=\"checkbox\" ");
        html.tag("autocomplete=\"off\">").text(&self.say("page-show")).tag("</label>\n");
        html.tag("<p id=\"progress\" class=\"hidden\" role=\"status\"></p>\n</div>\n<button>");
        html.text(&self.say("page-set")).tag("</button>\n</form>\n<div class=\"aside\">\n<p>");
        html.text(&self.say("page-not-you")).tag("</p>\n<a class=\"button quiet\" href=\"");
        html.text(form.cancel).tag("\">").text(&self.say("page-cancel")).tag("</a>\n</div>\n");
    }

    fn item(&self, html: &mut Html, item: &Item) {
        html.tag("<li data-requirement=\"").text(&item.code).tag("\"");
        for (name, number) in &item.parameters {
            html.tag(" data-").text(name).tag("=\"").text(&number.to_string()).tag("\"");
        }
        if item.is_only_shown_if_missed {
            html.tag(" data-only-missing");
            html.tag(if item.is_met == Some(false) { "" } else { " hidden" });
        }
        match item.is_met {
            None => html.tag(">").text(&item.phrase),
            Some(true) => {
                html.tag(" class=\"met\"><span class=\"hidden\">").text(&self.say("page-met"));
                html.tag(" </span>").text(&item.phrase)
            }
            Some(false) => {
                html.tag(" data-phrase=\"").text(&item.phrase);
                html.tag("\" class=\"missing\"><span class=\"hidden\">");
                html.text(&self.say("page-missing")).tag(" </span>");
                html.text(item.missed.as_ref().unwrap_or(&item.phrase))
            }
        }
        .tag("</li>\n");
    }
}
