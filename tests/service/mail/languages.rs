//! The ten languages, and languages that a host adds.

use super::{TEMPLATE, TOKEN, link, password_changed, reset_link, words};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use password_reset::PasswordPolicy;
use password_reset::policy::{CustomRequirement, Requirement};
use password_reset::words::{Content, Reader, TranslationError, Translations, accepted_languages};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;

const TAGS: [&str; 10] = ["en", "de", "fr", "es", "pt", "it", "pl", "tr", "ar", "ja"];

/// The values that count something; the others, such as `$month`, do not.
const COUNTS: [&str; 3] = ["number", "min", "max"];

fn file(tag: &str) -> String {
    fs::read_to_string(format!("src/words/languages/{tag}.ftl")).unwrap()
}

/// Every sentence of a file, by its name, with `.missed` behind that of an attribute.
fn sentences(tag: &str) -> BTreeMap<String, Pattern<String>> {
    let resource = fluent_syntax::parser::parse(file(tag)).unwrap();
    let mut sentences = BTreeMap::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) => {
                let name = message.id.name;
                for attribute in message.attributes {
                    sentences.insert(format!("{name}.{}", attribute.id.name), attribute.value);
                }
                sentences.insert(name, message.value.unwrap());
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("{other:?}"),
        }
    }
    sentences
}

#[test]
fn all_ten_languages_exist_and_english_is_the_default() {
    let translations = Translations::default();
    assert_eq!(translations.tags().collect::<Vec<_>>(), TAGS);
    for (wish, chosen) in [
        ("de", "de"),
        ("DE-at", "de"),
        ("pt-BR", "pt"),
        ("pt-PT", "pt"),
        ("zh-Hant-TW", "en"),
        ("x", "en"),
        ("", "en"),
        ("-", "en"),
    ] {
        assert_eq!(translations.choose([wish]).tag(), chosen, "{wish}");
    }
    assert_eq!(translations.choose(["nl", "fr-CA", "de"]).tag(), "fr");
    assert_eq!(translations.choose([]).tag(), "en");
    let right_to_left = TAGS.map(|tag| translations.choose([tag]).is_right_to_left());
    assert_eq!(right_to_left, TAGS.map(|tag| tag == "ar"));
}

#[test]
fn a_browsers_most_wished_language_is_chosen_of_those_that_are_there() {
    let translations = Translations::default();
    for (header, language) in [
        ("pl", "pl"),
        ("pl-PL,pl;q=0.9,en-US;q=0.8,en;q=0.7", "pl"),
        ("en;q=0.5, ja", "ja"),
        ("de;q=0.8, fr;q=0.8", "de"),
        // What is not there gives way to what is.
        ("cy, sv;q=0.9, de;q=0.8", "de"),
        ("cy", "en"),
        ("ar;q=0, tr;q=0.1", "tr"),
    ] {
        assert_eq!(translations.choose(accepted_languages([header])).tag(), language, "{header}");
    }
    assert_eq!(accepted_languages(["en;q=0.5", "de", "fr;q=0.5"]), ["de", "en", "fr"]);
    for nothing in ["*", "", ",;,;q=1,de;q=x,de;q=NaN,de;q=-1,de;q=2,de;level=1"] {
        assert!(accepted_languages([nothing]).is_empty(), "{nothing}");
    }
    assert_eq!(accepted_languages([",de".repeat(100_000).as_str()]).len(), 32);
}

/// The shipped ones are not checked where a program starts, as a host's are.
#[test]
fn each_is_one_that_would_be_taken_from_a_host() {
    for tag in TAGS {
        let translations = Translations::default().with(tag, &file(tag)).unwrap();
        assert_eq!(translations.tags().collect::<Vec<_>>(), TAGS, "{tag}");
    }
}

#[test]
fn none_lacks_a_sentence() {
    let english = sentences("en");
    for tag in TAGS {
        let own = sentences(tag);
        assert!(own.keys().eq(english.keys()), "{tag}");
        for (name, pattern) in own {
            let mut values = BTreeSet::new();
            read_values(&pattern, &mut values);
            let mut expected = BTreeSet::new();
            read_values(&english[&name], &mut expected);
            // A language may leave the number to the word for one, or name the service again.
            let shown: BTreeSet<_> = values.union(&expected).collect();
            assert_eq!(shown.len(), expected.len(), "{tag}: {name}: {values:?}");
        }
    }
}

