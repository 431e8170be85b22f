//! How a table of text is probably meant: which column holds the classes, which words or texts, and what is no feature.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use crate::dataset::arff::Kind;
use crate::dataset::decimal::number;
use crate::dataset::guess::{Guess, like_labels, rank, text_list};
use crate::dataset::records::Records;
use crate::dataset::text_table::check_columns;
use crate::dataset::{DatasetError, arff as arff_file, csv as csv_file, file, jsonl as jsonl_file};
use crate::parameter::Values;
use crate::value::Value;

/// More different words than this are no kinds of a thing.
const MOST_WORDS: usize = 1000;
/// From this average length on words are texts.
const TEXT_LENGTH: usize = 20;
/// Up to so many rows a column of different words may still be the classes.
const FEW_ROWS: usize = 20;

/// What one column holds.
#[derive(Default)]
struct Column {
    name: String,
    /// Cells that are numbers, fractions, missing, or neither.
    numbers: usize,
    fractions: usize,
    missing: usize,
    words: usize,
    /// Letters of all cells.
    letters: usize,
    /// Hashes of the cells, up to [`MOST_WORDS`] and one more.
    distinct: HashSet<u64>,
}

impl Column {
    fn add(&mut self, text: &str, missing: bool) {
        self.letters += text.len();
        if missing {
            self.missing += 1;
            return;
        }
        match number(text) {
            Some(x) => {
                self.numbers += 1;
                self.fractions += usize::from(x.fract() != 0.0);
            }
            None => self.words += 1,
        }
        if self.distinct.len() <= MOST_WORDS {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            self.distinct.insert(hasher.finish());
        }
    }

    /// At least one number, beside missing cells nothing else.
    fn numeric(&self) -> bool {
        self.numbers > 0 && self.words == 0
    }

    /// Words of which there are few.
    fn nominal(&self) -> bool {
        let given = self.words + self.numbers;
        self.words > 0 && self.distinct.len() <= MOST_WORDS && self.distinct.len() * 2 <= given && !self.long()
    }

    fn long(&self) -> bool {
        self.letters / (self.words + self.numbers).max(1) >= TEXT_LENGTH
    }

    /// Each row has another.
    fn all_differ(&self, rows: usize) -> bool {
        self.distinct.len() > MOST_WORDS || self.distinct.len() >= rows
    }
}

/// Whether a column tells rows apart or splits them, rather than describing them.
fn like_key(name: &str) -> bool {
    const NAMES: &[&str] = &["id", "row", "index", "key", "year", "date", "company", "firm", "split", "fold"];
    let name = name.trim().to_lowercase();
    NAMES.contains(&name.as_str()) || ["_id", "-id", " id"].iter().any(|end| name.ends_with(end))
}

/// Of a CSV file's bytes.
///
/// # Errors
/// They are not CSV.
pub fn csv(bytes: &[u8], path: &str) -> Result<Guess, DatasetError> {
    let text = file::text(bytes, path)?;
    let separator = separator(text);
    let (columns, rows, header) = csv_columns(text, path, separator)?;
    let mut guess = guess(&columns, rows);
    if !header {
        guess.values.insert("header".to_owned(), Value::Bool(false));
    }
    if separator != b',' {
        guess.values.insert("separator".to_owned(), Value::Text(char::from(separator).to_string()));
    }
    Ok(guess)
}

