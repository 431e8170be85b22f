//! What an ARFF file declares before its rows.

use std::collections::HashMap;

use crate::dataset::arff::token::{Token, Tokens};
use crate::dataset::file::shown;
use crate::diagnostic::nearest;

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What its cells are.
    pub kind: Kind,
}

/// What an attribute's cells are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Numeric,
    /// One of these words.
    Nominal(Vec<String>),
    /// Any text.
    Text,
    /// A time.
    Date,
}

/// Words that all attributes together may declare.
const MOST_WORDS: usize = 1 << 20;

/// Lines with their numbers from 1.
pub struct Lines<'a> {
    rest: Option<&'a str>,
    /// The number of the line that came last.
    pub number: usize,
}

impl<'a> Lines<'a> {
    /// Of a whole text.
    pub fn new(text: &'a str) -> Self {
        Lines { rest: Some(text), number: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        self.number += 1;
        let (line, rest) = text.split_once('\n').map_or((text, None), |(line, rest)| (line, Some(rest)));
        self.rest = rest;
        Some(line)
    }
}

/// Reads the lines up to `@data`.
///
/// # Errors
/// What is wrong with the line that came last; none of it names the line.
pub fn read(lines: &mut Lines<'_>) -> Result<Vec<Attribute>, String> {
    let mut attributes = Vec::new();
    let (mut names, mut words) = (HashMap::new(), 0);
    while let Some(line) = lines.next() {
        let mut tokens = Tokens::new(line);
        let Some(token) = tokens.next()? else { continue };
        let Token::Word(keyword) = token else { return Err(unexpected(line)) };
        match keyword.to_ascii_lowercase().as_str() {
            "@relation" => {}
            "@data" if attributes.is_empty() => return Err("begins the data, and no attribute is declared".to_owned()),
            "@data" => return Ok(attributes),
            "@attribute" => {
                let attribute = attribute(&mut tokens)?;
                if let Kind::Nominal(list) = &attribute.kind {
                    words += list.len();
                }
                if words > MOST_WORDS {
                    return Err(format!("brings the declared words to more than {MOST_WORDS}"));
                }
                if let Some(first) = names.insert(attribute.name.clone(), lines.number) {
                    let name = shown(&attribute.name);
                    return Err(format!("declares a second attribute `{name}`; the first is in line {first}"));
                }
                attributes.push(attribute);
            }
            other => return Err(unknown_keyword(line, other)),
        }
    }
    Err("is the last, and there was no `@data`".to_owned())
}

fn unexpected(line: &str) -> String {
    format!("is `{}`, expected `@relation`, `@attribute` or `@data`", shown(line.trim()))
}

fn unknown_keyword(line: &str, keyword: &str) -> String {
    let near = nearest(&shown(keyword), ["@relation", "@attribute", "@data"]).filter(|_| keyword.starts_with('@'));
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    unexpected(line) + &near
}

fn attribute(tokens: &mut Tokens<'_>) -> Result<Attribute, String> {
    let Some(name) = tokens.next()?.and_then(Token::word) else {
        return Err("declares an attribute without a name".to_owned());
    };
    let wrong = |what: &str| format!("declares attribute `{}` {what}", shown(&name));
    let kind = match tokens.next()? {
        Some(Token::Open) => {
            let words = nominal(tokens, &name)?;
            weight(tokens).map_err(|what| wrong(&what))?;
            Kind::Nominal(words)
        }
        Some(Token::Word(kind)) => match kind.to_ascii_lowercase().as_str() {
            "numeric" | "real" | "integer" => {
                weight(tokens).map_err(|what| wrong(&what))?;
                Kind::Numeric
            }
            "string" => Kind::Text,
            "date" => Kind::Date,
            "relational" => {
                return Err(wrong("as relational: tables within tables are not read"));
            }
            _ => return Err(wrong(&format!("as `{}`, expected {KINDS}", shown(kind)))),
        },
        Some(Token::Quoted(_) | Token::Close) | None => {
            return Err(wrong(&format!("without saying what it is: {KINDS}")));
        }
    };
    Ok(Attribute { name: name.into_owned(), kind })
}

const KINDS: &str = "`numeric`, `real`, `integer`, `string`, `date` or words like `{yes, no}`";

fn nominal(tokens: &mut Tokens<'_>, name: &str) -> Result<Vec<String>, String> {
    let wrong = |what: String| format!("declares attribute `{}` {what}", shown(name));
    let mut words: Vec<String> = Vec::new();
    loop {
        match tokens.next()? {
            Some(Token::Close) if words.is_empty() => return Err(wrong("with no words".to_owned())),
            Some(Token::Close) => return Ok(words),
            Some(Token::Open) => return Err(wrong("with a second `{` within the first".to_owned())),
            None => return Err(wrong("with a `{` that no `}` closes".to_owned())),
            Some(Token::Word(word)) => words.push(word.to_owned()),
            Some(Token::Quoted(word)) => words.push(word.into_owned()),
        }
        if words.len() > MOST_WORDS {
            return Err(wrong(format!("with more than {MOST_WORDS} words")));
        }
    }
}

/// An optional `{1}` behind a declaration or a row.
///
/// # Errors
/// Another weight than 1, which nothing here would heed.
pub fn weight(tokens: &mut Tokens<'_>) -> Result<(), String> {
    match tokens.next()? {
        Some(Token::Open) => {}
        // Ranges like `[0, 1]` say nothing that the cells do not.
        _ => return Ok(()),
    }
    let weight = tokens.next()?.and_then(Token::word);
    let closed = tokens.next()? == Some(Token::Close);
    match weight.as_ref().and_then(|weight| weight.parse::<f64>().ok()) {
        Some(weight) if closed && weight == 1.0 => Ok(()),
        Some(weight) if closed => Err(format!("with the weight {weight}; only weights of 1 are read")),
        _ => Err("with a weight that is not like `{1}`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Result<Vec<Attribute>, String> {
        let mut lines = Lines::new(text);
        read(&mut lines).map_err(|what| format!("line {} {what}", lines.number))
    }

    fn nominal_of(list: &[&str]) -> Kind {
        Kind::Nominal(list.iter().map(|&word| word.to_owned()).collect())
    }

    #[test]
    fn declarations_of_every_kind() {
        let text = "% about\n\n@RELATION 'a b'\r\n@Attribute 'two words' REAL [0, 1]\r\n\t@attribute b integer\n\
            @attribute c{x, y,  'z w', \"it's\"} % comment\n@attribute d string\n\
            @attribute e date \"yyyy-MM-dd\"\n@attribute f numeric {1.0}\n@attribute \u{e9} { t}\n@DATA\nrest";
        let kinds = header(text).unwrap();
        let want = [
            ("two words", Kind::Numeric),
            ("b", Kind::Numeric),
            ("c", nominal_of(&["x", "y", "z w", "it's"])),
            ("d", Kind::Text),
            ("e", Kind::Date),
            ("f", Kind::Numeric),
            ("\u{e9}", nominal_of(&["t"])),
        ];
        let want: Vec<Attribute> =
            want.into_iter().map(|(name, kind)| Attribute { name: name.to_owned(), kind }).collect();
        assert_eq!(kinds, want);
    }

    #[test]
    fn mistakes_name_the_line() {
        for (text, want) in [
            ("", "line 1 is the last, and there was no `@data`"),
            ("@relation a\n@data\n1\n", "line 2 begins the data, and no attribute is declared"),
            ("5.1,3.5\n", "line 1 is `5.1,3.5`, expected `@relation`"),
            ("@atribute a real\n", "did you mean `@attribute`?"),
            ("@attribute\n", "line 1 declares an attribute without a name"),
            ("@attribute a\n", "line 1 declares attribute `a` without saying what it is"),
            ("@attribute a float\n", "as `float`, expected `numeric`"),
            ("\n@attribute a relational\n", "line 2 declares attribute `a` as relational"),
            ("@attribute a {x,y\n}\n", "with a `{` that no `}` closes"),
            ("@attribute a {}\n", "with no words"),
            ("@attribute a {{x}}\n", "second `{`"),
            (
                "@attribute a real\n@attribute a real\n",
                "line 2 declares a second attribute `a`; the first is in line 1",
            ),
            ("@attribute a real {2}\n", "with the weight 2"),
            ("@attribute a real {x}\n", "not like `{1}`"),
            ("@attribute 'a real\n", "line 1 opens a quote that is never closed"),
        ] {
            let message = header(text).unwrap_err();
            assert!(message.contains(want), "{text}: {message}");
        }
    }
}
