//! What the page says of a password while one types is what the server says of it.

use crate::chromium::{Chromium, Marked, Page, READ_CHECKLIST};
use crate::support::{ALICE, Demo};
use icu_properties::{CodePointMapData, props::GeneralCategory};
use password_reset::policy::{CustomRequirement, PasswordPolicy, Requirement};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// What the field holds once something was put into it, and what the page says of that.
struct Typed {
    password: String,
    checklist: Vec<Marked>,
    progress: String,
}

impl Typed {
    fn read(typed: &Value) -> Self {
        let items = typed[1].as_array().unwrap();
        Self {
            password: typed[0].as_str().unwrap().to_owned(),
            checklist: items.iter().map(Marked::read).collect(),
            progress: typed[2].as_str().unwrap().to_owned(),
        }
    }
}

async fn open_form(page: &Page, demo: &mut Demo) {
    page.open(&demo.ask_for_link()).await;
    page.shows("Set a new password", 200).await;
}

/// Puts each text into the field, one after the other. They are UTF-16, as a script's are,
/// which need not be well-formed.
async fn type_each(page: &Page, texts: &[Vec<u16>]) -> Vec<Typed> {
    let script = format!(
        "const input = document.querySelector('#password');
        return arguments[0].map((units) => {{
            input.value = units.map((unit) => String.fromCharCode(unit)).join('');
            input.dispatchEvent(new Event('input'));
            const progress = document.querySelector('#progress').textContent;
            return [input.value.toWellFormed(), {READ_CHECKLIST}, progress];
        }});"
    );
    let typed = page.run(&script, vec![json!(texts)]).await;
    typed.as_array().unwrap().iter().map(Typed::read).collect()
}

/// What a field keeps of a text: no line breaks, and of half a pair only that there was one.
fn held(text: &[u16]) -> String {
    let breaks = ['\r', '\n'].map(|character| character as u16);
    let units: Vec<_> = text.iter().copied().filter(|unit| !breaks.contains(unit)).collect();
    String::from_utf16_lossy(&units)
}

/// What the page should say.
fn expected(policy: &PasswordPolicy, password: &str) -> Vec<Marked> {
    let expected = policy.checklist(password).map(|(requirement, met)| {
        let is_judged = !password.is_empty() && !matches!(requirement, Requirement::Custom(_));
        let met = is_judged.then_some(met);
        let is_shown = requirement.is_worth_showing() || met == Some(false);
        Marked { code: requirement.code().to_owned(), met, is_shown }
    });
    expected.collect()
}

fn assert_agrees(policy: &PasswordPolicy, typed: &Typed) {
    let Typed { password, checklist, progress } = typed;
    let expected = expected(policy, password);
    let start: String = password.chars().take(40).collect();
    assert_eq!(checklist, &expected, "{start:?}");
    let missing = policy.requirements().zip(&expected).filter(|(_, item)| item.met == Some(false));
    let missing: Vec<_> = missing.map(|(requirement, _)| requirement.to_string()).collect();
    let sentence = if password.is_empty() {
        String::new()
    } else if !missing.is_empty() {
        format!("Missing: {}", missing.join(", "))
    } else if expected.iter().all(|item| item.met == Some(true)) {
        "Everything that it needs is there.".to_owned()
    } else {
        "Nothing is missing so far.".to_owned()
    };
    assert_eq!(progress, &sentence, "{start:?}");
}

/// Whether the default policy reads the password, which could be short enough.
fn is_read(password: &str) -> bool {
    password.len() <= 256 * 4
}

