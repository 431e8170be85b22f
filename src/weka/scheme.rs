//! A Weka scheme beside a kind of model: which flag is which key, both ways.

use crate::diagnostic::nearest;
use crate::parameter::{ParameterSpec, Values, quoted as quoted_words};
use crate::value::Value;
use crate::weka::command_line::{quoted, words};
use crate::weka::number::java_double;

/// A scheme of Weka and the kind of model that does the same.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    /// `weka.classifiers.trees.J48`.
    pub class: &'static str,
    /// `j48`.
    pub kind: &'static str,
    /// Its flags, in the order in which Weka reports them.
    pub flags: &'static [Flag],
}

/// One flag of a scheme.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// `-C`.
    pub flag: &'static str,
    /// The key that it sets; empty where it has none here.
    pub key: &'static str,
    /// What follows it.
    pub takes: Takes,
    /// It is left out where one of these keys is not at its default.
    pub unless: &'static [&'static str],
    /// It is left out where this key is at its default.
    pub with: Option<&'static str>,
}

/// What follows a flag, and what it means here.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// The key's value.
    Value,
    /// The key's value, except this one, which means that the key is left out.
    ValueOrNone(&'static str),
    /// A word of Weka's, each with its word here.
    Words(&'static [(&'static str, &'static str)]),
    /// Nothing: the key is `true`.
    Switch,
    /// Nothing: the key is `false`.
    Off,
    /// Nothing: the key is this word.
    Is(&'static str),
    /// One of these, which is how it is here anyway; the first is what Weka reports. None at all: anything, since it
    /// changes no result.
    Only(&'static [&'static str]),
    /// Nothing, and nothing changes; Weka does not report it.
    Nothing,
    /// Nothing, and nothing changes; Weka reports it.
    Always,
    /// `--`, which sets the options of an inner scheme apart.
    Dashes,
}

impl Flag {
    /// A flag whose value is that of `key`.
    pub const fn value(flag: &'static str, key: &'static str) -> Flag {
        Flag { flag, key, takes: Takes::Value, unless: &[], with: None }
    }

    /// A flag that sets `key` to `true`.
    pub const fn switch(flag: &'static str, key: &'static str) -> Flag {
        Flag { takes: Takes::Switch, ..Flag::value(flag, key) }
    }

    /// A flag of no key.
    pub const fn keyless(flag: &'static str, takes: Takes) -> Flag {
        Flag { takes, ..Flag::value(flag, "") }
    }

    /// The same for a key.
    #[must_use]
    pub const fn of(self, key: &'static str) -> Flag {
        Flag { key, ..self }
    }

    /// The same with other values.
    #[must_use]
    pub const fn takes(self, takes: Takes) -> Flag {
        Flag { takes, ..self }
    }

    /// Left out where one of these keys is not at its default.
    #[must_use]
    pub const fn unless(self, unless: &'static [&'static str]) -> Flag {
        Flag { unless, ..self }
    }

    /// Left out where this key is at its default.
    #[must_use]
    pub const fn with(self, key: &'static str) -> Flag {
        Flag { with: Some(key), ..self }
    }
}

/// A model read from a Weka command.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// Its kind here.
    pub kind: &'static str,
    /// What the options say; what they leave out has Weka's default, which is the default here.
    pub values: Values,
}

impl Scheme {
    /// The model that these options mean.
    ///
    /// # Errors
    /// An option that the scheme does not have, or not here; a value that is none.
    pub fn import(&self, options: &str, specs: &[ParameterSpec]) -> Result<Imported, String> {
        let mut values = Values::new();
        let mut words = words(options)?.into_iter();
        while let Some(word) = words.next() {
            if word.is_empty() || word == "--" {
                continue;
            }
            let flag = self.flags.iter().find(|flag| flag.flag == word).ok_or_else(|| self.unknown(&word))?;
            let mut given = || words.next().ok_or_else(|| format!("option `{word}` of {} needs a value", self.class));
            let value = match flag.takes {
                Takes::Switch => Some(Value::Bool(true)),
                Takes::Off => Some(Value::Bool(false)),
                Takes::Is(word) => Some(Value::Text(word.to_owned())),
                Takes::Nothing | Takes::Always | Takes::Dashes => None,
                Takes::Value => Some(read(&given()?, flag, specs)?),
                Takes::ValueOrNone(none) => {
                    let text = given()?;
                    if text == none { None } else { Some(read(&text, flag, specs)?) }
                }
                Takes::Words(words) => {
                    let text = given()?;
                    let ours = words.iter().find(|(weka, _)| *weka == text).map(|(_, ours)| *ours);
                    let known: Vec<&str> = words.iter().map(|(weka, _)| *weka).collect();
                    let ours = ours.ok_or_else(|| only(&word, &text, &known))?;
                    Some(Value::Text(ours.to_owned()))
                }
                Takes::Only(known) => {
                    let text = given()?;
                    if !known.is_empty() && !known.contains(&text.as_str()) {
                        return Err(only(&word, &text, known));
                    }
                    None
                }
            };
            if let Some(value) = value {
                values.insert(flag.key.to_owned(), value);
            }
        }
        Ok(Imported { kind: self.kind, values })
    }

