//! Columns ranked by what each alone tells about the class.

use crate::parameter::{Domain, Parameters, Values};
use crate::parameters;
use crate::preprocess::discretize::mdl::Encoding;
use crate::preprocess::select::Keep;
use crate::preprocess::select::codes::{Information, Table, information};
use crate::preprocess::{Effect, Learn, Learned, StepSpec, Training};
use crate::weka::order::ascending;

parameters! {
    /// Which columns of the ranking are kept.
    pub struct Params {
        /// The best so many; left out, all of them, best first.
        attributes: Option<usize> = None, Domain::Any;
        /// Only those above this; left out, whatever they have.
        threshold: Option<f64> = None, Domain::Any;
        /// Whether a missing value is a value of its own; else it is spread over the others.
        missing_separate: bool = false, Domain::Any;
    }
}

/// By information gain.
pub static INFORMATION_GAIN: StepSpec = StepSpec {
    kind: "information-gain",
    about: "keeps the columns that tell most about the class, best first, in bits (numbers cut by description length), \
            as ranked on the training rows",
    reference: "Weka's InfoGainAttributeEval and Ranker; Quinlan 1986",
    revision: 1,
    parameters: Params::specs,
    effect: |_| Effect { needs_labels: true, ..Effect::NUMBERS },
    learn: Learn::Columns(|values, training| learn(values, training, Score::InformationGain)),
};

/// By symmetrical uncertainty.
pub static SYMMETRICAL_UNCERTAINTY: StepSpec = StepSpec {
    kind: "symmetrical-uncertainty",
    about: "keeps the columns with the largest symmetrical uncertainty with the class, best first (numbers cut by \
            description length), as ranked on the training rows",
    reference: "Weka's SymmetricalUncertAttributeEval and Ranker",
    learn: Learn::Columns(|values, training| learn(values, training, Score::SymmetricalUncertainty)),
    ..INFORMATION_GAIN
};

/// What columns are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// Bits of the class that are known with the column.
    InformationGain,
    /// The same as a share of the mean of both.
    SymmetricalUncertainty,
}

/// Each column with its score, the best first; those of one score in the order of Weka's sort.
///
/// # Errors
/// There are no classes, or a number is infinite.
pub fn ranking(params: &Params, training: &Training<'_>, score: Score) -> Result<Vec<(usize, f64)>, String> {
    let table = Table::of(training, Encoding::Distinct, params.missing_separate)?;
    let scores: Vec<f64> = table
        .columns
        .iter()
        .map(|column| information(column, &table.class, &table.weights))
        .map(|found| match score {
            Score::InformationGain => Information::gain(&found),
            Score::SymmetricalUncertainty => found.symmetrical_uncertainty(),
        })
        .collect();
    Ok(ascending(&scores).into_iter().rev().map(|column| (column, scores[column])).collect())
}

/// What the parameters keep of a ranking.
pub fn kept(params: &Params, ranking: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let above = |score: f64| params.threshold.is_none_or(|threshold| score > threshold);
    let most = params.attributes.unwrap_or(ranking.len());
    ranking.iter().copied().filter(|(_, score)| above(*score)).take(most).collect()
}

fn learn(values: &Values, training: &Training<'_>, score: Score) -> Learned {
    let params = Params::from_values(values).map_err(|(name, what)| format!("`{name}`: {what}"))?;
    let kept = kept(&params, &ranking(&params, training, score)?);
    let how = match (kept.first(), kept.last()) {
        (Some((_, best)), Some((_, last))) => format!(", from {best} down to {last}"),
        _ => String::new(),
    };
    Ok(Box::new(Keep::new(training.view, kept.into_iter().map(|(column, _)| column).collect(), &how)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::{Labels, View};
    use crate::preprocess::FittedStep;
    use ndarray::Array2;

    #[test]
    fn the_best_so_many_or_those_above_a_bound() {
        let view = View::numbered(
            "x",
            Array2::from_shape_fn((40, 3), |(row, column)| match column {
                0 => 1.0,
                1 if row < 4 => 9.0,
                _ => f64::from(u8::from(row >= 20)),
            }),
        );
        let labels: Vec<String> = (0..40).map(|row| (row / 20).to_string()).collect();
        let labels = Labels::of("y", &labels);
        let training = Training::of(&view, Some(&labels));
        for score in [Score::InformationGain, Score::SymmetricalUncertainty] {
            let all = ranking(&Params::default(), &training, score).expect("ranks");
            assert_eq!(all.iter().map(|(column, _)| *column).collect::<Vec<_>>(), [2, 1, 0]);
            assert!((all[0].1 - 1.0).abs() < 1e-12 && all[2].1 == 0.0);
            let keeps = |attributes, threshold| {
                let params = Params { attributes, threshold, ..Params::default() };
                kept(&params, &all).iter().map(|(column, _)| *column).collect::<Vec<_>>()
            };
            assert_eq!(keeps(Some(1), None), [2]);
            assert_eq!(keeps(None, Some(0.0)), [2, 1]);
            assert!(keeps(None, Some(1.1)).is_empty());
            assert_eq!(keeps(Some(9), Some(-1.0)), [2, 1, 0]);
        }
        let params = Params { attributes: Some(2), ..Params::default() };
        let kept = kept(&params, &ranking(&params, &training, Score::InformationGain).expect("ranks"));
        let keep = Keep::new(&view, kept.into_iter().map(|(column, _)| column).collect(), "");
        let after = keep.apply(view.clone());
        assert_eq!((after.columns[0].name.as_str(), after.columns[1].name.as_str()), ("x2", "x1"));
        assert_eq!(after.values.row(0).to_vec(), [0.0, 9.0]);
        assert_eq!(keep.remark().note.as_deref(), Some("keeps 2 of 3 columns: `x2`, `x1`"));
    }
}