#[test]
fn the_page_says_of_every_odd_password_what_the_policy_says() {
    let odd = [
        "",
        "Abcdefg1",
        "Abcdef1",
        "abcdefgh",
        "        ",
        " Abcdefg1 ",
        "😀😀😀😀😀😀😀😀",
        "😀😀😀😀😀😀😀",
        "👨\u{200D}👩\u{200D}👧\u{200D}👦",
        "Aa1👨\u{200D}👩\u{200D}👧",
        "e\u{301}e\u{301}e\u{301}e\u{301}",
        "\u{202E}Abcdef1",
        "Abcdef1\0",
        "\0",
        "ǅǅǅǅǅǅǅ1",
        "ªªªªªªª1",
        "ⓐⒶ",
        "²½Ⅷ三Aaaa",
        "ⅷ",
        "Abcdefg٣",
        "Abcdefg３",
        "Abcdefg𝟛",
        "парольпа",
        "Пароль12",
        "ΛΌΓΟΣΛΌΓ",
        "λόγος",
        "密码密码密码12",
        "كلمةالسر١٢",
        "סיסמהסיסמה1",
        "รหัสผ่าน๑๒",
        "비밀번호비밀번호",
        "ßßßßßßß1",
        "ıııııııI",
        "İİİİİİİİ",
        "\u{378}\u{379}\u{E0FFF}",
        "\u{FFFF}\u{10FFFF}\u{FFFD}",
        "\u{FEFF}Abcdef1",
        "\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}",
        "Abc\r\ndefg\n1",
        "\n",
    ];
    let long = [
        "Aa1".to_owned() + &"x".repeat(253),
        "Aa1".to_owned() + &"x".repeat(254),
        "😀".repeat(256),
        "😀".repeat(257),
        "Aa1".to_owned() + &"😀".repeat(254),
        "x".repeat(1024),
        "Aa1".to_owned() + &"x".repeat(1024 * 1024 - 3),
    ];
    let policy = PasswordPolicy::default();
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, demo).await;
        let passwords = odd.map(str::to_owned).into_iter().chain(long);
        for password in passwords {
            let units: Vec<_> = password.encode_utf16().collect();
            let typed = type_each(page, std::slice::from_ref(&units)).await.remove(0);
            assert_eq!(typed.password, held(&units));
            if is_read(&password) {
                assert_agrees(&policy, &typed);
            } else {
                let too_long = Marked { code: "too_long".into(), met: Some(false), is_shown: true };
                assert!(typed.checklist.contains(&too_long), "{:?}", typed.checklist);
            }
        }
    });
}

/// Passwords made to meet and miss each rule, in UTF-16.
fn passwords() -> impl Strategy<Value = Vec<u16>> {
    let character = prop_oneof![
        8 => prop::sample::select(vec!["a", "é", "ß", "ж", "ª", "ⓐ"]),
        4 => prop::sample::select(vec!["A", "É", "Ж", "İ", "Ⅷ", "𝐀"]),
        4 => prop::sample::select(vec!["0", "9", "٣", "３", "𝟛"]),
        4 => prop::sample::select(vec!["²", "½", "ǅ", "密", " ", "😀", "\u{301}", "\u{200D}"]),
        1 => prop::sample::select(vec!["\0", "\n", "\r\n"]),
    ];
    let half_a_pair = prop::sample::select(vec![0xD800_u16, 0xDBFF, 0xDC00, 0xDFFF]);
    let piece = prop_oneof![
        20 => character.prop_map(|text| text.encode_utf16().collect::<Vec<_>>()),
        1 => half_a_pair.prop_map(|unit| vec![unit]),
    ];
    let filler = prop::sample::select(vec!["a", "A", "1", "😀"]);
    prop_oneof![
        6 => prop::collection::vec(piece.clone(), 0..14).prop_map(|pieces| pieces.concat()),
        1 => (prop::collection::vec(piece, 0..6), filler, 248_usize..262).prop_map(
            |(pieces, filler, count)| {
                let filler = filler.repeat(count);
                pieces.concat().into_iter().chain(filler.encode_utf16()).collect()
            }
        ),
        1 => any::<String>().prop_map(|text| text.encode_utf16().collect()),
    ]
}

/// The same passwords every time.
fn generated(count: u32) -> Vec<Vec<u16>> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| passwords().new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn the_page_says_of_thousands_of_passwords_what_the_policy_says() {
    let policy = PasswordPolicy::default();
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, demo).await;
        let mut reached = BTreeMap::<_, [u32; 2]>::new();
        for batch in generated(4000).chunks(500) {
            let typed = type_each(page, batch).await;
            assert_eq!(typed.len(), batch.len());
            for (typed, units) in typed.iter().zip(batch) {
                assert_eq!(typed.password, held(units));
                if !is_read(&typed.password) {
                    continue;
                }
                assert_agrees(&policy, typed);
                for (requirement, met) in policy.checklist(&typed.password) {
                    let counts = reached.entry(requirement.code().to_owned()).or_default();
                    counts[usize::from(met)] += 1;
                }
            }
        }
        assert_eq!(reached.len(), 6, "{reached:?}");
        for (code, counts) in &reached {
            assert!(counts.iter().all(|count| *count >= 40), "{code} missed and met: {counts:?}");
        }
    });
}

/// Which kinds of characters a text has: digits, lower and upper case, a bit for each.
fn kinds(policy: &PasswordPolicy, text: &str) -> u8 {
    policy.checklist(text).skip(1).take(3).fold(0, |sum, (_, met)| 2 * sum + u8::from(met))
}

