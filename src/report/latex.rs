//! LaTeX with booktabs.

use super::Report;
use super::grid::{self, Grid, Text};
use super::table::Place;

/// Every table.
pub fn render(report: &Report) -> String {
    let mut text = String::from("% needs \\usepackage{booktabs}\n");
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
        lines.push(format!("{} \\\\{}", cells.join(" & "), rules.join("")));
    }
    lines.push("\\midrule".to_owned());
    for row in &grid.rows {
        lines.push(format!("{} \\\\", row.iter().map(cell).collect::<Vec<_>>().join(" & ")));
    }
    lines.extend(["\\bottomrule".to_owned(), "\\end{tabular}".to_owned()]);
    for note in &grid.notes {
        lines.push(format!("\\par\\footnotesize {}", escape(note)));
    }
    lines.push("\\end{table}\n".to_owned());
    lines.join("\n")
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
    for c in text.chars() {
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
            '"' => escaped.push_str("\\textquotedbl{}"),
            '±' => escaped.push_str("$\\pm$"),
            '\u{2212}' => escaped.push_str("$-$"),
            '–' => escaped.push_str("--"),
            '↑' => escaped.push_str("$\\uparrow$"),
            '↓' => escaped.push_str("$\\downarrow$"),
            '✓' | '▲' | '▼' | '○' => {}
            '·' => escaped.push_str("$\\cdot$"),
            '…' => escaped.push_str("\\dots{}"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped.trim().to_owned()
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
}
