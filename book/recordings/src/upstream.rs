//! The same with cxx-async's own attribute, for the scenes that show what that does.

use std::future::Future;
use std::pin::Pin;

#[cxx::bridge(namespace = "recordings")]
pub mod ffi {
    unsafe extern "C++" {
        include!("recordings/cpp/upstream.h");

        type FutureBare = crate::upstream::FutureBare;
        type Pool = crate::scenes::ffi::Pool;

        fn computes_bare(pool: &Pool) -> FutureBare;
        fn awaits_bare(number: FutureBare) -> FutureBare;
    }
}

// SAFETY: `i64` is what cpp/upstream.h says.
#[cxx_async::bridge(namespace = recordings)]
unsafe impl Future for FutureBare {
    type Output = i64;
}
