//! How hard a password is to guess, as zxcvbn estimates it.

use alloc::string::String;
use alloc::vec::Vec;
use zxcvbn::feedback::{Suggestion, Warning};

/// The shortest password that can have each score. A password is never harder to guess than
/// by trying all of its length, which zxcvbn puts at 10 guesses for each character; scores
/// begin above 0, 10³, 10⁶, 10⁸ and 10¹⁰ guesses.
const SHORTEST_OF_SCORE: [usize; 5] = [0, 4, 7, 9, 11];

/// The best score.
pub(super) const MAX_SCORE: u8 = 4;

/// How many characters zxcvbn is given. Its time grows with about the cube of their number, and
/// beyond 20 its arithmetic leaves 64 bits, which have room for no more than 20!.
const READ: usize = 20;

pub(super) fn shortest_of_score(score: u8) -> usize {
    SHORTEST_OF_SCORE.get(usize::from(score)).copied().unwrap_or(READ)
}

pub(super) const CODES: [&str; 27] = [
    "guessable_keyboard_row",
    "guessable_keyboard_pattern",
    "guessable_repeated_character",
    "guessable_repetition",
    "guessable_top_10",
    "guessable_top_100",
    "guessable_common",
    "guessable_like_common",
    "guessable_sequence",
    "guessable_year",
    "guessable_word",
    "guessable_date",
    "guessable_name",
    "guessable_common_name",
    "try_several_words",
    "try_length",
    "try_another_word",
    "try_more_than_capitals",
    "try_more_than_all_capitals",
    "try_more_than_reversal",
    "try_more_than_substitution",
    "try_longer_pattern",
    "try_no_repetition",
    "try_no_sequence",
    "try_no_recent_year",
    "try_no_own_year",
    "try_no_own_date",
];

/// A sentence that helps to do better, with a stable code for translations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advice {
    pub(super) code: &'static str,
    pub(super) sentence: &'static str,
}

/// What zxcvbn thinks of a password.
pub(super) struct Estimate(zxcvbn::Entropy);

impl Estimate {
    pub(super) fn of(password: &str, words: &[String]) -> Self {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        Self(zxcvbn::zxcvbn(super::first_characters(password, READ), &words))
    }

    pub(super) fn score(&self) -> u8 {
        self.0.score().into()
    }

    /// What is wrong, then what would help.
    pub(super) fn advice(&self) -> impl Iterator<Item = Advice> {
        let feedback = self.0.feedback();
        let warning = feedback.and_then(zxcvbn::feedback::Feedback::warning).map(warn);
        let suggestions = feedback.map_or(&[][..], zxcvbn::feedback::Feedback::suggestions);
        warning.into_iter().chain(suggestions.iter().copied().map(suggest))
    }
}

fn warn(warning: Warning) -> Advice {
    let (code, sentence) = match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => {
            ("guessable_keyboard_row", "Keys in a row are easy to guess.")
        }
        Warning::ShortKeyboardPatternsAreEasyToGuess => {
            ("guessable_keyboard_pattern", "Short patterns on the keyboard are easy to guess.")
        }
        Warning::RepeatsLikeAaaAreEasyToGuess => {
            ("guessable_repeated_character", "The same character many times is easy to guess.")
        }
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            ("guessable_repetition", "Saying it twice makes it hardly harder to guess.")
        }
        Warning::ThisIsATop10Password => {
            ("guessable_top_10", "It is among the ten most common passwords.")
        }
        Warning::ThisIsATop100Password => {
            ("guessable_top_100", "It is among the hundred most common passwords.")
        }
        Warning::ThisIsACommonPassword => ("guessable_common", "Many people have this password."),
        Warning::ThisIsSimilarToACommonlyUsedPassword => {
            ("guessable_like_common", "It is close to a password that many people have.")
        }
        Warning::SequencesLikeAbcAreEasyToGuess => {
            ("guessable_sequence", "Sequences such as abc or 6543 are easy to guess.")
        }
        Warning::RecentYearsAreEasyToGuess => ("guessable_year", "Recent years are easy to guess."),
        Warning::AWordByItselfIsEasyToGuess => {
            ("guessable_word", "A single word is easy to guess.")
        }
        Warning::DatesAreOftenEasyToGuess => ("guessable_date", "Dates are easy to guess."),
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => {
            ("guessable_name", "A name alone is easy to guess.")
        }
        Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            ("guessable_common_name", "Common names are easy to guess.")
        }
    };
    Advice { code, sentence }
}

