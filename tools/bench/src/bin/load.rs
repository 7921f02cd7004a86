//! Drives one service while one looks on: for the workshop.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bench::client::Client;
use bench::drive::{Latencies, latencies};
use bench::{Error, steps};
use clap::Parser;
use codec::fixtures::PHOTO;
use hyper::body::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Sends pictures to a step for a while, and shows how it fares.
#[derive(Parser)]
struct Flags {
    /// The number of a step, which is then built and started, or the URL of one that runs.
    target: String,

    /// For how long.
    #[arg(long, default_value_t = 30)]
    seconds: u64,

    /// Connections that send, each as soon as it has its answer.
    #[arg(long, default_value_t = 16)]
    connections: usize,
}

/// What is counted meanwhile.
#[derive(Default)]
struct Counts {
    converted: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    in_flight: AtomicU64,
    probes: AtomicU64,
    /// The latest probes, until they are shown.
    health: Timed,
    /// How long each conversion took.
    conversions: Timed,
}

/// How long each of something took, until it is shown.
#[derive(Default)]
struct Timed(Mutex<Vec<Duration>>);

impl Timed {
    fn note(&self, took: Duration) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(took);
    }

    /// What came since the last time, sorted; and into the figures of all.
    fn take_into(&self, all: &mut Latencies) -> Vec<Duration> {
        let mut taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        taken.sort_unstable();
        for took in &taken {
            all.saturating_record(took.as_micros() as u64);
        }
        taken
    }
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Error> {
    let (server, address) = match flags.target.parse() {
        Ok(number) => {
            let step = steps::number(number)?;
            eprintln!("building and starting {}", step.name);
            let binary = steps::build(&step)?.expect("no executor was asked for");
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            let server = steps::start(&binary, threads)?;
            let address = server.address();
            (Some(server), address)
        }
        Err(_) => (None, address_of(&flags.target)?),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("cannot make an event loop"))?;
    let result = runtime.block_on(drive(flags, address));
    drop(server);
    result
}

fn address_of(url: &str) -> Result<SocketAddr, Error> {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let unfit = || {
        Error::Unfit(format!(
            "{url} is neither a step's number nor a URL like http://127.0.0.1:8765"
        ))
    };
    std::net::ToSocketAddrs::to_socket_addrs(host)
        .map_err(|_| unfit())?
        .next()
        .ok_or_else(unfit)
}

async fn drive(flags: &Flags, address: SocketAddr) -> Result<(), Error> {
    let client = Client::new(address);
    // Nothing to drive is an error now, not thirty seconds of failures.
    client.get("/healthz").await?;

    let counts = Arc::new(Counts::default());
    for _ in 0..flags.connections {
        tokio::spawn(send(client.clone(), counts.clone()));
    }
    tokio::spawn(probe(Client::new(address), counts.clone()));

    let bar = ProgressBar::new(flags.seconds).with_style(
        ProgressStyle::with_template("{bar:30} {pos:>3}/{len} s  {msg}")
            .expect("the template is good"),
    );
    let plain = !std::io::stderr().is_terminal();
    let mut all = latencies();
    let mut conversions = latencies();
    let begun = Instant::now();
    let mut before = 0;
    for second in 1..=flags.seconds {
        sleep(Duration::from_secs(second).saturating_sub(begun.elapsed())).await;
        let converted = counts.converted.load(Ordering::Relaxed);
        let worst = counts.health.take_into(&mut all).last().copied();
        let taken = counts.conversions.take_into(&mut conversions);
        let middle = taken.get(taken.len() / 2).copied();
        let line = format!(
            "{:>4} conversions/s of {}  {:>2} in flight  {} refused  {} failed  healthz {}",
            converted - before,
            middle.map_or("-".into(), |middle| format!("{middle:.0?}")),
            counts.in_flight.load(Ordering::Relaxed),
            counts.refused.load(Ordering::Relaxed),
            counts.failed.load(Ordering::Relaxed),
            worst.map_or("no answer".into(), |worst| format!("{worst:.1?}")),
        );
        before = converted;
        match plain {
            true => eprintln!("{second:>3}/{} s  {line}", flags.seconds),
            false => {
                bar.set_position(second);
                bar.set_message(line);
            }
        }
    }
    bar.finish();

    let ms = |micros: u64| micros as f64 / 1000.0;
    println!(
        "{:.1} conversions/s, p50 {:.0} ms, p99 {:.0} ms; {} refused, {} failed",
        before as f64 / begun.elapsed().as_secs_f64(),
        ms(conversions.value_at_quantile(0.5)),
        ms(conversions.value_at_quantile(0.99)),
        counts.refused.load(Ordering::Relaxed),
        counts.failed.load(Ordering::Relaxed),
    );
    println!(
        "healthz p50 {:.1} ms, p99 {:.1} ms; {} of {} answered",
        ms(all.value_at_quantile(0.5)),
        ms(all.value_at_quantile(0.99)),
        all.len(),
        counts.probes.load(Ordering::Relaxed),
    );
    Ok(())
}

async fn send(client: Client, counts: Arc<Counts>) {
    loop {
        counts.in_flight.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        let answer = client.convert(Bytes::from_static(PHOTO)).await;
        counts.in_flight.fetch_sub(1, Ordering::Relaxed);
        match answer {
            Ok((200, _)) => {
                counts.conversions.note(begun.elapsed());
                counts.converted.fetch_add(1, Ordering::Relaxed)
            }
            Ok(_) => counts.refused.fetch_add(1, Ordering::Relaxed),
            Err(_) => counts.failed.fetch_add(1, Ordering::Relaxed),
        };
        if !matches!(answer, Ok((200, _))) {
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Ten times a second, however long the answers take.
async fn probe(client: Client, counts: Arc<Counts>) {
    let mut ticks = interval(Duration::from_millis(100));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    loop {
        let due = ticks.tick().await;
        counts.probes.fetch_add(1, Ordering::Relaxed);
        let (client, counts) = (client.clone(), counts.clone());
        tokio::spawn(async move {
            if let Ok((200, _)) = client.get("/healthz").await {
                counts.health.note(due.elapsed());
            }
        });
    }
}
