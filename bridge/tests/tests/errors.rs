//! What goes wrong on one side, as the other side hears of it.

use std::fmt;

use bridge_tests::edges::{FutureNamed, ffi};
use bridge_tests::ffi as calls;
use bridge_tests::process::{End, in_child};
use co_await::{CxxAsyncException, CxxAsyncResult, Error};
use futures::executor::block_on;
use tokio::runtime::Builder;

#[test]
fn an_exception_that_says_nothing_is_an_error_all_the_same() {
    let error = block_on(ffi::throws_null()).unwrap_err();
    assert_eq!(error.to_string(), "a C++ exception that says nothing");
}

#[test]
fn a_future_may_have_its_exceptions_put_into_words_of_its_own() {
    let error = block_on(ffi::throws_in_its_own_words(42)).unwrap_err();
    assert_eq!(error.what(), "the number 42");
}

#[test]
fn an_error_says_its_message_once() {
    let error = block_on(ffi::throws_null()).unwrap_err();
    assert!(std::error::Error::source(&error).is_none());
    assert!(matches!(error, Error::Exception(_)));
}

#[test]
fn an_error_becomes_what_cxx_async_has_by_a_question_mark() {
    fn asked() -> CxxAsyncResult<i64> {
        Ok(block_on(ffi::throws_null())?)
    }
    assert_eq!(
        asked().unwrap_err().what(),
        "a C++ exception that says nothing"
    );
}

#[test]
fn a_future_that_cpp_awaits_twice_is_an_exception() {
    let once = FutureNamed::infallible(async { 1 });
    let error = block_on(ffi::awaits_twice(once)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this future or stream was awaited, or moved away, before"
    );
    assert_eq!(calls::live_frames(), 0);
}

#[test]
fn an_error_whose_display_panics_is_an_exception_that_says_so() {
    struct Panics;
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter) -> fmt::Result {
            panic!("out of words")
        }
    }
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let spawned = FutureNamed::spawn(runtime.handle(), async { Err(Panics) });
    let polled = FutureNamed::fallible(async { Err(Panics) });
    for future in [spawned, polled] {
        let error = block_on(ffi::awaits_here(future)).unwrap_err();
        assert_eq!(error.to_string(), "panicked: out of words");
    }
}

#[test]
fn a_panic_is_an_exception_wherever_it_is_polled() {
    let pool = calls::new_pool(1);
    let panics = || FutureNamed::infallible(async { panic!("{} of {}", "out", "cheese") });
    for call in [
        ffi::awaits_here(panics()),
        ffi::awaits_in_pool(&pool, panics()),
    ] {
        let error = block_on(call).unwrap_err();
        assert_eq!(error.to_string(), "panicked: out of cheese");
    }
}

#[test]
fn a_future_of_tokio_without_a_runtime_is_an_exception() {
    let pool = calls::new_pool(1);
    let sleeps = FutureNamed::infallible(async {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        1
    });
    let error = block_on(ffi::awaits_in_pool(&pool, sleeps)).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("panicked: there is no reactor running")
    );
}

#[test]
fn a_rust_future_whose_destructor_panics_ends_nothing() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a destructor that panics");
        }
    }
    let child = in_child("a_rust_future_whose_destructor_panics_ends_nothing", || {
        let pool = calls::new_pool(1);
        let panics = Panics;
        let future = FutureNamed::infallible(async move {
            let _panics = panics;
            std::future::pending().await
        });
        let call = ffi::awaits_in_pool(&pool, future);
        std::thread::yield_now();
        drop(call);
        bridge_tests::waiting::until_no_frame_is_left();
    });
    assert!(
        matches!(child.end, End::Exited(status) if status.success()),
        "{child:?}"
    );
}

#[test]
fn a_future_polled_after_its_result_is_an_error() {
    let mut call = FutureNamed::infallible(async { 1 });
    assert_eq!(block_on(&mut call).unwrap(), 1);
    let again = block_on(&mut call).unwrap_err();
    assert_eq!(
        again.to_string(),
        "this future was awaited, or moved away, before"
    );
}

#[test]
fn a_fallible_future_takes_the_errors_of_cxx_async_too() {
    let failing = FutureNamed::fallible(async { Err(CxxAsyncException::new("kapow".into())) });
    let error = block_on(ffi::awaits_here(failing)).unwrap_err();
    assert_eq!(error.what(), "kapow");
}

#[test]
fn a_shared_structure_comes_back_whole() {
    let pair = block_on(ffi::pair_of(
        7,
        "a text that is too long for any small buffer".into(),
    ));
    assert_eq!(
        pair.unwrap().text,
        "a text that is too long for any small buffer"
    );
    // GCC 12 destroys the members of such a one twice.
    let number = FutureNamed::infallible(async { 8 });
    let pair = block_on(ffi::pair_in_braces(number)).unwrap();
    assert_eq!((pair.number, pair.text.len()), (8, 37));
}
