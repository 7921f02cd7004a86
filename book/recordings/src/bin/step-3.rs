//! The scenes of step 3.

use std::collections::HashSet;
use std::process::ExitCode;

use actix_web::web::{Data, ServiceConfig};
use co_await::recorder::Event;
use codec::fixtures::ONE_PIXEL;
use recordings::scene::{self, Scene};
use recordings::server::{Client, client, options, serve};
use recordings::work::{count, hold_until, wait_until};
use step_03_coroutines::{convert, new_converter, step};

fn main() -> ExitCode {
    if cfg!(feature = "cppcoro") {
        return scene::main(&[ON_CPPCORO]);
    }
    scene::main(&[STEP, LEAVES_THE_QUEUE, LEAVES_AT_WORK])
}

const SOURCES: &[&str] = &[
    "steps/03-coroutines/src/lib.rs#pub async fn convert",
    "steps/03-coroutines/cpp/asio.cpp#Converter::convert",
];

const STEP: Scene = Scene {
    name: "step-3",
    title: "Step 3: C++ is a future that Rust awaits",
    description: "The event loop calls the C++ coroutine, which starts there and moves itself to a pool thread with co_await schedule. The call returns a future that the handler awaits; the event loop is free, and answers another client. The coroutine finishes with co_return, which hands over the value. When the frame is gone the handler's task is woken, and the event loop answers.",
    lanes: &[
        ("client 1", "client A"),
        ("client 2", "client B"),
        ("actix", "the event loop"),
        ("ThreadId", "the pool thread"),
    ],
    tasks: &["A", "B"],
    sources: SOURCES,
    awaits: "",
    hide: &["task keeps", "task pending", "task polled", "task woken"],
    ask: &[("resumed", 1), ("polled", 2)],
    run: two_clients,
};

const ON_CPPCORO: Scene = Scene {
    name: "step-3-cppcoro",
    title: "Step 3 on CppCoro",
    sources: &[
        "steps/03-coroutines/src/lib.rs#pub async fn convert",
        "steps/03-coroutines/cpp/cppcoro.cpp#Converter::convert",
    ],
    ..STEP
};

const LEAVES_THE_QUEUE: Scene = Scene {
    name: "step-3-leaves-queue",
    title: "Step 3: a client leaves while its picture waits in the queue",
    description: "The pool's one thread converts A's picture, and B's coroutine waits in the queue. B hangs up. The event loop drops B's handler, and with it the future. When B's turn comes the pool thread destroys the coroutine: nothing of B's is converted.",
    ask: &[("dropped", 1), ("gone", 2)],
    run: leaves_the_queue,
    ..STEP
};

const LEAVES_AT_WORK: Scene = Scene {
    name: "step-3-leaves-work",
    title: "Step 3: a client leaves while its picture is converted",
    description: "The pool thread converts A's picture. A hangs up. The event loop drops A's handler, and with it the future. The coroutine is at work and goes on to its end; then its frame is gone, and nobody is woken.",
    lanes: &[
        ("client 1", "client A"),
        ("actix", "the event loop"),
        ("ThreadId", "the pool thread"),
    ],
    tasks: &["A"],
    ask: &[("dropped", 1), ("worked", 1)],
    run: leaves_at_work,
    ..STEP
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
    let server = serve(step(), configure);
    let a = client(1, move || {
        Client::send(server, 1, "POST /convert", ONE_PIXEL).read()
    });
    wait_until(|log| count(log, "work") == 1);
    let b = client(2, move || {
        Client::send(server, 2, "GET /healthz", &[]).read()
    });
    a.join().and(b.join()).expect("both have an answer");
}

fn leaves_the_queue() {
    hold_until(|log| count(log, "dropped") == 1);
    let server = serve(step(), configure);
    let a = client(1, move || {
        Client::send(server, 1, "POST /convert", ONE_PIXEL).read()
    });
    wait_until(|log| count(log, "work") == 1 && pending(log) == 1);
    let b = client(2, move || {
        let b = Client::send(server, 2, "POST /convert", ONE_PIXEL);
        wait_until(|log| pending(log) == 2);
        b.leave();
    });
    a.join().and(b.join()).expect("A has an answer");
    wait_until(|log| count(log, "gone") == 2);
}

fn leaves_at_work() {
    hold_until(|log| count(log, "dropped") == 1);
    let server = serve(step(), configure);
    let a = client(1, move || {
        let a = Client::send(server, 1, "POST /convert", ONE_PIXEL);
        wait_until(|log| count(log, "work") == 1 && pending(log) == 1);
        a.leave();
    });
    a.join().expect("A has left");
    wait_until(|log| count(log, "gone") == 1);
}

/// Calls that Rust has polled in vain.
fn pending(log: &[Event]) -> usize {
    let calls = log.iter().filter(|event| event.what == "pending");
    calls.map(|event| event.which).collect::<HashSet<_>>().len()
}