/// What each column holds, how many rows there are, and whether the first record names the columns: it holds no number
/// and no word twice, or a word above a column of numbers.
fn csv_columns(text: &str, path: &str, separator: u8) -> Result<(Vec<Column>, usize, bool), DatasetError> {
    let marks = csv_file::Marks::default();
    let text = csv_file::blanks(text, separator);
    let mut records = Records::new(&text, path, separator);
    let Some(first) = records.next()? else { return Ok((Vec::new(), 0, true)) };
    check_columns(first.len(), text.len()).map_err(|what| file::error(path, what))?;
    let first: Vec<String> = first.cells().map(str::to_owned).collect();
    let mut columns: Vec<Column> = first.iter().map(|_| Column::default()).collect();
    let mut rows = 0;
    while let Some(row) = records.next()? {
        rows += 1;
        columns.iter_mut().zip(row.cells()).for_each(|(column, cell)| column.add(cell, marks.has(cell)));
    }
    let is_number = |text: &str| !marks.has(text) && number(text).is_some();
    let is_word = |text: &str| !marks.has(text) && number(text).is_none();
    // A word that is there twice names no column.
    let mut words = HashSet::new();
    let different = first.iter().filter(|cell| is_word(cell)).all(|cell| words.insert(cell.as_str()));
    let header = !first.iter().any(|cell| is_number(cell)) && different
        || first.iter().zip(&columns).any(|(cell, column)| is_word(cell) && column.numeric());
    for ((i, column), text) in columns.iter_mut().enumerate().zip(first) {
        if header {
            column.name = text;
        } else {
            column.name = format!("x{i}");
            column.add(&text, marks.has(&text));
        }
    }
    Ok((columns, rows + usize::from(!header), header))
}

