//! The head of the page: a sentence, four figures, and sentences made from the numbers. Each is there only when its
//! data are, and none speaks of significance: that needs a test beside it.

use crate::metric::MetricSpec;
use crate::parameter::Values;
use crate::store::outcome::{Measured, Status};
use crate::store::results::{Results, State};

use super::figure::{self, boxes};
use super::number::{self, count, fixed, float, plural, signed};
use super::paper::{Flag, Paper, PaperRow};
use super::ranking::{self, Ranking};
use super::significance::Significance;
use super::table::join_words;
use super::{Options, is_measured};

/// So many departures from the paper are named.
const NAMED_DEPARTURES: usize = 3;
/// So many sweeps are summed up.
const NAMED_SWEEPS: usize = 2;

/// The head of the page.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What the experiment says of itself, or its name.
    pub title: String,
    /// Above the title.
    pub eyebrow: String,
    /// The outcome in a sentence or two.
    pub lede: String,
    /// Up to four figures.
    pub cards: Vec<Card>,
    /// Sentences.
    pub sentences: Vec<String>,
}

/// One figure.
#[derive(Clone, Debug, Default)]
pub struct Card {
    /// What it counts.
    pub head: String,
    /// The number.
    pub big: String,
    /// Beside the number.
    pub small: String,
    /// Below it.
    pub below: String,
    /// A bar's parts: colour's name and share.
    pub parts: Vec<(&'static str, f64)>,
}

/// Makes the head.
pub fn of(results: &Results, paper: Option<&Paper>, tests: &[Significance], options: Options) -> Summary {
    let experiment = &results.experiment;
    let only = experiment.tables.first().map(|table| table.only.clone()).unwrap_or_default();
    let metric = experiment.task.metrics.iter().copied().find(|metric| !is_measured(metric));
    let ranking = metric.and_then(|metric| ranking::of(results, metric, &only));
    let mut cards = Vec::new();
    cards.extend(paper.map(paper_card));
    cards.push(trials_card(results));
    cards.extend(ranking.as_ref().map(rank_card));
    if !options.omit_measured {
        cards.extend(compute_card(results));
    }
    let mut sentences = Vec::new();
    match tests.first().filter(|test| test.ranks.is_some()) {
        Some(test) => sentences.extend(test.sentences.iter().take(2).cloned()),
        None => sentences.extend(ranking.as_ref().and_then(ranks_sentence)),
    }
    sentences.extend(paper.and_then(departures));
    sentences.extend(sweeps(results));
    sentences.extend(warnings(results, options));
    Summary {
        title: experiment.about.clone().unwrap_or_else(|| experiment.name.clone()),
        eyebrow: eyebrow(results, options),
        lede: lede(results, paper, ranking.as_ref()),
        cards,
        sentences,
    }
}

/// Name and the days between which trials began.
fn eyebrow(results: &Results, options: Options) -> String {
    let mut words = vec![results.experiment.name.clone(), results.experiment.task.kind.word().to_owned()];
    if !options.omit_measured {
        let days = || {
            let started = results.records.iter().filter_map(|record| record.measured.as_ref());
            started.filter_map(|measured| measured.started.get(..10)).filter(|day| !day.is_empty())
        };
        match (days().min(), days().max()) {
            (Some(first), Some(last)) if first == last => words.push(first.to_owned()),
            (Some(first), Some(last)) => words.push(format!("{first} to {last}")),
            _ => {}
        }
    }
    words.join(" · ")
}

fn ended(results: &Results, wanted: Status) -> usize {
    results.records.iter().filter(|record| record.state == State::Ended(wanted)).count()
}

fn lede(results: &Results, paper: Option<&Paper>, ranking: Option<&Ranking>) -> String {
    let finished = ended(results, Status::Finished);
    if finished == 0 {
        let all = results.records.len();
        return if all == 0 {
            "The plan holds no trials.".to_owned()
        } else {
            format!(
                "No trial has finished: {} planned.",
                if all == 1 { "1 is".to_owned() } else { format!("{} are", count(all)) }
            )
        };
    }
    let mut sentences = Vec::new();
    if let Some(paper) = paper {
        let all = paper.rows.len();
        sentences.push(format!(
            "{} of the {} {} reproduced: our 95% interval meets what the printed digits stand for.",
            count(paper.count(Flag::Within)),
            if all == 1 { "1 published value".to_owned() } else { format!("{} published values", count(all)) },
            if paper.count(Flag::Within) == 1 { "is" } else { "are" },
        ));
        sentences.extend(within_tolerance(paper));
    }
    sentences.extend(ranking.map(best_sentence));
    if sentences.is_empty() {
        sentences.push(format!("{} of {} finished.", count(finished), plural(results.records.len(), "planned trial")));
    }
    sentences.join(" ")
}

/// How many hold by the tolerances that the file states.
fn within_tolerance(paper: &Paper) -> Option<String> {
    let judged: Vec<bool> = paper.rows.iter().filter_map(|row| row.against.holds).collect();
    let holds = judged.iter().filter(|holds| **holds).count();
    (!judged.is_empty())
        .then(|| format!("By the tolerance that the file states {} of {} hold.", count(holds), count(judged.len())))
}

fn best_sentence(ranking: &Ranking) -> String {
    let word = match ranking.metric.better {
        crate::metric::Better::Higher => "highest",
        crate::metric::Better::Lower => "lowest",
    };
    let metric = ranking.metric.label;
    let best = &ranking.methods[0];
    if ranking.datasets == 1 {
        let tied: Vec<String> =
            ranking.methods.iter().filter(|m| m.rank == best.rank).map(|method| method.name.clone()).collect();
        let verb = if tied.len() == 1 { "has" } else { "share" };
        return format!("{} {verb} the {word} mean {metric}.", join_words(&tied));
    }
    let most = ranking.methods.iter().max_by_key(|method| method.wins).map_or(0, |method| method.wins);
    let winners: Vec<String> =
        ranking.methods.iter().filter(|m| m.wins == most && most > 0).map(|method| method.name.clone()).collect();
    match (winners.as_slice(), most == ranking.datasets) {
        ([], _) => {
            format!("No method alone has the {word} mean {metric} on any of the {} data sets.", ranking.datasets)
        }
        ([one], true) => format!("{one} has the {word} mean {metric} on each of the {} data sets.", ranking.datasets),
        ([one], false) => {
            format!("{one} alone has the {word} mean {metric} on {most} of the {} data sets.", ranking.datasets)
        }
        (several, _) if several.len() <= 3 => {
            format!(
                "{} each alone have the {word} mean {metric} on {most} of the {} data sets.",
                join_words(several),
                ranking.datasets
            )
        }
        (several, _) => format!(
            "No method stands out: {} have the {word} mean {metric} on {most} of the {} data sets each.",
            plural(several.len(), "method"),
            ranking.datasets
        ),
    }
}

fn paper_card(paper: &Paper) -> Card {
    let all = paper.rows.len();
    let mut card = Card {
        head: "Published values reproduced".to_owned(),
        big: count(paper.count(Flag::Within)),
        small: format!("of {}", count(all)),
        ..Card::default()
    };
    let mut words = Vec::new();
    let mut tones: Vec<(&'static str, usize)> = Vec::new();
    for flag in Flag::ALL {
        let number = paper.count(flag);
        if number > 0 || flag == Flag::Within {
            words.push(format!("{} {} {}", flag.sign(), count(number), flag.word()));
        }
        for row in paper.rows.iter().filter(|row| row.against.flag == flag) {
            let tone = flag.tone(row.metric.map(|metric| metric.better));
            match tones.iter_mut().find(|(other, _)| *other == tone) {
                Some((_, rows)) => *rows += 1,
                None => tones.push((tone, 1)),
            }
        }
    }
    card.below = words.join(" · ");
    card.parts = tones.into_iter().map(|(tone, rows)| (tone, 100.0 * float(rows) / float(all.max(1)))).collect();
    card
}

fn trials_card(results: &Results) -> Card {
    let tally = results.tally();
    let words: Vec<String> = [
        ("failed", "failed"),
        ("timed_out", "timed out"),
        ("quarantined", "quarantined"),
        ("not_applicable", "not applicable"),
        ("cancelled", "cancelled"),
        ("interrupted", "interrupted"),
        ("running", "running"),
        ("pending", "not run yet"),
    ]
    .into_iter()
    .filter_map(|(state, word)| tally.get(state).map(|number| format!("{} {word}", count(*number))))
    .collect();
    Card {
        head: "Trials finished".to_owned(),
        big: count(ended(results, Status::Finished)),
        small: format!("of {}", count(results.records.len())),
        below: if words.is_empty() { "every planned trial".to_owned() } else { words.join(" · ") },
        parts: Vec::new(),
    }
}

fn rank_card(ranking: &Ranking) -> Card {
    let best = &ranking.methods[0];
    let label = ranking.metric.label;
    let digits = number::decimals(ranking.metric, ranking.methods.iter().map(|method| method.mean));
    let (head, small) = if ranking.datasets == 1 {
        (format!("Best mean {label}"), fixed(best.mean, digits))
    } else {
        (format!("Best mean rank ({label})"), fixed(best.rank, 2))
    };
    let tied = ranking.methods.iter().filter(|method| method.rank == best.rank).count();
    let next: Vec<String> = ranking
        .methods
        .iter()
        .skip(tied)
        .take(2)
        .map(|method| {
            let value = if ranking.datasets == 1 { fixed(method.mean, digits) } else { fixed(method.rank, 2) };
            format!("{} {value}", method.name)
        })
        .collect();
    let big = if tied == 1 { best.name.clone() } else { format!("{tied} methods") };
    let below = match (tied, next.is_empty()) {
        (1, _) => format!("then {}", join_words(&next)),
        (_, true) => "all share it".to_owned(),
        (_, false) => format!("share it, then {}", join_words(&next)),
    };
    Card { head, big, small, below, parts: Vec::new() }
}

fn compute_card(results: &Results) -> Option<Card> {
    let measured: Vec<&Measured> = results.records.iter().filter_map(|record| record.measured.as_ref()).collect();
    if measured.is_empty() {
        return None;
    }
    let (cpu, cpu_unit) = number::duration(measured.iter().map(|m| m.cpu_seconds).sum());
    let (wall, wall_unit) = number::duration(measured.iter().map(|m| m.wall_seconds).sum());
    let mut below = format!("trials took {wall} {wall_unit} on the clock, added up");
    let gpu: f64 = measured.iter().filter(|m| m.device.starts_with("cuda")).map(|m| m.wall_seconds).sum();
    if gpu > 0.0 {
        let (gpu, unit) = number::duration(gpu);
        below.push_str(&format!(", {gpu} {unit} of it on a GPU"));
    }
    Some(Card { head: "Compute".to_owned(), big: cpu, small: format!("CPU {cpu_unit}"), below, parts: Vec::new() })
}

fn ranks_sentence(ranking: &Ranking) -> Option<String> {
    if ranking.datasets < 2 {
        return None;
    }
    let named: Vec<String> =
        ranking.methods.iter().take(6).map(|method| format!("{} {}", method.name, fixed(method.rank, 2))).collect();
    let rest = ranking.methods.len().saturating_sub(named.len());
    let rest = if rest > 0 { format!(", then {rest} more") } else { String::new() };
    Some(format!(
        "Mean ranks on {} over {} data sets: {}{rest}. No test was made: small differences may be chance.",
        ranking.metric.label,
        ranking.datasets,
        named.join(", ")
    ))
}

/// The largest differences among the numbers that were not met.
fn departures(paper: &Paper) -> Option<String> {
    let mut rows: Vec<(&PaperRow, f64)> = paper
        .rows
        .iter()
        .filter(|row| matches!(row.against.flag, Flag::Above | Flag::Below))
        .filter_map(|row| Some((row, row.against.difference?)))
        .collect();
    // Differences of seconds and of shares have no common measure: shares are named where there are any.
    let is_share = |row: &PaperRow| row.metric.is_some_and(number::is_unit);
    if rows.iter().any(|(row, _)| is_share(row)) {
        rows.retain(|(row, _)| is_share(row));
    }
    rows.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let named: Vec<String> = rows
        .iter()
        .take(NAMED_DEPARTURES)
        .filter_map(|(row, difference)| {
            let place: Vec<&str> = row.labels.iter().map(String::as_str).filter(|label| !label.is_empty()).collect();
            let ours = fixed(row.ours?.mean, row.decimals);
            let text = &row.against.text;
            let difference = signed(*difference, row.decimals);
            Some(format!("{} {} {ours} against {text} ({difference})", place.join(", "), row.metric_label))
        })
        .collect();
    if named.is_empty() {
        return None;
    }
    let word = if named.len() == 1 { "The largest departure" } else { "The largest departures" };
    Some(format!("{word} from the paper: {}.", named.join("; ")))
}

/// How far a swept parameter moves the medians.
fn sweeps(results: &Results) -> Vec<String> {
    let Some(metric) = results.experiment.task.metrics.iter().copied().find(|metric| !is_measured(metric)) else {
        return Vec::new();
    };
    let mut sentences = Vec::new();
    for parameter in figure::swept(results).into_iter().take(NAMED_SWEEPS) {
        let Some(figure) = boxes::build(results, metric, &parameter, &["model", "dataset"], &Values::new()) else {
            continue;
        };
        let spans = figure.panels.iter().filter_map(|panel| {
            let medians: Vec<(&str, f64)> =
                panel.boxes.iter().filter_map(|b| Some((b.label.as_str(), b.numbers.as_ref()?.quartiles[1]))).collect();
            let least = medians.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1))?;
            let most = medians.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
            (medians.len() > 1).then_some((panel.title.as_str(), least, most))
        });
        if let Some((title, least, most)) = spans.reduce(|a, b| if b.2.1 - b.1.1 > a.2.1 - a.1.1 { b } else { a }) {
            sentences.push(sweep_sentence(&parameter, metric, title, least, most));
        }
    }
    sentences
}

