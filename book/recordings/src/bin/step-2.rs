//! The scene of step 2.

use std::process::ExitCode;

use actix_web::web::{Data, ServiceConfig};
use codec::fixtures::ONE_PIXEL;
use recordings::scene::{self, Scene};
use recordings::server::{Client, client, options, serve};
use recordings::work::{count, hold_until, wait_until};
use step_02_boost_callbacks::{STEP, convert, new_converter};

fn main() -> ExitCode {
    scene::main(&[SCENE])
}

const SCENE: Scene = Scene {
    name: "step-2",
    title: "Step 2: the pool converts, the event loop stays free",
    description: "A client posts a picture. The event loop hands it to a C++ pool and is free; it answers healthz to another client while a pool thread converts. The pool thread calls back, which sends the PNG through a one-shot channel and wakes the handler, and the event loop answers.",
    lanes: &[
        ("client 1", "client A"),
        ("client 2", "client B"),
        ("actix", "the event loop"),
        ("ThreadId", "the pool thread"),
    ],
    tasks: &["A", "B"],
    sources: &[
        "steps/02-boost-callbacks/src/lib.rs#pub async fn convert",
        "steps/02-boost-callbacks/cpp/converter.cpp#void run",
        "steps/02-boost-callbacks/src/lib.rs#fn done",
        "steps/02-boost-callbacks/cpp/converter.cpp#void finish",
    ],
    awaits: "the one-shot channel",
    hide: &[],
    ask: &[("task begins", 2), ("task polled", 1)],
    run: two_clients,
};

fn configure(app: &mut ServiceConfig) {
    let options = options();
    let converter = new_converter(options.pool_threads, options.max_pixels);
    app.app_data(Data::new(converter.expect("threads")))
        .service(convert);
}

/// A has a picture converted; B asks for something else meanwhile.
fn two_clients() {
    hold_until(|log| count(log, "answered 200") == 1);
    let server = serve(STEP, configure);
    let a = client(1, move || {
        Client::send(server, 1, "POST /convert", ONE_PIXEL).read()
    });
    wait_until(|log| count(log, "work") == 1 && count(log, "task pending") > 0);
    let b = client(2, move || {
        Client::send(server, 2, "GET /healthz", &[]).read()
    });
    a.join().and(b.join()).expect("both have an answer");
}
