//! What can be said of a cell.

/// One of the two folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first one.
    A,
    /// The second one.
    B,
}

/// Why a folder has no value in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// Every trial failed, or the others gave none either.
    Failed,
    /// The method is not defined there.
    NotApplicable,
    /// The trials ended well and the metric has no value.
    Undefined,
    /// Nothing has run yet.
    NotRun,
    /// The plan has no such cell, or the experiment not the metric.
    NotPlanned,
}

/// What is said of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same trials with the same results.
    Identical,
    /// No difference is shown.
    WithinNoise,
    /// The second folder is better.
    Better,
    /// The second folder is worse.
    Worse,
    /// One of them has one repeat: the difference alone is known.
    OneRepeat,
    /// The values are neither pairs nor independent.
    NotTested,
    /// Only the other folder has a value.
    Without(Which, Lack),
    /// Neither has.
    NoValue,
}

impl Verdict {
    /// Its words.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Identical => "identical",
            Verdict::WithinNoise => "within noise",
            Verdict::Better => "better",
            Verdict::Worse => "worse",
            Verdict::OneRepeat => "one repeat",
            Verdict::NotTested => "not tested",
            Verdict::Without(Which::B, Lack::NotPlanned) => "only in A",
            Verdict::Without(Which::A, Lack::NotPlanned) => "only in B",
            Verdict::Without(Which::B, Lack::Failed) => "failed in B",
            Verdict::Without(Which::A, Lack::Failed) => "failed in A",
            Verdict::Without(Which::B, Lack::NotApplicable) => "not applicable in B",
            Verdict::Without(Which::A, Lack::NotApplicable) => "not applicable in A",
            Verdict::Without(Which::B, Lack::Undefined) => "undefined in B",
            Verdict::Without(Which::A, Lack::Undefined) => "undefined in A",
            Verdict::Without(Which::B, Lack::NotRun) => "not run in B",
            Verdict::Without(Which::A, Lack::NotRun) => "not run in A",
            Verdict::NoValue => "no value",
        }
    }

    /// Its sign: never colour alone.
    pub fn sign(self) -> &'static str {
        match self {
            Verdict::Identical => "=",
            Verdict::WithinNoise => "≈",
            Verdict::Better => "▲",
            Verdict::Worse | Verdict::Without(Which::B, _) => "▼",
            Verdict::OneRepeat | Verdict::NotTested | Verdict::Without(Which::A, _) | Verdict::NoValue => "○",
        }
    }

    /// Every verdict, the worst first.
    pub fn all() -> Vec<Verdict> {
        use Lack::{Failed, NotApplicable, NotPlanned, NotRun, Undefined};
        let [in_a, in_b] = [Which::A, Which::B].map(|which| move |lack| Verdict::Without(which, lack));
        let mut all = vec![in_b(Failed), Verdict::Worse];
        all.extend([Undefined, NotApplicable, NotRun].map(in_b));
        all.extend([Verdict::OneRepeat, Verdict::NotTested, in_b(NotPlanned), Verdict::Better]);
        all.extend([NotPlanned, Failed, Undefined, NotApplicable, NotRun].map(in_a));
        all.extend([Verdict::NoValue, Verdict::WithinNoise, Verdict::Identical]);
        all
    }

    /// Whether it is worth a row where there is room for few.
    pub fn is_change(self) -> bool {
        !matches!(self, Verdict::Identical | Verdict::WithinNoise | Verdict::NoValue)
    }
}
