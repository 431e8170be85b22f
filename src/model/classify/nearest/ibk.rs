//! IBk: votes of the k nearest training rows (Aha, Kibler and Albert 1991), as Weka has it: all rows tied with the k-th
//! vote; each class starts with 1 / N votes; a vote counts the row's weight, times 1 / (d + 0.001) or 1 - d where
//! distances count, d being the distance over the square root of the number of columns.
//!
//! `cross-validated`: k is the number from 1 to `neighbours` with the fewest errors when each training row is judged by
//! the others; the least such number.
//!
//! Not here: searches other than the linear one (they find the same rows), distances other than Euclid's, and columns
//! left out of the distance. Weka's `-E` is about numeric classes only, and changes nothing.

use ndarray::{Array2, ArrayView1};
use serde_json::json;

use crate::dataset::Dataset;
use crate::model::classify::instances::{Instances, classified, judged};
use crate::model::classify::nearest::space::{Neighbour, Space};
use crate::model::{
    Accepts, FitData, FitError, Fitted, Learner, Model, ModelSpec, Predictions, Printed, Program, TaskKind,
    TrialContext, light_work, no_stages, unchecked,
};
use crate::parameter::{Domain, Parameters};
use crate::parameters;
use crate::weka::number::first_largest;
use crate::weka::scheme::{Flag, Scheme, Takes};

parameters! {
    /// Who votes, and how much.
    pub struct Params {
        /// How many nearest training rows vote; with `cross-validated` the most that may.
        neighbours: usize = 1, Domain::AtLeast(1.0);
        /// How many training rows are kept, the last ones; 0 keeps all.
        window: usize = 0, Domain::AtLeast(0.0);
        /// Whether the number of neighbours is chosen by judging each training row by the others.
        cross_validated: bool = false, Domain::Any;
        /// How a vote hangs on the distance d: `none`; `inverse`, 1 / (d + 0.001); `similarity`, 1 - d.
        weighting: String = "none".to_owned(), Domain::OneOf(&["none", "inverse", "similarity"]);
    }
}

/// What Weka calls it.
pub static WEKA: Scheme = Scheme {
    class: "weka.classifiers.lazy.IBk",
    kind: "ibk",
    flags: &[
        Flag::value("-K", "neighbours"),
        Flag::value("-W", "window"),
        Flag::switch("-X", "cross-validated"),
        Flag::keyless("-E", Takes::Nothing),
        Flag::value("-I", "weighting").takes(Takes::Is("inverse")),
        Flag::value("-F", "weighting").takes(Takes::Is("similarity")),
        // The only search there is, so that it need not be said.
        Flag::keyless("-A", Takes::Only(&[SEARCH, "weka.core.neighboursearch.LinearNNSearch"])).with(""),
    ],
};

const SEARCH: &str = "weka.core.neighboursearch.LinearNNSearch -A \"weka.core.EuclideanDistance -R first-last\"";

/// Votes of the nearest training rows.
pub struct Ibk;

