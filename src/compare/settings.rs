//! Which settings of two folders are not the same, by name; what is equal is only counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::dataset;
use crate::experiment::{DatasetBlock, PipelineBlock, SplitBlock};
use crate::parameter::{ParameterSpec, Parameters, Values};
use crate::preprocess;
use crate::report::select::{self, Domain, scrub};
use crate::split;
use crate::store::outcome::Measured;
use crate::store::results::{DatasetFacts, Results};

use super::cell::Look;
use super::matching::Matches;
use super::place::{Place, shown};

/// A setting in which two folders differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// What it is of: `experiment`, `data set`, `split`, `pipeline`, `model`, `software`, `machine`.
    pub of: &'static str,
    /// The label of that, as the first folder has it; empty where there is but one.
    pub label: String,
    /// The setting.
    pub name: String,
    /// Its value in the first folder; none where there is none.
    pub a: Option<String>,
    /// Its value in the second one.
    pub b: Option<String>,
}

/// Every setting, compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Those that differ.
    pub differ: Vec<Setting>,
    /// How many are equal.
    pub equal: usize,
}

impl Settings {
    fn put(&mut self, of: &'static str, label: &str, name: &str, [a, b]: [Option<String>; 2]) {
        match (&a, &b) {
            (None, None) => {}
            (a, b) if a == b => self.equal += 1,
            _ => {
                let setting = Setting { of, label: scrub(label), name: name.to_owned(), a, b };
                // What was counted in the data and what their parameters say may be one number.
                if !self.differ.contains(&setting) {
                    self.differ.push(setting);
                }
            }
        }
    }

    /// What both have, under two labels.
    fn relabel(&mut self, of: &'static str, pair: &[Option<String>; 2]) {
        if let [Some(one), Some(two)] = pair
            && one != two
        {
            self.put(of, one, "label", pair.clone());
        }
    }
}

/// Compares the settings of two folders.
pub fn of(look: &Look<'_>, matches: &Matches<'_>) -> Settings {
    let mut settings = Settings::default();
    experiment(look.folders, &mut settings);
    datasets(look.folders, matches, &mut settings);
    splits(look.folders, matches, &mut settings);
    pipelines(look.folders, matches, &mut settings);
    models(look, matches, &mut settings);
    code(look, matches, &mut settings);
    machines(look.folders, &mut settings);
    settings
}

/// What two folders call the same thing: the first's label, the second's.
fn labels(what: &str, all: [Vec<&String>; 2], matches: &Matches<'_>) -> Vec<[Option<String>; 2]> {
    let [a, b] = all;
    let new = |label: &String| matches.renamed.iter().find(|r| r.what == what && r.a == *label).map(|r| r.b.clone());
    let old = |label: &String| matches.renamed.iter().any(|r| r.what == what && r.b == *label);
    let both = a.iter().map(|label| {
        let other = new(label).or_else(|| b.contains(label).then(|| (*label).clone()));
        [Some((*label).clone()), other]
    });
    let alone = b.iter().filter(|label| !a.contains(label) && !old(label)).map(|label| [None, Some((*label).clone())]);
    both.chain(alone).collect()
}

fn experiment(folders: [&Results; 2], settings: &mut Settings) {
    let mut put = |name: &str, value: &dyn Fn(&Results) -> Option<String>| {
        settings.put("experiment", "", name, folders.map(value));
    };
    put("name", &|results| Some(results.experiment.name.clone()));
    put("task", &|results| Some(results.experiment.task.kind.word().to_owned()));
    put("metrics", &|results| {
        let names: Vec<&str> = results.experiment.task.metrics.iter().map(|metric| metric.name).collect();
        Some(names.join(", "))
    });
    put("positive class", &|results| results.experiment.task.positive.as_ref().map(|(class, _)| class.clone()));
    put("seeds", &|results| {
        let seeds: Vec<String> = results.experiment.seeds.iter().map(u64::to_string).collect();
        Some(seeds.join(", "))
    });
    put("threads", &|results| Some(results.experiment.limits.threads.to_string()));
}

/// What a kind of data set or split can be given, and which of that says only where it lies.
type Known = (Vec<ParameterSpec>, &'static [&'static str]);

fn of_dataset(kind: &str) -> Known {
    dataset::find(kind).map_or_else(Known::default, |spec| ((spec.parameters)(), spec.locations))
}

fn of_split(kind: &str) -> Known {
    split::find(kind).map_or_else(Known::default, |spec| ((spec.parameters)(), spec.locations))
}

/// Those parameters that either gives, as given, else their defaults. Where something lies is no setting: its checksum
/// says what it is.
fn parameters(values: [&Values; 2], known: [Known; 2]) -> Vec<(String, [Option<String>; 2])> {
    let given: BTreeSet<&String> = values.iter().flat_map(|values| values.keys()).collect();
    let value = |at: usize, name: &String| {
        let default = || known[at].0.iter().find(|spec| spec.name == *name)?.default.as_ref().map(shown);
        values[at].get(name).map(shown).or_else(default)
    };
    let is_place = |name: &String| known.iter().any(|(_, locations)| locations.contains(&name.as_str()));
    let given = given.into_iter().filter(|name| !is_place(name));
    given.map(|name| (name.clone(), [value(0, name), value(1, name)])).collect()
}

