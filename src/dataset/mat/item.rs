//! What the variables of a MAT file and the cells within them hold.

use ndarray::Array2;

use crate::dataset::budget::Budget;
use crate::dataset::mat::sparse;
use crate::dataset::mat::stream::{Stream, kind, number};
use crate::dataset::mat::text;
use crate::dataset::table::Table;

/// Cells within cells within cells: MATLAB's data sets have one or two.
const DEEPEST: usize = 8;

/// A variable or a cell.
#[derive(Debug, PartialEq)]
pub struct Item {
    /// Length of each axis, at least two.
    pub shape: Vec<usize>,
    /// What it holds.
    pub content: Content,
}

/// What an [`Item`] holds; none where only the shape was asked for.
#[derive(Debug, PartialEq)]
pub enum Content {
    /// A table of numbers, rows x columns as in MATLAB.
    Numbers(Option<Array2<f64>>),
    /// One text a row.
    Texts(Option<Vec<String>>),
    /// A cell array, its first axis moving fastest.
    Cells(Vec<Item>),
    /// What is no data here, in words: "a struct".
    Other(&'static str),
}

impl Item {
    /// Rows and columns, where there are just these.
    pub fn table(&self) -> Option<(usize, usize)> {
        match (&self.content, self.shape.as_slice()) {
            (Content::Numbers(_), [rows, columns]) if *rows > 0 && *columns > 0 => Some((*rows, *columns)),
            _ => None,
        }
    }

    /// How many labels it is where it holds one a row: a list of numbers, texts, or a cell of either.
    pub fn labels(&self) -> Option<usize> {
        match &self.content {
            Content::Numbers(_) => self.table().filter(|(rows, columns)| *rows.min(columns) == 1).map(|(r, c)| r * c),
            Content::Texts(_) => (self.shape.len() == 2).then(|| self.shape[0]).filter(|rows| *rows > 0),
            Content::Cells(items) => {
                let one = |item: &Item| !matches!(item.content, Content::Cells(_)) && item.labels() == Some(1);
                (!items.is_empty() && items.iter().all(one)).then_some(items.len())
            }
            Content::Other(_) => None,
        }
    }

    /// In words, for messages.
    pub fn words(&self) -> String {
        let shape = self.shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ");
        match &self.content {
            Content::Numbers(_) => format!("numbers, {shape}"),
            Content::Texts(_) => format!("text, {shape}"),
            Content::Cells(_) => format!("a cell array, {shape}"),
            Content::Other(what) => (*what).to_owned(),
        }
    }
}

/// What stands before the content.
#[derive(Debug)]
pub struct Head {
    class: u8,
    complex: bool,
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// The variable; cells have none.
    pub name: String,
}

/// Reads what stands before the content.
///
/// # Errors
/// It is damaged.
pub fn head(stream: &mut Stream<'_>) -> Result<Head, String> {
    let flags = stream.words("flags", 16)?;
    let [flags, ..] = *flags else { return Err("is damaged: it has no flags".to_owned()) };
    let class = flags.to_le_bytes()[0];
    // Objects have no axes.
    let shape: Vec<usize> = if class == OPAQUE {
        vec![1, 1]
    } else {
        let axes = stream.words("axes", 256)?;
        axes.into_iter().map(|axis| usize::try_from(axis).unwrap_or(usize::MAX)).collect()
    };
    if shape.len() < 2 {
        return Err(format!("is damaged: it has {} axes", shape.len()));
    }
    let (_, name) = stream.short("letters of the name", 4096)?;
    Ok(Head { class, complex: flags & 0x800 != 0, shape, name: String::from_utf8_lossy(&name).into_owned() })
}

const CELL: u8 = 1;
const STRUCT: u8 = 2;
const TEXT: u8 = 4;
const SPARSE: u8 = 5;
const OPAQUE: u8 = 17;

/// Reads what follows a head, up to the byte `end`; the shapes alone where `keep` is not set.
///
/// # Errors
/// It is damaged, or more than the budget allows.
pub fn content(
    stream: &mut Stream<'_>,
    head: &Head,
    end: u64,
    keep: bool,
    depth: usize,
    budget: &mut Budget,
) -> Result<Item, String> {
    let shape = head.shape.clone();
    let plain = shape.len() == 2 && !shape.contains(&0);
    let content = match head.class {
        SPARSE | 6..=15 if head.complex => Content::Other("complex numbers"),
        6..=15 if keep && plain => Content::Numbers(Some(numbers(stream, &shape, budget)?)),
        SPARSE if keep && plain => Content::Numbers(Some(sparse::read(stream, &shape, budget)?)),
        SPARSE | 6..=15 => Content::Numbers(None),
        TEXT if keep && plain => Content::Texts(Some(text::read(stream, shape[0], shape[1], budget)?)),
        TEXT => Content::Texts(None),
        CELL => Content::Cells(cells(stream, &shape, keep, depth, budget)?),
        STRUCT => Content::Other("a struct"),
        3 | OPAQUE => Content::Other("an object (a table, a string array or the like)"),
        16 => Content::Other("a function"),
        _ => Content::Other("data of an unknown class"),
    };
    stream.skip_to(end)?;
    Ok(Item { shape, content })
}

fn numbers(stream: &mut Stream<'_>, shape: &[usize], budget: &mut Budget) -> Result<Array2<f64>, String> {
    let tag = stream.tag()?;
    let number = number(tag.kind, stream.big_endian)
        .ok_or_else(|| format!("is damaged: its numbers are of kind {}", tag.kind))?;
    let mut table = Table::new(shape, true, budget)?;
    if tag.size != (table.cells() as u64).saturating_mul(number.size() as u64) {
        return Err(format!("is damaged: {} bytes hold no {shape:?} numbers of {} bytes", tag.size, number.size()));
    }
    stream.data(tag, |bytes| table.decode(number, bytes))?;
    table.finish()
}

fn cells(
    stream: &mut Stream<'_>,
    shape: &[usize],
    keep: bool,
    depth: usize,
    budget: &mut Budget,
) -> Result<Vec<Item>, String> {
    if depth >= DEEPEST {
        return Err(format!("has cells within cells more than {DEEPEST} deep"));
    }
    let count = shape.iter().fold(1_usize, |n, axis| n.saturating_mul(*axis));
    // Beside itself, a cell has a list of axes and perhaps a text.
    budget.take(count, size_of::<Item>() + 64)?;
    let mut items = Vec::with_capacity(count);
    for cell in 0..count {
        items.push(element(stream, keep, depth + 1, budget).map_err(|what| in_cell(cell, &what))?);
    }
    Ok(items)
}

/// Cells within cells give one number each.
fn in_cell(cell: usize, what: &str) -> String {
    format!("in cell {} {what}", cell + 1)
}

/// Reads one cell.
fn element(stream: &mut Stream<'_>, keep: bool, depth: usize, budget: &mut Budget) -> Result<Item, String> {
    let tag = stream.tag()?;
    if tag.kind != kind::MATRIX {
        return Err(format!("is damaged: there is an element of kind {}", tag.kind));
    }
    if tag.size == 0 {
        return Ok(Item { shape: vec![0, 0], content: Content::Numbers(None) });
    }
    let end = stream.at.saturating_add(tag.size);
    let head = head(stream)?;
    content(stream, &head, end, keep, depth, budget)
}
