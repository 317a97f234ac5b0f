//! Typed codes in a random history, and what each must lead to.

use super::{Book, History, Link, between};
use crate::support::codes::mistyped;
use password_reset::token::{Exchange, IssueKind, IssueState, Ledger, ResetToken, TokenIssuer};
use proptest::prelude::*;
use time::{SignedDuration, UtcDateTime};

const TEN_MINUTES: i128 = 10 * 60 * super::SECOND;

pub(crate) const MUST_BE_REACHED: [&str; 11] = [
    "a code is exchanged",
    "a wrong code",
    "the fifth wrong code",
    "the twentieth wrong code",
    "a link without a code",
    "no code is good",
    "a code that is late",
    "an older code is wrong",
    "counts are cleared",
    "an exchange is proved",
    "an exchange is forgotten",
];

#[derive(Clone, Copy, Debug)]
pub(crate) enum Typed {
    /// The code of a link, which is counted back from the newest.
    Code(usize),
    /// So often in a row.
    Wrong(u8),
    /// Wrong ones for links of the host's, until no link has a code.
    UseUp,
    Nothing,
}

pub(crate) fn typed() -> impl Strategy<Value = Typed> {
    prop_oneof![
        8 => prop_oneof![2 => Just(0), 1 => 0..4_usize].prop_map(Typed::Code),
        2 => (1..3_u8).prop_map(Typed::Wrong),
        4 => Just(Typed::Wrong(5)),
        1 => Just(Typed::UseUp),
        1 => Just(Typed::Nothing),
    ]
}

/// The code of a link, and its state.
#[derive(Default)]
pub(crate) struct Code {
    digits: Option<String>,
    wrong: u8,
    pub(crate) exchanged: Option<ResetToken>,
}

/// The wrong codes since a password was set.
#[derive(Default)]
pub(crate) struct Wrong {
    count: u8,
    last_at: Option<UtcDateTime>,
}

impl Wrong {
    /// Until when they are kept.
    pub(crate) fn kept(&self) -> UtcDateTime {
        let days = SignedDuration::days(30);
        self.last_at.map_or(UtcDateTime::MIN, |last| last.saturating_add(days))
    }
}

/// The ledgers before and after an exchange, and where the book has its link.
pub(crate) struct Exchanged {
    before: Ledger,
    after: Ledger,
    at: usize,
}

impl Book {
    /// The link whose code is good.
    fn with_good_code(&self) -> Option<usize> {
        let is_good = |link: &Link| {
            link.kind == IssueKind::Recovery
                && link.state == IssueState::Live
                && self.told(link).is_ok()
                && between(self.now, link.issued_at) < TEN_MINUTES
                && link.code.digits.is_some()
                && link.code.exchanged.is_none()
                && link.code.wrong < 5
                && self.wrong.count < 20
        };
        self.links.iter().position(is_good)
    }
}

impl History<'_> {
    /// Notes the newest link's code.
    pub(crate) fn note_code(&mut self, kind: IssueKind, code: Option<password_reset::token::Code>) {
        let must_have_one = kind == IssueKind::Recovery && self.book.wrong.count < 20;
        assert_eq!(code.is_some(), must_have_one);
        if kind == IssueKind::Recovery && !must_have_one {
            self.reach("a link without a code");
        }
        let link = self.book.links.last_mut().unwrap();
        if let Some(code) = &code {
            let lifetime = self.book.rules.lifetime_of(kind).min(TEN_MINUTES);
            assert_eq!(between(code.expires_at(), link.issued_at), lifetime);
        }
        link.code.digits = code.map(|code| code.expose_digits().to_owned());
    }

    /// A password was set.
    pub(crate) fn clear_codes(&mut self) {
        if self.book.wrong.count > 0 {
            self.reach("counts are cleared");
        }
        self.book.wrong = Wrong::default();
    }

    pub(crate) fn type_code(&mut self, typed: Typed) {
        match typed {
            Typed::Nothing => self.exchange("1234 567x"),
            Typed::Code(back) => {
                let link = self.book.link(back);
                let Some(digits) = link.and_then(|link| link.code.digits.clone()) else { return };
                if back > 0 && self.book.with_good_code().is_some() {
                    self.reach("an older code is wrong");
                }
                if link.is_some_and(|l| between(self.book.now, l.issued_at) >= TEN_MINUTES) {
                    self.reach("a code that is late");
                }
                self.exchange(&digits);
            }
            Typed::Wrong(times) => {
                let good = self.book.with_good_code();
                let digits = good.and_then(|good| self.book.links[good].code.digits.clone());
                let wrong = mistyped(&digits.unwrap_or_else(|| "00000000".to_owned()));
                (0..times).for_each(|_| self.exchange(&wrong));
            }
            Typed::UseUp => {
                for _ in 0..5 {
                    self.issue(IssueKind::Recovery, TokenIssuer::issue_unthrottled, true);
                    self.type_code(Typed::Wrong(5));
                }
            }
        }
    }

    fn exchange(&mut self, text: &str) {
        let Some(before) = self.ledger.clone() else { return };
        let (now, binding) = (self.book.now, self.book.binding());
        // Of no link.
        let entropy = super::entropy(1_000_000 + self.book.revision.unsigned_abs());
        let told = self.recovery.exchange(&before, text, &binding, now, entropy).unwrap();
        let good = self.book.with_good_code().filter(|_| text.len() == 8);
        let Some(good) = good else {
            assert!(told.is_none());
            return self.reach("no code is good");
        };
        let Exchange { ledger, token, .. } = told.expect("a code is good");
        self.book.revision += 1;
        self.ledger = Some(ledger.clone());
        let code = &mut self.book.links[good].code;
        let is_right = code.digits.as_deref() == Some(text);
        assert_eq!(token.is_some(), is_right);
        if is_right {
            code.exchanged = token;
            self.reach("a code is exchanged");
            assert!(!before.proves(Some(&before), &ledger), "what has not happened");
            self.exchanges.push(Exchanged { before, after: ledger, at: good });
            return;
        }
        code.wrong += 1;
        let (wrong, Wrong { count, last_at }) = (code.wrong, &mut self.book.wrong);
        *count += 1;
        *last_at = Some(last_at.map_or(now, |last| last.max(now)));
        let in_all = *count;
        assert!(!ledger.proves(Some(&before), &ledger), "no count is proved");
        self.reach("a wrong code");
        if wrong == 5 {
            self.reach("the fifth wrong code");
        }
        if in_all == 20 {
            self.reach("the twentieth wrong code");
        }
    }

    pub(crate) fn verify_codes(&self, ledger: &Ledger) {
        assert_eq!(ledger.wrong_codes(), self.book.wrong.count);
        let (binding, now) = (self.book.binding(), self.book.now);
        for link in &self.book.links {
            let Some(token) = &link.code.exchanged else { continue };
            let told = self.recovery.check(ledger, token, &binding, now).map(drop);
            assert_eq!(told, self.book.told(link), "the same as of the link");
        }
        for Exchanged { before, after, at } in &self.exchanges {
            let is_remembered = self.book.links[*at].is_remembered;
            assert_eq!(ledger.proves(Some(before), after), is_remembered);
            let what =
                if is_remembered { "an exchange is proved" } else { "an exchange is forgotten" };
            self.reach(what);
        }
    }
}
