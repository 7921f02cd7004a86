//! Rust awaits C++, which awaits Rust.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use cxx_async_tokio::{for_cpp, guard};
use tokio::runtime::Handle;

#[cxx::bridge]
mod ffi {
    extern "Rust" {
        fn price(article: &str) -> FuturePrice;
    }

    unsafe extern "C++" {
        include!("bridge-example/cpp/shop.h");

        #[namespace = "cxx_async_tokio"]
        type CallToken = cxx_async_tokio::CallToken;
        type FuturePrice = crate::FuturePrice;

        fn total(basket: Vec<String>, token: Box<CallToken>) -> FuturePrice;
    }
}

// SAFETY: `double`, in CXXASYNC_DEFINE_FUTURE, is what `f64` is in C++.
#[cxx_async::bridge]
unsafe impl Future for FuturePrice {
    type Output = f64;
}

/// C++ calls `price` on a thread of its own, where no runtime is entered.
static RUNTIME: OnceLock<Handle> = OnceLock::new();

fn price(article: &str) -> FuturePrice {
    let article = article.to_owned();
    let runtime = RUNTIME.get().expect("main has set it");
    FuturePrice::fallible(for_cpp(runtime, async move {
        tokio::time::sleep(Duration::from_millis(5)).await; // in reality: ask somebody
        match article.as_str() {
            "apple" => Ok(0.5),
            "melon" => Ok(2.25),
            _ => Err(format!("there is no price for {article}")),
        }
    }))
}

#[tokio::main]
async fn main() {
    RUNTIME.get_or_init(Handle::current);
    for basket in [["apple", "melon"], ["apple", "moon"]] {
        let basket = basket.map(String::from).to_vec();
        match guard(|token| ffi::total(basket, token)).await {
            Ok(total) => println!("that makes {total}"),
            Err(error) => println!("sorry: {error}"),
        }
    }
}
