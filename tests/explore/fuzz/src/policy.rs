use crate::text;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, WhiteSpace};
use icu_properties::{CodePointMapData, CodePointSetData};
use password_reset::PasswordPolicy;
use password_reset::policy::{PasswordPolicyBuilder, Requirement, Violation};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../../../../src/policy/common_passwords.txt").lines().collect());

/// A configuration, as JSON or as eight bytes, and behind `0xFF` each a password and words:
/// judged as a plain statement of the requirements judges.
pub fn policy(data: &[u8]) {
    let is_json = data.first() == Some(&b'{');
    let shape = data.first_chunk().filter(|_| !is_json);
    let rest = &data[shape.map_or(0, |shape: &[u8; 8]| shape.len())..];
    let mut parts: Vec<_> = rest.split(|byte| *byte == 0xFF).map(text).collect();
    let first = parts.remove(0);
    let (json, own) = match shape {
        Some(shape) => configuration(*shape, &first),
        None => (first.into_owned(), None),
    };
    let Ok(config) = serde_json::from_str::<Value>(&json) else { return };
    let Ok(mut builder) = serde_json::from_str::<PasswordPolicyBuilder>(&json) else { return };
    if let Some(own) = own {
        builder = builder.blocklist(BTreeSet::from([own.to_owned()]));
    }
    let Ok(policy) = builder.build() else { return };
    let plain = Plain::new(&config, own);
    plain.assert_is_asked_by(&policy);
    assert_is_written_down(&policy, own.is_some());
    assert_hints_are_met(&policy, &plain, &json);
    let Some((password, words)) = parts.split_first() else { return };
    if password.len() > plain.quickly_read() {
        return;
    }
    plain.assert_verdict(&policy, password, &words.iter().map(|word| &**word).collect::<Vec<_>>());
}

/// The configuration of a few bytes, with `word` as the service's own and, where they say so,
/// the one password of a blocklist of the host's.
fn configuration(shape: [u8; 8], word: &str) -> (String, Option<&str>) {
    let [preset, min, max, bytes, kinds, more, score, own] = shape;
    let number = |byte: u8| match byte {
        0 => Value::Null,
        u8::MAX => usize::MAX.into(),
        201.. => (usize::from(byte) << 8).into(),
        _ => byte.into(),
    };
    let on = |byte: u8| [Value::Null, false.into(), true.into()][usize::from(byte) % 3].clone();
    let one = |byte: u8, of: &[&'static str]| of.get(usize::from(byte) % (of.len() + 1)).copied();
    let presets =
        ["default", "nist_single_factor", "nist_multi_factor", "asvs_level1", "asvs_level2"];
    let mut config = json!({
        "preset": presets[usize::from(preset) % presets.len()],
        "min_length": number(min),
        "max_length": number(max),
        "max_bytes": number(bytes),
        "digit": on(kinds & 3),
        "lowercase": on(kinds >> 2 & 3),
        "uppercase": on(kinds >> 4 & 3),
        "bcrypt": on(kinds >> 6),
        "nfc": on(more & 3),
        "visible": on(own >> 1),
        "common_passwords": one(more >> 2 & 3, &["exact", "ignoring_case"]),
        "min_score": number(score & 7),
        "breach_service": one(score >> 3, &["fail_open", "fail_closed"]),
    });
    if let Some(kind) = one(more >> 4, &["contained", "whole"]) {
        config["context_words"] = json!({ kind: [word] });
    }
    (config.to_string(), (own % 2 == 1).then_some(word))
}

/// What is written down is read back the same.
fn assert_is_written_down(policy: &PasswordPolicy, has_own: bool) {
    let written = serde_json::to_string(policy);
    assert_eq!(written.is_err(), has_own, "a list of the host's own is not written down");
    let Ok(written) = written else { return };
    let again: PasswordPolicy = serde_json::from_str(&written).unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), written);
    assert_eq!(format!("{again:?}"), format!("{policy:?}"));
}

/// A policy, plainly.
struct Plain<'a> {
    min: usize,
    max: usize,
    most_bytes: [Option<usize>; 2],
    kinds: [bool; 3],
    visible: bool,
    nfc: bool,
    ignores_case: Option<bool>,
    own: Option<&'a str>,
    context: Option<(bool, Vec<&'a str>)>,
    min_score: Option<u8>,
    asks_service: bool,
}