#[test]
fn every_sentence_with_a_number_has_its_plural_forms() {
    for tag in TAGS {
        let language: unic_langid::LanguageIdentifier = tag.parse().unwrap();
        let rules = PluralRules::create(language, PluralRuleType::CARDINAL).unwrap();
        let forms: BTreeSet<_> =
            (0..=1000).map(|number| name_of(&rules.select(number).unwrap())).collect();
        let mut counting = 0;
        for (name, pattern) in sentences(tag) {
            let mut values = BTreeSet::new();
            read_values(&pattern, &mut values);
            let Some(count) = COUNTS.iter().find(|count| values.contains(**count)) else {
                continue;
            };
            counting += 1;
            let mut found = BTreeSet::new();
            read_forms(&pattern, count, &mut found);
            if forms.len() > 1 {
                let found: BTreeSet<_> = found.iter().map(String::as_str).collect();
                assert!(found.is_superset(&forms), "{tag}: {name}: {found:?}, not {forms:?}");
            }
        }
        assert!(counting >= 11, "{tag}: {counting}");
    }
}

/// The names of the values in a pattern.
fn read_values(pattern: &Pattern<String>, values: &mut BTreeSet<String>) {
    each_expression(pattern, &mut |expression| {
        let inline = match expression {
            Expression::Select { selector, variants } => {
                for variant in variants {
                    read_values(&variant.value, values);
                }
                selector
            }
            Expression::Inline(inline) => inline,
        };
        if let InlineExpression::VariableReference { id } = inline {
            values.insert(id.name.clone());
        }
    });
}

/// The variants that a pattern has for a value; the default stands for its own name and for
/// `other`.
fn read_forms(pattern: &Pattern<String>, value: &str, forms: &mut BTreeSet<String>) {
    each_expression(pattern, &mut |expression| {
        if let Expression::Select { selector, variants } = expression
            && matches!(selector, InlineExpression::VariableReference { id } if id.name == value)
        {
            for variant in variants {
                if let fluent_syntax::ast::VariantKey::Identifier { name } = &variant.key {
                    forms.insert(name.clone());
                }
            }
        }
    });
}

fn each_expression(pattern: &Pattern<String>, of: &mut impl FnMut(&Expression<String>)) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of(expression);
        }
    }
}

fn name_of(category: &PluralCategory) -> &'static str {
    match category {
        PluralCategory::ZERO => "zero",
        PluralCategory::ONE => "one",
        PluralCategory::TWO => "two",
        PluralCategory::FEW => "few",
        PluralCategory::MANY => "many",
        PluralCategory::OTHER => "other",
    }
}

fn mail_in(language: &str) -> Content {
    let link = link(TEMPLATE);
    let message = reset_link("alice@example.com", &link);
    words().content_for(
        &message,
        &Reader { name: Some("Alice"), language: Some(language), ..Reader::default() },
    )
}

#[test]
fn both_mails_say_in_every_language_what_a_mail_must_say() {
    for tag in TAGS {
        let mail = mail_in(tag);
        let notice = words()
            .content_for(&password_changed(), &Reader { language: Some(tag), ..Reader::default() });
        for said in ["Alice", "Acme", "alice@example.com", "13:05:42", "14:05", "UTC", "60", TOKEN]
        {
            assert!(mail.text.contains(said), "{tag}: {said} in {}", mail.text);
        }
        for said in ["Acme", "alice@example.com", "13:05:42", "UTC", "help@acme.example"] {
            assert!(notice.text.contains(said), "{tag}: {said} in {}", notice.text);
        }
        assert!(!notice.text.contains("://"));
        for content in [&mail, &notice] {
            assert!(!content.text.contains(['{', '}', '$']), "{tag}: {}", content.text);
            assert!(!content.subject.contains('\n') && content.subject.contains("Acme"));
            assert!(content.html.is_ascii());
            let direction = if tag == "ar" { "rtl" } else { "ltr" };
            assert!(content.html.contains(&format!("<html lang=\"{tag}\" dir=\"{direction}\">")));
        }
        let date = ["2026", "23", if tag == "ja" { "11月" } else { "2026" }];
        assert!(date.iter().all(|part| mail.text.contains(part)), "{tag}: {}", mail.text);
    }
}

