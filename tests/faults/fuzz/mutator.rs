//! From good inputs to bad ones: bits, pieces, splices, words of the language, depth, size and broken UTF-8, by a seeded die.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// The largest input.
const MOST: usize = 64 * 1024;

/// What trips parsers of every language.
const WORDS: &[&str] = &[
    "0",
    "-1",
    "1e999",
    "-0.0",
    "NaN",
    "18446744073709551616",
    "9223372036854775807",
    "-9223372036854775808",
    "0x7f",
    "null",
    "true",
    "\"",
    "'",
    "\\",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "\u{fffd}",
    "\u{1f600}",
    "ë",
    "e\u{301}",
    "\r\n",
    "\n\n",
    "\t",
    " ",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "&",
    ";",
    ":",
    ",",
    "=",
    "#",
    "%",
    "%00",
    "%ff",
    "../",
    "//",
    "://",
    "{}",
    "[]",
    "\"\":",
];

/// What nests.
const KNOTS: &[&str] = &[
    "[",
    "{\"a\":",
    "(",
    "<b>",
    "> ",
    "- ",
    "*",
    "_",
    "`",
    "![",
    "{{#if a}}",
    "a.",
    "[[",
    "{a=",
    "\"\\",
    "&amp;",
    "  ",
];

/// Bytes that are no UTF-8, or not alone.
const BROKEN: &[&[u8]] = &[
    &[0xff],
    &[0xc0, 0xaf],
    &[0xed, 0xa0, 0x80],
    &[0xf4, 0x90, 0x80, 0x80],
    &[0x80],
    &[0xe2, 0x82],
    &[0],
];

/// Makes inputs out of others.
pub struct Mutator {
    dice: StdRng,
    words: &'static [&'static str],
}

impl Mutator {
    /// The same seed makes the same inputs.
    pub fn new(seed: u64, words: &'static [&'static str]) -> Self {
        Self {
            dice: StdRng::seed_from_u64(seed),
            words,
        }
    }

    /// One more input.
    pub fn next(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = self.one_of(corpus).clone();
        for _ in 0..self.dice.random_range(1..=6) {
            self.change(&mut input, corpus);
            input.truncate(MOST);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        match self.dice.random_range(0..12) {
            0 => self.flip(input),
            1 => {
                let range = self.range(input.len());
                input.drain(range);
            }
            2 => {
                let range = self.range(input.len());
                let piece = input[range].to_vec();
                self.insert(input, &piece);
            }
            3 => {
                let at = self.place(input.len());
                input.truncate(at);
            }
            4 => self.splice(input, corpus),
            5 => {
                let broken = BROKEN[self.dice.random_range(0..BROKEN.len())];
                self.insert(input, broken);
            }
            6 => self.number(input),
            7 => self.deep(input),
            8 => self.replace(input),
            _ => {
                let word = self.word();
                self.insert(input, word.as_bytes());
            }
        }
    }

    fn flip(&mut self, input: &mut [u8]) {
        if !input.is_empty() {
            let at = self.dice.random_range(0..input.len());
            input[at] ^= 1 << self.dice.random_range(0..8);
        }
    }

    /// The beginning of this one, the end of another.
    fn splice(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let other = self.one_of(corpus).clone();
        let (here, there) = (self.place(input.len()), self.place(other.len()));
        input.truncate(here);
        input.extend_from_slice(&other[there..]);
    }

    /// A number becomes another one.
    fn number(&mut self, input: &mut Vec<u8>) {
        let Some(first) = input.iter().position(u8::is_ascii_digit) else {
            return;
        };
        let nth = self.dice.random_range(first..input.len());
        let Some(begin) = input[nth..].iter().position(u8::is_ascii_digit).map(|at| nth + at) else {
            return;
        };
        let length = input[begin..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let other = match self.dice.random_range(0..4) {
            0 => "0".to_owned(),
            1 => "9".repeat(self.dice.random_range(1..400)),
            2 => self.dice.random::<i64>().to_string(),
            _ => self.dice.random_range(0..100_u8).to_string(),
        };
        input.splice(begin..begin + length, other.into_bytes());
    }

    /// Deep, or long.
    fn deep(&mut self, input: &mut Vec<u8>) {
        let knot = if self.dice.random() {
            self.word()
        } else {
            KNOTS[self.dice.random_range(0..KNOTS.len())]
        };
        let most = if self.dice.random_range(0..20) == 0 { 20_000 } else { 300 };
        let times = self.dice.random_range(2..most);
        let times = times.min(MOST / knot.len().max(1));
        self.insert(input, knot.repeat(times).as_bytes());
    }

    /// A word in place of a piece.
    fn replace(&mut self, input: &mut Vec<u8>) {
        let range = self.range(input.len());
        let word = self.word();
        input.splice(range, word.bytes());
    }

    fn insert(&mut self, input: &mut Vec<u8>, piece: &[u8]) {
        let at = self.place(input.len());
        input.splice(at..at, piece.iter().copied());
    }

    fn word(&mut self) -> &'static str {
        let own = !self.words.is_empty() && self.dice.random_range(0..3) > 0;
        let words = if own { self.words } else { WORDS };
        words[self.dice.random_range(0..words.len())]
    }

    fn place(&mut self, length: usize) -> usize {
        self.dice.random_range(0..=length)
    }

    /// Short pieces are the likelier ones.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let begin = self.place(length);
        let most = if self.dice.random_range(0..4) == 0 {
            length - begin
        } else {
            (length - begin).min(16)
        };
        begin..begin + self.dice.random_range(0..=most)
    }

    fn one_of<'a>(&mut self, corpus: &'a [Vec<u8>]) -> &'a Vec<u8> {
        &corpus[self.dice.random_range(0..corpus.len())]
    }
}
