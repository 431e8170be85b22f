//! Stages: what trials of a grid have in common is computed once. A stage is a pure function of its kind and revision,
//! the content of its inputs, its parameters, the seed and the numeric class; what it gives is kept under the hash of
//! all that. A model asks [`TrialContext::stage`](crate::model::TrialContext::stage) and knows nothing of files.

pub mod arrays;
mod cache;
mod entry;
mod permit;
pub mod sweep;
#[cfg(test)]
mod tests;
mod trace;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::model::deep::{pretraining, vae_pretraining};
use crate::parameter::{ParameterSpec, Values};
use crate::rng;
pub use cache::{Begun, Cache, Found, Place};
pub use permit::Permit;
pub use trace::Trace;

/// Raised when the form of a key changes.
const FORMAT: u32 = 1;

/// What a kind of stage is.
pub struct StageSpec {
    /// Its name.
    pub kind: &'static str,
    /// One of what it gives, for counting: `autoencoder`.
    pub noun: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Where it comes from.
    pub reference: &'static str,
    /// Raised when the same inputs and parameters give other bytes.
    pub revision: u32,
    /// What decides it beside its inputs and the seed.
    pub parameters: fn() -> Vec<ParameterSpec>,
}

/// Every kind of stage, in the order in which `gridbook list stages` prints them.
pub static STAGES: &[&StageSpec] = &[&pretraining::SPEC, &vae_pretraining::SPEC];

/// The kind of this name.
pub fn find(kind: &str) -> Option<&'static StageSpec> {
    STAGES.iter().copied().find(|spec| spec.kind == kind)
}

/// A stage that a model will ask for, as far as its own parameters decide it.
pub struct StageUse {
    /// Its kind.
    pub spec: &'static StageSpec,
    /// Every parameter of it, also those with their defaults.
    pub values: Values,
}

impl StageUse {
    /// Kind, revision and values in canonical form.
    pub fn canonical(&self) -> Json {
        canonical(self.spec, &self.values)
    }
}

/// A stage that a fit asks for.
pub struct Wanted<'a> {
    /// Its kind.
    pub spec: &'static StageSpec,
    /// Every parameter of it, also those with their defaults.
    pub values: Values,
    /// Hashes the content of its inputs; called only where something is kept.
    pub inputs: &'a dyn Fn(&mut blake3::Hasher),
}

impl Wanted<'_> {
    /// The key of what is wanted under a seed in a numeric class.
    pub fn key(&self, seed: u64, class: &str) -> Key {
        let mut inputs = blake3::Hasher::new();
        (self.inputs)(&mut inputs);
        let identity = json!({
            "format": FORMAT,
            "stage": canonical(self.spec, &self.values),
            "random": rng::REVISION,
            "seed": seed,
            "class": class,
            "inputs": inputs.finalize().to_hex().as_str(),
        });
        Key { kind: self.spec.kind, hash: blake3::hash(identity.to_string().as_bytes()).to_hex().to_string() }
    }
}

fn canonical(spec: &StageSpec, values: &Values) -> Json {
    let values: serde_json::Map<_, _> = values.iter().map(|(name, value)| (name.clone(), value.canonical())).collect();
    json!({ "kind": spec.kind, "revision": spec.revision, "values": values })
}

/// Adds a matrix to the content that is hashed: its shape and every bit of it, row by row.
pub fn hash_matrix(values: ArrayView2<f64>, hasher: &mut blake3::Hasher) {
    for size in values.shape() {
        hasher.update(&(*size as u64).to_le_bytes());
    }
    let mut bytes = Vec::with_capacity(values.ncols() * 8);
    for row in values.rows() {
        bytes.clear();
        row.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        hasher.update(&bytes);
    }
}

/// Where a stage is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Kind of the stage.
    pub kind: &'static str,
    /// 64 hexadecimal digits.
    pub hash: String,
}

/// The time that computing a stage took, those within it included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seconds {
    /// On the wall.
    pub wall: f64,
    /// Of the CPU.
    pub cpu: f64,
}

/// What a fit had of stages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Used {
    /// How many were read.
    pub read: u32,
    /// How many were computed.
    pub computed: u32,
    /// Seconds of all of them, computed here or recorded when they were.
    pub seconds: f64,
    /// The recorded part of that.
    pub recorded: Seconds,
    /// Wall seconds spent here on no fit: waiting for another worker, reading and writing.
    pub aside: f64,
    /// Why nothing was kept, where something should have been.
    pub trouble: Option<String>,
}
