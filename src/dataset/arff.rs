//! Weka's attribute-relation files, plain or gzip.

mod header;
mod token;

use std::borrow::Cow;

use crate::dataset::documents::{self, DocumentSource};
use crate::dataset::file::shown;
use crate::dataset::records::lines;
use crate::dataset::roles::{Names, Role, Wanted};
use crate::dataset::text_table::{Refused, Table, check_columns};
use crate::dataset::words::Words;
use crate::dataset::{Dataset, DatasetError, DatasetSpec, Places, file};
use crate::diagnostic::nearest;
use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use header::Lines;
pub use header::{Attribute, Kind};
use token::{Token, Tokens};

parameters! {
    /// How an ARFF file is read.
    pub struct Params {
        /// The file; `.gz` is unpacked.
        path: String = String::new(), Domain::Any;
        /// The attribute that holds the classes; left out, `class` where there is one, else the last nominal one.
        /// An empty text means none.
        labels: Option<String> = None, Domain::Any;
        /// Attributes that are no features; splits can still name them.
        drop: Names = Names::default(), Domain::Any;
        /// The string attribute that holds a text a row.
        text: Option<String> = None, Domain::Any;
        /// The attribute by which `documents` are joined; no feature.
        key: Option<String> = None, Domain::Any;
        /// Texts in another file: `{ path, key, column }`; several of one key are joined with a line break.
        documents: Option<DocumentSource> = None, Domain::Any;
        /// What becomes of rows without a class.
        missing_labels: String = "error".to_owned(), Domain::OneOf(&["error", "drop"]);
    }
}

/// The kind.
pub static SPEC: DatasetSpec = DatasetSpec {
    kind: "arff",
    about: "Weka's attribute-relation file, plain or gzip; sparse rows too; `?` is missing, declared classes all count",
    reference: "Witten et al. 2016, the ARFF section of Weka's manual",
    stands_in_for: None,
    revision: 1,
    parameters: Params::specs,
    locations: &["path", "documents"],
    checksum: documents::checksum,
    load,
};

fn load(values: &Values, places: &Places) -> Result<Dataset, DatasetError> {
    let params: Params = file::params(values)?;
    let path = file::path(values)?;
    let data = parse(&file::read(path, places)?, path, &params)?;
    documents::join(data, params.key.as_deref(), params.documents.as_ref(), places)
}

/// The attributes of a file's bytes.
///
/// # Errors
/// They are no ARFF.
pub fn attributes(bytes: &[u8], path: &str) -> Result<Vec<Attribute>, DatasetError> {
    read_header(&mut Lines::new(file::text(bytes, path)?), path)
}

fn read_header(lines: &mut Lines<'_>, path: &str) -> Result<Vec<Attribute>, DatasetError> {
    header::read(lines).map_err(|what| file::error(path, format!("line {} {what}", lines.number)))
}

/// Reads the bytes of a file; `path` is for messages. Documents are not joined.
///
/// # Errors
/// They are damaged, or do not hold what `params` name.
pub fn parse(bytes: &[u8], path: &str, params: &Params) -> Result<Dataset, DatasetError> {
    let text = file::text(bytes, path)?;
    let mut text_lines = Lines::new(text);
    let attributes = read_header(&mut text_lines, path)?;
    check_columns(attributes.len(), bytes.len()).map_err(|what| file::error(path, what))?;
    let roles = roles(&attributes, params, path)?;
    let mut twice = None;
    let declared = |column: usize| match &attributes[column].kind {
        Kind::Nominal(list) => match Words::declared(list) {
            Ok(words) => Some(words),
            Err(word) => {
                twice.get_or_insert((attributes[column].name.clone(), word.to_owned()));
                None
            }
        },
        _ => None,
    };
    let names = attributes.iter().map(|attribute| attribute.name.clone()).collect();
    let mut table =
        Table::new(names, &roles, declared, (lines(text), bytes.len())).map_err(|what| file::error(path, what))?;
    if let Some((name, word)) = twice {
        let message = format!("attribute `{}` declares the word `{}` twice", shown(&name), shown(&word));
        return Err(file::error(path, message));
    }
    let mut rows = Rows { attributes: &attributes, roles: &roles, params, row: Vec::new() };
    while let Some(line) = text_lines.next() {
        rows.take(line, &mut table).map_err(|what| file::error(path, format!("line {} {what}", text_lines.number)))?;
    }
    table.finish(&[], path, params.documents.is_some())
}

