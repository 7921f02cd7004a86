//! The scene of step 4.

use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web::{Data, ServiceConfig};
use codec::fixtures::ONE_PIXEL;
use picture_store::Store;
use recordings::scene::{self, Scene};
use recordings::server::{Client, client, options, serve};
use recordings::work::{count, hold_until, wait_until};
use step_04_rust_from_cpp::{STEP, configure, new_converter};

fn main() -> ExitCode {
    scene::main(&[SCENE])
}

const SCENE: Scene = Scene {
    name: "step-4",
    title: "Step 4: C++ leads and awaits Rust",
    description: "A client puts a picture under a name. The event loop calls the C++ coroutine, which goes to its pool. There it awaits the store, which is Rust running on its own runtime, and the pool's thread is free until the answer comes. Nothing is kept, so the thread converts the picture and awaits the store again, which keeps it. Then the event loop answers 201.",
    lanes: &[
        ("client 1", "the client"),
        ("actix", "the event loop"),
        ("ThreadId", "the pool thread"),
        ("store", "the store's runtime"),
    ],
    tasks: &["the request"],
    sources: &[
        "steps/04-rust-from-cpp/src/lib.rs#pub async fn put",
        "steps/04-rust-from-cpp/cpp/converter.cpp#Converter::convert_and_store",
    ],
    awaits: "",
    hide: &["task keeps", "task pending", "task polled", "task woken"],
    ask: &[("Rust polled", 2), ("work", 1), ("Rust polled", 4)],
    run,
};

static STORE: OnceLock<Store> = OnceLock::new();
/// Threads of the store that are held up; for the first question, and for the second.
static HELD: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];

fn serves(app: &mut ServiceConfig) {
    let options = options();
    let converter = new_converter(options.pool_threads, options.max_pixels);
    let converter = Data::new(converter.expect("threads"));
    configure(app, converter, STORE.wait().clone());
}

/// Keeps a thread of the store from answering before C++ waits, for each question.
async fn holds_up() {
    HELD[0].fetch_add(1, Ordering::SeqCst);
    wait_until(|log| count(log, "Rust pending") > 0);
    while count(&co_await::recorder::log(), "Rust wakes") == 0 {
        tokio::task::yield_now().await;
    }
    HELD[1].fetch_add(1, Ordering::SeqCst);
    wait_until(|log| count(log, "Rust pending") > 1);
}

fn run() {
    let store = picture_store::open("memory:///").expect("a store in memory");
    for _ in 0..2 {
        store.runtime().spawn(holds_up());
    }
    STORE.get_or_init(|| store);
    wait_until(|_| HELD[0].load(Ordering::SeqCst) == 2);
    hold_until(|log| HELD[1].load(Ordering::SeqCst) == 2 && count(log, "pending") > 0);
    let server = serve(STEP, serves);
    let put = client(1, move || {
        Client::send(server, 1, "PUT /images/a.png", ONE_PIXEL).read()
    });
    put.join().expect("it has an answer");
}
