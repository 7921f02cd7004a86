//! Rust streams read by C++; and how far a stream may run ahead of its reader, whoever writes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;

use bridge_tests::StreamInt;
use bridge_tests::ffi as calls;
use bridge_tests::streams::{StreamAhead, ffi};
use bridge_tests::waiting::{Dropped, assert_idle, block_until, soon, until_no_frame_is_left};
use futures::executor::block_on;
use futures::{FutureExt, Stream, StreamExt, stream};
use tokio::runtime::{Builder, Handle, Runtime};

const MILLION: i64 = 1_000_000;
const SUM: i64 = MILLION * (MILLION - 1) / 2;

fn runtime() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap()
}

fn numbers(count: i64) -> StreamInt {
    StreamInt::infallible(stream::iter(0..count))
}

/// Items without end, with what is counted when the stream goes.
fn endless(dropped: &Dropped) -> impl Stream<Item = Result<i64, String>> + use<> {
    let witness = dropped.witness();
    stream::iter(0..).map(move |number| {
        let _here = &witness;
        Ok(number)
    })
}

#[test]
fn a_million_items_are_read_in_every_place() {
    let pool = calls::new_pool(1);
    assert_eq!(block_on(ffi::adds(numbers(MILLION))).unwrap(), SUM);
    assert_eq!(
        block_on(ffi::adds_in_pool(&pool, numbers(MILLION))).unwrap(),
        SUM
    );
    assert_eq!(ffi::adds_in_a_task(numbers(MILLION)), SUM);
    assert_eq!(
        block_on(ffi::adds_in_asio(&pool, numbers(MILLION / 10))).unwrap(),
        (MILLION / 10) * (MILLION / 10 - 1) / 2
    );
    assert_eq!(ffi::next_with_a_handler(numbers(1)).unwrap(), 0);
    assert_eq!(ffi::next_with_a_handler(numbers(0)).unwrap(), -1, "no more");
    until_no_frame_is_left();
}

