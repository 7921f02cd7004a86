//! The bridge of the tests of the keyed mutex.

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/cpp/keyed_mutex.h");

        type FutureInt = crate::FutureInt;

        type Keys;
        fn new_keys(threads: usize) -> UniquePtr<Keys>;
        fn hold(self: &Keys, key: i64, future: FutureInt) -> FutureInt;
        fn hold_in_pool(self: &Keys, key: i64, future: FutureInt) -> FutureInt;
        fn take_turns(self: &Keys, key: i64) -> FutureInt;
    }
}

// SAFETY: its one method takes calls from any thread.
unsafe impl Send for ffi::Keys {}
// SAFETY: as above; what the calls share is a pool, and a mutex.
unsafe impl Sync for ffi::Keys {}