/// The same for each text, as the page sees it.
async fn kinds_on(page: &Page, texts: &[String]) -> Vec<u8> {
    const KINDS: &str = r##"
        const input = document.querySelector("#password");
        const codes = ["missing_digit", "missing_lowercase", "missing_uppercase"];
        const items = codes.map((code) => document.querySelector(`[data-requirement=${code}]`));
        return arguments[0].map((text) => {
            input.value = text;
            input.dispatchEvent(new Event("input"));
            return items.reduce((sum, item) => 2 * sum + item.classList.contains("met"), 0);
        }).join("");
    "##;
    let kinds = page.run(KINDS, vec![json!(texts)]).await;
    kinds.as_str().unwrap().bytes().map(|digit| digit - b'0').collect()
}

#[test]
fn the_page_knows_every_digit_and_case_that_the_policy_knows_and_no_other() {
    let policy = PasswordPolicy::default();
    let category = CodePointMapData::<GeneralCategory>::new();
    // A browser may be ahead and know what will be assigned next.
    let is_assigned = |character: &char| category.get(*character) != GeneralCategory::Unassigned;
    let assigned = ('\0'..=char::MAX).filter(is_assigned);
    let characters: Vec<_> = assigned.map(String::from).collect();
    let mut texts: Vec<_> = characters.chunks(64).map(<[_]>::concat).collect();
    // Where both see none of a kind in many characters, they see none in any of these.
    let are_seen = characters.chunks(64).filter(|many| kinds(&policy, &many.concat()) != 0);
    texts.extend(are_seen.flatten().cloned());
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, demo).await;
        for texts in texts.chunks(5000) {
            for (text, found) in texts.iter().zip(kinds_on(page, texts).await) {
                assert_eq!(found, kinds(&policy, text), "{}", text.escape_unicode());
            }
        }
    });
}

#[test]
fn the_server_says_of_what_is_sent_what_the_page_said() {
    let refused = [
        "word",
        "pass\r\nword",
        "        ",
        "ǅ²½Ⅷ三ªß",
        "Abcdef1\0",
        "😀😀😀😀",
        "😀😀😀😀😀😀😀😀",
        "Aa1\u{202E}\u{200B}",
        &("Aa1".to_owned() + &"😀".repeat(254)),
    ];
    let mut refused: Vec<Vec<_>> = refused.map(|text| text.encode_utf16().collect()).into();
    refused.push([0xD83D; 8].into());
    refused.push([0xDE00, 0xD83D].repeat(3));
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, demo).await;
        for text in refused {
            let typed = type_each(page, &[text]).await.remove(0);
            send_refused(page, &typed.checklist).await;
        }

        // A paste is changed in its own way: a line break becomes a space.
        page.click("#password").await;
        page.devtools("Input.insertText", json!({ "text": "Wörd\r\n\u{1}1" })).await;
        assert!(
            page.value("document.querySelector('#password').value.includes(' ')").await == true
        );
        send_refused(page, &page.checklist().await).await;

        // Eight characters, of which five are sent as U+FFFD.
        let text: Vec<_> = "Aa1".encode_utf16().chain([0xD83D; 5]).collect();
        let typed = type_each(page, &[text]).await.remove(0);
        assert!(typed.checklist.iter().all(|item| item.met == Some(true)));
        page.click("form[action^='/reset/'] button").await;
        page.shows("Your password was set", 200).await;
        let signed_in = demo.browser().sign_in(ALICE, &typed.password);
        assert_eq!((signed_in.status, typed.password.chars().count()), (303, 8));
    });
}

#[test]
fn progress_joins_with_the_comma_of_the_language() {
    for (language, joined) in [("ja", "文字以上、数字"), ("ar", "على الأقل، رقم")]
    {
        Chromium { language, ..Chromium::DESKTOP }.visit(async |page, demo| {
            page.open(&demo.ask_for_link()).await;
            page.arrives(200).await;
            page.type_into("#password", "Word").await;
            let progress = page.value("document.querySelector('#progress').textContent").await;
            assert!(progress.as_str().unwrap().contains(joined), "{progress}");
        });
    }
}

#[test]
fn nothing_keeps_a_password_from_being_pasted() {
    // An event gives false where somebody prevents what it announces.
    const PASTE: &str = "[
        new ClipboardEvent('paste', { bubbles: true, cancelable: true }),
        new InputEvent('beforeinput', {
            bubbles: true, cancelable: true, inputType: 'insertFromPaste', data: 'Pasted-1',
        }),
    ].every(event => document.querySelector('#password').dispatchEvent(event))";
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, demo).await;
        assert_eq!(page.value(PASTE).await, true);
    });
}

