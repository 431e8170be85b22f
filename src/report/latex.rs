//! LaTeX with booktabs, for pdfLaTeX, `LuaLaTeX` and `XeLaTeX`.

use super::Report;
use super::grid::{self, Grid, Text};
use super::table::Place;

/// Every table.
pub fn render(report: &Report) -> String {
    let mut text = String::from(
        "% needs \\usepackage{booktabs}; for pdfLaTeX, LuaLaTeX and XeLaTeX\n\
         % letters that pdfLaTeX has not got are for the other two, given a font; it prints their numbers, as U+4E00\n",
    );
    for grid in grid::all(report) {
        text.push('\n');
        text.push_str(&write(&grid));
    }
    text
}

/// One table in its float.
pub fn write(grid: &Grid) -> String {
    let columns = grid.heads.last().map_or(0, |heads| heads.iter().map(|head| head.span).sum::<usize>());
    let right = columns.saturating_sub(grid.stubs);
    let mut lines = vec![
        "\\begin{table}".to_owned(),
        "\\centering".to_owned(),
        format!("\\caption{{{}}}", escape(&grid.title)),
        format!("\\begin{{tabular}}{{{}{}}}", "l".repeat(grid.stubs), "r".repeat(right)),
        "\\toprule".to_owned(),
    ];
    for heads in &grid.heads {
        let (mut cells, mut rules, mut column) = (Vec::new(), Vec::new(), 1);
        for head in heads {
            if head.span > 1 {
                cells.push(format!("\\multicolumn{{{}}}{{c}}{{{}}}", head.span, escape(&head.text)));
                rules.push(format!("\\cmidrule(lr){{{column}-{}}}", column + head.span - 1));
            } else {
                cells.push(escape(&head.text));
            }
            column += head.span;
        }
        lines.push(format!("{} \\\\{}", line(&cells), rules.join("")));
    }
    lines.push("\\midrule".to_owned());
    for row in &grid.rows {
        lines.push(format!("{} \\\\", line(&row.iter().map(cell).collect::<Vec<_>>())));
    }
    lines.extend(["\\bottomrule".to_owned(), "\\end{tabular}".to_owned()]);
    for note in &grid.notes {
        lines.push(format!("\\par\\footnotesize {}", escape(note)));
    }
    lines.push("\\end{table}\n".to_owned());
    lines.join("\n")
}

/// A row. A bracket or a star at its beginning would belong to the end of the row before.
fn line(cells: &[String]) -> String {
    let guard = if cells.first().is_some_and(|cell| cell.starts_with(['[', '*'])) { "{}" } else { "" };
    format!("{guard}{}", cells.join(" & "))
}

fn cell(text: &Text) -> String {
    let number = escape(&text.text);
    let number = match text.place {
        Place::Best => format!("\\textbf{{{number}}}"),
        Place::Second => format!("\\underline{{{number}}}"),
        Place::Other => number,
    };
    let number = if text.mark.is_empty() { number } else { format!("{number}$^{{{}}}$", text.mark) };
    let words = [number, escape(&text.after), escape(&text.paper)];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Text that LaTeX prints as it stands.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // Letters that pdfLaTeX has not got, until one that it has.
    let mut foreign = String::new();
    let mut before = ' ';
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if is_foreign(c) {
            foreign.push(c);
        } else {
            end_foreign(&mut foreign, &mut escaped);
            put(c, before, &mut escaped);
        }
        before = c;
    }
    end_foreign(&mut foreign, &mut escaped);
    escaped.trim().to_owned()
}

fn put(c: char, before: char, escaped: &mut String) {
    match c {
        '&' | '%' | '#' | '_' | '$' | '{' | '}' => {
            escaped.push('\\');
            escaped.push(c);
        }
        '\\' => escaped.push_str("\\textbackslash{}"),
        '~' => escaped.push_str("\\textasciitilde{}"),
        '^' => escaped.push_str("\\textasciicircum{}"),
        '<' => escaped.push_str("\\textless{}"),
        '>' => escaped.push_str("\\textgreater{}"),
        '|' => escaped.push_str("\\textbar{}"),
        // \textquotedbl needs an encoding that is not the default one.
        '"' => escaped.push_str("{\\char34}"),
        // Two of them are another sign.
        '-' | '\'' | '`' | ',' if c == before => {
            escaped.push_str("{}");
            escaped.push(c);
        }
        '`' if before == '!' || before == '?' => escaped.push_str("{}`"),
        '±' => escaped.push_str("$\\pm$"),
        '–' => escaped.push_str("--"),
        '✓' | '▲' | '▼' | '○' => {}
        '·' => escaped.push_str("$\\cdot$"),
        '…' => escaped.push_str("\\dots{}"),
        c if c.is_control() => escaped.push(' '),
        c => match math(c) {
            Some(name) => {
                escaped.push('$');
                escaped.push_str(name);
                escaped.push('$');
            }
            None => escaped.push(c),
        },
    }
}

