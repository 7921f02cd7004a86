//! The server under test, and what a test asks of it.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::HeaderMap;

use crate::Process;
use crate::pictures::slow;

/// How long anything that must come may take before a test gives up on it. Nothing is measured
/// against it: it only turns a hang into a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A running step. Killed when dropped.
pub struct Server {
    process: Process,
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
        Self::of(Process::start(Path::new(binary), flags))
    }

    /// The same, with its log going where nobody reads it any more.
    pub fn start_unheard(binary: &str, flags: &[&str]) -> Self {
        Self::of(Process::start_unheard(Path::new(binary), flags))
    }

    fn of(process: io::Result<Process>) -> Self {
        let process = process.unwrap_or_else(|error| panic!("{error}"));
        Server {
            process,
            agent: agent(),
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
        connection
            .write_all(&request_of("POST /convert", jpeg))
            .unwrap();
        connection
    }

    /// A bare connection, for requests that no client library would send.
    pub fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.process.address()).unwrap();
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

    /// Waits until so many conversions have begun since the server did, whether or not the first of
    /// them have ended by then.
    pub fn wait_for_begun(&self, wanted: u32) {
        self.wait_for("the conversions to begin", || {
            self.conversions_begun() >= f64::from(wanted)
        });
    }

    /// A counter or gauge of `/metrics`, zero when it is not there yet.
    pub fn metric(&self, name: &str) -> f64 {
        value_of(&self.get("/metrics").text(), name)
    }

    /// Memory that the process has in RAM, in bytes.
    pub fn memory(&self) -> u64 {
        self.process.memory().unwrap()
    }

    /// CPU time that the process has used, all threads together.
    pub fn cpu_time(&self) -> Duration {
        self.process.cpu_time().unwrap()
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
        self.process.signal(signal).unwrap();
    }

    /// Waits for the process to end by itself.
    pub fn wait(mut self) -> ExitStatus {
        let status = self.process.wait(PATIENCE).unwrap();
        status.expect("the server ends")
    }

    /// Asserts that the process lives and answers.
    pub fn assert_alive(&self) {
        assert_eq!(self.get("/healthz").status, 200);
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.process.address())
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

/// A client to which every answer is one, whatever its status.
pub fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        // A pooled connection may be one that the server has just closed.
        .max_idle_connections(0)
        .build()
        .into()
}

/// A request that sends a JPEG, for example `POST /convert`, as it goes over the wire.
pub fn request_of(line: &str, jpeg: &[u8]) -> Vec<u8> {
    let head = format!(
        "{line} HTTP/1.1\r\nhost: test\r\ncontent-type: image/jpeg\r\n\
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
