//! Seeds of the formats that are text.

use crate::seeds::{Seed, Seeds, plain};

/// Numbers, words, a class, quotes, missing cells.
const CSV: &str = "\u{feff}size,colour,\"the, text\",class\r\n1.5,red,\"said \"\"no\"\"\",a\r\n-2e3,?,\"two\nlines\",b\r\n\
                   ,blue,,a\r\n1e308,NaN,x,b\r\n7,red,y,a\r\n";
const SEMICOLONS: &str = "a;b;label\n1,5;2;u\n0.25;-3;v\n;4e-5;u\n9;1;v\n";
const BLANKS: &str = "1.0  2.5\t3 0\n 4 5 6 1\n7 8.25 -9 0\n1 1 1 1\n";
const ARFF: &str = "% a comment\n@relation 'a b'\n@attribute size numeric\n@attribute 'the colour' {red,'light blue',?}\n\
                    @attribute day date \"yyyy-MM-dd\"\n@attribute words string\n@attribute class {yes,no}\n@data\n\
                    1.5,red,\"2020-01-31\",'a\\'b',yes\n?,'light blue',?,\"c d\",no,{1}\n-3e2,?,'1999-12-31',e,yes\n";
const SPARSE: &str = "@RELATION r\n@ATTRIBUTE a INTEGER\n@ATTRIBUTE b {x,y}\n@ATTRIBUTE c REAL\n@ATTRIBUTE class {p,q}\n\
                      @DATA\n{0 1,1 y,3 q}\n{}\n{2 2.5, 3 'q'}\n{0 -1}, {1}\n";
const JSONL: &str = "{\"id\": 1, \"x\": 2.5, \"w\": \"red\", \"label\": \"a\", \"text\": \"one two\"}\n\
                     {\"id\": 2, \"x\": null, \"w\": \"blue\", \"label\": \"b\", \"text\": \"\\u00e9\\n\"}\n\
                     {\"id\": 3, \"x\": -1e-7, \"label\": \"a\", \"text\": \"\"}\n{\"id\":4,\"x\":true,\"label\":\"b\"}\n";
const TEXT: &str = "spam\twin a prize\nham\tsee you at ten\nham\t\u{4f60}\u{597d}\nspam\tcall now\n";

/// What is spliced into CSV.
const CELLS: &[&[u8]] = &[
    b",",
    b";",
    b"\t",
    b"\"",
    b"\"\"",
    b"\n",
    b"\r\n",
    b"\r",
    b" ",
    b",,,,,,,,",
    b"?",
    b"NaN",
    b"1e999",
    b"-0.0",
    b"inf",
    b"0x10",
    b"\xef\xbb\xbf",
    b"\0",
    b"a,b,c\n",
    b"1,2\n",
    b"18446744073709551616",
];
/// What is spliced into ARFF.
const ARFF_WORDS: &[&[u8]] = &[
    b"@attribute a numeric\n",
    b"@attribute a {x}\n",
    b"@attribute a {",
    b"@data\n",
    b"@end\n",
    b"@relation",
    b"relational",
    b"'",
    b"\\",
    b"\"",
    b"{",
    b"}",
    b"{0 1}",
    b"{99999999999 1}",
    b"{1 1, 0 1}",
    b"%",
    b"?",
    b",",
    b"{2}",
    b"{-1}",
    b"1e999",
    b"\n",
];
/// What is spliced into JSONL.
const JSON: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"[[[[[[[[[[",
    b"{\"a\":",
    b"\"",
    b"\\",
    b"\\ud800",
    b"null",
    b"true",
    b"1e999",
    b"-",
    b":",
    b",",
    b"\n",
    b"\"x\": [1,2]",
    b"\"x\": {\"y\": 1}",
    b"\"text\"",
    b"\"label\": 7",
];
/// What is spliced into lines of text.
const LINES: &[&[u8]] = &[b"\t", b"\n", b"\n\n", b"\r", b"ham\t", b"\t\t", b"\xef\xbb\xbf", b"\0", b"\xff"];

fn seeds_of(texts: &[&str], tokens: &'static [&'static [u8]]) -> Seeds {
    let seeds: Vec<Seed> = texts.iter().map(|text| plain(text.as_bytes())).collect();
    Seeds { seeds, tokens }
}

/// The seeds of a reader; none where it is not of a text.
pub fn of(kind: &str) -> Option<Seeds> {
    Some(match kind {
        "csv" => seeds_of(&[CSV, SEMICOLONS, BLANKS], CELLS),
        "arff" => seeds_of(&[ARFF, SPARSE], ARFF_WORDS),
        "jsonl" => seeds_of(&[JSONL], JSON),
        "text" => seeds_of(&[TEXT], LINES),
        _ => return None,
    })
}
