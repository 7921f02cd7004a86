//! What the exercises share: their sanitizer, and how their tests look at what went wrong.

#![warn(missing_docs)]

mod alone;
mod heap;
mod report;
mod sanitizer;

pub use alone::{Ending, alone, block_on, on_an_event_loop};
pub use heap::Heap;
pub use report::Report;
pub use sanitizer::address_sanitizer;

use std::thread;
use std::time::Duration;

/// CPU time that this process uses over a span in which it should have nothing to do.
pub fn idle_cpu_time(span: Duration) -> Duration {
    let before = cpu_time();
    thread::sleep(span);
    cpu_time() - before
}

/// How many threads this process has.
pub fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// CPU time that this process has used so far, all threads together.
pub fn cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a timespec of ours, and the clock exists on every Linux.
    let result = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    assert_eq!(result, 0);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
