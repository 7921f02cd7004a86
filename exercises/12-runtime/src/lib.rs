//! Exercise 12: a Rust future that C++ awaits.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use co_await::Error;
use cxx::UniquePtr;
use tokio::runtime::Handle;

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        fn price(article: &str) -> FuturePrice;
    }

    unsafe extern "C++" {
        include!("exercise-12-runtime/cpp/shop.h");

        type FuturePrice = crate::FuturePrice;

        type Shop;
        fn new_shop() -> UniquePtr<Shop>;
        fn two_of(self: &Shop, article: String) -> FuturePrice;
    }
}

// SAFETY: `double`, in CXXASYNC_DEFINE_FUTURE, is what `f64` is in C++.
#[co_await::bridge]
unsafe impl Future for FuturePrice {
    type Output = f64;
}

/// The C++ shop, with its pool. Joined when dropped.
pub type Shop = UniquePtr<ffi::Shop>;
pub use ffi::new_shop;

/// The server's runtime: C++ calls `price` in a thread of its own, where none is entered.
pub static RUNTIME: OnceLock<Handle> = OnceLock::new();

/// Called by C++, which awaits what it returns.
fn price(article: &str) -> FuturePrice {
    // > given
    // | FuturePrice::fallible(look_up(article.to_owned()))
    // > entered
    // | let runtime = RUNTIME.get().expect("the tests have set it");
    // | let mut asked = Box::pin(look_up(article.to_owned()));
    // | FuturePrice::fallible(std::future::poll_fn(move |cx| {
    // |     let _entered = runtime.enter();
    // |     asked.as_mut().poll(cx)
    // | }))
    // > blocks
    // | let runtime = RUNTIME.get().expect("the tests have set it");
    // | let price = runtime.block_on(look_up(article.to_owned()));
    // | FuturePrice::fallible(async move { price })
    // > solution
    let runtime = RUNTIME.get().expect("the tests have set it");
    FuturePrice::spawn(runtime, look_up(article.to_owned()))
    // > end
}

/// How many look up a price now.
static ASKING: AtomicUsize = AtomicUsize::new(0);

/// Asks for a price; in reality, over the network. Nothing to do here.
async fn look_up(article: String) -> Result<f64, &'static str> {
    tokio::time::sleep(Duration::from_millis(5)).await;
    match article.as_str() {
        "apple" => Ok(0.5),
        // Known only when two ask at the same time.
        "pear" => {
            ASKING.fetch_add(1, Ordering::SeqCst);
            for _ in 0..300 {
                if ASKING.load(Ordering::SeqCst) == 2 {
                    return Ok(0.75);
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            ASKING.fetch_sub(1, Ordering::SeqCst);
            Err("nobody else asked at the same time")
        }
        "melon" => panic!("the melon is rotten"),
        _ => Err("there is no price for that"),
    }
}

/// What two of an article cost.
///
/// # Errors
///
/// When there is no price.
pub async fn two_of(shop: &Shop, article: &str) -> Result<f64, Error> {
    shop.two_of(article.to_owned()).await
}