impl<'a> Plain<'a> {
    fn new(config: &'a Value, own: Option<&'a str>) -> Self {
        let preset = config["preset"].as_str().unwrap_or("default");
        let number = |name: &str| config[name].as_u64().map(|n| usize::try_from(n).unwrap());
        let on = |name: &str, or: bool| config[name].as_bool().unwrap_or(or);
        let words = |kind: &str| {
            let words = config["context_words"][kind].as_array()?;
            Some((kind == "contained", words.iter().map(|word| word.as_str().unwrap()).collect()))
        };
        Self {
            min: number("min_length").unwrap_or(if preset == "nist_single_factor" {
                15
            } else {
                8
            }),
            max: number("max_length").unwrap_or(256),
            most_bytes: [number("max_bytes"), on("bcrypt", false).then_some(72)],
            kinds: ["digit", "lowercase", "uppercase"].map(|kind| on(kind, preset == "default")),
            visible: on("visible", preset != "default"),
            nfc: on("nfc", preset.starts_with("nist")),
            ignores_case: config["common_passwords"].as_str().map(|kind| kind == "ignoring_case"),
            own,
            context: words("contained").or_else(|| words("whole")),
            min_score: config["min_score"].as_u64().map(|score| u8::try_from(score).unwrap()),
            asks_service: config["breach_service"].is_string(),
        }
    }

