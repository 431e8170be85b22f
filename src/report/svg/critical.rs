//! The critical difference diagram (Demsar 2006, Figure 1): average ranks on an axis, the best to the left, and bars over
//! methods that the critical difference does not separate.

use super::{Svg, at, colour, cut, marker};
use crate::report::number::{fixed, float};
use crate::report::significance::{Ranks, Significance};

const WIDTH: f64 = 720.0;
const LEFT: f64 = 210.0;
const RIGHT: f64 = 510.0;
const AXIS: f64 = 52.0;
const BAR: f64 = 9.0;
const LINE: f64 = 21.0;

/// The drawing; empty without ranks.
pub fn draw(of: &Significance, id: &str) -> String {
    let Some(ranks) = &of.ranks else { return String::new() };
    let count = of.methods.len();
    let place = |rank: f64| LEFT + (rank - 1.0) / float(count.max(2) - 1) * (RIGHT - LEFT);
    let bars = AXIS + 14.0 + BAR * float(ranks.nemenyi.groups.len());
    let half = count.div_ceil(2);
    let height = bars + LINE * float(half) + 10.0;
    let cd = fixed(ranks.nemenyi.critical_difference, 2);
    let title = format!("Critical difference diagram: {}", of.metric.label);
    let about =
        format!("Average ranks of {count} methods over {} data sets; critical difference {cd}.", ranks.datasets);
    let mut svg = Svg::new(WIDTH, height, id, &title, &about);
    axis(&mut svg, ranks, count, &place);
    // Greyed where the omnibus test shows no difference: the bars then say nothing.
    let faint = if ranks.rejected { "" } else { " faint" };
    for (i, group) in ranks.nemenyi.groups.iter().enumerate() {
        let (first, last) = (group[0], group[group.len() - 1]);
        let y = AXIS + 12.0 + BAR * float(i);
        let (from, to) = (place(ranks.average[first]) - 3.0, place(ranks.average[last]) + 3.0);
        svg.path(&format!("cdg{faint}"), &format!("M{} {}H{}", at(from), at(y), at(to)), None);
    }
    for (i, &method) in ranks.nemenyi.order.iter().enumerate() {
        let left = i < half;
        let row = if left { i } else { count - 1 - i };
        let y = bars + LINE * (float(row) + 0.5);
        draw_method(&mut svg, of, ranks, method, [place(ranks.average[method]), y], left);
    }
    svg.finish()
}

/// The axis with whole ranks, and the critical difference as a length above it.
fn axis(svg: &mut Svg, ranks: &Ranks, count: usize, place: &dyn Fn(f64) -> f64) {
    svg.path("cda", &format!("M{} {}H{}", at(LEFT), at(AXIS), at(RIGHT)), None);
    for rank in 1..=count {
        let x = at(place(float(rank)));
        svg.path("cda", &format!("M{x} {}v-6", at(AXIS)), None);
        svg.text("ax", place(float(rank)), AXIS - 10.0, "middle", &rank.to_string());
    }
    let cd = ranks.nemenyi.critical_difference;
    let length = (place(1.0 + cd) - LEFT).min(WIDTH - 10.0 - LEFT);
    let y = 18.0;
    let line = format!("M{} {}v6M{} {}h{}m0 -3v6", at(LEFT), at(y - 3.0), at(LEFT), at(y), at(length));
    svg.path("cda", &line, None);
    svg.text("axt", LEFT - 8.0, y + 4.0, "end", &format!("CD = {}", fixed(cd, 2)));
    svg.text("axt", LEFT - 8.0, AXIS + 1.0, "end", "mean rank");
}

fn draw_method(svg: &mut Svg, of: &Significance, ranks: &Ranks, method: usize, [x, y]: [f64; 2], left: bool) {
    let (name, series) = &of.methods[method];
    let (end, text, anchor) =
        if left { (LEFT - 14.0, LEFT - 20.0, "end") } else { (RIGHT + 14.0, RIGHT + 20.0, "start") };
    svg.path("cdl", &format!("M{} {}V{}H{}", at(x), at(AXIS), at(y), at(end)), None);
    svg.path(&colour('c', *series), &marker(*series, x, AXIS, 3.6), None);
    let rank = fixed(ranks.average[method], 2);
    let label =
        if left { format!("{} {rank}", cut(name, 150.0, 12.0)) } else { format!("{rank} {}", cut(name, 150.0, 12.0)) };
    svg.text("cdt", text, y + 4.0, anchor, &label);
}
