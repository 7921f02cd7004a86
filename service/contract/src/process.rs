//! A step's real binary in a process of its own, on a port that the system picks.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// A running service. Killed when dropped.
///
/// It ends with the thread that started it, too, so a test or a measurement that is killed leaves
/// nothing behind.
pub struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    /// Starts a binary with flags of its own beside `--port 0`, and waits until it listens.
    ///
    /// # Errors
    /// When it cannot be started, or does not say `listening on http://…` first; the message names
    /// the binary.
    pub fn start(binary: &Path, flags: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(binary);
        command
            .args(flags)
            .args(["--port", "0"])
            .env("RUST_LOG", "warn");
        Self::spawn(command)
    }

    /// The same, with all of its log going to a standard error that nobody reads any more.
    ///
    /// # Errors
    /// As above.
    pub fn start_unheard(binary: &Path, flags: &[&str]) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        drop(reader);
        let mut command = Command::new(binary);
        command
            .args(flags)
            .args(["--port", "0"])
            .env("RUST_LOG", "trace")
            .stderr(writer);
        Self::spawn(command)
    }

    /// Starts a service of any kind, and waits until it listens.
    ///
    /// # Errors
    /// As above.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        let name = command.get_program().display().to_string();
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        // SAFETY: prctl(2) with this option touches no memory.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        let mut child = command.spawn().map_err(|error| {
            io::Error::new(error.kind(), format!("cannot start {name}: {error}"))
        })?;
        let mut line = String::new();
        let read = match child.stdout.take() {
            Some(stdout) => BufReader::new(stdout).read_line(&mut line),
            None => Ok(0),
        };
        let address = line.trim().strip_prefix("listening on http://");
        match address.and_then(|address| address.parse().ok()) {
            Some(address) => Ok(Process { child, address }),
            None => {
                // Both fail only when the process has ended already.
                let _ = child.kill();
                let _ = child.wait();
                read?;
                let said = format!("{name} did not say where it listens, but {line:?}");
                Err(io::Error::new(io::ErrorKind::InvalidData, said))
            }
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Memory that the process has in RAM, in bytes.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn memory(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024)
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the process has ended"))
    }

    /// CPU time that the process has used, all threads together, to the nanosecond.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn cpu_time(&self) -> io::Result<Duration> {
        let mut clock = 0;
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: both pointers are to variables of ours.
        let failed = unsafe { libc::clock_getcpuclockid(self.pid(), &mut clock) };
        if failed != 0 {
            return Err(io::Error::from_raw_os_error(failed));
        }
        // SAFETY: as above.
        if unsafe { libc::clock_gettime(clock, &mut time) } != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// When the process has ended.
    pub fn signal(&self, signal: libc::c_int) -> io::Result<()> {
        // SAFETY: kill(2) touches no memory, and the process is our own child, not yet waited for.
        match unsafe { libc::kill(self.pid(), signal) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Waits for the process to end by itself; `None` when it does not within so long.
    ///
    /// # Errors
    /// Those of the system.
    pub fn wait(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        let begun = Instant::now();
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || begun.elapsed() > patience {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn pid(&self) -> libc::pid_t {
        // The kernel's own type, which the standard library gives as unsigned.
        self.child.id() as libc::pid_t
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
