//! A parameter's value, as written in an experiment file and as part of a trial's identity.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// One value. Two numbers are equal when they are the same number: `1` and `1.0` are one value.
#[derive(Clone, Debug)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number as written.
    Integer(i64),
    /// A number with a point or an exponent as written.
    Number(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A table of named values.
    Map(BTreeMap<String, Value>),
}

/// Whole numbers up to here are exact in an `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Value {
    /// The number, whichever way it was written.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
            Value::Integer(n) => Some(*n as f64),
            Value::Number(x) => Some(*x),
            _ => None,
        }
    }

    /// The whole number, also when written as `2.0`.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(n) => Some(*n),
            #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small")]
            Value::Number(x) if x.fract() == 0.0 && x.abs() < EXACT => Some(*x as i64),
            _ => None,
        }
    }

    /// What the value is, for error messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Bool(_) => "boolean",
            Value::Integer(_) => "integer",
            Value::Number(_) => "number",
            Value::Text(_) => "string",
            Value::List(_) => "list",
            Value::Map(_) => "table",
        }
    }

    /// The form in which the value enters a trial's identity: numbers that are whole are written without a point.
    pub fn canonical(&self) -> serde_json::Value {
        match self {
            Value::Bool(b) => (*b).into(),
            Value::Text(t) => t.as_str().into(),
            Value::List(items) => items.iter().map(Value::canonical).collect(),
            Value::Map(entries) => entries.iter().map(|(name, value)| (name.clone(), value.canonical())).collect(),
            Value::Integer(n) => (*n).into(),
            Value::Number(x) => match self.as_integer() {
                Some(n) => n.into(),
                None if x.is_finite() => (*x).into(),
                None => x.to_string().into(),
            },
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }
}

/// As tables and messages show it: `0.1`, `sgd`, `500-500-2000`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(b) => write!(f, "{b}"),
            Value::Text(t) => f.write_str(t),
            Value::Integer(n) => write!(f, "{n}"),
            Value::Number(x) => match self.as_integer() {
                Some(n) => write!(f, "{n}"),
                None if *x != 0.0 && (x.abs() < 1e-3 || x.abs() >= 1e7) => write!(f, "{x:e}"),
                None => write!(f, "{x}"),
            },
            Value::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if i == 0 { "" } else { "-" })?;
                }
                Ok(())
            }
            Value::Map(entries) => {
                for (i, (name, value)) in entries.iter().enumerate() {
                    write!(f, "{}{name}={value}", if i == 0 { "" } else { " " })?;
                }
                Ok(())
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.canonical().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_json(&serde_json::Value::deserialize(deserializer)?)
            .ok_or_else(|| de::Error::custom("not a parameter value"))
    }
}

fn from_json(json: &serde_json::Value) -> Option<Value> {
    use serde_json::Value as Json;
    Some(match json {
        Json::Bool(b) => Value::Bool(*b),
        Json::String(t) => Value::Text(t.clone()),
        Json::Number(n) => match n.as_i64() {
            Some(n) => Value::Integer(n),
            None => Value::Number(n.as_f64()?),
        },
        Json::Array(items) => Value::List(items.iter().map(from_json).collect::<Option<_>>()?),
        Json::Object(entries) => Value::Map(
            entries.iter().map(|(name, value)| Some((name.clone(), from_json(value)?))).collect::<Option<_>>()?,
        ),
        Json::Null => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_itself_however_written() {
        assert_eq!(Value::Integer(1), Value::Number(1.0));
        assert_ne!(Value::Integer(1), Value::Number(1.5));
        assert_eq!(Value::Number(1.0).canonical().to_string(), "1");
        assert_eq!(Value::Number(0.1).canonical().to_string(), "0.1");
    }

    #[test]
    fn shown_as_tables_print_it() {
        assert_eq!(Value::Number(1e-4).to_string(), "1e-4");
        assert_eq!(Value::Number(0.001).to_string(), "0.001");
        assert_eq!(Value::List(vec![Value::Integer(500), Value::Integer(10)]).to_string(), "500-10");
    }
}
