//! What becomes of each column of a table: a feature, the classes, a text, or none of these.

use std::collections::{HashMap, HashSet};

use crate::dataset::DatasetError;
use crate::dataset::file::shown;
use crate::diagnostic::nearest;
use crate::parameter::Parameter;
use crate::value::Value;

/// A list of names.
#[derive(Clone, Debug, Default)]
pub struct Names(pub Vec<String>);

impl Parameter for Names {
    const TYPE: &'static str = "list of strings";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(items) => items.iter().map(String::from_value).collect::<Result<_, _>>().map(Names),
            Value::Text(one) => Ok(Names(vec![one.clone()])),
            _ => Err(format!("expected a list of strings, found {} `{value}`", value.type_name())),
        }
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::List(self.0.iter().cloned().map(Value::Text).collect()))
    }
}

/// Our name of each view, and its columns; empty means one view of all features.
#[derive(Clone, Debug, Default)]
pub struct ViewColumns(pub Vec<(String, Vec<String>)>);

impl Parameter for ViewColumns {
    const TYPE: &'static str = "table of lists of column names";
    fn from_value(value: &Value) -> Result<Self, String> {
        let Value::Map(entries) = value else {
            return Err(format!(
                "expected a table of lists of column names like `{{ shape = [\"a\", \"b\"] }}`, found {} `{value}`",
                value.type_name()
            ));
        };
        let view = |(name, columns): (&String, &Value)| {
            let Names(columns) = Names::from_value(columns).map_err(|what| format!("view `{name}`: {what}"))?;
            if columns.is_empty() {
                return Err(format!("view `{name}` has no columns"));
            }
            Ok((name.clone(), columns))
        };
        entries.iter().map(view).collect::<Result<_, _>>().map(ViewColumns)
    }
    fn to_value(&self) -> Option<Value> {
        None
    }
}

/// What becomes of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A feature that holds numbers.
    Number,
    /// A feature that holds words.
    Nominal,
    /// The classes.
    Labels,
    /// Kept as it stands; no feature.
    Aside,
    /// One text a row.
    Text,
    /// Not read.
    Skip,
}

/// What an experiment file says of a table's columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// `labels`.
    pub labels: Option<&'a str>,
    /// `drop`.
    pub drop: &'a [String],
    /// `nominal`.
    pub nominal: &'a [String],
    /// `text`.
    pub text: Option<&'a str>,
    /// `key`.
    pub key: Option<&'a str>,
    /// `views`.
    pub views: &'a [(String, Vec<String>)],
}

