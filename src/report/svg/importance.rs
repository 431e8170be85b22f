//! Bars of shares, one below the other.

use super::frame::ends;
use super::scale::Scale;
use super::{Svg, at, cut, width};
use crate::report::figure::importance::{Importance, ImportancePanel, Term};
use crate::report::number::{fixed, float};

const WIDTH: f64 = 440.0;
const TOP: f64 = 6.0;
const TALL: f64 = 22.0;
/// So many terms are drawn: the largest.
pub const MOST_TERMS: usize = 15;

/// One drawing a panel.
pub fn draw(figure: &Importance, id: &str) -> Vec<(String, String)> {
    let panels = figure.panels.iter().enumerate();
    panels.map(|(i, panel)| (panel.title.clone(), draw_panel(figure, panel, &format!("{id}p{i}")))).collect()
}

fn draw_panel(figure: &Importance, panel: &ImportancePanel, id: &str) -> String {
    let terms = &panel.terms[..panel.terms.len().min(MOST_TERMS)];
    let left = terms.iter().map(|term| width(&term.name, 12.0)).fold(0.0, f64::max).min(190.0) + 10.0;
    let bottom = TOP + TALL * float(terms.len().max(1));
    let place = if panel.title.is_empty() { String::new() } else { format!("{}: ", panel.title) };
    let title = format!("{place}what moves {}", figure.metric.label);
    let about = format!("{} bars of the {}.", terms.len(), figure.x);
    let mut svg = Svg::new(WIDTH, bottom + 40.0, id, &title, &about);
    let values = terms.iter().flat_map(|term| [term.share, term.ends.map_or(term.share, |(_, high)| high)]);
    let lows = terms.iter().map(|term| term.ends.map_or(term.share, |(low, _)| low));
    let (low, high) = ends(values.chain(lows).chain([0.0])).unwrap_or((0.0, 1.0));
    let right = WIDTH - 44.0;
    let across = if low < high { Scale::new(low, high, left, right, 4) } else { Scale::new(0.0, 1.0, left, right, 4) };
    for tick in &across.ticks {
        let x = across.place(*tick);
        svg.path("grid", &format!("M{} {}V{}", at(x), at(TOP), at(bottom)), None);
        svg.text("ax", x, bottom + 15.0, "middle", &across.label(*tick));
    }
    for (i, term) in terms.iter().enumerate() {
        draw_term(&mut svg, term, &across, left, TOP + TALL * float(i));
    }
    svg.path("base", &format!("M{} {}V{}", at(across.place(0.0)), at(TOP), at(bottom)), None);
    svg.text("axt", f64::midpoint(left, right), bottom + 34.0, "middle", &cut(&figure.x, right - left, 11.5));
    svg.finish()
}

fn draw_term(svg: &mut Svg, term: &Term, across: &Scale, left: f64, y: f64) {
    let (zero, end) = (across.place(0.0), across.place(term.share));
    let tip = format!("{}: {}", term.name, fixed(term.share, 3));
    // Interactions are paler: the bars of single parameters are what one looks for first.
    let class = if term.is_interaction { "c-m5 pale" } else { "c-m5" };
    svg.rect(class, [zero.min(end), y + 3.0, (end - zero).abs(), TALL - 6.0], Some(&tip));
    svg.text("lab", left - 6.0, y + TALL / 2.0 + 4.0, "end", &cut(&term.name, left - 10.0, 12.0));
    let mut far = zero.max(end);
    if let Some((low, high)) = term.ends {
        let (from, to) = (across.place(low), across.place(high));
        let middle = y + TALL / 2.0;
        svg.path(
            "err",
            &format!(
                "M{} {}H{}M{} {}v6M{} {}v6",
                at(from),
                at(middle),
                at(to),
                at(from),
                at(middle - 3.0),
                at(to),
                at(middle - 3.0)
            ),
            None,
        );
        far = far.max(to);
    }
    svg.text("ax", far + 5.0, y + TALL / 2.0 + 4.0, "start", &fixed(term.share, 3));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameter::Values;

    #[test]
    fn bars_end_at_their_shares() {
        let term = |name: &str, share: f64, ends| Term { name: name.to_owned(), share, ends, is_interaction: false };
        let terms = vec![term("learning-rate", 0.6, Some((0.5, 0.7))), term("batch-size", 0.25, None)];
        let figure = Importance {
            metric: crate::metric::find("acc").unwrap(),
            statistic: String::new(),
            x: "share of the variance".to_owned(),
            panels: vec![ImportancePanel { title: String::new(), terms }],
            panels_left_out: 0,
            only: Values::new(),
        };
        let (_, svg) = draw(&figure, "f1").remove(0);
        let number = |part: &str, name: &str| -> f64 {
            part.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        let tick = |label: &str| {
            let part = svg.split("<text class=\"ax\"").find(|part| part.contains(&format!("\"middle\">{label}<")));
            number(part.unwrap(), "x")
        };
        let unit = (tick("0.6") - tick("0.0")) / 0.6;
        let bars: Vec<&str> = svg.split("<rect class=\"c-m5\"").skip(1).collect();
        for (bar, share) in bars.iter().zip([0.6, 0.25]) {
            assert!((number(bar, "x") - tick("0.0")).abs() < 1.0);
            assert!((number(bar, "width") - share * unit).abs() < 1.0, "{bar}");
        }
        assert_eq!(bars.len(), 2);
    }
}
