//! Axes: round ticks and where a value lies between them.

use super::super::number::{MINUS, fixed, float};

/// A linear or logarithmic axis from one round number to another.
#[derive(Clone, Debug)]
pub struct Scale {
    /// Ends in values.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Round numbers between, the ends among them where they are round.
    pub ticks: Vec<f64>,
    /// Decimals of the ticks' labels.
    decimals: usize,
    logarithmic: bool,
    /// Where the ends are drawn.
    from: f64,
    to: f64,
}

impl Scale {
    /// Over the values, its ends round numbers, drawn between two places; about so many steps.
    pub fn new(low: f64, high: f64, from: f64, to: f64, about: usize) -> Scale {
        let (low, high) = spread(low, high);
        let step = round_step((high - low) / float(about.max(1)));
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful of ticks")]
        let count = (last - first).clamp(1.0, 50.0) as usize;
        let ticks: Vec<f64> = (0..=count).map(|i| (first + float(i)) * step).collect();
        Scale {
            low: first * step,
            high: last * step,
            ticks,
            decimals: step_decimals(step),
            logarithmic: false,
            from,
            to,
        }
    }

    /// With the ends exactly as given: for steps along x.
    pub fn exact(low: f64, high: f64, from: f64, to: f64, about: usize) -> Scale {
        let mut scale = Scale::new(low, high, from, to, about);
        let (low, high) = spread(low, high);
        scale.ticks.retain(|tick| *tick >= low && *tick <= high);
        (scale.low, scale.high) = (low, high);
        scale
    }

    /// With a tick at each of some sorted values, the first and the last at the ends; a single one in the middle.
    pub fn of_values(values: &[f64], logarithmic: bool, from: f64, to: f64) -> Scale {
        let first = values.first().copied().unwrap_or(0.0);
        let last = values.last().copied().unwrap_or(first);
        let (low, high) = spread(first, last);
        let logarithmic = logarithmic && low > 0.0 && (low, high) == (first, last);
        Scale { low, high, ticks: values.to_vec(), decimals: 0, logarithmic, from, to }
    }

    /// Over many values, the ends exactly as they are: round ticks between, on a logarithmic axis 1, 2 or 5 times a
    /// power of ten.
    pub fn over(values: &[f64], logarithmic: bool, from: f64, to: f64) -> Scale {
        let mut scale = Scale::of_values(values, logarithmic, from, to);
        if !scale.logarithmic {
            return Scale::exact(scale.low, scale.high, from, to, 5);
        }
        let powers = Scale::logarithmic(scale.low, scale.high, from, to).ticks;
        let inside = |ticks: Vec<f64>| -> Vec<f64> {
            ticks.into_iter().filter(|tick| *tick >= scale.low && *tick <= scale.high).collect()
        };
        let finer = powers.iter().flat_map(|power| [*power, 2.0 * power, 5.0 * power]).collect();
        scale.ticks = Some(inside(powers)).filter(|ticks| ticks.len() > 2).unwrap_or_else(|| inside(finer));
        scale
    }

    /// Powers of ten; both ends must be above zero.
    pub fn logarithmic(low: f64, high: f64, from: f64, to: f64) -> Scale {
        #[expect(clippy::cast_possible_truncation, reason = "logarithms of finite numbers are small")]
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let last = last.max(first + 1);
        let step = (last - first + 5) / 6;
        let ticks = (first..=last).filter(|power| (power - first) % step == 0).map(|power| 10f64.powi(power)).collect();
        Scale { low: 10f64.powi(first), high: 10f64.powi(last), ticks, decimals: 0, logarithmic: true, from, to }
    }

    /// Where a value is drawn; what lies outside is drawn at the end.
    pub fn place(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let share = if self.logarithmic {
            (value.log10() - self.low.log10()) / (self.high.log10() - self.low.log10())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + share * (self.to - self.from)
    }

    /// A tick's label.
    pub fn label(&self, tick: f64) -> String {
        if !self.logarithmic {
            return fixed(tick, self.decimals);
        }
        if (0.001..=10_000.0).contains(&tick) {
            return format!("{tick}");
        }
        format!("{tick:e}").replace('-', MINUS)
    }
}

/// Some room where all values are the same, or none are finite.
fn spread(low: f64, high: f64) -> (f64, f64) {
    if !(low.is_finite() && high.is_finite()) || low > high {
        return (0.0, 1.0);
    }
    if high - low > 1e-12 * low.abs().max(high.abs()).max(1e-9) {
        return (low, high);
    }
    let room = if low == 0.0 { 0.5 } else { low.abs() * 0.05 };
    (low - room, high + room)
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn round_step(raw: f64) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let digit = raw / power;
    let round = [1.0, 2.0, 2.5, 5.0].into_iter().find(|round| digit <= round + 1e-9).unwrap_or(10.0);
    round * power
}

/// Decimals that show a step exactly.
fn step_decimals(step: f64) -> usize {
    (0..=8)
        .find(|&decimals| (step - format!("{step:.decimals$}").parse::<f64>().unwrap_or(0.0)).abs() < step * 1e-6)
        .unwrap_or(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        let scale = Scale::new(0.0, 0.57, 200.0, 10.0, 4);
        assert_eq!(scale.ticks.iter().map(|tick| scale.label(*tick)).collect::<Vec<_>>(), ["0.0", "0.2", "0.4", "0.6"]);
        assert_eq!(scale.place(0.0), 200.0);
        assert_eq!(scale.place(9.0), 10.0);
    }

    #[test]
    fn odd_ranges_do_not_panic() {
        for (low, high) in [(0.0, 0.0), (f64::NAN, 1.0), (5.0, 5.0), (-1e300, 1e300), (1e-320, 2e-320), (3.0, 1.0)] {
            let scale = Scale::new(low, high, 0.0, 100.0, 4);
            assert!(!scale.ticks.is_empty() && scale.ticks.len() <= 51, "{low} {high}");
            assert!(scale.place(low.max(0.0)).is_finite(), "{low} {high}");
        }
    }

    #[test]
    fn many_values_have_round_ticks_between_them() {
        let labels = |scale: &Scale| scale.ticks.iter().map(|tick| scale.label(*tick)).collect::<Vec<_>>();
        let scale = Scale::over(&[0.013, 0.2, 0.77], false, 0.0, 100.0);
        assert_eq!(
            (labels(&scale), scale.place(0.013), scale.place(0.77)),
            (["0.2", "0.4", "0.6"].map(str::to_owned).to_vec(), 0.0, 100.0)
        );
        let scale = Scale::over(&[3.1e-4, 0.01, 0.4], true, 0.0, 100.0);
        assert_eq!(labels(&scale), ["0.001", "0.01", "0.1"]);
        assert_eq!(labels(&Scale::over(&[3.0, 4.0, 40.0], true, 0.0, 100.0)), ["5", "10", "20"]);
        for values in [&[][..], &[2.0], &[0.0, 0.0], &[-1.0, 5.0]] {
            assert!(Scale::over(values, true, 0.0, 100.0).place(1.0).is_finite(), "{values:?}");
        }
    }

    #[test]
    fn logarithmic_ticks_are_powers() {
        let scale = Scale::logarithmic(0.02, 40.0, 0.0, 100.0);
        assert_eq!(
            scale.ticks.iter().map(|tick| scale.label(*tick)).collect::<Vec<_>>(),
            ["0.01", "0.1", "1", "10", "100"]
        );
    }
}
