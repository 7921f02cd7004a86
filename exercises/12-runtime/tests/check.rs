//! What has to hold when exercise 12 is done.

use exercise_12_runtime::{RUNTIME, new_shop, two_of};
use futures::future;
use tokio::runtime::Handle;

#[test]
fn a_price_comes_to_cpp() {
    on_an_event_loop("a_price_comes_to_cpp", async {
        match two_of(&new_shop(), "apple").await {
            Ok(price) => assert_eq!(price, 1.0, "Two apples of 0.5 each do not cost 1."),
            Err(error) if error.what().contains("no reactor running") => panic!(
                "C++ polled Rust's future on its own thread, where no Tokio runtime is entered: the \
                 timer panicked. What C++ was told is “{}”.",
                error.what()
            ),
            Err(error) => panic!("Two apples have no price, and C++ was told: {error}"),
        }
    });
}

#[test]
fn two_prices_are_asked_for_at_the_same_time() {
    on_an_event_loop("two_prices_are_asked_for_at_the_same_time", async {
        let shop = new_shop();
        let (one, other) = future::join(two_of(&shop, "pear"), two_of(&shop, "pear")).await;
        assert!(
            one.is_ok() && other.is_ok(),
            "Of two prices that were to be asked for at the same time, one was asked for after the \
             other: the pool's one thread stood and waited for Rust's answer, instead of awaiting \
             it."
        );
    });
}

#[test]
fn an_error_comes_to_cpp_as_an_exception() {
    on_an_event_loop("an_error_comes_to_cpp_as_an_exception", async {
        let price = two_of(&new_shop(), "moon").await;
        let error = price.map_err(|error| error.to_string());
        assert!(
            matches!(&error, Err(reason) if reason.contains("there is no price for that")),
            "There is no price for a moon, and C++ was told: {error:?}"
        );
    });
}

#[test]
fn a_panic_comes_to_cpp_as_an_exception() {
    on_an_event_loop("a_panic_comes_to_cpp_as_an_exception", async {
        let price = two_of(&new_shop(), "melon").await;
        let error = price.map_err(|error| error.to_string());
        assert!(
            matches!(&error, Err(reason) if reason.contains("the melon is rotten")),
            "Rust panicked over a melon, and C++ was told: {error:?}"
        );
    });
}

/// On an event loop whose runtime the exercise knows.
fn on_an_event_loop(test: &str, body: impl Future<Output = ()>) {
    exercise_kit::on_an_event_loop(test, async {
        RUNTIME.get_or_init(Handle::current);
        body.await;
    });
}
