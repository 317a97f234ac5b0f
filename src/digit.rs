//! Decimal digits of every script.

/// The zero of every run of ten decimal digits (general category Nd) in Unicode 17.0, in order. The
/// other nine digits directly follow each zero.
const ZEROS: [u32; 77] = [
    0x0030, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6,
    0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80,
    0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0,
    0xFF10, 0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450,
    0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50,
    0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0,
    0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950,
    0x1FBF0,
];

/// Returns the value of a decimal digit of any script.
pub(crate) fn value_of(character: char) -> Option<u32> {
    if character.is_ascii() {
        return character.to_digit(10);
    }
    let code = u32::from(character);
    let zeros_up_to_it = ZEROS.partition_point(|&zero| zero <= code);
    let zero = zeros_up_to_it.checked_sub(1).and_then(|last| ZEROS.get(last))?;
    Some(code - zero).filter(|value| *value < 10)
}

#[cfg(test)]
mod tests {
    use super::{ZEROS, value_of};
    use icu_properties::{CodePointMapData, props::GeneralCategory};

    #[test]
    fn the_table_agrees_with_unicode_for_every_code_point() {
        let category = CodePointMapData::<GeneralCategory>::new();
        for character in '\0'..=char::MAX {
            assert_eq!(
                value_of(character).is_some(),
                category.get(character) == GeneralCategory::DecimalNumber,
                "U+{:04X}",
                u32::from(character)
            );
        }
    }

    #[test]
    fn the_ten_digits_of_every_script_count_up_from_zero() {
        for (zero, value) in ZEROS.iter().flat_map(|zero| (0..10).map(move |value| (zero, value))) {
            assert_eq!(
                char::from_u32(zero + value).and_then(value_of),
                Some(value),
                "U+{zero:04X}"
            );
        }
    }
}
