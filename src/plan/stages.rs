//! The stages that trials will ask for, known before anything runs: trials with a key in common compute it once.

use std::collections::{BTreeMap, HashMap};

use crate::experiment::Experiment;
use crate::model::registry;
use crate::parameter::Values;
use crate::plan::trial::Trial;
use crate::plan::{Plan, identity};
use crate::stage::{self, StageUse};

/// Hexadecimal digits of a key, as of a trial's id.
const DIGITS: usize = 20;

/// Labels of data set, split and pipeline.
type Labels<'e> = (&'e str, &'e str, &'e str);

/// Gives the trials of a plan their keys.
pub struct StageKeys<'e> {
    /// Where a pipeline stands in its own grid, with the identity of its data.
    data: HashMap<Labels<'e>, Vec<(&'e Values, String)>>,
}

impl<'e> StageKeys<'e> {
    /// For a plan of the experiment.
    pub fn new(experiment: &'e Experiment, plan: &Plan) -> Self {
        let mut data: HashMap<Labels<'e>, Vec<(&'e Values, String)>> = HashMap::new();
        for (block, facts) in experiment.datasets.iter().zip(&plan.datasets) {
            for split in &experiment.splits {
                for pipeline in &experiment.pipelines {
                    let identity = identity::data(experiment.task.kind, block, facts, split, pipeline);
                    let labels = (block.name.as_str(), split.name.as_str(), pipeline.name.as_str());
                    data.entry(labels).or_default().push((&pipeline.grid, identity));
                }
            }
        }
        StageKeys { data }
    }

    /// The keys of a trial; none for a model that shares nothing.
    pub fn of(&self, trial: &Trial) -> Vec<String> {
        let uses = registry::find(&trial.kind).map_or_else(Vec::new, |spec| (spec.stages)(&trial.params));
        if uses.is_empty() {
            return Vec::new();
        }
        let labels = (trial.dataset.as_str(), trial.split.as_str(), trial.pipeline.as_str());
        let same = self.data.get(&labels).and_then(|all| all.iter().find(|(steps, _)| **steps == trial.steps));
        same.map_or_else(Vec::new, |(_, data)| stage_keys(data, &uses, trial.seed, trial.fold))
    }
}

/// The keys of stages on data of an identity, each beginning with its kind. They stand for what the worker's keys stand
/// for, which are of the content of the prepared data and of the numeric class: neither is known before a run.
pub fn stage_keys(data: &str, uses: &[StageUse], seed: u64, fold: Option<u32>) -> Vec<String> {
    let key = |stage: &StageUse| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(stage.canonical().to_string().as_bytes()).update(b"\n").update(data.as_bytes());
        hasher.update(&seed.to_le_bytes());
        if let Some(fold) = fold {
            hasher.update(&fold.to_le_bytes());
        }
        format!("{}:{}", stage.spec.kind, &hasher.finalize().to_hex()[..DIGITS])
    };
    uses.iter().map(key).collect()
}

/// How much trials share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    /// Different stages.
    pub distinct: usize,
    /// Those of more than one trial.
    pub shared: usize,
    /// Trials with a stage that another one has too.
    pub shared_by: usize,
}

/// What trials with these keys share, all kinds together.
pub fn sharing(keys: &[Vec<String>]) -> Sharing {
    let mut users: HashMap<&str, usize> = HashMap::new();
    keys.iter().flatten().for_each(|key| *users.entry(key).or_default() += 1);
    let is_shared = |key: &String| users.get(key.as_str()).is_some_and(|users| *users > 1);
    Sharing {
        distinct: users.len(),
        shared: users.values().filter(|users| **users > 1).count(),
        shared_by: keys.iter().filter(|own| own.iter().any(is_shared)).count(),
    }
}

