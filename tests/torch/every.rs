//! Every model that finds groups, as the registry has it, on a table of odd inputs. A model that is added is tested here
//! without a line.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gridbook::dataset::{Dataset, Labels, View};
use gridbook::model::registry::{MODELS, native_fit, torch_fit};
use gridbook::model::{Fit, FitData, FitError, ModelSpec, Predictions, TaskKind, TrialContext};
use gridbook::parameter::Values;
use gridbook::rng::{Purpose, Stream};
use gridbook::value::Value;
use ndarray::Array2;

/// Every clusterer with its fit; programs of one's own have none.
fn models() -> Vec<(&'static ModelSpec, Fit)> {
    let clusters = |spec: &&&ModelSpec| spec.accepts.tasks.contains(&TaskKind::Clustering);
    let with_fit = |spec: &'static ModelSpec| Some((spec, native_fit(spec.kind).or_else(|| torch_fit(spec.kind))?));
    let found: Vec<_> = MODELS.iter().filter(clusters).filter_map(|spec| with_fit(spec)).collect();
    assert!(found.len() >= 14, "the deep models, two native ones, `random` and `debug`");
    found
}

fn has(spec: &ModelSpec, name: &str) -> bool {
    (spec.parameters)().iter().any(|parameter| parameter.name == name)
}

/// Quick settings and then `changes`, as far as the model knows their names.
fn settings(spec: &ModelSpec, changes: &[(&str, i64)]) -> Values {
    let quick = [
        ("clusters", 3),
        ("latent-dimension", 3),
        ("batch-size", 16),
        ("pretrain-epochs", 2),
        ("epochs", 2),
        ("max-iterations", 12),
        ("update-interval", 4),
        ("seed-restarts", 2),
        ("neighbors", 5),
        ("scale-neighbor", 3),
    ];
    let whole = quick.iter().chain(changes).map(|(name, n)| ((*name).to_owned(), Value::Integer(*n)));
    let layers = ("layers".to_owned(), Value::List(vec![Value::Integer(8)]));
    whole.chain([layers]).filter(|(name, _)| has(spec, name)).collect()
}

/// Two views of three groups.
fn data(rows: usize) -> Dataset {
    let mut stream = Stream::new(3, Purpose::Noise, "every");
    let mut view = |name: &str, columns: usize| {
        let centers = Array2::from_shape_simple_fn((3, columns), || stream.normal());
        let values = Array2::from_shape_fn((rows, columns), |(i, j)| centers[(i % 3, j)] + 0.3 * stream.normal());
        View::numbered(name, values)
    };
    Dataset::new(vec![view("a", 5), view("b", 4)], None)
}

fn changed(rows: usize, change: impl FnOnce(&mut Dataset)) -> Dataset {
    let mut data = data(rows);
    change(&mut data);
    data
}

/// Everything that a fit gives, with all bits.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    clusters: Vec<usize>,
    /// Of curves and the model's own scores.
    values: Vec<(String, u64)>,
    notes: Vec<String>,
}

fn fit((spec, fit): (&ModelSpec, Fit), values: &Values, data: &Dataset) -> Result<Found, FitError> {
    let mut silent = |_| ();
    let mut trial = TrialContext::new(7, Some(3), &mut silent);
    let given = FitData { task: TaskKind::Clustering, train: data, validation: None };
    let Predictions::Clusters(clusters) = fit(values, &given, &mut trial)?.predict(data)? else {
        panic!("{} gives no clusters", spec.kind)
    };
    let curves = trial.curves.iter().map(|p| (format!("{} {} {}", p.phase, p.name, p.step), p.value));
    let values = curves.chain(trial.scores.clone()).map(|(name, value)| (name, value.to_bits())).collect();
    Ok(Found { clusters, values, notes: trial.notes })
}

#[test]
fn labels_in_another_order_or_by_other_names_change_no_bit_of_any_model() {
    let without = data(45);
    let labelled = |label: &dyn Fn(usize) -> String| {
        let rows: Vec<String> = (0..45).map(label).collect();
        Dataset { labels: Some(Labels::of("y", &rows)), ..without.clone() }
    };
    let sets = [
        labelled(&|i| (i % 3).to_string()),
        labelled(&|i| (i / 2 % 3).to_string()), // other rows together
        labelled(&|i| ["z", "m", "a"][i % 3].to_owned()),
    ];
    assert!(sets[0].labels != sets[1].labels && sets[0].labels != sets[2].labels);
    for model in models() {
        let values = settings(model.0, &[]);
        let expected = fit(model, &values, &without).unwrap();
        for labelled in &sets {
            assert_eq!(fit(model, &values, labelled).unwrap(), expected, "{} sees labels", model.0.kind);
        }
    }
}

/// What must come of an input.
enum Must {
    /// A fit or an error, whichever.
    End,
    /// A fit.
    Fit,
    /// A fit, or `NotApplicable` where the method is not defined for so few rows.
    FitOrNotApply,
    /// An error of either kind from every model that takes no missing values.
    Refuse,
    /// `NotApplicable` with these words from every model that is told how many clusters there are.
    NotApply(&'static str),
}

struct Odd {
    name: &'static str,
    data: Dataset,
    changes: &'static [(&'static str, i64)],
    must: Must,
}

