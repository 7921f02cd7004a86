//! The scene of step 1.

use std::process::ExitCode;

use codec::fixtures::ONE_PIXEL;
use recordings::scene::{self, Scene};
use recordings::server::{Client, client, serve};
use recordings::task::note;
use recordings::work::{count, hold_until, wait_until};
use step_01_blocking::{STEP, convert};

fn main() -> ExitCode {
    scene::main(&[SCENE])
}

const SCENE: Scene = Scene {
    name: "step-1",
    title: "Step 1: a conversion blocks its event loop",
    description: "A client posts a picture. The event loop calls C++ and stands still until C++ returns. Another client asks for healthz in the meantime and is answered only after the conversion.",
    lanes: &[
        ("client 1", "client A"),
        ("client 2", "client B"),
        ("actix", "the event loop"),
    ],
    tasks: &["A", "B"],
    sources: &[
        "steps/01-blocking/src/lib.rs#pub async fn convert",
        "steps/01-blocking/cpp/convert.cpp#convert",
    ],
    awaits: "",
    hide: &["task keeps"],
    ask: &[("worked", 1), ("task begins", 2)],
    run: two_clients,
};

/// A has a picture converted; B asks for something else meanwhile.
fn two_clients() {
    hold_until(|log| count(log, "waits") == 1);
    let server = serve(STEP, |app| {
        app.service(convert);
    });
    let a = client(1, move || {
        Client::send(server, 1, "POST /convert", ONE_PIXEL).read()
    });
    wait_until(|log| count(log, "work") == 1);
    let b = client(2, move || {
        let b = Client::send(server, 2, "GET /healthz", &[]);
        note("waits", 2);
        b.read();
    });
    a.join().and(b.join()).expect("both have an answer");
}