#[test]
fn a_million_items_are_written_and_read_ahead() {
    let (pool, runtime) = (calls::new_pool(1), runtime());
    let sum = |sum, item: Result<i64, _>| std::future::ready(sum + item.unwrap());
    assert_eq!(block_on(ffi::numbers_here(MILLION).fold(0, sum)), SUM);
    assert_eq!(
        block_on(ffi::numbers_ahead(&pool, MILLION).fold(0, sum)),
        SUM
    );
    let spawned = StreamAhead::spawn(
        runtime.handle(),
        stream::iter((0..MILLION).map(Ok::<_, String>)),
    );
    assert_eq!(block_on(ffi::adds_ahead(&pool, spawned)).unwrap(), SUM);
    until_no_frame_is_left();
    assert_idle();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_pass_through_cpp() {
    let pool = calls::new_pool(1);
    let spawned = StreamInt::spawn(
        &Handle::current(),
        stream::iter((0..10_000).map(Ok::<_, String>)),
    );
    let doubled: Vec<_> = ffi::doubles(&pool, spawned)
        .map(Result::unwrap)
        .collect()
        .await;
    assert!(doubled.into_iter().eq((0..10_000).map(|n| 2 * n)));
    until_no_frame_is_left();
}

/// The stream is read no further than the items that C++ wanted, and one more where a task reads
/// ahead.
#[test]
fn a_stream_is_dropped_after_every_item_by_its_reader() {
    let (pool, runtime) = (calls::new_pool(2), runtime());
    let dropped = Dropped::default();
    for count in 0..300 {
        let here = StreamInt::fallible(endless(&dropped));
        let expected = count * (count - 1) / 2;
        assert_eq!(
            block_on(ffi::reads_some(&pool, here, count)).unwrap(),
            expected
        );
        let spawned = StreamInt::spawn(runtime.handle(), endless(&dropped));
        assert_eq!(
            block_on(ffi::reads_some(&pool, spawned, count)).unwrap(),
            expected
        );
    }
    until_no_frame_is_left();
    block_until(|| dropped.count() == 600);
    block_until(|| runtime.metrics().num_alive_tasks() == 0);
}

/// Where Rust has left whoever reads.
#[test]
fn a_stream_goes_with_the_call_that_reads_it() {
    let (pool, runtime) = (calls::new_pool(2), runtime());
    let dropped = Dropped::default();
    let never = || {
        let witness = dropped.witness();
        stream::iter([Ok::<i64, String>(1)])
            .chain(stream::pending())
            .inspect(move |_| _ = &witness)
    };
    let calls: Vec<_> = (0..400)
        .map(|number| {
            let numbers = match number % 2 {
                0 => StreamInt::fallible(never()),
                _ => StreamInt::spawn(runtime.handle(), never()),
            };
            match number / 2 % 2 {
                0 => ffi::adds(numbers),
                _ => ffi::adds_in_pool(&pool, numbers),
            }
        })
        .collect();
    drop(calls);
    until_no_frame_is_left();
    block_until(|| dropped.count() == 400);
    block_until(|| runtime.metrics().num_alive_tasks() == 0);
    assert_idle();
}

#[test]
fn the_runtime_of_a_stream_goes_first() {
    let runtime = runtime();
    let asked = Arc::new(AtomicBool::new(false));
    // Asked for the second item when the first has been sent.
    let second = stream::poll_fn({
        let asked = asked.clone();
        move |_| {
            asked.store(true, Ordering::SeqCst);
            Poll::<Option<Result<i64, String>>>::Pending
        }
    });
    let numbers = StreamInt::spawn(runtime.handle(), stream::iter([Ok(1)]).chain(second));
    let mut reads = ffi::reads_all(numbers);
    assert!((&mut reads).now_or_never().is_none());
    block_until(|| asked.load(Ordering::SeqCst));
    drop(runtime);
    let said = block_on(reads).unwrap();
    assert_eq!(
        said.to_str().unwrap(),
        "1, the Tokio runtime was shut down, end"
    );
}

#[tokio::test]
async fn errors_and_panics_are_exceptions() {
    let fails = || stream::iter([Ok(1), Err("out of cheese"), Ok(3)]);
    let said = soon(ffi::reads_all(StreamInt::fallible(fails())))
        .await
        .unwrap();
    assert_eq!(said.to_str().unwrap(), "1, out of cheese, 3, end");
    let spawned = StreamInt::spawn(&Handle::current(), fails());
    let said = soon(ffi::reads_all(spawned)).await.unwrap();
    assert_eq!(said.to_str().unwrap(), "1, out of cheese, 3, end");

    let panics = || {
        stream::iter(0..).map(|number| match number {
            0 => Ok::<i64, String>(0),
            _ => panic!("out of numbers"),
        })
    };
    let spawned = StreamInt::spawn(&Handle::current(), panics());
    let said = soon(ffi::reads_all(spawned)).await.unwrap();
    assert_eq!(said.to_str().unwrap(), "0, panicked: out of numbers, end");
    let error = soon(ffi::reads_moved(numbers(1))).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "this future or stream was awaited, or moved away, before"
    );
}

#[test]
fn a_stream_runs_ahead_by_its_buffer_and_no_more() {
    // C++ has filled the buffer, and waits with the next.
    let mut numbers = ffi::counted_numbers(100);
    assert_eq!(ffi::counted(), 16);
    assert_eq!(block_on(numbers.next()).unwrap().unwrap(), 0);
    assert_eq!(ffi::counted(), 16, "it goes on where Rust polls");
    assert_eq!(block_on(numbers.next()).unwrap().unwrap(), 1);
    assert_eq!(ffi::counted(), 17);
    let rest: Vec<_> = block_on(numbers.map(Result::unwrap).collect());
    assert!(rest.into_iter().eq(2..100));
    // What nobody read goes too.
    drop(ffi::counted_numbers(100));
    assert_eq!(calls::live_frames(), 0);

    // Rust: the task has one in its hand.
    let runtime = runtime();
    let made = Arc::new(AtomicUsize::new(0));
    let counted = |made: &Arc<AtomicUsize>| {
        let made = made.clone();
        stream::iter(0..100).map(move |number| {
            made.fetch_add(1, Ordering::SeqCst);
            Ok::<i64, String>(number)
        })
    };
    let ahead = StreamAhead::spawn(runtime.handle(), counted(&made));
    block_until(|| made.load(Ordering::SeqCst) == 17);
    drop(ahead);
    made.store(0, Ordering::SeqCst);
    let one = StreamInt::spawn(runtime.handle(), counted(&made));
    block_until(|| made.load(Ordering::SeqCst) == 2);
    drop(one);
    block_until(|| runtime.metrics().num_alive_tasks() == 0);
}
