//! Records a step at work, and draws which thread ran when.
//!
//! ```text
//! timeline BINARY TITLE OUTPUT.svg [FLAG]…
//! ```
//!
//! The step converts one slow picture after the other while something asks for `/healthz` every
//! tenth of a second. Three things are recorded: the beats of the event loop's heart, which the
//! service tells of itself on `/events`; the requests, from sending to answer; and, from the
//! system, which threads of the process are running, looked at every other millisecond.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How often the system is asked which threads run.
const SAMPLE: Duration = Duration::from_millis(2);
/// How often `/healthz` is asked.
const ASK: Duration = Duration::from_millis(100);
/// How long before the first picture, and after the last.
const QUIET: Duration = Duration::from_millis(500);

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match &arguments[..] {
        [binary, title, output, flags @ ..] => {
            record(binary, flags).and_then(|run| Ok(fs::write(output, run.svg(title))?))
        }
        _ => Err("usage: timeline BINARY TITLE OUTPUT.svg [FLAG]…".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("timeline: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A span of a run, in milliseconds.
type Span = (f64, f64);

/// What was recorded.
struct Run {
    /// The name of each thread that ran for long enough, and when it ran.
    threads: Vec<(String, Vec<Span>)>,
    beats: Vec<f64>,
    pictures: Vec<Span>,
    healths: Vec<Span>,
    length: f64,
}

struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(binary: &str, flags: &[String]) -> Result<Server, Failure> {
    let mut child = Command::new(binary)
        .args(["--port", "0", "--workers", "1", "--pool-threads", "2"])
        .args(flags)
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    let stdout = child.stdout.take().ok_or("no standard output")?;
    BufReader::new(stdout).read_line(&mut line)?;
    let address = line.trim().strip_prefix("listening on http://");
    let address = address
        .ok_or("the step did not say where it listens")?
        .into();
    Ok(Server { child, address })
}

/// Sends a request, and waits for its answer.
fn exchange(address: &str, request: &[u8]) -> Result<(), Failure> {
    let mut connection = TcpStream::connect(address)?;
    connection.write_all(request)?;
    let mut answer = [0; 12];
    connection.read_exact(&mut answer)?;
    if &answer != b"HTTP/1.1 200" {
        return Err(format!("answered {}", String::from_utf8_lossy(&answer)).into());
    }
    Ok(())
}

fn record(binary: &str, flags: &[String]) -> Result<Run, Failure> {
    // Made before the recording: that takes seconds.
    let request = contract::request_of(contract::pictures::slow());
    let server = start(binary, flags)?;
    let begun = Instant::now();
    let now = move || begun.elapsed().as_secs_f64() * 1000.0;
    let over = Arc::new(AtomicBool::new(false));

    let beats = Arc::new(Mutex::new(Vec::new()));
    let listener = {
        let (beats, address) = (beats.clone(), server.address.clone());
        thread::spawn(move || listen(&address, &beats, now))
    };
    let sampler = {
        let (over, process) = (over.clone(), server.child.id());
        thread::spawn(move || {
            let mut threads = BTreeMap::new();
            while !over.load(Ordering::Relaxed) {
                sample(process, now(), &mut threads);
                thread::sleep(SAMPLE);
            }
            threads
        })
    };
    let healths = {
        let (over, address) = (over.clone(), server.address.clone());
        thread::spawn(move || {
            let mut waiting = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let address = address.clone();
                waiting.push(thread::spawn(move || {
                    let sent = now();
                    exchange(&address, b"GET /healthz HTTP/1.1\r\nhost: book\r\n\r\n")
                        .map(|()| (sent, now()))
                }));
                thread::sleep(ASK);
            }
            waiting
        })
    };

    thread::sleep(QUIET);
    let mut pictures = Vec::new();
    for _ in 0..2 {
        let sent = now();
        exchange(&server.address, &request)?;
        pictures.push((sent, now()));
        thread::sleep(QUIET);
    }
    over.store(true, Ordering::Relaxed);
    let length = now();

    let joined = |_| Failure::from("a recording thread panicked");
    let threads = sampler.join().map_err(joined)?;
    let waiting = healths.join().map_err(joined)?;
    let healths = waiting
        .into_iter()
        .map(|asked| asked.join().map_err(joined)?)
        .collect::<Result<Vec<_>, _>>()?;
    drop(server);
    let _ = listener.join();

    let beats: Vec<(f64, f64)> =
        std::mem::take(&mut *beats.lock().unwrap_or_else(|e| e.into_inner()));
    Ok(Run {
        threads: named(threads),
        // The service counts from its own start; the two clocks agree at the first beat heard,
        // when nothing is in the way.
        beats: match beats.first() {
            Some(&(heard, at)) => beats.iter().map(|(_, time)| time - at + heard).collect(),
            None => Vec::new(),
        },
        pictures,
        healths,
        length,
    })
}

/// Notes each beat: when it was heard, and when it was by the service's own clock.
fn listen(
    address: &str,
    beats: &Mutex<Vec<(f64, f64)>>,
    now: impl Fn() -> f64,
) -> Result<(), Failure> {
    let mut connection = TcpStream::connect(address)?;
    connection.write_all(b"GET /events HTTP/1.1\r\nhost: book\r\n\r\n")?;
    for line in BufReader::new(connection).lines() {
        let line = line?;
        let Some(event) = line.strip_prefix("data: ") else {
            continue;
        };
        let event: serde_json::Value = serde_json::from_str(event)?;
        if let Some(at) = event["at_ms"].as_f64() {
            let mut beats = beats.lock().unwrap_or_else(|e| e.into_inner());
            beats.push((now(), at));
        }
    }
    Ok(())
}

/// Notes which threads of a process are running now, by their numbers.
fn sample(process: u32, now: f64, threads: &mut BTreeMap<u32, (String, Vec<f64>)>) {
    let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else {
        return;
    };
    for task in tasks.flatten() {
        let Ok(stat) = fs::read_to_string(task.path().join("stat")) else {
            continue;
        };
        let number = task.file_name().to_str().and_then(|name| name.parse().ok());
        let (Some(number), Some((head, rest))) = (number, stat.rsplit_once(')')) else {
            continue;
        };
        let name = head.split_once('(').map_or("", |(_, name)| name);
        let (known, ran) = threads.entry(number).or_default();
        // A thread names itself only once it runs.
        name.clone_into(known);
        if rest.trim_start().starts_with('R') {
            ran.push(now);
        }
    }
}

/// The threads worth a lane: the event loop, and all that ran for more than a moment.
fn named(threads: BTreeMap<u32, (String, Vec<f64>)>) -> Vec<(String, Vec<Span>)> {
    let mut pool = 0;
    threads
        .into_values()
        .filter_map(|(name, samples)| {
            let event_loop = name.starts_with("actix-rt");
            let busy = samples.len() > 50;
            let name = match event_loop {
                true => "event loop".to_owned(),
                false if busy => {
                    pool += 1;
                    format!("pool thread {pool}")
                }
                false => return None,
            };
            Some((name, spans(&samples)))
        })
        .collect()
}

/// Samples that follow each other closely, as spans.
fn spans(samples: &[f64]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for &at in samples {
        match spans.last_mut() {
            Some((_, end)) if at - *end < 12.0 => *end = at,
            _ => spans.push((at, at)),
        }
    }
    spans
}

impl Run {
    fn svg(&self, title: &str) -> String {
        const LEFT: f64 = 130.0;
        const WIDTH: f64 = 720.0;
        const LANE: f64 = 34.0;
        let x = |ms: f64| LEFT + ms / self.length * WIDTH;
        let mut body = String::new();
        let mut lane = |name: &str, row: usize| {
            let y = 16.0 + row as f64 * LANE;
            let _ = write!(
                body,
                r#"<text x="8" y="{:.0}">{name}</text><rect class="lane" x="{LEFT}" y="{y:.0}" width="{WIDTH}" height="22"/>"#,
                y + 15.0
            );
            y
        };
        let mut marks = String::new();
        let mut bar = |class: &str, (from, to): Span, y: f64, height: f64| {
            let _ = write!(
                marks,
                r#"<rect class="busy {class}" x="{:.1}" y="{y:.1}" width="{:.1}" height="{height}"/>"#,
                x(from),
                (x(to) - x(from)).max(1.2)
            );
        };
        let mut row = 0;
        let y = lane("pictures", row);
        for &span in &self.pictures {
            bar("wait", span, y + 5.0, 12.0);
        }
        row += 1;
        let y = lane("GET /healthz", row);
        for (place, &span) in self.healths.iter().enumerate() {
            // Under each other, for while the loop is blocked many wait at once.
            bar("wait", span, y + 1.0 + (place % 10) as f64 * 2.0, 1.8);
        }
        let blocked = |(from, to): Span| to - from > 150.0;
        for (name, ran) in &self.threads {
            row += 1;
            let y = lane(name, row);
            for &span in ran {
                let class = match name == "event loop" && blocked(span) {
                    true => "blocked",
                    false => "work",
                };
                bar(class, span, y + 5.0, 12.0);
            }
        }
        row += 1;
        let y = lane("heartbeat", row);
        for &beat in self
            .beats
            .iter()
            .filter(|&&beat| (0.0..self.length).contains(&beat))
        {
            let _ = write!(
                marks,
                r#"<circle class="beat" cx="{:.1}" cy="{:.1}" r="2.6"/>"#,
                x(beat),
                y + 11.0
            );
        }
        let bottom = 16.0 + (row + 1) as f64 * LANE;
        let mut axis = String::new();
        let step = if self.length > 5000.0 { 1000.0 } else { 500.0 };
        for tick in 0..=(self.length / step) as usize {
            let ms = tick as f64 * step;
            let _ = write!(
                axis,
                r#"<line class="axis" x1="{0:.1}" y1="{bottom:.0}" x2="{0:.1}" y2="{1:.0}"/><text x="{0:.1}" y="{2:.0}" text-anchor="middle">{3} s</text>"#,
                x(ms),
                bottom + 5.0,
                bottom + 18.0,
                ms / 1000.0
            );
        }
        let slowest = self
            .healths
            .iter()
            .map(|(from, to)| to - from)
            .fold(0.0, f64::max);
        let lanes: Vec<_> = self.threads.iter().map(|(name, _)| name.as_str()).collect();
        format!(
            concat!(
                r#"<svg class="timeline" role="img" viewBox="0 0 {width} {height}" style="max-width:{width}px;min-width:620px" xmlns="http://www.w3.org/2000/svg">"#,
                "\n<title>{title}</title>\n<desc>A recorded run. {pictures} slow pictures are converted one after the other while healthz is asked for every tenth of a second. ",
                "Lanes: requests for pictures, requests for healthz, {lanes}, and the beats of the event loop's heart. The slowest answer of healthz took {slowest:.0} ms.</desc>\n",
                "{body}\n{marks}\n{axis}\n</svg>\n"
            ),
            width = LEFT + WIDTH + 20.0,
            height = bottom + 26.0,
            title = title,
            pictures = self.pictures.len(),
            lanes = lanes.join(", "),
            slowest = slowest,
            body = body,
            marks = marks,
            axis = axis,
        )
    }
}
