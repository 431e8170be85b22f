//! `[published]`, `[[claim]]`, `[[table]]`, `[[figure]]` and `[[report.note]]`.

use serde_json::{Map, Value as Json, json};

use crate::experiment::FigureKind;
use crate::metric::METRICS;
use crate::schema::kinded::{Kind, kinded};
use crate::schema::words::{blocks, condition, described, list_of, reference, scalar, table, text};
use crate::schema::{Definitions, metrics};

/// Tests of a difference.
const TESTS: &[&str] = &["paired-t", "corrected-resampled-t", "wilcoxon", "mcnemar", "none"];

/// Adds the blocks to the root's properties.
pub fn add(properties: &mut Map<String, Json>, definitions: &mut Definitions) {
    let entries = [
        ("claim", "Checked by `gridbook report --check`.", claim()),
        ("table", "Tables of the report; without any, models by data sets.", table_block()),
        ("figure", "Figures of the report.", figure(definitions)),
    ];
    for (name, about, schema) in entries {
        definitions.insert(name.to_owned(), schema);
        properties.insert(name.to_owned(), blocks(about, &reference(name)));
    }
    definitions.insert("published".to_owned(), published());
    properties.insert(
        "published".to_owned(),
        json!({
            "description": "Numbers printed elsewhere, to stand beside ours.", "type": "object",
            "additionalProperties": reference("published"),
        }),
    );
    let note = table(
        "A remark in the report.",
        &[("about", text("What it is about, like `published.lu-table-3`.")), ("text", text("The remark."))],
        &["text"],
    );
    properties.insert(
        "report".to_owned(),
        table("What the report says besides.", &[("note", blocks("Remarks.", &note))], &[]),
    );
}

fn published() -> Json {
    let number = json!({ "description": "The printed number with its own digits.", "type": ["number", "string"] });
    let cells: Map<String, Json> = METRICS.iter().map(|spec| (spec.name.to_owned(), number.clone())).collect();
    let row = json!({
        "description": "Axes to values, metrics to numbers.", "type": "object", "properties": cells,
        "additionalProperties": { "type": ["string", "number", "boolean", "array"] },
    });
    table(
        "Numbers printed elsewhere.",
        &[
            ("source", text("Like `Lu, Table 3`.")),
            ("unit", described("Of the numbers.", json!({ "enum": ["fraction", "percent"], "default": "fraction" }))),
            (
                "tolerance",
                json!({ "description": "A verdict beside the rounding band.", "type": "number", "minimum": 0 }),
            ),
            ("note", text("A remark.")),
            ("rows", blocks("The numbers.", &row)),
        ],
        &["rows"],
    )
}

fn claim() -> Json {
    let side = |about: &str| described(about, scalar());
    table(
        "What must hold.",
        &[
            ("text", text("The claim, in words.")),
            ("where", condition("Only these trials.")),
            ("axis", text("The axis of `better` and `than`; `model` when left out.")),
            ("better", side("What is better.")),
            ("than", side("Than what.")),
            ("metric", reference("metric")),
            ("by", json!({ "description": "At least by so much.", "type": "number", "minimum": 0, "default": 0 })),
            ("test", described("Over seeds or folds.", json!({ "enum": TESTS }))),
            (
                "alpha",
                json!({
                    "description": "Level of the test.", "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1,
                    "default": 0.05,
                }),
            ),
        ],
        &["text", "better", "than"],
    )
}

fn table_block() -> Json {
    let choose = table(
        "How a grid collapses to one cell; printed under the table.",
        &[
            ("by", text("The metric, or the criterion, that decides.")),
            ("among", list_of(&text("The axes to choose among."))),
            ("on", described("Which scores decide.", json!({ "enum": ["validation", "test", "criterion"] }))),
        ],
        &["by", "among"],
    );
    let compare = table(
        "What ours is held against.",
        &[
            ("against", text("Printed numbers, like `published.lu-table-3`.")),
            ("test", described("Whether a difference is more than chance.", json!({ "enum": TESTS }))),
            ("best-of", described("Where the best is marked.", json!({ "enum": ["row", "column"] }))),
            ("baseline", text("The model that the others are tested against; left out, the first.")),
            ("adjust", described("For how many tests there are.", json!({ "enum": ["none", "holm"] }))),
        ],
        &[],
    );
    table(
        "A table.",
        &[
            ("title", text("Above the table.")),
            ("rows", list_of(&text("Axes, or `metric`."))),
            ("columns", list_of(&text("Axes, or `metric`."))),
            ("where", condition("Only these trials: axis to value, or to a list of values.")),
            ("metrics", metrics("Those shown; left out, all.")),
            ("metric", metrics("The one shown.")),
            ("choose", choose),
            ("compare", compare),
        ],
        &[],
    )
}

fn figure(definitions: &mut Definitions) -> Json {
    let kinds: Vec<Kind> =
        FigureKind::ALL.iter().map(|(word, _, about)| Kind { word, about, properties: Map::new() }).collect();
    let common = [
        ("title", text("Above the figure.")),
        ("x", text("The axis along x.")),
        ("y", text("The metric along y; of a curve its name, like `loss`.")),
        ("metric", text("What is drawn where x and y are both axes.")),
        ("by", text("One panel for each value of this axis.")),
        ("where", condition("Only these trials: axis to value, or to a list of values.")),
    ];
    kinded("figure", "A figure.", &common, &kinds, definitions)
}
