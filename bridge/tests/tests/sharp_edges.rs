//! What cxx-async 0.1.4 does by itself.
//!
//! A test that begins with `upstream` pins a defect of cxx-async, on its own macro. When one of these
//! fails, upstream has mended it: say so in the book's *Sharp edges*. That the same code is safe with
//! `#[co_await::bridge]` is shown by the test that is named after it.

// With GCC, what is of cxx-async's own macro is left out.
#![cfg_attr(not(upstream), allow(unused))]

use std::env;
use std::fs;
use std::future::poll_fn;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::thread;
use std::time::Duration;

#[cfg(upstream)]
use bridge_tests::bare::{FutureBare, ffi as bare};
use bridge_tests::process::{Child, End, idle_cpu_time, in_child, in_child_for};
use bridge_tests::{FutureInt, ffi};
use futures::{StreamExt, stream};
use tokio::runtime::{Builder, Handle, Runtime};

const MENDED: &str = "cxx-async has mended this";

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Whether the process burns a core though it has nothing to do. A tenth of it is enough to tell: an
/// idle process takes nothing, and the machine may have others to serve.
fn spins() -> bool {
    let span = Duration::from_secs(1);
    idle_cpu_time(span) > span / 10
}

#[track_caller]
fn assert_succeeded(child: &Child) {
    match &child.end {
        End::Exited(status) if status.success() => {}
        _ => panic!("{MENDED}? {child:?}"),
    }
}

// 1. A background thread spins for ever.

#[cfg(upstream)]
#[test]
fn upstream_spins_after_one_future_was_dropped() {
    let child = in_child("upstream_spins_after_one_future_was_dropped", || {
        let pool = ffi::new_pool(1);
        let gate = ffi::new_gate();
        assert!(!spins(), "it spins before anything was dropped");
        drop(bare::bare_long_work(&pool, gate.clone()));
        // The machine may be too busy to let it spin at once.
        let spun = (0..10).any(|_| spins());
        gate.open();
        assert!(spun, "{MENDED}: a dropped future starts no spinning reaper");
    });
    assert_succeeded(&child);
}

#[cfg(upstream)]
#[test]
fn upstream_spins_after_futures_that_all_completed() {
    let child = in_child("upstream_spins_after_futures_that_all_completed", || {
        let pool = Arc::new(ffi::new_pool(1));
        // How soon it happens is chance; within 10,000 calls as a rule.
        let spun = (0..20).any(|_| {
            runtime().block_on(async {
                stream::iter(0..100_000)
                    .map(|value| {
                        let pool = pool.clone();
                        tokio::spawn(
                            async move { bare::bare_scheduled(&pool, value).await.unwrap() },
                        )
                    })
                    .buffer_unordered(64)
                    .for_each(async |value| assert!(value.is_ok()))
                    .await;
            });
            spins()
        });
        assert!(
            spun,
            "{MENDED}: 2,000,000 completed futures start no spinning reaper"
        );
    });
    assert_succeeded(&child);
}

// Safe: two_million_calls_that_complete_leave_an_idle_process and the tests of dropped futures, in
// cpp_from_rust.rs.

// 2. A Rust future that wakes itself inside `poll` deadlocks when C++ awaits it.

#[cfg(upstream)]
#[test]
fn upstream_deadlocks_on_a_future_that_wakes_itself() {
    let test = "upstream_deadlocks_on_a_future_that_wakes_itself";
    let child = in_child_for(test, Duration::from_secs(5), || {
        let mut woken = false;
        let future = FutureBare::infallible(poll_fn(move |cx| {
            if woken {
                return Poll::Ready(1);
            }
            woken = true;
            cx.waker().wake_by_ref();
            Poll::Pending
        }));
        let _ = runtime().block_on(bare::awaits_bare(future));
    });
    assert!(matches!(child.end, End::Hung), "{MENDED}: {child:?}");
}

// Safe: a_future_that_wakes_itself_inside_poll_reaches_its_end in rust_from_cpp.rs.

