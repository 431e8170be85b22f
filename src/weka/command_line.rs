//! A Weka command line: a scheme and its options, with the quotes that nested schemes come in.

/// The words of a line: separated by blanks; a word in double quotes may hold blanks, `\"` and `\\`.
///
/// # Errors
/// A quote is not closed.
pub fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut chars = line.chars().peekable();
    while let Some(&first) = chars.peek() {
        if first.is_whitespace() {
            chars.next();
            continue;
        }
        let mut word = String::new();
        let mut quoted = false;
        while let Some(&char) = chars.peek() {
            match char {
                '"' => quoted = !quoted,
                '\\' if quoted => {
                    chars.next();
                    word.extend(chars.peek());
                }
                blank if blank.is_whitespace() && !quoted => break,
                other => word.push(other),
            }
            chars.next();
        }
        if quoted {
            return Err(format!("a double quote is not closed in `{line}`"));
        }
        words.push(word);
    }
    Ok(words)
}

/// A word as it stands in a line: in double quotes where it holds blanks or quotes.
pub fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains(|char: char| char.is_whitespace() || char == '"' || char == '\\') {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_quotes_come_apart_and_together_again() {
        let line = r#"-K 1 -A "weka.core.LinearNNSearch -A \"weka.core.EuclideanDistance -R first-last\"" -W 0"#;
        let apart = words(line).expect("words");
        assert_eq!(apart.len(), 6);
        assert_eq!(apart[3], "weka.core.LinearNNSearch -A \"weka.core.EuclideanDistance -R first-last\"");
        assert_eq!(apart.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "), line);
        assert_eq!(words("  a  \"\" b").expect("words"), ["a", "", "b"]);
        assert!(words("-A \"open").is_err());
    }
}
