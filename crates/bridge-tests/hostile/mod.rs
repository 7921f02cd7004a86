//! Small programs that try to break the bridge. Each holds a rule that was broken once, and says in
//! its first lines what it tries. `tests/hostile.rs` runs them.

pub mod moved_away;

use futures::Stream;

// SAFETY, for both: hostile/numbers.h names the C++ type of the Rust type here.
#[co_await::bridge]
unsafe impl Future for FutureNumber {
    type Output = i64;
}
#[co_await::bridge]
unsafe impl Stream for StreamNumber {
    type Item = i64;
}