    fn unknown(&self, word: &str) -> String {
        let names = || self.flags.iter().map(|flag| flag.flag).filter(|flag| *flag != "--");
        let all = quoted_words(&names().collect::<Vec<_>>());
        let hint = nearest(word, names()).map_or_else(
            || if all.is_empty() { "; it takes none".to_owned() } else { format!("; it has {all}") },
            |near| format!("; did you mean `{near}`?"),
        );
        format!("{} has no option `{word}` that is known here{hint}", self.class)
    }

    /// The options that Weka would report for these parameters.
    pub fn options(&self, values: &Values, specs: &[ParameterSpec]) -> String {
        let default = |key: &str| specs.iter().find(|spec| spec.name == key).and_then(|spec| spec.default.clone());
        let value = |key: &str| values.get(key).cloned().or_else(|| default(key));
        let changed = |key: &&str| value(key) != default(key);
        let mut words: Vec<String> = Vec::new();
        for flag in self.flags {
            if flag.unless.iter().any(changed) || flag.with.is_some_and(|key| !changed(&key)) {
                continue;
            }
            let known = value(flag.key);
            let mut push = |text: &str| words.extend([flag.flag.to_owned(), quoted(text)]);
            match (flag.takes, known) {
                (Takes::Switch, Some(Value::Bool(true)))
                | (Takes::Off, Some(Value::Bool(false)))
                | (Takes::Always | Takes::Dashes, _) => words.push(flag.flag.to_owned()),
                (Takes::Is(word), Some(Value::Text(text))) if word == text => words.push(flag.flag.to_owned()),
                (Takes::Value | Takes::ValueOrNone(_), Some(value)) => push(&written(&value)),
                (Takes::ValueOrNone(none), None) => push(none),
                (Takes::Words(known), Some(Value::Text(text))) => {
                    if let Some((weka, _)) = known.iter().find(|(_, ours)| *ours == text) {
                        push(weka);
                    }
                }
                (Takes::Only([first, ..]), _) => push(first),
                _ => {}
            }
        }
        words.join(" ")
    }

    /// The flag that sets a key.
    pub fn flag(&self, key: &str) -> Option<&'static Flag> {
        self.flags.iter().find(|flag| flag.key == key)
    }
}

fn only(flag: &str, text: &str, known: &[&str]) -> String {
    let known: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    format!("`{flag} {text}` is not known here; expected {}", known.join(" or "))
}

fn read(text: &str, flag: &Flag, specs: &[ParameterSpec]) -> Result<Value, String> {
    let whole = text.parse().ok().map(Value::Integer);
    let number = || text.parse::<f64>().ok().filter(|x| x.is_finite()).map(Value::Number);
    let value = whole.or_else(number).unwrap_or_else(|| Value::Text(text.to_owned()));
    let Some(spec) = specs.iter().find(|spec| spec.name == flag.key) else { return Ok(value) };
    // A word of digits, like the hidden layers of a network.
    let value = if spec.accepts(&value) { value } else { Value::Text(text.to_owned()) };
    match spec.check(&value) {
        Ok(()) => Ok(value),
        Err(what) => Err(format!("`{} {text}`: {what}", flag.flag)),
    }
}

/// A value as Weka reports it: whole numbers plain, others as Java writes doubles.
fn written(value: &Value) -> String {
    match value {
        Value::Integer(n) => n.to_string(),
        Value::Number(x) => java_double(*x),
        Value::Text(text) => text.clone(),
        other => other.to_string(),
    }
}
