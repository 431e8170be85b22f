//! `java.util.Random` and what Weka draws with it: its shuffle and its stratified folds. The only place for these, so
//! that a study in Weka's order sees Weka's own rows.

const MULTIPLIER: u64 = 0x5_DEEC_E66D;
const MASK: u64 = (1 << 48) - 1;

/// The generator of the Java library's specification: 48 bits, linear congruential (Knuth, volume 2, 3.2.1).
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
    /// The second value of a pair of normal ones.
    kept: Option<f64>,
}

impl Random {
    /// Seeded as `new Random(seed)`.
    pub fn new(seed: i64) -> Self {
        Random { state: (seed.cast_unsigned() ^ MULTIPLIER) & MASK, kept: None }
    }

    /// The top `bits` bits of the next state, signed.
    fn next(&mut self, bits: u32) -> i32 {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(0xB) & MASK;
        #[expect(clippy::cast_possible_truncation, reason = "the generator keeps the lower 32 bits")]
        let bits = (self.state >> (48 - bits)) as u32;
        bits.cast_signed()
    }

    /// `nextInt()`.
    pub fn next_int(&mut self) -> i32 {
        self.next(32)
    }

    /// `nextInt(bound)`, uniform in `0..bound`; 0 for a bound below 1, which Java refuses.
    pub fn next_below(&mut self, bound: i32) -> i32 {
        if bound < 1 {
            return 0;
        }
        if bound & (bound - 1) == 0 {
            #[expect(clippy::cast_possible_truncation, reason = "below `bound`")]
            return ((i64::from(bound) * i64::from(self.next(31))) >> 31) as i32;
        }
        loop {
            let bits = self.next(31);
            let value = bits % bound;
            // The last, incomplete run of values is drawn again.
            if bits.checked_sub(value).and_then(|start| start.checked_add(bound - 1)).is_some() {
                return value;
            }
        }
    }

    /// `nextLong()`.
    pub fn next_long(&mut self) -> i64 {
        (i64::from(self.next(32)) << 32).wrapping_add(i64::from(self.next(32)))
    }

    /// `nextBoolean()`.
    pub fn next_boolean(&mut self) -> bool {
        self.next(1) != 0
    }

    /// `nextDouble()`, uniform in `[0, 1)`.
    pub fn next_double(&mut self) -> f64 {
        let bits = (i64::from(self.next(26)) << 27) + i64::from(self.next(27));
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let bits = bits as f64;
        bits / 9_007_199_254_740_992.0
    }

    /// `nextGaussian()`, by the polar method.
    pub fn next_gaussian(&mut self) -> f64 {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        loop {
            let (a, b) = (2.0 * self.next_double() - 1.0, 2.0 * self.next_double() - 1.0);
            let square = a * a + b * b;
            if square < 1.0 && square != 0.0 {
                let scale = (-2.0 * square.ln() / square).sqrt();
                self.kept = Some(b * scale);
                return a * scale;
            }
        }
    }

    /// Weka's shuffle of a data set's rows: from the last row down, each swapped with one up to it.
    pub fn shuffle<T>(&mut self, rows: &mut [T]) {
        for j in (1..rows.len()).rev() {
            let bound = i32::try_from(j + 1).unwrap_or(i32::MAX);
            rows.swap(j, usize::try_from(self.next_below(bound)).unwrap_or(0));
        }
    }
}

/// `String.hashCode()`: over the UTF-16 units of the text, h = 31 h + unit, wrapping.
pub fn string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// Weka's order of rows for `folds` stratified folds: rows of a class swapped together, then dealt out. `class` tells
/// a row's class.
pub fn stratify(rows: &mut Vec<usize>, folds: usize, class: impl Fn(usize) -> usize) {
    let mut index = 1;
    while index < rows.len() {
        let pivot = class(rows[index - 1]);
        let mut candidate = index;
        while candidate < rows.len() {
            if class(rows[candidate]) == pivot {
                rows.swap(index, candidate);
                index += 1;
            }
            candidate += 1;
        }
        index += 1;
    }
    let n = rows.len();
    *rows = (0..folds).flat_map(|start| (start..n).step_by(folds)).map(|place| rows[place]).collect();
}

/// Weka's cross-validation: training and test rows of each fold. Shuffled, stratified where there are classes, cut
/// into blocks; each fold's training rows are shuffled again by the same generator.
pub fn folds(rows: usize, folds: usize, class: Option<&[usize]>, random: &mut Random) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut order: Vec<usize> = (0..rows).collect();
    random.shuffle(&mut order);
    if let Some(codes) = class {
        stratify(&mut order, folds, |row| codes[row]);
    }
    let (size, longer) = (rows / folds.max(1), rows % folds.max(1));
    let mut start = 0;
    (0..folds)
        .map(|fold| {
            let end = start + size + usize::from(fold < longer);
            let test = order[start..end].to_vec();
            let mut train: Vec<usize> = order[..start].iter().chain(&order[end..]).copied().collect();
            random.shuffle(&mut train);
            start = end;
            (train, test)
        })
        .collect()
}