/// The same in words, kind by kind: `5 autoencoders shared by 60 trials`; none where there are no stages.
pub fn in_words(keys: &[Vec<String>]) -> Option<String> {
    let mut kinds: BTreeMap<&str, Vec<Vec<String>>> = BTreeMap::new();
    for key in keys.iter().flatten() {
        kinds.entry(key.split(':').next().unwrap_or_default()).or_default().push(vec![key.clone()]);
    }
    let parts: Vec<String> = kinds
        .iter()
        .map(|(kind, keys)| {
            let Sharing { distinct, shared, shared_by } = sharing(keys);
            let noun = stage::find(kind).map_or(*kind, |spec| spec.noun);
            let stages = format!("{distinct} {noun}{}", if distinct == 1 { "" } else { "s" });
            match shared {
                0 => format!("{stages}, none shared"),
                shared if shared == distinct => format!("{stages} shared by {shared_by} trials"),
                shared => format!("{stages}, {shared} of them shared by {shared_by} trials"),
            }
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::experiment::Overrides;
    use crate::store::results::DatasetFacts;

    #[test]
    fn what_is_shared_is_counted_and_said() {
        let keys = |text: &str| -> Vec<Vec<String>> {
            text.split(' ').map(|own| own.split('+').filter(|k| !k.is_empty()).map(str::to_owned).collect()).collect()
        };
        let counted = |text: &str| {
            let Sharing { distinct, shared, shared_by } = sharing(&keys(text));
            (distinct, shared, shared_by, in_words(&keys(text)).unwrap_or_default())
        };
        assert_eq!(counted("").3, "");
        assert_eq!(counted("x:1 x:1 x:2 x:2 x:2"), (2, 2, 5, "2 xs shared by 5 trials".to_owned()));
        assert_eq!(counted("x:1 x:2"), (2, 0, 0, "2 xs, none shared".to_owned()));
        assert_eq!(counted("x:1 x:1 x:2"), (2, 1, 2, "2 xs, 1 of them shared by 2 trials".to_owned()));
        assert_eq!(counted("x:1+y:1 x:1+y:2").3, "1 x shared by 2 trials; 2 ys, none shared");
        assert_eq!(counted("x:1+y:1 x:1+y:2").2, 2);
        assert_eq!(counted("pretrained-autoencoder:1 pretrained-autoencoder:1").3, "1 autoencoder shared by 2 trials");
    }
    const STUDY: &str = "name = \"t\"\n[task]\nkind = \"clustering\"\n[repeat]\nseeds = 2\n[[dataset]]\nkind = \"blobs\"\n\
        [[pipeline]]\nname = \"raw\"\nsteps = []\n[[pipeline]]\nname = \"scaled\"\nsteps = [{ kind = \"min-max\" }]\n\
        [[model]]\nkind = \"kmeans\"\n[[model]]\nkind = \"dec\"\n[[model]]\nkind = \"idec\"\n\
        pretrain-epochs = 100.0\n[model.grid]\ngamma = [0.1, 1.0]\nbatch-size = [64, 256]\n";

    /// Trials of one seed and pipeline share a key exactly where pretraining is the same.
    #[test]
    fn a_key_is_of_the_data_the_seed_and_what_pretraining_depends_on() {
        let parsed = Experiment::parse(Path::new("t.toml"), STUDY, &Overrides::default());
        let experiment = parsed.unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
        let facts = DatasetFacts {
            name: "blobs".to_owned(),
            kind: "blobs".to_owned(),
            rows: 10,
            columns: 2,
            classes: Vec::new(),
            checksum: None,
            folds: BTreeMap::new(),
        };
        let plan = Plan::make(&experiment, vec![facts]).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
        let keys = StageKeys::new(&experiment, &plan);
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for trial in &plan.trials {
            let own = keys.of(trial);
            assert_eq!(own.len(), usize::from(trial.kind != "kmeans"));
            let words = format!("{} {:?} {}", trial.model, trial.params.get("batch-size"), trial.pipeline);
            own.into_iter().for_each(|key| groups.entry(key).or_default().push(words.clone()));
        }
        // Two seeds, two pipelines, two sizes of batches; the default of 256 is shared with DEC.
        assert_eq!(groups.len(), 8);
        let mut sizes: Vec<usize> = groups.values().map(Vec::len).collect();
        sizes.sort_unstable();
        assert_eq!(sizes, [2, 2, 2, 2, 3, 3, 3, 3]);
        for trials in groups.values().filter(|trials| trials.len() == 3) {
            assert!(trials.iter().any(|words| words.starts_with("dec")), "{trials:?}");
            let pipeline = |words: &String| words.rsplit(' ').next().map(str::to_owned);
            assert!(trials.iter().all(|words| pipeline(words) == pipeline(&trials[0])), "{trials:?}");
        }
    }
}
