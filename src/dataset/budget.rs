//! How much memory reading a file may take, so that a damaged or hostile one cannot take all of it.

use bytesize::ByteSize;

/// A file may take this many times its size,
const GROWTH: u64 = 18;
/// and this much beside: with the readers' own buffers, 20 times the file and 64 MiB.
const SLACK: u64 = 48 << 20;
/// A packed table of small whole numbers or of many zeros is much smaller than its numbers as f64 (MNIST 39 times,
/// counts of words 70 to 190 times), so this many times its size are believed as well,
const PACKED_GROWTH: u64 = 100;
/// up to here.
const PACKED_MOST: u64 = 4 << 30;

/// Bytes that may still be taken while a file is read. A file of up to 600 KiB takes no more than 20 times its size
/// and 64 MiB, a larger one no more than 100 times its size where that is at most 4 GiB. A file written without
/// compression never comes near it.
#[derive(Debug)]
pub struct Budget {
    most: u64,
    left: u64,
    file: u64,
}

impl Budget {
    /// For a file of so many bytes.
    pub fn of(file: usize) -> Self {
        let file = file as u64;
        let plain = file.saturating_mul(GROWTH).saturating_add(SLACK);
        let most = plain.max(file.saturating_mul(PACKED_GROWTH).min(PACKED_MOST));
        Budget { most, left: most, file }
    }

    /// Takes `count` things of `size` bytes each.
    ///
    /// # Errors
    /// There is not so much left; the text goes on after the name of what wants it.
    pub fn take(&mut self, count: usize, size: usize) -> Result<(), String> {
        let wanted = (count as u64).checked_mul(size as u64);
        match wanted.and_then(|wanted| self.left.checked_sub(wanted)) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.refusal(wanted)),
        }
    }

    /// Hands back what is free again.
    pub fn give_back(&mut self, bytes: usize) {
        self.left = self.left.saturating_add(bytes as u64).min(self.most);
    }

    /// What may be unpacked in all, whether it is kept or skipped.
    pub fn most(&self) -> u64 {
        self.most
    }

    fn refusal(&self, wanted: Option<u64>) -> String {
        let wanted = wanted.map_or_else(|| "more memory than there is".to_owned(), shown);
        let (file, most) = (shown(self.file), shown(self.most));
        format!(
            "claims to hold {wanted}, more than a file of this size can hold: from {file} at most {most} are believed. \
             If it is whole, write it without compression"
        )
    }
}

fn shown(bytes: u64) -> String {
    ByteSize(bytes).display().iec().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_files_keep_to_the_bound_and_real_ratios_fit() {
        for file in [0, 1, 1000, 600 << 10] {
            assert!(Budget::of(file).most <= 20 * file as u64 + (64 << 20));
        }
        // MNIST's training images, and the packed counts of words that grow most.
        for (file, dense) in [(9_630_610, 60_000 * 784 * 8), (1_326_725, 5 * 1200 * 2000 * 8), (126_099, 24_004_000)] {
            Budget::of(file).take(dense, 1).expect("believed");
        }
        assert_eq!(Budget::of(100 << 20).most, 4 << 30);
        assert!(Budget::of(1 << 40).most >= 18 << 40);
    }

    #[test]
    fn what_is_taken_is_gone() {
        let mut budget = Budget::of(0);
        budget.take(40 << 20, 1).expect("there");
        assert!(budget.take(9 << 20, 1).expect_err("gone").contains("claims to hold 9.0 MiB"));
        budget.give_back(1 << 20);
        budget.take(9 << 20, 1).expect("there again");
        assert!(budget.take(usize::MAX, 8).expect_err("overflow").contains("more memory than there is"));
    }
}
