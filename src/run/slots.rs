//! Where trials run: one slot a worker, on a CPU core or on a GPU.
//!
//! Models without libtorch always have CPU slots; those with it have GPU slots where `--device` and the machine say so,
//! else CPU slots. Slots are places: how many of them are taken at a time is limited by the cores, since a trial on a
//! GPU keeps a core busy too, and on a GPU by its memory ([`packing`](crate::run::packing)).

use std::str::FromStr;

use bytesize::ByteSize;

use crate::machine::gpu::{Gpu, Gpus, Visible, WhyNot};
use crate::model::Program;
use crate::run::programs;
use crate::settings::Settings;

/// Most trials at a time on one GPU where the settings say nothing.
const MOST_A_GPU: usize = 8;

/// What `--device` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// GPUs where there are any, else the CPU.
    Auto,
    /// The CPU only.
    Cpu,
    /// GPUs, by their places among those that may be used; all of them without a list.
    Cuda(Option<Vec<usize>>),
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected =
            || format!("expected `auto`, `cpu`, `cuda`, or GPUs like `cuda:0` or `cuda:1,3`, found `{text}`");
        match text {
            "auto" => Ok(Wanted::Auto),
            "cpu" => Ok(Wanted::Cpu),
            "cuda" => Ok(Wanted::Cuda(None)),
            _ => {
                let list = text.strip_prefix("cuda:").ok_or_else(expected)?;
                let mut places: Vec<usize> = list
                    .split(',')
                    .map(|place| place.trim().parse().map_err(|_| expected()))
                    .collect::<Result<_, _>>()?;
                places.sort_unstable();
                places.dedup();
                Ok(Wanted::Cuda(Some(places)))
            }
        }
    }
}

/// What a worker computes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// A core.
    Cpu,
    /// A GPU or a part of one.
    Cuda {
        /// Its place among those that may be used.
        place: usize,
        /// Its identity.
        uuid: String,
        /// Its model.
        name: String,
        /// The GPU is made up and its workers compute on the CPU: for tests of the loop.
        made_up: bool,
    },
}

/// One slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotSpec {
    /// `cpu 0`, `cuda 0.1`: in records and on the screen.
    pub label: String,
    /// What its workers compute on.
    pub device: Device,
    /// The programs that may run there.
    programs: Vec<Program>,
    /// Threads of a trial.
    threads: u32,
}

impl SlotSpec {
    /// Whether a program may run there.
    pub fn serves(&self, program: Program) -> bool {
        self.programs.contains(&program)
    }

    /// The GPU's identity.
    pub fn gpu(&self) -> Option<&str> {
        match &self.device {
            Device::Cpu => None,
            Device::Cuda { uuid, .. } => Some(uuid),
        }
    }

    /// Whether its GPU is made up.
    pub fn is_made_up(&self) -> bool {
        matches!(self.device, Device::Cuda { made_up: true, .. })
    }

    /// What is set in the environment of its workers. It must be there before their libraries are loaded.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let threads = ["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"];
        let mut set: Vec<_> = threads.into_iter().map(|name| (name, self.threads.to_string())).collect();
        match &self.device {
            Device::Cuda { uuid, made_up: false, .. } => set.extend([
                ("CUDA_VISIBLE_DEVICES", uuid.clone()),
                // Without a workspace of its own cuBLAS gives other bits from call to call.
                ("CUBLAS_WORKSPACE_CONFIG", ":4096:8".to_owned()),
                // It would turn TF32 on behind libtorch's back.
                ("NVIDIA_TF32_OVERRIDE", "0".to_owned()),
            ]),
            _ => set.push(("CUDA_VISIBLE_DEVICES", String::new())),
        }
        set
    }

    /// What its workers are told on their command line.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = vec![format!("--threads={}", self.threads)];
        if let Device::Cuda { name, made_up: false, .. } = &self.device {
            arguments.push(format!("--gpu={name}"));
        }
        arguments
    }

    /// The first core, one thread: for questions to a worker program.
    pub fn core() -> Self {
        SlotSpec::cpu(0, vec![Program::Native, Program::Torch], 1)
    }

    fn cpu(number: usize, programs: Vec<Program>, threads: u32) -> Self {
        SlotSpec { label: format!("cpu {number}"), device: Device::Cpu, programs, threads }
    }

    fn cuda(place: usize, worker: usize, gpu: &Gpu, made_up: bool, threads: u32) -> Self {
        let device = Device::Cuda { place, uuid: gpu.uuid.clone(), name: gpu.name.clone(), made_up };
        SlotSpec { label: format!("cuda {place}.{worker}"), device, programs: vec![Program::Torch], threads }
    }
}

/// What a run needs slots for.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    /// Trials without libtorch.
    pub native: usize,
    /// Trials with libtorch.
    pub torch: usize,
    /// Trials at a time.
    pub jobs: usize,
    /// Threads of a trial.
    pub threads: u32,
}

