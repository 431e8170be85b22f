//! The processes that a program of the user's own has started and left behind.

use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::clock;

/// How long processes are waited for that cannot be killed at once.
const PATIENCE: Duration = Duration::from_secs(2);

/// From now on processes that lose their parent become this process's children, also those that left its group.
pub fn adopt() {
    // Where the system does not allow it, those that were left behind stay, as anywhere else.
    let _ = set_child_subreaper(true);
}

/// Kills all that this process's children have left behind; returns how many. No child whose end somebody still waits
/// for may be among them.
pub fn end() -> usize {
    let began = Instant::now();
    let mut ended = 0;
    // Killing one hands its children over, so this goes on until there are none.
    while began.elapsed() < PATIENCE {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => {
                let ours = clock::descendants(std::process::id());
                ours.into_iter().filter_map(|id| i32::try_from(id).ok()).for_each(|id| {
                    let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
                });
                thread::sleep(Duration::from_millis(1));
            }
            // One that had ended by itself was not left running.
            Ok(WaitStatus::Signaled(_, Signal::SIGKILL, _)) => ended += 1,
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => break,
        }
    }
    ended
}
