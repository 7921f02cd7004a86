//! C++ that waits, in every way that it can, for those who leave meanwhile.

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/cpp/leaving.h");

        type FutureInt = crate::FutureInt;
        type Pool = crate::ffi::Pool;

        fn asio_cancels() -> bool;
        fn waits_for_timer(pool: &Pool, milliseconds: i64) -> FutureInt;
        fn waits_for_peer(pool: &Pool, port: u16) -> FutureInt;
        fn waits_for_rust(pool: &Pool, future: FutureInt) -> FutureInt;
        fn waits_on_strand(pool: &Pool, milliseconds: i64) -> FutureInt;
        fn waits_on_typed_executor(pool: &Pool, milliseconds: i64) -> FutureInt;
        fn waits_for_either(pool: &Pool, future: FutureInt) -> FutureInt;
        fn waits_for_both(pool: &Pool, future: FutureInt) -> FutureInt;
        fn hops_about(pool: &Pool) -> FutureInt;
        fn computes_until_stopped(pool: &Pool) -> FutureInt;
        fn has_one_token(pool: &Pool) -> FutureInt;
        fn is_not_stopped() -> FutureInt;

        type Doorbell;
        fn new_doorbell() -> UniquePtr<Doorbell>;
        fn waits(self: &Doorbell, pool: &Pool) -> FutureInt;
        fn ring(self: &Doorbell);
        fn heard(self: &Doorbell) -> i64;
        fn reached_the_pool(self: &Doorbell) -> i64;

        type KeyHolder;
        fn new_key_holder(threads: usize) -> UniquePtr<KeyHolder>;
        fn hold(self: &KeyHolder, key: i64, future: FutureInt) -> FutureInt;
        fn waits(self: &KeyHolder, key: i64) -> FutureInt;
        fn waits_in_asio(self: &KeyHolder, key: i64) -> FutureInt;
    }
}

// SAFETY: what its calls share is a pool and a mutex.
unsafe impl Send for ffi::KeyHolder {}
// SAFETY: as above.
unsafe impl Sync for ffi::KeyHolder {}
