//! The critical difference diagram (Demsar 2006, Figure 1): average ranks on an axis, the best to the left, and bars over
//! methods that the critical difference does not separate.

use super::{Svg, at, colour, cut, marker, width};
use crate::report::number::{fixed, float};
use crate::report::significance::{Ranks, Significance};

/// Width of the axis of ranks.
const LONG: f64 = 300.0;
const AXIS: f64 = 52.0;
const BAR: f64 = 9.0;
const LINE: f64 = 21.0;
/// Room for a rank beside its method's line.
const RANK: f64 = 34.0;
/// A name takes no more room than this.
const NAME: f64 = 190.0;

/// Where the axis begins and ends, and how wide the drawing is.
struct Across {
    left: f64,
    right: f64,
    width: f64,
}

impl Across {
    fn of(names: [f64; 2]) -> Across {
        let side = |name: f64| name.min(NAME) + RANK + 24.0;
        // To the left stand the words "mean rank" and the critical difference, too.
        let left = side(names[0]).max(84.0);
        let right = left + LONG;
        Across { left, right, width: right + side(names[1]) }
    }

    fn place(&self, rank: f64, count: usize) -> f64 {
        self.left + (rank - 1.0) / float(count.max(2) - 1) * (self.right - self.left)
    }
}

/// How wide the drawing is.
pub fn width_of(of: &Significance) -> f64 {
    of.ranks.as_ref().map_or(0.0, |ranks| across(of, ranks).width)
}

fn across(of: &Significance, ranks: &Ranks) -> Across {
    let order = &ranks.nemenyi.order;
    let widest = |methods: &[usize]| methods.iter().map(|at| width(&of.methods[*at].0, 12.0)).fold(0.0, f64::max);
    let (left, right) = order.split_at(order.len().div_ceil(2));
    Across::of([widest(left), widest(right)])
}

/// The drawing; empty without ranks.
pub fn draw(of: &Significance, id: &str) -> String {
    let Some(ranks) = &of.ranks else { return String::new() };
    let count = of.methods.len();
    let across = across(of, ranks);
    let place = |rank: f64| across.place(rank, count);
    let bars = AXIS + 14.0 + BAR * float(ranks.nemenyi.groups.len());
    let half = count.div_ceil(2);
    let height = bars + LINE * float(half) + 10.0;
    let cd = fixed(ranks.nemenyi.critical_difference, 2);
    let title = format!("Critical difference diagram: {}", of.metric.label);
    let about =
        format!("Average ranks of {count} methods over {} data sets; critical difference {cd}.", ranks.datasets);
    let mut svg = Svg::new(across.width, height, id, &title, &about);
    axis(&mut svg, ranks, count, &across);
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
        draw_method(&mut svg, of, ranks, method, [place(ranks.average[method]), y], left, &across);
    }
    svg.finish()
}

/// The axis with whole ranks, and the critical difference as a length above it.
fn axis(svg: &mut Svg, ranks: &Ranks, count: usize, across: &Across) {
    let left = across.left;
    svg.path("cda", &format!("M{} {}H{}", at(left), at(AXIS), at(across.right)), None);
    for rank in 1..=count {
        let x = across.place(float(rank), count);
        svg.path("cda", &format!("M{} {}v-6", at(x), at(AXIS)), None);
        svg.text("ax", x, AXIS - 10.0, "middle", &rank.to_string());
    }
    let cd = ranks.nemenyi.critical_difference;
    let length = (across.place(1.0 + cd, count) - left).min(across.width - 10.0 - left);
    let y = 18.0;
    let line = format!("M{} {}v6M{} {}h{}m0 -3v6", at(left), at(y - 3.0), at(left), at(y), at(length));
    svg.path("cda", &line, None);
    svg.text("axt", left - 8.0, y + 4.0, "end", &format!("CD = {}", fixed(cd, 2)));
    svg.text("axt", left - 8.0, AXIS + 1.0, "end", "mean rank");
}

fn draw_method(
    svg: &mut Svg,
    of: &Significance,
    ranks: &Ranks,
    method: usize,
    [x, y]: [f64; 2],
    left: bool,
    across: &Across,
) {
    let (name, series) = &of.methods[method];
    let (edge, away, anchor) = if left { (across.left, -1.0, "end") } else { (across.right, 1.0, "start") };
    svg.path("cdl", &format!("M{} {}V{}H{}", at(x), at(AXIS), at(y), at(edge + 14.0 * away)), None);
    svg.path(&colour('c', *series), &marker(*series, x, AXIS, 3.6), None);
    svg.text("ax", edge + 18.0 * away, y + 4.0, anchor, &fixed(ranks.average[method], 2));
    svg.text("cdt", edge + (18.0 + RANK) * away, y + 4.0, anchor, &cut(name, NAME, 12.0));
}
