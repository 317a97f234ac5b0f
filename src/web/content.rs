//! The content of each page, as HTML.

use super::html::Html;
use super::html::Part::{self, Text};
#[cfg(feature = "codes")]
use super::view::CodeStep;
use super::view::{Form, Item, Page};
use crate::token::IssueKind;
use crate::words::Translation;

/// The name of the field, and the code of a host's verdict on what was typed there.
const SECOND_FACTOR: &str = "second_factor";

/// The field in which a login is typed.
const LOGIN: &str = include_str!("markup/login.html");

/// The page after asking for a mail, with one of its endings.
macro_rules! asked {
    ($ending:literal) => {
        concat!(include_str!("markup/asked_lead.html"), include_str!($ending))
    };
}

const fn title_of(kind: IssueKind) -> &'static str {
    match kind {
        IssueKind::Recovery => "page-reset",
        IssueKind::Invitation => "page-invite",
    }
}

pub(super) struct Writer<'a> {
    pub(super) translation: &'a Translation,
    /// The address of the sign-in.
    pub(super) sign_in: &'a str,
    /// The path of the form that asks for a link.
    pub(super) forgot: &'a str,
}

impl Writer<'_> {
    /// Returns the heading and the content.
    pub(super) fn write(&self, page: &Page<'_>) -> (String, Html) {
        let (title, markup) = match page {
            Page::Forgot { .. } => ("page-forgot", include_str!("markup/forgot.html")),
            Page::Asked => ("page-asked", asked!("markup/asked.html")),
            #[cfg(feature = "codes")]
            Page::Code { step, .. } => match step {
                CodeStep::Asked => ("page-asked", asked!("markup/code_asked.html")),
                CodeStep::New | CodeStep::Wrong => {
                    ("page-code-title", include_str!("markup/code.html"))
                }
            },
            Page::Reset(form) => (title_of(form.kind), include_str!("markup/reset.html")),
            Page::Done => ("page-done", include_str!("markup/done.html")),
            Page::Dead { renew: None, .. } => ("page-dead", include_str!("markup/dead.html")),
            Page::Dead { .. } => ("page-dead", include_str!("markup/late.html")),
            Page::Cancel { .. } => ("page-cancel-title", include_str!("markup/cancel.html")),
            Page::Renew { .. } => ("page-renew-title", include_str!("markup/renew.html")),
            Page::Reopen => ("page-reopen", include_str!("markup/reopen.html")),
            Page::Busy => ("page-busy", "<p>{page-busy-lead}</p>\n"),
            Page::Foreign => ("page-foreign", "<p>{page-foreign-lead}</p>\n"),
            Page::Unread => ("page-unread", "<p>{page-unread-lead}</p>\n"),
            Page::TooLarge => ("page-unread", "<p>{page-too-large-lead}</p>\n"),
            Page::Nowhere => ("page-nowhere", include_str!("markup/nowhere.html")),
        };
        let title = self.translation.page(title, &[]);
        let mut html = Html::default();
        let start = "<div class=\"password-reset\">\n<h1>{title}</h1>\n";
        self.put(&mut html, start, &[("title", Text(&title))]);
        match page {
            Page::Reset(form) => self.form(&mut html, markup, form),
            Page::Forgot { action, code } => {
                let [mut login, mut link] = [(); 2].map(|()| Html::default());
                self.put(&mut login, LOGIN, &[("login", Text(""))]);
                if let Some(code) = code {
                    let markup = "<p><a href=\"{code}\">{page-have-code}</a></p>\n";
                    self.put(&mut link, markup, &[("code", Text(code))]);
                }
                let parts = [("login", Part::Html(&login)), ("code", Part::Html(&link))];
                self.put(&mut html, markup, &[&[("action", Text(action))], &parts[..]].concat());
            }
            #[cfg(feature = "codes")]
            Page::Code { action, login, step } => {
                let form = self.code(action, login, *step);
                self.put(&mut html, markup, &[("form", Part::Html(&form))]);
            }
            Page::Renew { action } => self.put(&mut html, markup, &[("action", Text(action))]),
            Page::Cancel { action, back } => {
                self.put(&mut html, markup, &[("action", Text(action)), ("back", Text(back))]);
            }
            Page::Dead { refusal, renew } => {
                let reason = self.translation.page(&format!("refused-{}", refusal.code()), &[]);
                let renew = Text(renew.unwrap_or_default());
                self.put(&mut html, markup, &[("reason", Text(&reason)), ("renew", renew)]);
            }
            _ => self.put(&mut html, markup, &[]),
        }
        self.put(&mut html, "</div>\n", &[]);
        (title, html)
    }

    fn put(&self, html: &mut Html, markup: &'static str, parts: &[(&str, Part<'_>)]) {
        let ways_on = [("sign-in", Text(self.sign_in)), ("forgot", Text(self.forgot))];
        html.put(self.translation, markup, &[parts, &ways_on].concat());
    }

    /// Returns the alert above a field whose content is wrong, and the attributes that mark the
    /// field.
    fn wrong(&self, id: &str, sentence: &str) -> [Html; 2] {
        let [mut alert, mut marks] = [(); 2].map(|()| Html::default());
        let parts = [("id", Text(id)), ("sentence", Text(sentence))];
        let markup = "<p id=\"{id}\" class=\"alert\" role=\"alert\">{sentence}</p>\n";
        self.put(&mut alert, markup, &parts);
        let markup = " aria-describedby=\"{id}\" aria-invalid=\"true\"";
        self.put(&mut marks, markup, &parts);
        [alert, marks]
    }

    #[cfg(feature = "codes")]
    fn code(&self, action: &str, login: &str, step: CodeStep) -> Html {
        let [mut field, mut form] = [(); 2].map(|()| Html::default());
        let hidden = "<input type=\"hidden\" name=\"login\" value=\"{login}\">\n";
        let markup = if step == CodeStep::Asked { hidden } else { LOGIN };
        self.put(&mut field, markup, &[("login", Text(login))]);
        let is_wrong = (step == CodeStep::Wrong).then(|| {
            let sentence = self.translation.page("page-code-wrong", &[]);
            self.wrong("wrong-code", &sentence)
        });
        let [wrong, marks] = is_wrong.unwrap_or_default();
        let parts = [
            ("action", Text(action)),
            ("login", Part::Html(&field)),
            ("wrong", Part::Html(&wrong)),
            ("marks", Part::Html(&marks)),
        ];
        self.put(&mut form, include_str!("markup/code_form.html"), &parts);
        form
    }

    fn form(&self, html: &mut Html, markup: &'static str, form: &Form<'_>) {
        let [mut items, mut attributes, mut factor] = [(); 3].map(|()| Html::default());
        // The host's verdict on the code is shown next to its field, not in the checklist.
        let is_of_factor = |item: &&Item| form.needs_second_factor && item.code == SECOND_FACTOR;
        for item in form.items.iter().filter(|item| !is_of_factor(item)) {
            self.item(&mut items, item);
        }
        if let Some(units) = form.hints.maxlength {
            let units = units.to_string();
            self.put(&mut attributes, " maxlength=\"{units}\"", &[("units", Text(&units))]);
        }
        let missed = form.items.iter().find(is_of_factor).and_then(|item| item.missed.as_deref());
        let [wrong, marks] =
            missed.map(|missed| self.wrong("wrong-factor", missed)).unwrap_or_default();
        if form.needs_second_factor {
            let parts = [("wrong", Part::Html(&wrong)), ("marks", Part::Html(&marks))];
            self.put(&mut factor, include_str!("markup/factor.html"), &parts);
        }
        if form.is_rejected {
            if missed.is_none() {
                self.put(&mut attributes, " aria-invalid=\"true\"", &[]);
            }
            self.put(html, "<p class=\"alert\" role=\"alert\">{page-rejected}</p>\n", &[]);
        }
        let account = self.translation.page("page-reset-account", &[("address", form.address)]);
        let parts = [
            ("account", Text(&account)),
            ("action", Text(form.action)),
            ("address", Text(form.address)),
            ("passwordrules", Text(&form.hints.passwordrules)),
            ("cancel", Text(form.cancel)),
            ("items", Part::Html(&items)),
            ("attributes", Part::Html(&attributes)),
            ("factor", Part::Html(&factor)),
        ];
        self.put(html, markup, &parts);
    }

    fn item(&self, html: &mut Html, item: &Item) {
        let missed = item.missed.as_ref().unwrap_or(&item.phrase);
        let parts = [("phrase", Text(&item.phrase)), ("missed", Text(missed))];
        self.put(html, "<li data-requirement=\"{code}\"", &[("code", Text(&item.code))]);
        for (name, number) in &item.parameters {
            let number = number.to_string();
            let parts = [("name", Text(name)), ("number", Text(&number))];
            self.put(html, " data-{name}=\"{number}\"", &parts);
        }
        if item.is_only_shown_if_missed {
            let is_missed = item.is_met == Some(false);
            let markup = if is_missed { " data-only-missing" } else { " data-only-missing hidden" };
            self.put(html, markup, &[]);
        }
        let markup = match item.is_met {
            None => ">{phrase}</li>\n",
            Some(true) => " class=\"met\"><span class=\"hidden\">{page-met} </span>{phrase}</li>\n",
            Some(false) => include_str!("markup/missed.html"),
        };
        self.put(html, markup, &parts);
    }
}