fn suggest(suggestion: Suggestion) -> Advice {
    let (code, sentence) = match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => {
            ("try_several_words", "Use several words, but no well-known phrase.")
        }
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => {
            ("try_length", "Length helps more than symbols, numbers or capitals.")
        }
        Suggestion::AddAnotherWordOrTwo => {
            ("try_another_word", "Add a word or two, the rarer the better.")
        }
        Suggestion::CapitalizationDoesntHelpVeryMuch => {
            ("try_more_than_capitals", "Capital letters alone help little.")
        }
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => {
            ("try_more_than_all_capitals", "Capital letters throughout help little.")
        }
        Suggestion::ReversedWordsArentMuchHarderToGuess => {
            ("try_more_than_reversal", "Words spelled backwards help little.")
        }
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => {
            ("try_more_than_substitution", "Replacing letters, such as @ for a, helps little.")
        }
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => {
            ("try_longer_pattern", "Use a longer pattern of keys, with more turns.")
        }
        Suggestion::AvoidRepeatedWordsAndCharacters => {
            ("try_no_repetition", "Repeat no words or characters.")
        }
        Suggestion::AvoidSequences => ("try_no_sequence", "Use no sequences."),
        Suggestion::AvoidRecentYears => ("try_no_recent_year", "Use no recent years."),
        Suggestion::AvoidYearsThatAreAssociatedWithYou => {
            ("try_no_own_year", "Use no years that have to do with you.")
        }
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => {
            ("try_no_own_date", "Use no dates or years that have to do with you.")
        }
    };
    Advice { code, sentence }
}

#[cfg(test)]
mod tests {
    use super::{CODES, suggest, warn};
    use zxcvbn::feedback::Suggestion::{
        AddAnotherWordOrTwo, AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase,
        AvoidDatesAndYearsThatAreAssociatedWithYou, AvoidRecentYears,
        AvoidRepeatedWordsAndCharacters, AvoidSequences, AvoidYearsThatAreAssociatedWithYou,
        CapitalizationDoesntHelpVeryMuch, NoNeedForSymbolsDigitsOrUppercaseLetters,
        PredictableSubstitutionsDontHelpVeryMuch, ReversedWordsArentMuchHarderToGuess,
        UseAFewWordsAvoidCommonPhrases, UseALongerKeyboardPatternWithMoreTurns,
    };
    use zxcvbn::feedback::Warning::{
        AWordByItselfIsEasyToGuess, CommonNamesAndSurnamesAreEasyToGuess, DatesAreOftenEasyToGuess,
        NamesAndSurnamesByThemselvesAreEasyToGuess, RecentYearsAreEasyToGuess,
        RepeatsLikeAaaAreEasyToGuess, RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        SequencesLikeAbcAreEasyToGuess, ShortKeyboardPatternsAreEasyToGuess,
        StraightRowsOfKeysAreEasyToGuess, ThisIsACommonPassword, ThisIsATop10Password,
        ThisIsATop100Password, ThisIsSimilarToACommonlyUsedPassword,
    };

    #[test]
    fn every_advice_has_a_code_of_its_own_and_a_sentence() {
        let warnings = [
            StraightRowsOfKeysAreEasyToGuess,
            ShortKeyboardPatternsAreEasyToGuess,
            RepeatsLikeAaaAreEasyToGuess,
            RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
            ThisIsATop10Password,
            ThisIsATop100Password,
            ThisIsACommonPassword,
            ThisIsSimilarToACommonlyUsedPassword,
            SequencesLikeAbcAreEasyToGuess,
            RecentYearsAreEasyToGuess,
            AWordByItselfIsEasyToGuess,
            DatesAreOftenEasyToGuess,
            NamesAndSurnamesByThemselvesAreEasyToGuess,
            CommonNamesAndSurnamesAreEasyToGuess,
        ];
        let suggestions = [
            UseAFewWordsAvoidCommonPhrases,
            NoNeedForSymbolsDigitsOrUppercaseLetters,
            AddAnotherWordOrTwo,
            CapitalizationDoesntHelpVeryMuch,
            AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase,
            ReversedWordsArentMuchHarderToGuess,
            PredictableSubstitutionsDontHelpVeryMuch,
            UseALongerKeyboardPatternWithMoreTurns,
            AvoidRepeatedWordsAndCharacters,
            AvoidSequences,
            AvoidRecentYears,
            AvoidYearsThatAreAssociatedWithYou,
            AvoidDatesAndYearsThatAreAssociatedWithYou,
        ];
        let advice = warnings.map(warn).into_iter().chain(suggestions.map(suggest));
        let (codes, sentences): (Vec<_>, Vec<_>) = advice.map(|a| (a.code, a.sentence)).unzip();
        assert_eq!(codes, CODES);
        assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
        let distinct: std::collections::BTreeSet<_> = codes.iter().chain(&sentences).collect();
        assert_eq!(distinct.len(), 2 * CODES.len());
    }
}
