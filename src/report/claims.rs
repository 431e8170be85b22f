//! The file's claims, tested: a verdict each, with what it rests on.

use crate::experiment::{Claim, Test};
use crate::metric::Better;
use crate::model::TaskKind;
use crate::store::results::{Results, TrialRecord};
use crate::value::Value;

use super::number::{self, decimals, difference, fixed};
use super::pairs::{self, Difference, Untested, p_words};
use super::select::{self, Scored};
use super::statistics::Summary;
use super::statistics::mcnemar::McNemar;
use super::table::interval;
use super::{Options, is_measured, judged_rows};

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The difference is as large as claimed, and the test shows one.
    Holds,
    /// The difference is smaller than claimed, or the other way round.
    Fails,
    /// The difference is as large as claimed, but may be chance.
    NotShown,
    /// There are no numbers, or no test can be made of them.
    Undecided,
}

impl Verdict {
    /// In the order in which they are counted.
    pub const ALL: [Verdict; 4] = [Verdict::Holds, Verdict::Fails, Verdict::NotShown, Verdict::Undecided];

    /// Its words.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::Fails => "fails",
            Verdict::NotShown => "not shown",
            Verdict::Undecided => "undecided",
        }
    }

    /// Its sign: never colour alone.
    pub fn sign(self) -> &'static str {
        match self {
            Verdict::Holds => "✓",
            Verdict::Fails => "✗",
            Verdict::NotShown => "≈",
            Verdict::Undecided => "○",
        }
    }
}

/// A claim with its verdict.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The claim in the file's words.
    pub text: String,
    /// What was compared: `ACC of ATT-VAE above DEC by at least 0.05; dataset = AwA`.
    pub compared: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The numbers that it rests on.
    pub evidence: String,
    /// The trials of both sides.
    pub trials: Vec<String>,
}

/// Judges every claim; none about a measured metric where measurements are left out.
pub fn all(results: &Results, options: Options) -> Vec<Judged> {
    let shown = results.experiment.claims.iter().filter(|claim| !(options.omit_measured && is_measured(claim.metric)));
    shown.map(|claim| judge(results, claim)).collect()
}

fn judge(results: &Results, claim: &Claim) -> Judged {
    let of = |side: &Value| -> Vec<&TrialRecord> {
        let records = select::records(results, &claim.only);
        records.into_iter().filter(|record| select::stands_at(&record.trial, &claim.axis, side)).collect()
    };
    let (first, second) = (of(&claim.better), of(&claim.than));
    let (verdict, evidence) = verdict(results, claim, &first, &second);
    let trials = first.iter().chain(&second).map(|record| record.trial.id.clone()).collect();
    Judged { text: claim.text.clone(), compared: compared(claim), verdict, evidence, trials }
}

fn compared(claim: &Claim) -> String {
    let way = match claim.metric.better {
        Better::Higher => "above",
        Better::Lower => "below",
    };
    let by = if claim.by > 0.0 { format!(" by at least {}", claim.by) } else { String::new() };
    let only = if claim.only.is_empty() { String::new() } else { format!("; {}", select::conditions(&claim.only)) };
    let (of, better, than) = match claim.axis.as_str() {
        "model" => ("of", claim.better.to_string(), claim.than.to_string()),
        axis => ("at", format!("{axis} = {}", claim.better), format!("{axis} = {}", claim.than)),
    };
    format!("{} {of} {better} {way} {than}{by}{only}", claim.metric.label)
}

/// The values of a side.
fn values(claim: &Claim, records: &[&TrialRecord]) -> Vec<f64> {
    let score = |record: &&TrialRecord| match select::score(record, claim.metric) {
        Scored::Value(value) => Some(value),
        _ => None,
    };
    records.iter().filter_map(score).collect()
}

fn verdict(results: &Results, claim: &Claim, first: &[&TrialRecord], second: &[&TrialRecord]) -> (Verdict, String) {
    let (ours, theirs) = (values(claim, first), values(claim, second));
    let (Some(one), Some(two)) = (Summary::of(&ours), Summary::of(&theirs)) else {
        let missing = if ours.is_empty() { &claim.better } else { &claim.than };
        return (Verdict::Undecided, format!("{missing} has no value here."));
    };
    let digits = decimals(claim.metric, [one.mean, two.mean].into_iter());
    let means = format!(
        "{} {} (n = {}), {} {} (n = {})",
        claim.better,
        fixed(one.mean, digits),
        one.n,
        claim.than,
        fixed(two.mean, digits),
        two.n
    );
    let sign = match claim.metric.better {
        Better::Higher => 1.0,
        Better::Lower => -1.0,
    };
    let both = match pairs::pairs(results, claim.metric, first, second) {
        Err(Untested::Pooled) => pairs::over_datasets(claim.metric, first, second),
        both => both,
    };
    let tested = both.and_then(|both| Ok((Difference::of(&both, claim.test)?, both.unpaired)));
    let plain = one.mean - two.mean;
    let single = tested.is_err() && claim.test.is_none() && results.experiment.task.kind == TaskKind::Classification;
    if single || claim.test == Some(Test::Mcnemar) {
        let rows = judged_rows::test(results, first, second);
        if rows.is_ok() || claim.test.is_some() {
            return of_rows(claim, rows, sign * plain, &format!("{means}; difference {}", difference(plain, digits)));
        }
    }
    match tested {
        Ok((tested, unpaired)) => {
            let ends = tested
                .interval
                .map_or_else(String::new, |(low, high)| format!(", 95% CI {}", interval(low, high, digits)));
            let left = if unpaired == 0 {
                String::new()
            } else {
                format!("; {} without a partner left out", number::plural(unpaired, "repeat"))
            };
            let evidence = format!(
                "{means}; mean difference of {} pairs {}{ends}; {}, {} (α = {}){left}.",
                tested.n,
                difference(tested.mean, digits),
                tested.made,
                p_words(tested.p_value),
                claim.alpha
            );
            (of_difference(claim, sign * tested.mean, tested.p_value), evidence)
        }
        Err(_) if claim.test == Some(Test::None) => {
            let large = sign * plain;
            let holds = large > 0.0 && large >= claim.by;
            let verdict = if holds { Verdict::Holds } else { Verdict::Fails };
            (verdict, format!("{means}; difference of the means {}; no test was asked for.", difference(plain, digits)))
        }
        Err(why) => {
            let way = difference(plain, digits);
            (Verdict::Undecided, format!("{means}; difference of the means {way}; no test can be made: {why}."))
        }
    }
}

/// The verdict of a difference, positive in the claimed direction, and the p-value of its test.
fn of_difference(claim: &Claim, large: f64, p: f64) -> Verdict {
    if large <= 0.0 || large < claim.by {
        Verdict::Fails
    } else if p <= claim.alpha {
        Verdict::Holds
    } else {
        Verdict::NotShown
    }
}

/// Two classifiers on the rows of one test part.
fn of_rows(claim: &Claim, rows: Result<McNemar, Untested>, large: f64, means: &str) -> (Verdict, String) {
    match rows {
        Ok(test) => {
            let evidence = format!(
                "{means}; of the test rows {} only by {}, {} only by {} told right; McNemar's test, exact, {} (α = {}).",
                test.b,
                claim.better,
                test.c,
                claim.than,
                p_words(test.exact_p),
                claim.alpha
            );
            (of_difference(claim, large, test.exact_p), evidence)
        }
        Err(why) => (Verdict::Undecided, format!("{means}; no test can be made: {why}.")),
    }
}
