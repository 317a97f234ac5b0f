//! The pages as a layout sees them: each with what a template needs to write it.

use super::html::{Html, Part};
use crate::policy::{Hints, PasswordPolicy, Violation, Violations};
use crate::token::{IssueKind, Refusal};
use crate::words::Translation;

/// A page that is about to be sent, as your [`layout`](super::ResetPagesBuilder::layout) gets it.
///
/// Put your own page around [`content`](Self::content), with any template engine:
///
/// ```
/// use password_reset::web::View;
///
/// fn layout(view: &View<'_>) -> String {
///     let (language, head, content) = (view.translation.tag(), view.head(), view.content());
///     let direction = if view.translation.is_right_to_left() { "rtl" } else { "ltr" };
///     format!(
///         "<!DOCTYPE html><html lang=\"{language}\" dir=\"{direction}\">\
///          <head>{head}<title>Acme</title></head>\
///          <body><header>Acme</header><main>{content}</main></body></html>"
///     )
/// }
/// ```
#[non_exhaustive]
pub struct View<'a> {
    /// Which page it is, with what your own template needs to write it.
    pub page: &'a Page<'a>,
    /// The title for the browser's tab, as text.
    pub title: &'a str,
    /// The sentences in the visitor's language.
    pub translation: &'a Translation,
    /// What your own layers left in the request, such as the tenant.
    pub extensions: &'a http::Extensions,
    pub(super) head: &'a Html,
    pub(super) content: &'a Html,
}

impl View<'_> {
    /// Returns HTML for the `<main>`: one element with the class `password-reset`, with the heading
    /// and everything below it.
    ///
    /// The library's styles apply to this element alone, and to a `<body>` with the class
    /// `password-reset-page`. They are dark if your page's `color-scheme` is, and light otherwise.
    #[must_use]
    pub fn content(&self) -> &str {
        self.content.as_str()
    }

    /// Returns HTML for the `<head>`: the character set, the referrer policy, the style and the
    /// script.
    ///
    /// Without it, a page has no styles. Behind a proxy that replaces the header `Referrer-Policy`,
    /// it may also leak a link's address, or send its form without an origin.
    #[must_use]
    pub fn head(&self) -> &str {
        self.head.as_str()
    }

    /// Returns the whole document in the library's own layout.
    #[must_use]
    pub fn document(&self) -> String {
        let mut html = Html::default();
        let direction = if self.translation.is_right_to_left() { "rtl" } else { "ltr" };
        let parts = [
            ("language", Part::Text(self.translation.tag())),
            ("direction", Part::Text(direction)),
            ("title", Part::Text(self.title)),
            ("head", Part::Html(self.head)),
            ("content", Part::Html(self.content)),
        ];
        html.put(self.translation, include_str!("markup/document.html"), &parts);
        html.as_str().to_owned()
    }
}

impl core::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("View").field("title", &self.title).finish_non_exhaustive()
    }
}

/// A page, with what a template needs to write it.
///
/// Match on it in a [`layout`](super::ResetPagesBuilder::layout) to replace one page and keep the
/// others. Escape what you write: the values are text, not HTML.
///
/// ```
/// use password_reset::web::{Page, View};
/// use password_reset::words::escape_html;
///
/// fn layout(view: &View<'_>) -> String {
///     let Page::Forgot { action, .. } = view.page else { return view.document() };
///     let (head, action) = (view.head(), escape_html(action));
///     format!(
///         "<!DOCTYPE html><html lang=\"en\"><head>{head}<title>Acme</title></head><body>\
///          <form method=\"post\" action=\"{action}\">\
///          <label>Who are you? <input name=\"login\" autocomplete=\"username\" required></label>\
///          <button>Send me a link</button></form></body></html>"
///     )
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Page<'a> {
    /// "Forgotten password?": a form that sends `login` by POST.
    Forgot {
        /// The path to which the form is sent.
        action: &'a str,
        /// The path of the form for a code, if the mails have codes.
        code: Option<&'a str>,
    },
    /// The page after the form, the same for every visitor.
    Asked,
    /// The form for a code, if the mails have codes. It sends `login` and `code` by POST.
    #[cfg(feature = "codes")]
    Code {
        /// The path to which the form is sent.
        action: &'a str,
        /// The login that was typed so far.
        login: &'a str,
        /// The step that led to this page.
        step: CodeStep,
    },
    /// The form for the new password.
    Reset(Box<Form<'a>>),
    /// The password was set with this link.
    Done,
    /// The link is not good.
    Dead {
        /// Why the link is not good.
        refusal: Refusal,
        /// The path that offers to send a new link, if one can be sent.
        renew: Option<&'a str>,
    },
    /// "Cancel this link?": a form without fields.
    Cancel {
        /// The path to which the form is sent.
        action: &'a str,
        /// The path back to the link's page.
        back: &'a str,
    },
    /// "Send a new link?": a form without fields.
    Renew {
        /// The path to which the form is sent.
        action: &'a str,
    },
    /// This browser did not open the link within the last 15 minutes.
    Reopen,
    /// Too much is under way, or something failed. Nothing is lost.
    Busy,
    /// A form was sent by a foreign site.
    Foreign,
    /// A form could not be read.
    Unread,
    /// A form is larger than 16 KiB.
    TooLarge,
    /// There is no such page.
    Nowhere,
}

