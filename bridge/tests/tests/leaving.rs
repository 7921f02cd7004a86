//! Callers that leave while C++ waits: whatever it waits for, nothing of them is left.
//!
//! Asio can cancel what runs from Boost 1.77 on. Before, an awaitable runs to its end.

use std::fs::{read_dir, read_link};
use std::io::Read;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use bridge_tests::FutureInt;
use bridge_tests::ffi as calls;
use bridge_tests::leaving::ffi;
use bridge_tests::process::allow_open_files;
use bridge_tests::waiting::{
    Dropped, assert_idle, block_until, drops_what_waits_for_rust, leaves_nothing, scope, soon,
    until_no_frame_is_left,
};
use co_await::Error;
use futures::FutureExt;
use futures::executor::block_on;
use tokio::runtime::Builder;

const HOUR: i64 = 3_600_000;

/// How many sockets this process has open.
fn open_sockets() -> usize {
    let files = read_dir("/proc/self/fd").unwrap();
    let targets = files.filter_map(|file| read_link(file.unwrap().path()).ok());
    targets
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}

/// What nobody leaves takes so long, and where Asio cannot cancel it, what somebody leaves too.
fn long() -> i64 {
    if ffi::asio_cancels() { HOUR } else { 300 }
}

#[test]
fn in_the_queue_of_a_pool() {
    let (pool, gate) = (calls::new_pool(1), calls::new_gate());
    let busy = calls::short_work(&pool, gate.clone());
    block_until(|| gate.arrived() == 1);
    let places = Dropped::default();
    for value in 0..500 {
        drop(calls::scheduled(&pool, value).keep(places.witness()));
        drop(calls::scheduled_on(&pool, value).keep(places.witness()));
    }
    assert_eq!(calls::live_frames(), 1001, "they go in their turn");
    gate.open();
    block_on(busy).unwrap();
    until_no_frame_is_left();
    block_until(|| places.count() == 1000);
    assert_idle();
}

#[test]
fn in_a_timer_of_an_hour() {
    let pool = calls::new_pool(2);
    leaves_nothing(|_| ffi::waits_for_timer(&pool, long()));
    leaves_nothing(|_| ffi::waits_on_strand(&pool, long()));
    // Of an awaitable whose executors are of a type of their own nobody can say that.
    leaves_nothing(|_| ffi::waits_on_typed_executor(&pool, 300));
}

#[test]
fn in_a_socket_whose_peer_is_silent() {
    allow_open_files(4096);
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port();
    let pool = calls::new_pool(2);
    let before = open_sockets();

    let kept = Dropped::default();
    let (mut calls, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        // No more at a time than may wait to be accepted.
        calls.extend((0..50).map(|_| ffi::waits_for_peer(&pool, port).keep(kept.witness())));
        peers.extend((0..50).map(|_| peer.accept().unwrap().0));
    }
    assert_eq!(open_sockets(), before + 2000);
    drop(calls);
    if ffi::asio_cancels() {
        // They see the end of it, for C++ has hung up.
        for peer in &mut peers {
            assert_eq!(peer.read(&mut [0]).unwrap_or(0), 0);
        }
    }
    drop(peers);
    until_no_frame_is_left();
    block_until(|| kept.count() == 1000 && open_sockets() == before);
    assert_idle();
}

#[test]
fn in_a_rust_future() {
    let pool = calls::new_pool(2);
    if ffi::asio_cancels() {
        drops_what_waits_for_rust(|future| ffi::waits_for_rust(&pool, future));
        drops_what_waits_for_rust(|future| ffi::waits_for_either(&pool, future));
        drops_what_waits_for_rust(|future| ffi::waits_for_both(&pool, future));
    }
}

#[test]
fn in_a_task_of_tokios() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let pool = calls::new_pool(2);
    let spawned =
        |tasks: &Dropped| FutureInt::spawn(runtime.handle(), tasks.never::<Result<i64, String>>());
    let tasks = Dropped::default();
    leaves_nothing(|_| bridge_tests::ffi::awaits_plainly(spawned(&tasks)));
    block_until(|| tasks.count() == 1000);
    if ffi::asio_cancels() {
        leaves_nothing(|_| ffi::waits_for_rust(&pool, spawned(&tasks)));
        block_until(|| tasks.count() == 2000);
    }
    block_until(|| runtime.metrics().num_alive_tasks() == 0);
}

