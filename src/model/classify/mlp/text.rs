//! A network as Weka prints it: unit after unit, the outputs first.

use std::fmt::Write;

use crate::model::classify::mlp::network::Network;
use crate::weka::number::java_double;

/// The whole text.
pub fn text(network: &Network, inputs: &[String], classes: &[String]) -> String {
    let mut text = String::new();
    let layers = &network.layers;
    // The outputs are numbered first, then the hidden layers in turn.
    let mut first = classes.len();
    let firsts: Vec<usize> = layers
        .iter()
        .enumerate()
        .map(|(at, layer)| {
            if at + 1 == layers.len() {
                return 0;
            }
            first += layer.units;
            first - layer.units
        })
        .collect();
    let hidden = 0..layers.len().saturating_sub(1);
    for at in layers.len().checked_sub(1).into_iter().chain(hidden) {
        let layer = &layers[at];
        for unit in 0..layer.units {
            let _ = writeln!(text, "Sigmoid Node {}\n    Inputs    Weights", firsts[at] + unit);
            let _ = writeln!(text, "    Threshold    {}", java_double(layer.bias(unit)));
            for input in 0..layer.inputs {
                let name = match at.checked_sub(1) {
                    None => format!("Attrib {}", inputs.get(input).map_or("", String::as_str)),
                    Some(before) => format!("Node {}", firsts[before] + input),
                };
                let _ = writeln!(text, "    {name}    {}", java_double(layer.weight(input, unit)));
            }
        }
    }
    for (unit, class) in classes.iter().enumerate() {
        let _ = writeln!(text, "Class {class}\n    Input\n    Node {unit}");
    }
    text
}
