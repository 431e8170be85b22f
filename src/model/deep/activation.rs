//! What stands between the layers of a network.

use crate::parameter::Parameter;
use crate::value::Value;

/// An elementwise function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// x
    Identity,
    /// max(x, 0)
    Relu,
    /// x, or .01 x where it is negative
    LeakyRelu,
    /// tanh x
    Tanh,
    /// 1 / (1 + exp(-x))
    Sigmoid,
    /// log(1 + exp x)
    Softplus,
}

impl Activation {
    /// Those that a hidden layer may have, as they are written.
    pub const WORDS: &'static [&'static str] = &["relu", "leaky-relu", "tanh", "sigmoid", "softplus"];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Activation::Identity => "identity",
            Activation::Relu => "relu",
            Activation::LeakyRelu => "leaky-relu",
            Activation::Tanh => "tanh",
            Activation::Sigmoid => "sigmoid",
            Activation::Softplus => "softplus",
        }
    }
}

impl Parameter for Activation {
    const TYPE: &'static str = "string";
    fn from_value(value: &Value) -> Result<Self, String> {
        use Activation::{Identity, LeakyRelu, Relu, Sigmoid, Softplus, Tanh};
        let word = String::from_value(value)?;
        let known = [Identity, Relu, LeakyRelu, Tanh, Sigmoid, Softplus];
        known
            .into_iter()
            .find(|activation| activation.word() == word)
            .ok_or_else(|| format!("`{word}` is not one of {}", crate::parameter::quoted(Activation::WORDS)))
    }
    fn to_value(&self) -> Option<Value> {
        Some(Value::Text(self.word().to_owned()))
    }
}