fn sweep_sentence(parameter: &str, metric: &MetricSpec, title: &str, least: (&str, f64), most: (&str, f64)) -> String {
    let digits = number::decimals(metric, [least.1, most.1].into_iter());
    let (low, high, label) = (fixed(least.1, digits), fixed(most.1, digits), metric.label);
    if low == high {
        return format!("{parameter} does not move the median {label} on any data set at the digits shown.");
    }
    let by = fixed(most.1 - least.1, digits);
    let at = format!("{title}: {low} at {}, {high} at {}", least.0, most.0);
    format!("{parameter} moves the median {label} by at most {by} ({at}).")
}

fn warnings(results: &Results, options: Options) -> Vec<String> {
    let mut sentences = Vec::new();
    let failed =
        ended(results, Status::Failed) + ended(results, Status::TimedOut) + ended(results, Status::Quarantined);
    if failed > 0 {
        sentences.push(format!(
            "{} failed and {} left out of all means.",
            plural(failed, "trial"),
            if failed == 1 { "is" } else { "are" }
        ));
    }
    if !options.omit_measured && !results.irreproducible.is_empty() {
        let n = results.irreproducible.len();
        sentences.push(format!(
            "{} gave different results when repeated on the same class of machine: see provenance.",
            plural(n, "trial")
        ));
    }
    sentences
}