/// The separator that the first line has most of; blanks where there is no other and numbers stand between them.
fn separator(text: &str) -> u8 {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (line, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let count = |separator: u8| line.bytes().filter(|byte| *byte == separator).count();
    // The last of equals wins.
    let most = [b'|', b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',');
    let cells = |line: &str| line.split_whitespace().count();
    let blanks = cells(line) > 1
        && (second.is_empty() || cells(line) == cells(second))
        && [line, second].iter().any(|line| line.split_whitespace().any(|cell| cell.parse::<f64>().is_ok()));
    if count(most) == 0 && blanks { b' ' } else { most }
}

/// What the columns become.
fn guess(columns: &[Column], rows: usize) -> Guess {
    let labels = labels(columns, rows);
    let rest: Vec<&Column> = columns.iter().enumerate().filter(|(i, _)| Some(*i) != labels).map(|(_, c)| c).collect();
    let is_key = |column: &Column| column.name.is_empty() || like_labels(&column.name) || like_key(&column.name);
    let alone = |name: &str| columns.iter().filter(|column| column.name == name).count() == 1;
    let text = rest
        .iter()
        .filter(|column| {
            column.words > 0 && !column.nominal() && column.long() && !is_key(column) && alone(&column.name)
        })
        // The first of the best.
        .min_by_key(|column| (!like_text(&column.name), std::cmp::Reverse(column.letters)))
        .map(|column| column.name.clone());
    let nominal: Vec<String> =
        rest.iter().filter(|column| column.nominal() && !is_key(column)).map(|column| column.name.clone()).collect();
    // A name that several columns have is dropped if one of them must be.
    let drop: Vec<String> = rest
        .iter()
        .filter(|column| !column.numeric() && !column.nominal() || is_key(column))
        .map(|column| column.name.clone())
        .filter(|name| Some(name) != text.as_ref())
        .collect();
    let nominal: Vec<String> = nominal.into_iter().filter(|name| !drop.contains(name)).collect();
    let mut values = Values::new();
    if let Some(column) = labels {
        values.insert("labels".to_owned(), Value::Text(columns[column].name.clone()));
    }
    if let Some(name) = text {
        values.insert("text".to_owned(), Value::Text(name));
    }
    for (key, names) in [("drop", &drop), ("nominal", &nominal)] {
        if !names.is_empty() {
            values.insert(key.to_owned(), text_list(names));
        }
    }
    Guess { values, left_out: drop }
}

fn like_text(name: &str) -> bool {
    const NAMES: &[&str] = &["text", "document", "content", "sentence", "body", "review", "message"];
    NAMES.contains(&name.trim().to_lowercase().as_str())
}

/// The column that holds the classes: one named like it, else the last if it holds words.
fn labels(columns: &[Column], rows: usize) -> Option<usize> {
    let alone = |i: usize| columns.iter().filter(|c| c.name == columns[i].name).count() == 1;
    let named = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let usable = |i: &usize| {
        let column = &columns[*i];
        let continuous = matches!(column.name.to_lowercase().as_str(), "y" | "target") && column.fractions > 0;
        let coordinate = column.name.eq_ignore_ascii_case("y") && named("x") && column.numeric();
        alone(*i) && column.missing == 0 && !continuous && !coordinate
    };
    let by_name = (0..columns.len()).filter(|i| rank(&columns[*i].name).is_some()).filter(usable);
    by_name.min_by_key(|i| rank(&columns[*i].name)).or_else(|| {
        let last = columns.len().checked_sub(1).filter(usable)?;
        let column = &columns[last];
        // A remark or an identifier is another word in every row.
        let repeated = !column.all_differ(rows) || rows <= FEW_ROWS;
        (!column.numeric() && repeated && !column.long() && !like_key(&column.name)).then_some(last)
    })
}

/// Of an ARFF file's bytes.
///
/// # Errors
/// They declare no attributes.
pub fn arff(bytes: &[u8], path: &str) -> Result<Guess, DatasetError> {
    let attributes = arff_file::attributes(bytes, path)?;
    let text = attributes.iter().find(|attribute| attribute.kind == Kind::Text);
    let params =
        arff_file::Params { text: text.map(|attribute| attribute.name.clone()), ..arff_file::Params::default() };
    let labels = arff_file::default_labels(&attributes, &params);
    let drop: Vec<String> = attributes
        .iter()
        .filter(|attribute| {
            let name = Some(attribute.name.as_str());
            let no_feature = matches!(attribute.kind, Kind::Text | Kind::Date)
                || attribute.kind == Kind::Numeric && like_key(&attribute.name);
            no_feature && name != labels && name != params.text.as_deref()
        })
        .map(|attribute| attribute.name.clone())
        .collect();
    let mut values = Values::new();
    if let Some(text) = params.text {
        values.insert("text".to_owned(), Value::Text(text));
    }
    if !drop.is_empty() {
        values.insert("drop".to_owned(), text_list(&drop));
    }
    Ok(Guess { values, left_out: drop })
}

/// Of the bytes of a file of JSON lines.
///
/// # Errors
/// A line is no object.
pub fn jsonl(bytes: &[u8], path: &str) -> Result<Guess, DatasetError> {
    let text = file::text(bytes, path)?;
    let names = jsonl_file::names(text, path)?;
    let places: HashMap<&str, usize> = names.iter().enumerate().map(|(i, name)| (name.as_str(), i)).collect();
    let mut columns: Vec<Column> =
        names.iter().map(|name| Column { name: name.clone(), ..Column::default() }).collect();
    let rows = jsonl_file::cells(text, path, |name, cell| {
        if let Some(place) = places.get(name) {
            columns[*place].add(cell.unwrap_or_default(), cell.is_none());
        }
    })?;
    for column in &mut columns {
        // Fields that are not there.
        column.missing = rows - (column.numbers + column.words).min(rows);
    }
    Ok(guess(&columns, rows))
}

/// Of the bytes of a file of plain text: with classes where each line has few of them before a tab.
///
/// # Errors
/// They are not UTF-8.
pub fn text(bytes: &[u8], path: &str) -> Result<Guess, DatasetError> {
    let mut column = Column::default();
    let (mut lines, mut tabs) = (0, 0);
    for line in file::text(bytes, path)?.lines() {
        lines += 1;
        if let Some((class, _)) = line.split_once('\t').filter(|(class, _)| !class.trim().is_empty()) {
            tabs += 1;
            column.add(class.trim(), false);
        }
    }
    let classes = tabs == lines && lines > 0 && !column.long() && !column.all_differ(lines);
    let values = if classes { Values::from([("labels".to_owned(), Value::Bool(true))]) } else { Values::new() };
    Ok(Guess { values, left_out: Vec::new() })
}

/// Whether a text is rather a table: its lines have the same number of cells, more than one, and some column holds
/// numbers.
pub fn is_table(bytes: &[u8], path: &str) -> bool {
    let columns = file::text(bytes, path).and_then(|text| csv_columns(text, path, separator(text)));
    columns.is_ok_and(|(columns, _, _)| columns.len() > 1 && columns.iter().any(Column::numeric))
}

#[cfg(test)]
mod tests {
    use crate::dataset::{Description, describe};

    fn described(name: &str, text: &str) -> Description {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        describe(&path).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The block without the lines that every one has.
    fn block(found: &Description) -> Vec<&str> {
        found.suggested.lines().skip(4).collect()
    }

    #[test]
    fn words_texts_and_keys_of_a_csv_file() {
        let rows: String = (0..40).fold(String::new(), |rows, i| {
            let (colour, class) = (["red", "blue", "green"][i % 3], ["u", "v"][i % 2]);
            rows + &format!("{i},C_{i},2010,{i}.5,{colour},a sentence about the number {i},{class}\n")
        });
        let found = described("t.csv", &format!("doc_id,company,year,a,colour,remark,class\n{rows}"));
        let want = [
            "drop = [\"doc_id\", \"company\", \"year\"]",
            "labels = \"class\"",
            "nominal = [\"colour\"]",
            "text = \"remark\"",
        ];
        assert_eq!(block(&found), want);
        assert_eq!((found.views[0].columns, found.views[0].kind), (2, "mixed"));
        let documents = found.documents.as_ref().unwrap();
        assert_eq!((documents.count, documents.empty, documents.median_length), (40, 0, 30));
        let shown = found.to_string();
        assert!(shown.contains("documents remark: 40 texts, median length 30 letters"), "{shown}");
        assert!(shown.contains("view x: 2 columns (mixed), missing values: none"), "{shown}");
    }

    #[test]
    fn numbers_between_blanks() {
        let found = described("t.data", " 5.1  3.5 setosa\n 4.9  3.0 setosa\n 6.3  3.3 other\n");
        assert_eq!(block(&found), ["header = false", "labels = \"x2\"", "separator = \" \""]);
        // A sentence is a header of one column.
        assert_eq!(described("t.csv", "mean of all\n1\n2\n").views[0].columns, 1);
    }

    #[test]
    fn an_arff_file() {
        let header = "@relation t\n@attribute id numeric\n@attribute when date\n@attribute words string\n\
            @attribute a {x, y}\n@attribute kind {u, v}\n@data\n";
        let found = described("t.arff", &format!("{header}1,'2001',hello,x,u\n2,'2002',?,y,?\n3,'2003',bye,y,u\n"));
        let want = ["drop = [\"id\", \"when\"]", "missing-labels = \"drop\"", "text = \"words\""];
        assert_eq!(block(&found), want);
        assert_eq!((found.rows, found.views[0].kind), (2, "nominal"));
        assert_eq!(found.labels.unwrap().counts, [("u".to_owned(), 2), ("v".to_owned(), 0)]);
    }

    #[test]
    fn json_lines() {
        let found = described("t.jsonl", "{\"id\":1,\"a\":2,\"label\":\"p\"}\n{\"label\":\"q\",\"b\":3}\n");
        assert_eq!(block(&found), ["drop = [\"id\"]", "labels = \"label\""]);
        assert_eq!((found.views[0].columns, found.views[0].missing), (2, 2));
    }

    #[test]
    fn plain_text_with_and_without_classes() {
        let spam = "spam\tbuy now\nham\thello there\nspam\tbuy more\nham\tsee you\n";
        let found = described("t.txt", spam);
        assert_eq!(block(&found), ["labels = true"]);
        assert_eq!(found.labels.unwrap().classes, 2);
        let found = described("t.txt", "One line, of prose.\nAnd another.\n");
        assert!(block(&found).is_empty(), "{}", found.suggested);
        assert_eq!((found.rows, found.views.len()), (2, 0));
        assert!(described("t.txt", "1 2\n3 4\n").suggested.contains("kind = \"csv\""));
    }
}