fn odd_inputs() -> Vec<Odd> {
    let odd = |name, data, changes, must| Odd { name, data, changes, must };
    let cell = |value: f64| changed(30, |data| data.views[1].values[(4, 1)] = value);
    let constant = |views: &[usize]| changed(30, |data| views.iter().for_each(|i| data.views[*i].values.fill(0.5)));
    vec![
        odd("a NaN", cell(f64::NAN), &[], Must::Refuse),
        odd("an infinite value", cell(f64::INFINITY), &[], Must::Refuse),
        odd("a value whose square is infinite", cell(1e200), &[], Must::End),
        odd("a value that is infinite in f32", cell(1e60), &[], Must::End),
        odd("one sample a class", data(6), &[("clusters", 6)], Must::FitOrNotApply),
        odd("more clusters than rows", data(6), &[("clusters", 7)], Must::NotApply("7 clusters of 6 rows")),
        odd("a constant view", constant(&[1]), &[], Must::Fit),
        odd("constant views", constant(&[0, 1]), &[], Must::Fit),
        odd("a batch of more than all rows", data(30), &[("batch-size", 10_000)], Must::Fit),
        odd("a last batch of one row", data(33), &[], Must::Fit),
        odd("one row in one cluster", data(1), &[("clusters", 1), ("latent-dimension", 1)], Must::End),
        odd("no rows", data(0), &[], Must::NotApply("")),
        odd(
            "a view without columns",
            changed(30, |data| data.views[1] = View::numbered("b", Array2::zeros((30, 0)))),
            &[],
            Must::End,
        ),
    ]
}

/// What is wrong with what came of an input.
fn complaint(model: (&ModelSpec, Fit), odd: &Odd) -> Option<String> {
    let values = settings(model.0, odd.changes);
    let Ok(outcome) = catch_unwind(AssertUnwindSafe(|| fit(model, &values, &odd.data))) else {
        return Some("panics".to_owned());
    };
    if let Ok(found) = &outcome {
        let rows = odd.data.rows();
        let most = values.get("clusters").and_then(Value::as_integer).map_or(3, |n| usize::try_from(n).unwrap());
        if found.clusters.len() != rows || found.clusters.iter().any(|cluster| *cluster >= most) {
            return Some(format!("{:?} for {rows} rows in {most} clusters", found.clusters));
        }
        if let Some((name, bits)) = found.values.iter().find(|(_, bits)| !f64::from_bits(*bits).is_finite()) {
            return Some(format!("a fit with {} in `{name}`", f64::from_bits(*bits)));
        }
    }
    let good = match (&odd.must, &outcome) {
        (Must::End, _) | (Must::Refuse, Err(_)) => true,
        (Must::Fit, outcome) => outcome.is_ok(),
        (Must::FitOrNotApply, outcome) => !matches!(outcome, Err(FitError::Failed(_))),
        (Must::Refuse, Ok(_)) => model.0.accepts.missing,
        (Must::NotApply(words), Err(FitError::NotApplicable(message))) => message.contains(words),
        // Weka's k-means stops at as many centres as rows differ, and says so.
        (Must::NotApply(_), Ok(found)) if model.0.kind == "simple-kmeans" => {
            found.notes.iter().any(|note| note.contains("clusters are left of"))
        }
        (Must::NotApply(_), _) => !has(model.0, "clusters"),
    };
    (!good).then(|| format!("{outcome:?}"))
}

#[test]
fn odd_inputs_are_outcomes_of_every_model_and_nothing_that_is_not_finite_is_one() {
    let inputs = odd_inputs();
    let mut complaints = Vec::new();
    for model in models() {
        for odd in &inputs {
            let wrong = complaint(model, odd);
            complaints.extend(wrong.map(|wrong| format!("{}, {}: {wrong}", model.0.kind, odd.name)));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The least rows a step with three clusters and a code of three columns.
fn floor(kind: &str) -> i64 {
    // A correlation of three outputs, an orthonormal basis of three clusters.
    if ["dcca", "dccae", "spectralnet"].contains(&kind) { 4 } else { 2 }
}

#[test]
fn batches_of_two_three_and_four_rows_fit_or_are_named_with_their_floor() {
    let data = data(30);
    let of_batches: Vec<_> = models().into_iter().filter(|(spec, _)| has(spec, "batch-size")).collect();
    assert!(of_batches.len() >= 9);
    for model in of_batches {
        let kind = model.0.kind;
        for batch_size in [2, 3, 4] {
            match fit(model, &settings(model.0, &[("batch-size", batch_size)]), &data) {
                Ok(found) => {
                    assert!(batch_size >= floor(kind), "{kind} fits with {batch_size}");
                    assert_eq!(found.clusters.len(), 30);
                }
                Err(FitError::NotApplicable(message)) => {
                    assert!(batch_size < floor(kind), "{kind} with {batch_size}: {message}");
                    let named = |n: i64| message.split(|c: char| !c.is_ascii_digit()).any(|word| word == n.to_string());
                    assert!(named(batch_size) && named(floor(kind)), "{kind}: {message}");
                }
                Err(FitError::Failed(message)) => panic!("{kind} with {batch_size}: {message}"),
            }
        }
    }
    // As they are without a word on the code, whose width is ten.
    for kind in ["dcca", "dccae"] {
        let values = [("clusters", 3), ("batch-size", 4)];
        let values = values.map(|(name, n)| (name.to_owned(), Value::Integer(n))).into();
        let model = models().into_iter().find(|(spec, _)| spec.kind == kind).unwrap();
        let Err(FitError::NotApplicable(message)) = fit(model, &values, &data) else { panic!("{kind} has a floor") };
        assert_eq!(message, "batch-size 4 gives no correlation of 10 outputs: at least 11");
    }
}