/// The slots of a run.
pub struct Slots {
    /// Slots on GPUs first.
    pub specs: Vec<SlotSpec>,
    /// How many are taken at a time.
    pub at_a_time: usize,
    /// The GPUs of the slots, as they were found.
    pub gpus: Vec<Gpu>,
    /// Most trials at a time on one of them.
    pub a_gpu: usize,
    /// Who tells of the GPUs.
    pub source: Option<Box<dyn Gpus>>,
    /// To be said once: why there is no GPU, or that none is needed.
    pub remark: Option<String>,
}

/// Looks at the machine and arranges slots. The driver is asked only where a trial could use a GPU, or one is asked for.
///
/// # Errors
/// GPUs are asked for and cannot be used: why.
pub fn find(wanted: &Wanted, demand: Demand, settings: &Settings) -> Result<Slots, String> {
    if *wanted == Wanted::Cpu || (*wanted == Wanted::Auto && demand.torch == 0) {
        return Ok(on_cores(demand, None));
    }
    let found = usable(settings);
    match (found, wanted) {
        (Ok((source, gpus)), _) => {
            let chosen = choose(&gpus, wanted)?;
            let made_up = source.recorded_cuda().is_some();
            Ok(Slots { source: Some(Box::new(source)), ..arrange(demand, &chosen, settings.gpu_workers, made_up) })
        }
        (Err(why), Wanted::Cuda(_)) => Err(format!("`--device cuda`: {why}; `--device cpu` runs on CPU cores")),
        (Err(why), _) => Ok(on_cores(demand, Some(format!("every trial runs on CPU cores: {why}")))),
    }
}

/// The GPUs that libtorch can use.
///
/// # Errors
/// Why there is none.
pub fn usable(settings: &Settings) -> Result<(Visible, Vec<Gpu>), WhyNot> {
    let source = Visible::open(settings)?;
    let gpus = source.devices()?;
    let answer = source.recorded_cuda().unwrap_or_else(|| match gpus.first() {
        Some(gpu) => programs::probe(Program::Torch, &SlotSpec::cuda(0, 0, gpu, false, 1)).map(|_| ()),
        None => Ok(()),
    });
    answer.map_err(WhyNot::NoCuda)?;
    Ok((source, gpus))
}

/// The GPUs that `--device` means, each with its place.
fn choose(gpus: &[Gpu], wanted: &Wanted) -> Result<Vec<(usize, Gpu)>, String> {
    let every = gpus.iter().cloned().enumerate();
    let Wanted::Cuda(Some(places)) = wanted else { return Ok(every.collect()) };
    if let Some(missing) = places.iter().find(|place| **place >= gpus.len()) {
        let here =
            if gpus.len() == 1 { "only `cuda:0`".to_owned() } else { format!("`cuda:0` to `cuda:{}`", gpus.len() - 1) };
        return Err(format!(
            "`--device`: there is no GPU `cuda:{missing}`, here is {here} (`gridbook doctor` lists them)"
        ));
    }
    Ok(every.filter(|(place, _)| places.contains(place)).collect())
}

fn on_cores(demand: Demand, remark: Option<String>) -> Slots {
    let trials = demand.native + demand.torch;
    let cores = demand.jobs.clamp(1, trials.max(1));
    let every = vec![Program::Native, Program::Torch];
    Slots {
        specs: (0..cores).map(|number| SlotSpec::cpu(number, every.clone(), demand.threads)).collect(),
        at_a_time: cores,
        gpus: Vec::new(),
        a_gpu: 0,
        source: None,
        remark,
    }
}

/// Slots on GPUs, one worker of each GPU before the second of any, and on cores for what needs none.
fn arrange(demand: Demand, gpus: &[(usize, Gpu)], gpu_workers: usize, made_up: bool) -> Slots {
    let jobs = demand.jobs.clamp(1, (demand.native + demand.torch).max(1));
    let share = demand.jobs.div_ceil(gpus.len().max(1)).clamp(1, MOST_A_GPU);
    let a_gpu = if gpu_workers == 0 { share } else { gpu_workers }.min(demand.torch).min(jobs);
    let on_gpus = (0..a_gpu).flat_map(|worker| {
        gpus.iter().map(move |(place, gpu)| SlotSpec::cuda(*place, worker, gpu, made_up, demand.threads))
    });
    let cores = jobs.min(demand.native);
    let on_cores = (0..cores).map(|number| SlotSpec::cpu(number, vec![Program::Native], demand.threads));
    let mut specs: Vec<SlotSpec> = on_gpus.chain(on_cores).collect();
    if specs.is_empty() {
        specs.push(SlotSpec::cpu(0, vec![Program::Native], demand.threads));
    }
    let unused = demand.torch == 0 && demand.native > 0;
    Slots {
        at_a_time: jobs.min(specs.len()),
        specs,
        gpus: gpus.iter().map(|(_, gpu)| gpu.clone()).collect(),
        a_gpu,
        source: None,
        remark: unused.then(|| "no model of these trials uses a GPU: every trial runs on CPU cores".to_owned()),
    }
}

