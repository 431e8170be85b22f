//! What this machine is, without naming it: CPU model, memory, cores, GPUs seen.

pub mod gpu;
mod memory;
mod nvml;

use std::fs;

pub use memory::{Memory, memory};

/// `Intel(R) Xeon(R) Platinum, 24 GiB`; never a host name.
pub fn class() -> String {
    let cpu = first_field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown CPU".to_owned());
    match memory_gib() {
        Some(gib) => format!("{cpu}, {gib:.0} GiB"),
        None => cpu,
    }
}

/// Memory in GiB.
pub fn memory_gib() -> Option<f64> {
    let text = first_field("/proc/meminfo", "MemTotal")?;
    let kib: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0 / 1024.0)
}

/// Cores that this process may use. The standard library counts those of its affinity mask and takes the whole cores
/// of the smallest CPU quota of its cgroup and the groups above (`cpu.max`; `cpu.cfs_quota_us` where cgroups are of
/// version 1), rounded down and at least 1, so nothing is added here.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn first_field(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
