//! From files to what a model is given: the data set read, transformed, split, and taken through its pipeline, every
//! step of which learns from training rows alone.

use std::sync::Arc;

use crate::dataset::{self, Dataset, Places};
use crate::model::TaskKind;
use crate::preprocess::{self, FittedStep, Learn, Training};
use crate::rng::{Purpose, Stream};
use crate::run::protocol::{Data, Source};
use crate::run::scoring::Trouble;
use crate::split::{Fold, Rows};

/// The rows of one fold after the pipeline.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What is learned from; with classes in classification, else without.
    pub train: Arc<Dataset>,
    /// Kept out of training, where the split has an inner one; with classes.
    pub validation: Option<Arc<Dataset>>,
    /// What is judged, with the classes that scores need.
    pub test: Arc<Dataset>,
    /// The same without classes, as models see it.
    pub hidden: Arc<Dataset>,
    /// Which rows these are.
    pub rows: Fold,
    /// Whether a step drew training rows.
    pub drawn: bool,
    /// The folds of an inner split that has several; the pipeline of each has learned from its own training rows.
    pub inner: Vec<Prepared>,
}

/// Reads a data set as it was when the plan was made.
///
/// # Errors
/// [`Trouble::Machine`] where it is not what it was.
pub fn read(source: &Source) -> Result<Dataset, Trouble> {
    let spec = dataset::find(&source.kind)
        .ok_or_else(|| Trouble::Machine(format!("no data set is called `{}`", source.kind)))?;
    let places = places(source);
    let trouble = |error: dataset::DatasetError| Trouble::Machine(error.to_string());
    let checksum = (spec.checksum)(&source.values, &places).map_err(trouble)?;
    if checksum != source.checksum {
        return Err(Trouble::Machine("the data have changed since the plan was made; run again".to_owned()));
    }
    let data = (spec.load)(&source.values, &places).map_err(trouble)?;
    dataset::take::apply(data, &source.take).map_err(trouble)
}

fn places(source: &Source) -> Places {
    Places { base: source.base.clone(), data: source.folder.clone() }
}

/// Splits what was read and takes it through the pipeline.
///
/// # Errors
/// [`Trouble::Machine`] where a file of rows is not what it was; [`Trouble::Trial`] where a step cannot learn.
pub fn prepare(wanted: &Data, data: &Dataset) -> Result<Prepared, Trouble> {
    let mut rows = fold(wanted, data)?;
    let inner = std::mem::take(&mut rows.inner).into_iter().map(|rows| part(wanted, data, rows));
    let inner = inner.collect::<Result<_, _>>()?;
    Ok(Prepared { inner, ..part(wanted, data, rows)? })
}

/// Takes the rows of a fold through the pipeline.
fn part(wanted: &Data, data: &Dataset, mut rows: Fold) -> Result<Prepared, Trouble> {
    let whole = wanted.split.is_whole();
    let mut train = visible(if whole { data.clone() } else { data.take(&rows.train) }, wanted.task);
    // The whole data are the training rows and the test rows: what a step makes of them is the same.
    let mut others: Vec<Dataset> = match (whole, rows.validation.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => vec![data.take(&rows.test)],
        (false, false) => vec![data.take(&rows.test), data.take(&rows.validation)],
    };
    let mut drawn = false;
    for (kind, values) in &wanted.steps {
        let failed = |what: String| Trouble::failed("preprocess", format!("step `{kind}`: {what}"));
        let step = preprocess::find(kind).ok_or_else(|| failed("no step has this name".to_owned()))?;
        match step.learn {
            Learn::Columns(learn) => {
                let labels = train.labels.clone();
                for view in 0..train.views.len() {
                    let training = Training { view: &train.views[view], labels: labels.as_ref() };
                    let fitted = learn(values, &training).map_err(failed)?;
                    apply(&*fitted, &mut train, view);
                    others.iter_mut().for_each(|part| apply(&*fitted, part, view));
                }
            }
            Learn::Rows(draw) => {
                if whole {
                    // From here on the training rows are fewer than those that are judged.
                    let judged = Dataset { labels: data.labels.clone(), ..train.clone() };
                    others.push(judged);
                }
                let mut stream = Stream::new(wanted.seed, Purpose::Split, kind);
                let kept = draw(values, &train, &mut stream).map_err(failed)?;
                train = train.take(&kept);
                rows.train = kept.iter().map(|&row| rows.train[row]).collect();
                drawn = true;
            }
        }
    }
    let test =
        if others.is_empty() { Dataset { labels: data.labels.clone(), ..train.clone() } } else { others.remove(0) };
    let hidden = Arc::new(Dataset { labels: None, ..test.clone() });
    let validation = others.pop().map(Arc::new);
    let train = if wanted.task.is_supervised() || drawn || !whole { Arc::new(train) } else { Arc::clone(&hidden) };
    Ok(Prepared { train, validation, test: Arc::new(test), hidden, rows, drawn, inner: Vec::new() })
}

