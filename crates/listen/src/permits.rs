//! Who may compute: as many pieces of work at once as there are threads, however many recordings are in work.
//!
//! A recording alone leaves threads idle at the end of each stage. Two at once fill each other's gaps, if together they
//! compute no more than the processor has threads for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A number of permits: to compute, or to hold so many seconds of sound.
pub(crate) struct Permits {
    all: usize,
    free: Mutex<usize>,
    given_back: Condvar,
}

/// One or more permits; dropping them gives them back.
pub(crate) struct Permit<'a> {
    from: &'a Permits,
    taken: usize,
}

impl Permits {
    /// `all` of them, one at least.
    pub fn new(all: usize) -> Self {
        let all = all.max(1);
        Self { all, free: Mutex::new(all), given_back: Condvar::new() }
    }

    /// How many there are.
    pub fn all(&self) -> usize {
        self.all
    }

    /// Waits for a permit.
    pub fn one(&self) -> Permit<'_> {
        self.some(1)
    }

    /// Waits for so many permits, or for all where more are asked for than there are.
    pub fn some(&self, wanted: usize) -> Permit<'_> {
        let taken = wanted.min(self.all);
        let waiting = self.given_back.wait_while(self.lock(), |free| *free < taken);
        *waiting.unwrap_or_else(PoisonError::into_inner) -= taken;
        Permit { from: self, taken }
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.from.lock() += self.taken;
        self.from.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        thread,
        time::Duration,
    };

    #[test]
    fn no_more_compute_at_once_than_there_are_permits_and_all_come_to_it() {
        let (permits, at_once, most, done) =
            (Permits::new(2), AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let _permit = permits.one();
                        most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        thread::sleep(Duration::from_millis(1));
                        at_once.fetch_sub(1, Ordering::SeqCst);
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!((done.load(Ordering::SeqCst), most.load(Ordering::SeqCst)), (40, 2));
        assert_eq!(Permits::new(0).all(), 1);
    }

    #[test]
    fn what_is_larger_than_everything_comes_to_it_alone() {
        let permits = Permits::new(10);
        drop(permits.some(1000));
        let seven = permits.some(7);
        thread::scope(|scope| {
            let waits = scope.spawn(|| drop(permits.some(1000)));
            drop(permits.some(3));
            assert!(!waits.is_finished());
            drop(seven);
        });
    }

    #[test]
    fn a_thread_that_breaks_off_gives_its_permit_back() {
        let permits = Permits::new(1);
        let broke = thread::scope(|scope| {
            let broken = scope.spawn(|| {
                let _permit = permits.one();
                panic!("on purpose");
            });
            broken.join().is_err()
        });
        assert!(broke);
        drop(permits.one());
    }
}
