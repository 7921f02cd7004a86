//! Step 1 keeps the contract of every step, and shows its flaw.

const BINARY: &str = env!("CARGO_BIN_EXE_step-01-blocking");

contract::every_step!(BINARY);
contract::steps_that_block!(BINARY);
