//! From files to what a model is given: the data set read, transformed, split, and taken through its pipeline, every
//! step of which learns from training rows alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dataset::{self, Dataset, Places};
use crate::model::TaskKind;
use crate::preprocess::{self, FittedStep, Learn, Remark, Training};
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
    /// What the steps say of what they learned.
    pub remarks: Remarks,
    /// The folds of an inner split that has several; the pipeline of each has learned from its own training rows.
    pub inner: Vec<Prepared>,
}

/// What steps say of what they learned from training rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// For the reader, in the order of the steps.
    pub notes: Vec<String>,
    /// Whole numbers by name.
    pub counts: BTreeMap<String, usize>,
}

impl Remarks {
    /// Of one step on one of several views; a step further on replaces what one before it counted.
    fn add(&mut self, kind: &str, views: &[dataset::View], view: usize, remark: Remark) {
        if let Some(note) = remark.note {
            let of = if views.len() > 1 { format!(" on view `{}`", views[view].name) } else { String::new() };
            self.notes.push(format!("{kind}{of}: {note}"));
        }
        for (name, count) in remark.counts {
            let before = if view == 0 { 0 } else { self.counts.get(name).copied().unwrap_or(0) };
            self.counts.insert(name.to_owned(), before + count);
        }
    }
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
    let items;
    let data = if wanted.task == TaskKind::Rules {
        items = with_class_column(data.clone());
        &items
    } else {
        data
    };
    let mut rows = fold(wanted, data)?;
    let inner = std::mem::take(&mut rows.inner).into_iter().map(|rows| part(wanted, data, rows));
    let inner = inner.collect::<Result<_, _>>()?;
    Ok(Prepared { inner, ..part(wanted, data, rows)? })
}

/// Rules are between values of which the class is one: it becomes the last column.
fn with_class_column(mut data: Dataset) -> Dataset {
    if let (Some(labels), Some(view)) = (data.labels.take(), data.views.last_mut()) {
        #[expect(clippy::cast_precision_loss, reason = "indices of classes")]
        let codes = labels.codes.iter().map(|code| *code as f64).collect();
        let column = ndarray::Array1::from_vec(codes);
        if view.values.push_column(column.view()).is_ok() {
            view.columns.push(dataset::Column::nominal(labels.name, labels.classes));
        }
    }
    data
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
    let mut remarks = Remarks::default();
    for (kind, values) in &wanted.steps {
        let failed = |what: String| Trouble::failed("preprocess", format!("step `{kind}`: {what}"));
        let step = preprocess::find(kind).ok_or_else(|| failed("no step has this name".to_owned()))?;
        match step.learn {
            Learn::Columns(learn) => {
                let labels = train.labels.clone();
                for view in 0..train.views.len() {
                    let weights = train.weights.as_deref();
                    let training = Training { view: &train.views[view], labels: labels.as_ref(), weights };
                    let fitted = learn(values, &training).map_err(failed)?;
                    remarks.add(kind, &train.views, view, fitted.remark());
                    apply(&*fitted, &mut train, view);
                    others.iter_mut().for_each(|part| apply(&*fitted, part, view));
                }
            }
            Learn::Rows(draw) => {
                part_ways(whole, data, &train, &mut others);
                let mut stream = Stream::new(wanted.seed, Purpose::Split, kind);
                let kept = draw(values, &train, &mut stream).map_err(failed)?;
                train = train.take(&kept);
                rows.train = kept.iter().map(|&row| rows.train[row]).collect();
                drawn = true;
            }
            Learn::Weights(weigh) => {
                part_ways(whole, data, &train, &mut others);
                train.weights = Some(weigh(values, &train).map_err(failed)?);
            }
        }
    }
    let test =
        if others.is_empty() { Dataset { labels: data.labels.clone(), ..train.clone() } } else { others.remove(0) };
    let hidden = Arc::new(Dataset { labels: None, ..test.clone() });
    let validation = others.pop().map(Arc::new);
    let train = if wanted.task.is_supervised() || drawn || !whole { Arc::new(train) } else { Arc::clone(&hidden) };
    Ok(Prepared { train, validation, test: Arc::new(test), hidden, rows, drawn, remarks, inner: Vec::new() })
}

