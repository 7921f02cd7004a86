//! Step 2 keeps the contract of every step, and of those with a pool.

const BINARY: &str = env!("CARGO_BIN_EXE_step-02-boost-callbacks");

contract::every_step!(BINARY);
contract::steps_with_a_pool!(BINARY);
