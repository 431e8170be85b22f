//! Cut points without a look at the classes.

/// `bins` intervals of the same width between the smallest and the largest value; none where they are the same.
pub fn equal_width(values: &[f64], bins: usize) -> Vec<f64> {
    let known = || values.iter().copied().filter(|value| !value.is_nan());
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    #[expect(clippy::cast_precision_loss, reason = "a count of bins")]
    let width = (high - low) / bins as f64;
    if !(width > 0.0 && width.is_finite()) {
        return Vec::new();
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of bins")]
    let cut = |bin: usize| low + bin as f64 * width;
    (1..bins).map(cut).collect()
}

/// At most `bins` intervals of about the same weight, cut between different values. Each interval aims at an equal share of
/// the weight that is left, and ends at the boundary before where that is strictly nearer.
pub fn equal_frequency(values: &[f64], weights: &[f64], bins: usize) -> Vec<f64> {
    let mut rows: Vec<(f64, f64)> =
        values.iter().copied().zip(weights.iter().copied()).filter(|(value, _)| !value.is_nan()).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut left: f64 = rows.iter().map(|(_, weight)| weight).sum();
    #[expect(clippy::cast_precision_loss, reason = "a count of bins")]
    let share = |left: f64, cuts: usize| left / (bins - cuts.min(bins - 1)) as f64;
    let mut target = share(left, 0);
    let mut cuts = Vec::new();
    let mut inside = 0.0;
    // The last boundary passed within this interval, with the weight up to it.
    let mut before: Option<(f64, f64)> = None;
    for pair in rows.windows(2) {
        let [(value, weight), (next, _)] = pair else { continue };
        inside += weight;
        left -= weight;
        if value >= next {
            continue;
        }
        let boundary = f64::midpoint(*value, *next);
        if inside < target {
            before = Some((boundary, inside));
            continue;
        }
        match before {
            Some((earlier, weight)) if target - weight < inside - target => {
                cuts.push(earlier);
                inside -= weight;
                before = Some((boundary, inside));
            }
            _ => {
                cuts.push(boundary);
                inside = 0.0;
                before = None;
            }
        }
        target = share(left + inside, cuts.len());
    }
    // The end of the values is a boundary like the others, except that nothing is cut there.
    if let Some((earlier, weight)) = before
        && target - weight < inside + left - target
    {
        cuts.push(earlier);
    }
    cuts.truncate(bins - 1);
    cuts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_one_width() {
        assert_eq!(equal_width(&[0.0, f64::NAN, 8.0], 4), [2.0, 4.0, 6.0]);
        assert!(equal_width(&[3.0, 3.0], 4).is_empty() && equal_width(&[f64::NAN], 4).is_empty());
        assert!(equal_width(&[0.0, 8.0], 1).is_empty());
    }

    #[test]
    fn intervals_of_one_weight() {
        let weights = [1.0; 6];
        assert_eq!(equal_frequency(&[6.0, 1.0, 2.0, 3.0, 4.0, 5.0], &weights, 3), [2.5, 4.5]);
        // Four equal values fill an interval by themselves; the boundary before them is nearer to a third than that behind.
        assert_eq!(equal_frequency(&[1.0, 2.0, 2.0, 2.0, 2.0, 3.0], &weights, 3), [1.5, 2.5]);
        assert_eq!(equal_frequency(&[1.0, 2.0, 3.0], &[2.0, 1.0, 1.0], 2), [1.5]);
        assert!(equal_frequency(&[1.0, 1.0], &weights, 3).is_empty() && equal_frequency(&[], &[], 3).is_empty());
        assert!(equal_frequency(&[1.0, 2.0], &weights, 1).is_empty());
    }
}
