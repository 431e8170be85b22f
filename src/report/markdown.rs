//! Markdown tables.

use super::Report;
use super::grid::{self, Grid, Text};
use super::table::Place;

/// Every table under the report's title.
pub fn render(report: &Report) -> String {
    let mut text = format!("# {}\n\n{}\n", escape(&report.summary.title), escape(&report.summary.lede));
    for grid in grid::all(report) {
        text.push('\n');
        text.push_str(&write(&grid));
    }
    text
}

/// One table. Markdown knows one row of headings: outer headings are put before inner ones.
pub fn write(grid: &Grid) -> String {
    let heads = flat(grid);
    let mut lines =
        vec![format!("**{}**", escape(&grid.title)), String::new(), row(heads.iter().map(|head| escape(head)))];
    lines.push(row((0..heads.len()).map(|i| if i < grid.stubs { ":---".to_owned() } else { "---:".to_owned() })));
    lines.extend(grid.rows.iter().map(|cells| row(cells.iter().map(cell))));
    for note in &grid.notes {
        lines.extend([String::new(), escape(note)]);
    }
    lines.push(String::new());
    lines.join("\n")
}

/// One heading a column.
pub fn flat(grid: &Grid) -> Vec<String> {
    let mut heads: Vec<String> = Vec::new();
    for line in &grid.heads {
        let texts = line.iter().flat_map(|head| std::iter::repeat_n(&head.text, head.span));
        for (i, text) in texts.enumerate() {
            match heads.get_mut(i) {
                None => heads.push(text.clone()),
                Some(head) if head.is_empty() => head.clone_from(text),
                Some(head) => {
                    head.push(' ');
                    head.push_str(text);
                }
            }
        }
    }
    heads
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

fn cell(text: &Text) -> String {
    let number = escape(&text.text);
    let number = match text.place {
        Place::Best => format!("**{number}**"),
        Place::Second => format!("<u>{number}</u>"),
        Place::Other => number,
    };
    let number = if text.mark.is_empty() { number } else { format!("{number} {}", escape(text.mark)) };
    let words = [number, escape(&text.after), escape(&text.paper)];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Text that Markdown shows as it stands.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '#' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' if chars.peek().is_some_and(|next| next.is_alphanumeric() || *next == '#') => escaped.push_str("&amp;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_stays_text() {
        assert_eq!(escape("a|b *c* <d> &\n"), "a\\|b \\*c\\* &lt;d&gt; & ");
    }
}