impl Wanted<'_> {
    /// What each of these columns becomes.
    ///
    /// # Errors
    /// A name that no column has, that several have where one is meant, or that is given two roles.
    pub fn roles(&self, names: &[String]) -> Result<Vec<Role>, DatasetError> {
        let named = self.named()?;
        let known: HashSet<&str> = names.iter().map(String::as_str).collect();
        let in_views = self.views.iter().flat_map(|(_, columns)| columns).map(|name| ("views", name.as_str()));
        let mut missing: Vec<(&str, &str)> = named.iter().map(|(name, (key, _))| (*key, *name)).collect();
        missing.extend(in_views);
        missing.retain(|(_, name)| !known.contains(name));
        // The first by name, so that the message is the same each time.
        if let Some((key, name)) = missing.into_iter().min() {
            return Err(unknown(names, key, name));
        }
        let features: HashSet<&str> = self.views.iter().flat_map(|(_, columns)| columns).map(String::as_str).collect();
        let role = |name: &String| {
            let feature = features.is_empty() || features.contains(name.as_str());
            match named.get(name.as_str()) {
                Some((_, Role::Nominal)) if !feature => Role::Skip,
                Some((_, role)) => *role,
                None if feature => Role::Number,
                None => Role::Skip,
            }
        };
        self.apart(names, names.iter().map(role).collect())
    }

    /// The roles, if no two columns that are read share a name.
    fn apart(&self, names: &[String], mut roles: Vec<Role>) -> Result<Vec<Role>, DatasetError> {
        let mut first: HashMap<&str, usize> = HashMap::with_capacity(names.len());
        for (column, name) in names.iter().enumerate() {
            let before = *first.entry(name).or_insert(column);
            match roles[column] {
                _ if before == column => {}
                Role::Skip => {}
                // What is dropped may have any name; but no split could say which of them it means.
                Role::Aside if self.key != Some(name.as_str()) => {
                    (roles[before], roles[column]) = (Role::Skip, Role::Skip);
                }
                role => {
                    let named = [("labels", self.labels), ("text", self.text), ("key", self.key)];
                    let key = named.into_iter().find(|(_, theirs)| *theirs == Some(name.as_str()));
                    let key = key.map_or(if role == Role::Nominal { "nominal" } else { "path" }, |(key, _)| key);
                    return Err(twice(key, name, before, column));
                }
            }
        }
        Ok(roles)
    }

    /// Each name that has a role of its own, with the parameter that gives it.
    fn named(&self) -> Result<HashMap<&str, (&'static str, Role)>, DatasetError> {
        let mut named: HashMap<&str, (&'static str, Role)> = HashMap::new();
        let one = |key, name: Option<_>, role| name.into_iter().map(move |name| (key, name, role));
        let all = one("labels", self.labels, Role::Labels)
            .chain(self.drop.iter().map(|name| ("drop", name.as_str(), Role::Aside)))
            .chain(self.nominal.iter().map(|name| ("nominal", name.as_str(), Role::Nominal)))
            .chain(one("text", self.text, Role::Text))
            .chain(one("key", self.key, Role::Aside));
        for (key, name, role) in all {
            let (other, before) = *named.entry(name).or_insert((key, role));
            if before != role {
                let message = format!("column `{}` is named under `{other}` and under `{key}`", shown(name));
                return Err(wrong(&format!("{key}[{name}]"), message));
            }
        }
        for (view, columns) in self.views {
            let mut seen = HashSet::new();
            if let Some(name) = columns.iter().find(|name| !seen.insert(name.as_str())) {
                return Err(wrong("views", format!("view `{view}` names `{}` twice", shown(name))));
            }
            let taken = columns.iter().find_map(|name| Some((name, named.get(name.as_str())?)));
            if let Some((name, (key, role))) = taken.filter(|(_, (_, role))| *role != Role::Nominal) {
                let what = if *role == Role::Aside { "is no feature" } else { "is none" };
                let message = format!("view `{view}` names `{}`, which {what}: `{key}` names it", shown(name));
                return Err(wrong(&format!("views[{name}]"), message));
            }
        }
        Ok(named)
    }
}

fn wrong(key: &str, message: String) -> DatasetError {
    DatasetError::Parameter { key: key.to_owned(), message, suggestion: None }
}

/// The error for a name that two columns have, counted from 0.
fn twice(key: &str, name: &str, first: usize, second: usize) -> DatasetError {
    let (first, second, name) = (first + 1, second + 1, shown(name));
    let message = format!(
        "columns {first} and {second} are both called `{name}`; give them different names in the file, or leave them \
         out: `drop = [\"{name}\"]`"
    );
    wrong(key, message)
}

