//! How an experiment file names what lies in a MAT file: `X`, `X{2}`, `X{1,2}`, `X{1}{2}`.

use std::fmt;

use crate::dataset::mat::item::{Content, Item};
use crate::dataset::mat::read::Variable;
use crate::diagnostic::nearest;
use crate::parameter::quoted;

/// A variable, and the cells that lead to what is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The variable.
    pub name: String,
    /// Indices from 1, as MATLAB writes them: one, or one an axis.
    pub cells: Vec<Vec<usize>>,
}

/// Why nothing is found, and the nearest name that there is.
pub type Unknown = (String, Option<String>);

impl Reference {
    /// What `text` means.
    ///
    /// # Errors
    /// It is not written like a name.
    pub fn parse(text: &str) -> Result<Self, Unknown> {
        let wrong = || (format!("`{text}` names nothing in a MAT file: write `X`, `X{{2}}` or `X{{1,2}}`"), None);
        let mut parts = text.split('{');
        let name = parts.next().unwrap_or_default().trim().to_owned();
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return Err(wrong());
        }
        let index = |text: &str| text.trim().parse::<usize>().ok().filter(|index| *index > 0);
        let cells = parts.map(|part| part.trim_end().strip_suffix('}')?.split(',').map(index).collect());
        let cells = cells.collect::<Option<_>>().ok_or_else(wrong)?;
        Ok(Reference { name, cells })
    }

    /// A cell of what this means.
    pub fn cell(&self, index: usize) -> Self {
        let mut cell = self.clone();
        cell.cells.push(vec![index]);
        cell
    }

    /// What it means.
    ///
    /// # Errors
    /// It is not there.
    pub fn find<'v>(&self, variables: &'v [Variable]) -> Result<&'v Item, Unknown> {
        let found = variables.iter().find(|(name, _)| *name == self.name);
        let Some((_, found)) = found else { return Err(self.unknown(variables)) };
        let mut item = found;
        for (depth, index) in self.cells.iter().enumerate() {
            let outer = || Reference { name: self.name.clone(), cells: self.cells[..depth].to_vec() };
            let Content::Cells(items) = &item.content else {
                return Err((
                    format!("`{}` is no cell array but {}", outer(), item.words()),
                    Some(outer().to_string()),
                ));
            };
            let cell = place(index, &item.shape).and_then(|place| items.get(place));
            item = cell.ok_or_else(|| (format!("`{}` is {}; `{self}` is none of it", outer(), item.words()), None))?;
        }
        Ok(item)
    }

    /// What it means, taken out; a list of nothing stays behind.
    pub fn take(&self, variables: &mut [Variable]) -> Option<Item> {
        let (_, found) = variables.iter_mut().find(|(name, _)| *name == self.name)?;
        let mut item = found;
        for index in &self.cells {
            let place = place(index, &item.shape)?;
            let Content::Cells(items) = &mut item.content else { return None };
            item = items.get_mut(place)?;
        }
        let shape = item.shape.clone();
        Some(std::mem::replace(item, Item { shape, content: Content::Numbers(None) }))
    }

    fn unknown(&self, variables: &[Variable]) -> Unknown {
        let names: Vec<&str> = variables.iter().map(|(name, _)| name.as_str()).collect();
        let near = nearest(&self.name, names.iter().copied());
        let near = near.map(|name| Reference { name: name.to_owned(), ..self.clone() }.to_string());
        let there = if names.is_empty() { "none".to_owned() } else { quoted(&names) };
        (format!("no variable is called `{}`; there are {there}", self.name), near)
    }
}

/// The place, from 0, of an index, from 1: the first axis moves fastest.
fn place(index: &[usize], shape: &[usize]) -> Option<usize> {
    match index {
        [one] => one.checked_sub(1),
        several if several.len() == shape.len() => {
            let mut place = 0_usize;
            for (index, axis) in several.iter().zip(shape).rev() {
                let here = index.checked_sub(1).filter(|here| here < axis)?;
                place = place.checked_mul(*axis)?.checked_add(here)?;
            }
            Some(place)
        }
        _ => None,
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.cells.iter().try_for_each(|index| {
            write!(f, "{{{}}}", index.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_as_in_matlab() {
        for text in ["X", "X{2}", "fea_1{1,2}", "X{1}{2}"] {
            assert_eq!(Reference::parse(text).expect(text).to_string(), text);
        }
        assert_eq!(Reference::parse(" X { 2 } ").expect("blanks").to_string(), "X{2}");
        for text in ["", "X{0}", "X{", "X{}", "X{a}", "X(1)", "X{1", "X}", "{1}", "X{-1}", "X.a", "X{1}y"] {
            let (message, _) = Reference::parse(text).expect_err(text);
            assert!(message.contains("write `X`, `X{2}` or `X{1,2}`"), "{message}");
        }
    }

    #[test]
    fn cells_are_counted_column_by_column() {
        let cell = |n: usize| Item { shape: vec![n, 1], content: Content::Numbers(None) };
        let cells = Item { shape: vec![2, 2], content: Content::Cells((1..=4).map(cell).collect()) };
        let mut variables = vec![("X".to_owned(), cells), ("y".to_owned(), cell(9))];
        let find = |text: &str| Reference::parse(text).expect(text).find(&variables).map(|item| item.shape[0]);
        assert_eq!(find("X{3}"), Ok(3));
        assert_eq!(find("X{1,2}"), Ok(3));
        assert_eq!(find("X{2,1}"), Ok(2));
        for outside in ["X{5}", "X{3,1}", "X{1,1,1}"] {
            assert!(find(outside).expect_err(outside).0.contains("`X` is a cell array, 2 x 2"), "{outside}");
        }
        assert_eq!(find("y{1}").expect_err("no cell").1.as_deref(), Some("y"));
        assert_eq!(find("x{3}").expect_err("unknown").1.as_deref(), Some("X{3}"));
        let taken = Reference::parse("X{1,2}").expect("name").take(&mut variables).expect("there");
        assert_eq!(taken.shape, [3, 1]);
    }
}
