//! The NVIDIA GPUs of this machine: memory, who else is on them, and which of them this process may use.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::io_words;
use crate::machine::nvml::Nvml;
use crate::settings::Settings;

/// A GPU, or a part of one where it is divided (MIG).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// The number that `nvidia-smi` gives the GPU (the order of the bus); parts have that of their GPU.
    pub index: u32,
    /// `GPU-…` or `MIG-…`: what a process is told to see.
    pub uuid: String,
    /// `NVIDIA H100 80GB HBM3`.
    pub name: String,
    /// Bytes of memory.
    pub memory_total: u64,
    /// Bytes that nobody holds.
    pub memory_free: u64,
    /// Processes that hold memory there: everybody's.
    #[serde(default)]
    pub processes: Vec<GpuProcess>,
    /// Of a part: the GPU that it is cut from. Nothing here ever changes how a GPU is divided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mig: Option<Mig>,
}

/// A process on a GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GpuProcess {
    /// Its number; inside a container the host's, which this process may not know.
    pub pid: u32,
    /// Bytes that it holds; `None` where the driver does not say.
    pub memory: Option<u64>,
}

/// Where a part of a divided GPU comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mig {
    /// Identity of the whole GPU.
    pub gpu: String,
    /// Number of the part on it.
    pub part: u32,
}

impl Gpu {
    /// Bytes that somebody holds, the driver itself included.
    pub fn memory_used(&self) -> u64 {
        self.memory_total.saturating_sub(self.memory_free)
    }
}

/// Why no GPU is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// No driver is loaded.
    NoDriver,
    /// A driver is loaded, and the library that asks it cannot be: what the loader says.
    NoLibrary(String),
    /// The library does not answer: what it says.
    NoAnswer(String),
    /// The driver sees no GPU.
    NoGpu,
    /// `CUDA_VISIBLE_DEVICES` names none of them: its text.
    Hidden(String),
    /// The file of recorded GPUs cannot be read.
    Recording(String),
    /// libtorch computes on CPUs only here: what its worker says.
    NoCuda(String),
}

/// As in "GPU: not used: ...".
impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhyNot::NoDriver => f.write_str("no NVIDIA driver is loaded (/dev/nvidiactl is not there)"),
            WhyNot::NoLibrary(why) => {
                write!(f, "an NVIDIA driver is loaded, but its library libnvidia-ml.so.1 cannot be: {why}")
            }
            WhyNot::NoAnswer(why) => write!(f, "the NVIDIA driver does not answer (NVML): {why}"),
            WhyNot::NoGpu => f.write_str("the NVIDIA driver sees no GPU"),
            WhyNot::Hidden(text) if text.trim().is_empty() => {
                f.write_str("CUDA_VISIBLE_DEVICES is set and empty, which hides every GPU; unset it to use them")
            }
            WhyNot::Hidden(text) => {
                write!(f, "CUDA_VISIBLE_DEVICES=`{text}` names no GPU that is here")
            }
            WhyNot::Recording(why) => f.write_str(why),
            WhyNot::NoCuda(why) => write!(f, "libtorch does not compute on GPUs here: {why}"),
        }
    }
}

/// Who tells of GPUs: the driver, or a recording.
pub trait Gpus {
    /// Every GPU of the machine, with its memory and processes now; those that are divided by their parts.
    ///
    /// # Errors
    /// Why there is none.
    fn devices(&self) -> Result<Vec<Gpu>, WhyNot>;

    /// For recordings: what is to be said of libtorch instead of asking it.
    fn recorded_cuda(&self) -> Option<Result<(), String>> {
        None
    }
}

/// Who tells of the GPUs here, with what `CUDA_VISIBLE_DEVICES` leaves of them.
pub struct Visible {
    source: Box<dyn Gpus>,
    visible: Option<String>,
}

