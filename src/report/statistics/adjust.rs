//! p-values of several comparisons made one family.

use serde::Serialize;

use crate::report::number::float;

/// How p-values are adjusted for their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// Step-down (Holm 1979): the family-wise error, under any dependence.
    Holm,
    /// Times their number: the family-wise error.
    Bonferroni,
    /// Step-up (Benjamini and Hochberg 1995): the false discovery rate.
    BenjaminiHochberg,
    /// Step-up (Hochberg 1988): the family-wise error, of independent tests.
    Hochberg,
}

impl Adjustment {
    /// Every one.
    pub const ALL: [Adjustment; 4] =
        [Adjustment::Holm, Adjustment::Bonferroni, Adjustment::BenjaminiHochberg, Adjustment::Hochberg];

    /// The adjusted p-values, in the order given. NaN stands for a test that was not made: it stays and does not count.
    pub fn apply(self, p: &[f64]) -> Vec<f64> {
        let mut order: Vec<usize> = (0..p.len()).filter(|i| !p[*i].is_nan()).collect();
        order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
        let tests = float(order.len());
        let mut adjusted = vec![f64::NAN; p.len()];
        // `place` counts from the smallest p-value, from 0.
        let factor = |place: usize| match self {
            Adjustment::Holm | Adjustment::Hochberg => tests - float(place),
            Adjustment::Bonferroni => tests,
            Adjustment::BenjaminiHochberg => tests / float(place + 1),
        };
        let raised = |place: usize| (p[order[place]] * factor(place)).min(1.0);
        match self {
            // Step-down: none below one with a smaller p-value.
            Adjustment::Holm | Adjustment::Bonferroni => {
                let mut least = 0.0_f64;
                for (place, i) in order.iter().enumerate() {
                    least = least.max(raised(place));
                    adjusted[*i] = least;
                }
            }
            // Step-up: none above one with a larger p-value.
            Adjustment::BenjaminiHochberg | Adjustment::Hochberg => {
                let mut most = 1.0_f64;
                for (place, i) in order.iter().enumerate().rev() {
                    most = most.min(raised(place));
                    adjusted[*i] = most;
                }
            }
        }
        adjusted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_that_were_not_made_do_not_count() {
        let adjusted = Adjustment::Bonferroni.apply(&[0.02, f64::NAN, 0.03]);
        assert_eq!((adjusted[0], adjusted[2]), (0.04, 0.06));
        assert!(adjusted[1].is_nan() && Adjustment::Holm.apply(&[]).is_empty());
    }

    #[test]
    fn the_order_of_the_p_values_is_kept() {
        let p = [0.01, 0.04, 0.03, 0.005];
        for adjustment in Adjustment::ALL {
            let adjusted = adjustment.apply(&p);
            for (i, j) in (0..4).flat_map(|i| (0..4).map(move |j| (i, j))) {
                assert!(p[i] > p[j] || adjusted[i] <= adjusted[j], "{adjustment:?}: {adjusted:?}");
            }
            assert!(adjusted.iter().zip(p).all(|(adjusted, p)| *adjusted >= p && *adjusted <= 1.0));
        }
    }
}
