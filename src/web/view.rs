//! What a page shows, for the library's own layout or a host's.

use super::html::{Html, Part};
use crate::policy::{Hints, PasswordPolicy, Violation, Violations};
use crate::token::{IssueKind, Refusal};
use crate::words::Translation;

/// A page that is about to be answered, as [`layout`](super::ResetPagesBuilder::layout) gets it.
#[non_exhaustive]
pub struct View<'a> {
    /// Which page it is, with what a template of the host's own needs to write it.
    pub page: &'a Page<'a>,
    /// What the browser's tab says, as text.
    pub title: &'a str,
    /// The language of the visitor.
    pub translation: &'a Translation,
    /// What the host's own layers left in the request.
    pub extensions: &'a http::Extensions,
    pub(super) head: &'a Html,
    pub(super) content: &'a Html,
}

impl View<'_> {
    /// HTML for the `<head>`: the character set, the referrer policy, the style and the script.
    /// A page without it leaks more and looks worse.
    #[must_use]
    pub fn head(&self) -> &str {
        self.head.as_str()
    }

    /// HTML for the `<main>`: a heading and what is below it.
    #[must_use]
    pub fn content(&self) -> &str {
        self.content.as_str()
    }

    /// The whole document, as the library lays it out.
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

/// Each page there is.
#[derive(Debug)]
#[non_exhaustive]
pub enum Page<'a> {
    /// "Forgotten password?": a form that sends `login` by POST to this path.
    Forgot {
        /// Where the form goes.
        action: &'a str,
        /// Where a code can be typed, if the mails have any.
        code: Option<&'a str>,
    },
    /// The same for everybody who asked.
    Asked,
    /// The same, where the mails have codes: a form that sends `login` and `code` by POST.
    #[cfg(feature = "codes")]
    Code {
        /// Where the form goes.
        action: &'a str,
        /// What was typed as the login so far.
        login: &'a str,
        /// What came before.
        step: CodeStep,
    },
    /// The form for the new password.
    Reset(Box<Form<'a>>),
    /// The password was set with this link.
    Done,
    /// The link is not good.
    Dead {
        /// Why.
        refusal: Refusal,
        /// Where its holder is asked whether to send a new one, if one can be sent.
        renew: Option<&'a str>,
    },
    /// "Cancel this link?": a form without fields.
    Cancel {
        /// Where the form goes.
        action: &'a str,
        /// The way back.
        back: &'a str,
    },
    /// "Send a new link?": a form without fields.
    Renew {
        /// Where the form goes.
        action: &'a str,
    },
    /// No link was opened in this browser lately.
    Reopen,
    /// Too much is under way, or something failed; nothing is lost.
    Busy,
    /// A form came from a foreign site.
    Foreign,
    /// A form could not be read.
    Unread,
    /// There is no such page.
    Nowhere,
}

/// What comes before a code is typed.
#[cfg(feature = "codes")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeStep {
    /// A mail was asked for, with the login: the page is that of [`Page::Asked`], and the form keeps
    /// the login in a hidden field.
    Asked,
    /// Nothing: the login is typed as well.
    New,
    /// A code that does not work. The login can be corrected.
    Wrong,
}

/// The form for a new password. It sends `password` by POST, and the code of a second factor as
/// `second_factor` where the account needs one.
#[derive(Debug)]
#[non_exhaustive]
pub struct Form<'a> {
    /// Where the form goes.
    pub action: &'a str,
    /// Where "This wasn't me" leads.
    pub cancel: &'a str,
    /// The account's address, for a hidden field with `autocomplete="username"`.
    pub address: &'a str,
    /// Whether it sets a new password, or the first one of somebody who was invited.
    pub kind: IssueKind,
    /// Whether it asks for the code of a second factor.
    pub needs_second_factor: bool,
    /// The attributes of the field.
    pub hints: Hints,
    /// What the policy asks, in order.
    pub items: Vec<Item>,
    /// Whether a password was sent and rejected.
    pub is_rejected: bool,
}

/// A line of the checklist.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Item {
    /// The requirement's code, for scripts.
    pub code: String,
    /// Its numbers, by name.
    pub parameters: Vec<(String, usize)>,
    /// The phrase to show before anybody types.
    pub phrase: String,
    /// What to do about it, where the sent password misses it.
    pub missed: Option<String>,
    /// Whether the sent password meets it; `None` where none was sent, or it was not read.
    pub is_met: Option<bool>,
    /// Whether to show it only where it is missed.
    pub is_only_shown_if_missed: bool,
}

/// The checklist, and after it what a host's own verdict says.
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
