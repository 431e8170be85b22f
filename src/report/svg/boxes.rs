//! Box plots.

use super::scale::Scale;
use super::{Svg, at, colour, cut, width};
use crate::report::figure::boxes::{BoxPanel, Boxes, OneBox};
use crate::report::number::{decimals, fixed, float};

const NARROW: f64 = 290.0;
const WIDE: f64 = 440.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 156.0;
/// A box with more trials shows only those outside the whiskers.
const MOST_POINTS: usize = 60;

/// Whether the panels stand two by two rather than in threes.
pub fn is_wide(boxes: &Boxes) -> bool {
    matches!(boxes.panels.len(), 1 | 2 | 4)
}

/// One drawing a panel.
pub fn draw(boxes: &Boxes, id: &str) -> Vec<(String, String)> {
    let width = if is_wide(boxes) { WIDE } else { NARROW };
    let panels = boxes.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(boxes, panel, &format!("{id}p{i}"), width))).collect()
}

fn draw_panel(figure: &Boxes, panel: &BoxPanel, id: &str, across: f64) -> String {
    let values =
        || panel.boxes.iter().filter_map(|b| b.numbers.as_ref()).flat_map(|numbers| numbers.values.iter().copied());
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    let scale = Scale::new(low, high, BOTTOM, TOP, 4);
    let title = format!("{}: {} over {}", panel.title, figure.metric.label, figure.x);
    let about = format!("Box plots of {} trials for {} values of {}.", values().count(), panel.boxes.len(), figure.x);
    let mut svg = Svg::new(across, HEIGHT, id, &title, &about);
    let right = across - 6.0;
    for tick in &scale.ticks {
        let y = scale.place(*tick);
        svg.path("grid", &format!("M{} {}H{}", at(LEFT), at(y), at(right)), None);
        svg.text("ax", LEFT - 5.0, y + 3.5, "end", &scale.label(*tick));
    }
    let room = (right - LEFT) / float(panel.boxes.len().max(1));
    // Labels that would touch each other are thinned out rather than cut short of sense.
    let widest = panel.boxes.iter().map(|b| width(&b.label, 11.0)).fold(0.0, f64::max).min(90.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let every = ((widest + 6.0) / room).ceil().max(1.0) as usize;
    for (i, one) in panel.boxes.iter().enumerate() {
        let x = LEFT + (float(i) + 0.5) * room;
        draw_box(&mut svg, figure, panel.series, one, &scale, x, (room * 0.6).min(26.0));
        if i % every == 0 {
            svg.text("ax", x, BOTTOM + 15.0, "middle", &cut(&one.label, 90.0, 11.0));
        }
    }
    svg.text("axt", f64::midpoint(LEFT, right), HEIGHT - 9.0, "middle", &cut(&figure.x, right - LEFT, 11.5));
    svg.finish()
}

fn draw_box(svg: &mut Svg, figure: &Boxes, series: usize, one: &OneBox, scale: &Scale, x: f64, wide: f64) {
    let Some(numbers) = &one.numbers else {
        svg.text("ax", x, BOTTOM - 4.0, "middle", "–");
        return;
    };
    let [q1, median, q3] = numbers.quartiles;
    let (low, high) = numbers.whiskers;
    // An interpolated quartile may lie beyond every value that is not outside: no whisker goes into the box.
    let (from, to) = (low.min(q1), high.max(q3));
    let y = |value: f64| scale.place(value);
    let cap = wide / 4.0;
    svg.path(
        "err",
        &format!(
            "M{x} {}V{}M{x} {}V{}M{left} {}h{w}M{left} {}h{w}",
            at(y(from)),
            at(y(q1)),
            at(y(q3)),
            at(y(to)),
            at(y(from)),
            at(y(to)),
            x = at(x),
            left = at(x - cap),
            w = at(2.0 * cap),
        ),
        None,
    );
    let digits = decimals(figure.metric, [q1, median, q3].into_iter());
    let tip = format!(
        "{}: median {}, quartiles {} to {}, {} trials",
        one.label,
        fixed(median, digits),
        fixed(q1, digits),
        fixed(q3, digits),
        numbers.values.len()
    );
    let (fill, stroke) = (colour('c', series), colour('s', series));
    svg.rect(&format!("box {fill} {stroke}"), [x - wide / 2.0, y(q3), wide, y(q1) - y(q3)], Some(&tip));
    svg.path(&format!("med {stroke}"), &format!("M{} {}h{}", at(x - wide / 2.0), at(y(median)), at(wide)), None);
    let all = numbers.values.len() <= MOST_POINTS;
    for (i, value) in numbers.values.iter().enumerate() {
        let outside = *value < low || *value > high;
        if all || outside {
            // Set apart in a fixed pattern, so that equal values do not hide each other.
            let aside = (float(i * 7 % 5) - 2.0) * wide / 14.0;
            let class = if outside { format!("outl {stroke}") } else { "pt".to_owned() };
            svg.circle(&class, x + aside, y(*value), if outside { 2.4 } else { 1.7 });
        }
    }
}