/// `NVIDIA H100 80GB HBM3, 74.9 of 79.6 GiB free, 2 processes`.
pub fn gpu_words(gpu: &Gpu) -> String {
    let others = match gpu.processes.len() {
        0 => String::new(),
        1 => ", 1 process on it".to_owned(),
        n => format!(", {n} processes on it"),
    };
    let part = gpu.mig.as_ref().map_or_else(String::new, |mig| format!(", part {} of a divided GPU (MIG)", mig.part));
    let (free, total) = (ByteSize(gpu.memory_free), ByteSize(gpu.memory_total));
    format!("{}, {free} of {total} free{others}{part}", gpu.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpus(n: usize) -> Vec<Gpu> {
        let gpu = |number: usize| Gpu {
            index: u32::try_from(number).unwrap(),
            uuid: format!("GPU-{number}"),
            name: "Made Up 24GB".to_owned(),
            memory_total: 24 << 30,
            memory_free: 23 << 30,
            processes: Vec::new(),
            mig: None,
        };
        (0..n).map(gpu).collect()
    }

    fn labels(demand: Demand, n: usize, gpu_workers: usize) -> (Vec<String>, usize) {
        let gpus: Vec<(usize, Gpu)> = gpus(n).into_iter().enumerate().collect();
        let slots = arrange(demand, &gpus, gpu_workers, false);
        (slots.specs.into_iter().map(|spec| spec.label).collect(), slots.at_a_time)
    }

    #[test]
    fn devices_as_they_are_written() {
        assert_eq!("cuda:3,1,3".parse(), Ok(Wanted::Cuda(Some(vec![1, 3]))));
        assert_eq!(
            ("auto".parse(), "cpu".parse(), "cuda".parse()),
            (Ok(Wanted::Auto), Ok(Wanted::Cpu), Ok(Wanted::Cuda(None)))
        );
        for wrong in ["gpu", "cuda:", "cuda:x", "cuda:-1", "cuda0", ""] {
            assert!(wrong.parse::<Wanted>().unwrap_err().contains("cuda:1,3"), "{wrong}");
        }
    }

    #[test]
    fn workers_are_spread_over_gpus_and_limited_by_cores() {
        let demand = Demand { native: 3, torch: 100, jobs: 4, threads: 1 };
        let names = |text: &str| text.split(", ").map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(labels(demand, 2, 0), (names("cuda 0.0, cuda 1.0, cuda 0.1, cuda 1.1, cpu 0, cpu 1, cpu 2"), 4));
        assert_eq!(labels(Demand { native: 0, ..demand }, 1, 2), (names("cuda 0.0, cuda 0.1"), 2));
        assert_eq!(labels(Demand { jobs: 1, ..demand }, 2, 0), (names("cuda 0.0, cuda 1.0, cpu 0"), 1));
        assert_eq!(labels(Demand { jobs: 64, native: 0, torch: 3, threads: 1 }, 1, 0).0.len(), 3);
        assert_eq!(labels(Demand { jobs: 64, native: 0, ..demand }, 1, 0).0.len(), MOST_A_GPU);
    }

    #[test]
    fn each_program_has_its_slots() {
        let slots = arrange(Demand { native: 1, torch: 1, jobs: 2, threads: 1 }, &[(0, gpus(1).remove(0))], 0, false);
        let serving = |program| {
            slots.specs.iter().filter(|spec| spec.serves(program)).map(|s| s.label.as_str()).collect::<Vec<_>>()
        };
        assert_eq!((serving(Program::Torch), serving(Program::Native)), (vec!["cuda 0.0"], vec!["cpu 0"]));
        let cores = on_cores(Demand { native: 1, torch: 1, jobs: 2, threads: 1 }, None);
        assert!(cores.specs.iter().all(|spec| spec.serves(Program::Torch) && spec.serves(Program::Native)));
    }

    #[test]
    fn a_worker_sees_its_gpu_alone_or_none() {
        let gpu = &gpus(2)[1];
        let value =
            |spec: &SlotSpec, name: &str| spec.environment().into_iter().find(|(n, _)| *n == name).map(|(_, v)| v);
        let cuda = SlotSpec::cuda(1, 0, gpu, false, 2);
        assert_eq!(value(&cuda, "CUDA_VISIBLE_DEVICES").as_deref(), Some("GPU-1"));
        assert_eq!(value(&cuda, "OMP_NUM_THREADS").as_deref(), Some("2"));
        assert_eq!(cuda.arguments(), ["--threads=2", "--gpu=Made Up 24GB"]);
        for blind in [SlotSpec::core(), SlotSpec::cuda(1, 0, gpu, true, 1)] {
            assert_eq!(value(&blind, "CUDA_VISIBLE_DEVICES").as_deref(), Some(""));
            assert_eq!(blind.arguments(), ["--threads=1"]);
        }
    }

    #[test]
    fn a_gpu_that_is_not_there_is_named() {
        let wanted = |text: &str| text.parse::<Wanted>().unwrap();
        let places =
            |text: &str| choose(&gpus(4), &wanted(text)).map(|chosen| chosen.iter().map(|c| c.0).collect::<Vec<_>>());
        assert_eq!(places("cuda:1,3"), Ok(vec![1, 3]));
        assert_eq!(places("cuda"), Ok(vec![0, 1, 2, 3]));
        assert!(places("cuda:4").unwrap_err().contains("`cuda:0` to `cuda:3`"));
    }
}
