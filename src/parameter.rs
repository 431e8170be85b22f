//! Parameters of models, data sets and steps: declared once, and from that one declaration come the typed
//! struct, the checks of the experiment file, `gridbook describe` and what enters a trial's identity.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::value::Value;

/// Values by parameter name (kebab-case), as given; a name that is missing has its default.
pub type Values = BTreeMap<String, Value>;

/// What is known about one parameter.
#[derive(Clone, Debug, Serialize)]
pub struct ParameterSpec {
    /// Its name in an experiment file, kebab-case.
    pub name: String,
    /// `integer`, `number`, `boolean`, `string` or a list of these.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// The value it has when left out; none when `default_about` says how it is found.
    pub default: Option<Value>,
    /// What may be written.
    pub range: Option<String>,
    /// One sentence.
    pub about: String,
    #[serde(skip)]
    accepts: fn(&Value) -> Result<(), String>,
    #[serde(skip)]
    domain: Domain,
}

impl ParameterSpec {
    /// For the macro: the facts of one field.
    pub fn new<T: Parameter>(name: &str, about: &str, default: &T, domain: Domain) -> Self {
        ParameterSpec {
            name: name.to_owned(),
            type_name: T::TYPE,
            default: default.to_value(),
            range: domain.text(),
            about: about.trim().to_owned(),
            accepts: |value| T::from_value(value).map(|_| ()),
            domain,
        }
    }

    /// Checks one value: its type, then its range.
    ///
    /// # Errors
    /// What was expected, for a person.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        (self.accepts)(value)?;
        self.domain.check(value)
    }

    /// The words that may be written, where only some may.
    pub fn words(&self) -> &'static [&'static str] {
        match self.domain {
            Domain::OneOf(words) => words,
            _ => &[],
        }
    }

    /// What a value may be beyond its type.
    pub fn domain(&self) -> Domain {
        self.domain
    }

    /// Whether the value is of the parameter's type, whatever its range.
    pub fn accepts(&self, value: &Value) -> bool {
        (self.accepts)(value).is_ok()
    }

    /// Whether `value` is what the parameter would be anyway, so that spelling a default out changes no identity.
    pub fn is_default(&self, value: &Value) -> bool {
        self.default.as_ref() == Some(value)
    }
}

/// What a value may be beyond its type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Domain {
    /// Anything of the type.
    Any,
    /// `low..`, for a list each of its items.
    AtLeast(f64),
    /// Above, not equal.
    Above(f64),
    /// Both ends allowed.
    Between(f64, f64),
    /// One of these words.
    OneOf(&'static [&'static str]),
}

impl Domain {
    fn text(self) -> Option<String> {
        Some(match self {
            Domain::Any => return None,
            Domain::AtLeast(low) => format!("at least {low}"),
            Domain::Above(low) => format!("above {low}"),
            Domain::Between(low, high) => format!("{low} to {high}"),
            Domain::OneOf(words) => words.join(", "),
        })
    }

    fn check(self, value: &Value) -> Result<(), String> {
        if let Value::List(items) = value {
            return items.iter().try_for_each(|item| self.check(item));
        }
        let number = value.as_number().unwrap_or(f64::NAN);
        let good = match self {
            Domain::Any => true,
            Domain::AtLeast(low) => number >= low,
            Domain::Above(low) => number > low,
            Domain::Between(low, high) => (low..=high).contains(&number),
            Domain::OneOf(words) => matches!(value, Value::Text(text) if words.contains(&text.as_str())),
        };
        if good {
            return Ok(());
        }
        Err(match self {
            Domain::OneOf(words) => format!("`{value}` is not one of {}", quoted(words)),
            _ => format!("`{value}` is out of range: must be {}", self.text().unwrap_or_default()),
        })
    }
}

/// The allowed words, for messages: `` `a`, `b` ``.
pub fn quoted<T: AsRef<str>>(words: &[T]) -> String {
    words.iter().map(|word| format!("`{}`", word.as_ref())).collect::<Vec<_>>().join(", ")
}

/// A Rust type that a parameter can have.
pub trait Parameter: Sized {
    /// The type as users read it.
    const TYPE: &'static str;
    /// # Errors
    /// What was expected and what was found.
    fn from_value(value: &Value) -> Result<Self, String>;
    /// The value to print as default; none where it is found from the data.
    fn to_value(&self) -> Option<Value>;
}

fn expected<T>(what: &str, value: &Value) -> Result<T, String> {
    Err(format!("expected {what}, found {} `{value}`", value.type_name()))
}

impl Parameter for bool {
    const TYPE: &'static str = "boolean";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bool(b) => Ok(*b),
            _ => expected("`true` or `false`", value),
        }
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }
}

impl Parameter for f64 {
    const TYPE: &'static str = "number";
    fn from_value(value: &Value) -> Result<Self, String> {
        value.as_number().filter(|x| x.is_finite()).map_or_else(|| expected("a finite number", value), Ok)
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::Number(*self))
    }
}

impl Parameter for usize {
    const TYPE: &'static str = "integer";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value.as_integer().map(usize::try_from) {
            Some(Ok(n)) => Ok(n),
            Some(Err(_)) => Err(format!("`{value}` is out of range: must be at least 0")),
            None => expected("a whole number", value),
        }
    }
    fn to_value(&self) -> Option<Value> {
        i64::try_from(*self).ok().map(Value::Integer)
    }
}

