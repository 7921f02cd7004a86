//! Asynchronous functions of a bridge: what they give, both ways.

use std::sync::{Arc, LazyLock};

use bridge_tests::functions::Stock;
use bridge_tests::functions::ffi::{self, Order, ShopAsync, Size};
use co_await::Error;
use cxx::SharedPtr;
use futures::{StreamExt, TryStreamExt, stream};

#[tokio::test]
async fn a_coroutine_is_called_as_a_method_of_who_keeps_its_object() {
    let shared = ffi::shared_shop(1);
    let owned = Arc::new(ffi::new_shop(1));
    static FOREVER: LazyLock<SharedPtr<ffi::Shop>> = LazyLock::new(|| ffi::shared_shop(1));
    let forever: &'static ffi::Shop = FOREVER.as_ref().unwrap();
    assert_eq!(shared.greet("a".into()).await.unwrap(), "hello, a");
    assert_eq!(owned.greet("b".into()).await.unwrap(), "hello, b");
    assert_eq!(forever.greet("c".into()).await.unwrap(), "hello, c");
    assert_eq!(shared.name(), "the shop");
}

#[tokio::test]
async fn an_object_stays_until_its_calls_are_over() {
    let shop = ffi::shared_shop(1);
    let greeting = shop.greet("you".into());
    let orders = shop.orders(3);
    drop(shop);
    assert_eq!(greeting.await.unwrap(), "hello, you");
    let orders: Vec<_> = orders.try_collect().await.unwrap();
    assert_eq!(orders.len(), 3);
    assert_eq!(
        orders[2],
        Order {
            what: "pear".into(),
            pieces: 3
        }
    );
}

#[tokio::test]
async fn what_an_async_fn_gives_may_be_of_any_type_that_cxx_has() {
    let shop = ffi::shared_shop(1);
    assert_eq!(shop.sizes().await.unwrap(), [Size::Large]);
    let texts = shop.texts().await.unwrap();
    assert_eq!(texts.len(), 2);
    shop.nothing().await.unwrap();
    let stock = Box::new(Stock::new());
    assert_eq!(ffi::identity(stock).await.unwrap().count(), 0);
}

#[tokio::test]
async fn what_cpp_throws_before_there_is_a_coroutine_is_an_error() {
    let shop = ffi::shared_shop(1);
    assert_eq!(
        shop.refuses().await.unwrap_err().to_string(),
        "closed today"
    );
    assert_eq!(
        shop.fails().await.unwrap_err().to_string(),
        "the till is empty"
    );
    let null = SharedPtr::<ffi::Shop>::null();
    let said = null.nothing().await.unwrap_err().to_string();
    assert!(said.contains("its pointer is null"), "{said}");
}

#[tokio::test]
async fn cpp_awaits_what_it_is_called_with() {
    let shop = ffi::shared_shop(1);
    let number = async { Ok::<_, String>(21) };
    assert_eq!(shop.twice(number).await.unwrap(), 42);
    let refused = async { Err("no number".to_owned()) };
    assert_eq!(
        shop.twice(refused).await.unwrap_err().to_string(),
        "no number"
    );
    let numbers = stream::iter(1..=4).map(Ok::<_, String>);
    assert_eq!(shop.sum(numbers).await.unwrap(), 10);
    // What C++ makes, C++ takes as well.
    let numbers = shop.orders(3).map_ok(|order| i64::from(order.pieces));
    assert_eq!(shop.sum(numbers).await.unwrap(), 6);
}

#[tokio::test]
async fn cpp_calls_each_kind_of_async_function() {
    let stock = Box::new(Stock::new());
    let said = ffi::ask_stock(stock, "apple".into()).await.unwrap();
    assert_eq!(
        said,
        [
            "3",
            "3",
            "1",
            "1000",
            "apple 1",
            "apple 2",
            "sold out",
            "at once",
            "2",
            "2.000000",
            "no pear at all"
        ]
    );
    let error = ffi::ask_stock(Box::new(Stock::new()), "pear".into()).await;
    assert_eq!(error.unwrap_err().to_string(), "there is no pear");
}

#[tokio::test]
async fn an_object_that_ends_its_calls_is_kept_by_none() {
    let till = ffi::new_till();
    let never = std::future::pending::<Result<i64, String>>;
    let waits = till.waits(never());
    let early = till.waits_too_early(never());
    assert_eq!(till.waits(async { Ok::<_, String>(1) }).await.unwrap(), 1);
    drop(till);
    assert!(matches!(waits.await, Err(Error::Abandoned)));
    // Nobody could have ended that one.
    let said = early.await.unwrap_err().to_string();
    assert!(
        said.contains("co_await rust::async::schedule(…) first"),
        "{said}"
    );
}
