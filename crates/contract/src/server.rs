//! The server under test: a step's real binary, in a process of its own, on a port that the system
//! picks.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::HeaderMap;

use crate::pictures::slow;

/// How long anything that must come may take before a test gives up on it. Nothing is measured
/// against it: it only turns a hang into a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running step. Killed when dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    agent: Agent,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Server {
    /// Starts a binary with flags of its own beside `--port 0`.
    pub fn start(binary: &str, flags: &[&str]) -> Self {
        let mut command = Command::new(binary);
        command
            .args(["--port", "0"])
            .args(flags)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped());
        // SAFETY: prctl(2) with this option touches no memory. The kernel then ends the server with
        // the thread that started it, so that a test which is killed leaves no server behind.
        unsafe {
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{binary} cannot be started: {error}"));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .unwrap_or_else(|| panic!("{binary} did not say where it listens, but {line:?}"))
            .parse()
            .unwrap();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            // A pooled connection may be one that the server has just closed.
            .max_idle_connections(0)
            .build()
            .into();
        Server {
            child,
            address,
            agent,
        }
    }

    /// `GET path`.
    pub fn get(&self, path: &str) -> Answer {
        answer(self.agent.get(self.url(path)).call().unwrap())
    }

    /// `POST path` with a body of the content type given.
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let request = self.agent.post(self.url(path));
        answer(
            request
                .header("content-type", content_type)
                .send(body)
                .unwrap(),
        )
    }

    /// `POST /convert` with a JPEG.
    pub fn convert(&self, jpeg: &[u8]) -> Answer {
        self.post("/convert", "image/jpeg", jpeg)
    }

    /// Sends a whole `POST /convert` and returns without waiting for the answer. Dropping the
    /// connection is what a client does that leaves.
    pub fn begin_convert(&self, jpeg: &[u8]) -> TcpStream {
        let mut connection = self.connect();
        connection.write_all(&request_of(jpeg)).unwrap();
        connection
    }

    /// A bare connection, for requests that no client library would send.
    pub fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(PATIENCE)).unwrap();
        connection.set_write_timeout(Some(PATIENCE)).unwrap();
        connection
    }

    /// Conversions that the server says are in flight.
    pub fn in_flight(&self) -> u64 {
        self.get("/healthz").json()["in_flight"].as_u64().unwrap()
    }

    /// Waits until `/healthz` tells of so many conversions in flight.
    pub fn wait_for_in_flight(&self, wanted: u64) {
        self.wait_for("the conversions in flight", || self.in_flight() == wanted);
    }

    /// Waits until no handler and no C++ object of a conversion is alive any more.
    pub fn wait_until_nothing_is_left(&self) {
        self.wait_for("C++ to let go of every conversion", || {
            self.in_flight() == 0 && self.metric("cpp_live") == 0.0
        });
    }

    /// Waits for a condition, and fails when it does not come.
    pub fn wait_for(&self, what: &str, mut condition: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !condition() {
            assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Conversions that have begun since the server did, ended or not.
    pub fn conversions_begun(&self) -> f64 {
        let text = self.get("/metrics").text();
        value_of(&text, "conversions_in_flight") + value_of(&text, "conversion_seconds_count")
    }

    /// A counter or gauge of `/metrics`, zero when it is not there yet.
    pub fn metric(&self, name: &str) -> f64 {
        value_of(&self.get("/metrics").text(), name)
    }

    /// Memory that the process has in RAM, in bytes.
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line
            .and_then(|line| line.split_whitespace().nth(1))
            .unwrap();
        kib.parse::<u64>().unwrap() * 1024
    }

    /// CPU time that the process has used, all threads together.
    pub fn cpu_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The name, in brackets, may hold spaces; user and system time are the 12th and 13th
        // fields behind it, in hundredths of a second (proc(5); USER_HZ is 100 on Linux).
        let fields = stat.rsplit_once(')').unwrap().1;
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: u64 = ticks.map(|field| field.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// CPU time that the process uses from now on, over a span.
    pub fn cpu_time_over(&self, span: Duration) -> Duration {
        let before = self.cpu_time();
        thread::sleep(span);
        self.cpu_time() - before
    }

    /// Sends a slow picture, and returns when C++ is at work on it.
    ///
    /// A step that blocks answers nobody then, so it cannot be asked; but only a conversion takes
    /// CPU time like this.
    pub fn begin_slow_convert(&self) -> TcpStream {
        let idle = self.cpu_time();
        let connection = self.begin_convert(slow());
        self.wait_for("a conversion to begin", || {
            self.cpu_time() > idle + Duration::from_millis(100)
        });
        connection
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal(libc::SIGTERM);
    }

    /// Sends a signal.
    pub fn signal(&self, signal: libc::c_int) {
        let process = libc::pid_t::try_from(self.child.id()).unwrap();
        // SAFETY: kill(2) touches no memory, and the process is our own child, not yet waited for.
        let result = unsafe { libc::kill(process, signal) };
        assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
    }

    /// Waits for the process to end by itself.
    pub fn wait(mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not end");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Asserts that the process lives and answers.
    pub fn assert_alive(&self) {
        assert_eq!(self.get("/healthz").status, 200);
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn value_of(metrics: &str, name: &str) -> f64 {
    metrics
        .lines()
        .find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
        .unwrap_or(0.0)
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let body = response.body_mut().with_config().limit(1 << 30);
    Answer {
        body: body.read_to_vec().unwrap(),
        status: response.status().as_u16(),
        headers: response.headers().clone(),
    }
}

/// `POST /convert` as it goes over the wire.
pub fn request_of(jpeg: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /convert HTTP/1.1\r\nhost: test\r\ncontent-type: image/jpeg\r\n\
         content-length: {}\r\n\r\n",
        jpeg.len()
    );
    [head.as_bytes(), jpeg].concat()
}

/// Reads the head of an answer from a bare connection, and gives its status.
pub fn read_status(connection: &mut TcpStream) -> u16 {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        let read = connection.read(&mut byte).unwrap();
        assert_eq!(read, 1, "the connection ended within the head {head:?}");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let status = head.split_whitespace().nth(1);
    status.unwrap().parse().unwrap()
}