    /// Each requirement, in order: its code, its number, and whether a password that was read
    /// meets it.
    fn judge(&self, password: &str, words: &[&str]) -> Vec<(&'static str, Option<usize>, bool)> {
        let length = password.chars().count();
        let category = CodePointMapData::<GeneralCategory>::new();
        let any = |is: fn(char) -> bool| password.chars().any(is);
        let has_digit = password.chars().any(|c| category.get(c) == GeneralCategory::DecimalNumber);
        let is_assigned = |c: char| category.get(c) != GeneralCategory::Unassigned;
        let [digit, lowercase, uppercase] = self.kinds;
        let within = |most: usize| password.len() <= most;
        let [bytes, bcrypt] = self.most_bytes;
        [
            Some(("too_short", Some(self.min), length >= self.min)),
            digit.then_some(("missing_digit", None, has_digit)),
            lowercase.then_some(("missing_lowercase", None, any(char::is_lowercase))),
            uppercase.then_some(("missing_uppercase", None, any(char::is_uppercase))),
            self.visible.then(|| ("blank_password", None, !password.chars().all(is_invisible))),
            Some(("too_long", Some(self.max), length <= self.max)),
            bytes.map(|most| ("too_many_bytes", Some(most), within(most))),
            bcrypt.map(|most| ("too_many_bytes_for_bcrypt", Some(most), within(most))),
            Some(("nul_character", None, !password.contains('\0'))),
            self.nfc.then(|| ("unassigned_character", None, password.chars().all(is_assigned))),
            (self.ignores_case.is_some() || self.own.is_some())
                .then(|| ("common_password", None, !self.is_common(password))),
            self.context
                .as_ref()
                .map(|_| ("context_word", None, !self.is_made_of_a_word(password, words))),
            self.min_score.map(|least| {
                let words = self.own_words().chain(words.iter().copied());
                let words: Vec<_> = words.flat_map(|word| spellings(&self.prepare(word))).collect();
                let words: Vec<_> = words.iter().map(String::as_str).collect();
                let beginning: String = password.chars().take(20).collect();
                let score = u8::from(zxcvbn::zxcvbn(&beginning, &words).score());
                ("too_guessable", Some(least.into()), score >= least)
            }),
            self.asks_service.then_some(("breached_password", None, false)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn is_common(&self, password: &str) -> bool {
        let is_listed = self.ignores_case.is_some_and(|ignores_case| {
            let folded = password.to_ascii_lowercase();
            COMMON.contains(if ignores_case { &*folded } else { password })
        });
        is_listed || self.own == Some(password)
    }

    fn own_words(&self) -> impl Iterator<Item = &str> {
        self.context.iter().flat_map(|(_, words)| words).copied()
    }

    fn is_made_of_a_word(&self, password: &str, words: &[&str]) -> bool {
        let Some((contained, own)) = &self.context else { return false };
        let typed = password;
        let password = fold(password, self.nfc);
        let own = own.iter().map(|word| (*word, true));
        own.chain(words.iter().map(|word| (*word, false))).any(|(word, is_own)| {
            let beginning: String = word.chars().take(1024).collect();
            // What is ASCII is not folded, so that its case still tells where a word ends.
            let as_compared = if typed.is_ascii() { typed } else { &password };
            let word = fold(&beginning, self.nfc);
            if spellings(&word).contains(&password) && !password.is_empty() {
                return true;
            }
            let name = if is_own { &*word } else { name_in(&word) };
            if letters(name) == password && !password.is_empty() || name == password {
                return !password.is_empty();
            }
            let wholes = [word.clone(), letters(&word), name.to_owned(), letters(name)];
            let wholes = wholes.into_iter().filter(|whole| is_own || !GENERIC.contains(&&**whole));
            let parts = parts(name).map(str::to_owned);
            let parts = parts.filter(|part| !GENERIC.contains(&&**part));
            *contained
                && wholes.chain(parts).any(|word| match word.chars().count() {
                    0..4 => false,
                    4 if !is_own => stands_alone(as_compared, &word),
                    _ => password.contains(&word),
                })
        })
    }

    /// How long a password may be here: an estimate of strength looks up every part of it.
    fn quickly_read(&self) -> usize {
        if self.min_score.is_some() { 32 } else { 2048 }
    }

    fn readable(&self) -> usize {
        self.max.saturating_mul(if self.nfc { 12 } else { 4 })
    }

    fn prepare<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.nfc { text.nfc().collect::<String>().into() } else { text.into() }
    }

    fn assert_is_asked_by(&self, policy: &PasswordPolicy) {
        let asked: Vec<_> = policy
            .requirements()
            .map(|r| (r.code().to_owned(), r.parameters().first().map(|(_, number)| *number)))
            .collect();
        let expected: Vec<_> =
            self.judge("", &[]).into_iter().map(|(code, n, _)| (code.to_owned(), n)).collect();
        assert_eq!(asked, expected);
    }

    fn assert_verdict(&self, policy: &PasswordPolicy, password: &str, words: &[&str]) {
        let prepared = policy.prepare(password);
        let prepared = prepared.expose_password();
        assert_eq!(prepared, self.prepare(password));
        assert_eq!(policy.prepare(prepared).expose_password(), prepared, "prepared twice");

        let is_read = password.len() <= self.readable();
        let judged = self.judge(prepared, words);
        let checked = policy.check_for(password, words);
        let list = match &checked {
            Err(violations) => codes(policy.checklist_of(violations)),
            Ok(_) => codes(policy.checklist(password)),
        };
        if words.is_empty() {
            assert_eq!(list, codes(policy.checklist(password)));
        }
        assert_eq!(list.len(), judged.len());
        let is_met = list.iter().all(|(code, met)| *met || code == "breached_password");
        assert_eq!(checked.is_ok(), is_met, "{list:?}");
        for ((code, met), (expected, _, is_met)) in list.iter().zip(&judged) {
            assert_eq!(code, expected);
            assert!(!met || *is_met || !is_read, "{code} is called met");
            assert!(!is_read || met == is_met, "{code} is called missed");
        }
        match checked {
            Ok(accepted) => {
                assert_eq!(accepted.accept().is_ok(), !self.asks_service, "a look is owed");
                if !self.asks_service {
                    let accepted = policy.check_for(password, words).unwrap().accept().unwrap();
                    assert_eq!(accepted.expose_password(), prepared);
                }
                self.assert_fits_its_field(policy, password);
            }
            Err(violations) => {
                let missed = violations.iter().filter(|violation| !violation.is_advice());
                let missed: Vec<_> = missed.map(Violation::code).collect();
                let is_missed =
                    |(code, _, is_met): &(&str, _, _)| !is_met && *code != "breached_password";
                let expected: Vec<_> =
                    judged.iter().filter(|r| is_missed(r)).map(|r| r.0).collect();
                if is_read {
                    assert_eq!(missed, expected);
                } else {
                    assert!(missed.contains(&"too_long") && expected.contains(&"too_long"));
                    assert!(missed.iter().all(|code| expected.contains(code)), "{missed:?}");
                    assert!(missed.iter().all(|code| code.starts_with("too_")), "{missed:?}");
                }
                for violation in violations.iter().filter(|violation| violation.is_advice()) {
                    assert_eq!(violation.requirement().unwrap().code(), "too_guessable");
                    assert!(Violation::ADVICE_CODES.contains(&violation.code()));
                }
                let written = serde_json::to_value(&violations).unwrap();
                assert_eq!(written.as_array().unwrap().len(), violations.iter().count());
            }
        }
        assert_is_refused_when_cut(policy, password);
    }

    /// A field with the hinted attributes does not refuse what the policy takes.
    fn assert_fits_its_field(&self, policy: &PasswordPolicy, password: &str) {
        let units = password.encode_utf16().count();
        let hints = policy.hints();
        assert!(self.nfc || units >= hints.minlength);
        assert!(hints.maxlength.is_none_or(|most| units < most));
    }
}

/// What a field cuts is still too long.
fn assert_is_refused_when_cut(policy: &PasswordPolicy, password: &str) {
    let units: Vec<u16> = password.encode_utf16().collect();
    let most = policy.hints().maxlength.unwrap_or(usize::MAX);
    let Some(cut) = units.get(..most).filter(|cut| cut.len() < units.len()) else { return };
    let violations = policy.check(&String::from_utf16_lossy(cut)).unwrap_err();
    assert!(violations.codes().any(|code| code == "too_long"), "cut in silence");
}

fn codes(checklist: impl Iterator<Item = (Requirement, bool)>) -> Vec<(String, bool)> {
    checklist.map(|(requirement, met)| (requirement.code().to_owned(), met)).collect()
}

/// A word, its letters, and its parts.
fn spellings(word: &str) -> Vec<String> {
    parts(word).map(str::to_owned).chain([letters(word), word.to_owned()]).collect()
}

fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

fn letters(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What stands before an address's `@`, without a tag.
fn name_in(word: &str) -> &str {
    let Some(at) = word.rfind('@').filter(|at| *at > 0) else { return word };
    word[..at].split('+').next().unwrap()
}

/// Whether the word is there with nothing before or after it that belongs to a longer one.
fn stands_alone(text: &str, word: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let is_cased = |c: char| c.is_lowercase() || c.is_uppercase();
    let goes_on = |left: Option<&char>, right: Option<&char>| match (left, right) {
        (Some(left), Some(right)) if is_cased(*left) && is_cased(*right) => {
            !(left.is_lowercase() && right.is_uppercase())
        }
        _ => false,
    };
    text.windows(4).enumerate().any(|(start, window)| {
        let found = window.iter().map(char::to_ascii_lowercase).eq(word.chars());
        let before = start.checked_sub(1).and_then(|at| text.get(at));
        found && !goes_on(before, window.first()) && !goes_on(window.last(), text.get(start + 4))
    })
}

/// The common names of mailboxes.
const GENERIC: [&str; 85] = [
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "billing",
    "booking",
    "bookings",
    "business",
    "career",
    "careers",
    "company",
    "contact",
    "contacts",
    "customer",
    "customers",
    "email",
    "enquiries",
    "everyone",
    "feedback",
    "finance",
    "hallo",
    "hello",
    "help",
    "helpdesk",
    "home",
    "hostmaster",
    "info",
    "information",
    "inquiries",
    "jobs",
    "kontakt",
    "legal",
    "list",
    "lists",
    "login",
    "mail",
    "mailbox",
    "mailing",
    "main",
    "marketing",
    "media",
    "member",
    "members",
    "news",
    "newsletter",
    "noreply",
    "notifications",
    "office",
    "online",
    "order",
    "orders",
    "password",
    "post",
    "postmaster",
    "press",
    "private",
    "public",
    "reception",
    "register",
    "reply",
    "root",
    "sales",
    "security",
    "service",
    "services",
    "shop",
    "staff",
    "store",
    "student",
    "students",
    "subscribe",
    "support",
    "system",
    "team",
    "tech",
    "temp",
    "test",
    "testing",
    "user",
    "username",
    "users",
    "webmaster",
    "welcome",
    "work",
];

fn is_invisible(character: char) -> bool {
    CodePointSetData::new::<WhiteSpace>().contains(character)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
        || character.is_control()
        || "\u{2800}\u{fff9}\u{fffa}\u{fffb}\u{1d159}".contains(character)
}

fn fold(text: &str, nfc: bool) -> String {
    let fold = |text: &str| {
        text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect::<String>()
    };
    if nfc { fold(&text.nfd().collect::<String>()).nfc().collect() } else { fold(text) }
}

/// A password that a manager makes by the rules is accepted.
fn assert_hints_are_met(policy: &PasswordPolicy, plain: &Plain<'_>, seed: &str) {
    let hints = policy.hints();
    let (mut least, mut most, mut password) = (0, plain.max, String::new());
    for rule in hints.passwordrules.split_terminator(';') {
        match rule.trim_start().split_once(": ").unwrap() {
            ("minlength", number) => least = number.parse().unwrap(),
            ("maxlength", number) => most = number.parse().unwrap(),
            ("required", "lower") => password.push('q'),
            ("required", "upper") => password.push('Q'),
            ("required", "digit") => password.push('7'),
            ("allowed", "ascii-printable") => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(hints.minlength, plain.min);
    assert!(plain.min <= least && least <= most && most <= plain.max, "{hints:?}");
    if least > plain.quickly_read() {
        return;
    }
    let hasher = BuildHasherDefault::<DefaultHasher>::new();
    for at in password.len()..least {
        let byte = hasher.hash_one((seed, at)) % u64::from(b'~' - b' ') + u64::from(b'!');
        password.push(char::from(u8::try_from(byte).unwrap()));
    }
    if let Err(violations) = policy.check(&password) {
        let is_by_chance = |code: &str| match code {
            "common_password" | "context_word" => password.len() < 12,
            "too_guessable" => password.len() < 20,
            _ => false,
        };
        let is_by_chance = |v: &Violation| v.is_advice() || is_by_chance(v.code());
        assert!(violations.iter().all(is_by_chance), "{password} is refused: {violations}");
    }
}
