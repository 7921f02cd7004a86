//! Asynchronous functions, as they stand in a bridge: both ways, of every kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::{Stream, StreamExt, stream};
use tokio::runtime::Handle;

#[co_await::bridge(namespace = "shop::counter")]
pub mod ffi {
    /// A structure that both languages know.
    #[derive(Clone, Debug, PartialEq)]
    struct Order {
        what: String,
        pieces: u32,
    }

    /// So is an enumeration, whose numbers are larger than a byte.
    #[derive(Debug)]
    enum Size {
        Small = 1,
        Large = 1000,
    }

    extern "Rust" {
        #[spawn(self.runtime)]
        type Stock;
        /// How many pieces there are of it, by a task of a runtime.
        async fn pieces(self: &Stock, what: &str) -> Result<u32>;
        /// The same where C++ awaits it, within the runtime.
        #[runtime(self.runtime)]
        async fn pieces_within(self: &Stock, what: &str) -> Result<u32>;
        /// What there is, in one of several sizes.
        async fn sizes(self: &Stock, what: String) -> Vec<Size>;
        /// All that there is.
        #[buffer = 4]
        fn orders(self: &Stock, most: u32) -> impl Stream<Item = Result<Order>>;
        /// A part runs before this returns.
        fn asked(self: &Stock) -> impl Future<Output = u64>;
        fn count(self: &Stock) -> usize;

        /// A function of no object.
        #[cxx_name = "priceOf"]
        async fn price_of(order: &Order) -> Result<f64>;
        async fn nothing();
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/functions.h");

        #[thread_safe]
        type Shop;
        fn new_shop(threads: usize) -> UniquePtr<Shop>;
        fn shared_shop(threads: usize) -> SharedPtr<Shop>;
        fn name(self: &Shop) -> String;

        /// Says what it was given.
        async fn greet(self: &Shop, name: String) -> Result<String>;
        /// Orders, each a piece more than the one before.
        #[buffer = 8]
        fn orders(self: &Shop, most: u32) -> impl Stream<Item = Result<Order>>;
        async fn sizes(self: &Shop) -> Result<Vec<Size>>;
        async fn texts(self: &Shop) -> Result<UniquePtr<CxxVector<CxxString>>>;
        async fn nothing(self: &Shop) -> Result<()>;
        /// Throws before it is a coroutine.
        async fn refuses(self: &Shop) -> Result<i32>;
        /// Throws within it.
        async fn fails(self: &Shop) -> Result<i32>;
        /// Awaits what Rust gives it.
        async fn twice(self: &Shop, number: impl Future<Output = Result<i64>>) -> Result<i64>;
        async fn sum(self: &Shop, numbers: impl Stream<Item = Result<i64>>) -> Result<i64>;

        #[thread_safe]
        #[ends_calls]
        type Till;
        fn new_till() -> UniquePtr<Till>;
        /// Goes to its pool, and waits there for Rust.
        async fn waits(self: &Till, number: impl Future<Output = Result<i64>>) -> Result<i64>;
        /// Waits for Rust before it goes there.
        async fn waits_too_early(
            self: &Till,
            number: impl Future<Output = Result<i64>>,
        ) -> Result<i64>;

        /// C++ asks Rust, in each way that it can.
        #[rust_name = "ask_stock"]
        async fn asks(stock: Box<Stock>, what: String) -> Result<Vec<String>>;
        async fn identity(stock: Box<Stock>) -> Result<Box<Stock>>;
    }
}

use ffi::{Order, Size};

/// What C++ asks.
#[derive(Clone)]
pub struct Stock {
    runtime: Handle,
    asked: Arc<AtomicUsize>,
}

impl Stock {
    pub fn new() -> Self {
        Stock {
            runtime: Handle::current(),
            asked: Arc::default(),
        }
    }

    pub fn count(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn pieces(&self, what: &str) -> Result<u32, String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(1)).await;
        match what {
            "apple" => Ok(3),
            other => Err(format!("there is no {other}")),
        }
    }

    async fn pieces_within(&self, what: &str) -> Result<u32, String> {
        self.pieces(what).await
    }

    async fn sizes(&self, _what: String) -> Vec<Size> {
        vec![Size::Small, Size::Large]
    }

    fn orders(&self, most: u32) -> impl Stream<Item = Result<Order, String>> + use<> {
        let orders = (1..=most).map(|pieces| {
            Ok(Order {
                what: "apple".into(),
                pieces,
            })
        });
        stream::iter(orders).chain(stream::iter([Err("sold out".into())]))
    }

    fn asked(&self) -> impl Future<Output = u64> + use<> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst) as u64;
        async move { asked }
    }
}

impl Default for Stock {
    fn default() -> Self {
        Stock::new()
    }
}

async fn price_of(order: &Order) -> Result<f64, String> {
    match order.pieces {
        0 => Err(format!("no {} at all", order.what)),
        pieces => Ok(f64::from(pieces) * 0.5),
    }
}

async fn nothing() {}