#[test]
fn the_explanation_says_in_every_language_how_to_sign_in_and_has_no_link() {
    let recipient = password_reset::mailer::Recipient::parse("alice@example.com").unwrap();
    let message =
        password_reset::mailer::Message::explanation(&super::ALICE, recipient, super::asked_at());
    for tag in TAGS {
        let reader = |sign_in| Reader { language: Some(tag), sign_in, ..Reader::default() };
        let with = words().content_for(&message, &reader(Some("Google or GitHub")));
        let without = words().content_for(&message, &reader(None));
        assert!(with.text.contains("Google or GitHub"), "{tag}: {}", with.text);
        assert_ne!(with.text, without.text);
        for content in [with, without] {
            for said in ["Acme", "alice@example.com", "13:05:42"] {
                assert!(content.text.contains(said), "{tag}: {said} in {}", content.text);
            }
            assert!(!content.text.contains("://") && !content.html.contains("<a "), "{tag}");
            assert!(!content.text.contains(['{', '}', '$']), "{tag}: {}", content.text);
        }
    }
}

#[test]
fn english_is_what_the_policy_says_by_itself() {
    let translations = Translations::default();
    let english = translations.choose(["en"]);
    for requirement in requirements(&[0, 1, 2, 8, 72]) {
        assert_eq!(english.requirement(&requirement), requirement.to_string());
    }
    #[cfg(all(feature = "zxcvbn", feature = "common-passwords"))]
    for violation in advice() {
        assert_eq!(english.violation(&violation), violation.to_string());
    }
}

/// Every requirement, those with a number with each of these.
fn requirements(numbers: &[usize]) -> Vec<Requirement> {
    let mut all = vec![
        Requirement::Digit,
        Requirement::Lowercase,
        Requirement::Uppercase,
        Requirement::Visible,
        Requirement::BcryptBytes,
        Requirement::NoNul,
        Requirement::Assigned,
        Requirement::NotCommon,
        Requirement::NotContextWord,
        Requirement::MinScore { score: 3 },
        Requirement::NotBreached,
    ];
    for &number in numbers {
        all.push(Requirement::MinLength { characters: number });
        all.push(Requirement::MaxLength { characters: number });
        all.push(Requirement::MaxBytes { bytes: number });
    }
    let codes: BTreeSet<_> = all.iter().map(Requirement::code).collect();
    assert_eq!(codes, Requirement::CODES.iter().copied().collect());
    all
}

#[test]
fn the_policys_number_is_in_every_phrase_and_sentence() {
    let translations = Translations::default();
    for tag in TAGS {
        let translation = translations.choose([tag]);
        let mut phrases = BTreeSet::new();
        for requirement in requirements(&[1, 2, 3, 8, 11, 22, 72, 100]) {
            let phrase = translation.requirement(&requirement);
            let is_score = matches!(requirement, Requirement::MinScore { .. });
            for (_, number) in requirement.parameters().into_iter().filter(|_| !is_score) {
                assert!(phrase.contains(&number.to_string()), "{tag}: {phrase}");
            }
            assert!(tag == "en" || phrase != requirement.to_string(), "{tag}: {phrase}");
            assert!(phrases.insert(phrase.clone()), "{tag}: twice: {phrase}");
        }
        let policy = PasswordPolicy::builder().min_length(22).build().unwrap();
        let violations = policy.check("x").unwrap_err();
        let sentences: Vec<_> = violations.iter().map(|v| translation.violation(v)).collect();
        assert!(sentences[0].contains("22"), "{sentences:?}");
        assert!(sentences.iter().all(|sentence| sentence.ends_with(['.', '。'])), "{sentences:?}");
    }
}

#[test]
fn nouns_take_the_form_of_their_number() {
    let translations = Translations::default();
    for (tag, number, said) in [
        ("de", 1, "1 Zeichen"),
        ("pl", 1, "1 znak"),
        ("pl", 2, "2 znaki"),
        ("pl", 5, "5 znaków"),
        ("pl", 12, "12 znaków"),
        ("pl", 22, "22 znaki"),
        ("ja", 8, "8文字"),
    ] {
        let phrase =
            translations.choose([tag]).requirement(&Requirement::MinLength { characters: number });
        assert!(phrase.replace('\u{a0}', " ").contains(said), "{phrase}");
    }
}

