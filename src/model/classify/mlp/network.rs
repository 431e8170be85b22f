//! A network of layers of sigmoid units, trained row by row by back-propagation with momentum.
//!
//! The weights of a layer lie input after input, the units of an input side by side and filled up to whole lanes: the
//! forward pass, the errors of the layer before and the change of the weights all run over neighbouring numbers, and
//! none waits for a sum.

/// Units that are computed at a time.
const LANES: usize = 4;

/// Units whose sums are kept at a time.
const BLOCK: usize = 8;

/// What the sigmoid does not see beyond: there it is 0 or 1.
const LIMIT: f64 = 45.0;

/// One layer: from `inputs` numbers to `units` numbers.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Numbers that come in.
    pub inputs: usize,
    /// Numbers that go out.
    pub units: usize,
    /// `units`, filled up to whole lanes.
    width: usize,
    /// `[inputs, width]`; the filling is 0.
    weights: Vec<f64>,
    /// The last change of each weight.
    changes: Vec<f64>,
    /// `[width]`.
    biases: Vec<f64>,
    bias_changes: Vec<f64>,
}

impl Layer {
    fn new(inputs: usize, units: usize) -> Self {
        let width = units.div_ceil(LANES) * LANES;
        Layer {
            inputs,
            units,
            width,
            weights: vec![0.0; inputs * width],
            changes: vec![0.0; inputs * width],
            biases: vec![0.0; width],
            bias_changes: vec![0.0; width],
        }
    }

    /// The weight from an input to a unit.
    pub fn weight(&self, input: usize, unit: usize) -> f64 {
        self.weights[input * self.width + unit]
    }

    /// The bias of a unit.
    pub fn bias(&self, unit: usize) -> f64 {
        self.biases[unit]
    }

    /// What goes out where `inputs` come in.
    fn forward(&self, inputs: &[f64], outputs: &mut [f64]) {
        let mut at = 0;
        while at + BLOCK <= self.width {
            self.sums::<BLOCK>(at, inputs, outputs);
            at += BLOCK;
        }
        while at < self.width {
            self.sums::<LANES>(at, inputs, outputs);
            at += LANES;
        }
        let (units, filling) = outputs.split_at_mut(self.units);
        units.iter_mut().for_each(|x| *x = sigmoid(*x));
        // Filling weighs nothing in the next layer, and must not change its weights either.
        filling.fill(0.0);
    }

    /// The weighted sums of the `N` units from `at` on, kept where the processor computes.
    fn sums<const N: usize>(&self, at: usize, inputs: &[f64], outputs: &mut [f64]) {
        let mut sums = [0.0; N];
        sums.copy_from_slice(&self.biases[at..at + N]);
        for (input, weights) in inputs.iter().zip(self.weights.chunks_exact(self.width)) {
            let weights = &weights[at..at + N];
            for lane in 0..N {
                sums[lane] += input * weights[lane];
            }
        }
        outputs[at..at + N].copy_from_slice(&sums);
    }

    /// The errors of the layer before, of its outputs `values` and the errors of this one.
    fn backward(&self, errors: &[f64], values: &[f64], before: &mut [f64]) {
        let rows = self.weights.chunks_exact(self.width);
        for ((value, error), weights) in values.iter().zip(before).zip(rows) {
            *error = value * (1.0 - value) * dot(weights, errors);
        }
    }

