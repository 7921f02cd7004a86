//! Load: as much as a service takes, or so much and no less.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use hyper::body::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::Error;
use crate::client::Client;

/// Latencies in microseconds, up to ten minutes, to three digits.
pub type Latencies = Histogram<u64>;

/// An empty histogram.
pub fn latencies() -> Latencies {
    let mut histogram =
        Histogram::new_with_bounds(1, 600_000_000, 3).expect("the bounds are in order");
    histogram.auto(true);
    histogram
}

/// What a closed loop came to.
pub struct Finished {
    /// When it began to send.
    begun: Instant,
    /// When the last good answer was there.
    ended: Instant,
    /// Good answers.
    pub good: usize,
    /// CPU time of the threads that did it; of a service not, which has its own process.
    pub cpu: Duration,
    /// Answers of any other status.
    pub refused: usize,
}

impl Finished {
    fn begin() -> Self {
        let now = Instant::now();
        Finished {
            begun: now,
            ended: now,
            good: 0,
            cpu: Duration::ZERO,
            refused: 0,
        }
    }

    fn note_good(&mut self) {
        self.good += 1;
        self.ended = Instant::now();
    }

    fn add(&mut self, other: &Finished) {
        self.good += other.good;
        self.cpu += other.cpu;
        self.refused += other.refused;
        self.ended = self.ended.max(other.ended);
    }

    /// Good answers per second, from the first request to the last answer: not from the first
    /// answer, for where many conversions share the cores the first answers come late, and together.
    pub fn per_second(&self) -> f64 {
        match (self.ended - self.begun).as_secs_f64() {
            0.0 => 0.0,
            span => self.good as f64 / span,
        }
    }
}

/// What becomes of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// `POST /convert`.
    Convert,
    /// `PUT /images/{name}`, each time under a name of its own, and then `DELETE`, so that the
    /// service does not grow.
    Keep,
}

impl Way {
    /// Sends a picture, and tells whether it was converted.
    pub async fn send(self, client: &Client, jpeg: &'static [u8]) -> Result<bool, Error> {
        static NAMES: AtomicU64 = AtomicU64::new(0);
        let jpeg = Bytes::from_static(jpeg);
        if self == Way::Convert {
            return Ok(client.convert(jpeg).await?.0 == 200);
        }
        let path = format!("/images/{}.png", NAMES.fetch_add(1, Ordering::Relaxed));
        let kept = client.put(&path, jpeg).await? == 201;
        Ok(kept && client.delete(&path).await? == 204)
    }
}

/// Saturation: so many connections, each of which sends as soon as it has its answer.
pub async fn saturate(
    client: &Client,
    connections: usize,
    way: Way,
    jpeg: &'static [u8],
    until: impl Fn(u64) -> bool + Clone + Send + 'static,
) -> Result<Finished, Error> {
    let sent = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    let mut all = Finished::begin();
    for _ in 0..connections {
        let (client, sent, until) = (client.clone(), sent.clone(), until.clone());
        tasks.spawn(async move {
            let mut finished = Finished::begin();
            while !until(sent.fetch_add(1, Ordering::Relaxed)) {
                match way.send(&client, jpeg).await? {
                    true => finished.note_good(),
                    false => {
                        finished.refused += 1;
                        // What a polite client does, though it was asked to wait longer.
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                }
            }
            Ok(finished)
        });
    }
    while let Some(finished) = tasks.join_next().await {
        let finished = finished.expect("a connection does not panic")?;
        all.add(&finished);
    }
    Ok(all)
}

/// CPU time of this thread so far.
fn thread_cpu() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a variable of ours.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The codec alone, in so many threads: what no service can be faster than.
pub fn codec_alone(threads: usize, jpeg: &'static [u8], span: Duration) -> Finished {
    let mut all = Finished::begin();
    let until = all.begun + span;
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            thread::spawn(move || {
                let mut finished = Finished::begin();
                let before = thread_cpu();
                while Instant::now() < until {
                    if codec::jpeg_to_png(jpeg, codec::MAX_PIXELS).is_ok() {
                        finished.note_good();
                    }
                }
                finished.cpu = thread_cpu() - before;
                finished
            })
        })
        .collect();
    for worker in workers {
        all.add(&worker.join().expect("the codec does not panic"));
    }
    all
}

