//! The flags of every step, each with an environment variable.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::Parser;

/// How a step's server is run.
#[derive(Clone, Debug, Parser)]
#[command(
    about = "Converts JPEG to PNG over HTTP",
    version,
    next_line_help = true
)]
pub struct Options {
    /// Address to listen on.
    #[arg(long, env = "COAWAIT_BIND", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub bind: IpAddr,

    /// Port to listen on; 0 lets the system pick a free one.
    #[arg(long, env = "COAWAIT_PORT", default_value_t = 8765)]
    pub port: u16,

    /// Event loops that serve requests [default: one for each core].
    #[arg(long, env = "COAWAIT_WORKERS", value_parser = at_least_one)]
    #[arg(default_value_t = cores(), hide_default_value = true)]
    pub workers: usize,

    /// Threads that run C++ [default: one for each core] (not used by step 1, which runs it on the
    /// event loops).
    #[arg(long, env = "COAWAIT_POOL_THREADS", value_parser = at_least_one)]
    #[arg(default_value_t = cores(), hide_default_value = true)]
    pub pool_threads: usize,

    /// Largest JPEG that is accepted, in bytes.
    #[arg(long, env = "COAWAIT_MAX_BODY", default_value_t = 16 * 1024 * 1024)]
    pub max_body: usize,

    /// Seconds without a byte of a body that is still to come, after which it is given up with 408.
    #[arg(long, env = "COAWAIT_BODY_TIMEOUT", value_parser = seconds, default_value = "30")]
    pub body_timeout: Duration,

    /// Bytes of bodies that are held at once, those that are being converted included; what does not
    /// fit is answered with 503.
    #[arg(long, env = "COAWAIT_BODY_MEMORY", default_value_t = 256 * 1024 * 1024)]
    pub body_memory: usize,

    /// Largest picture that is decoded, in pixels.
    #[arg(long, env = "COAWAIT_MAX_PIXELS", default_value_t = 40_000_000)]
    pub max_pixels: u64,

    /// Conversions that may wait for a thread; one more is answered with 503 [default: 16 per pool
    /// thread] (not used by step 1, which cannot count them).
    #[arg(long, env = "COAWAIT_QUEUE")]
    pub queue: Option<usize>,

    /// Folder of the built book: where it is there, it is served at /book/, and the lab page leads
    /// to it.
    #[arg(long, env = "COAWAIT_BOOK", default_value = "book/build")]
    pub book: PathBuf,
}

impl Options {
    /// Where to listen.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.port)
    }

    /// The folder of the book, if it was built.
    pub(crate) fn built_book(&self) -> Option<&Path> {
        Some(self.book.as_path()).filter(|folder| folder.join("index.html").is_file())
    }

    /// Conversions that may be in the house at once: one on each thread of the pool, and the queue.
    pub fn places(&self) -> usize {
        self.pool_threads + self.queue.unwrap_or(16 * self.pool_threads)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|error| format!("{error}"))?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(Duration::ZERO) | Err(_) => Err("it takes a number of seconds above 0".into()),
        Ok(duration) => Ok(duration),
    }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it takes at least one".into()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_defaults_to_sixteen_per_pool_thread() {
        let options = Options::parse_from(["step", "--pool-threads", "3"]);
        assert_eq!(options.places(), 3 + 48);
        let options = Options::parse_from(["step", "--pool-threads", "3", "--queue", "0"]);
        assert_eq!(options.places(), 3);
    }

    #[test]
    fn only_this_machine_is_served_unless_told_otherwise() {
        let options = Options::parse_from(["step"]);
        assert_eq!(options.address(), "127.0.0.1:8765".parse().unwrap());
        let options = Options::parse_from(["step", "--bind", "0.0.0.0", "--port", "0"]);
        assert_eq!(options.address(), "0.0.0.0:0".parse().unwrap());
    }

    #[test]
    fn a_body_is_waited_for_some_time() {
        let timeout = |seconds| {
            let options = Options::try_parse_from(["step", "--body-timeout", seconds]);
            options.ok().map(|options| options.body_timeout)
        };
        assert_eq!(timeout("0.5"), Some(Duration::from_millis(500)));
        for bad in ["0", "-1", "inf", "NaN", "soon"] {
            assert_eq!(timeout(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_server_without_a_thread_is_refused() {
        assert!(Options::try_parse_from(["step", "--workers", "0"]).is_err());
        assert!(Options::try_parse_from(["step", "--pool-threads", "0"]).is_err());
    }
}
