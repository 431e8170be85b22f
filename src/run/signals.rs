//! Ctrl-C, a hang-up and a polite kill.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::store::stop::Stop;

/// What signals ask of a run: the first Ctrl-C to finish, the second to stop now; a kill or a hang-up to stop now.
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<AtomicU8>);

impl StopSignal {
    /// Listens from now on.
    ///
    /// # Errors
    /// The system's.
    pub fn listen() -> io::Result<Self> {
        let stop = StopSignal::default();
        let mut wanted = vec![SIGINT, SIGTERM];
        // `nohup` has it ignored, and that is meant to last.
        if !is_ignored(SIGHUP) {
            wanted.push(SIGHUP);
        }
        let (mut signals, raised) = (Signals::new(wanted)?, stop.clone());
        thread::spawn(move || signals.forever().for_each(|signal| raised.raise(signal)));
        Ok(stop)
    }

    fn raise(&self, signal: i32) {
        let times = if signal == SIGINT { 1 } else { 2 };
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |asked| Some((asked + times).min(2)));
    }

    /// What is asked by now.
    pub fn asked(&self) -> Stop {
        match self.0.load(Ordering::SeqCst) {
            0 => Stop::No,
            1 => Stop::Finish,
            _ => Stop::Now,
        }
    }
}

fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_interrupt_or_one_kill_stops_now() {
        let stop = StopSignal::default();
        assert_eq!(stop.asked(), Stop::No);
        stop.raise(SIGINT);
        assert_eq!(stop.asked(), Stop::Finish);
        stop.raise(SIGINT);
        stop.raise(SIGINT);
        assert_eq!(stop.asked(), Stop::Now);
        let stop = StopSignal::default();
        stop.raise(SIGTERM);
        assert_eq!(stop.asked(), Stop::Now);
    }
}
