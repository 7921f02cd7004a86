//! Programs that try to break the bridge by way of CppCoro. Built with the feature `cppcoro`, which
//! takes the library; `tests/cppcoro.rs` runs them.

pub mod woken_under_a_lock;
