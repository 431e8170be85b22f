//! Text from a program or a file as it may be shown on a terminal, in a table and in a page.

/// The text without sequences that steer a terminal and without control characters, those that turn the direction of
/// writing among them; line ends and tabs become blanks.
pub fn plain(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\r' | '\t' => Some(' '),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        letter => (!letter.is_control()).then_some(letter),
    };
    console::strip_ansi_codes(text).chars().filter_map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_a_terminal() {
        for (text, want) in [
            ("\u{1b}[31;1mout of data\u{1b}[0m", "out of data"),
            ("\u{1b}]0;a title\u{7}words", "words"),
            ("\u{1b}[2J\u{1b}[H", ""),
            ("bell\u{7}, back\u{8}, null\0", "bell, back, null"),
            ("two\nlines\tand a tab", "two lines and a tab"),
            ("\u{202e}backwards\u{2069}", "backwards"),
            ("caf\u{e9} \u{1f600}", "caf\u{e9} \u{1f600}"),
            ("\u{9b}31mred", "red"),
        ] {
            assert_eq!(plain(text), want, "{text:?}");
        }
    }
}
