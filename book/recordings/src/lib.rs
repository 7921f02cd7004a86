//! Runs the scenes that the book plays, and records them.
//!
//! A scene is a real run of a step, or of a few lines in either language, of which `co-await`'s
//! recorder notes what happens: `scene` says what belongs to one, `events` makes its events of what
//! was noted, `server` and `task` are what a step runs in here, `work` stands between a step and the
//! codec. The binaries in `src/bin` have the scenes. Two steps have classes of the same name in C++,
//! so there is a binary for each.
#![cfg(feature = "record")]
#![warn(missing_docs)]

pub mod events;
pub mod scene;
#[allow(missing_docs)]
pub mod scenes;
pub mod server;
pub mod task;
#[allow(missing_docs)]
pub mod upstream;
pub mod work;
