//! Programs that try to break the bridge by way of Folly. Built with the feature `folly`, which
//! takes the library; `tests/folly.rs` runs them.

pub mod dropped_while_queued;
pub mod executor_that_calls_at_once;
pub mod full_queue;
pub mod reads_a_stream;
pub mod reschedules;
pub mod woken_under_a_lock;

use super::{FutureNumber, Locked, StreamNumber, WAKES, wait, wake};
use crate::folly::ffi::{FollyPool, new_folly_pool};
