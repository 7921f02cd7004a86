//! Notes what happens to calls, for the recorded runs of the book: a feature, off by default.
//!
//! Each event comes with its thread, its time, and the lines of both languages that were on the
//! stack: so neither the code that is recorded nor the functions that it calls have to be changed.
//! It is for runs that somebody looks at, not for programs at work: the log only grows, and a stack
//! is walked for each event.

use std::backtrace::Backtrace;
use std::ffi::{CStr, c_char, c_void};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Something that happened.
pub struct Event {
    /// When, counted from the first event.
    pub time: Duration,
    /// In which thread: its name, or a number where it has none.
    pub thread: String,
    /// What it was.
    pub what: String,
    /// To which call, or to what else: an address, which may be used again once it is free.
    pub which: usize,
    stack: Backtrace,
}

impl Event {
    /// The lines that were on the stack, the innermost first.
    pub fn lines(&self) -> Vec<(String, u32)> {
        let stack = self.stack.to_string();
        let place = |line: &str| {
            let (file, line) = line
                .trim()
                .strip_prefix("at ")?
                .rsplit_once(':')?
                .0
                .rsplit_once(':')?;
            Some((file.to_owned(), line.parse().ok()?))
        };
        stack.lines().filter_map(place).collect()
    }
}

static LOG: Mutex<Vec<Event>> = Mutex::new(Vec::new());
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// All that was noted so far.
pub fn log() -> MutexGuard<'static, Vec<Event>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes an event.
pub fn record<T: ?Sized>(what: &str, which: *const T) {
    let current = thread::current();
    let thread = current.name().map(String::from);
    let thread = thread.unwrap_or_else(|| format!("{:?}", current.id()));
    let stack = Backtrace::force_capture();
    let mut log = log();
    log.push(Event {
        // Within the lock: the log is in the order of its times.
        time: START.elapsed(),
        thread,
        what: what.to_owned(),
        which: which.addr(),
        stack,
    });
}

/// For C++.
#[unsafe(no_mangle)]
unsafe extern "C" fn coawait_record(what: *const c_char, which: *const c_void) {
    // SAFETY: a literal of C++.
    record(&unsafe { CStr::from_ptr(what) }.to_string_lossy(), which);
}
