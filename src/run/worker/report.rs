//! Progress on its way to the run loop: the newest, a few times a second. A fit may report far more often than anybody
//! can look, and the loop that hears all workers must not be kept busy by one.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::model::Progress;

/// Between two reports of a trial.
const PAUSE: Duration = Duration::from_millis(100);

/// Calls `work` with a place to report to. Of what is reported there `send` gets the newest, at most one each
/// [`PAUSE`], and in the end the last.
pub fn spread<T>(mut send: impl FnMut(Progress) + Send, work: impl FnOnce(&mut dyn FnMut(Progress)) -> T) -> T {
    let board = Board::default();
    thread::scope(|scope| {
        // Where the system has no thread left the trial goes on unseen.
        let _ = thread::Builder::new().spawn_scoped(scope, || board.pass_on(&mut send));
        let _closing = Closing(&board);
        work(&mut |progress| board.put(progress))
    })
}

/// Holds the newest report.
#[derive(Default)]
struct Board {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    newest: Option<Progress>,
    closed: bool,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, progress: Progress) {
        // Who waits is woken by the first of several.
        if self.lock().newest.replace(progress).is_none() {
            self.changed.notify_one();
        }
    }

    fn pass_on(&self, send: &mut impl FnMut(Progress)) {
        loop {
            let idle = |state: &mut State| state.newest.is_none() && !state.closed;
            let mut state = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
            let Some(progress) = state.newest.take() else { return };
            drop(state);
            send(progress);
            let _ = self.changed.wait_timeout_while(self.lock(), PAUSE, |state| !state.closed);
        }
    }
}

/// Closes the board when the work is done, or has panicked: nobody waits for ever.
struct Closing<'b>(&'b Board);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn progress(step: u64) -> Progress {
        Progress { phase: "train".to_owned(), step, of: step, loss: None }
    }

    #[test]
    fn of_a_burst_the_last_is_sent_and_few_others() {
        let sent = Mutex::new(Vec::new());
        let began = Instant::now();
        let result = spread(
            |progress| sent.lock().unwrap().push(progress.step),
            |report| {
                (0..200_000).for_each(|step| report(progress(step)));
                // Nothing follows for a while: the burst's last is seen nevertheless, before the work ends.
                let patience = Instant::now();
                while sent.lock().unwrap().last() != Some(&199_999) && patience.elapsed() < Duration::from_secs(10) {
                    thread::sleep(Duration::from_millis(5));
                }
                assert_eq!(sent.lock().unwrap().last(), Some(&199_999));
                report(progress(7));
                "done"
            },
        );
        let (sent, most) = (sent.into_inner().unwrap(), began.elapsed().as_millis() / PAUSE.as_millis() + 3);
        assert_eq!((result, sent.last()), ("done", Some(&7)));
        assert!(u128::try_from(sent.len()).unwrap() <= most, "{} of at most {most}", sent.len());
    }

    #[test]
    fn work_that_panics_is_not_waited_for() {
        let panicked = std::panic::catch_unwind(|| spread(|_| (), |_| panic!("of the work's own")));
        assert!(panicked.is_err());
    }
}