// 3. A Tokio future that C++ polls has no runtime, and its panic ends the process.

#[cfg(upstream)]
#[test]
fn upstream_aborts_when_a_future_panics_under_cpp() {
    let child = in_child("upstream_aborts_when_a_future_panics_under_cpp", || {
        let future = FutureBare::infallible(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            1
        });
        // No runtime is entered: on a thread of C++ there is none either.
        let _ = futures::executor::block_on(bare::awaits_bare(future));
    });
    let End::Exited(status) = child.end else {
        panic!("{MENDED}: {child:?}");
    };
    assert_eq!(status.signal(), Some(6), "{MENDED}: {}", child.stderr);
    assert!(
        child.stderr.contains("there is no reactor running"),
        "{}",
        child.stderr
    );
    assert!(
        child
            .stderr
            .contains("Rust async code panicked when awaited from C++"),
        "{}",
        child.stderr
    );
}

// Safe: a_future_has_tokios_timers_and_sockets and
// a_panic_reaches_cpp_as_an_exception_with_its_message in rust_from_cpp.rs.

// 4. C++ goes on in the thread that woke it.

#[cfg(upstream)]
#[test]
fn upstream_goes_on_in_the_thread_that_woke_it() {
    let task_thread = Arc::new(AtomicU64::new(0));
    let runtime = runtime();
    let seen = task_thread.clone();
    let task = runtime.spawn(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        seen.store(ffi::thread_id(), Ordering::SeqCst);
        0
    });
    let future = FutureBare::infallible(async { task.await.unwrap() });
    let thread = futures::executor::block_on(bare::bare_thread_after_await(future)).unwrap();
    assert_eq!(
        thread as u64,
        task_thread.load(Ordering::SeqCst),
        "{MENDED}: after its co_await C++ is not on the Tokio worker that completed the future"
    );
}

// Safe: after_awaiting_rust_cpp_is_back_in_its_pool in rust_from_cpp.rs.

// 5. A dropped stream leaks its coroutine.

#[cfg(upstream)]
#[test]
fn upstream_leaks_a_stream_that_is_dropped() {
    let child = in_child("upstream_leaks_a_stream_that_is_dropped", || {
        let pool = ffi::new_pool(1);
        let mut numbers = bare::bare_numbers(&pool, 100);
        let first = futures::executor::block_on(numbers.next());
        assert_eq!(first.unwrap().unwrap(), 0);
        drop(numbers);
        thread::sleep(Duration::from_millis(500));
        assert_eq!(
            ffi::live_frames(),
            1,
            "{MENDED}: a dropped stream is not leaked"
        );
    });
    assert_succeeded(&child);
}

// Safe: a_stream_dropped_half_way_leaves_nothing in cpp_from_rust.rs.

// 6. An exception that is not a std::exception ends the process.

/// Of cxx itself, and as its documentation says.
#[test]
fn cxx_ends_the_process_on_another_exception() {
    let error = ffi::throws_without_a_coroutine(0).unwrap_err();
    assert_eq!(error.what(), "out of cheese");
    let child = in_child("cxx_ends_the_process_on_another_exception", || {
        let _ = ffi::throws_without_a_coroutine(1);
    });
    ended_by_an_int(&child, "cxx catches more than it did");
}

#[cfg(upstream)]
#[test]
fn upstream_ends_the_process_on_another_exception() {
    let error = futures::executor::block_on(bare::throws_bare(false)).unwrap_err();
    assert_eq!(error.what(), "out of cheese");
    let child = in_child("upstream_ends_the_process_on_another_exception", || {
        let _ = futures::executor::block_on(bare::throws_bare(true));
    });
    ended_by_an_int(&child, MENDED);
}