impl Model for Ibk {
    type Params = Params;
    const SPEC: ModelSpec = ModelSpec {
        kind: "ibk",
        about: "votes of the k nearest training rows, also by distance",
        reference: "Aha, Kibler and Albert, Instance-Based Learning Algorithms, Machine Learning 6, 1991",
        revision: 1,
        accepts: Accepts { tasks: &[TaskKind::Classification], ..Accepts::ANYTHING },
        parameters: Params::specs,
        check: unchecked,
        stages: no_stages,
        program: Program::Native,
        wants_clusters: false,
        own_parameters: false,
        work: light_work,
    };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Weighting {
    None,
    Inverse,
    Similarity,
}

impl Learner for Ibk {
    fn fit(params: &Params, data: &FitData<'_>, _: &mut TrialContext) -> Result<Box<dyn Fitted>, FitError> {
        let mut rows = Instances::training(data)?;
        let left_out = if params.window == 0 { 0 } else { rows.rows().saturating_sub(params.window) };
        rows.codes.drain(..left_out);
        rows.weights.drain(..left_out);
        let values = rows.values.slice(ndarray::s![left_out.., ..]).to_owned();
        let space = Space::new(values, &rows.columns, 0.0);
        let weighting = match params.weighting.as_str() {
            "inverse" => Weighting::Inverse,
            "similarity" => Weighting::Similarity,
            _ => Weighting::None,
        };
        let mut voters = Voters {
            space,
            codes: rows.codes,
            weights: rows.weights,
            classes: rows.classes.len(),
            k: params.neighbours,
            weighting,
            window: params.window,
        };
        if params.cross_validated {
            voters.k = voters.chosen(params.neighbours);
        }
        Ok(Box::new(voters))
    }
}

struct Voters {
    space: Space,
    codes: Vec<usize>,
    weights: Vec<f64>,
    classes: usize,
    k: usize,
    weighting: Weighting,
    window: usize,
}

impl Voters {
    /// Fills `shares` with each class's share of the votes of `neighbours`.
    #[expect(clippy::cast_precision_loss, reason = "counts of rows and columns")]
    fn vote(&self, neighbours: &[Neighbour], shares: &mut [f64]) {
        let start = 1.0 / self.space.rows().max(1) as f64;
        shares.fill(start);
        let mut total = start * shares.len() as f64;
        let columns = self.space.columns().max(1) as f64;
        for neighbour in neighbours {
            let distance = (neighbour.square / columns).sqrt();
            let vote = match self.weighting {
                Weighting::None => 1.0,
                Weighting::Inverse => 1.0 / (distance + 0.001),
                Weighting::Similarity => 1.0 - distance,
            };
            let vote = vote * self.weights[neighbour.row];
            shares[self.codes[neighbour.row]] += vote;
            total += vote;
        }
        if total > 0.0 {
            shares.iter_mut().for_each(|share| *share /= total);
        }
    }

    /// The number of neighbours, up to `most`, with the fewest errors on the training rows, each judged by the others.
    fn chosen(&self, most: usize) -> usize {
        let most = most.min(self.space.rows().saturating_sub(1)).max(1);
        let mut errors = vec![0_usize; most];
        let (mut found, mut shares) = (Vec::new(), vec![0.0; self.classes]);
        for row in 0..self.space.rows() {
            self.space.nearest(self.space.row(row), most, Some(row), &mut found);
            for k in (1..=most).rev() {
                if let Some(kth) = found.get(k - 1).copied() {
                    let tied = found.partition_point(|neighbour| neighbour.square <= kth.square);
                    found.truncate(tied);
                }
                self.vote(&found, &mut shares);
                errors[k - 1] += usize::from(first_largest(shares.iter().copied()) != self.codes[row]);
            }
        }
        let least = errors.iter().min().copied().unwrap_or(0);
        1 + errors.iter().position(|errors| *errors == least).unwrap_or(0)
    }
}

impl Fitted for Voters {
    fn predict(&self, rows: &Dataset) -> Result<Predictions, FitError> {
        let values = judged(rows)?;
        let mut space = self.space.clone();
        let (mut found, mut shares) = (Vec::new(), vec![0.0; self.classes]);
        let mut all = Array2::zeros((values.nrows(), self.classes));
        for (row, mut place) in values.rows().into_iter().zip(all.rows_mut()) {
            space.widen(row);
            space.nearest(row, self.k, None, &mut found);
            self.vote(&found, &mut shares);
            place.assign(&ArrayView1::from(&shares));
        }
        Ok(classified(all))
    }

    fn printed(&self) -> Option<Printed> {
        let how = match self.weighting {
            Weighting::None => "",
            Weighting::Inverse => "inverse-distance-weighted ",
            Weighting::Similarity => "similarity-weighted ",
        };
        let windowed = match self.window {
            0 => String::new(),
            window => format!("using a maximum of {window} (windowed) training instances\n"),
        };
        let text = format!(
            "IB1 instance-based classifier\nusing {} {how}nearest neighbour(s) for classification\n{windowed}",
            self.k
        );
        Some(Printed { text, json: json!({"neighbours": self.k}) })
    }
}
