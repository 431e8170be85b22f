//! What is wrong with an experiment file, and where: shown with a caret, or as JSON for editors.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use crate::experiment::document::{Place, Source};
use crate::parameter::quoted;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing runs.
    Error,
    /// It runs all the same.
    Warning,
}

/// A mistake with its place, while a file is being checked.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The caret.
    pub place: Place,
    /// How bad.
    pub severity: Severity,
    /// A word for scripts: `unknown-key`, `wrong-type`, ...
    pub code: &'static str,
    /// What was found and what was expected.
    pub message: String,
    /// One next step.
    pub help: Option<String>,
    /// The bare replacement.
    pub suggestion: Option<String>,
    /// Whether it rests on names that other blocks define: where one of those is wrong, it may be no mistake at all.
    pub follows: bool,
    /// The other of two places that do not go together, with what stands there.
    pub also: Option<(Place, &'static str)>,
}

impl Problem {
    /// An error.
    pub fn error(place: &Place, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Problem {
            place: place.clone(),
            severity: Severity::Error,
            code,
            message,
            help: None,
            suggestion: None,
            follows: false,
            also: None,
        }
    }

    /// A warning.
    pub fn warning(place: &Place, code: &'static str, message: impl Into<String>) -> Self {
        Problem { severity: Severity::Warning, ..Problem::error(place, code, message) }
    }

    /// With the other of two places that do not go together.
    #[must_use]
    pub fn also(mut self, place: &Place, what: &'static str) -> Self {
        self.also = Some((place.clone(), what));
        self
    }

    /// With a next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// One that rests on names that other blocks define.
    #[must_use]
    pub fn follows(mut self) -> Self {
        self.follows = true;
        self
    }

    /// With the nearest of `names` to `found`, where one is near.
    #[must_use]
    pub fn nearest<'n>(mut self, found: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        if let Some(name) = nearest(found, names) {
            self.suggestion = Some(name.to_owned());
            self.help = self.help.or_else(|| Some(format!("did you mean `{name}`?")));
        }
        self
    }
}

/// The name that a person most likely meant, if any is near enough: the same but for case and separators, else one that
/// begins so or has it as a word, else one with few other letters, else one that `found` begins with.
pub fn nearest<'n>(found: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let ranked = names.into_iter().filter_map(|name| Some((rank(found, name)?, name)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, name)| name)
}

/// How near a name is: by what makes it so, then by letters; none where it is far.
fn rank(found: &str, name: &str) -> Option<(usize, usize)> {
    /// Fewer letters say nothing.
    const TELLING: usize = 3;
    let plain = |text: &str| text.to_lowercase().replace(['_', ' '], "-");
    let (found, name) = (plain(found), plain(name));
    if found.replace('-', "") == name.replace('-', "") {
        return Some((0, 0));
    }
    let length = found.chars().count();
    let distance = strsim::damerau_levenshtein(&found, &name);
    if length >= TELLING && (name.starts_with(&found) || name.split('-').any(|word| word == found)) {
        return Some((1, distance));
    }
    let most = if length < TELLING { 0 } else { (length / 3).max(1) };
    if distance <= most {
        return Some((2, distance));
    }
    (name.chars().count() >= TELLING && found.starts_with(&name)).then_some((3, distance))
}

/// `one of` and the names, or `none`: all of a few, of many those with the fewest other letters.
pub fn one_of(found: &str, names: &[&str]) -> String {
    const ALL: usize = 30;
    const NEAREST: usize = 10;
    if names.is_empty() {
        return "none".to_owned();
    }
    if names.len() <= ALL {
        return format!("one of {}", quoted(names));
    }
    let mut near: Vec<&str> = names.to_vec();
    near.sort_by_key(|name| (rank(found, name).unwrap_or((usize::MAX, 0)), strsim::damerau_levenshtein(found, name)));
    near.truncate(NEAREST);
    near.sort_unstable();
    format!("one of {}, or another of {}", quoted(&near), names.len())
}

/// What the system says of an error, without its number.
pub fn io_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// A mistake as scripts and editors read it (`--json`).
#[derive(Clone, Debug, Serialize)]
pub struct Diagnostic {
    /// The file as given, or `--set`, `--only`, `--seeds`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// How bad.
    pub severity: Severity,
    /// A word for scripts.
    pub code: &'static str,
    /// What was found and what was expected.
    pub message: String,
    /// One next step.
    pub help: Option<String>,
    /// The bare replacement.
    pub suggestion: Option<String>,
}

/// All mistakes of a check, sorted by place, with the texts they point into.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    sources: Vec<Source>,
    problems: Vec<Problem>,
}

impl Diagnostics {
    /// Sorts `problems` by place; two of one place and message count once.
    pub fn new(sources: Vec<Source>, mut problems: Vec<Problem>) -> Self {
        // A name that is near no known one may be right, and its definition what is wrong.
        if problems.iter().any(|problem| !problem.follows && problem.severity == Severity::Error) {
            problems.retain(|problem| !problem.follows || problem.suggestion.is_some());
        }
        problems.sort_by_key(|p| (p.place.source, p.place.span.start, p.place.span.end));
        // A value out of range is said once, whoever stumbles over it next.
        let again = |a: &Problem, b: &Problem| a.code == b.code && a.code == "out-of-range";
        problems.dedup_by(|a, b| a.place == b.place && (a.message == b.message || again(a, b)));
        Diagnostics { sources, problems }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.problems.iter().filter(|p| p.severity == Severity::Warning).count()
    }

