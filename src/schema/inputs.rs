//! `[[dataset]]`, `[[split]]`, `[[pipeline]]` and `[[model]]`.

use serde_json::{Map, Value as Json, json};

use crate::dataset::DATASETS;
use crate::dataset::take::Take;
use crate::model::ModelSpec;
use crate::model::registry::MODELS;
use crate::parameter::{ParameterSpec, Parameters};
use crate::preprocess::STEPS;
use crate::schema::kinded::{Kind, kinded};
use crate::schema::words::{blocks, closed, reference, table, text};
use crate::schema::{Definitions, parameter};
use crate::split::SPLITS;

const LABEL: &str = "Label in tables; left out, the kind.";

/// Adds the blocks to the root's properties.
pub fn add(properties: &mut Map<String, Json>, definitions: &mut Definitions) {
    let entries = [
        ("dataset", "Data sets; several are an axis named `dataset`.", dataset(definitions)),
        (
            "split",
            "Which rows are learned from and which are judged; several are an axis named `split`.",
            split(definitions),
        ),
        ("pipeline", "Steps before the model; several are an axis named `pipeline`.", pipeline(definitions)),
        ("model", "Models; several are an axis named `model`.", model(definitions)),
    ];
    for (name, about, schema) in entries {
        definitions.insert(name.to_owned(), schema);
        properties.insert(name.to_owned(), blocks(about, &reference(name)));
    }
}

fn dataset(definitions: &mut Definitions) -> Json {
    let kinds: Vec<Kind> = DATASETS.iter().map(|spec| Kind::new(spec.kind, spec.about, &(spec.parameters)())).collect();
    let take = closed("A part of the set; row numbers count after it.", &parameter::properties(&Take::specs()), &[]);
    let checksum = json!({
        "description": "What the content must be, as `gridbook describe` writes it.", "type": "string",
        "pattern": "^blake3:[0-9a-f]{64}$",
    });
    let common = [("name", text(LABEL)), ("take", take), ("checksum", checksum)];
    kinded("dataset", "A data set.", &common, &kinds, definitions)
}

fn split(definitions: &mut Definitions) -> Json {
    let kinds =
        || -> Vec<Kind> { SPLITS.iter().map(|spec| Kind::new(spec.kind, spec.about, &(spec.parameters)())).collect() };
    let inner =
        kinded("inner-split", "Rows kept out of training, to stop early and to choose.", &[], &kinds(), definitions);
    definitions.insert("inner-split".to_owned(), inner);
    let common = [("name", text(LABEL)), ("validation", reference("inner-split"))];
    kinded("split", "A split.", &common, &kinds(), definitions)
}

fn pipeline(definitions: &mut Definitions) -> Json {
    let kinds: Vec<Kind> = STEPS.iter().map(|spec| Kind::new(spec.kind, spec.about, &(spec.parameters)())).collect();
    let step = kinded("step", "A step.", &[], &kinds, definitions);
    definitions.insert("step".to_owned(), step);
    // A key is written as `"undersample.ratio"`, or as `undersample.ratio`, which is a table.
    let mut axes = Map::new();
    for spec in STEPS {
        let specs = (spec.parameters)();
        let swept = swept(&specs);
        axes.extend(swept.iter().map(|(name, axis)| (format!("{}.{name}", spec.kind), axis.clone())));
        if !specs.is_empty() {
            axes.insert(spec.kind.to_owned(), closed(spec.about, &swept, &[]));
        }
    }
    table(
        "Steps before the model.",
        &[
            ("name", text("Label in tables; left out, the steps' kinds.")),
            ("steps", blocks("In this order, learned on the training rows.", &reference("step"))),
            ("grid", closed("Parameters of steps that are swept.", &axes, &[])),
        ],
        &[],
    )
}

fn swept(specs: &[ParameterSpec]) -> Map<String, Json> {
    specs.iter().map(|spec| (spec.name.clone(), parameter::swept(spec))).collect()
}

fn model(definitions: &mut Definitions) -> Json {
    let kinds: Vec<Kind> = MODELS.iter().map(|spec| model_kind(spec)).collect();
    kinded("model", "A model.", &[("name", text(LABEL))], &kinds, definitions)
}

fn model_kind(spec: &ModelSpec) -> Kind {
    let specs = (spec.parameters)();
    let mut kind = Kind::new(spec.kind, spec.about, &specs);
    let axes = swept(&specs);
    // A program of the user's own has parameters that nobody else knows.
    let open = |mut schema: Json, others: Json| {
        if spec.own_parameters {
            schema["additionalProperties"] = others;
        }
        schema
    };
    let axis = json!({ "type": ["array", "object"] });
    let grid = open(closed("Swept parameters: every combination is a trial.", &axes, &[]), axis.clone());
    let zip = open(closed("Axes that move together.", &axes, &[]), axis);
    let names: Map<String, Json> = axes.keys().map(|name| (name.clone(), true.into())).collect();
    let when = || open(closed("Which cells: parameter to value, or to a list of values.", &names, &[]), true.into());
    let skip = table(
        "Cells that are not wanted.",
        &[("when", when()), ("reason", text("Printed in the table."))],
        &["when", "reason"],
    );
    let only_if = table(
        "An axis that exists only for some cells.",
        &[("axis", text("The swept parameter.")), ("when", when())],
        &["axis", "when"],
    );
    let sample = table(
        "A random part of the grid.",
        &[
            ("count", json!({ "description": "How many cells.", "type": "integer", "minimum": 1 })),
            ("seed", json!({ "description": "What they are drawn with.", "type": "integer", "minimum": 0 })),
        ],
        &["count"],
    );
    let own = [
        ("grid", grid),
        ("zip", blocks("Axes that move together.", &zip)),
        ("skip", blocks("Cells that are not wanted.", &skip)),
        ("only-if", blocks("Axes that exist only for some cells.", &only_if)),
        ("sample", sample),
    ];
    kind.properties.extend(own.map(|(name, schema)| (name.to_owned(), schema)));
    kind
}
