//! Damage: what files suffer, and what someone would write on purpose.

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Numbers at the edges of what headers hold.
const EDGES: &[u64] = &[
    0,
    1,
    2,
    8,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    1 << 20,
    1 << 24,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    1 << 60,
    u64::MAX / 8,
    i64::MAX as u64,
    u64::MAX,
];

/// A source of damage; the same number gives the same damage.
pub struct Mutator(ChaCha12Rng);

impl Mutator {
    pub fn new(case: u64) -> Self {
        Mutator(ChaCha12Rng::seed_from_u64(case))
    }

    /// A number below `most`, which is not 0.
    #[expect(clippy::cast_possible_truncation, reason = "below a usize")]
    pub fn below(&mut self, most: usize) -> usize {
        (self.0.next_u64() % most as u64) as usize
    }

    /// One to a few changes; `others` and `tokens` are spliced in.
    pub fn damage(&mut self, bytes: &mut Vec<u8>, others: &[&[u8]], tokens: &[&[u8]]) {
        for _ in 0..=self.below(4) {
            self.change(bytes, others, tokens);
        }
    }

    fn change(&mut self, bytes: &mut Vec<u8>, others: &[&[u8]], tokens: &[&[u8]]) {
        let length = bytes.len();
        let at = self.below(length + 1);
        let (start, end) = (at, (at + 1 + self.below(64)).min(length));
        match self.below(13) {
            0 | 1 if at < length => bytes[at] ^= 1 << self.below(8),
            2 if at < length => bytes[at] = self.below(256).to_le_bytes()[0],
            3 | 4 => self.edge(bytes, at),
            5 => bytes.truncate(at),
            6 => drop(bytes.drain(start..end)),
            7 => self.repeat(bytes, start, end),
            8 => {
                let other = others[self.below(others.len())];
                let from = self.below(other.len() + 1);
                let part = &other[from..(from + 1 + self.below(256)).min(other.len())];
                bytes.splice(start..end, part.iter().copied());
            }
            9 | 10 if !tokens.is_empty() => {
                let token = tokens[self.below(tokens.len())];
                let over = (at + token.len() * self.below(2)).min(length);
                bytes.splice(at..over, token.iter().copied());
            }
            11 => {
                let digits = EDGES[self.below(EDGES.len())].to_string();
                bytes.splice(at..at, digits.bytes());
            }
            _ => {
                let noise: Vec<u8> = (0..self.below(16)).map(|_| self.below(256).to_le_bytes()[0]).collect();
                bytes.splice(start..end, noise);
            }
        }
    }

    /// Writes an edge over what is there, of any width and order of bytes.
    fn edge(&mut self, bytes: &mut [u8], at: usize) {
        let edge = EDGES[self.below(EDGES.len())];
        let width = [1, 2, 4, 8][self.below(4)];
        let mut number = edge.to_le_bytes()[..width].to_vec();
        if self.below(2) == 0 {
            number.reverse();
        }
        // Headers hold numbers at even places more often than not.
        let at = if self.below(2) == 0 { at & !3 } else { at };
        bytes.iter_mut().skip(at).zip(number).for_each(|(byte, new)| *byte = new);
    }

    /// Repeats a part, now and then so often that what is packed later becomes a bomb.
    fn repeat(&mut self, bytes: &mut Vec<u8>, start: usize, end: usize) {
        let part = bytes[start..end].to_vec();
        if part.is_empty() {
            return;
        }
        let most = if self.below(200) == 0 { 1 << 20 } else { 1 << 10 };
        let times = 1 + self.below(most) / part.len();
        bytes.splice(end..end, std::iter::repeat_n(part, times).flatten());
    }
}
