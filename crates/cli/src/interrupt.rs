//! Ctrl-C (and SIGTERM, SIGHUP): the first one asks for a clean end, the second ends at once.
//!
//! A command that can stop cleanly calls [`install`] and looks at [`asked`]; one that does not is ended by the system,
//! which is safe, because nothing is ever half kept.

use std::{
    io::Write,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// How long a clean end may take. The promise is two seconds; the rest is for the system.
const PATIENCE: Duration = Duration::from_millis(1500);
/// What a shell gives for a program that Ctrl-C ended.
pub const EXIT_CODE: u8 = 130;

static ASKED: AtomicBool = AtomicBool::new(false);
static NEXT: AtomicU64 = AtomicU64::new(0);
static RELEASE: Mutex<Vec<(u64, Release)>> = Mutex::new(Vec::new());

type Release = Box<dyn FnOnce() + Send>;

/// Somebody asked to stop, and the command stopped before its end.
#[derive(Debug, thiserror::Error)]
#[error("before the end; what was kept is whole")]
pub struct Interrupted;

/// Takes the signals over from now on. Calling it again does nothing.
pub fn install() {
    let first = || {
        if ASKED.swap(true, Ordering::SeqCst) {
            end();
        }
        thread::spawn(|| {
            thread::sleep(PATIENCE);
            // The engine is in the midst of a computation that cannot be broken off; what is kept is whole all the same.
            let _ = std::io::stderr().write_all(format!("\nstopped: {Interrupted}\n").as_bytes());
            end();
        });
        let registered = std::mem::take(&mut *RELEASE.lock().unwrap_or_else(PoisonError::into_inner));
        registered.into_iter().for_each(|(_, release)| release());
    };
    if let Err(error) = ctrlc::set_handler(first) {
        tracing::debug!(%error, "signals stay as they are");
    }
}

/// Ends at once. The orderly end of a C program would destroy what the threads of CTranslate2 and ONNX Runtime are still
/// working with, and crash.
fn end() -> ! {
    #[allow(unsafe_code)] // The declaration: POSIX `_exit` takes a number, has no conditions, and never returns.
    unsafe extern "C" {
        safe fn _exit(code: std::ffi::c_int) -> !;
    }
    _exit(EXIT_CODE.into())
}

/// Whether somebody asked to stop.
pub fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

/// Runs `release` when somebody asks to stop (to give a job back, say), unless the guard was dropped before.
#[must_use = "the function is forgotten when the guard is dropped"]
pub fn on_interrupt(release: impl FnOnce() + Send + 'static) -> Guard {
    let id = NEXT.fetch_add(1, Ordering::SeqCst);
    RELEASE.lock().unwrap_or_else(PoisonError::into_inner).push((id, Box::new(release)));
    Guard(id)
}

/// Keeps a registered function; dropping it forgets the function.
#[derive(Debug)]
pub struct Guard(u64);

impl Drop for Guard {
    fn drop(&mut self) {
        RELEASE.lock().unwrap_or_else(PoisonError::into_inner).retain(|(id, _)| *id != self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_guard_forgets() {
        let guard = on_interrupt(|| panic!("must not run"));
        assert_eq!(RELEASE.lock().unwrap().len(), 1);
        drop(guard);
        assert!(RELEASE.lock().unwrap().is_empty());
        assert!(!asked());
    }
}