/// Whether an exception that nobody caught was what ended a process.
fn ended_by_an_int(child: &Child, otherwise: &str) {
    let End::Exited(status) = child.end else {
        panic!("{child:?}");
    };
    assert_eq!(status.signal(), Some(6), "{otherwise}: {}", child.stderr);
    // libstdc++, and LLVM's library; GCC's own runtime sometimes says no more than the last.
    let caught: &[_] = if cfg!(upstream) {
        &["instance of 'int'", "exception of type int"]
    } else {
        &["terminate called"]
    };
    let says = |words: &&str| child.stderr.contains(words);
    assert!(caught.iter().any(says), "{}", child.stderr);
}

// Safe: an_exception_of_any_other_type_comes_back_too in cpp_from_rust.rs.

// 7, 8, 12. What the compiler has to be told.

/// Checks a C++ source with a compiler; `None` where it is not installed.
fn check(compiler: &str, arguments: &[&str], source: &str) -> Option<Output> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("sharp-edges-{}-{number}.cpp", std::process::id());
    let file = env::temp_dir().join(name);
    fs::write(&file, source).unwrap();
    let output = Command::new(compiler)
        .args(["-std=c++20", "-fsyntax-only"])
        .args(arguments)
        .arg(&file)
        .output();
    fs::remove_file(&file).unwrap();
    // Under qemu, a program that is not there has begun, and ends so.
    output
        .ok()
        .filter(|output| output.status.code() != Some(127))
}

const A_FUTURE: &str = "#include <cstdint>\n#include \"rust/cxx.h\"\n#include \"rust/cxx_async.h\"\n\
                        CXXASYNC_DEFINE_FUTURE(std::int64_t, FutureOfGcc);\n";

fn includes() -> [&'static str; 4] {
    ["-I", env!("CXX_INCLUDE"), "-I", env!("CXX_ASYNC_INCLUDE")]
}

#[cfg(upstream)]
#[test]
fn upstream_is_rejected_by_gcc() {
    // 12, 13 or 14, by the system. On some there is no GCC, or `g++` is clang.
    let is_gcc = check("g++", &[], "#ifdef __clang__\n#error\n#endif\n");
    if !is_gcc.is_some_and(|output| output.status.success()) {
        eprintln!("skipped: there is no GCC here");
        return;
    }
    let output = check("g++", &includes(), A_FUTURE).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{MENDED}: GCC takes its header");
    assert!(
        said.contains("global qualification of class name is invalid"),
        "{said}"
    );
}

#[cfg(upstream)]
#[test]
fn clang_takes_what_gcc_rejects() {
    let output = check(env!("CXX_COMPILER"), &includes(), A_FUTURE).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[cfg(upstream)]
#[test]
fn the_header_is_not_found_without_its_include_folder() {
    let output = check(env!("CXX_COMPILER"), &includes()[..2], A_FUTURE).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("'rust/cxx_async.h' file not found"), "{said}");
}

#[test]
fn old_boost_does_not_believe_that_clang_has_coroutines() {
    const AN_AWAITABLE: &str = "#include <utility>\n#include <boost/asio/awaitable.hpp>\n\
        #include <boost/version.hpp>\n\
        boost::asio::awaitable<void> nothing();\n";
    const DEFINES: [&str; 2] = [
        "-DBOOST_ASIO_HAS_CO_AWAIT",
        "-DBOOST_ASIO_HAS_STD_COROUTINE",
    ];
    let told = check(env!("CXX_COMPILER"), &DEFINES, AN_AWAITABLE).unwrap();
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );

    let is_old = "#include <boost/version.hpp>\nstatic_assert(BOOST_VERSION < 108000);\n";
    if check(env!("CXX_COMPILER"), &[], is_old)
        .unwrap()
        .status
        .success()
    {
        let untold = check(env!("CXX_COMPILER"), &[], AN_AWAITABLE).unwrap();
        assert!(!untold.status.success(), "Boost finds coroutines by itself");
    }
}

// 9. A view dangles after the first suspension. What is looked at here is a buffer that is still
// there and was changed, for a look at one that is gone is undefined.

