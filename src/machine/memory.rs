//! How much memory a process may use here: what the machine has, and what the cgroup leaves of it.

use std::fs;
use std::path::{Path, PathBuf};

/// Memory in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The machine's, or the smallest limit of the cgroup and those above.
    pub total: u64,
    /// What can still be had without swapping.
    pub available: u64,
    /// Whether a cgroup sets the total.
    pub limited: bool,
}

/// Of this process; `None` where the system does not say.
pub fn memory() -> Option<Memory> {
    memory_under(Path::new("/"))
}

/// With the files of `proc` and `sys` under `root`.
fn memory_under(root: &Path) -> Option<Memory> {
    let meminfo = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let machine = Memory {
        total: kib(&meminfo, "MemTotal:")?,
        available: kib(&meminfo, "MemAvailable:").or_else(|| kib(&meminfo, "MemFree:"))?,
        limited: false,
    };
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let folders = groups.lines().filter_map(Hierarchy::of).flat_map(|hierarchy| hierarchy.folders(root));
    Some(folders.fold(machine, |memory, (version, folder)| match version.limit(&folder) {
        Some((limit, used)) => Memory {
            total: memory.total.min(limit),
            available: memory.available.min(limit.saturating_sub(used)),
            limited: memory.limited || limit < memory.total,
        },
        None => memory,
    }))
}

/// The number of a line of `meminfo`, in bytes.
fn kib(text: &str, key: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Version {
    /// The limit that a cgroup's folder states and what its members hold, without what the kernel would drop first.
    fn limit(self, folder: &Path) -> Option<(u64, u64)> {
        let number = |name: &str| fs::read_to_string(folder.join(name)).ok()?.trim().parse::<u64>().ok();
        let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        let stat = |key: &str| {
            let line = stat.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
            line.and_then(|value| value.trim().parse::<u64>().ok()).unwrap_or(0)
        };
        // `max`, and the huge number that stands for it in version 1, are no limits: the machine's own is smaller.
        let (limit, used, droppable) = match self {
            Version::Two => (number("memory.max")?, number("memory.current")?, stat("inactive_file")),
            Version::One => {
                (number("memory.limit_in_bytes")?, number("memory.usage_in_bytes")?, stat("total_inactive_file"))
            }
        };
        Some((limit, used.saturating_sub(droppable)))
    }
}

/// A line of `/proc/self/cgroup` that may limit memory.
struct Hierarchy {
    version: Version,
    path: PathBuf,
}

impl Hierarchy {
    /// `0::/user.slice/x` or `4:memory:/x`.
    fn of(line: &str) -> Option<Self> {
        let mut fields = line.splitn(3, ':');
        let (number, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        let version = match controllers {
            "" if number == "0" => Version::Two,
            names if names.split(',').any(|name| name == "memory") => Version::One,
            _ => return None,
        };
        Some(Hierarchy { version, path: PathBuf::from(path.trim_start_matches('/')) })
    }

    /// The group's folder and those above it. Inside a container the path may be the host's: what is not there is
    /// passed over, and the top, which is then the container's own group, is always looked at.
    fn folders(self, root: &Path) -> impl Iterator<Item = (Version, PathBuf)> {
        let top = match self.version {
            Version::Two => root.join("sys/fs/cgroup"),
            Version::One => root.join("sys/fs/cgroup/memory"),
        };
        let version = self.version;
        let paths: Vec<PathBuf> = self.path.ancestors().map(|below| top.join(below)).collect();
        paths.into_iter().map(move |folder| (version, folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;
    const MEMINFO: &str = "MemTotal:       24737056 kB\nMemFree:         3046444 kB\nMemAvailable:   20301584 kB\n";

    /// Files as a machine has them, with what memory they give.
    fn read(files: &[(&str, &str)]) -> Option<Memory> {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        memory_under(root.path())
    }

    #[test]
    fn without_a_limit_it_is_the_machine() {
        let machine = Memory { total: 24_737_056 * 1024, available: 20_301_584 * 1024, limited: false };
        assert_eq!(read(&[("proc/meminfo", MEMINFO)]), Some(machine));
        let group = "0::/user.slice/user-1000.slice/session-2.scope\n";
        let folder = "sys/fs/cgroup/user.slice/user-1000.slice/session-2.scope";
        let (max, current) = (format!("{folder}/memory.max"), format!("{folder}/memory.current"));
        let files =
            [("proc/meminfo", MEMINFO), ("proc/self/cgroup", group), (&max, "max\n"), (&current, "123456789\n")];
        assert_eq!(read(&files), Some(machine));
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn the_smallest_limit_of_the_groups_above_counts() {
        let memory = read(&[
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "0::/job/step\n"),
            ("sys/fs/cgroup/job/memory.max", "8589934592\n"),
            ("sys/fs/cgroup/job/memory.current", "5368709120\n"),
            ("sys/fs/cgroup/job/memory.stat", "anon 1073741824\ninactive_file 1073741824\nactive_file 0\n"),
            ("sys/fs/cgroup/job/step/memory.max", "12884901888\n"),
            ("sys/fs/cgroup/job/step/memory.current", "1073741824\n"),
        ]);
        assert_eq!(memory, Some(Memory { total: 8 * GIB, available: 4 * GIB, limited: true }));
    }

    #[test]
    fn version_1_and_a_path_of_the_host() {
        let memory = read(&[
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "9:name=systemd:/\n4:memory:/docker/4f3a\n1:cpu:/\n0::/\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "4294967296\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "3221225472\n"),
            ("sys/fs/cgroup/memory/memory.stat", "inactive_file 5\ntotal_inactive_file 1073741824\n"),
        ]);
        assert_eq!(memory, Some(Memory { total: 4 * GIB, available: 2 * GIB, limited: true }));
        let unlimited = read(&[
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "4:memory:/a\n"),
            ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n"),
            ("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "1\n"),
        ]);
        assert_eq!(unlimited.map(|memory| memory.limited), Some(false));
    }
}