    /// Moves the weights. `steps` are the errors times the learning rate.
    fn learn(&mut self, inputs: &[f64], steps: &[f64], momentum: f64) {
        move_by(&mut self.biases, &mut self.bias_changes, 1.0, steps, momentum);
        let rows = self.weights.chunks_exact_mut(self.width).zip(self.changes.chunks_exact_mut(self.width));
        for ((weights, changes), input) in rows.zip(inputs) {
            move_by(weights, changes, *input, steps, momentum);
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
}

/// `changes = x * steps + momentum * changes; weights += changes`.
fn move_by(weights: &mut [f64], changes: &mut [f64], x: f64, steps: &[f64], momentum: f64) {
    let weights = weights.chunks_exact_mut(LANES);
    for ((weights, changes), steps) in weights.zip(changes.chunks_exact_mut(LANES)).zip(steps.chunks_exact(LANES)) {
        for lane in 0..LANES {
            let change = x * steps[lane] + momentum * changes[lane];
            changes[lane] = change;
            weights[lane] += change;
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    if x < -LIMIT {
        0.0
    } else if x > LIMIT {
        1.0
    } else {
        1.0 / (1.0 + (-x).exp())
    }
}

/// Layers one after the other, with the numbers between them.
#[derive(Clone, Debug)]
pub struct Network {
    /// From the inputs to the outputs.
    pub layers: Vec<Layer>,
    /// What goes out of each layer, filling included.
    values: Vec<Vec<f64>>,
    /// The error of each unit of each layer, filling included.
    errors: Vec<Vec<f64>>,
}

/// How far weights move.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Of the error.
    pub rate: f64,
    /// Of the former change.
    pub momentum: f64,
}

impl Network {
    /// A network of these sizes, inputs first, outputs last, its weights drawn by `draw`: the biases of the outputs, those of
    /// the hidden layers, then for each layer in turn the weights of each input to each unit.
    pub fn new(sizes: &[usize], mut draw: impl FnMut() -> f64) -> Self {
        let mut layers: Vec<Layer> = sizes.windows(2).map(|pair| Layer::new(pair[0], pair[1])).collect();
        if let Some((last, hidden)) = layers.split_last_mut() {
            for layer in std::iter::once(last).chain(hidden) {
                layer.biases[..layer.units].iter_mut().for_each(|bias| *bias = draw());
            }
        }
        for layer in &mut layers {
            for row in layer.weights.chunks_exact_mut(layer.width.max(1)) {
                row[..layer.units].iter_mut().for_each(|weight| *weight = draw());
            }
        }
        let blank: Vec<Vec<f64>> = layers.iter().map(|layer| vec![0.0; layer.width]).collect();
        Network { layers, values: blank.clone(), errors: blank }
    }

    /// The outputs of a row.
    pub fn outputs(&mut self, inputs: &[f64]) -> &[f64] {
        for at in 0..self.layers.len() {
            let (before, here) = self.values.split_at_mut(at);
            let layer = &self.layers[at];
            let inputs = before.last().map_or(inputs, |values| &values[..layer.inputs]);
            layer.forward(inputs, &mut here[0]);
        }
        match (self.layers.last(), self.values.last()) {
            (Some(layer), Some(values)) => &values[..layer.units],
            _ => &[],
        }
    }

    /// The sum of squared errors of the outputs, of which the one at `class` should be 1 and the others 0.
    pub fn error(&mut self, inputs: &[f64], class: usize) -> f64 {
        let outputs = self.outputs(inputs).iter().enumerate();
        outputs.map(|(unit, output)| (f64::from(u8::from(unit == class)) - output).powi(2)).sum()
    }

    /// Learns a row: every error by the weights as they were, then the weights. The sum of squared errors before.
    pub fn learn(&mut self, inputs: &[f64], class: usize, step: Step) -> f64 {
        self.outputs(inputs);
        let last = self.layers.len() - 1;
        let mut squares = 0.0;
        let outputs = self.values[last].iter().zip(&mut self.errors[last]).take(self.layers[last].units);
        for (unit, (output, error)) in outputs.enumerate() {
            let apart = f64::from(u8::from(unit == class)) - output;
            squares += apart * apart;
            *error = apart * output * (1.0 - output);
        }
        for at in (1..=last).rev() {
            let (before, here) = self.errors.split_at_mut(at);
            self.layers[at].backward(&here[0], &self.values[at - 1], &mut before[at - 1]);
        }
        for at in 0..=last {
            let (before, _) = self.values.split_at(at);
            let layer = &mut self.layers[at];
            let inputs = before.last().map_or(inputs, |values| &values[..layer.inputs]);
            let errors = &mut self.errors[at];
            errors.iter_mut().for_each(|error| *error *= step.rate);
            layer.learn(inputs, errors, step.momentum);
        }
        squares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Back-propagation against numerical derivatives: with momentum 0 a weight moves by minus half the derivative of the
    /// sum of squared errors.
    #[test]
    fn weights_move_down_the_gradient() {
        let mut next = 0.0_f64;
        let network = Network::new(&[2, 5, 3, 2], || {
            next += 1.0;
            (next * 1.7).sin()
        });
        let inputs = [0.3, -0.8];
        let mut learned = network.clone();
        learned.learn(&inputs, 1, Step { rate: 1.0, momentum: 0.0 });
        for layer in 0..3 {
            for input in 0..network.layers[layer].inputs {
                for unit in 0..network.layers[layer].units {
                    let at = input * network.layers[layer].width + unit;
                    let mut moved = [1e-5, -1e-5].map(|by| {
                        let mut moved = network.clone();
                        moved.layers[layer].weights[at] += by;
                        moved.error(&inputs, 1)
                    });
                    moved[0] -= moved[1];
                    let want = -moved[0] / 2e-5 / 2.0;
                    let got = learned.layers[layer].weight(input, unit) - network.layers[layer].weight(input, unit);
                    assert!((want - got).abs() < 1e-9, "{layer} {input} {unit}: {want} {got}");
                }
            }
        }
    }

    #[test]
    fn the_sigmoid_is_cut_off() {
        assert_eq!([sigmoid(-46.0), sigmoid(0.0), sigmoid(46.0)], [0.0, 0.5, 1.0]);
    }
}
