//! The measurements, each by turns over all services, so that whatever else the machine does hits
//! all alike.

use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use codec::fixtures::{GOOD, PHOTO, SMALL};
use contract::Process;
use hyper::body::Bytes;
use tokio::time::sleep;

use crate::client::Client;
use crate::drive::{Ask, Latencies, OpenLoop, Way, codec_alone, latencies, saturate};
use crate::results::{Health, Idle, Machine, Memory, Quantiles, Rate, Report, Saturation};
use crate::{Error, steps};

/// Connections that saturate a service.
const CONNECTIONS: usize = 16;

/// `GET /healthz` per second, of each event loop where it is asked of each.
const PROBES: f64 = 200.0;

/// Clients that leave at once: no more than there are places on one core.
const LEAVING: u64 = 16;

/// How much of everything, of what a whole run takes.
#[derive(Clone, Copy, Debug)]
pub struct Scale(pub f64);

impl Scale {
    fn span(self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds * self.0)
    }

    fn count(self, count: u64) -> u64 {
        ((count as f64 * self.0) as u64).max(1)
    }
}

/// A service that is measured.
pub struct Subject {
    /// What tables call it.
    pub name: String,
    /// Its binary.
    pub binary: PathBuf,
}

/// A service that runs.
struct Running<'a> {
    name: &'a str,
    server: Process,
    client: Client,
}

fn start(subjects: &[Subject], threads: usize) -> Result<Vec<Running<'_>>, Error> {
    subjects
        .iter()
        .map(|subject| {
            let server = steps::start(&subject.binary, threads)?;
            let client = Client::new(server.address());
            Ok(Running {
                name: &subject.name,
                server,
                client,
            })
        })
        .collect()
}

/// Measures everything, or with `only_saturation` the conversions per second, and of `beside` only
/// these; `say` is told what comes next.
pub async fn run(
    machine: Machine,
    subjects: &[Subject],
    beside: &[Subject],
    scale: Scale,
    only_saturation: bool,
    say: impl Fn(&str),
) -> Result<Report, Error> {
    let cores = machine.cores;
    let mut report = Report {
        machine,
        ..Report::default()
    };

    let services = start(subjects, cores)?;
    say("CPU while fresh");
    let fresh = idle(&services, scale).await?;
    say("saturation, by turns with the codec alone");
    let beside = start(beside, cores)?;
    let all: Vec<_> = services.iter().chain(&beside).collect();
    report.saturation = saturation(&all, cores, scale, &say).await?;
    drop(beside);
    if only_saturation {
        return Ok(report);
    }
    say("GET /healthz, idle and with conversions waiting");
    report.health = health(&services, cores, scale, &say).await?;
    say("open loop, below and above capacity");
    report.open_loop = open_loop(&services, &report.saturation, scale, &say).await?;
    drop(services);

    // Others, so that nothing is left of what was before.
    let services = start(subjects, cores)?;
    say("memory after small pictures");
    for service in &services {
        report.memory.push(memory(service, scale, &say).await?);
    }
    drop(services);

    let services = start(subjects, cores)?;
    let good = scale.count(100_000);
    for service in &services {
        say(&format!("{}: {good} tiny pictures", service.name));
        let tiny = tiny_picture();
        let all = saturate(&service.client, CONNECTIONS, Way::Convert, tiny, move |n| {
            n >= good
        })
        .await?;
        if all.refused > 0 {
            let (name, refused) = (service.name, all.refused);
            return Err(Error::Unfit(format!("{name} refused {refused} of them")));
        }
    }
    say("CPU after that");
    let after_good = idle(&services, scale).await?;
    let mut left = Vec::new();
    for service in &services {
        let clients = scale.count(1000);
        say(&format!("{}: {clients} clients that leave", service.name));
        left.push(leave(service, clients).await?);
    }
    say("CPU after that");
    let after_left = idle(&services, scale).await?;
    for (index, service) in services.iter().enumerate() {
        report.idle.push(Idle {
            service: service.name.into(),
            fresh: fresh[index],
            after_good: after_good[index],
            good,
            after_left: after_left[index],
            left: left[index],
            cpp_live: service.client.metric("cpp_live").await?,
        });
    }
    Ok(report)
}

