//! `gridbook describe`: a data file, or a name that experiment files can use.

mod topics;

use std::path::Path;

use serde_json::{Map, Value as Json, json};

use crate::cli::{Failure, print, print_json};
use crate::diagnostic::nearest;
use crate::experiment::{FigureKind, later};
use crate::metric::MetricSpec;
use crate::model::command;
use crate::model::registry::{self, MODELS};
use crate::parameter::ParameterSpec;
use crate::weka::{self, Scheme};
use crate::{dataset, metric, preprocess, split, stage};

/// Arguments of `describe`.
#[derive(clap::Args)]
pub struct Arguments {
    /// A data file, the name of a model, data set, step, split, metric, stage or figure, or a word of the experiment file
    name: String,
    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// What `describe` prints of a name.
struct Described {
    kind: &'static str,
    about: &'static str,
    reference: &'static str,
    stands_in_for: Option<&'static str>,
    parameters: Vec<ParameterSpec>,
    accepts: Json,
    /// The scheme of Weka that does the same.
    scheme: Option<&'static Scheme>,
    /// Lines that are printed as they are, with their key in JSON.
    more: Option<(&'static str, &'static str)>,
}

impl Described {
    /// One that says nothing of what it accepts.
    fn plain(kind: &'static str, about: &'static str, reference: &'static str, parameters: Vec<ParameterSpec>) -> Self {
        Described {
            kind,
            about,
            reference,
            stands_in_for: None,
            parameters,
            accepts: json!({}),
            scheme: None,
            more: None,
        }
    }
}

/// Describes a file if there is one of that name, else a kind.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let path = Path::new(&arguments.name);
    if let Some(found) = find(&arguments.name) {
        return if arguments.json { print_json(&to_json(&found)) } else { print(&people(&found)) }.map(|()| 0);
    }
    if path.exists() || arguments.name.contains(['/', '.']) {
        let description = dataset::describe(path).map_err(Failure::machine)?;
        return if arguments.json { print_json(&description) } else { print(&description.to_string()) }.map(|()| 0);
    }
    let mut names: Vec<&str> = MODELS.iter().map(|spec| spec.kind).collect();
    names.extend(dataset::DATASETS.iter().map(|spec| spec.kind));
    names.extend(preprocess::STEPS.iter().map(|spec| spec.kind));
    names.extend(split::SPLITS.iter().map(|spec| spec.kind));
    names.extend(metric::METRICS.iter().map(|spec| spec.name));
    names.extend(stage::STAGES.iter().map(|spec| spec.kind));
    names.extend(FigureKind::ALL.iter().map(|(word, _, _)| *word));
    names.extend(topics::TOPICS.iter().map(|topic| topic.word));
    names.extend(later::names());
    if let Some(noun) = later::noun(&arguments.name) {
        let message = format!("`{}` is a {noun} that is not in this version of gridbook", arguments.name);
        return Err(Failure::Message(2, message));
    }
    let hint = nearest(&arguments.name, names).map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    Err(Failure::Message(2, format!("`{}` is neither a file nor a name that gridbook knows{hint}", arguments.name)))
}

fn find(name: &str) -> Option<Described> {
    if let Some(spec) = registry::find(name) {
        let found = Described::plain(spec.kind, spec.about, spec.reference, (spec.parameters)());
        let more = spec.own_parameters.then_some(("contract", command::CONTRACT));
        return Some(Described { accepts: json!(spec.accepts), scheme: weka::of_kind(spec.kind), more, ..found });
    }
    if let Some(spec) = dataset::find(name) {
        let found = Described::plain(spec.kind, spec.about, spec.reference, (spec.parameters)());
        return Some(Described { stands_in_for: spec.stands_in_for, ..found });
    }
    if let Some(spec) = preprocess::find(name) {
        return Some(Described::plain(spec.kind, spec.about, spec.reference, (spec.parameters)()));
    }
    if let Some(spec) = split::find(name) {
        return Some(Described::plain(spec.kind, spec.about, spec.reference, (spec.parameters)()));
    }
    if let Some(spec) = stage::find(name) {
        return Some(Described::plain(spec.kind, spec.about, spec.reference, (spec.parameters)()));
    }
    metric::find(name).map(describe_metric).or_else(|| describe_word(name))
}

/// A kind of figure, or another word of the experiment file.
fn describe_word(name: &str) -> Option<Described> {
    if let Some((word, _, about)) = FigureKind::ALL.iter().find(|(word, _, _)| *word == name) {
        return Some(Described::plain(word, about, NO_REFERENCE, Vec::new()));
    }
    let topic = topics::find(name)?;
    let found = Described::plain(topic.word, topic.about, NO_REFERENCE, Vec::new());
    Some(Described { more: Some(("example", topic.example)), ..found })
}

/// What is said where there is no source.
const NO_REFERENCE: &str = "none";

fn describe_metric(spec: &'static MetricSpec) -> Described {
    let accepts = json!({ "tasks": spec.tasks, "needs": spec.needs, "range": [finite(spec.range.0), finite(spec.range.1)], "better": spec.better });
    Described { accepts, ..Described::plain(spec.name, spec.about, spec.reference, Vec::new()) }
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

fn to_json(found: &Described) -> Json {
    let mut described = json!({
        "kind": found.kind, "about": found.about, "reference": found.reference,
        "parameters": found.parameters, "accepts": found.accepts,
    });
    if let Some(original) = found.stands_in_for {
        described["stands_in_for"] = json!(original);
    }
    if let Some(scheme) = found.scheme {
        let flags = found.parameters.iter().filter_map(|p| Some((p.name.clone(), json!(scheme.flag(&p.name)?.flag))));
        described["weka"] = json!({ "class": scheme.class, "flags": flags.collect::<Map<String, Json>>() });
    }
    if let Some((key, lines)) = found.more {
        described[key] = json!(lines);
    }
    described
}

fn people(found: &Described) -> String {
    let mut text = format!("{}: {}\n", found.kind, found.about);
    if found.reference != NO_REFERENCE {
        text.push_str(&format!("  {}\n", found.reference));
    }
    if let Some(original) = found.stands_in_for {
        text.push_str(&format!("  stand-in for {original}\n"));
    }
    if let Some(scheme) = found.scheme {
        text.push_str(&format!("  in Weka: {}\n", scheme.class));
    }
    let width = found.parameters.iter().map(|p| p.name.len()).max().unwrap_or(0);
    for parameter in &found.parameters {
        let default =
            parameter.default.as_ref().map_or_else(String::new, |value| format!(", default {}", value.canonical()));
        let range = parameter.range.as_ref().map_or_else(String::new, |range| format!(", {range}"));
        let flag = found.scheme.and_then(|scheme| scheme.flag(&parameter.name));
        let flag = flag.map_or_else(String::new, |flag| format!(", Weka's {}", flag.flag));
        text.push_str(&format!(
            "\n  {:width$}  {}{range}{default}{flag}\n  {:width$}  {}\n",
            parameter.name, parameter.type_name, "", parameter.about
        ));
    }
    if let Some((_, lines)) = found.more {
        text.push('\n');
        lines.lines().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    text
}
