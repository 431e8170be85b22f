//! What drawings with two axes have in common.

use super::scale::Scale;
use super::{Svg, at, colour, cut, marker, width};
use crate::report::number::float;

/// The room between the axes.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Left end.
    pub left: f64,
    /// Right end.
    pub right: f64,
    /// Upper end.
    pub top: f64,
    /// Lower end.
    pub bottom: f64,
}

impl Frame {
    /// Lines across at the upright axis' ticks, their labels, and what the axis is.
    pub fn upright(&self, svg: &mut Svg, scale: &Scale, title: &str) {
        for tick in &scale.ticks {
            let y = scale.place(*tick);
            svg.path("grid", &format!("M{} {}H{}", at(self.left), at(y), at(self.right)), None);
            svg.text("ax", self.left - 6.0, y + 3.5, "end", &scale.label(*tick));
        }
        let room = self.bottom - self.top;
        svg.text_up("axt", 10.0, f64::midpoint(self.top, self.bottom), &cut(title, room + 30.0, 11.5));
    }

    /// Labels below at these places; those that would touch the one before are left out, never the first.
    pub fn below<'a>(&self, svg: &mut Svg, labels: impl Iterator<Item = (f64, &'a str)>, title: &str) {
        let mut free = f64::NEG_INFINITY;
        for (x, label) in labels {
            let label = cut(label, 90.0, 11.0);
            let half = width(&label, 11.0) / 2.0;
            if x - half >= free {
                svg.text("ax", x, self.bottom + 15.0, "middle", &label);
                free = x + half + 5.0;
            }
        }
        let middle = f64::midpoint(self.left, self.right);
        svg.text("axt", middle, self.bottom + 34.0, "middle", &cut(title, self.right - self.left, 11.5));
    }
}

/// The upright axis over values: logarithmic where they span orders of magnitude.
pub fn upright_scale(low: f64, high: f64, bottom: f64, top: f64) -> (Scale, bool) {
    /// Beyond this ratio of largest to smallest value the axis is logarithmic.
    const LOGARITHMIC_FROM: f64 = 500.0;
    if low > 0.0 && high.is_finite() && high / low >= LOGARITHMIC_FROM {
        return (Scale::logarithmic(low, high, bottom, top), true);
    }
    (Scale::new(low, high, bottom, top, 4), false)
}

/// `seconds (log axis)`.
pub fn axis_title(name: &str, logarithmic: bool) -> String {
    format!("{name}{}", if logarithmic { " (log axis)" } else { "" })
}

/// Names at the ends of lines: height, name and place in the order of colours. They are moved apart where they would
/// touch.
pub fn name_ends(svg: &mut Svg, mut ends: Vec<(f64, &str, usize)>, right: f64, (top, bottom): (f64, f64)) {
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least = top;
    for end in &mut ends {
        end.0 = end.0.max(least);
        least = end.0 + 13.0;
    }
    let mut most = bottom;
    for end in ends.iter_mut().rev() {
        end.0 = end.0.min(most);
        most = end.0 - 13.0;
    }
    for (y, name, series) in ends {
        svg.path(&colour('c', series), &marker(series, right + 9.0, y, 3.4), None);
        svg.text("lab", right + 17.0, y + 4.0, "start", &cut(name, 118.0, 12.0));
    }
}

/// Where an upright axis stands so that its labels have room between it and what it is called.
pub fn left_of(scale: &Scale) -> f64 {
    // A telephone shows them larger.
    let widest = scale.ticks.iter().map(|tick| width(&scale.label(*tick), 11.0)).fold(0.0, f64::max);
    (1.2 * widest + 26.0).max(46.0)
}

/// Both ends of some values, or none where none is finite.
pub fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.filter(|value| value.is_finite());
    finite.fold(None, |ends: Option<(f64, f64)>, value| {
        Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    })
}

/// The middle of the n-th of so many equal parts between two places.
pub fn middle_of(n: usize, of: usize, from: f64, to: f64) -> f64 {
    from + (float(n) + 0.5) * (to - from) / float(of.max(1))
}
