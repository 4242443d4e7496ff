//! Ctrl-C, or the system asking the program to end: work is told to stop and clean up after itself; a second time the system ends the program as it always would.

use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// SIGINT and SIGTERM of the C standard, the same numbers on every system.
const INTERRUPT: i32 = 2;
const TERMINATE: i32 = 15;
/// SIG_DFL: what the system does by itself.
const AS_ALWAYS: usize = 0;

unsafe extern "C" {
    // Of the C library that every program is linked with.
    fn signal(number: i32, handler: usize) -> usize;
}

extern "C" fn interrupted_by(number: i32) {
    INTERRUPTED.store(true, Ordering::Relaxed);
    // SAFETY: `signal` may be called in a handler; the value is one that the system gives a meaning to.
    unsafe { signal(number, AS_ALWAYS) };
}

/// From now on they cancel the work instead of ending the program at once.
pub fn heed_interrupts() {
    let handler: extern "C" fn(i32) = interrupted_by;
    // SAFETY: the handler takes what the system gives it, only stores a flag and calls `signal`.
    unsafe {
        signal(INTERRUPT, handler as usize);
        signal(TERMINATE, handler as usize);
    }
}

/// Whether the program was asked to end.
pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
