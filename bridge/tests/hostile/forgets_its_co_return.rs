//! A coroutine comes to its end without the `co_return` of its value. clang does not compile that,
//! GCC says nothing: the call ends with an error that says so.

use super::{FutureNumber, Later, wait};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/forgets_its_co_return.h");

        type FutureNumber = super::FutureNumber;

        fn forgets(future: FutureNumber) -> FutureNumber;
        fn forgets_unless(remembers: bool) -> FutureNumber;
    }
}

pub fn run() {
    let says_so = |future| {
        let error = wait::<FutureNumber>(future).unwrap_err();
        assert!(
            error.to_string().contains("without the co_return"),
            "{error}"
        );
    };
    says_so(ffi::forgets(FutureNumber::infallible(async { 1 })));
    let later = Later::default();
    let future = ffi::forgets(later.number(1));
    later.end();
    says_so(future);
    says_so(ffi::forgets_unless(false));
    assert_eq!(wait(ffi::forgets_unless(true)).unwrap(), 1);
    // What it waited for has failed: that is the error.
    let failed = FutureNumber::fallible(async { Err("sold out") });
    let error = wait(ffi::forgets(failed)).unwrap_err();
    assert_eq!(error.to_string(), "sold out");
}
