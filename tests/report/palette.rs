//! The colours of templates/report.css, to the eye: contrast, and distances under the three kinds of colour blindness.

use std::collections::BTreeMap;

const CSS: &str = include_str!("../../templates/report.css");

type Rgb = [f64; 3];

/// The variables of the light theme, and of the dark one over them.
fn themes() -> [(&'static str, BTreeMap<String, Rgb>); 2] {
    let block = |start: &str| CSS.split(start).nth(1).unwrap().split('}').next().unwrap().to_owned();
    let light = variables(&block(":root{"));
    let mut dark = light.clone();
    let twice =
        [block(":root[data-theme=dark]{"), block(":root:not([data-theme=light]){")].map(|text| variables(&text));
    assert_eq!(twice[0], twice[1], "chosen and preferred darkness are the same");
    dark.extend(twice[0].clone());
    [("light", light), ("dark", dark)]
}

fn variables(block: &str) -> BTreeMap<String, Rgb> {
    let pairs = block.split(';').filter_map(|pair| pair.trim().strip_prefix("--")?.split_once(":#"));
    pairs.map(|(name, hex)| (name.to_owned(), linear(hex))).collect()
}

/// Linear light from sRGB.
fn linear(hex: &str) -> Rgb {
    let hex = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
    [0, 2, 4].map(|i| {
        let c = f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    })
}

fn contrast(a: Rgb, b: Rgb) -> f64 {
    let light = |[r, g, b]: Rgb| 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    light(a).max(light(b)) / light(a).min(light(b))
}

fn times(matrix: [Rgb; 3], [r, g, b]: Rgb) -> Rgb {
    matrix.map(|row| row[0] * r + row[1] * g + row[2] * b)
}

/// Machado, Oliveira and Fernandes 2009, severity 1, in linear light.
const BLIND: [(&str, [Rgb; 3]); 3] = [
    (
        "protanopia",
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    ),
    (
        "deuteranopia",
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    ),
    (
        "tritanopia",
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ),
];

/// CIELAB under D65.
fn lab(rgb: Rgb) -> Rgb {
    let [x, y, z] = times(
        [[0.412_456, 0.357_576, 0.180_438], [0.212_673, 0.715_152, 0.072_175], [0.019_334, 0.119_192, 0.950_304]],
        rgb.map(|c| c.clamp(0.0, 1.0)),
    );
    let f = |t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
    let (x, y, z) = (f(x / 0.950_47), f(y), f(z / 1.088_83));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(a: Rgb, b: Rgb) -> f64 {
    lab(a).iter().zip(lab(b)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn six_methods_can_be_told_apart_by_everybody() {
    for (theme, colours) in themes() {
        let methods: Vec<Rgb> = (0..6).map(|i| colours[&format!("m{i}")]).collect();
        let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for (eye, matrix) in [("normal", identity)].into_iter().chain(BLIND) {
            for i in 0..6 {
                for j in 0..i {
                    let apart = distance(times(matrix, methods[i]), times(matrix, methods[j]));
                    assert!(apart >= 16.0, "{theme}, {eye}: m{j} and m{i} are {apart:.1} apart");
                }
            }
        }
        for (i, method) in methods.into_iter().enumerate() {
            let found = contrast(method, colours["pan"]);
            assert!(found >= 3.0, "{theme}: m{i} has a contrast of {found:.2} to the panel");
        }
    }
}

/// What CIE76 gives is checked against a known pair, and simulation against what it must not move.
#[test]
fn the_measures_are_what_they_are_called() {
    assert!((distance(linear("ffffff"), linear("000000")) - 100.0).abs() < 0.1);
    assert!((contrast(linear("fff"), linear("000")) - 21.0).abs() < 1e-9);
    for (_, matrix) in BLIND {
        assert!(distance(times(matrix, linear("808080")), linear("808080")) < 0.5, "grey stays grey");
    }
    let [red, green] = [linear("d00000"), linear("008000")];
    assert!(distance(times(BLIND[1].1, red), times(BLIND[1].1, green)) < distance(red, green) / 2.0);
}

#[test]
fn numbers_are_legible_on_every_shade() {
    for (theme, colours) in themes() {
        for shade in 0..7 {
            let ink = if shade < 4 { "qa" } else { "qb" };
            let found = contrast(colours[ink], colours[&format!("q{shade}")]);
            assert!(found >= 4.5, "{theme}: {ink} on q{shade} has a contrast of {found:.2}");
        }
        // The larger the number, the further from the panel.
        let from: Vec<f64> = (0..7).map(|shade| contrast(colours[&format!("q{shade}")], colours["pan"])).collect();
        assert!(from.windows(2).all(|pair| pair[0] < pair[1]), "{theme}: {from:?}");
        for step in 0..5 {
            let found = contrast(colours[&format!("r{step}")], colours["pan"]);
            assert!(found >= 3.0, "{theme}: r{step} has a contrast of {found:.2} to the panel");
        }
        for ink in ["ink", "ink2", "mut"] {
            let found = contrast(colours[ink], colours["pan"]);
            assert!(found >= 4.5, "{theme}: {ink} has a contrast of {found:.2} to the panel");
        }
    }
}
