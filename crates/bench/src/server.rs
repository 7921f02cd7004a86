//! A service under load: a process of its own, on a port that the system picks.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;

/// How long a service may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running service. Stopped when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a step's binary, with as many event loops and threads for C++ as given.
    pub fn start(binary: &Path, threads: usize) -> Result<Self, Error> {
        let threads = threads.to_string();
        let mut child = Command::new(binary)
            .args(["--port", "0", "--workers", &threads])
            .args(["--pool-threads", &threads])
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Error::io(format!("cannot start {}", binary.display())))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            // What the error would say, the missing address says as well.
            let _ = BufReader::new(stdout).read_line(&mut line);
        }
        let address = line.trim().strip_prefix("listening on http://");
        match address.and_then(|address| address.parse().ok()) {
            Some(address) => Ok(Server { child, address }),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                let binary = binary.display();
                Err(Error::Unfit(format!(
                    "{binary} did not say where it listens"
                )))
            }
        }
    }

    /// Memory that the process has in RAM, in bytes.
    pub fn memory(&self) -> Result<u64, Error> {
        let file = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&file).map_err(Error::io(&file))?;
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024)
            .ok_or_else(|| Error::Unfit(format!("{file} tells no memory")))
    }

    /// CPU time that the process has used, all threads together.
    pub fn cpu_time(&self) -> Duration {
        let mut clock = 0;
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: both pointers are to variables of ours; a process that is gone is an error.
        let failed = unsafe {
            libc::clock_getcpuclockid(self.child.id() as libc::pid_t, &mut clock) != 0
                || libc::clock_gettime(clock, &mut time) != 0
        };
        if failed {
            return Duration::ZERO;
        }
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SAFETY: kill(2) touches no memory, and the process is our own child, not yet waited for.
        unsafe { libc::kill(self.child.id() as libc::pid_t, libc::SIGTERM) };
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
