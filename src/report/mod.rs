//! Tables, figures and the page made from a results folder. Knows nothing of models.
pub enum Format { Html, Latex, Csv, Markdown, Json }
#[derive(Default)]
pub struct Options { pub omit_measured: bool }
pub fn render(_: &crate::store::results::Results, _: Format, _: &Options) -> Result<String, String> { Ok(String::new()) }
pub fn terminal_table(_: &crate::store::results::Results) -> String { String::new() }
