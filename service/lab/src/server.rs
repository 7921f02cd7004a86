//! Starts, runs and stops the server of a step.

use std::io::{self, IsTerminal, Write};
use std::panic::resume_unwind;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, get, rt};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::heartbeat::{self, beat};
use crate::{Lab, Options, Problem, Step, events, memory, page};

/// How long running conversions may take to finish once the server was told to stop, in seconds.
const DRAIN: u64 = 30;

/// Whether a client may close the half of its connection that it sends on and still be answered.
///
/// Actix says yes unless it is told otherwise. Then it cannot tell such a client from one that has
/// left, and no handler is ever dropped.
const HALF_CLOSED: bool = false;

/// Why a server could not be run.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(
        "cannot listen on {address}: {source}; choose another port with --port, or any free one with --port 0"
    )]
    Bind {
        address: std::net::SocketAddr,
        source: io::Error,
    },
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
    #[error("the server failed: {0}")]
    Run(io::Error),
}

/// Runs a step's server until SIGTERM or Ctrl-C, and gives the status to end the process with.
///
/// `prepare` is called once and makes what all event loops share, a pool for instance; what it
/// returns is called on each event loop to add the step's handlers, and is dropped after the last
/// request was answered: so a C++ pool that it owns is joined when nobody uses it any more. When it
/// fails, the server does not start, and says why.
///
/// Told to stop, the server closes its listener and lets running requests finish, 30 s at most.
pub fn serve<Prepare, Configure>(step: Step, options: Options, prepare: Prepare) -> ExitCode
where
    Prepare: FnOnce(&Options) -> Result<Configure, Box<dyn std::error::Error + Send + Sync>> + Send,
    Configure: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        // It would tell of a standard error that is closed on standard error, and panic.
        .log_internal_errors(false)
        .init();

    memory::keep();
    let prepared = thread::scope(|scope| {
        // A thread inherits the name of the one that starts it: so those of a C++ pool get theirs.
        let pool = thread::Builder::new().name("cpp-pool".into());
        match pool.spawn_scoped(scope, || prepare(&options)) {
            Ok(preparing) => preparing
                .join()
                .unwrap_or_else(|panic| resume_unwind(panic)),
            Err(error) => Err(error.into()),
        }
    });
    let served = prepared.and_then(|configure| {
        let run = run(step, options, configure);
        rt::System::new().block_on(run).map_err(Into::into)
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run<Configure>(step: Step, options: Options, configure: Configure) -> Result<(), Error>
where
    Configure: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let address = options.address();
    let workers = options.workers;
    let lab = Data::new(Lab::new(step, options));

    let app_lab = lab.clone();
    let loops = Data::new(AtomicUsize::new(0));
    // Actix calls this once on each event loop.
    let server = HttpServer::new(move || {
        rt::spawn(beat(app_lab.clone(), loops.fetch_add(1, Ordering::Relaxed)));
        App::new()
            .app_data(app_lab.clone())
            .configure(configure.clone())
            .service(healthz)
            .service(metrics)
            .service(events::events)
            .configure(page::configure)
            .configure(|app| page::configure_book(app, &app_lab))
            .default_service(web::to(elsewhere))
    })
    .workers(workers)
    .h1_allow_half_closed(HALF_CLOSED)
    .shutdown_timeout(DRAIN)
    .disable_signals()
    .bind(address)
    .map_err(|source| Error::Bind { address, source })?;

    for address in server.addrs() {
        // Standard output may be closed; the server is none the worse for it.
        let _ = writeln!(io::stdout(), "listening on http://{address}");
    }
    let _ = io::stdout().flush();

    let server = server.run();
    rt::spawn(memory::give_back_when_idle(lab.clone()));
    rt::spawn(stop_when_told(lab, server.handle())?);
    server.await.map_err(Error::Run)
}

/// Waits for the first SIGTERM or Ctrl-C.
fn stop_when_told(lab: Data<Lab>, server: ServerHandle) -> Result<impl Future<Output = ()>, Error> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::Signals)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: running conversions finish, {DRAIN} s at most");
        lab.stopping.send_replace(true);
        server.stop(true).await;
    })
}

/// Answered by the same event loops as everything else: where those are blocked, so is this. The
/// header `event-loop` says by which, from 0.
#[get("/healthz")]
async fn healthz(lab: Data<Lab>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    if let Some(event_loop) = heartbeat::this_event_loop() {
        response.insert_header(("event-loop", event_loop));
    }
    response.json(json!({
        "status": "ok",
        "step": lab.step.name,
        "executor": lab.step.executor,
        "in_flight": lab.metrics.in_flight(),
    }))
}

#[get("/metrics")]
async fn metrics(lab: Data<Lab>) -> actix_web::Result<HttpResponse> {
    let text = lab
        .metrics
        .text()
        .map_err(actix_web::error::ErrorInternalServerError)?;
    Ok(HttpResponse::Ok()
        .insert_header((
            header::CONTENT_TYPE,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        ))
        .body(text))
}

/// Every path and method that no handler takes.
async fn elsewhere(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = request.path().to_owned();
    Err(match path.as_str() {
        "/convert" => Problem::Method {
            path,
            allowed: "POST",
        },
        "/" | "/healthz" | "/metrics" | "/events" => Problem::Method {
            path,
            allowed: "GET",
        },
        _ => Problem::NotFound(path),
    })
}