impl Visible {
    /// The driver's GPUs; loads its library, so only to be asked where GPUs matter.
    ///
    /// # Errors
    /// Why there is none.
    pub fn open(settings: &Settings) -> Result<Self, WhyNot> {
        let visible = settings.cuda_visible_devices.clone();
        if let Some(text) = visible.as_ref().filter(|text| text.trim().is_empty()) {
            return Err(WhyNot::Hidden(text.clone()));
        }
        let source: Box<dyn Gpus> = match &settings.gpus_file {
            Some(path) => Box::new(Recorded { path: path.clone() }),
            None => Box::new(Nvml::open()?),
        };
        Ok(Visible { source, visible })
    }

    /// Who tells of them.
    pub fn of(source: Box<dyn Gpus>, visible: Option<&str>) -> Self {
        Visible { source, visible: visible.map(str::to_owned) }
    }
}

impl Gpus for Visible {
    fn devices(&self) -> Result<Vec<Gpu>, WhyNot> {
        let every = self.source.devices()?;
        if every.is_empty() {
            return Err(WhyNot::NoGpu);
        }
        match &self.visible {
            None => Ok(every),
            Some(text) => Some(chosen(&every, text))
                .filter(|chosen| !chosen.is_empty())
                .ok_or_else(|| WhyNot::Hidden(text.clone())),
        }
    }

    fn recorded_cuda(&self) -> Option<Result<(), String>> {
        self.source.recorded_cuda()
    }
}

/// The GPUs that a value of `CUDA_VISIBLE_DEVICES` leaves, in its order. As with CUDA, what follows the first entry
/// that names nothing here does not count, and an identity may be shortened to what tells it apart. A divided GPU
/// stands for all its parts.
pub fn chosen(devices: &[Gpu], text: &str) -> Vec<Gpu> {
    let mut chosen: Vec<Gpu> = Vec::new();
    for entry in text.split(',').map(str::trim) {
        let named = named(devices, entry);
        if named.is_empty() {
            break;
        }
        chosen.extend(
            named
                .into_iter()
                .filter(|gpu| !chosen.iter().any(|seen| seen.uuid == gpu.uuid))
                .cloned()
                .collect::<Vec<_>>(),
        );
    }
    chosen
}

/// What one entry names: a number, `GPU-…` or `MIG-…`.
fn named<'g>(devices: &'g [Gpu], entry: &str) -> Vec<&'g Gpu> {
    if let Ok(index) = entry.parse::<u32>() {
        return devices.iter().filter(|gpu| gpu.index == index).collect();
    }
    if !entry.starts_with("GPU-") && !entry.starts_with("MIG-") {
        return Vec::new();
    }
    let whole: Vec<&Gpu> = devices
        .iter()
        .filter(|gpu| gpu.uuid.starts_with(entry) || gpu.mig.as_ref().is_some_and(|mig| mig.gpu.starts_with(entry)))
        .collect();
    // Shortened to what two GPUs have in common, it names none.
    let one = |gpu: &Gpu| gpu.mig.as_ref().map_or_else(|| gpu.uuid.clone(), |mig| mig.gpu.clone());
    let exact = whole.iter().any(|gpu| gpu.uuid == entry);
    match whole.first() {
        Some(first) if exact || whole.iter().all(|gpu| one(gpu) == one(first)) => {
            whole.into_iter().filter(|gpu| !exact || gpu.uuid == entry).collect()
        }
        _ => Vec::new(),
    }
}

/// GPUs as a file tells of them, read anew each time it is asked. For tests: no driver is needed.
pub struct Recorded {
    path: PathBuf,
}

/// The file of [`Recorded`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recording {
    devices: Vec<Gpu>,
    /// Instead of devices: what NVML says.
    #[serde(default)]
    no_answer: Option<String>,
    /// Instead of asking libtorch: why it has no CUDA.
    #[serde(default)]
    no_cuda: Option<String>,
}

impl Recorded {
    /// From such a file.
    pub fn new(path: &Path) -> Self {
        Recorded { path: path.to_owned() }
    }

