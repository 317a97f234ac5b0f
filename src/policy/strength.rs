//! How hard a password is to guess, in zxcvbn's estimate.

use super::text::{Text, first_characters};
use alloc::vec::Vec;
use zxcvbn::feedback::{Suggestion, Warning};

/// How many characters zxcvbn gets. Its time grows with about the cube of their number, and its
/// 64-bit arithmetic overflows beyond 20!.
const READ: usize = 20;

/// A stable code for translations, and a sentence that helps to do better.
type Advice = (&'static str, &'static str);

/// zxcvbn's estimate of a password.
pub(super) struct Estimate(zxcvbn::Entropy);

impl Estimate {
    pub(super) fn of(password: &str, words: &[Text<'_>]) -> Self {
        let words: Vec<_> = words.iter().map(Text::expose).collect();
        Self(zxcvbn::zxcvbn(first_characters(password, READ), &words))
    }

    pub(super) fn score(&self) -> u8 {
        self.0.score().into()
    }

    /// Returns what is wrong, and then what would help.
    pub(super) fn advice(&self) -> impl Iterator<Item = Advice> {
        let feedback = self.0.feedback();
        let warning = feedback.and_then(zxcvbn::feedback::Feedback::warning).map(warn);
        let suggestions = feedback.map_or(&[][..], zxcvbn::feedback::Feedback::suggestions);
        warning.into_iter().chain(suggestions.iter().copied().map(suggest))
    }
}

/// Declares functions that return the advice for each warning and suggestion, and all codes.
macro_rules! advice {
    ($($of:ident($kind:ident) { $($what:ident: $code:literal, $sentence:literal;)* })*) => {
        pub(super) const CODES: &[&str] = &[$($($code,)*)*];

        $(fn $of(what: $kind) -> Advice {
            match what { $($kind::$what => ($code, $sentence),)* }
        })*
    };
}

advice! {
    warn(Warning) {
        StraightRowsOfKeysAreEasyToGuess:
            "guessable_keyboard_row", "Keys in a row are easy to guess.";
        ShortKeyboardPatternsAreEasyToGuess:
            "guessable_keyboard_pattern", "Short patterns on the keyboard are easy to guess.";
        RepeatsLikeAaaAreEasyToGuess:
            "guessable_repeated_character", "The same character many times is easy to guess.";
        RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess:
            "guessable_repetition", "Saying it twice makes it hardly harder to guess.";
        ThisIsATop10Password: "guessable_top_10", "It is among the ten most common passwords.";
        ThisIsATop100Password:
            "guessable_top_100", "It is among the hundred most common passwords.";
        ThisIsACommonPassword: "guessable_common", "Many people have this password.";
        ThisIsSimilarToACommonlyUsedPassword:
            "guessable_like_common", "It is close to a password that many people have.";
        SequencesLikeAbcAreEasyToGuess:
            "guessable_sequence", "Sequences such as abc or 6543 are easy to guess.";
        RecentYearsAreEasyToGuess: "guessable_year", "Recent years are easy to guess.";
        AWordByItselfIsEasyToGuess: "guessable_word", "A single word is easy to guess.";
        DatesAreOftenEasyToGuess: "guessable_date", "Dates are easy to guess.";
        NamesAndSurnamesByThemselvesAreEasyToGuess:
            "guessable_name", "A name alone is easy to guess.";
        CommonNamesAndSurnamesAreEasyToGuess:
            "guessable_common_name", "Common names are easy to guess.";
    }
    suggest(Suggestion) {
        UseAFewWordsAvoidCommonPhrases:
            "try_several_words", "Use several words, but no well-known phrase.";
        NoNeedForSymbolsDigitsOrUppercaseLetters:
            "try_length", "Length helps more than symbols, numbers or capitals.";
        AddAnotherWordOrTwo: "try_another_word", "Add a word or two, the rarer the better.";
        CapitalizationDoesntHelpVeryMuch:
            "try_more_than_capitals", "Capital letters alone help little.";
        AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase:
            "try_more_than_all_capitals", "Capital letters throughout help little.";
        ReversedWordsArentMuchHarderToGuess:
            "try_more_than_reversal", "Words spelled backwards help little.";
        PredictableSubstitutionsDontHelpVeryMuch:
            "try_more_than_substitution", "Replacing letters, such as @ for a, helps little.";
        UseALongerKeyboardPatternWithMoreTurns:
            "try_longer_pattern", "Use a longer pattern of keys, with more turns.";
        AvoidRepeatedWordsAndCharacters: "try_no_repetition", "Repeat no words or characters.";
        AvoidSequences: "try_no_sequence", "Use no sequences.";
        AvoidRecentYears: "try_no_recent_year", "Use no recent years.";
        AvoidYearsThatAreAssociatedWithYou:
            "try_no_own_year", "Use no years that have to do with you.";
        AvoidDatesAndYearsThatAreAssociatedWithYou:
            "try_no_own_date", "Use no dates or years that have to do with you.";
    }
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
    fn every_advice_has_a_distinct_code_and_a_sentence() {
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
        let (codes, sentences): (Vec<_>, Vec<_>) = advice.unzip();
        assert_eq!(codes, CODES);
        assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
        let distinct: std::collections::BTreeSet<_> = codes.iter().chain(&sentences).collect();
        assert_eq!(distinct.len(), 2 * CODES.len());
    }
}
