//! The policy in a second language. Its codes and parameters are all that a translation
//! needs: for another language, replace the two tables and the plural.

use password_reset::policy::{
    BreachService, CommonPasswords, ContextWords, CustomRequirement, PasswordPolicy,
    PasswordPolicyBuilder, Requirement, Violation,
};
use std::collections::BTreeSet;
use std::fmt;

/// A phrase for the checklist.
fn phrase(requirement: &Requirement) -> String {
    match of_requirement(requirement.code()) {
        Some([phrase, _]) => fill(phrase, &requirement.parameters()),
        None => requirement.to_string(),
    }
}

/// A sentence for what a password misses, or for the advice that follows it.
fn sentence(violation: &Violation) -> String {
    let code = violation.code();
    match of_requirement(code).map(|[_, sentence]| sentence).or_else(|| of_advice(code)) {
        Some(sentence) => fill(sentence, &violation.parameters()),
        None => violation.to_string(),
    }
}

/// A phrase for the checklist and a sentence for the violation. What has no line here, such
/// as a requirement of the host's own, stays in English.
fn of_requirement(code: &str) -> Option<[&'static str; 2]> {
    Some(match code {
        "too_short" => {
            ["co najmniej {min} {znaków}", "Hasło musi mieć co najmniej {min} {znaków}."]
        }
        "missing_digit" => {
            ["co najmniej jedna cyfra", "Hasło musi zawierać co najmniej jedną cyfrę."]
        }
        "missing_lowercase" => {
            ["co najmniej jedna mała litera", "Hasło musi zawierać co najmniej jedną małą literę."]
        }
        "missing_uppercase" => [
            "co najmniej jedna wielka litera",
            "Hasło musi zawierać co najmniej jedną wielką literę.",
        ],
        "blank_password" => [
            "co najmniej jeden widoczny znak",
            "Hasło musi zawierać co najmniej jeden widoczny znak.",
        ],
        "too_long" => ["najwyżej {max} {znaków}", "Hasło może mieć najwyżej {max} {znaków}."],
        "too_many_bytes" => [
            "najwyżej {max} {bajtów} (polskie litery i symbole zajmują po kilka bajtów)",
            "Hasło może zajmować najwyżej {max} {bajtów}, a polskie litery i symbole zajmują po \
             kilka bajtów.",
        ],
        "too_many_bytes_for_bcrypt" => [
            "najwyżej {max} {bajtów}, bo tylko tyle hasła odczytuje bcrypt (polskie \
             litery i symbole zajmują po kilka bajtów)",
            "Hasło może zajmować najwyżej {max} {bajtów}, bo tylko tyle odczytuje z niego bcrypt. \
             Polskie litery i symbole zajmują po kilka bajtów.",
        ],
        "nul_character" => ["bez znaku NUL", "Hasło nie może zawierać znaku NUL."],
        "unassigned_character" => [
            "bez znaków, których nie definiuje Unicode",
            "Hasło nie może zawierać znaków, których nie definiuje Unicode.",
        ],
        "common_password" => [
            "inne niż najczęściej używane hasła",
            "To hasło należy do najczęściej używanych. Proszę wybrać inne.",
        ],
        "context_word" => [
            "nieoparte na imieniu, nazwisku, adresie e-mail ani na naszej nazwie",
            "Hasło nie może opierać się na imieniu, nazwisku, adresie e-mail ani na naszej nazwie.",
        ],
        "too_guessable" => {
            ["trudne do odgadnięcia", "To hasło zbyt łatwo odgadnąć. Proszę wybrać trudniejsze."]
        }
        "breached_password" => [
            "nieobecne w znanych wyciekach danych",
            "To hasło pojawiło się w wycieku danych. Proszę wybrać inne.",
        ],
        _ => return None,
    })
}

/// What zxcvbn says of a password that is too guessable.
fn of_advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "guessable_keyboard_row" => "Klawisze z jednego rzędu łatwo odgadnąć.",
        "guessable_keyboard_pattern" => "Krótkie wzory na klawiaturze łatwo odgadnąć.",
        "guessable_repeated_character" => "Wielokrotnie powtórzony znak łatwo odgadnąć.",
        "guessable_repetition" => "Powtórzenie prawie nie utrudnia odgadnięcia hasła.",
        "guessable_top_10" => "To jedno z dziesięciu najpopularniejszych haseł.",
        "guessable_top_100" => "To jedno ze stu najpopularniejszych haseł.",
        "guessable_common" => "Wiele osób ma takie samo hasło.",
        "guessable_like_common" => "To hasło jest podobne do takiego, które ma wiele osób.",
        "guessable_sequence" => "Ciągi takie jak abc lub 6543 łatwo odgadnąć.",
        "guessable_year" => "Niedawne lata łatwo odgadnąć.",
        "guessable_word" => "Pojedyncze słowo łatwo odgadnąć.",
        "guessable_date" => "Daty łatwo odgadnąć.",
        "guessable_name" => "Samo imię lub nazwisko łatwo odgadnąć.",
        "guessable_common_name" => "Popularne imiona i nazwiska łatwo odgadnąć.",
        "try_several_words" => "Warto użyć kilku słów, ale nie znanego powiedzenia.",
        "try_length" => "Długość pomaga bardziej niż symbole, cyfry czy wielkie litery.",
        "try_another_word" => "Warto dodać słowo lub dwa, im rzadsze, tym lepsze.",
        "try_more_than_capitals" => "Same wielkie litery niewiele pomagają.",
        "try_more_than_all_capitals" => "Pisanie wyłącznie wielkimi literami niewiele pomaga.",
        "try_more_than_reversal" => "Pisanie słów wspak niewiele pomaga.",
        "try_more_than_substitution" => "Zamiana liter, na przykład a na @, niewiele pomaga.",
        "try_longer_pattern" => {
            "Lepszy jest dłuższy wzór na klawiaturze, często zmieniający kierunek."
        }
        "try_no_repetition" => "Lepiej nie powtarzać słów ani znaków.",
        "try_no_sequence" => "Lepiej unikać ciągów kolejnych znaków.",
        "try_no_recent_year" => "Lepiej unikać niedawnych lat.",
        "try_no_own_year" => "Lepiej unikać lat związanych z własnym życiem.",
        "try_no_own_date" => "Lepiej unikać dat i lat związanych z własnym życiem.",
        _ => return None,
    })
}

