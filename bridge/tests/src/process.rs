//! The test's own process: its CPU time, and copies of it for what kills, hangs or spins.

use std::env;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a child may take before it is taken to hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// CPU time that this process has used, all threads together.
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

/// CPU time that this process uses over a span in which it has nothing to do.
pub fn idle_cpu_time(span: Duration) -> Duration {
    let before = cpu_time();
    thread::sleep(span);
    cpu_time() - before
}

/// How a child ended.
#[derive(Debug)]
pub enum End {
    /// By itself.
    Exited(ExitStatus),
    /// Not at all: it was killed after a while.
    Hung,
}

/// What a child said and how it ended.
#[derive(Debug)]
pub struct Child {
    /// How it ended.
    pub end: End,
    /// Its standard error.
    pub stderr: String,
}

const IN_CHILD: &str = "BRIDGE_TESTS_CHILD";

/// Runs the test of this name again, alone in a process of its own, where `body` is called; returns
/// how that ended. In the child it does not return.
pub fn in_child(test: &str, body: impl FnOnce()) -> Child {
    in_child_for(test, PATIENCE, body)
}

/// The same, taking it to hang after less than a minute.
pub fn in_child_for(test: &str, patience: Duration, body: impl FnOnce()) -> Child {
    if env::var_os(IN_CHILD).is_some() {
        body();
        crate::ffi::exit_silently();
    }
    let mut child = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(IN_CHILD, "1")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let end = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break End::Exited(status);
        }
        if begun.elapsed() > patience {
            child.kill().unwrap();
            break End::Hung;
        }
        thread::sleep(Duration::from_millis(10));
    };
    let output = child.wait_with_output().unwrap();
    Child {
        end,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Lets this process have so many files and sockets open.
pub fn allow_open_files(count: u64) {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the system reads and writes one structure.
    unsafe {
        assert_eq!(libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit), 0);
        limit.rlim_cur = limit.rlim_cur.max(count.min(limit.rlim_max));
        assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &limit), 0);
    }
}
