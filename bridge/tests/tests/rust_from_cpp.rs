//! Rust awaited from C++, by `co_await` and by `async_await`.

use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::task::Poll;
use std::time::Duration;

use bridge_tests::edges::{FutureNamed, ffi as edges};
use bridge_tests::waiting::soon;
use bridge_tests::{FutureInt, FutureThing, FutureVoid, RUNTIME, Thing, ffi};
use futures::FutureExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::sleep;

/// A future for C++ that runs on the test's runtime.
fn int<E: std::fmt::Display + 'static>(
    future: impl Future<Output = Result<i64, E>> + Send + 'static,
) -> FutureInt {
    FutureInt::spawn(&Handle::current(), future)
}

/// What a future comes to when it is awaited in an asio::awaitable.
async fn in_asio(pool: &ffi::Pool, future: FutureInt) -> Result<i64, String> {
    soon(ffi::awaits_in_asio(pool, future))
        .await
        .map_err(|error| error.to_string())
}

/// Tells when it is dropped.
struct Witness(Arc<AtomicBool>);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_value_reaches_a_plain_coroutine() {
    let future = int(async { Ok::<_, String>(1) });
    let value = ffi::awaits_plainly(future);
    assert_eq!(soon(value).await.unwrap(), 1);
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn a_value_reaches_an_asio_awaitable() {
    let pool = ffi::new_pool(1);
    let future = int(async { Ok::<_, String>(2) });
    assert_eq!(in_asio(&pool, future).await, Ok(2));
    let ready = FutureInt::infallible(async { 3 });
    assert_eq!(in_asio(&pool, ready).await, Ok(3));
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn void_reaches_cpp() {
    let pool = ffi::new_pool(1);
    let future = FutureVoid::spawn(&Handle::current(), async { Ok::<_, String>(()) });
    soon(ffi::awaits_nothing(&pool, future)).await.unwrap();
}

#[tokio::test]
async fn a_value_without_a_default_constructor_reaches_cpp() {
    let pool = ffi::new_pool(1);
    let thing = async { Ok::<_, String>(Box::new(Thing(5))) };
    let future = FutureThing::spawn(&Handle::current(), thing);
    let thing = ffi::awaits_thing(&pool, future);
    assert_eq!(soon(thing).await.unwrap().0, 5);

    let failing = async { Err::<Box<Thing>, _>("no thing") };
    let future = FutureThing::spawn(&Handle::current(), failing);
    let error = soon(ffi::awaits_thing(&pool, future)).await;
    assert_eq!(
        error.map(|thing| thing.0).unwrap_err().to_string(),
        "no thing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_completion_token_will_do() {
    let pool = Arc::new(ffi::new_pool(1));
    let runtime = Handle::current();
    let blocking = move || {
        let later = |value: i64| {
            FutureInt::spawn(&runtime, async move {
                sleep(Duration::from_millis(1)).await;
                if value < 0 {
                    Err("negative")
                } else {
                    Ok(value)
                }
            })
        };
        let ready = || FutureInt::infallible(async { 7 });
        assert_eq!(ffi::awaits_with_use_future(later(1)).unwrap(), 1);
        assert_eq!(ffi::awaits_with_use_future(ready()).unwrap(), 7);
        assert_eq!(ffi::awaits_with_callback(&pool, later(2)).unwrap(), 2);
        // Never from within the call, even when the value is there at once.
        assert_eq!(ffi::awaits_with_callback(&pool, ready()).unwrap(), 7);
        let error = ffi::awaits_with_callback(&pool, later(-1)).unwrap_err();
        assert_eq!(error.what(), "negative");
    };
    soon(tokio::task::spawn_blocking(blocking)).await.unwrap();
}

#[tokio::test]
async fn an_error_reaches_cpp_as_an_exception_with_its_message() {
    let pool = ffi::new_pool(1);
    let future = int(async { Err::<i64, _>("no such key") });
    let caught = ffi::awaits_and_catches(&pool, future);
    assert_eq!(soon(caught).await.unwrap().to_string(), "no such key");
    let future = int(async { Err::<i64, _>("no such key") });
    assert_eq!(in_asio(&pool, future).await, Err("no such key".to_owned()));
}

#[tokio::test]
async fn a_panic_reaches_cpp_as_an_exception_with_its_message() {
    let pool = ffi::new_pool(1);
    let panics = |with_arguments| {
        int(async move {
            if with_arguments {
                panic!("{} and {}", 1, 2);
            }
            if true {
                panic!("a literal");
            }
            Ok::<_, String>(0)
        })
    };
    assert_eq!(
        in_asio(&pool, panics(true)).await,
        Err("panicked: 1 and 2".into())
    );
    assert_eq!(
        in_asio(&pool, panics(false)).await,
        Err("panicked: a literal".into())
    );
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test]
async fn a_future_that_wakes_itself_inside_poll_reaches_its_end() {
    let pool = ffi::new_pool(1);
    let value = in_asio(&pool, int(wakes_itself().map(Ok::<_, String>))).await;
    assert_eq!(value, Ok(11));
    let plain = int(wakes_itself().map(Ok::<_, String>));
    let value = ffi::awaits_plainly(plain);
    assert_eq!(soon(value).await.unwrap(), 11);

    // Tokio's own, which does so where there is no runtime.
    let yields = int(async {
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        Ok::<_, String>(1000)
    });
    let value = ffi::awaits_plainly(yields);
    assert_eq!(soon(value).await.unwrap(), 1000);
}

/// A future that wakes itself a thousand times within its polls.
fn wakes_itself() -> impl Future<Output = i64> + Send {
    let mut left = 1000;
    poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(11);
        }
        left -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
}

#[tokio::test]
async fn async_await_polls_a_bare_future_that_wakes_itself() {
    let pool = ffi::new_pool(1);
    let bare = FutureInt::infallible(wakes_itself());
    assert_eq!(in_asio(&pool, bare).await, Ok(11));
}

#[tokio::test]
async fn a_future_has_tokios_timers_and_sockets() {
    let pool = ffi::new_pool(1);
    let future = int(async {
        sleep(Duration::from_millis(2)).await;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut client = TcpStream::connect(listener.local_addr()?).await?;
        let (mut server, _) = listener.accept().await?;
        client.write_u8(9).await?;
        std::io::Result::Ok(server.read_u8().await?.into())
    });
    assert_eq!(in_asio(&pool, future).await, Ok(9));
}

#[tokio::test]
async fn a_pool_destroyed_while_cpp_awaits_aborts_the_task() {
    let pool = ffi::new_pool(1);
    let dropped = Arc::new(AtomicBool::new(false));
    let witness = Witness(dropped.clone());
    let begun = Arc::new(AtomicBool::new(false));
    let beginning = begun.clone();
    let future = int(async move {
        let _witness = witness;
        beginning.store(true, Ordering::SeqCst);
        pending::<Result<i64, String>>().await
    });
    ffi::begins_to_await(&pool, future);
    soon(async {
        while !begun.load(Ordering::SeqCst) || ffi::live_frames() == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    assert!(!dropped.load(Ordering::SeqCst));
    drop(pool);
    soon(async {
        while !dropped.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_ends_while_the_pool_is_destroyed_calls_nobody_back() {
    for round in 0..2000 {
        let pool = ffi::new_pool(1);
        let future = int(async move {
            for _ in 0..round % 7 {
                tokio::task::yield_now().await;
            }
            Ok::<_, String>(round)
        });
        ffi::begins_to_await(&pool, future);
        drop(pool);
        assert_eq!(ffi::live_frames(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_is_cancelled_aborts_the_task() {
    // Does nothing where Boost is older than 1.77 and has no cancellation of single operations.
    let pool = Arc::new(ffi::new_pool(1));
    let future = int(pending::<Result<i64, String>>());
    let cancelled = tokio::task::spawn_blocking(move || ffi::cancels_while_awaiting(&pool, future));
    assert!(soon(cancelled).await.unwrap());
}

#[tokio::test]
async fn a_runtime_shut_down_while_cpp_awaits_gives_an_exception() {
    let pool = ffi::new_pool(1);
    let other: Runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let never = pending::<Result<i64, String>>();
    let future = FutureInt::spawn(other.handle(), never);
    let call = ffi::awaits_in_asio(&pool, future);
    other.shutdown_background();
    let error = soon(call).await.unwrap_err();
    assert_eq!(error.to_string(), "the Tokio runtime was shut down");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_levels_of_ping_pong_come_back() {
    RUNTIME.get_or_init(Handle::current);
    let pool = ffi::new_pool(1);
    for _ in 0..20 {
        let levels = ffi::ping(&pool, 30);
        assert_eq!(soon(levels).await.unwrap(), 30);
    }
    assert_eq!(ffi::live_frames(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_awaiting_rust_cpp_is_back_in_its_pool() {
    let pool = ffi::new_pool(1);
    let home = soon(ffi::thread_after_schedule(&pool)).await.unwrap();
    for round in 0..50 {
        let later = async move {
            sleep(Duration::from_millis(round % 2)).await;
            Ok::<_, String>(0)
        };
        let future = FutureNamed::spawn(&Handle::current(), later);
        let thread = edges::thread_after_awaiting_in_pool(&pool, future);
        assert_eq!(soon(thread).await.unwrap(), home);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_awaiting_rust_an_asio_coroutine_is_back_in_its_pool() {
    let pool = ffi::new_pool(1);
    let home = ffi::thread_after_schedule(&pool);
    let home = soon(home).await.unwrap();
    for _ in 0..50 {
        let future = int(async {
            sleep(Duration::from_millis(1)).await;
            Ok::<_, String>(0)
        });
        let thread = ffi::thread_after_asio_await(&pool, future);
        assert_eq!(soon(thread).await.unwrap(), home);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_tasks_at_once_await_100_000_times() {
    let pool = Arc::new(ffi::new_pool(2));
    let sum = Arc::new(AtomicI64::new(0));
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (pool, sum) = (pool.clone(), sum.clone());
            tokio::spawn(async move {
                for value in 0..12_500 {
                    let future = int(async move { Ok::<_, String>(value) });
                    sum.fetch_add(in_asio(&pool, future).await.unwrap(), Ordering::Relaxed);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(sum.load(Ordering::Relaxed), 8 * 12_500 * 12_499 / 2);
    assert_eq!(ffi::live_frames(), 0);
}
