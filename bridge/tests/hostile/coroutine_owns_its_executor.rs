//! A coroutine holds the last reference to the pool that it runs on, or has its io_context among its
//! locals, so that one of their own threads destroys them: the program ends with a sentence that
//! says so.

use futures::FutureExt;
use futures::future::pending;

use super::{FutureNumber, wait};
use crate::ffi::{Gate, new_gate};
use crate::waiting::block_until;

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("bridge-tests/hostile/coroutine_owns_its_executor.h");

        type FutureNumber = super::FutureNumber;
        type Gate = crate::ffi::Gate;

        fn owns_its_pool(gate: SharedPtr<Gate>) -> FutureNumber;
        fn owns_its_pool_and_awaits(gate: SharedPtr<Gate>, future: FutureNumber) -> FutureNumber;
        fn owns_its_pool_and_throws(gate: SharedPtr<Gate>) -> FutureNumber;
        fn owns_its_context(gate: SharedPtr<Gate>) -> FutureNumber;
    }
}

fn passes(call: impl FnOnce(cxx::SharedPtr<Gate>) -> FutureNumber) -> FutureNumber {
    let gate = new_gate();
    let mut call = call(gate.clone());
    // The function that began it has returned, and Rust has polled.
    assert!((&mut call).now_or_never().is_none());
    block_until(|| gate.arrived() == 1);
    gate.open();
    call
}

pub fn that_ends() {
    _ = wait(passes(ffi::owns_its_pool));
}

pub fn that_throws() {
    _ = wait(passes(ffi::owns_its_pool_and_throws));
}

/// It ends on its pool, where Rust's leaving has it end.
pub fn that_is_dropped() {
    let call =
        passes(|gate| ffi::owns_its_pool_and_awaits(gate, FutureNumber::infallible(pending())));
    drop(call);
    block_until(|| false);
}

pub fn that_has_an_io_context() {
    _ = wait(passes(ffi::owns_its_context));
}