/// Training rows as the task shows them: with classes in classification only.
fn visible(mut train: Dataset, task: TaskKind) -> Dataset {
    if !task.is_supervised() {
        train.labels = None;
    }
    train
}

fn apply(fitted: &dyn FittedStep, data: &mut Dataset, view: usize) {
    let before = std::mem::replace(&mut data.views[view], dataset::View::numbered("", ndarray::Array2::zeros((0, 0))));
    data.views[view] = fitted.apply(before);
}

/// The rows of the trial's fold.
fn fold(wanted: &Data, data: &Dataset) -> Result<Fold, Trouble> {
    let places = places(&wanted.source);
    let places = Places { base: wanted.split_base.clone(), ..places };
    let folds = wanted
        .split
        .draw(&Rows { data, seed: wanted.seed, places: &places })
        .map_err(|error| Trouble::Machine(format!("the split cannot be drawn any more: {error}; run again")))?;
    let number = usize::try_from(wanted.fold.unwrap_or(0)).unwrap_or(usize::MAX);
    folds.into_iter().nth(number).ok_or_else(|| Trouble::Machine(format!("the split has no fold {number}; run again")))
}

/// The last data set read and the last fold prepared: trials of one data set come together.
#[derive(Default)]
pub struct Memory {
    read: Option<(Source, Dataset)>,
    prepared: Option<(Data, Prepared)>,
}