    fn read(&self) -> Result<Recording, WhyNot> {
        let wrong = |why: String| WhyNot::Recording(format!("`{}`: {why}", self.path.display()));
        let text = fs::read_to_string(&self.path).map_err(|error| wrong(io_words(&error)))?;
        serde_json::from_str(&text).map_err(|error| wrong(format!("not a recording of GPUs: {error}")))
    }
}

impl Gpus for Recorded {
    fn devices(&self) -> Result<Vec<Gpu>, WhyNot> {
        let recording = self.read()?;
        recording.no_answer.map_or(Ok(recording.devices), |why| Err(WhyNot::NoAnswer(why)))
    }

    fn recorded_cuda(&self) -> Option<Result<(), String>> {
        Some(self.read().ok()?.no_cuda.map_or(Ok(()), Err))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpu(index: u32, uuid: &str, mig: Option<(&str, u32)>) -> Gpu {
        Gpu {
            index,
            uuid: uuid.to_owned(),
            name: "Made Up 24GB".to_owned(),
            memory_total: 24 << 30,
            memory_free: 20 << 30,
            processes: Vec::new(),
            mig: mig.map(|(gpu, part)| Mig { gpu: gpu.to_owned(), part }),
        }
    }

    fn three() -> Vec<Gpu> {
        vec![
            gpu(0, "GPU-aa11", None),
            gpu(1, "MIG-0001", Some(("GPU-aa22", 0))),
            gpu(1, "MIG-0002", Some(("GPU-aa22", 1))),
            gpu(2, "GPU-bb33", None),
        ]
    }

    fn names(text: &str) -> Vec<String> {
        chosen(&three(), text).into_iter().map(|gpu| gpu.uuid).collect()
    }

    #[test]
    fn cuda_visible_devices_means_what_it_means_to_cuda() {
        assert_eq!(names("2,0"), ["GPU-bb33", "GPU-aa11"]);
        assert_eq!(names("GPU-bb, 0"), ["GPU-bb33", "GPU-aa11"]);
        assert_eq!(names("MIG-0002"), ["MIG-0002"]);
        assert_eq!(names("1"), ["MIG-0001", "MIG-0002"], "a divided GPU stands for its parts");
        assert_eq!(names("GPU-aa22"), ["MIG-0001", "MIG-0002"]);
        assert_eq!(names("0,0,2"), ["GPU-aa11", "GPU-bb33"]);
        assert_eq!(names("0,7,2"), ["GPU-aa11"], "what follows an entry that names nothing does not count");
        for none in ["", "-1", "NoDevFiles", "GPU-aa", "7", "GPU-zz", "NVIDIA"] {
            assert!(names(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn hidden_gpus_are_not_the_same_as_none() {
        struct Fixed(Vec<Gpu>);
        impl Gpus for Fixed {
            fn devices(&self) -> Result<Vec<Gpu>, WhyNot> {
                Ok(self.0.clone())
            }
        }
        let seen = |devices: Vec<Gpu>, text: Option<&str>| Visible::of(Box::new(Fixed(devices)), text).devices();
        assert_eq!(seen(Vec::new(), None), Err(WhyNot::NoGpu));
        assert_eq!(seen(three(), Some("9")), Err(WhyNot::Hidden("9".to_owned())));
        assert_eq!(seen(three(), None).map(|seen| seen.len()), Ok(4));
        assert_eq!(seen(three(), Some("2")).map(|seen| seen.len()), Ok(1));
    }

    #[test]
    fn a_recording_says_what_it_is_and_what_is_wrong_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gpus.json");
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            Recorded::new(&path).devices()
        };
        let one = serde_json::to_string(&serde_json::json!({ "devices": [three()[1]] })).unwrap();
        assert_eq!(read(&one), Ok(vec![three()[1].clone()]));
        assert_eq!(
            read(r#"{"devices": [], "no_answer": "GPU is lost"}"#),
            Err(WhyNot::NoAnswer("GPU is lost".to_owned()))
        );
        assert!(matches!(read("{"), Err(WhyNot::Recording(why)) if why.contains("gpus.json")));
    }
}
