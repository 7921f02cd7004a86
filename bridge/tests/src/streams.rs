//! Streams in both directions.

use futures::Stream;

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/cpp/streams.h");

        type FutureInt = crate::FutureInt;
        type FutureText = crate::FutureText;
        type StreamInt = crate::StreamInt;
        type StreamAhead = crate::streams::StreamAhead;
        type Pool = crate::ffi::Pool;

        fn numbers_here(count: i64) -> StreamInt;
        fn numbers_ahead(pool: &Pool, count: i64) -> StreamAhead;
        fn counted_numbers(count: i64) -> StreamAhead;
        fn counted() -> i64;
        fn adds(numbers: StreamInt) -> FutureInt;
        fn adds_in_pool(pool: &Pool, numbers: StreamInt) -> FutureInt;
        fn adds_in_asio(pool: &Pool, numbers: StreamInt) -> FutureInt;
        fn adds_ahead(pool: &Pool, numbers: StreamAhead) -> FutureInt;
        fn adds_in_a_task(numbers: StreamInt) -> i64;
        fn next_with_a_handler(numbers: StreamInt) -> Result<i64>;
        fn reads_some(pool: &Pool, numbers: StreamInt, count: i64) -> FutureInt;
        fn reads_all(numbers: StreamInt) -> FutureText;
        fn doubles(pool: &Pool, numbers: StreamInt) -> StreamInt;
        fn reads_moved(numbers: StreamInt) -> FutureInt;
    }
}

// SAFETY: cpp/streams.h names the C++ type of the item here.
#[co_await::bridge(buffer = 16)]
unsafe impl Stream for StreamAhead {
    type Item = i64;
}
