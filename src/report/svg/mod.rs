//! A small writer of SVG: classes for colours (the page's theme decides), a title, a description, one decimal.

pub mod bars;
pub mod boxes;
pub mod confusion;
pub mod critical;
pub mod curves;
pub mod embedding;
pub mod frame;
pub mod heat_map;
pub mod importance;
pub mod lines;
pub mod parallel;
pub mod scale;
pub mod scatter;

use std::fmt::Write;

/// Text with what HTML and XML would read as markup replaced.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Control characters may not stand in XML at all.
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A coordinate: one decimal, none where it is whole.
pub fn at(x: f64) -> String {
    let text = format!("{x:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text cut to a width in user units, with an ellipsis. Letters are taken to be as wide as an average one.
pub fn cut(text: &str, width: f64, size: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let room = (width / (0.56 * size)).max(0.0) as usize;
    if text.chars().count() <= room {
        return text.to_owned();
    }
    if room < 3 {
        return String::new();
    }
    let mut short: String = text.chars().take(room - 1).collect();
    short.push('…');
    short
}

/// How wide a text is, about.
pub fn width(text: &str, size: f64) -> f64 {
    super::number::float(text.chars().count()) * 0.56 * size
}

/// One drawing.
pub struct Svg {
    body: String,
    head: String,
}

impl Svg {
    /// An empty drawing; `id` must be unique on the page.
    pub fn new(width: f64, height: f64, id: &str, title: &str, about: &str) -> Svg {
        let (title, about) = (escape(title), escape(about));
        let head = format!(
            "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}t {id}d\"><title id=\"{id}t\">{title}</title>\
             <desc id=\"{id}d\">{about}</desc>",
            at(width),
            at(height)
        );
        Svg { body: String::new(), head }
    }

    /// A path, with a tooltip where there is one.
    pub fn path(&mut self, class: &str, d: &str, tip: Option<&str>) {
        match tip {
            Some(tip) => {
                let _ = write!(self.body, "<path class=\"{class}\" d=\"{d}\"><title>{}</title></path>", escape(tip));
            }
            None => {
                let _ = write!(self.body, "<path class=\"{class}\" d=\"{d}\"/>");
            }
        }
    }

    /// A rectangle.
    pub fn rect(&mut self, class: &str, [x, y, width, height]: [f64; 4], tip: Option<&str>) {
        let _ = write!(
            self.body,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            at(x),
            at(y),
            at(width.max(0.0)),
            at(height.max(0.0))
        );
        match tip {
            Some(tip) => {
                let _ = write!(self.body, "><title>{}</title></rect>", escape(tip));
            }
            None => self.body.push_str("/>"),
        }
    }

    /// A circle.
    pub fn circle(&mut self, class: &str, x: f64, y: f64, r: f64) {
        let _ = write!(self.body, "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", at(x), at(y), at(r));
    }

    /// Text; `anchor` is `start`, `middle` or `end`. Nothing is written for an empty text.
    pub fn text(&mut self, class: &str, x: f64, y: f64, anchor: &str, text: &str) {
        if !text.is_empty() {
            let _ = write!(
                self.body,
                "<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
                at(x),
                at(y),
                escape(text)
            );
        }
    }

    /// Short texts around these places, one element for all.
    pub fn texts(&mut self, class: &str, texts: &[(f64, f64, String)]) {
        let _ = write!(self.body, "<text class=\"{class}\" text-anchor=\"middle\">");
        for (x, y, text) in texts {
            let _ = write!(self.body, "<tspan x=\"{}\" y=\"{}\">{}</tspan>", at(*x), at(*y), escape(text));
        }
        self.body.push_str("</text>");
    }

    /// Text turned to be read from below.
    pub fn text_up(&mut self, class: &str, x: f64, y: f64, text: &str) {
        let _ = write!(
            self.body,
            "<text class=\"{class}\" transform=\"translate({} {})rotate(-90)\" text-anchor=\"middle\">{}</text>",
            at(x),
            at(y),
            escape(text)
        );
    }

    /// The drawing as text.
    pub fn finish(self) -> String {
        format!("{}{}</svg>", self.head, self.body)
    }
}

/// Six colours, in the order of first appearance; a seventh method has the first one's, hatched.
pub const COLOURS: usize = 6;

/// The class of a method's colour: `c` fills, `s` strokes, `b` is a background.
pub fn colour(kind: char, series: usize) -> String {
    format!("{kind}-m{}", series % COLOURS)
}

/// Which hatching a method has beside its colour: 0 is none.
pub fn hatching(series: usize) -> usize {
    (series / COLOURS) % 4
}

/// Lines of a hatching over a rectangle, drawn rather than a pattern so that a copied drawing keeps them.
pub fn hatch([x, y, width, height]: [f64; 4], series: usize) -> String {
    let mut d = String::new();
    let kind = hatching(series);
    if kind == 0 || width < 1.0 || height < 1.0 {
        return d;
    }
    let (step, rise) = (5.0, if kind == 3 { 0.0 } else { width });
    let mut k = step / 2.0;
    while k < height + rise {
        // The line y = k - t rise for t in 0..1, kept inside the rectangle.
        let (from, to) =
            if rise == 0.0 { (0.0, 1.0) } else { (((k - height) / rise).clamp(0.0, 1.0), (k / rise).clamp(0.0, 1.0)) };
        let place = |t: f64| {
            let across = if kind == 2 { 1.0 - t } else { t };
            format!("{} {}", at(x + across * width), at(y + k - t * rise))
        };
        if to > from {
            let _ = write!(d, "M{}L{}", place(from), place(to));
        }
        k += step;
    }
    d
}

/// A method's marker around a point, as a path.
pub fn marker(series: usize, x: f64, y: f64, r: f64) -> String {
    let p = |dx: f64, dy: f64| format!("{} {}", at(x + dx * r), at(y + dy * r));
    match series % COLOURS {
        0 => format!("M{}A{r} {r} 0 1 1 {}A{r} {r} 0 1 1 {}z", p(-1.0, 0.0), p(1.0, 0.0), p(-1.0, 0.0)),
        1 => format!("M{}L{}L{}L{}z", p(-0.85, -0.85), p(0.85, -0.85), p(0.85, 0.85), p(-0.85, 0.85)),
        2 => format!("M{}L{}L{}z", p(0.0, -1.1), p(1.0, 0.75), p(-1.0, 0.75)),
        3 => format!("M{}L{}L{}L{}z", p(0.0, -1.2), p(1.2, 0.0), p(0.0, 1.2), p(-1.2, 0.0)),
        4 => format!("M{}L{}L{}z", p(0.0, 1.1), p(1.0, -0.75), p(-1.0, -0.75)),
        _ => format!(
            "M{}L{}L{}L{}L{}L{}L{}L{}L{}L{}L{}L{}z",
            p(-0.4, -1.1),
            p(0.4, -1.1),
            p(0.4, -0.4),
            p(1.1, -0.4),
            p(1.1, 0.4),
            p(0.4, 0.4),
            p(0.4, 1.1),
            p(-0.4, 1.1),
            p(-0.4, 0.4),
            p(-1.1, 0.4),
            p(-1.1, -0.4),
            p(-0.4, -0.4)
        ),
    }
}

/// A published value's diamond.
pub fn diamond(x: f64, y: f64, r: f64) -> String {
    format!("M{} {}l{r} {r}l-{r} {r}l-{r}-{r}z", at(x), at(y - r))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_stays_text() {
        let mut svg = Svg::new(10.0, 10.0, "f1", "<script>", "a & \"b\"");
        svg.text("ax", 1.0, 2.05, "end", "</svg><script>");
        let text = svg.finish();
        assert!(!text.contains("<script>"), "{text}");
        assert!(text.contains("&lt;/svg&gt;&lt;script&gt;"), "{text}");
    }

    #[test]
    fn hatching_begins_with_the_seventh() {
        assert_eq!(hatch([0.0, 0.0, 10.0, 10.0], 5), "");
        assert!(hatch([0.0, 0.0, 10.0, 10.0], 6).starts_with('M'));
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(cut("short", 100.0, 12.0), "short");
        assert!(cut("a very long name of a method", 60.0, 12.0).ends_with('…'));
        assert_eq!(cut("abc", 5.0, 12.0), "");
    }
}