#[tokio::test]
async fn a_view_is_read_after_the_call_has_returned() {
    let pool = ffi::new_pool(1);
    let gate = ffi::new_gate();
    let mut buffer = vec![1; 10];
    let sum = ffi::sums_view(&pool, gate.clone(), &buffer);
    // Rust allows this: nothing ties the future to the slice.
    buffer.fill(2);
    gate.open();
    assert_eq!(
        sum.await.unwrap(),
        20,
        "C++ has seen what came after the call"
    );
}

#[tokio::test]
async fn what_cpp_owns_is_what_it_was_given() {
    let pool = ffi::new_pool(1);
    let gate = ffi::new_gate();
    let buffer = vec![1; 10];
    let sum = ffi::sums_owned(&pool, gate.clone(), buffer);
    gate.open();
    assert_eq!(sum.await.unwrap(), 10);
}

#[test]
fn spawn_needs_the_handle_of_a_runtime_and_no_thread_of_it() {
    // The thread that makes the future is one of C++ as often as not.
    let runtime = runtime();
    let handle = runtime.handle().clone();
    let value = thread::spawn(move || {
        assert!(Handle::try_current().is_err());
        let future = FutureInt::spawn(&handle, async { Ok::<_, String>(3) });
        futures::executor::block_on(ffi::awaits_plainly(future))
    });
    assert_eq!(value.join().unwrap().unwrap(), 3);
}

// 14. clang before 17 inlines `await_suspend` and may keep its locals in the coroutine's frame.

#[test]
fn coroutines_of_asio_hop_between_two_threads() {
    // Built with clang 16 and optimised, this crashed each time: Asio's own `await_suspend` is one
    // that nobody here can keep out of line.
    let pool = ffi::new_pool(2);
    assert_eq!(ffi::hops(&pool, 16, 20_000).unwrap(), 16 * 20_000);
    assert_eq!(ffi::live_frames(), 0);
}

/// The C++ of this workspace, by the paths of its files.
fn our_cpp() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = ["bridge", "service", "steps"]
        .map(|it| root.join(it))
        .to_vec();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_cpp = path.extension().is_some_and(|it| it == "h" || it == "cpp");
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if is_cpp {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

/// The declarations of `await_suspend` in a file, each from what stands before it to its body.
fn await_suspends(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, name) in text.match_indices("await_suspend") {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        let line = &before[before.rfind('\n').map_or(0, |end| end + 1)..];
        // A call, or a definition elsewhere of what was declared.
        let is_other = before.ends_with(['.', '>', ':', '`']) || line.contains("//");
        if is_other || !after.trim_start().starts_with('(') {
            continue;
        }
        let begin = before.rfind(['{', '}', ';']).map_or(0, |end| end + 1);
        let end = after.find(['{', ';']).unwrap_or(0) + 2;
        found.push(&text[begin..at + name.len() + end.min(after.len())]);
    }
    found
}