/// From here on the training rows are other than those that are judged, also where both are the whole data.
fn part_ways(whole: bool, data: &Dataset, train: &Dataset, others: &mut Vec<Dataset>) {
    if whole && others.is_empty() {
        others.push(Dataset { labels: data.labels.clone(), ..train.clone() });
    }
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
    use crate::preprocess::tests::variants;
    use crate::split::Choice;
    use crate::value::Value;

    const ROWS: usize = 24;

    /// Numbers with gaps, of which the first tell the classes, words, two views, classes, and a year that tells training and
    /// test rows apart.
    fn data(cells: &[Option<f64>]) -> Dataset {
        let class = |row: usize| row % 3 % 2;
        let values = Array2::from_shape_fn((ROWS, 3), |(row, column)| {
            let cell = cells[row * 3 + column].unwrap_or(f64::NAN);
            match column {
                0 if class(row) == 1 => cell + 4e3,
                2 => (cell.abs() % 2.0).floor(),
                _ => cell,
            }
        });
        let words: Vec<String> = ["yes", "no"].map(String::from).to_vec();
        let columns = vec![Column::numeric("a"), Column::numeric("b"), Column::nominal("c", words)];
        let labels: Vec<String> = (0..ROWS).map(|row| class(row).to_string()).collect();
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

    fn prepared(data: &Dataset, steps: &[(String, Values)]) -> Prepared {
        prepare(&wanted(steps.to_vec()), data).unwrap_or_else(|_| panic!("does not prepare"))
    }

    fn defaults(kinds: &[&str]) -> Vec<(String, Values)> {
        kinds.iter().map(|kind| ((*kind).to_owned(), Values::new())).collect()
    }

    /// Names of columns and their words.
    fn columns(data: &Dataset) -> Vec<Vec<Column>> {
        data.views.iter().map(|view| view.columns.clone()).collect()
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
            let alone = variants().into_iter().map(|(spec, values)| vec![(spec.kind.to_owned(), values)]);
            let chains = [
                defaults(&["replace-missing", "undersample", "standardize", "min-max"]),
                defaults(&["class-weights", "discretize", "cfs", "nominal-to-binary", "min-max"]),
            ];
            for steps in alone.chain(chains) {
                let (before, after) = (prepared(&before, &steps), prepared(&after, &steps));
                prop_assert_eq!(bits(&before.train), bits(&after.train), "{:?}", steps);
                prop_assert_eq!(columns(&before.train), columns(&after.train), "{:?}", steps);
                prop_assert_eq!(columns(&before.test), columns(&after.test), "{:?}", steps);
                prop_assert_eq!(&before.train.weights, &after.train.weights, "{:?}", steps);
                prop_assert_eq!(&before.test.weights, &None, "{:?}", steps);
                prop_assert_eq!(&before.remarks, &after.remarks, "{:?}", steps);
                prop_assert_eq!(&before.rows, &after.rows, "{:?}", steps);
                prop_assert_eq!(&before.train.labels, &after.train.labels, "{:?}", steps);
                let first = |prepared: &Prepared| bits(&prepared.test.take(&[0]));
                prop_assert_eq!(first(&before), first(&after), "{:?}", steps);
            }
        }
    }

    /// Nothing is shown by the steps above unless they find something on such data.
    #[test]
    fn steps_that_choose_do_so_and_say_it() {
        let cells: Vec<Option<f64>> = (0..72_u8).map(|cell| Some(f64::from(cell % 7))).collect();
        let data = data(&cells);
        let counts = |kinds: &[&str]| prepared(&data, &defaults(kinds)).remarks;
        let chosen = counts(&["cfs"]);
        assert_eq!(chosen.counts["attributes"], 3, "{chosen:?}");
        assert_eq!(
            chosen.notes,
            [
                // The words tell as much about the class as about the numbers, which tell all of it.
                "cfs on view `first`: keeps 2 of 3 columns, merit 0.7138556930879468: `a`, `c`",
                "cfs on view `second`: keeps 1 of 2 columns, merit 1: `second0`",
            ]
        );
        assert_eq!(counts(&["discretize"]).counts["cut_points"], 2);
        // The second selection replaces the count of the first.
        assert_eq!(counts(&["information-gain", "cfs"]).counts["attributes"], 3);
        for (spec, values) in variants() {
            let plain = prepared(&data, &[]);
            let after = prepared(&data, &[(spec.kind.to_owned(), values.clone())]);
            let same = (bits(&plain.train), columns(&plain.train), &plain.train.weights)
                == (bits(&after.train), columns(&after.train), &after.train.weights);
            assert!(!same || matches!(spec.kind, "replace-missing"), "{} {values:?} does nothing", spec.kind);
        }
    }

    #[test]
    fn weights_are_of_training_rows_alone() {
        let data = data(&vec![Some(1.0); ROWS * 3]);
        let whole = Data { split: Choice::whole(), ..wanted(defaults(&["class-weights", "undersample"])) };
        let Ok(prepared) = prepare(&whole, &data) else { panic!("does not prepare") };
        assert_eq!((prepared.test.rows(), &prepared.test.weights, prepared.validation), (ROWS, &None, None));
        let weights = prepared.train.weights.clone().unwrap_or_default();
        assert_eq!((prepared.train.rows(), weights.len()), (16, 16));
        assert!(weights.contains(&1.5) && weights.contains(&0.75), "{weights:?}");
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

    #[test]
    fn rules_have_the_class_as_their_last_column() {
        let data = data(&vec![Some(1.0); ROWS * 3]);
        let all = Data { task: TaskKind::Rules, split: Choice::whole(), ..wanted(Vec::new()) };
        let Ok(prepared) = prepare(&all, &data) else { panic!("does not prepare") };
        let view = prepared.train.views.last().expect("a view");
        let column = view.columns.last().expect("a column");
        let labels = data.labels.as_ref().expect("classes");
        assert_eq!((column.name.as_str(), column.words.as_deref()), ("y", Some(labels.classes.as_slice())));
        let last = view.values.column(view.columns.len() - 1);
        assert!(
            last.iter()
                .zip(&labels.codes)
                .all(|(cell, code)| *cell == f64::from(u32::try_from(*code).expect("a code")))
        );
    }
}
