//! Words of the experiment file that name no model, data set, step, split or metric: what each is for, and an example
//! that checks as it stands (`tests/cli/names.rs`).

/// A word with its example.
pub struct Topic {
    /// The word, as it is written in the file.
    pub word: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Lines of an experiment file.
    pub example: &'static str,
}

/// The topic of this name.
pub fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.word == name)
}

/// Every topic, in the order of the file.
pub const TOPICS: &[Topic] = &[
    Topic {
        word: "extends",
        about: "Files whose blocks are taken over first; blocks of the same `name` (or `kind`) are merged key by key.",
        example: r#"extends = ["shared.toml"]               # from the folder of this file"#,
    },
    Topic {
        word: "repeat",
        about: "Every trial is run with each seed.",
        example: "[repeat]\nseeds = 10                              # 0 to 9, or a list; `--seeds 0..=3` takes others",
    },
    Topic {
        word: "take",
        about: "A part of a data set; row numbers count after it. Also `rows`, `fraction` with `seed`, `outliers`.",
        example: r#"[[dataset]]
kind = "digits"
name = "few digits"
take = { per-class = 20 }               # the first rows of each class"#,
    },
    Topic {
        word: "validation",
        about: "An inner split of the training rows, kept out of training: to stop early and for `choose`.",
        example: r#"[[split]]
kind = "holdout"
fraction = 0.3
validation = { kind = "holdout", fraction = 0.2 }"#,
    },
    Topic {
        word: "pipeline",
        about: "Steps before the model, learned on training rows; several are an axis named `pipeline`.",
        example: r#"[[pipeline]]
name  = "balanced"
steps = [{ kind = "replace-missing" }, { kind = "min-max" }]
[pipeline.grid]                         # parameters of steps that are swept
"replace-missing.with" = ["mean", "median"]"#,
    },
    Topic {
        word: "grid",
        about: "Swept parameters: every combination is a trial. A value in the model's own table is fixed, and no axis.",
        example: r#"[[model]]
kind = "kmeans"
[model.grid]
seed-restarts = [1, 20]                 # a list of values, or a range
tolerance     = { log = [1e-4, 1e-2], points = 3 }"#,
    },
    Topic {
        word: "range",
        about: "Values of a grid in short; `uniform` and `log-uniform` are drawn and need `[model.sample]`.",
        example: r#"[[model]]
kind = "kmeans"
[model.grid]
seed-restarts  = { integers = [2, 8], step = 2 }
max-iterations = { linear = [10, 20], points = 2 }
tolerance      = { log = [1e-4, 1e-2], points = 3 }"#,
    },
    Topic {
        word: "zip",
        about: "Axes that move together: the first value with the first, the second with the second.",
        example: r#"[[model]]
kind = "kmeans"
[[model.zip]]
seed-restarts = [1, 20]
tolerance     = [1e-2, 1e-4]"#,
    },
    Topic {
        word: "skip",
        about: "Cells of a grid that are not wanted, with the reason that the table prints.",
        example: r#"[[model]]
kind = "kmeans"
[model.grid]
seed-restarts  = [1, 20]
max-iterations = [10, 100]
[[model.skip]]
when   = { seed-restarts = 20, max-iterations = 100 }
reason = "too slow""#,
    },
    Topic {
        word: "only-if",
        about: "An axis that exists only for some cells; elsewhere the parameter has its default.",
        example: r#"[[model]]
kind = "kmeans"
[model.grid]
seed-restarts  = [1, 20]
max-iterations = [10, 100]
[[model.only-if]]
when = { seed-restarts = 20 }
axis = "max-iterations""#,
    },
    Topic {
        word: "sample",
        about: "A random part of a grid, the same every time; axes may be drawn from ranges instead of lists.",
        example: r#"[[model]]
kind = "kmeans"
[model.grid]
seed-restarts = [1, 5, 20]
tolerance     = { log-uniform = [1e-5, 1e-2] }
[model.sample]
count = 8
seed  = 1"#,
    },
    Topic {
        word: "limits",
        about: "What a trial and a plan may take.",
        example: r#"[limits]
time      = "10m"                       # a trial's; also seconds
memory    = "4GiB"                      # a trial's; also MiB
retries   = 1                           # of a trial whose worker died
grid      = 10000                       # larger plans are refused
exclusive = true                        # one trial at a time, for tables of times"#,
    },
    Topic {
        word: "published",
        about: "Numbers printed elsewhere, to stand beside ours; any axis may be a key, digits count.",
        example: r#"[published.lu-table-3]
source = "Lu, Table 3"
unit   = "percent"                       # left out: fraction
rows   = [{ model = "K-means", acc = 72.10 }, { model = "Random", acc = "11.3 ± 0.4" }]"#,
    },
    Topic {
        word: "claim",
        about: "What the study is to show (read and checked, not yet tested by this version).",
        example: r#"[[claim]]
text   = "k-means beats the floor"
better = "K-means"
than   = "Random"
metric = "acc"
by     = 0.02                           # at least; left out, 0
test   = "paired-t""#,
    },
    Topic {
        word: "table",
        about: "A table of the report; an axis in neither `rows` nor `columns` is averaged over.",
        example: r#"[[table]]
title   = "Table 3"
rows    = ["model", "seed-restarts"]     # any axes; `metric` is one
columns = ["dataset", "metric"]
where   = { model = ["K-means", "Random"] }
metrics = ["acc"]                       # left out, those of [task]"#,
    },
    Topic {
        word: "where",
        about: "Which trials a table, figure or claim speaks of: an axis with its value, or with a list of values.",
        example: r#"[[table]]
where = { model = ["K-means", "Random"], seed = 0 }"#,
    },
    Topic {
        word: "choose",
        about: "How a grid collapses to one cell of a table: the best setting; the choice is printed below.",
        example: r#"[[table]]
rows   = "model"
choose = { by = "acc", among = "seed-restarts", on = "test" }   # or "validation", "criterion""#,
    },
    Topic {
        word: "compare",
        about: "What the cells of a table are held against.",
        example: r#"[published.lu]
rows = [{ model = "K-means", acc = 0.72 }]
[[table]]
compare = { against = "published.lu", best-of = "row", baseline = "K-means", adjust = "holm" }"#,
    },
    Topic {
        word: "figure",
        about: "A figure of the report: `gridbook list figures` has the kinds.",
        example: r#"[[figure]]
kind = "box"                            # a box with its points for each value
x    = "seed-restarts"
y    = "acc"
by   = "dataset"                        # a panel for each"#,
    },
    Topic {
        word: "note",
        about: "A remark that the report prints.",
        example: r#"[[report.note]]
about = "K-means"
text  = "The paper does not say how often it was restarted.""#,
    },
    Topic {
        word: "track",
        about: "Where trials are reported to (read and checked, not sent by this version); secrets never stand here.",
        example: r#"[track]
kind       = "mlflow"
uri        = "http://localhost:5000"
experiment = "study""#,
    },
];