/// What each attribute becomes.
fn roles(attributes: &[Attribute], params: &Params, path: &str) -> Result<Vec<Role>, DatasetError> {
    let names: Vec<String> = attributes.iter().map(|attribute| attribute.name.clone()).collect();
    let wanted = Wanted {
        labels: match &params.labels {
            Some(name) => Some(name.as_str()).filter(|name| !name.is_empty()),
            None => default_labels(attributes, params),
        },
        drop: &params.drop.0,
        text: params.text.as_deref(),
        key: params.key.as_deref(),
        ..Wanted::default()
    };
    let mut roles = wanted.roles(&names)?;
    for (attribute, role) in attributes.iter().zip(&mut roles) {
        match (&attribute.kind, *role) {
            (Kind::Nominal(_), Role::Number) => *role = Role::Nominal,
            (Kind::Text | Kind::Date, Role::Number) => {
                let (kind, help) = match attribute.kind {
                    Kind::Date => ("a date", "under `drop`; splits can still name it"),
                    _ => ("a string", "under `text` or `drop`"),
                };
                let message =
                    format!("attribute `{0}` is {kind}, which is no feature: name it {help}", shown(&attribute.name));
                return Err(file::error(path, message));
            }
            _ => {}
        }
    }
    Ok(roles)
}

/// The attribute that holds the classes where none is named.
pub fn default_labels<'a>(attributes: &'a [Attribute], params: &Params) -> Option<&'a str> {
    let free = |attribute: &&Attribute| {
        let name = Some(attribute.name.as_str());
        !params.drop.0.contains(&attribute.name) && params.text.as_deref() != name && params.key.as_deref() != name
    };
    let named = attributes.iter().filter(free).find(|attribute| attribute.name.eq_ignore_ascii_case("class"));
    let last = || attributes.iter().filter(free).rfind(|attribute| matches!(attribute.kind, Kind::Nominal(_)));
    named.or_else(last).map(|attribute| attribute.name.as_str())
}

struct Rows<'h, 'a> {
    attributes: &'h [Attribute],
    roles: &'h [Role],
    params: &'h Params,
    /// Cells of a row; `None` is a missing one.
    row: Vec<Cell<'a>>,
}

#[derive(Clone)]
enum Cell<'a> {
    /// Left out of a sparse row.
    Omitted,
    Missing,
    Given(Cow<'a, str>),
}

