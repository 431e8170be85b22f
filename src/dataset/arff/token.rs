//! The words of a line of ARFF.

use std::borrow::Cow;

/// A word, or one of the braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// A word as it stands.
    Word(&'a str),
    /// A word between quotes, escapes resolved: `'?'` is a word like any other.
    Quoted(Cow<'a, str>),
    /// `{`
    Open,
    /// `}`
    Close,
}

impl<'a> Token<'a> {
    /// The word; none for a brace.
    pub fn word(self) -> Option<Cow<'a, str>> {
        match self {
            Token::Word(word) => Some(word.into()),
            Token::Quoted(word) => Some(word),
            Token::Open | Token::Close => None,
        }
    }
}

/// What a byte does outside quotes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Blank,
    Comma,
    Quote,
    Brace,
    Comment,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Word; 256];
    let mut byte = 0;
    while byte <= b' ' as usize {
        classes[byte] = Class::Blank;
        byte += 1;
    }
    classes[b',' as usize] = Class::Comma;
    classes[b'\'' as usize] = Class::Quote;
    classes[b'"' as usize] = Class::Quote;
    classes[b'{' as usize] = Class::Brace;
    classes[b'}' as usize] = Class::Brace;
    classes[b'%' as usize] = Class::Comment;
    classes
};

fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// The words of a line. Blanks and commas separate them; `%` outside quotes begins a comment.
#[derive(Clone)]
pub struct Tokens<'a> {
    line: &'a str,
    at: usize,
    /// Commas between the last two words.
    pub commas: usize,
}

impl<'a> Tokens<'a> {
    /// Of a line without its end.
    pub fn new(line: &'a str) -> Self {
        Tokens { line, at: 0, commas: 0 }
    }

    /// The next word; none at the end.
    ///
    /// # Errors
    /// A quote that is never closed, or that stands in the middle of a word.
    pub fn next(&mut self) -> Result<Option<Token<'a>>, String> {
        let bytes = self.line.as_bytes();
        self.commas = 0;
        while let Some(byte) = bytes.get(self.at) {
            match class(*byte) {
                Class::Blank => {}
                Class::Comma => self.commas += 1,
                Class::Comment => return Ok(None),
                Class::Quote => return self.quoted(*byte).map(Some),
                Class::Brace => {
                    self.at += 1;
                    return Ok(Some(if *byte == b'{' { Token::Open } else { Token::Close }));
                }
                Class::Word => {
                    let begin = self.at;
                    let rest = &bytes[begin..];
                    let length = rest.iter().position(|byte| class(*byte) != Class::Word).unwrap_or(rest.len());
                    self.at += length;
                    if bytes.get(self.at).is_some_and(|byte| class(*byte) == Class::Quote) {
                        return Err("has a quote in the middle of a word; put the whole word into quotes".to_owned());
                    }
                    return Ok(Some(Token::Word(&self.line[begin..self.at])));
                }
            }
            self.at += 1;
        }
        Ok(None)
    }

    /// A word between quotes; the position is on the first.
    fn quoted(&mut self, quote: u8) -> Result<Token<'a>, String> {
        let begin = self.at + 1;
        let rest = &self.line.as_bytes()[begin..];
        let mut escaped = false;
        let mut place = 0;
        loop {
            match rest.get(place) {
                None => return Err("opens a quote that is never closed".to_owned()),
                Some(b'\\') => {
                    escaped = true;
                    place += 1;
                }
                Some(byte) if *byte == quote => break,
                Some(_) => {}
            }
            place += 1;
        }
        self.at = begin + place + 1;
        let word = &self.line[begin..begin + place];
        Ok(Token::Quoted(if escaped { unescaped(word).into() } else { word.into() }))
    }
}

/// `\n`, `\t`, `\'`, `\101`, ... as Java's StreamTokenizer resolves them.
fn unescaped(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        let Some(escaped) = letters.next() else { break };
        text.push(match escaped {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            '0'..='7' => {
                let most = if escaped <= '3' { 2 } else { 1 };
                let mut code = escaped.to_digit(8).unwrap_or(0);
                for _ in 0..most {
                    let Some(digit) = letters.peek().and_then(|letter| letter.to_digit(8)) else { break };
                    code = 8 * code + digit;
                    letters.next();
                }
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            other => other,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Vec<String>, String> {
        let mut tokens = Tokens::new(line);
        let mut words = Vec::new();
        while let Some(token) = tokens.next()? {
            words.push(match token {
                Token::Word(word) => word.to_owned(),
                Token::Quoted(word) => format!("<{word}>"),
                Token::Open => "{".to_owned(),
                Token::Close => "}".to_owned(),
            });
        }
        Ok(words)
    }

    #[test]
    fn words_quotes_braces_and_comments() {
        assert_eq!(words("a, b\tc,,d % e").unwrap(), ["a", "b", "c", "d"]);
        assert_eq!(words("{0 'x y', 3 ?}").unwrap(), ["{", "0", "<x y>", "3", "?", "}"]);
        assert_eq!(words(r#"'it\'s' "a 'b'" 'a\\' '\101\n%'"#).unwrap(), ["<it's>", "<a 'b'>", "<a\\>", "<A\n%>"]);
        assert_eq!(words("x{a,b}").unwrap(), ["x", "{", "a", "b", "}"]);
        assert_eq!(words("'' é").unwrap(), ["<>", "é"]);
        assert_eq!(words("  % 'open").unwrap(), Vec::<String>::new());
        assert_eq!(words("50% x").unwrap(), ["50"]);
    }

    #[test]
    fn quotes_that_are_wrong() {
        for line in ["'a", "'a\\", "'a\\'", "\"a'"] {
            assert!(words(line).unwrap_err().contains("never closed"), "{line}");
        }
        assert!(words("don't").unwrap_err().contains("in the middle of a word"));
    }
}