fn datasets(folders: [&Results; 2], matches: &Matches<'_>, settings: &mut Settings) {
    const OF: &str = "data set";
    let names = folders.map(|results| results.experiment.datasets.iter().map(|block| &block.name).collect());
    for pair in labels(OF, names, matches) {
        let block = |at: usize| -> Option<&DatasetBlock> {
            folders[at].experiment.datasets.iter().find(|block| Some(&block.name) == pair[at].as_ref())
        };
        let facts = |at: usize| -> Option<&DatasetFacts> {
            folders[at].datasets.iter().find(|facts| Some(&facts.name) == pair[at].as_ref())
        };
        let (blocks, seen) = ([block(0), block(1)], [facts(0), facts(1)]);
        let label = first(&pair);
        settings.relabel(OF, &pair);
        settings.put(OF, &label, "kind", blocks.map(|block| Some(block?.kind.clone())));
        let [Some(one), Some(two)] = blocks else { continue };
        settings.put(OF, &label, "checksum", seen.map(|facts| facts?.checksum.clone()));
        settings.put(OF, &label, "rows", seen.map(|facts| Some(facts?.rows.to_string())));
        settings.put(OF, &label, "columns", seen.map(|facts| Some(facts?.columns.to_string())));
        settings.put(OF, &label, "classes", seen.map(|facts| Some(classes(facts?))));
        for (name, values) in parameters([&one.values, &two.values], [one, two].map(|block| of_dataset(&block.kind))) {
            settings.put(OF, &label, &name, values);
        }
        let take = || (dataset::take::Take::specs(), &[][..]);
        for (name, values) in parameters([&one.take, &two.take], [take(), take()]) {
            settings.put(OF, &label, &format!("take.{name}"), values);
        }
    }
}

/// Classes with their sizes, in class order.
fn classes(facts: &DatasetFacts) -> String {
    let sizes: Vec<String> = facts.classes.iter().map(|(name, size)| format!("{} {size}", scrub(name))).collect();
    if sizes.is_empty() { "none".to_owned() } else { format!("{} ({})", sizes.len(), sizes.join(", ")) }
}

fn first(pair: &[Option<String>; 2]) -> String {
    pair.iter().flatten().next().cloned().unwrap_or_default()
}

fn splits(folders: [&Results; 2], matches: &Matches<'_>, settings: &mut Settings) {
    const OF: &str = "split";
    let names = folders.map(|results| results.experiment.splits.iter().map(|block| &block.name).collect());
    for pair in labels(OF, names, matches) {
        let block = |at: usize| -> Option<&SplitBlock> {
            folders[at].experiment.splits.iter().find(|block| Some(&block.name) == pair[at].as_ref())
        };
        let blocks = [block(0), block(1)];
        let label = first(&pair);
        settings.relabel(OF, &pair);
        choice(&label, "", blocks.map(|block| block.map(|block| &block.choice)), settings);
    }
}

/// A split and what it keeps out for validation.
fn choice(label: &str, prefix: &str, choices: [Option<&split::Choice>; 2], settings: &mut Settings) {
    settings.put("split", label, &format!("{prefix}kind"), choices.map(|choice| Some(choice?.kind.clone())));
    if let [Some(one), Some(two)] = choices {
        let known = [one, two].map(|choice| of_split(&choice.kind));
        for (name, values) in parameters([&one.values, &two.values], known) {
            settings.put("split", label, &format!("{prefix}{name}"), values);
        }
        let inner = [one, two].map(|choice| choice.validation.as_deref());
        if inner.iter().any(Option::is_some) {
            choice(label, &format!("{prefix}validation."), inner, settings);
        }
    }
}

fn pipelines(folders: [&Results; 2], matches: &Matches<'_>, settings: &mut Settings) {
    const OF: &str = "pipeline";
    let names = folders.map(|results| {
        let mut names: Vec<&String> = results.experiment.pipelines.iter().map(|block| &block.name).collect();
        names.dedup();
        names
    });
    for pair in labels(OF, names, matches) {
        let label = first(&pair);
        settings.relabel(OF, &pair);
        let of = |at: usize| {
            let wanted = pair[at].as_ref()?;
            let blocks = folders[at].experiment.pipelines.iter().filter(|block| block.name == *wanted);
            Some(blocks.map(steps).collect::<Vec<_>>().join("; "))
        };
        settings.put(OF, &label, "steps", [of(0), of(1)]);
    }
}