impl<'a> Rows<'_, 'a> {
    /// Takes a line into the table; nothing if it is empty or a comment.
    fn take(&mut self, line: &'a str, table: &mut Table) -> Result<(), String> {
        let mut tokens = Tokens::new(line);
        let Some(first) = tokens.next()? else { return Ok(()) };
        self.row.clear();
        match first {
            Token::Open => self.sparse(&mut tokens)?,
            first => self.dense(first, &mut tokens)?,
        }
        weight(&mut tokens)?;
        if let Some(label) = table.label
            && matches!(self.row[label], Cell::Missing)
        {
            if self.params.missing_labels == "drop" {
                return table.drop_row().map_err(|_: Refused| format!("is too much: {}", table.too_large()));
            }
            return Err("lacks its class; `missing-labels = \"drop\"` leaves such rows out".to_owned());
        }
        for (column, cell) in self.row.iter().enumerate() {
            if self.roles[column] == Role::Skip {
                continue;
            }
            let taken = match cell {
                Cell::Omitted => table.cell(column, Some(omitted(&self.attributes[column].kind))),
                Cell::Missing => table.cell(column, None),
                Cell::Given(text) => table.cell(column, Some(text)),
            };
            taken.map_err(|refused| self.complaint(column, cell, refused))?;
        }
        table.end_row().map_err(|_: Refused| format!("is too much: {}", table.too_large()))
    }

    fn dense(&mut self, first: Token<'a>, tokens: &mut Tokens<'a>) -> Result<(), String> {
        let mut token = Some(first);
        while let Some(found) = token {
            if tokens.commas > usize::from(!self.row.is_empty()) {
                let name = self.attributes.get(self.row.len()).map_or("", |attribute| attribute.name.as_str());
                return Err(format!("has an empty cell before `{}`: a missing one is written `?`", shown(name)));
            }
            self.row.push(cell(found).ok_or("has a brace where a value belongs")?);
            if self.row.len() == self.attributes.len() {
                return Ok(());
            }
            token = tokens.next()?;
        }
        Err(format!("has {} cells, and {} attributes are declared", self.row.len(), self.attributes.len()))
    }

    fn sparse(&mut self, tokens: &mut Tokens<'a>) -> Result<(), String> {
        self.row.resize(self.attributes.len(), Cell::Omitted);
        loop {
            let index = match tokens.next()? {
                Some(Token::Close) => return Ok(()),
                Some(Token::Word(index)) => index,
                Some(_) => return Err("has no number of an attribute where one belongs".to_owned()),
                None => return Err("opens a sparse row that no `}` closes".to_owned()),
            };
            let Some(place) = index.parse::<usize>().ok().and_then(|place| self.row.get_mut(place)) else {
                let most = self.attributes.len() - 1;
                return Err(format!("has `{}` for the number of an attribute, expected 0 to {most}", shown(index)));
            };
            if !matches!(place, Cell::Omitted) {
                return Err(format!("has attribute {index} twice"));
            }
            *place = tokens.next()?.and_then(cell).ok_or_else(|| format!("has no value for attribute {index}"))?;
        }
    }

    fn complaint(&self, column: usize, cell: &Cell<'_>, refused: Refused) -> String {
        let attribute = &self.attributes[column];
        let name = shown(&attribute.name);
        let text = if let Cell::Given(text) = cell { text.as_ref() } else { "" };
        let Kind::Nominal(words) = &attribute.kind else {
            return format!("has `{}` for attribute `{name}`, expected a number", shown(text));
        };
        if refused != Refused::Undeclared {
            return format!("cannot take `{}` for attribute `{name}`", shown(text));
        }
        let near = nearest(&shown(text), words.iter().map(String::as_str).filter(|word| word.len() < 100));
        let help = match near {
            Some(near) => format!("; did you mean `{near}`?"),
            None if words.len() <= 12 => format!(": {}", crate::parameter::quoted(words)),
            None => String::new(),
        };
        format!("has `{}` for attribute `{name}`, which is none of its {} words{help}", shown(text), words.len())
    }
}

fn cell(token: Token<'_>) -> Option<Cell<'_>> {
    match token {
        Token::Word("?") => Some(Cell::Missing),
        token => token.word().map(Cell::Given),
    }
}

/// What a sparse row leaves out: 0, or the first word.
fn omitted(kind: &Kind) -> &str {
    match kind {
        Kind::Numeric => "0",
        Kind::Nominal(words) => words.first().map_or("", String::as_str),
        Kind::Text | Kind::Date => "",
    }
}

/// What may follow a row: a weight of 1, or a comment.
fn weight(tokens: &mut Tokens<'_>) -> Result<(), String> {
    match tokens.clone().next()? {
        None => Ok(()),
        Some(Token::Open) => header::weight(tokens).map_err(|what| format!("comes {what}")),
        Some(_) => Err("has more cells than there are attributes".to_owned()),
    }
}

#[cfg(test)]
mod tests;