#[cfg(all(feature = "zxcvbn", feature = "common-passwords"))]
fn advice() -> Vec<password_reset::policy::Violation> {
    let policy = PasswordPolicy::builder().min_score(4).build().unwrap();
    let passwords =
        ["aaaaaaaa", "abcdefgh", "30.04.1999", "P@ssw0rd", "nimda", "qwertyuiop", "Drowssap"];
    let violations = passwords.iter().flat_map(|password| {
        let violations = policy.check(password).unwrap_err();
        violations.iter().cloned().collect::<Vec<_>>()
    });
    let advice: Vec<_> = violations.filter(password_reset::policy::Violation::is_advice).collect();
    let codes: BTreeSet<_> = advice.iter().map(|one| one.code().to_owned()).collect();
    assert!(codes.len() >= 8, "{codes:?}");
    advice
}

#[cfg(all(feature = "zxcvbn", feature = "common-passwords"))]
#[test]
fn advice_is_given_in_every_language() {
    let translations = Translations::default();
    for violation in advice() {
        for tag in TAGS.into_iter().filter(|tag| *tag != "en") {
            let said = translations.choose([tag]).violation(&violation);
            assert_ne!(said, violation.to_string(), "{tag}");
        }
    }
}

#[derive(Debug)]
struct NoSpaces;

impl CustomRequirement for NoSpaces {
    fn code(&self) -> &'static str {
        "space"
    }
    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no spaces")
    }
    fn parameters(&self) -> Vec<(&str, usize)> {
        vec![("most", 0)]
    }
    fn is_met_by(&self, password: &str) -> bool {
        !password.contains(' ')
    }
}

#[test]
fn a_requirement_of_the_hosts_own_is_said_in_english_until_it_is_translated() {
    let policy = PasswordPolicy::builder().requirement(NoSpaces).build().unwrap();
    let violations = policy.check("Abcdefg 7").unwrap_err();
    let violation = violations.iter().next().unwrap();
    let translations = Translations::default();
    assert_eq!(translations.choose(["de"]).violation(violation), "Use no spaces.");

    let own =
        "space = keine Leerzeichen\n    .missed = Verwenden Sie höchstens { $most } Leerzeichen.";
    let translations = translations.with("de", own).unwrap();
    let german = translations.choose(["de"]);
    assert_eq!(german.violation(violation), "Verwenden Sie höchstens 0 Leerzeichen.");
    assert_eq!(german.requirement(violation.requirement().unwrap()), "keine Leerzeichen");
    assert_eq!(translations.choose(["fr"]).violation(violation), "Use no spaces.");
}

#[test]
fn a_sentence_is_replaced_and_the_others_stay() {
    let translations = Translations::default()
        .with("en", "button = Choose a password")
        .unwrap()
        .with("en", "open-link = Go here:")
        .unwrap();
    let link = link(TEMPLATE);
    let message = reset_link("alice@example.com", &link);
    let mail = words().translations(translations).content_for(&message, &Reader::default());
    assert!(mail.html.contains(">Choose a password</a>"), "{}", mail.html);
    assert!(mail.text.contains("Go here:\n\nhttps://"), "{}", mail.text);
    assert_eq!(mail.subject, "Reset your Acme password");
}

