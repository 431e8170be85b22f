//! The order in which tied keys come out: Weka's sort of index arrays is not stable, so ties fall as this quicksort
//! leaves them (median of three, pivot beside the right end).

/// The indices of `keys` in ascending order. NaN counts as the largest.
pub fn ascending(keys: &[f64]) -> Vec<usize> {
    let keys: Vec<f64> = keys.iter().map(|key| if key.is_nan() { f64::MAX } else { *key }).collect();
    let mut index: Vec<usize> = (0..keys.len()).collect();
    if !index.is_empty() {
        let last = index.len() - 1;
        sort(&keys, &mut index, 0, last);
    }
    index
}

fn swap_if_larger(keys: &[f64], index: &mut [usize], a: usize, b: usize) {
    if keys[index[a]] > keys[index[b]] {
        index.swap(a, b);
    }
}

/// Orders left, middle and right among each other; all of it, where there are three.
fn three(keys: &[f64], index: &mut [usize], left: usize, right: usize) -> usize {
    let middle = usize::midpoint(left, right);
    swap_if_larger(keys, index, left, middle);
    swap_if_larger(keys, index, left, right);
    swap_if_larger(keys, index, middle, right);
    middle
}

fn sort(keys: &[f64], index: &mut [usize], left: usize, right: usize) {
    match right - left {
        0 => {}
        1 => swap_if_larger(keys, index, left, right),
        2 => {
            three(keys, index, left, right);
        }
        _ => {
            let middle = three(keys, index, left, right);
            index.swap(middle, right - 1);
            let pivot = keys[index[right - 1]];
            let (mut up, mut down) = (left, right - 1);
            let meeting = loop {
                up += 1;
                while keys[index[up]] < pivot {
                    up += 1;
                }
                down -= 1;
                while keys[index[down]] > pivot {
                    down -= 1;
                }
                if up >= down {
                    break up;
                }
                index.swap(up, down);
            };
            index.swap(meeting, right - 1);
            if meeting > left {
                sort(keys, index, left, meeting - 1);
            }
            if meeting < right {
                sort(keys, index, meeting + 1, right);
            }
        }
    }
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

    #[test]
    fn ties_fall_as_the_quicksort_leaves_them() {
        // By hand: the middle goes beside the right end, the scans exchange what equals it, and it goes where they meet.
        assert_eq!(ascending(&[1.0; 4]), [0, 1, 2, 3]);
        assert_eq!(ascending(&[1.0; 5]), [0, 3, 2, 1, 4]);
        assert_eq!(ascending(&[2.0, 1.0]), [1, 0]);
    }
}