/// The steps in words; what is only spelled out is left out.
fn steps(block: &PipelineBlock) -> String {
    let step = |step: &crate::experiment::StepBlock| {
        let specs = preprocess::find(&step.kind).map_or_else(Vec::new, |spec| (spec.parameters)());
        let given = step
            .values
            .iter()
            .filter(|(name, value)| !specs.iter().any(|spec| spec.name == **name && spec.is_default(value)));
        let given: Vec<String> = given.map(|(name, value)| format!("{name} {}", shown(value))).collect();
        if given.is_empty() { step.kind.clone() } else { format!("{} ({})", step.kind, given.join(", ")) }
    };
    let steps: Vec<String> = block.steps.iter().map(step).collect();
    if steps.is_empty() { "none".to_owned() } else { steps.join(", then ") }
}

fn models(look: &Look<'_>, matches: &Matches<'_>, settings: &mut Settings) {
    const OF: &str = "model";
    let names = look.folders.map(|results| results.experiment.models.iter().map(|block| &block.name).collect());
    for pair in labels(OF, names, matches) {
        let label = first(&pair);
        let of = |at: usize| -> Vec<&Place<'_>> {
            let places =
                matches.pairs.iter().filter_map(|pair| if at == 0 { pair.a.as_ref() } else { pair.b.as_ref() });
            places.filter(|place| Some(&place.trial.model) == pair[at].as_ref()).collect()
        };
        let places = [of(0), of(1)];
        settings.relabel(OF, &pair);
        settings.put(OF, &label, "kind", [0, 1].map(|at| Some(places[at].first()?.trial.kind.clone())));
        if places.iter().any(Vec::is_empty) {
            continue;
        }
        let given: BTreeSet<&String> = places.iter().flatten().flat_map(|place| place.trial.params.keys()).collect();
        for name in given {
            let values = [0, 1].map(|at| Some(values(look, &places[at], name)).filter(|text| text != select::NONE));
            settings.put(OF, &label, name, values);
        }
    }
}

/// The values that a parameter has within a model, by size.
fn values(look: &Look<'_>, places: &[&Place<'_>], name: &str) -> String {
    let values: BTreeSet<String> = places.iter().map(|place| look.kinds.value(place.trial, name)).collect();
    let mut values: Vec<String> = values.into_iter().collect();
    Domain::sort(&mut values);
    values.join(", ")
}

/// Trials whose ids differ though everything that is recorded of them is equal: the program of a command, the file of a
/// split, or a revision of gridbook's own is another one.
fn code(look: &Look<'_>, matches: &Matches<'_>, settings: &mut Settings) {
    let threads = look.folders.map(|results| results.experiment.limits.threads);
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for pair in &matches.pairs {
        let (Some(a), Some(b)) = (&pair.a, &pair.b) else { continue };
        let same = threads[0] == threads[1]
            && a.trial.kind == b.trial.kind
            && look.kinds.departures(a.trial) == look.kinds.departures(b.trial)
            && look.contents[0].same_data(look.contents[1], a, b);
        let ids: BTreeMap<_, _> = b.records.iter().map(|r| ((r.trial.fold, r.trial.seed), &r.trial.id)).collect();
        let other = a.records.iter().find_map(|record| {
            let theirs = ids.get(&(record.trial.fold, record.trial.seed))?;
            (**theirs != record.trial.id).then(|| [record.trial.id.clone(), (*theirs).clone()])
        });
        if let (true, Some([one, two])) = (same, other)
            && told.insert(&a.trial.model)
        {
            let name = "what it is made of (its program, a file of rows, or a revision of gridbook)";
            let trial = |id: String| Some(format!("trial {id}"));
            settings.put("model", &a.trial.model, name, [trial(one), trial(two)]);
        }
    }
}

/// A measurement that is no number, and how it is read.
type Measurement = (&'static str, fn(&Measured) -> Option<String>);

fn machines(folders: [&Results; 2], settings: &mut Settings) {
    let of = |results: &Results, get: &dyn Fn(&Measured) -> Option<String>| {
        let measured = results.records.iter().filter_map(|record| record.measured.as_ref());
        let values: BTreeSet<String> = measured.filter_map(get).filter(|value| !value.is_empty()).collect();
        let values: Vec<String> = values.into_iter().collect();
        (!values.is_empty()).then(|| scrub(&values.join(" and ")))
    };
    let versions = folders.iter().flat_map(|results| &results.records).filter_map(|record| record.measured.as_ref());
    let names: BTreeSet<&String> = versions.flat_map(|measured| measured.versions.keys()).collect();
    for name in names {
        let values = folders.map(|results| of(results, &|measured| measured.versions.get(name).cloned()));
        settings.put("software", "", name, values);
    }
    let parts: [Measurement; 3] = [
        ("device", |measured| Some(measured.device.clone())),
        ("numeric class", |measured| Some(measured.numeric_class.clone())),
        ("machine", |measured| Some(measured.machine.clone())),
    ];
    for (name, get) in parts {
        settings.put("machine", "", name, folders.map(|results| of(results, &get)));
    }
}