/// The step that led to [`Page::Code`].
#[cfg(feature = "codes")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeStep {
    /// The visitor asked for a mail. The page says what [`Page::Asked`] says, and its form keeps
    /// the login in a hidden field.
    Asked,
    /// The visitor came without asking, and types the login as well.
    New,
    /// The visitor typed a code that does not work, and can correct the login.
    Wrong,
}

/// The form for a new password.
///
/// It sends `password` by POST, and also `second_factor` if the account needs a second factor.
#[derive(Debug)]
#[non_exhaustive]
pub struct Form<'a> {
    /// The path to which the form is sent.
    pub action: &'a str,
    /// The path of the page for "This wasn't me".
    pub cancel: &'a str,
    /// The account's address, for a hidden field with `autocomplete="username"`.
    pub address: &'a str,
    /// Whether the link recovers an account or invites to choose a first password.
    pub kind: IssueKind,
    /// Whether the form needs a field for the code of a second factor.
    pub needs_second_factor: bool,
    /// The attributes of the password's field.
    pub hints: Hints,
    /// The checklist: the policy's requirements in order, then your own verdicts.
    pub items: Vec<Item>,
    /// Whether a password was sent and rejected.
    pub is_rejected: bool,
}

/// An item of the checklist.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Item {
    /// The requirement's code, for scripts.
    pub code: String,
    /// The requirement's numbers, by name.
    pub parameters: Vec<(String, usize)>,
    /// The phrase to show before a password is typed.
    pub phrase: String,
    /// The sentence that says what to do, if the sent password misses it.
    pub missed: Option<String>,
    /// Whether the sent password meets it. `None` if none was sent, or if it was not checked.
    pub is_met: Option<bool>,
    /// Whether to show the item only if it is missed.
    pub is_only_shown_if_missed: bool,
}

/// Returns the checklist, followed by the host's own verdicts.
pub(super) fn items(
    policy: &PasswordPolicy,
    translation: &Translation,
    violations: Option<&Violations>,
) -> Vec<Item> {
    let all = || violations.into_iter().flatten();
    let met = violations.map(|violations| policy.checklist_of(violations).map(|(_, met)| met));
    let mut met = met.into_iter().flatten();
    let requirements = policy.requirements().map(|requirement| {
        let of_it = |violation: &&Violation| {
            violation.requirement().is_some_and(|missed| missed.code() == requirement.code())
        };
        let sentences: Vec<_> = all().filter(of_it).map(|v| translation.violation(v)).collect();
        let parameters = requirement.parameters().into_iter();
        Item {
            code: requirement.code().to_owned(),
            parameters: parameters.map(|(name, number)| (name.to_owned(), number)).collect(),
            phrase: translation.requirement(&requirement),
            missed: (!sentences.is_empty()).then(|| sentences.join(" ")),
            is_met: met.next(),
            is_only_shown_if_missed: !requirement.is_worth_showing(),
        }
    });
    let mut items: Vec<_> = requirements.collect();
    let verdicts = all().filter(|violation| violation.requirement().is_none());
    items.extend(verdicts.map(|verdict| Item {
        code: verdict.code().to_owned(),
        parameters: Vec::new(),
        phrase: translation.violation(verdict),
        missed: Some(translation.violation(verdict)),
        is_met: Some(false),
        is_only_shown_if_missed: true,
    }));
    items
}
