//! The only clock. Times are measurements: nothing that identifies a trial or a result comes from here.

use std::time::{Duration, Instant, SystemTime};

/// The system's time, to be compared with times of files.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn system() -> SystemTime {
    SystemTime::now()
}

/// How long ago that was; none where it is still to come, since the clock was set back.
pub fn since(time: SystemTime) -> Option<Duration> {
    system().duration_since(time).ok()
}

/// Now, as `2026-11-24T19:04:00Z`.
pub fn now() -> String {
    humantime::format_rfc3339_seconds(system()).to_string()
}

/// Now, in a form that sorts and may stand in a file name: `20261124T190400.123`.
pub fn now_for_file_names() -> String {
    humantime::format_rfc3339_millis(system()).to_string().replace(['-', ':', 'Z'], "")
}

/// Seconds of wall time and of CPU time (all threads, and programs that were started) since it was started.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    wall: Instant,
    cpu: Duration,
}

impl Stopwatch {
    /// Starts one.
    pub fn start() -> Self {
        Stopwatch { wall: Instant::now(), cpu: cpu_time() }
    }

    /// Wall seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.wall.elapsed().as_secs_f64()
    }

    /// Wall time since the start.
    pub fn elapsed(&self) -> Duration {
        self.wall.elapsed()
    }

    /// CPU seconds since the start.
    pub fn cpu_seconds(&self) -> f64 {
        cpu_time().saturating_sub(self.cpu).as_secs_f64()
    }
}

/// Of this process and of the programs that it started and that have ended.
fn cpu_time() -> Duration {
    use nix::sys::resource::{UsageWho, getrusage};
    [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN]
        .into_iter()
        .filter_map(|who| getrusage(who).ok())
        .flat_map(|usage| [usage.user_time(), usage.system_time()])
        .map(|t| Duration::new(u64::try_from(t.tv_sec()).unwrap_or(0), u32::try_from(t.tv_usec()).unwrap_or(0) * 1000))
        .sum()
}

/// The most memory this process has held since [`reset_peak`], in MiB.
pub fn peak_mib() -> f64 {
    peak_mib_of("self")
}

/// The most memory that a process has held, in MiB; 0 when it is gone.
pub fn peak_mib_of(process: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<f64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// Bytes that a process and those that it started hold now; 0 when it is gone.
pub fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    kib * 1024 + children(process).into_iter().map(resident).sum::<u64>()
}

/// The processes that a process has started and that are still there.
fn children(process: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|ids| ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()).collect()
}

/// Those, and the ones that they have started, and so on.
pub fn descendants(process: u32) -> Vec<u32> {
    let children = children(process);
    let theirs: Vec<u32> = children.iter().copied().flat_map(descendants).collect();
    [children, theirs].concat()
}

/// Begins a new peak: without it a small trial would have that of the large one before it.
pub fn reset_peak() {
    // Where the system does not allow it the peak is that of the process so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
