//! What a computation tells the trial beside its product. It is kept with the product, so that a trial that reads a
//! stage reports what one that computes it reports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::context::CurvePoint;

/// Points of curves, counts, remarks and scores.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// In order.
    pub curves: Vec<CurvePoint>,
    /// By name.
    pub counts: BTreeMap<String, i64>,
    /// In order.
    pub notes: Vec<String>,
    /// In order.
    pub scores: Vec<(String, f64)>,
}

/// The same with numbers as bits: JSON has no NaN.
#[derive(Serialize, Deserialize)]
struct Written {
    curves: Vec<(String, String, u64, u64)>,
    counts: BTreeMap<String, i64>,
    notes: Vec<String>,
    scores: Vec<(String, u64)>,
}

impl Trace {
    /// One line, with its end.
    pub fn to_line(&self) -> Vec<u8> {
        let curve = |p: &CurvePoint| (p.phase.clone(), p.name.clone(), p.step, p.value.to_bits());
        let written = Written {
            curves: self.curves.iter().map(curve).collect(),
            counts: self.counts.clone(),
            notes: self.notes.clone(),
            scores: self.scores.iter().map(|(name, value)| (name.clone(), value.to_bits())).collect(),
        };
        let mut line = serde_json::to_vec(&written).unwrap_or_default();
        line.push(b'\n');
        line
    }

    /// Reads the line that the bytes begin with, and gives what follows it.
    pub fn from_line(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let written: Written = serde_json::from_slice(&bytes[..end]).ok()?;
        let curve = |(phase, name, step, bits)| CurvePoint { phase, name, step, value: f64::from_bits(bits) };
        let trace = Trace {
            curves: written.curves.into_iter().map(curve).collect(),
            counts: written.counts,
            notes: written.notes,
            scores: written.scores.into_iter().map(|(name, bits)| (name, f64::from_bits(bits))).collect(),
        };
        Some((trace, &bytes[end + 1..]))
    }
}
