//! The scenes of the bridge itself, and what cxx-async does in the same place.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use futures::executor::block_on;
use recordings::scene::{self, Scene};
use recordings::scenes::{
    FutureNumber, asks, ffi, from_tokio, looks_once, reads_two, wakes_itself,
};
use recordings::task::{Noted, note};
use recordings::upstream::{FutureBare, ffi as upstream};
use recordings::work::{count, hold_until, wait_until};
use tokio::runtime::{Builder, Runtime};

fn main() -> ExitCode {
    scene::main(&[
        CALL,
        AWAITS_RUST,
        AWAITS_RUST_HERE,
        WRONG_THREAD,
        DEADLOCK,
        NO_DEADLOCK,
        SPIN,
        NO_SPIN,
        STREAM,
    ])
}

const CALLER: (&str, &str) = ("caller", "the Rust thread");
const POOL: (&str, &str) = ("ThreadId", "the pool thread");
const TOKIO: (&str, &str) = ("tokio", "the Tokio worker");
/// For what is seen from outside.
const NOBODY: (&str, &str) = ("look", "nobody");
const REAPER: (&str, &str) = ("look", "the reaper of cxx-async");

/// The Rust thread of a scene.
fn caller(body: impl FnOnce() + Send + 'static) -> thread::JoinHandle<()> {
    let thread = thread::Builder::new().name("caller".into());
    thread.spawn(body).expect("one more thread")
}

/// Whoever looks at the process from outside.
fn look(body: impl FnOnce() -> &'static str + Send + 'static) {
    let thread = thread::Builder::new().name("look".into());
    let look = thread.spawn(|| note(&format!("note {}", body()), 1));
    look.expect("one more thread").join().expect("it looks");
}

fn run(body: impl FnOnce() + Send + 'static) {
    caller(body).join().expect("the scene ends");
}

const CALL: Scene = Scene {
    name: "call",
    title: "Rust awaits C++: call, frame, waker",
    description: "The Rust task calls the coroutine. Its promise begins a call and gives the future back. The coroutine posts a turn to its executor and is suspended. The task polls, finds nothing and leaves its waker. A pool thread takes the turn and resumes the frame; co_return puts the value into the call. The frame is destroyed and its memory freed; then the call is finished and wakes the task. The task polls and has the value.",
    lanes: &[CALLER, POOL],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#asks",
        "book/recordings/cpp/scenes.cpp#computes",
    ],
    awaits: "",
    hide: &[],
    ask: &[("resumed", 1), ("polled", 2)],
    run: || {
        hold_until(|log| count(log, "pending") == 1);
        run(|| _ = block_on(asks(&ffi::new_pool())));
    },
};

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(1).thread_name("tokio").build();
    runtime.expect("a runtime")
}

const AWAITS_RUST: Scene = Scene {
    name: "awaits-rust",
    title: "C++ awaits Rust: a wake posts a turn, and the turn polls",
    description: "A C++ coroutine in a pool says co_await on a Rust future. It polls the future once, in its own thread; the future is pending and keeps a waker. The coroutine is suspended and the thread is free. Later a Tokio worker wakes it, which posts a turn to the pool and nothing else. The pool thread takes the turn, polls the future, finds it ready, and resumes the coroutine there.",
    lanes: &[CALLER, POOL, TOKIO],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#from_tokio",
        "book/recordings/cpp/scenes.cpp#FutureNumber awaits",
    ],
    awaits: "",
    hide: &[],
    ask: &[("Rust polled", 2), ("work", 1)],
    run: || {
        run(|| {
            let runtime = runtime();
            let number = FutureNumber::infallible(from_tokio(runtime.handle().clone()));
            let _ = block_on(ffi::awaits(&ffi::new_pool(), number));
        })
    },
};

const AWAITS_RUST_HERE: Scene = Scene {
    name: "awaits-rust-here",
    title: "The same without schedule: C++ goes on where Rust polls",
    description: "A C++ coroutine that has gone to no executor says co_await on a Rust future. A Tokio worker wakes it, which leaves a turn in the call and wakes the Rust task. The Rust thread polls, takes the turn first, and C++ goes on there.",
    lanes: &[CALLER, TOKIO],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#from_tokio",
        "book/recordings/cpp/scenes.cpp#FutureNumber awaits_here",
    ],
    awaits: "",
    hide: &[],
    ask: &[("work", 1)],
    run: || {
        run(|| {
            let runtime = runtime();
            let number = FutureNumber::infallible(from_tokio(runtime.handle().clone()));
            let _ = block_on(ffi::awaits_here(number));
        })
    },
};

const WRONG_THREAD: Scene = Scene {
    name: "wrong-thread",
    title: "cxx-async: C++ goes on in the thread that woke it",
    description: "A C++ coroutine says co_await on a Rust future, with cxx-async alone. When the future's task has ended, the Tokio worker wakes C++: within that wake it polls the future, resumes the coroutine, and computes there.",
    lanes: &[CALLER, TOKIO],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#from_tokio",
        "book/recordings/cpp/upstream.cpp#awaits_bare",
    ],
    awaits: "cxx-async's channel",
    hide: &["task keeps", "future keeps", "seen keeps"],
    ask: &[("work", 1)],
    run: || {
        run(|| {
            let runtime = runtime();
            let number = Noted::new("future", 1, from_tokio(runtime.handle().clone()));
            let call = upstream::awaits_bare(FutureBare::infallible(number));
            let _ = block_on(Noted::new("task", 1, call));
        })
    },
};

