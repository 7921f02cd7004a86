//! What the book's tools share with those who record for it: how code is cut out of files, and what
//! a recorded run is.

pub mod listing;
pub mod recording;
