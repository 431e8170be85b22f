//! The page: one file with everything in it.

mod data;
mod figures;
mod paper;
mod paper_width;
mod significance;
mod tables;
mod view;

use tera::{Context, Tera};

use super::{Report, ReportError};

/// The templates, part of the binary. A name ending in `.html` is escaped by default.
const TEMPLATES: [(&str, &str); 11] = [
    ("report.html", include_str!("../../../templates/report.html")),
    ("summary.html", include_str!("../../../templates/summary.html")),
    ("table.html", include_str!("../../../templates/table.html")),
    ("figure.html", include_str!("../../../templates/figure.html")),
    ("paper.html", include_str!("../../../templates/paper.html")),
    ("claims.html", include_str!("../../../templates/claims.html")),
    ("significance.html", include_str!("../../../templates/significance.html")),
    ("trials.html", include_str!("../../../templates/trials.html")),
    ("failures.html", include_str!("../../../templates/failures.html")),
    ("notes.html", include_str!("../../../templates/notes.html")),
    ("provenance.html", include_str!("../../../templates/provenance.html")),
];

/// The style sheet and the script: neither holds anything of an experiment.
const CSS: &str = include_str!("../../../templates/report.css");
const JS: &str = include_str!("../../../templates/report.js");

/// Makes the page.
pub fn render(report: &Report) -> Result<String, ReportError> {
    let mut tera = Tera::new();
    tera.autoescape_on(vec![".html"]);
    tera.add_raw_templates(TEMPLATES)?;
    let mut context = Context::new();
    context.insert("css", &CSS);
    context.insert("js", &JS);
    context.insert("page", &view::page(report));
    context.insert("trials_data", &script(&data::trials(report))?);
    context.insert("copies", &script(&data::copies(report))?);
    Ok(tera.render("report.html", &context)?)
}

/// JSON that cannot end the script element it stands in.
fn script(value: &impl serde::Serialize) -> Result<String, ReportError> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}