impl Parameter for String {
    const TYPE: &'static str = "string";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            _ => expected("a string", value),
        }
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::Text(self.clone()))
    }
}

impl<T: Parameter> Parameter for Option<T> {
    const TYPE: &'static str = T::TYPE;
    fn from_value(value: &Value) -> Result<Self, String> {
        T::from_value(value).map(Some)
    }
    fn to_value(&self) -> Option<Value> {
        self.as_ref().and_then(Parameter::to_value)
    }
}

impl Parameter for Vec<usize> {
    const TYPE: &'static str = "list of integers";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(items) => items.iter().map(usize::from_value).collect(),
            _ => expected("a list of whole numbers", value),
        }
    }
    fn to_value(&self) -> Option<Value> {
        self.iter().map(Parameter::to_value).collect::<Option<_>>().map(Value::List)
    }
}

impl Parameter for Vec<String> {
    const TYPE: &'static str = "list of strings";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(items) => items.iter().map(String::from_value).collect(),
            _ => expected("a list of strings", value),
        }
    }
    fn to_value(&self) -> Option<Value> {
        self.iter().map(Parameter::to_value).collect::<Option<_>>().map(Value::List)
    }
}

impl Parameter for Vec<f64> {
    const TYPE: &'static str = "list of numbers";
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::List(items) => items.iter().map(f64::from_value).collect(),
            _ => expected("a list of numbers", value),
        }
    }
    fn to_value(&self) -> Option<Value> {
        self.iter().map(Parameter::to_value).collect::<Option<_>>().map(Value::List)
    }
}

/// A struct of parameters, made by [`parameters!`](crate::parameters).
pub trait Parameters: Sized + Default {
    /// Each parameter, in the order of the declaration.
    fn specs() -> Vec<ParameterSpec>;
    /// The struct, with defaults for what `values` leaves out.
    ///
    /// # Errors
    /// The name of the parameter and what was expected of it.
    fn from_values(values: &Values) -> Result<Self, (String, String)>;
    /// Every value by name, also those with their defaults; what is found from the data is left out.
    fn to_values(&self) -> Values;
}

/// Declares a struct of parameters: each field with its documentation (which `describe` prints), type, default and
/// the domain of its values. Parameters that several models have are a struct of their own, taken in with `..`: the file
/// sees them beside the others.
///
/// ```
/// use gridbook::parameter::{Domain, Parameters};
/// gridbook::parameters! {
///     /// What k-means can be told.
///     pub struct Params {
///         /// Restarts; the one with the lowest inertia wins.
///         seed_restarts: usize = 20, Domain::AtLeast(1.0);
///     }
/// }
/// assert_eq!(Params::specs()[0].name, "seed-restarts");
/// assert_eq!(Params::default().seed_restarts, 20);
/// ```
#[macro_export]
macro_rules! parameters {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[doc = $about:literal])+ $field:ident : $type:ty = $default:expr, $domain:expr;)*
        $(..$shared:ident : $shared_type:ty;)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        $vis struct $name {
            $($(#[doc = $about])+ pub $field: $type,)*
            $(#[doc = "Parameters that other models have too."] pub $shared: $shared_type,)*
        }

        impl ::std::default::Default for $name {
            fn default() -> Self {
                Self {
                    $($field: $default,)*
                    $($shared: <$shared_type as ::std::default::Default>::default(),)*
                }
            }
        }

        impl $crate::parameter::Parameters for $name {
            fn specs() -> Vec<$crate::parameter::ParameterSpec> {
                let defaults = <Self as ::std::default::Default>::default();
                let _ = &defaults;
                let specs: Vec<$crate::parameter::ParameterSpec> =
                    vec![$($crate::parameter::ParameterSpec::new::<$type>(
                        &stringify!($field).replace('_', "-"), concat!($($about),+), &defaults.$field, $domain,
                    ),)*];
                $(let specs = [specs, <$shared_type as $crate::parameter::Parameters>::specs()].concat();)*
                specs
            }
            fn from_values(values: &$crate::parameter::Values) -> Result<Self, (String, String)> {
                let mut params = <Self as ::std::default::Default>::default();
                let _ = (&mut params, values);
                $(
                    let name = stringify!($field).replace('_', "-");
                    if let Some(value) = values.get(&name) {
                        params.$field = <$type as $crate::parameter::Parameter>::from_value(value)
                            .and_then(|parsed| {
                                $crate::parameter::ParameterSpec::new::<$type>(&name, "", &parsed, $domain).check(value)?;
                                Ok(parsed)
                            })
                            .map_err(|what| (name, what))?;
                    }
                )*
                $(params.$shared = <$shared_type as $crate::parameter::Parameters>::from_values(values)?;)*
                Ok(params)
            }
            fn to_values(&self) -> $crate::parameter::Values {
                let values = [$((
                    stringify!($field).replace('_', "-"),
                    $crate::parameter::Parameter::to_value(&self.$field),
                )),*];
                let values: Vec<(String, Option<$crate::value::Value>)> = values.into();
                let values = values.into_iter().filter_map(|(name, value)| Some((name, value?)));
                $(let values = values.chain($crate::parameter::Parameters::to_values(&self.$shared));)*
                values.collect()
            }
        }
    };
}