async fn saturation(
    services: &[&Running<'_>],
    cores: usize,
    scale: Scale,
    say: &impl Fn(&str),
) -> Result<Vec<Saturation>, Error> {
    let rounds = scale.count(11);
    let span = scale.span(1.5).max(Duration::from_secs(1));
    let mut ways = Vec::new();
    for service in services {
        let (status, png_bytes) = service.client.convert(Bytes::from_static(PHOTO)).await?;
        if status != 200 {
            let name = service.name;
            return Err(Error::Unfit(format!(
                "{name} answers a photograph with {status}"
            )));
        }
        ways.push((service, Way::Convert, Some(png_bytes)));
        // Only where the service has such a thing.
        if Way::Keep.send(&service.client, SMALL).await? {
            ways.push((service, Way::Keep, None));
        }
    }
    // The codec alone has its turn before and after each service: a machine that is slower for some
    // seconds is so for both.
    let alone = || {
        let all = codec_alone(cores, PHOTO, span / 2);
        (all.per_second(), cpu_ms(all.cpu, all.good))
    };
    let mut codec = vec![Vec::new(); ways.len()];
    let mut codec_rates = vec![Vec::new(); ways.len()];
    let mut rates = vec![Vec::new(); ways.len()];
    let mut cpu = vec![Vec::new(); ways.len()];
    for round in 1..=rounds {
        say(&format!("  round {round} of {rounds}"));
        let mut before = alone();
        for (index, (service, way, _)) in ways.iter().enumerate() {
            let until = Instant::now() + span;
            let used = service.server.cpu_time().map_err(gone)?;
            let all = saturate(&service.client, CONNECTIONS, *way, PHOTO, move |_| {
                Instant::now() > until
            });
            let all = all.await?;
            let used = service.server.cpu_time().map_err(gone)? - used;
            rates[index].push(all.per_second());
            cpu[index].push(cpu_ms(used, all.good));
            let after = alone();
            codec_rates[index].push((before.0 + after.0) / 2.0);
            codec[index].push((before.1 + after.1) / 2.0);
            before = after;
        }
    }
    let png = codec::jpeg_to_png(PHOTO, codec::MAX_PIXELS);
    let png = png.map_err(|error| Error::Unfit(error.to_string()))?;
    let alone = Saturation {
        service: "codec alone".into(),
        per_second: median(codec_rates.concat()),
        rate_of_codec: 1.0,
        cpu_ms: median(codec.concat()),
        cpu_of_codec: 1.0,
        png_bytes: Some(png.len()),
        of_convert: None,
    };
    let part = |rates: &[f64], of: &[f64]| {
        let ratios = rates.iter().zip(of).map(|(rate, of)| rate / of);
        median(ratios.collect())
    };
    let rows = ways
        .iter()
        .enumerate()
        .map(|(row, (service, way, png_bytes))| {
            let (service, of_convert) = match way {
                Way::Convert => (service.name.into(), None),
                // The row before is the same service's.
                Way::Keep => {
                    let part = part(&rates[row], &rates[row - 1]);
                    (format!("{}, PUT", service.name), Some(part))
                }
            };
            Saturation {
                service,
                per_second: median(rates[row].clone()),
                rate_of_codec: part(&rates[row], &codec_rates[row]),
                cpu_ms: median(cpu[row].clone()),
                cpu_of_codec: part(&cpu[row], &codec[row]),
                png_bytes: *png_bytes,
                of_convert,
            }
        });
    Ok(std::iter::once(alone).chain(rows).collect())
}

async fn health(
    services: &[Running<'_>],
    cores: usize,
    scale: Scale,
    say: &impl Fn(&str),
) -> Result<Vec<Health>, Error> {
    let rounds = scale.count(3);
    let mut idle = vec![latencies(); services.len()];
    let mut loaded = vec![latencies(); services.len()];
    for round in 1..=rounds {
        say(&format!("  round {round} of {rounds}"));
        for (index, service) in services.iter().enumerate() {
            let probes = Probes::start(service, cores);
            sleep(scale.span(1.5)).await;
            probes.finish(&mut idle[index])?;

            // One on each core, and two more that wait for it.
            let until = Instant::now() + scale.span(3.0);
            let beside = saturate(&service.client, 3 * cores, Way::Convert, PHOTO, move |_| {
                Instant::now() > until
            });
            let probe = async {
                // The conversions are under way by then.
                sleep(Duration::from_millis(100)).await;
                let probes = Probes::start(service, cores);
                sleep(until.saturating_duration_since(Instant::now())).await;
                probes
            };
            let (beside, probes) = tokio::join!(beside, probe);
            beside?;
            probes.finish(&mut loaded[index])?;
        }
    }
    Ok(services
        .iter()
        .zip(idle.iter().zip(&loaded))
        .map(|(service, (idle, loaded))| Health {
            service: service.name.into(),
            idle: quantiles(idle),
            loaded: quantiles(loaded),
        })
        .collect())
}

/// `GET /healthz` of each event loop of a service.
struct Probes(Vec<OpenLoop>);

impl Probes {
    fn start(service: &Running<'_>, event_loops: usize) -> Self {
        let address = service.server.address();
        let probes = (0..event_loops)
            .map(|number| OpenLoop::start(address, Some(number), PROBES, Ask::Health));
        Probes(probes.collect())
    }

    /// Ends, and adds what the probes saw.
    fn finish(self, all: &mut Latencies) -> Result<(), Error> {
        for probe in self.0 {
            let some = probe.finish();
            let failed = some.failed + some.refused;
            if failed > 0 {
                return Err(Error::Unfit(format!("{failed} probes had no answer")));
            }
            all.add(&some.latencies)
                .map_err(|error| Error::Unfit(error.to_string()))?;
        }
        Ok(())
    }
}

async fn open_loop(
    services: &[Running<'_>],
    saturation: &[Saturation],
    scale: Scale,
    say: &impl Fn(&str),
) -> Result<Vec<Rate>, Error> {
    let mut rows = Vec::new();
    for of_capacity in [0.5, 1.5] {
        for service in services {
            let capacity = saturation.iter().find(|row| row.service == service.name);
            let rate = of_capacity * capacity.map_or(1.0, |row| row.per_second).max(1.0);
            say(&format!("  {} at {rate:.0} a second", service.name));
            let address = service.server.address();
            let convert = OpenLoop::start(address, None, rate, Ask::Convert(PHOTO));
            let probe = OpenLoop::start(address, None, PROBES, Ask::Health);
            sleep(scale.span(4.0)).await;
            let convert = convert.finish();
            let probe = probe.finish();
            let refused = convert.refused as f64;
            rows.push(Rate {
                service: service.name.into(),
                of_capacity,
                convert: quantiles(&convert.latencies),
                refused: refused / (refused + convert.latencies.len() as f64),
                health: quantiles(&probe.latencies),
            });
        }
    }
    Ok(rows)
}

async fn memory(service: &Running<'_>, scale: Scale, say: &impl Fn(&str)) -> Result<Memory, Error> {
    let conversions = scale.count(10_000).max(10);
    say(&format!("  {}, {conversions} pictures", service.name));
    let early = conversions / 10;
    saturate(
        &service.client,
        CONNECTIONS,
        Way::Convert,
        SMALL,
        move |n| n >= early,
    )
    .await?;
    let early_memory = service.server.memory().map_err(gone)?;
    let rest = conversions - early;
    saturate(
        &service.client,
        CONNECTIONS,
        Way::Convert,
        SMALL,
        move |n| n >= rest,
    )
    .await?;
    Ok(Memory {
        service: service.name.into(),
        early: early_memory,
        late: service.server.memory().map_err(gone)?,
        conversions,
    })
}

/// CPU seconds per second of all services while none has anything to do.
async fn idle(services: &[Running<'_>], scale: Scale) -> Result<Vec<f64>, Error> {
    // What was begun before is to end.
    sleep(Duration::from_millis(500)).await;
    let times = || services.iter().map(|s| s.server.cpu_time());
    let before: Vec<_> = times().collect::<Result<_, _>>().map_err(gone)?;
    let begun = Instant::now();
    sleep(scale.span(5.0).max(Duration::from_secs(1))).await;
    let span = begun.elapsed().as_secs_f64();
    let after: Vec<_> = times().collect::<Result<_, _>>().map_err(gone)?;
    let used = after.iter().zip(before);
    Ok(used
        .map(|(after, before)| (*after - before).as_secs_f64() / span)
        .collect())
}

fn gone(source: std::io::Error) -> Error {
    Error::io("a service has ended while it was measured")(source)
}

/// Sends whole pictures and hangs up while they are converted; gives how many the server noticed.
async fn leave(service: &Running<'_>, clients: u64) -> Result<f64, Error> {
    let cancelled = "conversions_total{outcome=\"cancelled\"}";
    let address = service.server.address();
    let mut sent = 0;
    while sent < clients {
        let batch = LEAVING.min(clients - sent);
        let connections: Vec<TcpStream> = (0..batch)
            .map(|_| begin_convert(address))
            .collect::<Result<_, _>>()
            .map_err(Error::io("cannot send a picture"))?;
        sleep(Duration::from_millis(5)).await;
        drop(connections);
        sent += batch;
        settle(service).await?;
    }
    service.client.metric(cancelled).await
}

fn begin_convert(address: std::net::SocketAddr) -> std::io::Result<TcpStream> {
    let length = PHOTO.len();
    let head = format!(
        "POST /convert HTTP/1.1\r\nhost: bench\r\ncontent-type: image/jpeg\r\n\
         content-length: {length}\r\n\r\n"
    );
    let mut connection = TcpStream::connect(address)?;
    connection.write_all(head.as_bytes())?;
    connection.write_all(PHOTO)?;
    Ok(connection)
}

/// Waits until the server has nothing in hand, ten seconds at most: what is left then is told.
async fn settle(service: &Running<'_>) -> Result<(), Error> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(10) {
        let client = &service.client;
        if client.metric("conversions_in_flight").await? + client.metric("cpp_live").await? == 0.0 {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// The smallest picture that there is.
fn tiny_picture() -> &'static [u8] {
    let smallest = GOOD.iter().min_by_key(|(_, bytes)| bytes.len());
    smallest.map_or(SMALL, |(_, bytes)| bytes)
}

fn quantiles(latencies: &Latencies) -> Quantiles {
    let ms = |microseconds: u64| microseconds as f64 / 1000.0;
    Quantiles {
        p50: ms(latencies.value_at_quantile(0.5)),
        p99: ms(latencies.value_at_quantile(0.99)),
        max: ms(latencies.max()),
    }
}

/// CPU time for each of so many conversions, in milliseconds.
fn cpu_ms(used: Duration, conversions: usize) -> f64 {
    used.as_secs_f64() * 1000.0 / conversions as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
