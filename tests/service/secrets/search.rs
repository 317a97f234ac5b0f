//! Finds a secret in every spelling in which it could leak.

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};

/// The spellings in which `secret` stands in `text`.
pub(crate) fn leaks(text: &[u8], secret: &[u8]) -> Vec<&'static str> {
    let spellings = spellings(secret);
    let found = spellings.iter().filter(|(_, spelling)| contains(text, spelling));
    found.map(|(name, _)| *name).collect()
}

pub(crate) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// A secret as it is, in hex, as a list of numbers, and in base64 at each alignment.
pub(crate) fn spellings(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let hex = secret.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let list = secret.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let mut spellings = vec![
        ("raw", secret.to_vec()),
        ("lower-case hex", hex.clone().into_bytes()),
        ("upper-case hex", hex.to_uppercase().into_bytes()),
        ("a list of numbers", list.into_bytes()),
    ];
    for before in 0..3 {
        let shifted = [vec![0; before], secret.to_vec()].concat();
        // Only the characters that nothing but the secret decides.
        let (from, to) = ((before * 8).div_ceil(6), shifted.len() * 8 / 6);
        for (name, text) in [
            ("base64", Base64Unpadded::encode_string(&shifted)),
            ("URL-safe base64", Base64UrlUnpadded::encode_string(&shifted)),
        ] {
            spellings.push((name, text.as_bytes()[from..to].to_vec()));
        }
    }
    spellings
}

#[test]
fn the_search_finds_a_planted_leak_in_every_spelling_and_at_every_alignment() {
    let secret = b"canary \xFB\xFF\xFE?>~ of many bytes";
    for (name, spelling) in spellings(secret) {
        let planted = [b"some text ", spelling.as_slice(), b" and more"].concat();
        assert!(leaks(&planted, secret).contains(&name), "{name}");
    }
    for before in 0..7 {
        for after in 0..4 {
            let around = [vec![b'x'; before], secret.to_vec(), vec![b'y'; after]].concat();
            for encoded in
                [Base64Unpadded::encode_string(&around), Base64UrlUnpadded::encode_string(&around)]
            {
                assert!(!leaks(encoded.as_bytes(), secret).is_empty(), "{before}, {after}");
            }
        }
    }
    assert!(leaks(b"some text without a canary of many bytes", secret).is_empty());
}