/// Puts the numbers in, and the nouns that they govern. After *co najmniej* and *najwyżej*
/// a noun stands as it does after its number alone.
fn fill(text: &str, parameters: &[(&str, usize)]) -> String {
    parameters.iter().fold(text.to_owned(), |text, &(name, number)| {
        text.replace(&format!("{{{name}}}"), &number.to_string())
            .replace("{znaków}", plural(number, ["znak", "znaki", "znaków"]))
            .replace("{bajtów}", plural(number, ["bajt", "bajty", "bajtów"]))
    })
}

/// 1 znak; 2 to 4, 22 to 24, 32 to 34 … znaki; 0, 5 to 21, 25 to 31 … znaków.
fn plural(number: usize, [one, few, many]: [&str; 3]) -> &str {
    match (number, number % 10, number % 100) {
        (1, ..) => one,
        (_, _, 12..=14) => many,
        (_, 2..=4, _) => few,
        _ => many,
    }
}

/// A requirement that the tables do not know.
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
        Vec::new()
    }
    fn is_met_by(&self, password: &str) -> bool {
        !password.contains(' ')
    }
}

/// Everything that the crate's own requirements can ask.
fn strictest() -> PasswordPolicyBuilder {
    PasswordPolicy::builder()
        .visible(true)
        .max_bytes(122)
        .bcrypt(true)
        .nfc(true)
        .common_passwords(CommonPasswords::IgnoringCase)
        .context_words(ContextWords::Contained(vec!["Acme".into()]))
        .min_score(3)
        .breach_service(BreachService::FailClosed)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let policy = strictest().build()?;
    println!("Before anybody types / Zanim ktokolwiek zacznie pisać");
    for requirement in policy.requirements() {
        let (english, polish) = (requirement.to_string(), phrase(&requirement));
        if requirement.is_worth_showing() {
            println!("  {english}\n    {polish}");
        }
        assert_ne!(polish, english);
        assert!(!polish.contains('{'), "{polish}");
        // zxcvbn's score says nothing to a visitor: its number is in neither language.
        for (_, number) in requirement.parameters() {
            let number = number.to_string();
            assert_eq!(polish.contains(&number), english.contains(&number), "{polish}");
        }
    }

    for password in ["Żółw", "Acme-Qwertyuiop"] {
        println!("\n{password}");
        for violation in &policy.check(password).unwrap_err() {
            println!("  {violation}\n    {}", sentence(violation));
        }
    }

    let mut advice = BTreeSet::new();
    for password in ["aaaaaaaa", "abcdefgh", "30.04.1999", "P@ssw0rd", "nimda", "\0"] {
        for violation in &policy.check(password).unwrap_err() {
            let (english, polish) = (violation.to_string(), sentence(violation));
            assert_ne!(polish, english);
            assert!(!polish.contains('{'), "{polish}");
            advice.extend(violation.is_advice().then_some(english));
        }
    }
    assert!(advice.len() >= 8, "{advice:?}");

    // The tables have a line for every code that the crate can give.
    for code in Requirement::CODES {
        assert!(of_requirement(code).is_some(), "{code}");
    }
    for code in Violation::ADVICE_CODES {
        assert!(of_advice(code).is_some(), "{code}");
    }

    let policy = strictest().requirement(NoSpaces).build()?;
    let violations = policy.check("Zażółć gęślą jaźń 7").unwrap_err();
    assert_eq!(violations.iter().map(sentence).collect::<Vec<_>>(), ["Use no spaces."]);

    let characters = |characters| phrase(&Requirement::MinLength { characters });
    let nouns =
        [("znak", &[1][..]), ("znaki", &[2, 4, 22, 122]), ("znaków", &[5, 12, 14, 21, 25, 112])];
    for (noun, numbers) in nouns {
        for &number in numbers {
            assert_eq!(characters(number), format!("co najmniej {number} {noun}"));
        }
    }
    Ok(())
}