/// What an open loop asks for.
#[derive(Clone, Copy)]
pub enum Ask {
    /// `GET /healthz`.
    Health,
    /// `POST /convert` with this picture.
    Convert(&'static [u8]),
}

/// What an open loop came to.
pub struct Opened {
    /// From when a request was due to its good answer: a server that stands still is charged for
    /// all that should have been sent meanwhile.
    pub latencies: Latencies,
    /// Answers of another status, 503 for the most part.
    pub refused: u64,
    /// Requests without an answer.
    pub failed: u64,
}

/// An open loop in threads of its own: it sends at a fixed rate, whether or not answers come.
pub struct OpenLoop {
    stop: Arc<AtomicBool>,
    worker: JoinHandle<Opened>,
}

impl OpenLoop {
    /// Begins to send so many requests a second. Those for an event loop of its own go on
    /// connections that this loop serves, unless it is so late that they are not enough.
    pub fn start(
        address: SocketAddr,
        event_loop: Option<usize>,
        per_second: f64,
        ask: Ask,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (send, receive) = mpsc::unbounded_channel();
        let stopped = stop.clone();
        // Tokio's timers tick in milliseconds, which is more than an answer takes: so the pace
        // comes from a thread that sleeps.
        thread::spawn(move || pace(per_second, &stopped, &send));
        let worker = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("an event loop can be made");
            runtime.block_on(send_when_due(address, event_loop, ask, receive))
        });
        OpenLoop { stop, worker }
    }

    /// Stops sending, and waits for the answers that are still to come.
    pub fn finish(self) -> Opened {
        self.stop.store(true, Ordering::Relaxed);
        self.worker.join().expect("an open loop does not panic")
    }
}

fn pace(per_second: f64, stop: &AtomicBool, due: &mpsc::UnboundedSender<Instant>) {
    let begun = Instant::now();
    for number in 0u64.. {
        let next = begun + Duration::from_secs_f64(number as f64 / per_second);
        thread::sleep(next.saturating_duration_since(Instant::now()));
        if stop.load(Ordering::Relaxed) || due.send(next).is_err() {
            return;
        }
    }
}

async fn send_when_due(
    address: SocketAddr,
    event_loop: Option<usize>,
    ask: Ask,
    mut due: mpsc::UnboundedReceiver<Instant>,
) -> Opened {
    let client = Client::new(address);
    let mut answers = JoinSet::new();
    let mut opened = Opened {
        latencies: latencies(),
        refused: 0,
        failed: 0,
    };
    if let Some(event_loop) = event_loop {
        if client.keep_to(event_loop).await.is_err() {
            opened.failed += 1;
        }
        // Due while the connections were made: nobody was to ask yet.
        while due.try_recv().is_ok() {}
    }
    loop {
        tokio::select! {
            next = due.recv() => {
                let Some(next) = next else { break };
                let client = client.clone();
                answers.spawn(async move {
                    let status = match ask {
                        Ask::Health => client.get("/healthz").await.map(|(status, _)| status),
                        Ask::Convert(jpeg) => {
                            let answer = client.convert(Bytes::from_static(jpeg)).await;
                            answer.map(|(status, _)| status)
                        }
                    };
                    (status, next.elapsed())
                });
            }
            Some(answer) = answers.join_next() => opened.note(answer),
        }
    }
    while let Some(answer) = answers.join_next().await {
        opened.note(answer);
    }
    opened
}

impl Opened {
    fn note(&mut self, answer: Result<(Result<u16, Error>, Duration), tokio::task::JoinError>) {
        match answer {
            Ok((Ok(200), took)) => self.latencies.saturating_record(took.as_micros() as u64),
            Ok((Ok(_), _)) => self.refused += 1,
            _ => self.failed += 1,
        }
    }
}
