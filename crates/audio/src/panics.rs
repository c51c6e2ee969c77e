//! Decoders of other people on bytes of strangers: what they cannot bear, this program survives, in silence.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::Once,
};

thread_local! {
    /// How many guards stand around what this thread does.
    static GUARDED: Cell<u32> = const { Cell::new(0) };
}

/// Runs `act` and gives none where it panics. The message that Rust would print about it is left out: what became of a
/// file is in its verdict, and the terminal is for people. Panics elsewhere are told as before.
pub fn survive<T>(act: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            if GUARDED.try_with(Cell::get).unwrap_or(0) == 0 {
                usual(info);
            }
        }));
    });
    GUARDED.set(GUARDED.get() + 1);
    let result = catch_unwind(AssertUnwindSafe(act));
    GUARDED.set(GUARDED.get().saturating_sub(1));
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_panic_is_survived_and_counted_off() {
        assert_eq!(survive(|| 7), Some(7));
        assert_eq!(survive(|| survive::<u8>(|| panic!("within"))), Some(None));
        assert_eq!((survive::<u8>(|| panic!("again")), GUARDED.get()), (None, 0));
    }

    #[test]
    #[ignore = "a child of the_terminal_stays_silent"]
    fn child_panics() {
        assert_eq!(survive::<()>(|| panic!("a decoder gave up")), None);
        let told = std::thread::spawn(|| panic!("somebody else")).join();
        assert!(told.is_err());
    }

    #[test]
    fn the_terminal_stays_silent() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--ignored", "--exact", "--nocapture", "panics::tests::child_panics"]);
        let told = child.output().unwrap();
        let told = [told.stdout, told.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert!(!told.contains("a decoder gave up") && told.contains("somebody else"), "{told}");
    }
}
