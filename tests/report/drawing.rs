//! Reads drawings back: the page's SVG as elements, and the scale of an axis from its labels.

use std::collections::BTreeMap;

/// One element of a drawing.
#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub text: String,
    /// Its tooltip.
    pub tip: Option<String>,
}

impl Element {
    pub fn class(&self) -> &str {
        self.attributes.get("class").map_or("", String::as_str)
    }

    pub fn has(&self, class: &str) -> bool {
        self.class().split(' ').any(|word| word == class)
    }

    pub fn number(&self, name: &str) -> f64 {
        self.attributes[name].parse().unwrap()
    }

    /// The points that a path of moves and lines goes through.
    pub fn points(&self) -> Vec<(f64, f64)> {
        let d = self.attributes["d"].replace('z', "");
        let steps = d.split(['M', 'L']).filter(|step| !step.is_empty());
        steps
            .map(|step| {
                let mut numbers = step.split(' ').map(|number| number.parse().unwrap());
                (numbers.next().unwrap(), numbers.next().unwrap())
            })
            .collect()
    }
}

/// The drawings of a figure, one a panel.
pub fn panels(page: &str, number: usize) -> Vec<Vec<Element>> {
    let figure = page.split(&format!("<figure id=\"f{number}\">")).nth(1).unwrap().split("</figure>").next().unwrap();
    let figure = figure.replace("class=\"pane wide\"", "class=\"pane\"");
    let panes = figure.split("<div class=\"pane\"").skip(1);
    panes.map(|pane| elements(pane.split("<svg ").nth(1).unwrap().split("</svg>").next().unwrap())).collect()
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

fn elements(svg: &str) -> Vec<Element> {
    let mut found: Vec<Element> = Vec::new();
    for part in svg.split('<').skip(1).filter(|part| !part.starts_with('/')) {
        let (head, text) = part.split_once('>').unwrap();
        let (name, rest) = head.split_once([' ', '/']).unwrap_or((head, ""));
        if name == "title" && rest.is_empty() {
            found.last_mut().unwrap().tip = Some(plain(text));
            continue;
        }
        let mut attributes = BTreeMap::new();
        let mut words = rest.split('"');
        while let (Some(key), Some(value)) = (words.next(), words.next()) {
            attributes.insert(key.trim().trim_end_matches('=').to_owned(), plain(value));
        }
        found.push(Element { name: name.to_owned(), attributes, text: plain(text), tip: None });
    }
    found
}

/// The middles of the circles of a path of markers: each is drawn from its left.
pub fn circles(element: &Element) -> Vec<(f64, f64)> {
    let marks = element.attributes["d"].split('M').skip(1);
    marks
        .map(|mark| {
            let (x, rest) = mark.split_once(' ').unwrap();
            let (y, rest) = rest.split_once('A').unwrap();
            let radius: f64 = rest.split(' ').next().unwrap().parse().unwrap();
            (x.parse::<f64>().unwrap() + radius, y.parse().unwrap())
        })
        .collect()
}

pub fn of<'e>(elements: &'e [Element], class: &str) -> Vec<&'e Element> {
    elements.iter().filter(|element| element.has(class)).collect()
}

/// An axis as its labels say it is.
#[derive(Debug)]
pub struct Axis {
    /// Place and value of two labels.
    ends: [(f64, f64); 2],
    logarithmic: bool,
}

impl Axis {
    fn of(labels: Vec<(f64, f64)>, logarithmic: bool) -> Axis {
        let mut labels = labels;
        labels.sort_by(|a, b| a.1.total_cmp(&b.1));
        assert!(labels.len() > 1, "{labels:?}");
        let axis = Axis { ends: [labels[0], labels[labels.len() - 1]], logarithmic };
        for (place, value) in labels {
            assert!((axis.place(value) - place).abs() < 1.0, "a label is not where it says: {value} of {axis:?}");
        }
        axis
    }

    /// The upright axis.
    pub fn upright(elements: &[Element]) -> Axis {
        let labels = of(elements, "ax").into_iter().filter(|label| label.attributes["text-anchor"] == "end");
        Axis::of(
            labels.filter_map(|label| Some((label.number("y") - 3.5, value(label)?))).collect(),
            says_log(elements, true),
        )
    }

    /// The axis below.
    pub fn across(elements: &[Element]) -> Axis {
        let labels = of(elements, "ax").into_iter().filter(|label| label.attributes["text-anchor"] == "middle");
        Axis::of(
            labels.filter_map(|label| Some((label.number("x"), value(label)?))).collect(),
            says_log(elements, false),
        )
    }

    /// Where a value must be.
    pub fn place(&self, value: f64) -> f64 {
        let scale = |x: f64| if self.logarithmic { x.ln() } else { x };
        let [(from, low), (to, high)] = self.ends;
        from + (to - from) * (scale(value) - scale(low)) / (scale(high) - scale(low))
    }

    /// Whether something is drawn where a value must be.
    #[track_caller]
    pub fn holds(&self, drawn: f64, value: f64) {
        let place = self.place(value);
        assert!((place - drawn).abs() <= 1.0, "{value} is drawn at {drawn} and belongs at {place}: {self:?}");
    }
}

fn value(label: &Element) -> Option<f64> {
    label.text.replace('\u{2212}', "-").parse().ok()
}

/// Whether what an axis is called says that it is logarithmic.
fn says_log(elements: &[Element], upright: bool) -> bool {
    of(elements, "axt")
        .iter()
        .any(|title| title.attributes.contains_key("transform") == upright && title.text.ends_with("(log axis)"))
}
