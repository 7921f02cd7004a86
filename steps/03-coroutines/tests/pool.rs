//! Step 3 without a server: what its pool leaves behind, whoever's threads it is made of.
//!
//! One at a time, for they count what C++ holds in the whole process.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use co_await::Error;
use codec::fixtures::{ONE_PIXEL, PHOTO};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use lab::cpu_time;
use serial_test::serial;
use step_03_coroutines::{Converter, ConverterAsync, new_converter};
use tokio::runtime::{Builder, Runtime};

/// How long anything that must come may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(60);

fn pool(threads: usize) -> Converter {
    new_converter(threads, codec::MAX_PIXELS).unwrap()
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn convert(pool: &Converter, jpeg: &[u8]) -> Result<Vec<u8>, Error> {
    let png = pool.convert(jpeg.to_vec()).await?;
    Ok(png.as_slice().to_vec())
}

fn wait_until_nothing_is_left() {
    let begun = Instant::now();
    while codec::live() != 0 {
        assert!(begun.elapsed() < PATIENCE, "{} left", codec::live());
        thread::sleep(Duration::from_millis(1));
    }
}

/// A thread that spins takes a core for itself.
fn assert_idle() {
    let span = Duration::from_secs(1);
    let before = cpu_time();
    thread::sleep(span);
    let used = cpu_time() - before;
    assert!(used < span / 8, "{used:?} of CPU in an idle {span:?}");
}

#[test]
#[serial]
fn is_idle_after_200_000_conversions_of_which_some_were_dropped() {
    let pool = pool(2);
    let expected = codec::jpeg_to_png(ONE_PIXEL, codec::MAX_PIXELS).unwrap();
    runtime().block_on(async {
        let mut running = FuturesUnordered::new();
        for call in 0..200_000 {
            if call % 10 == 0 {
                drop(pool.convert(ONE_PIXEL.to_vec()));
            }
            running.push(convert(&pool, ONE_PIXEL));
            if running.len() == 64 {
                assert_eq!(running.next().await.unwrap().unwrap(), expected.as_slice());
            }
        }
        while let Some(png) = running.next().await {
            assert_eq!(png.unwrap(), expected.as_slice());
        }
    });
    wait_until_nothing_is_left();
    assert_idle();
}

#[test]
#[serial]
fn a_pool_that_nobody_else_has_sees_its_calls_through() {
    let expected = codec::jpeg_to_png(PHOTO, codec::MAX_PIXELS).unwrap();
    let pool = pool(1);
    let waiting: Vec<_> = (0..20).map(|_| pool.convert(PHOTO.to_vec())).collect();
    drop(pool);
    runtime().block_on(async {
        for call in waiting {
            assert_eq!(call.await.unwrap().as_slice(), expected.as_slice());
        }
    });
    wait_until_nothing_is_left();
    assert_idle();
}

#[test]
#[serial]
fn a_runtime_that_goes_away_does_not_hold_up_the_pool() {
    let pool = Arc::new(pool(1));
    let runtime = runtime();
    runtime.block_on(async {
        for _ in 0..20 {
            let pool = pool.clone();
            tokio::spawn(async move { convert(&pool, PHOTO).await });
        }
        tokio::task::yield_now().await;
    });
    assert!(codec::live() > 0, "C++ has begun");
    // Nobody will poll any more.
    drop(runtime);
    assert_eq!(Arc::strong_count(&pool), 1);
    wait_until_nothing_is_left();
    drop(pool);
    assert_idle();
}