/// What leads the eye without being seen: marks of direction, joiners, soft hyphens.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Letters between U+00A1 and U+017F that pdfLaTeX has not got with its default fonts.
const MISSING: &str = "«»ÐÞðþĄąĐđĘęĦħĮįĸĿŀŉŊŋŦŧŲųſ";

/// Whether pdfLaTeX stops at a letter.
fn is_foreign(c: char) -> bool {
    let known = c.is_ascii()
        || c.is_control()
        || matches!(
            c,
            '\u{a0}'
                ..='\u{17f}' | '‘' | '’' | '“' | '”' | '–' | '—' | '•' | '…' | '€' | '✓' | '▲' | '▼' | '○'
        )
        || math(c).is_some();
    !known || MISSING.contains(c)
}

/// The letters for engines that read all of Unicode, their numbers for the one that does not.
fn end_foreign(foreign: &mut String, escaped: &mut String) {
    if foreign.is_empty() {
        return;
    }
    let numbers: Vec<String> = foreign.chars().map(|c| format!("U+{:04X}", u32::from(c))).collect();
    escaped.push_str(&format!("{{\\ifdefined\\Umathchar {foreign}\\else {}\\fi}}", numbers.join(" ")));
    foreign.clear();
}

/// What stands in mathematics.
const MATH: &str = "−- ↑\\uparrow ↓\\downarrow ←\\leftarrow →\\rightarrow ≤\\le ≥\\ge ≠\\ne ≈\\approx ∞\\infty ∈\\in ∑\\sum √\\surd \
    ²{}^2 ³{}^3 ×\\times α\\alpha β\\beta γ\\gamma δ\\delta ε\\varepsilon ζ\\zeta η\\eta θ\\theta ι\\iota κ\\kappa λ\\lambda μ\\mu \
    µ\\mu ν\\nu ξ\\xi ο\\mathrm{o} π\\pi ρ\\rho ς\\varsigma σ\\sigma τ\\tau υ\\upsilon φ\\varphi χ\\chi ψ\\psi ω\\omega \
    Γ\\Gamma Δ\\Delta Θ\\Theta Λ\\Lambda Ξ\\Xi Π\\Pi Σ\\Sigma Υ\\Upsilon Φ\\Phi Ψ\\Psi Ω\\Omega \
    Α\\mathrm{A} Β\\mathrm{B} Ε\\mathrm{E} Ζ\\mathrm{Z} Η\\mathrm{H} Ι\\mathrm{I} Κ\\mathrm{K} Μ\\mathrm{M} Ν\\mathrm{N} Ο\\mathrm{O} Ρ\\mathrm{P} \
    Τ\\mathrm{T} Χ\\mathrm{X}";

fn math(c: char) -> Option<&'static str> {
    if c.is_ascii() {
        return None;
    }
    MATH.split_ascii_whitespace().find_map(|word| word.strip_prefix(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(escape("a_b & 50% #1 $x {y} \\z"), "a\\_b \\& 50\\% \\#1 \\$x \\{y\\} \\textbackslash{}z");
        assert_eq!(escape("−0.1 ±0.2 ↑"), "$-$0.1 $\\pm$0.2 $\\uparrow$");
        assert_eq!(escape("✓ within"), "within");
    }

    #[test]
    fn what_one_engine_lacks_is_for_the_others() {
        assert_eq!(escape("χ² ≤ ü"), "$\\chi$${}^2$ $\\le$ ü");
        assert_eq!(escape("a数据 b"), "a{\\ifdefined\\Umathchar 数据\\else U+6570 U+636E\\fi} b");
        assert_eq!(escape("a\u{202e}b\u{200d}"), "ab");
        assert_eq!(escape("--x"), "-{}-x");
    }

    #[test]
    fn a_bracket_does_not_belong_to_the_row_before() {
        assert_eq!(line(&["[a]".to_owned(), "[b]".to_owned()]), "{}[a] & [b]");
    }
}
