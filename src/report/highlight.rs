//! The experiment file with comments, headings and keys set apart. Looks only: nothing depends on it.

use super::svg::escape;

/// The file as HTML, escaped.
pub fn toml(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let mut inside = None;
    for line in text.lines() {
        highlight(line, &mut inside, &mut html);
        html.push('\n');
    }
    html
}

/// One line; `inside` is the multi-line string that it begins in.
fn highlight(line: &str, inside: &mut Option<&'static str>, html: &mut String) {
    if let Some(quotes) = *inside {
        if line.contains(quotes) {
            *inside = None;
        }
        html.push_str(&escape_line(line));
        return;
    }
    let (code, comment) = split_comment(line);
    for quotes in ["\"\"\"", "'''"] {
        if code.matches(quotes).count() % 2 == 1 {
            *inside = Some(quotes);
        }
    }
    let trimmed = code.trim_start();
    if trimmed.starts_with('[') && !code.contains('=') {
        html.push_str(&span("k", code));
    } else if let Some((key, value)) = code.split_once('=').filter(|(key, _)| is_key(key)) {
        html.push_str(&span("k", key));
        html.push('=');
        html.push_str(&escape_line(value));
    } else {
        html.push_str(&escape_line(code));
    }
    if !comment.is_empty() {
        html.push_str(&span("c", comment));
    }
}

fn span(class: &str, text: &str) -> String {
    format!("<span class=\"{class}\">{}</span>", escape_line(text))
}

/// Escaped with tabs kept.
fn escape_line(text: &str) -> String {
    text.split('\t').map(escape).collect::<Vec<_>>().join("\t")
}

fn is_key(key: &str) -> bool {
    !key.trim().is_empty() && key.trim().chars().all(|c| c.is_alphanumeric() || "-_.\"' ".contains(c))
}

/// A line at its first `#` outside of quotes.
fn split_comment(line: &str) -> (&str, &str) {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some(open), c) if c == open && !escaped => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => return line.split_at(at),
            _ => {}
        }
        escaped = false;
    }
    (line, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_headings_and_comments_are_set_apart() {
        assert_eq!(
            toml("[a] # <b>\nx = \"#1\""),
            "<span class=\"k\">[a] </span><span class=\"c\"># &lt;b&gt;</span>\n<span class=\"k\">x </span>= &quot;#1&quot;\n"
        );
    }
}
