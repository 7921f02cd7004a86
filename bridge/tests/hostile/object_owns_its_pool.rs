//! An object that owns its pool, as everybody writes one, has nobody left but its calls: it goes with
//! the last of them, wherever that ends, and never in a thread of its pool, which would join itself.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::FutureExt;

use super::{InTheWaker, wait};
use crate::functions::ffi::{ShopAsync, new_shop, shared_shop};

const ROUNDS: usize = 200;

pub fn run() {
    for _ in 0..ROUNDS {
        // Awaited.
        let shop = shared_shop(1);
        let call = shop.greet("a".into());
        drop(shop);
        assert_eq!(wait(call).unwrap(), "hello, a");
        // Polled in the waker, in a thread of the pool.
        let shop = Arc::new(new_shop(1));
        let call = shop.greet("b".into());
        drop(shop);
        InTheWaker::start(call.map(|greeting| assert_eq!(greeting.unwrap(), "hello, b")));
        let shop = shared_shop(1);
        let orders = shop.orders(20);
        drop(shop);
        InTheWaker::start(orders.count().map(|orders| assert_eq!(orders, 20)));
        // Dropped: before it begins, while it runs, and while it waits for Rust.
        let shop = shared_shop(1);
        let calls: Vec<_> = (0..5).map(|_| shop.nothing()).collect();
        drop(shop);
        drop(calls);
        let shop = shared_shop(2);
        let waits = shop.twice(std::future::pending::<Result<i64, String>>());
        let also = shop.twice(async {
            tokio::task::yield_now().await;
            Ok::<_, String>(2)
        });
        drop(shop);
        drop(waits);
        assert_eq!(wait(also).unwrap(), 4);
        // Half way through a stream.
        let shop = shared_shop(1);
        let mut orders = shop.orders(100);
        drop(shop);
        assert_eq!(wait(orders.next()).unwrap().unwrap().pieces, 1);
    }
    // The last of what was dropped goes in a thread of the bridge.
    std::thread::sleep(Duration::from_millis(100));
}
