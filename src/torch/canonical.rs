//! What `cca-kmeans`, `dcca` and `dccae` share: the two views, the networks with their training, and the answer.

use ndarray::{Array2, ArrayView2, Axis, concatenate};
use tch::{Device, Kind, Tensor, no_grad};

use crate::dataset::Dataset;
use crate::model::cluster::kmeans::lloyd_restarts;
use crate::model::deep::activation::Activation;
use crate::model::deep::canonical::{Params, has_both, is_projected};
use crate::model::{Clustering, FitError, TrialContext};
use crate::parameter::quoted;
use crate::rng::Purpose;
use crate::torch::autoencoder::in_chunks;
use crate::torch::cca::{LinearCca, negative_correlation};
use crate::torch::cluster_head::occupied;
use crate::torch::mlp::Mlp;
use crate::torch::optimizer::{Optimizer, Rule};
use crate::torch::training::{Means, Objective, batches};
use crate::torch::{device, prepare, reseed, size, to_array};
use crate::value::Value;

/// The two views that are correlated: those of these names, or else the first two. With more a remark says which.
///
/// # Errors
/// Not applicable: there are fewer views, none of a name, or a view without rows or columns.
pub fn two_views<'a>(
    data: &'a Dataset,
    names: &[String],
    trial: &mut TrialContext,
) -> Result<[ArrayView2<'a, f64>; 2], FitError> {
    let given = data.views.len();
    if given < 2 {
        let verb = if given == 1 { "is" } else { "are" };
        return Err(FitError::NotApplicable(format!("two views are correlated, and there {verb} {given}")));
    }
    let find = |index: usize| match names.get(index) {
        None => Ok(&data.views[index]),
        Some(name) => data.views.iter().find(|view| view.name == *name).ok_or_else(|| {
            let known: Vec<&str> = data.views.iter().map(|view| view.name.as_str()).collect();
            FitError::NotApplicable(format!("no view is called `{name}`: there are {}", quoted(&known)))
        }),
    };
    let pair = [find(0)?, find(1)?];
    if let Some(empty) = pair.iter().find(|view| view.values.is_empty()) {
        let (rows, columns) = empty.values.dim();
        return Err(FitError::NotApplicable(format!("view `{}` has {rows} rows of {columns} columns", empty.name)));
    }
    if given > 2 {
        let which = if names.is_empty() { "first two of" } else { "chosen two of" };
        trial.note(format!(
            "the {which} {given} views are correlated, `{}` and `{}`; the others are left aside",
            pair[0].name, pair[1].name
        ));
    }
    Ok(pair.map(|view| view.values.view()))
}

/// Refuses as many rows a step as cannot tell a correlation: with no more rows than outputs it is the number of outputs
/// whatever they are.
///
/// # Errors
/// Not applicable, with the floor.
pub fn enough_rows(batch_size: Option<usize>, rows: usize, outputs: usize) -> Result<(), FitError> {
    let floor = outputs + 1;
    match batch_size {
        Some(batch_size) if batch_size < floor => Err(FitError::NotApplicable(format!(
            "batch-size {batch_size} gives no correlation of {outputs} outputs: at least {floor}"
        ))),
        _ if rows < floor => Err(FitError::NotApplicable(format!(
            "{rows} rows give no correlation of {outputs} outputs: at least {floor}"
        ))),
        _ => Ok(()),
    }
}

/// A table as an f64 tensor `[rows, columns]` on `device`.
pub fn to_double(values: ArrayView2<f64>, device: Device) -> Tensor {
    let flat: Vec<f64> = values.iter().copied().collect();
    Tensor::from_slice(&flat).view([size(values.nrows()), size(values.ncols())]).to_device(device)
}

/// A network a view, and one that leads back where reconstruction counts; all in f64.
#[derive(Debug)]
pub struct Networks {
    /// `[rows, columns]` of each view to `[rows, outputs]`.
    pub encoders: [Mlp; 2],
    /// Back again; none where only the correlation counts.
    pub decoders: Option<[Mlp; 2]>,
}