#[test]
fn a_subject_is_one_line_however_its_sentence_is_written() {
    for (sentence, subject) in [
        ("changed-subject =\n    Your password\n    was changed", "Your password was changed"),
        (r#"changed-subject = Changed{ "\u000D\u000A" }Bcc: x"#, "Changed  Bcc: x"),
    ] {
        let translations = Translations::default().with("en", sentence).unwrap();
        let words = words().translations(translations);
        let notice = words.content_for(&password_changed(), &Reader::default());
        assert_eq!(notice.subject, subject);
        assert!(notice.html.contains(&format!("<title>{subject}</title>")), "{}", notice.html);
    }
}

#[test]
fn a_new_language_needs_every_sentence() {
    let dutch = file("en").replace("Reset your { $service } password", "Nieuw wachtwoord");
    let translations = Translations::default().with("nl", &dutch).unwrap();
    assert_eq!(translations.choose(["nl-BE"]).tag(), "nl");
    assert_eq!(translations.tags().last(), Some("nl"));
    // The nearest there is.
    let belgian = Translations::default().with("nl-BE", &dutch).unwrap();
    for wish in ["nl-BE", "nl-NL", "nl"] {
        assert_eq!(belgian.choose([wish]).tag(), "nl-BE");
    }
    let both = belgian.with("nl", &dutch).unwrap();
    assert_eq!(both.choose(["nl-BE"]).tag(), "nl-BE");
    assert_eq!(both.choose(["nl-NL"]).tag(), "nl");

    for lacking in sentences("en").keys() {
        let (name, attribute) = lacking.split_once('.').unwrap_or((lacking, ""));
        let less = if attribute.is_empty() {
            dutch.replace(&format!("\n{name} = "), &format!("\nx-{name} = "))
        } else {
            let (before, after) = dutch.split_once(&format!("\n{name} = ")).unwrap();
            format!("{before}\n{name} = {}", after.replacen(".missed", ".other", 1))
        };
        let is_optional = ["guessable_", "try_", "page-", "refused-"];
        if is_optional.iter().any(|start| name.starts_with(start)) || name == "reset-subject" {
            continue;
        }
        let error = Translations::default().with("nl", &less).unwrap_err();
        let TranslationError::Missing { sentence, .. } = &error else { panic!("{error}") };
        assert_eq!(sentence, name);
    }
}

#[test]
fn a_translation_that_cannot_be_said_is_refused_with_its_place() {
    let with = |sentences| Translations::default().with("en", sentences).unwrap_err();
    let error = with("button = Go\n\nopen-link = { $\n");
    assert!(matches!(error, TranslationError::Syntax { line: 3, .. }), "{error}");
    assert!(error.to_string().starts_with("line 3 of the sentences in `en`: "), "{error}");

    for sentence in [
        "button = { $password }",
        "valid = { $spam }",
        "hello = { hallo }",
        "date = { $month ->\n [11] { $d }\n *[other] x\n }",
        "span-days = { $number ->\n [22] { $n }\n *[other] x\n }",
        "too_short = x\n .missed = at least { $minimum }",
        "missing_digit = { $min }\n .missed = x",
    ] {
        let error = with(sentence);
        assert!(matches!(error, TranslationError::Value { .. }), "{sentence}: {error}");
        assert!(std::error::Error::source(&error).is_some());
    }
    for sentence in ["button = { \"\" }", "too_short = x\n .missed = { \"\" }"] {
        assert!(matches!(with(sentence), TranslationError::Missing { .. }), "{sentence}");
    }

    for tag in ["", "d", "de_DE!", "not a tag", "de\n"] {
        let error = Translations::default().with(tag, "").unwrap_err();
        assert_eq!(error, TranslationError::Tag(tag.into()), "{tag:?}");
    }
}

#[test]
fn a_service_speaks_only_the_languages_that_it_names() {
    let translations = Translations::default().only(&["de", "en"]).unwrap();
    assert_eq!(translations.tags().collect::<Vec<_>>(), ["de", "en"]);
    assert_eq!(translations.choose(["fr"]).tag(), "de");
    assert_eq!(translations.choose(["en-GB"]).tag(), "en");
    for tags in [&["nl"][..], &["de", "xx"], &[]] {
        assert!(Translations::default().only(tags).is_err(), "{tags:?}");
    }
}

/// Names in the other direction than the sentence's are set apart from it (UAX #9).
#[test]
fn names_keep_their_direction_in_sentences_of_the_other() {
    let arabic = mail_in("ar");
    let reader = Reader { language: Some("ar"), ..Reader::default() };
    let arabic_notice = words().content_for(&password_changed(), &reader);
    for (text, name) in [
        (&arabic.text, "alice@example.com"),
        (&arabic.text, "Alice"),
        (&arabic.text, "Acme"),
        (&arabic.text, "UTC"),
        (&arabic_notice.text, "help@acme.example"),
    ] {
        assert!(text.contains(&format!("\u{2068}{name}\u{2069}")), "{name} in {text}");
    }
    // Gmail leaves what <html> and <body> say away.
    assert!(arabic.html.contains("<div class=\"page\" lang=\"ar\" dir=\"rtl\""), "{}", arabic.html);
    let link = "<p dir=\"ltr\" style=\"margin:0 0 16px;font-size:14px\">\n<a class=\"letters\"";
    assert!(arabic.html.contains(link), "{}", arabic.html);
    assert!(arabic.text.lines().any(|line| line.starts_with("https://")), "{}", arabic.text);
    assert!(!mail_in("de").text.contains('\u{2068}'));
    let words = password_reset::words::Words::new("مقهى", "help@acme.example").unwrap();
    let notice = words.content_for(&password_changed(), &Reader::default());
    assert_eq!(notice.subject, "Your \u{2068}مقهى\u{2069} password was changed");
}
