//! The parameter that names the arrays of a file that are views.

use crate::parameter::Parameter;
use crate::value::Value;

/// Our name and the array's name of each view; empty means every array.
#[derive(Clone, Debug)]
pub struct ViewNames(pub Vec<(String, String)>);

impl Parameter for ViewNames {
    const TYPE: &'static str = "list or table of array names";
    fn from_value(value: &Value) -> Result<Self, String> {
        let text = |value: &Value| String::from_value(value);
        match value {
            Value::Text(one) => Ok(ViewNames(vec![(one.clone(), one.clone())])),
            Value::List(items) => {
                items.iter().map(|item| text(item).map(|n| (n.clone(), n))).collect::<Result<_, _>>().map(ViewNames)
            }
            Value::Map(entries) => entries
                .iter()
                .map(|(name, array)| Ok((name.clone(), text(array)?)))
                .collect::<Result<_, String>>()
                .map(ViewNames),
            _ => Err(format!("expected a list or a table of array names, found {} `{value}`", value.type_name())),
        }
    }
    fn to_value(&self) -> Option<Value> {
        None
    }
}
