//! Characters that show nothing.

/// Returns whether `character` shows nothing by itself: white space, a control character, one that
/// fonts may ignore (`Default_Ignorable_Code_Point`), or one of the few others with an empty glyph.
pub(super) fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_graphic();
    }
    character.is_whitespace() || character.is_control() || is_ignorable(character) || {
        // The Braille blank, the marks of interlinear annotations, and a null notehead.
        matches!(character, '\u{2800}' | '\u{fff9}'..='\u{fffb}' | '\u{1d159}')
    }
}

/// Returns whether `character` has the property `Default_Ignorable_Code_Point` of Unicode 17.0.
fn is_ignorable(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::{is_ignorable, is_invisible};
    use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, WhiteSpace};
    use icu_properties::{CodePointMapData, CodePointSetData};

    #[test]
    fn the_table_agrees_with_unicode_for_every_code_point() {
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let white_space = CodePointSetData::new::<WhiteSpace>();
        let category = CodePointMapData::<GeneralCategory>::new();
        let others = ['\u{2800}', '\u{fff9}', '\u{fffa}', '\u{fffb}', '\u{1d159}'];
        for character in '\0'..=char::MAX {
            let code = u32::from(character);
            assert_eq!(is_ignorable(character), ignorable.contains(character), "U+{code:04X}");
            let expected = ignorable.contains(character)
                || white_space.contains(character)
                || category.get(character) == GeneralCategory::Control
                || others.contains(&character);
            assert_eq!(is_invisible(character), expected, "U+{code:04X}");
        }
    }
}
