//! Rust awaits C++, which awaits Rust.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        fn price(article: &str) -> FuturePrice;
    }

    unsafe extern "C++" {
        include!("bridge-example/cpp/shop.h");

        type FuturePrice = crate::FuturePrice;

        type Shop;
        fn new_shop(threads: usize) -> UniquePtr<Shop>;
        fn total(self: &Shop, basket: Vec<String>) -> FuturePrice;
    }
}

// SAFETY: `double`, in CXXASYNC_DEFINE_FUTURE, is what `f64` is in C++.
#[co_await::bridge]
unsafe impl Future for FuturePrice {
    type Output = f64;
}

/// C++ calls `price` on a thread of its own, where no runtime is entered.
static RUNTIME: OnceLock<Handle> = OnceLock::new();

fn price(article: &str) -> FuturePrice {
    let article = article.to_owned();
    let runtime = RUNTIME.get().expect("main has set it");
    FuturePrice::spawn(runtime, async move {
        sleep(Duration::from_millis(5)).await; // in reality: ask somebody
        match article.as_str() {
            "apple" => Ok(0.5),
            "melon" => Ok(2.25),
            "gold" => std::future::pending().await, // nobody answers
            _ => Err(format!("there is no price for {article}")),
        }
    })
}

#[tokio::main]
async fn main() {
    RUNTIME.get_or_init(Handle::current);
    let shop = ffi::new_shop(2);
    for basket in [["apple", "melon"], ["apple", "moon"], ["apple", "gold"]] {
        let basket = basket.map(String::from).to_vec();
        match timeout(Duration::from_secs(1), shop.total(basket)).await {
            Ok(Ok(total)) => println!("that makes {total}"),
            Ok(Err(error)) => println!("sorry: {error}"),
            Err(_) => println!("sorry: that takes too long"),
        }
    }
}