impl Memory {
    /// The fold that is wanted, from memory where it is the last one.
    ///
    /// # Errors
    /// As [`read`] and [`prepare`].
    pub fn get(&mut self, wanted: &Data) -> Result<Prepared, Trouble> {
        if let Some((_, prepared)) = self.prepared.as_ref().filter(|(data, _)| data == wanted) {
            return Ok(prepared.clone());
        }
        self.prepared = None;
        if self.read.as_ref().is_none_or(|(source, _)| *source != wanted.source) {
            self.read = None;
            self.read = Some((wanted.source.clone(), read(&wanted.source)?));
        }
        let Some((_, data)) = &self.read else { return Err(Trouble::Machine("no data".to_owned())) };
        let prepared = prepare(wanted, data)?;
        Ok(self.prepared.insert((wanted.clone(), prepared)).1.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::dataset::{Aside, Column, Labels, View};
    use crate::parameter::Values;
    use crate::split::Choice;
    use crate::value::Value;

    const ROWS: usize = 24;

    /// Numbers with gaps, words, two views, classes, and a year that tells training and test rows apart.
    fn data(cells: &[Option<f64>]) -> Dataset {
        let values = Array2::from_shape_fn((ROWS, 3), |(row, column)| {
            let cell = cells[row * 3 + column].unwrap_or(f64::NAN);
            if column == 2 { (cell.abs() % 2.0).floor() } else { cell }
        });
        let words: Vec<String> = ["yes", "no"].map(String::from).to_vec();
        let columns = vec![Column::numeric("a"), Column::numeric("b"), Column::nominal("c", words)];
        let labels: Vec<String> = (0..ROWS).map(|row| (row % 3 % 2).to_string()).collect();
        let second = View::numbered("second", values.slice(ndarray::s![.., ..2]).to_owned());
        let year = Aside { name: "year".to_owned(), cells: (0..ROWS).map(|row| (row / 6).to_string()).collect() };
        Dataset {
            aside: vec![year],
            ..Dataset::new(
                vec![View { name: "first".to_owned(), columns, values }, second],
                Some(Labels::of("y", &labels)),
            )
        }
    }

    fn wanted(steps: Vec<(String, Values)>) -> Data {
        let values = [("column", "year"), ("train", "..=2"), ("test", "3")];
        let values = values.map(|(name, value)| (name.to_owned(), Value::Text(value.to_owned())));
        Data {
            source: Source {
                kind: "csv".to_owned(),
                values: Values::new(),
                take: Values::new(),
                base: "".into(),
                folder: "".into(),
                checksum: None,
            },
            task: TaskKind::Classification,
            split: Choice { kind: "temporal".to_owned(), values: BTreeMap::from(values), validation: None },
            split_base: "".into(),
            fold: None,
            seed: 0,
            steps,
        }
    }

    /// Everything with NaN as bits, so that equal means equal.
    fn bits(data: &Dataset) -> Vec<Vec<u64>> {
        data.views.iter().map(|view| view.values.iter().map(|x| x.to_bits()).collect()).collect()
    }

    fn prepared(data: &Dataset, steps: &[&str]) -> Prepared {
        let steps = steps.iter().map(|kind| ((*kind).to_owned(), Values::new())).collect();
        prepare(&wanted(steps), data).unwrap_or_else(|_| panic!("does not prepare"))
    }

    proptest! {
        /// Whatever the test rows are, the training rows and what was learned from them stay: shown by the training
        /// rows after every step and by a test row that did not change.
        #[test]
        fn test_rows_teach_nothing(
            cells in proptest::collection::vec(proptest::option::weighted(0.9, -1e3_f64..1e3), ROWS * 3),
            others in proptest::collection::vec(proptest::option::weighted(0.7, -1e9_f64..1e9), 5 * 3),
        ) {
            let before = data(&cells);
            let mut changed = cells.clone();
            changed[19 * 3..].clone_from_slice(&others);
            let after = data(&changed);
            let kinds: Vec<&str> = preprocess::STEPS.iter().map(|step| step.kind).collect();
            let alone = kinds.iter().map(|kind| vec![*kind]);
            for steps in alone.chain([vec!["replace-missing", "undersample", "standardize", "min-max"]]) {
                let (before, after) = (prepared(&before, &steps), prepared(&after, &steps));
                prop_assert_eq!(bits(&before.train), bits(&after.train), "{:?}", steps);
                prop_assert_eq!(&before.rows, &after.rows, "{:?}", steps);
                prop_assert_eq!(&before.train.labels, &after.train.labels, "{:?}", steps);
                let first = |prepared: &Prepared| bits(&prepared.test.take(&[0]));
                prop_assert_eq!(first(&before), first(&after), "{:?}", steps);
            }
        }
    }

    #[test]
    fn steps_see_no_classes_in_clustering_and_every_row_is_judged() {
        let data = data(&vec![Some(1.0); ROWS * 3]);
        let all = Data { task: TaskKind::Clustering, split: Choice::whole(), ..wanted(Vec::new()) };
        let Ok(prepared) = prepare(&all, &data) else { panic!("does not prepare") };
        assert_eq!(prepared.train.labels, None);
        assert_eq!(prepared.test.labels, data.labels);
        assert!(Arc::ptr_eq(&prepared.train, &prepared.hidden));
        let steps = vec![("undersample".to_owned(), Values::new())];
        assert!(prepare(&Data { steps, ..all }, &data).is_err());
    }
}