#[test]
fn in_the_line_for_a_key() {
    let holder = ffi::new_key_holder(2);
    let forever = FutureInt::infallible(std::future::pending());
    let holds = holder.hold(7, forever);
    let leave = |wait: &dyn Fn() -> FutureInt| {
        let places = Dropped::default();
        let calls: Vec<_> = (0..1000).map(|_| wait().keep(places.witness())).collect();
        thread::sleep(Duration::from_millis(20));
        drop(calls);
        block_until(|| calls::live_frames() == 1 && places.count() == 1000);
        assert_idle();
    };
    leave(&|| holder.waits(7));
    if ffi::asio_cancels() {
        leave(&|| holder.waits_in_asio(7));
    }
    let next = holder.waits_in_asio(7);
    drop(holds);
    assert_eq!(block_on(next).unwrap(), 7);
    assert_eq!(block_on(holder.waits_in_asio(7)).unwrap(), 7);
    until_no_frame_is_left();
}

#[test]
fn in_a_computation_that_asks() {
    let pool = calls::new_pool(2);
    leaves_nothing(|_| ffi::computes_until_stopped(&pool));
    assert_eq!(block_on(ffi::has_one_token(&pool)).unwrap(), 1);
    assert_eq!(block_on(ffi::is_not_stopped()).unwrap(), 1);
    // A stream's end, a thread's, a runtime's: it is all the same to the token.
    let call = ffi::computes_until_stopped(&pool);
    thread::spawn(move || drop(call)).join().unwrap();
    until_no_frame_is_left();
}

#[test]
fn in_something_that_the_bridge_does_not_know() {
    let (pool, bell) = (calls::new_pool(1), ffi::new_doorbell());
    drop(bell.waits(&pool));
    // Whoever has its handle may resume it: so it is still there.
    assert_eq!(calls::live_frames(), 1);
    bell.ring();
    assert_eq!((bell.heard(), bell.reached_the_pool()), (1, 0));
    until_no_frame_is_left();
}

#[tokio::test]
async fn a_time_limit_is_a_timeout_and_nothing_more() {
    let pool = calls::new_pool(1);
    let call = ffi::waits_for_timer(&pool, long());
    let limit = Duration::from_millis(20);
    assert!(tokio::time::timeout(limit, call).await.is_err());
    soon(tokio::task::spawn_blocking(until_no_frame_is_left))
        .await
        .unwrap();
}

/// At every moment: before it begins, while it hops, when it is over, with both sides of `||` and
/// `&&` at work; and while the pool is destroyed.
#[test]
fn a_storm_of_those_who_leave() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let soon = || FutureInt::spawn(runtime.handle(), async { Ok::<_, String>(1) });
    let dropped = Dropped::default();
    for round in 0..40 {
        let pool = calls::new_pool(2);
        scope(|scope| {
            for thread in 0..4_u64 {
                let (pool, dropped, soon) = (&pool, &dropped, &soon);
                scope.spawn(move || {
                    let mut calls = Vec::new();
                    for number in 0..100_u64 {
                        let moment = (round * 7919 + thread * 104_729 + number * 31) % 977;
                        let never = || FutureInt::infallible(dropped.never());
                        let call = match number % 8 {
                            0 => ffi::waits_for_timer(pool, 1),
                            1 => ffi::hops_about(pool),
                            2 => ffi::waits_for_rust(pool, soon()),
                            3 => ffi::waits_on_strand(pool, 1),
                            4 if ffi::asio_cancels() => ffi::waits_for_rust(pool, never()),
                            5 if ffi::asio_cancels() => ffi::waits_for_either(pool, never()),
                            6 if ffi::asio_cancels() => ffi::waits_for_both(pool, soon()),
                            _ => ffi::waits_for_either(pool, soon()),
                        };
                        for _ in 0..moment * 20 {
                            std::hint::spin_loop();
                        }
                        match moment % 3 {
                            0 => drop(call),
                            1 => calls.push(call),
                            _ if number % 8 < 3 => assert!(block_on(call).is_ok()),
                            _ => _ = call.now_or_never(),
                        }
                    }
                    drop(calls);
                });
            }
        });
        // What is left goes with the pool.
        let rest: Vec<_> = (0..50)
            .map(|number| match number % 3 {
                0 => ffi::waits_for_timer(&pool, HOUR),
                1 => ffi::waits_for_either(&pool, FutureInt::infallible(dropped.never())),
                _ => ffi::waits_for_rust(&pool, FutureInt::infallible(dropped.never())),
            })
            .collect();
        let (leave, stay): (Vec<_>, Vec<_>) =
            rest.into_iter().enumerate().partition(|(n, _)| n % 2 == 0);
        scope(|scope| {
            scope.spawn(|| drop(leave));
            for _ in 0..round * 50 {
                std::hint::spin_loop();
            }
            drop(pool);
        });
        for (_, call) in stay {
            assert!(matches!(block_on(call), Err(Error::Abandoned)));
        }
        until_no_frame_is_left();
    }
    assert_idle();
}
