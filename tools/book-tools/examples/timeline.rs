//! Records a step at work, and draws which thread ran when.
//!
//! ```text
//! timeline BINARY TITLE REQUEST OUTPUT.svg
//! ```
//!
//! The step is sent the same slow picture twice, by REQUEST, for example `POST /convert`, while
//! something asks for `/healthz` every tenth of a second. Three things are recorded: the beats of the
//! event loop's heart, which the service tells of itself on `/events`; the requests, from sending to
//! answer; and, from the system, how long each thread of the process has run by now, asked every
//! other millisecond: so one that ran for microseconds is seen too.

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

/// How often the system is asked how long each thread has run.
const SAMPLE: Duration = Duration::from_millis(2);
/// The kernel counts for a thread that is running from tick to tick: what is closer than this, in
/// milliseconds, is one span.
const TICK: f64 = 12.0;
/// A thread that ran for less, in milliseconds, is no thread of the pool's that converts.
const BUSY: f64 = 50.0;
/// How often `/healthz` is asked.
const ASK: Duration = Duration::from_millis(100);
/// How long before the first picture, and after the last.
const QUIET: Duration = Duration::from_millis(500);

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match &arguments[..] {
        [binary, title, request, output] => {
            record(binary, request).and_then(|run| Ok(fs::write(output, run.svg(title, request))?))
        }
        _ => Err("usage: timeline BINARY TITLE REQUEST OUTPUT.svg".into()),
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
    /// The name of each lane of threads, and when they ran.
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

fn start(binary: &str) -> Result<Server, Failure> {
    let mut child = Command::new(binary)
        .args(["--port", "0", "--workers", "1", "--pool-threads", "2"])
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
    if !answer.starts_with(b"HTTP/1.1 20") {
        return Err(format!("answered {}", String::from_utf8_lossy(&answer)).into());
    }
    Ok(())
}

fn record(binary: &str, request: &str) -> Result<Run, Failure> {
    // Made before the recording: that takes seconds.
    let request = contract::request_of(request, contract::pictures::slow());
    let server = start(binary)?;
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

/// A thread as it was seen.
#[derive(Default)]
struct Thread {
    name: String,
    /// How long it had run when it was last asked, in milliseconds, and when that was.
    ran: f64,
    asked: f64,
    spans: Vec<Span>,
}

/// Notes which threads of a process have run since it was last asked, by their numbers.
fn sample(process: u32, now: f64, threads: &mut BTreeMap<u32, Thread>) {
    let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else {
        return;
    };
    for task in tasks.flatten() {
        let read = |file: &str| fs::read_to_string(task.path().join(file)).ok();
        let number = task.file_name().to_str().and_then(|name| name.parse().ok());
        // The first number is the time on a processor, in nanoseconds.
        let nanoseconds: Option<f64> =
            read("schedstat").and_then(|numbers| numbers.split_whitespace().next()?.parse().ok());
        let (Some(number), Some(name), Some(nanoseconds)) = (number, read("comm"), nanoseconds)
        else {
            continue;
        };
        let ran = nanoseconds / 1e6;
        let thread = threads.entry(number).or_insert_with(|| Thread {
            ran,
            asked: now,
            ..Thread::default()
        });
        // A thread names itself only once it runs.
        thread.name = name.trim().to_owned();
        if ran > thread.ran {
            let begun = (now - (ran - thread.ran)).max(thread.asked);
            match thread.spans.last_mut() {
                Some((_, end)) if begun - *end < TICK => *end = now,
                _ => thread.spans.push((begun, now)),
            }
        }
        (thread.ran, thread.asked) = (ran, now);
    }
}

/// The lanes: the event loop, the threads that converted, and those of the store, if there is one.
fn named(threads: BTreeMap<u32, Thread>) -> Vec<(String, Vec<Span>)> {
    let mut lanes = Vec::new();
    let mut pool = 0;
    let mut store = Vec::new();
    for thread in threads.into_values() {
        let busy: f64 = thread.spans.iter().map(|(from, to)| to - from).sum();
        if thread.name.starts_with("actix-rt") {
            lanes.insert(0, ("event loop".to_owned(), thread.spans));
        } else if thread.name == "store" {
            store.extend(thread.spans);
        } else if busy > BUSY {
            pool += 1;
            lanes.push((format!("pool thread {pool}"), thread.spans));
        }
    }
    if !store.is_empty() {
        lanes.push(("store".to_owned(), store));
    }
    lanes
}

impl Run {
    fn svg(&self, title: &str, request: &str) -> String {
        const LEFT: f64 = 150.0;
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
                (x(to) - x(from)).max(1.6)
            );
        };
        let mut row = 0;
        let y = lane(request, row);
        for &span in &self.pictures {
            bar("wait", span, y + 5.0, 12.0);
        }
        row += 1;
        let y = lane("GET /healthz", row);
        for (place, &span) in self.healths.iter().enumerate() {
            // Under each other, for while the loop is blocked many wait at once. An answer of less
            // than a millisecond should be seen, too.
            let (from, to) = span;
            let seen = (from, to.max(from + self.length / 240.0));
            bar("wait", seen, y + 1.0 + (place % 10) as f64 * 2.0, 1.8);
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
        let y = bottom + 34.0;
        let legend = [
            ("wait", "a request that waits"),
            ("work", "a thread at work"),
            ("blocked", "an event loop, blocked"),
            ("beat", "a heartbeat"),
        ];
        for (place, (class, words)) in legend.iter().enumerate() {
            let x = LEFT + place as f64 * 185.0;
            let key = match *class {
                "beat" => format!(
                    r#"<circle class="key beat" cx="{:.0}" cy="{y}" r="2.6"/>"#,
                    x + 7.0
                ),
                _ => format!(
                    r#"<rect class="busy {class}" x="{x:.0}" y="{:.0}" width="14" height="8"/>"#,
                    y - 4.0
                ),
            };
            let _ = write!(
                axis,
                r#"{key}<text x="{:.0}" y="{:.0}">{words}</text>"#,
                x + 20.0,
                y + 4.0
            );
        }
        let slowest = self
            .healths
            .iter()
            .map(|(from, to)| to - from)
            .fold(0.0, f64::max);
        let took = self.pictures.iter();
        let took: Vec<_> = took
            .map(|(from, to)| format!("{:.0} ms", to - from))
            .collect();
        let lanes: Vec<_> = self.threads.iter().map(|(name, _)| name.as_str()).collect();
        format!(
            concat!(
                r#"<svg class="timeline" role="img" viewBox="0 0 {width} {height}" style="max-width:{width}px;min-width:620px" xmlns="http://www.w3.org/2000/svg">"#,
                "\n<title>{title}</title>\n<desc>A recorded run. A slow picture is sent by {request}, and once it is answered sent again, while healthz is asked for every tenth of a second. ",
                "Lanes: {request}, which takes {took}; requests for healthz; {lanes}; and the beats of the event loop's heart. The slowest answer of healthz took {slowest:.0} ms.</desc>\n",
                "{body}\n{marks}\n{axis}\n</svg>\n"
            ),
            width = LEFT + WIDTH + 20.0,
            height = bottom + 46.0,
            title = title,
            request = request,
            took = took.join(" and "),
            lanes = lanes.join(", "),
            slowest = slowest,
            body = body,
            marks = marks,
            axis = axis,
        )
    }
}
