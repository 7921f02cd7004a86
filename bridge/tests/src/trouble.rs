//! What goes wrong in the book's page on debugging; `examples/trouble.rs` has each happen.

#[cxx::bridge]
pub mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/cpp/trouble.h");

        type Pool = crate::ffi::Pool;
        type FutureInt = crate::FutureInt;

        fn computes_anywhere(seed: FutureInt) -> FutureInt;
        fn computes_in_pool(pool: &Pool, seed: FutureInt) -> FutureInt;
        fn is_computing() -> bool;
        fn stop_computing();

        type Letterbox;
        fn new_letterbox() -> UniquePtr<Letterbox>;
        fn wait_for_letter(self: &Letterbox) -> FutureInt;
        fn deliver(self: &Letterbox, letter: i64);
    }
}
