//! Searches the memory of this process, without `unsafe`.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::unix::fs::FileExt as _;

/// So that what is looked for is nowhere but in what is looked through.
const MASK: u8 = 0x5A;
const PIECE: usize = 1 << 16;
const OVERLAP: usize = 1 << 10;

/// Looks for texts in all memory that this process can write. What it needs, it has from the
/// beginning, since an allocation could write over what remains.
pub(crate) struct Search {
    memory: File,
    maps: File,
    listed: String,
    piece: Vec<u8>,
    masked: Vec<Vec<u8>>,
}

impl Search {
    pub(crate) fn new() -> Self {
        Self {
            memory: File::open("/proc/self/mem").unwrap(),
            maps: File::open("/proc/self/maps").unwrap(),
            listed: String::with_capacity(PIECE),
            piece: vec![0; PIECE],
            masked: Vec::new(),
        }
    }

    /// Looks for this text too, of which a part in a copy is enough.
    pub(crate) fn also_for(&mut self, part: impl Iterator<Item = char>) {
        self.also_for_bytes(part.flat_map(|character| {
            let mut bytes = [0; 4];
            let length = character.encode_utf8(&mut bytes).len();
            bytes.into_iter().take(length)
        }));
    }

    pub(crate) fn also_for_bytes(&mut self, bytes: impl Iterator<Item = u8>) {
        let mut masked = Vec::with_capacity(PIECE);
        masked.extend(bytes.map(|byte| byte ^ MASK));
        self.masked.push(masked);
    }

    /// How many of the texts are there.
    pub(crate) fn count(&mut self) -> usize {
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
