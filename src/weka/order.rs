//! The order in which tied keys come out: Weka's sort of index arrays is not stable, so ties fall as this quicksort
//! leaves them (median of three, pivot beside the right end).

/// Ranges of fewer keys are parted by scanning.
const SHORT: usize = 24;

/// The indices of `keys` in ascending order. NaN counts as the largest.
pub fn ascending(keys: &[f64]) -> Vec<usize> {
    let mut pairs: Vec<(f64, usize)> = keys.iter().copied().zip(0..).collect();
    sort(&mut pairs);
    pairs.into_iter().map(|(_, index)| index).collect()
}

/// Sorts pairs by their keys. NaN becomes the largest number.
pub fn sort(pairs: &mut [(f64, usize)]) {
    pairs.iter_mut().filter(|(key, _)| key.is_nan()).for_each(|(key, _)| *key = f64::MAX);
    let (mut high, mut low) = (vec![0; pairs.len()], vec![0; pairs.len()]);
    part(pairs, &mut high, &mut low);
}

/// The known ones of `values` with their indices, ascending, equal ones as they came (but -0 before 0).
pub fn known(values: impl Iterator<Item = f64>) -> Vec<(f64, usize)> {
    const SIGN: u64 = 1 << 63;
    let key = |value: f64| {
        let bits = value.to_bits();
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    };
    let known = values.enumerate().filter(|(_, value)| !value.is_nan());
    // Whole numbers are sorted without a branch.
    let mut keys: Vec<u128> = known.map(|(index, value)| (u128::from(key(value)) << 64) | index as u128).collect();
    keys.sort_unstable();
    let pair = |key: u128| {
        let bits = (key >> 64) as u64;
        let bits = if bits & SIGN == 0 { !bits } else { bits ^ SIGN };
        (f64::from_bits(bits), key as usize)
    };
    keys.into_iter().map(pair).collect()
}

fn swap_if_larger(pairs: &mut [(f64, usize)], a: usize, b: usize) {
    if pairs[a].0 > pairs[b].0 {
        pairs.swap(a, b);
    }
}

/// Orders first, middle and last among each other; all of it, where there are three.
fn three(pairs: &mut [(f64, usize)]) -> usize {
    let last = pairs.len() - 1;
    let middle = last / 2;
    swap_if_larger(pairs, 0, middle);
    swap_if_larger(pairs, 0, last);
    swap_if_larger(pairs, middle, last);
    middle
}

/// `high` and `low` are room for as many as there are pairs.
fn part(pairs: &mut [(f64, usize)], high: &mut [u32], low: &mut [u32]) {
    match pairs.len() {
        0 | 1 => {}
        2 => swap_if_larger(pairs, 0, 1),
        3 => {
            three(pairs);
        }
        rows => {
            let middle = three(pairs);
            pairs.swap(middle, rows - 2);
            let meeting = if rows < SHORT { scanned(pairs) } else { listed(pairs, high, low) };
            pairs.swap(meeting, rows - 2);
            part(&mut pairs[..meeting], high, low);
            part(&mut pairs[meeting + 1..], high, low);
        }
    }
}

/// Exchanges what is not below the pivot, from the left, with what is not above it, from the right; where they meet.
fn scanned(pairs: &mut [(f64, usize)]) -> usize {
    let (mut up, mut down) = (0, pairs.len() - 2);
    let pivot = pairs[down].0;
    loop {
        up += 1;
        while pairs[up].0 < pivot {
            up += 1;
        }
        down -= 1;
        while pairs[down].0 > pivot {
            down -= 1;
        }
        if up >= down {
            return up;
        }
        pairs.swap(up, down);
    }
}

/// The same, but first lists what is to be exchanged, without a branch that nobody could foresee.
fn listed(pairs: &mut [(f64, usize)], high: &mut [u32], low: &mut [u32]) -> usize {
    let end = pairs.len() - 2;
    let pivot = pairs[end].0;
    let (mut highs, mut lows) = (0, 0);
    for (place, (key, _)) in (1_u32..).zip(&pairs[1..end]) {
        high[highs] = place;
        highs += usize::from(*key >= pivot);
        low[lows] = place;
        lows += usize::from(*key <= pivot);
    }
    // The scan from the left never passes what was exchanged last.
    let mut bound = end;
    let lows = low[..lows].iter().rev().map(|place| *place as usize).chain([0]);
    let highs = high[..highs].iter().map(|place| *place as usize).chain([end]);
    for (up, down) in highs.zip(lows) {
        if up >= down {
            return up.min(bound);
        }
        pairs.swap(up, down);
        bound = down;
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_index_once_and_in_order(keys in proptest::collection::vec(0_u8..6, 0..60)) {
            let keys: Vec<f64> = keys.into_iter().map(f64::from).collect();
            let order = ascending(&keys);
            prop_assert!(order.windows(2).all(|pair| keys[pair[0]] <= keys[pair[1]]));
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..keys.len()).collect::<Vec<_>>());
        }
    }

    proptest! {
        #[test]
        fn listing_parts_as_scanning_does(keys in proptest::collection::vec(0_u8..40, 4..300)) {
            let mut pairs: Vec<(f64, usize)> = keys.into_iter().map(f64::from).zip(0..).collect();
            let (middle, beside) = (three(&mut pairs), pairs.len() - 2);
            pairs.swap(middle, beside);
            let mut other = pairs.clone();
            let (mut high, mut low) = (vec![0; pairs.len()], vec![0; pairs.len()]);
            prop_assert_eq!(scanned(&mut pairs), listed(&mut other, &mut high, &mut low));
            prop_assert_eq!(pairs, other);
        }
    }

    #[test]
    fn known_values_keep_the_order_of_equals() {
        let values = [2.0, f64::NAN, -1.0, 0.0, 2.0, -0.0, -3.5];
        let sorted = known(values.into_iter());
        assert_eq!(sorted, [(-3.5, 6), (-1.0, 2), (-0.0, 5), (0.0, 3), (2.0, 0), (2.0, 4)]);
        assert!(sorted[2].0.is_sign_negative());
    }

    #[test]
    fn ties_fall_as_the_quicksort_leaves_them() {
        // By hand: the middle goes beside the right end, the scans exchange what equals it, and it goes where they meet.
        assert_eq!(ascending(&[1.0; 4]), [0, 1, 2, 3]);
        assert_eq!(ascending(&[1.0; 5]), [0, 3, 2, 1, 4]);
        assert_eq!(ascending(&[2.0, 1.0]), [1, 0]);
    }
}