const DEADLOCK: Scene = Scene {
    name: "deadlock",
    title: "cxx-async: a future that wakes itself waits for its own thread",
    description: "C++ awaits a Rust future that wakes itself while it is polled, with cxx-async alone. The waker takes the mutex that the poll holds, in the same thread, and nothing goes on.",
    lanes: &[CALLER, NOBODY],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#wakes_itself",
        "book/recordings/cpp/upstream.cpp#awaits_bare",
    ],
    awaits: "",
    hide: &[],
    ask: &[("note", 1)],
    run: || {
        caller(|| {
            let number = Noted::new("future", 1, wakes_itself());
            let call = upstream::awaits_bare(FutureBare::infallible(number));
            let _ = block_on(call);
        });
        wait_until(|log| count(log, "future woken") == 1);
        look(|| {
            thread::sleep(Duration::from_millis(500));
            "Nobody goes on. The waker waits for a mutex that this same thread holds while it polls, and waits for ever."
        });
        wait_until(|log| {
            log.last()
                .is_some_and(|event| event.what.starts_with("note "))
        });
    },
};

const NO_DEADLOCK: Scene = Scene {
    name: "no-deadlock",
    title: "co-await: a future that wakes itself is polled again in a turn",
    description: "C++ awaits a Rust future that wakes itself while it is polled. The wake posts a turn to the pool and returns; the poll ends; the pool thread takes the turn, polls again, and the future is ready.",
    lanes: &[CALLER, POOL],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#wakes_itself",
        "book/recordings/cpp/scenes.cpp#FutureNumber awaits",
    ],
    awaits: "",
    hide: &[],
    ask: &[("Rust polled", 2)],
    run: || {
        hold_until(|log| count(log, "pending") == 1);
        run(|| {
            let number = FutureNumber::infallible(wakes_itself());
            let _ = block_on(ffi::awaits(&ffi::new_pool(), number));
        })
    },
};

/// CPU time of the process in a span in which nothing is left to do.
fn is_at_work() -> bool {
    let used = || lab::cpu_time();
    let span = Duration::from_millis(500);
    let before = used();
    thread::sleep(span);
    used() - before > span / 4
}

const MENDED: &str = "cxx-async has mended this";
static SPINS: AtomicBool = AtomicBool::new(false);

const SPIN: Scene = Scene {
    name: "spin",
    title: "cxx-async: a thread that spins for ever",
    description: "Rust drops a future of C++ that is at work, with cxx-async alone. C++ comes to its end. Nothing is left to do, and a thread of cxx-async uses a core from now on.",
    lanes: &[CALLER, POOL, REAPER],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#looks_once",
        "book/recordings/cpp/upstream.cpp#computes_bare",
    ],
    awaits: "cxx-async's channel",
    hide: &["task woken", "task keeps"],
    ask: &[("note", 1)],
    run: || {
        hold_until(|_| SPINS.load(Ordering::SeqCst));
        run(|| {
            let pool = ffi::new_pool();
            looks_once(Noted::new("task", 1, upstream::computes_bare(&pool)));
            // The machine may be too busy to let it spin at once.
            assert!((0..20).any(|_| is_at_work()), "{MENDED}");
            SPINS.store(true, Ordering::SeqCst);
            wait_until(|log| count(log, "worked") == 1);
        });
        look(|| {
            assert!((0..20).any(|_| is_at_work()), "{MENDED}");
            "The reaper, a thread of cxx-async, uses a core from now on, and there is nothing for it to do."
        });
    },
};

const NO_SPIN: Scene = Scene {
    name: "no-spin",
    title: "co-await: what was dropped is gone, and nothing runs",
    description: "Rust drops a future of C++ that is at work. C++ comes to its end, the frame is gone, and the process is idle.",
    lanes: &[CALLER, POOL, NOBODY],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#looks_once",
        "book/recordings/cpp/scenes.cpp#computes",
    ],
    awaits: "",
    hide: &["left"],
    ask: &[("note", 1)],
    run: || {
        hold_until(|log| count(log, "left") == 1);
        run(|| {
            let pool = ffi::new_pool();
            looks_once(ffi::computes(&pool));
            note("left", 1);
            wait_until(|log| count(log, "gone") == 1);
        });
        look(|| {
            assert!((0..20).any(|_| !is_at_work()), "something is at work");
            "Nobody goes on, for nothing is left to do: the frame is gone, and the process uses no CPU time."
        });
    },
};

const STREAM: Scene = Scene {
    name: "stream",
    title: "A stream that is dropped half way",
    description: "A C++ coroutine in a pool yields numbers without end. Rust reads two of them, with the coroutine waiting for room in between, and drops the stream. The coroutine is destroyed in its pool, at the co_yield where it waits.",
    lanes: &[CALLER, POOL],
    tasks: &[],
    sources: &[
        "book/recordings/src/scenes.rs#reads_two",
        "book/recordings/cpp/scenes.cpp#counts",
    ],
    awaits: "",
    hide: &["woken"],
    ask: &[("full", 2), ("gone", 1)],
    run: || {
        run(|| {
            let pool = ffi::new_pool();
            block_on(reads_two(&pool));
            wait_until(|log| count(log, "gone") == 1);
        })
    },
};
