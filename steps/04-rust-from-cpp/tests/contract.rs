//! Step 4 keeps the contract of every step, and of those with a pool.

const BINARY: &str = env!("CARGO_BIN_EXE_step-04-rust-from-cpp");

contract::every_step!(BINARY);
contract::steps_with_a_pool!(BINARY);
