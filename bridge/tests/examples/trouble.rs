//! Goes wrong on request, for half a minute, so that a debugger can look: the book's page on
//! debugging does.

use std::env;
use std::process::exit;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use bridge_tests::{FutureInt, ffi as calls, trouble::ffi};
use cxx::UniquePtr;
use tokio::runtime::{Builder, Runtime};

/// How long it stays, at most.
const STAY: Duration = Duration::from_secs(30);

fn main() {
    let stopwatch = thread::Builder::new().name("stopwatch".into());
    stopwatch
        .spawn(|| {
            thread::sleep(STAY);
            exit(0);
        })
        .unwrap();
    match env::args().nth(1).as_deref() {
        #[cfg(upstream)]
        Some("spin") => spin(),
        Some("deadlock") => deadlock(),
        Some("wrong-thread") => wrong_thread(),
        Some("leak") => leak(),
        _ => eprintln!("usage: trouble spin|deadlock|wrong-thread|leak"),
    }
}

/// A pool whose threads are named, for a thread inherits the name of the one that starts it.
fn named_pool(threads: usize) -> UniquePtr<calls::Pool> {
    let pool = thread::Builder::new().name("cpp-pool".into());
    let pool = pool.spawn(move || calls::new_pool(threads)).unwrap();
    pool.join().unwrap()
}

fn event_loop() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(1).thread_name("event-loop");
    builder.enable_all().build().unwrap()
}

/// One caller of a future of cxx-async gives up.
#[cfg(upstream)]
fn spin() {
    use bridge_tests::bare::ffi as bare;

    let (pool, gate) = (named_pool(1), calls::new_gate());
    drop(bare::bare_long_work(&pool, gate.clone()));
    thread::sleep(Duration::from_millis(500));
    gate.open();
    println!("the only call was dropped");
    thread::park();
}

/// C++ blocks the thread that is to run what it waits for.
fn deadlock() {
    let runtime = Builder::new_current_thread().build().unwrap();
    println!("C++ asks Rust for a number");
    runtime.block_on(async {
        let number = FutureInt::spawn(runtime.handle(), async { Ok::<_, String>(7) });
        let number = calls::awaits_with_use_future(number);
        println!("it is {}", number.unwrap());
    });
}

/// C++ computes on the event loop.
fn wrong_thread() {
    let runtime = event_loop();
    let handle = runtime.handle().clone();
    let _pool = named_pool(1);
    runtime.spawn(async move {
        let seed = FutureInt::spawn(&handle, async { Ok::<_, String>(7) });
        ffi::computes_anywhere(seed).await
    });
    while !ffi::is_computing() {
        thread::yield_now();
    }
    let (sender, answer) = channel();
    runtime.spawn(async move { sender.send(()) });
    let answer = answer.recv_timeout(Duration::from_secs(2));
    println!("the event loop answered: {}", answer.is_ok());
    thread::park();
}

/// Callers give up while C++ waits in a place that the bridge does not know.
fn leak() {
    let letterbox = ffi::new_letterbox();
    for _ in 0..100 {
        drop(letterbox.wait_for_letter());
    }
    println!(
        "every call was dropped; frames alive: {}",
        calls::live_frames()
    );
    thread::park();
    letterbox.deliver(0);
}
