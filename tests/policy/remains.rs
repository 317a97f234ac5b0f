//! With the feature `zeroize`, what the policy copies is gone from this process's memory.

use super::lenient;
use password_reset::policy::ContextWords;
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::unix::fs::FileExt as _;

/// So that what is looked for is nowhere but in what is looked through.
const MASK: u8 = 0x5A;
const PIECE: usize = 1 << 16;
const OVERLAP: usize = 1 << 10;

/// Looks for texts in all memory that this process can write. What it needs, it has from the
/// beginning, since an allocation could write over what remains.
struct Search {
    memory: File,
    maps: File,
    listed: String,
    piece: Vec<u8>,
    masked: Vec<Vec<u8>>,
}

impl Search {
    fn new() -> Self {
        Self {
            memory: File::open("/proc/self/mem").unwrap(),
            maps: File::open("/proc/self/maps").unwrap(),
            listed: String::with_capacity(PIECE),
            piece: vec![0; PIECE],
            masked: Vec::new(),
        }
    }

    /// Looks for this text too, of which a part in a copy is enough.
    fn also_for(&mut self, part: impl Iterator<Item = char>) {
        let mut masked = Vec::with_capacity(PIECE);
        for character in part {
            let bytes = character.encode_utf8(&mut [0; 4]).bytes().collect::<Vec<_>>();
            masked.extend(bytes.into_iter().map(|byte| byte ^ MASK));
        }
        self.masked.push(masked);
    }

    /// How many of the texts are there.
    fn count(&mut self) -> usize {
        self.listed.clear();
        self.maps.rewind().unwrap();
        self.maps.read_to_string(&mut self.listed).unwrap();
        let Self { memory, listed, piece, masked, .. } = self;
        let mut is_there = [false; 8];
        for line in listed.lines().filter(|line| line.contains(" rw-p ")) {
            let (start, end) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
            let [start, end] = [start, end].map(|at| u64::from_str_radix(at, 16).unwrap());
            // Pieces overlap, so that no text is cut by both.
            for at in (start..end).step_by(PIECE - OVERLAP) {
                let length = PIECE.min(usize::try_from(end - at).unwrap());
                let read = memory.read_at(&mut piece[..length], at).unwrap_or(0);
                if piece[..read].iter().any(|byte| *byte != 0) {
                    for (masked, is_there) in masked.iter().zip(&mut is_there) {
                        *is_there |= piece[..read].windows(masked.len()).any(|window| {
                            window[0] ^ MASK == masked[0]
                                && window.iter().zip(masked).all(|(byte, of)| byte ^ MASK == *of)
                        });
                    }
                }
                piece.fill(0);
            }
        }
        is_there.iter().filter(|is_there| **is_there).count()
    }
}

/// Long enough that a string which grows leaves whole parts behind.
const TIMES: usize = 12;

#[test]
fn a_string_that_is_not_wiped_is_found() {
    let part = "ФЫВА-ПОЛЬКА-ЗЕБРА";
    let typed = part.repeat(TIMES);
    let mut search = Search::new();
    search.also_for(part.chars().flat_map(char::to_lowercase));
    assert_eq!(search.count(), 0);
    let folded = typed.to_lowercase();
    assert_eq!(search.count(), 1, "while it is there");
    drop(folded);
    assert_eq!(search.count(), 1, "and after it was freed");
}

#[test]
fn nothing_remains_of_folded_passwords_and_words() {
    let words = ContextWords::Contained(vec!["Ακμή".into()]);
    let policy = lenient().max_length(400).context_words(words).build().unwrap();
    let [password, word] = ["КЛЮЧ-ОТ-ДВЕРИ-БЕЗ-ЗАМКА", "ИМЯ-БЕЗ-ФАМИЛИИ"];
    let typed = [password, word].map(|part| part.repeat(TIMES));
    let mut search = Search::new();
    search.also_for(password.chars().flat_map(char::to_lowercase));
    search.also_for(word.chars().flat_map(char::to_lowercase));
    assert!(policy.check_for(&typed[0], &[&typed[1]]).is_ok());
    assert_eq!(search.count(), 0);
    assert!(policy.check_for(&typed[0], &[&typed[0]]).is_err());
    assert_eq!(search.count(), 0);
}

#[cfg(feature = "nfc")]
#[test]
fn nothing_remains_of_normalized_passwords_and_words() {
    use unicode_normalization::UnicodeNormalization;
    let words = ContextWords::Contained(vec!["Ακμή".into()]);
    let policy = lenient().max_length(400).nfc(true).context_words(words).build().unwrap();
    let part = "И\u{306}ОД-И\u{306}ОГА-МАИ\u{306}КА-";
    let typed = part.repeat(TIMES);
    let mut search = Search::new();
    search.also_for(part.nfc());
    search.also_for(part.nfc().flat_map(char::to_lowercase));
    let accepted = policy.check_for(&typed, &["ИМЯ"]).unwrap().accept().unwrap();
    assert_eq!(search.count(), 1, "the password is there while it is to be hashed");
    drop(accepted);
    assert_eq!(search.count(), 0);
    drop(policy.prepare(&typed));
    assert!(policy.check_for(&typed, &[&typed]).is_err());
    assert_eq!(search.count(), 0);
}