/// The error for a name that no column has.
pub fn unknown(names: &[String], key: &str, name: &str) -> DatasetError {
    const MOST: usize = 12;
    /// A cell of a megabyte is nobody's typing mistake, and slow to compare.
    const LONGEST: usize = 200;
    let some: Vec<String> = names.iter().take(MOST).map(|name| format!("`{}`", shown(name))).collect();
    let more = names.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    DatasetError::Parameter {
        // Of a list the caret goes to the item.
        key: if ["drop", "nominal", "views"].contains(&key) { format!("{key}[{name}]") } else { key.to_owned() },
        message: format!("no column is called `{}`; there are {}{more}", shown(name), some.join(", ")),
        suggestion: nearest(name, names.iter().map(String::as_str).filter(|name| name.len() <= LONGEST))
            .map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn columns_get_the_roles_they_are_named_under() {
        let (drop, nominal) = (names("d"), names("n"));
        let wanted = Wanted {
            labels: Some("y"),
            drop: &drop,
            nominal: &nominal,
            text: Some("t"),
            key: Some("k"),
            ..Wanted::default()
        };
        let roles = wanted.roles(&names("a y d n t k")).unwrap();
        assert_eq!(roles, [Role::Number, Role::Labels, Role::Aside, Role::Nominal, Role::Text, Role::Aside]);
    }

    #[test]
    fn with_views_the_rest_is_not_read() {
        let views = [("one".to_owned(), names("a n")), ("two".to_owned(), names("b"))];
        let nominal = names("n m");
        let wanted = Wanted { nominal: &nominal, views: &views, ..Wanted::default() };
        let roles = wanted.roles(&names("a b c n m")).unwrap();
        assert_eq!(roles, [Role::Number, Role::Number, Role::Skip, Role::Nominal, Role::Skip]);
        let error = Wanted { labels: Some("b"), views: &views, ..Wanted::default() }.roles(&names("a b n"));
        assert!(error.unwrap_err().to_string().contains("view `two` names `b`, which is none: `labels` names it"));
    }

    #[test]
    fn columns_that_are_read_have_names_of_their_own() {
        let key = |wanted: Wanted<'_>, columns: &str| match wanted.roles(&names(columns)) {
            Ok(roles) => Ok(roles),
            Err(error @ DatasetError::Parameter { .. }) => Err(error.to_string()),
            Err(DatasetError::File { .. }) => unreachable!("a parameter is wrong"),
        };
        let said = key(Wanted::default(), "a b a").unwrap_err();
        assert!(said.starts_with("columns 1 and 3 are both called `a`"), "{said}");
        let (one, other) = ([("one".to_owned(), names("a"))], [("one".to_owned(), names("b"))]);
        assert!(key(Wanted { views: &one, ..Wanted::default() }, "a b a").is_err(), "which `a`?");
        assert!(key(Wanted { nominal: &names("a"), ..Wanted::default() }, "a b a").is_err());
        assert!(key(Wanted { key: Some("a"), ..Wanted::default() }, "a b a").is_err());
        // Neither is read.
        let skipped = [Role::Skip, Role::Number, Role::Skip];
        assert_eq!(key(Wanted { views: &other, ..Wanted::default() }, "a b a").unwrap(), skipped);
        assert_eq!(key(Wanted { drop: &names("a"), ..Wanted::default() }, "a b a").unwrap(), skipped);
    }

    #[test]
    fn mistakes_name_the_parameter() {
        let error = |wanted: Wanted<'_>, columns: &str| match wanted.roles(&names(columns)).unwrap_err() {
            DatasetError::Parameter { key, message, suggestion } => (key, message, suggestion),
            DatasetError::File { .. } => unreachable!("a parameter is wrong"),
        };
        let drop = names("clas");
        let (key, message, near) = error(Wanted { drop: &drop, ..Wanted::default() }, "a class");
        assert_eq!((key.as_str(), near.as_deref()), ("drop[clas]", Some("class")));
        assert!(message.contains("no column is called `clas`; there are `a`, `class`"), "{message}");
        let (key, message, _) = error(Wanted { labels: Some("clas"), drop: &drop, ..Wanted::default() }, "a clas");
        assert_eq!(key, "drop[clas]");
        assert!(message.contains("`clas` is named under `labels` and under `drop`"), "{message}");
        let (key, message, _) = error(Wanted { text: Some("a"), ..Wanted::default() }, "b a a");
        assert_eq!(key, "text");
        assert!(message.starts_with("columns 2 and 3 are both called `a`; give them"), "{message}");
        let views = [("one".to_owned(), names("a b a"))];
        let (key, message, _) = error(Wanted { views: &views, ..Wanted::default() }, "a b");
        assert_eq!((key.as_str(), message.as_str()), ("views", "view `one` names `a` twice"));
        assert!(ViewColumns::from_value(&Value::Text("a".to_owned())).is_err());
    }
}