impl Networks {
    /// With Xavier-uniform weights. `widths` are those of the hidden layers and of the output. Views draw from the streams
    /// `view.<index>.encoder` and `view.<index>.decoder`, so that `dcca` and `dccae` start alike.
    pub fn xavier(
        columns: [usize; 2],
        widths: &[usize],
        activation: Activation,
        decoders: bool,
        trial: &TrialContext,
        device: Device,
    ) -> Self {
        let network = |index: usize, back: bool| {
            let mut widths = [&[columns[index]], widths].concat();
            if back {
                widths.reverse();
            }
            let part = format!("view.{index}.{}", if back { "decoder" } else { "encoder" });
            let network = Mlp::xavier(&widths, &part, trial, device).to_kind(Kind::Double);
            network.with_activations(activation, Activation::Identity)
        };
        Networks {
            encoders: [network(0, false), network(1, false)],
            decoders: decoders.then(|| [network(0, true), network(1, true)]),
        }
    }

    /// All weights and biases.
    pub fn parameters(&self) -> Vec<Tensor> {
        self.encoders.iter().chain(self.decoders.iter().flatten()).flat_map(Mlp::parameters).collect()
    }

    /// The outputs of all rows, `[rows, outputs]` a view, without gradients.
    pub fn outputs(&self, views: [&Tensor; 2]) -> [Tensor; 2] {
        let one = |i: usize| no_grad(|| in_chunks(views[i], |rows| self.encoders[i].forward(rows)));
        [one(0), one(1)]
    }

    /// Minus the correlation of the outputs, and `lambda` times what reconstruction misses: squared errors summed over the
    /// columns of both views, mean over the rows. None where the correlation cannot be had or the sum is not finite.
    pub fn objective(&self, views: [&Tensor; 2], regularization: f64, lambda: f64) -> Option<Objective> {
        let codes = [self.encoders[0].forward(views[0]), self.encoders[1].forward(views[1])];
        let negative = negative_correlation([&codes[0], &codes[1]], [regularization; 2])?;
        let mut parts = vec![("correlation", negative.detach().neg())];
        let loss = match &self.decoders {
            Some(decoders) => {
                let rows = views[0].size()[0];
                let missed = |i: usize| (decoders[i].forward(&codes[i]) - views[i]).square().sum(Kind::Double);
                let reconstruction = (missed(0) + missed(1)) / rows;
                parts.push(("reconstruction", reconstruction.detach()));
                negative + reconstruction * lambda
            }
            None => negative,
        };
        loss.double_value(&[]).is_finite().then_some(Objective { loss, parts })
    }

    /// Learns on shuffled batches from the stream `views.train`. A last batch that is too small to tell a correlation is
    /// left out; steps whose loss is not finite are left out and counted.
    ///
    /// # Errors
    /// No step of an epoch had a finite loss.
    fn train(
        &self,
        views: [&Tensor; 2],
        params: &Params,
        lambda: f64,
        trial: &mut TrialContext,
    ) -> Result<(), FitError> {
        let joined = Tensor::cat(&views, 1);
        let widths = views.map(|view| view.size()[1]);
        let floor = size(params.latent_dimension) + 1;
        let rule = Rule::Adam { learning_rate: params.learning_rate };
        let mut optimizer = Optimizer::new(rule, self.parameters()).with_weight_decay(params.weight_decay);
        let mut stream = trial.stream(Purpose::Batches, "views.train");
        let mut skipped = 0;
        for epoch in 1..=params.epochs {
            let (mut means, mut taken) = (Means::default(), 0);
            for batch in batches(&joined, params.batch_size, &mut |rows| stream.permutation(rows)) {
                let rows = batch.rows.size()[0];
                if rows < floor {
                    continue;
                }
                let [first, second] = [batch.rows.narrow(1, 0, widths[0]), batch.rows.narrow(1, widths[0], widths[1])];
                let Some(step) = self.objective([&first, &second], params.regularization, lambda) else {
                    skipped += 1;
                    continue;
                };
                optimizer.minimise(&step.loss)?;
                means.add(&step, rows);
                taken += 1;
            }
            if taken == 0 {
                return Err(FitError::Failed(format!(
                    "no step had a finite loss in epoch {epoch} of training ({})",
                    setting(params)
                )));
            }
            let loss = means.curves("train", epoch as u64, trial);
            trial.progress("train", epoch as u64, params.epochs as u64, Some(loss));
        }
        trial.count("skipped_steps", skipped);
        Ok(())
    }
}