async fn send_refused(page: &Page, said: &[Marked]) {
    page.click("form[action^='/reset/'] button").await;
    page.shows("Set a new password", 422).await;
    assert_eq!(page.checklist().await, said);
}

/// A host's own requirement, with a name that every object of a script knows.
#[derive(Debug)]
struct Own;

impl CustomRequirement for Own {
    fn code(&self) -> &'static str {
        "constructor"
    }

    fn describe(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing that only a server knows")
    }

    fn parameters(&self) -> Vec<(&str, usize)> {
        vec![("min", 3)]
    }

    fn is_met_by(&self, password: &str) -> bool {
        password.is_empty()
    }
}

#[test]
fn the_page_checks_another_policy_and_leaves_to_the_server_what_it_does_not_know() {
    const ANOTHER_CHECKLIST: &str = r#"
        const main = document.querySelector("main");
        const another = main.cloneNode(true);
        const items = arguments[0].map(([code, phrase, parameters, onlyMissing]) => {
            const item = document.createElement("li");
            item.append(phrase);
            Object.assign(item.dataset, parameters, { requirement: code });
            if (onlyMissing) item.dataset.onlyMissing = "";
            return item;
        });
        another.querySelector(".checklist").replaceChildren(...items);
        main.replaceWith(another);
        const script = document.createElement("script");
        const { src } = document.querySelector("script[type=module]");
        Object.assign(script, { type: "module", src: `${src}?once-more` });
        document.head.append(script);
        return new Promise((loaded) => script.addEventListener("load", () => loaded()));
    "#;
    let builder = PasswordPolicy::builder().min_length(3).max_length(10).max_bytes(12);
    let policy = builder.digit(false).lowercase(false).requirement(Own).build().unwrap();
    let items = policy.requirements().map(|requirement| {
        let parameters: BTreeMap<_, _> = requirement.parameters().into_iter().collect();
        let is_hidden = !requirement.is_worth_showing();
        json!([requirement.code(), requirement.to_string(), parameters, is_hidden])
    });
    let items = Value::Array(items.collect());
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, demo).await;
        page.run(ANOTHER_CHECKLIST, vec![items]).await;
        let passwords = [
            "A",
            "Éé",
            "Abc",
            "AbcdefghiJ",
            "AbcdefghiJk",
            "ÉÉÉÉÉÉ",
            "ÉÉÉÉÉÉa",
            "A😀😀",
            "A😀😀😀",
            "Aéééééé",
            "Ab\0",
            "abc",
            "",
        ];
        let texts = passwords.map(|password| password.encode_utf16().collect());
        for typed in type_each(page, &texts).await {
            assert_agrees(&policy, &typed);
        }
    });
}

#[test]
fn progress_is_announced_when_it_changes_and_not_at_each_key() {
    const COUNT: &str = "
        window.announced = 0;
        new MutationObserver((changes) => { window.announced += changes.length; })
            .observe(document.querySelector('#progress'), { childList: true });
    ";
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, demo).await;
        page.run(COUNT, vec![]).await;
        for (text, announced) in [("p", 1), ("asswor", 1), ("d", 2), ("s and more", 2), ("1", 3)] {
            page.type_into("#password", text).await;
            assert_eq!(page.value("window.announced").await, announced, "{text}");
        }
    });
}

#[test]
fn what_more_typing_mends_stays_calm_until_the_server_rejects_it() {
    async fn is_calm(page: &Page, code: &str) -> bool {
        let colors = "return [document.body, document.querySelector(arguments[0])]
            .map((element) => getComputedStyle(element).color)";
        let item = json!(format!("[data-requirement={code}].missing"));
        let colors = page.run(colors, vec![item]).await;
        colors[0] == colors[1]
    }
    Chromium::DESKTOP.visit(async |page, demo| {
        open_form(page, demo).await;
        page.type_into("#password", "word").await;
        for code in ["too_short", "missing_digit", "missing_uppercase"] {
            assert!(is_calm(page, code).await, "{code}");
        }
        page.type_into("#password", &"word".repeat(70)).await;
        assert!(!is_calm(page, "too_long").await);
        page.click("form[action^='/reset/'] button").await;
        page.shows("Set a new password", 422).await;
        for code in ["missing_digit", "missing_uppercase", "too_long"] {
            assert!(!is_calm(page, code).await, "{code}");
        }
        page.type_into("#password", "w").await;
        assert!(is_calm(page, "missing_digit").await);
        assert_eq!(page.value("document.querySelectorAll('[aria-invalid]').length").await, 0);
    });
}