    /// With those of a later check of the same file.
    #[must_use]
    pub fn and(self, later: Diagnostics) -> Self {
        let sources = if later.sources.len() > self.sources.len() { later.sources } else { self.sources };
        Diagnostics::new(sources, self.problems.into_iter().chain(later.problems).collect())
    }

    /// Without those of a code.
    #[must_use]
    pub fn without(mut self, code: &str) -> Self {
        self.problems.retain(|problem| problem.code != code);
        self
    }

    /// Whether nothing may run.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }

    /// Whether every error is about data files that are not there or damaged, which is the machine's fault.
    pub fn only_files(&self) -> bool {
        self.problems.iter().filter(|p| p.severity == Severity::Error).all(|p| ["data-file", "file"].contains(&p.code))
    }

    /// For `--json`.
    pub fn to_list(&self) -> Vec<Diagnostic> {
        self.problems
            .iter()
            .map(|problem| {
                let source = self.sources.get(problem.place.source);
                let (line, column) = source.map_or((1, 1), |s| line_and_column(&s.text, problem.place.span.start));
                Diagnostic {
                    file: source.map_or_else(String::new, |s| s.name.clone()),
                    line,
                    column,
                    severity: problem.severity,
                    code: problem.code,
                    message: problem.message.clone(),
                    help: self.help_with_other(problem),
                    suggestion: problem.suggestion.clone(),
                }
            })
            .collect()
    }

    /// The next step, with the line of the other place: a list has no second caret.
    fn help_with_other(&self, problem: &Problem) -> Option<String> {
        let other = problem.also.as_ref().and_then(|(place, what)| {
            let source = self.sources.get(place.source)?;
            Some(format!("{what}: {}:{}", source.name, line_and_column(&source.text, place.span.start).0))
        });
        match (problem.help.clone(), other) {
            (Some(help), Some(other)) => Some(format!("{help} ({other})")),
            (help, other) => help.or(other),
        }
    }

    /// For people: each mistake with its line and caret.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut text = String::new();
        for problem in &self.problems {
            text.push_str(&self.render_one(problem, &renderer));
            text.push_str("\n\n");
        }
        let errors = self.problems.iter().filter(|p| p.severity == Severity::Error).count();
        if errors > 1 {
            text.push_str(&format!("{errors} mistakes; nothing was run\n"));
        }
        text
    }

    fn render_one(&self, problem: &Problem, renderer: &Renderer) -> String {
        let level = match problem.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(problem.message.as_str());
        // A file that could not be read has no text to point into.
        let Some(source) = self.sources.get(problem.place.source).filter(|_| problem.code != "file") else {
            return renderer.render(&[title.elements(Vec::<annotate_snippets::Element<'_>>::new())]);
        };
        let end = problem.place.span.end.min(source.text.len());
        let start = problem.place.span.start.min(end);
        let mut snippet = Snippet::source(source.text.as_str())
            .path(source.name.as_str())
            .annotation(AnnotationKind::Primary.span(start..end));
        let mut elsewhere = None;
        if let Some((place, what)) = &problem.also
            && let Some(other) = self.sources.get(place.source)
        {
            let end = place.span.end.min(other.text.len());
            let mark = AnnotationKind::Context.span(place.span.start.min(end)..end).label(*what);
            if place.source == problem.place.source {
                snippet = snippet.annotation(mark);
            } else {
                elsewhere = Some(Snippet::source(other.text.as_str()).path(other.name.as_str()).annotation(mark));
            }
        }
        let group = title.element(snippet);
        let group = match elsewhere {
            Some(other) => group.element(other),
            None => group,
        };
        match &problem.help {
            Some(help) => renderer.render(&[group.element(Level::HELP.message(help.as_str()))]),
            None => renderer.render(&[group]),
        }
    }
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        let names = ["gamma", "batch-size", "learning-rate", "pretrain-epochs"];
        assert_eq!(nearest("gama", names), Some("gamma"));
        assert_eq!(nearest("batch_size", names), Some("batch-size"));
        assert_eq!(nearest("pretrain", names), Some("pretrain-epochs"));
        assert_eq!(nearest("epochs", names), Some("pretrain-epochs"));
        assert_eq!(nearest("kernel", names), None);
        let kinds = ["autoencoder-kmeans", "kmeans", "min-max", "DEC"];
        for found in ["KMeans", "Kmeans", "k-means", "K_Means", "k means"] {
            assert_eq!(nearest(found, kinds), Some("kmeans"), "{found}");
        }
        assert_eq!((nearest("minmax", kinds), nearest("dec", kinds)), (Some("min-max"), Some("DEC")));
        // What comes first in the list decides nothing.
        assert_eq!(nearest("seed-restart", ["seed", "seed-restarts"]), Some("seed-restarts"));
        assert_eq!(nearest("seed", ["seed-restarts", "seeds"]), Some("seeds"));
        assert_eq!(nearest("accuracy", ["ari", "acc"]), Some("acc"));
        assert_eq!(nearest("no-such-program", ["n", "no"]), None);
    }

    #[test]
    fn of_many_names_the_nearest_are_listed() {
        let many: Vec<String> = (0..40).map(|i| format!("name-{i}")).chain(["gamma".to_owned()]).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let said = one_of("gama", &many);
        assert!(said.starts_with("one of `gamma`, `name-0`, ") && said.ends_with(", or another of 41"), "{said}");
        assert_eq!(said.matches('`').count(), 20, "{said}");
        assert_eq!((one_of("a", &["b", "c"]), one_of("a", &[])), ("one of `b`, `c`".to_owned(), "none".to_owned()));
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_and_column("ä = 1\nöü = 2", "ä = 1\nöü".len()), (2, 3));
    }
}