fn setting(params: &Params) -> String {
    format!("learning-rate {}", Value::Number(params.learning_rate))
}

/// Trains a network a view, and clusters what they give; `lambda` is the weight of reconstruction.
///
/// # Errors
/// Not applicable: fewer than two views, too few rows (in a batch) to tell a correlation, more clusters than rows. Failed:
/// losses or outputs that are not finite.
pub fn fit(params: &Params, lambda: f64, data: &Dataset, trial: &mut TrialContext) -> Result<Clustering, FitError> {
    let views = two_views(data, &params.views, trial)?;
    let rows = views[0].nrows();
    let clusters = trial.clusters(params.clusters, rows)?;
    enough_rows(Some(params.batch_size), rows, params.latent_dimension)?;
    let left = rows % params.batch_size;
    if params.batch_size < rows && left > 0 && left <= params.latent_dimension {
        trial.note(format!("{left} rows of each epoch are left out: too few in their batch to tell a correlation"));
    }
    prepare().map_err(FitError::Failed)?;
    reseed(trial.seed());
    let device = device::current();
    let inputs = views.map(|view| to_double(view, device));
    let inputs = [&inputs[0], &inputs[1]];
    let widths = [params.layers.as_slice(), &[params.latent_dimension]].concat();
    let columns = views.map(|view| view.ncols());
    let networks = Networks::xavier(columns, &widths, params.activation, lambda > 0.0, trial, device);
    networks.train(inputs, params, lambda, trial)?;
    let outputs = networks.outputs(inputs);
    if !outputs.iter().all(|output| output.isfinite().all().int64_value(&[]) == 1) {
        return Err(FitError::Failed(format!("the outputs are not finite after training ({})", setting(params))));
    }
    let answer = Answer {
        components: params.latent_dimension,
        regularization: params.linear_regularization,
        code: &params.code,
        clusters,
        seed_restarts: params.seed_restarts,
    };
    answer.of([&outputs[0], &outputs[1]], trial)
}

/// How two views become clusters.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Pairs of projections.
    pub components: usize,
    /// Of the linear analysis.
    pub regularization: f64,
    /// What k-means sees: a word of the parameter `code`.
    pub code: &'a str,
    /// How many there will be.
    pub clusters: usize,
    /// Of k-means.
    pub seed_restarts: usize,
}

impl Answer<'_> {
    /// Linear CCA of two views, `[rows, columns]`, and k-means on the code. The correlations of all rows become the curve
    /// `correlation` of the phase `cca`, by component, and their sum the score `correlation`.
    ///
    /// # Errors
    /// Failed: values that are not finite.
    pub fn of(&self, views: [&Tensor; 2], trial: &mut TrialContext) -> Result<Clustering, FitError> {
        let failed = || FitError::Failed("the linear analysis of correlation gave no finite answer".to_owned());
        let linear = LinearCca::fit(views, self.components, self.regularization).ok_or_else(failed)?;
        let most = linear.correlations.len();
        if most < self.components {
            trial.note(format!("{most} pairs are correlated, not {}: a view has no more columns", self.components));
        }
        for (component, correlation) in linear.correlations.iter().enumerate() {
            trial.curve("cca", "correlation", component as u64 + 1, *correlation);
        }
        trial.score("correlation", linear.correlations.iter().sum());
        let projected = linear.project(views);
        let seen = if is_projected(self.code) { [&projected[0], &projected[1]] } else { views };
        let mut codes = to_array(seen[0])?;
        if has_both(self.code) {
            let second: Array2<f64> = to_array(seen[1])?;
            codes = concatenate(Axis(1), &[codes.view(), second.view()]).map_err(|_| failed())?;
        }
        if codes.iter().any(|value| !value.is_finite()) {
            return Err(failed());
        }
        let mut stream = trial.stream(Purpose::Init, "code.kmeans");
        let found = lloyd_restarts(codes.view(), self.clusters, self.seed_restarts, &mut stream);
        trial.count("kmeans_iterations", found.iterations);
        trial.count("nonempty_clusters", occupied(&found.clusters));
        Ok(Clustering { clusters: found.clusters })
    }
}
