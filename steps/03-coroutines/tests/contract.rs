//! Step 3 keeps the contract of every step, and of those with a pool.

const BINARY: &str = env!("CARGO_BIN_EXE_step-03-coroutines");

contract::every_step!(BINARY);
contract::steps_with_a_pool!(BINARY);