#[test]
fn every_spelling_of_await_suspend_is_found() {
    let text = "struct a {\n  // await_suspend(x)\n  bool await_suspend(auto handle) { h.await_suspend(x); }\n\
                [[gnu::noinline]] auto\n  await_suspend (std::coroutine_handle<p>);\n};\n\
                void a::await_suspend(auto) {}\n";
    let found = await_suspends(text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(!found[0].contains("noinline") && found[1].contains("noinline"));
}

#[test]
fn no_await_suspend_of_ours_is_inlined() {
    let mut seen = 0;
    for (path, text) in our_cpp() {
        for declaration in await_suspends(&text) {
            // One with an empty body keeps nothing anywhere.
            let may_be_inlined = declaration.ends_with("{}");
            assert!(
                may_be_inlined || declaration.contains("[[gnu::noinline]]"),
                "{}: {declaration}",
                path.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 10, "it looked at {seen} of them only");
}

// 15. `co_yield` writes to the frame after it has handed out its waker.

#[cfg(upstream)]
#[test]
fn upstream_writes_to_the_frame_after_co_yield_handed_out_its_waker() {
    assert!(bare::bare_co_yield_writes_late(), "{MENDED}");
}

// Safe: a_stream_is_read_while_cpp_writes in streams.rs, under ThreadSanitizer too.

// 16. Where the two languages disagree on a signature.

/// Checks, for a machine whose ABI returns a structure elsewhere than x86-64 does, what is said of
/// the functions that C++ calls.
fn check_for_arm(says: &str) -> Output {
    let headers = "#include \"bridge-tests/cpp/signatures.h\"\n";
    let ours = concat!("-I", env!("CARGO_MANIFEST_DIR"), "/../co-await/include");
    let crates = concat!("-I", env!("CXX_INCLUDE"), "/../crate");
    let mut arguments = includes().map(String::from).to_vec();
    arguments.extend([ours.into(), crates.into()]);
    // GCC compiles for one machine only; clang for any, with the headers of this one, for nothing
    // is linked.
    if cfg!(upstream) {
        arguments
            .extend(["--target=aarch64-linux-gnu", "-nostdinc", "-nostdinc++"].map(String::from));
        for folder in system_headers() {
            arguments.extend(["-isystem".into(), folder]);
        }
        // By which those headers know their machine.
        arguments.push(format!("-D__{}__", env::consts::ARCH));
        arguments.push("-D__builtin_ia32_pause()=((void)0)".into());
        // A type that the C library's headers name, since 2.41 to clang too, and ARM does not have.
        arguments.push("-D__float128=__int128".into());
    }
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    check(
        env!("CXX_COMPILER"),
        &arguments,
        &format!("{headers}{says}"),
    )
    .unwrap()
}

/// Where the compiler looks for the headers of this machine.
fn system_headers() -> Vec<String> {
    let says = check(env!("CXX_COMPILER"), &["-v"], "").unwrap().stderr;
    let says = String::from_utf8(says).unwrap();
    let (_, list) = says
        .split_once("#include <...> search starts here:")
        .unwrap();
    let (list, _) = list.split_once("End of search list").unwrap();
    list.split_whitespace().map(String::from).collect()
}

#[test]
fn upstream_returns_a_structure_where_rust_writes_through_a_pointer() {
    let output = check_for_arm(
        "#include \"rust/cxx_async.h\"\nstruct any;\n\
         static_assert(is_plain<decltype(rust::async::Vtable<any>::channel)>);\n",
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("static assertion failed"), "{MENDED}: {said}");
}

#[test]
fn every_function_of_the_bridge_has_a_signature_that_is_one_on_every_machine() {
    let header = include_str!("../../co-await/include/rust/co_await.h");
    let declared = header.split_once("extern \"C\" {").unwrap().1;
    let declared = declared.split_once("\n}").unwrap().0;
    let names = declared
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("coawait_"));
    let names: Vec<_> = names
        .map(|name| format!("&rust::async::bridge::detail::{name}"))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    let output = check_for_arm(&format!(
        "#include \"rust/co_await.h\"\n\
         static_assert(all_plain({}));\n\
         static_assert(all_plain(rust::async::detail::waiting_ops{{}}.clone,\n\
                                 rust::async::detail::waiting_ops{{}}.wake,\n\
                                 rust::async::detail::waiting_ops{{}}.drop,\n\
                                 rust::async::detail::values{{}}.destroy,\n\
                                 rust::async::detail::turn{{}}.take));\n",
        names.join(", ")
    ));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

// 17. Code of a stream goes on inside Rust's `poll`.

#[cfg(upstream)]
#[test]
fn upstream_runs_a_stream_inside_poll_though_it_went_to_a_pool() {
    let pool = ffi::new_pool(1);
    let here = ffi::thread_id() as i64;
    let inside = (0..100).any(|_| {
        let threads = bare::bare_stream_threads(&pool);
        let read = async {
            let mut threads = threads;
            // Each `co_yield` but the first has to wait for this.
            thread::sleep(Duration::from_millis(2));
            let mut read = Vec::new();
            while let Some(thread) = threads.next().await {
                read.push(thread.unwrap());
                thread::sleep(Duration::from_millis(2));
            }
            read
        };
        futures::executor::block_on(read).contains(&here)
    });
    assert!(inside, "{MENDED}");
}

// Safe: after_co_yield_cpp_is_back_in_its_pool in streams.rs.

// 18. A task that somebody owns is destroyed by the waker as well.

#[cfg(upstream)]
#[test]
fn upstream_destroys_a_task_that_its_owner_has_destroyed() {
    let child = in_child(
        "upstream_destroys_a_task_that_its_owner_has_destroyed",
        || {
            let never = FutureBare::infallible(std::future::pending());
            assert!(bare::bare_task_is_destroyed_twice(never));
        },
    );
    assert_succeeded(&child);
}

// Safe: a_task_of_another_kind_is_destroyed_by_its_owner_alone in lifetimes.rs.

// 19. An exception whose `what()` is null.

#[cfg(upstream)]
#[test]
fn upstream_crashes_on_an_exception_that_says_nothing() {
    let child = in_child("upstream_crashes_on_an_exception_that_says_nothing", || {
        let _ = futures::executor::block_on(bare::bare_throws_null());
    });
    let End::Exited(status) = child.end else {
        panic!("{MENDED}: {child:?}");
    };
    assert!(status.signal().is_some(), "{MENDED}: {child:?}");
}

// Safe: an_exception_that_says_nothing_is_an_error_all_the_same in errors.rs.

// The header of ours.

#[test]
fn our_header_is_taken_by_every_compiler_here_without_a_warning() {
    let ours = concat!("-I", env!("CARGO_MANIFEST_DIR"), "/../co-await/include");
    let source = "#include <cstdint>\n#include \"rust/co_await.h\"\n\
        CXXASYNC_DEFINE_FUTURE(std::int64_t, outer, inner, FutureInt);\n\
        CXXASYNC_DEFINE_STREAM(rust::String, StreamText);\n\
        using outer::inner::FutureInt;\n\
        FutureInt answer(FutureInt question) { co_return co_await std::move(question) + 1; }\n\
        StreamText words() { co_yield \"a word\"; }\n";
    let mut seen = 0;
    let versions = |name: &str, oldest: u32| -> Vec<String> {
        (oldest..30)
            .map(|version| format!("{name}-{version}"))
            .collect()
    };
    let compilers = [versions("clang++", 17), versions("g++", 13)].concat();
    for compiler in compilers
        .iter()
        .map(String::as_str)
        .chain([env!("CXX_COMPILER")])
    {
        let mut arguments = includes()[..2].to_vec();
        arguments.extend([ours, "-Wall", "-Wextra", "-Werror"]);
        if let Some(output) = check(compiler, &arguments, source) {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{compiler}: {said}");
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn cpp_cannot_await_a_stream() {
    let ours = concat!("-I", env!("CARGO_MANIFEST_DIR"), "/../co-await/include");
    let source = |awaited: &str| {
        format!(
            "#include <cstdint>\n#include \"rust/co_await.h\"\n\
             CXXASYNC_DEFINE_FUTURE(void, FutureVoid);\n\
             CXXASYNC_DEFINE_STREAM(std::int64_t, StreamInt);\n\
             FutureVoid awaits({awaited} it) {{ co_await std::move(it); }}\n"
        )
    };
    let mut arguments = includes()[..2].to_vec();
    arguments.push(ours);
    let compiles = |awaited| check(env!("CXX_COMPILER"), &arguments, &source(awaited)).unwrap();
    assert!(compiles("FutureVoid").status.success());
    assert!(!compiles("StreamInt").status.success());
}

#[test]
fn the_two_headers_in_one_file_are_refused_in_one_sentence() {
    let ours = concat!("-I", env!("CARGO_MANIFEST_DIR"), "/../co-await/include");
    let mut arguments = includes().to_vec();
    arguments.push(ours);
    let source = "#include \"rust/cxx_async.h\"\n#include \"rust/co_await.h\"\n";
    let output = check(env!("CXX_COMPILER"), &arguments, source).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        said.contains("include rust/co_await.h in its place"),
        "{said}"
    );
}
