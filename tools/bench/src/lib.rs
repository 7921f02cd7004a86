//! Load and crossing-cost measurements, and the pictures of both.
//!
//! `benches/crossing.rs` measures one crossing of the language border; `bench` the services of the
//! steps, all in one run, and draws the pictures in the book; `load` drives one of them while one
//! looks on. The load comes from this process, the services are processes of their own.

#![warn(missing_docs)]

pub mod beside;
pub mod client;
// The macro of cxx-async makes public functions without documentation.
#[allow(missing_docs)]
pub mod crossing;
pub mod drive;
pub mod figures;
pub mod measure;
pub mod pure_rust;
pub mod report;
pub mod results;
pub mod steps;
pub mod targets;

/// Why a measurement cannot be made: one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing answers, or not as HTTP.
    #[error("{address} does not answer: {reason}")]
    Request {
        /// Who was asked.
        address: std::net::SocketAddr,
        /// What came instead.
        reason: String,
    },
    /// A file or a process.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// Something that is not as it must be.
    #[error("{0}")]
    Unfit(String),
}

impl Error {
    /// What was tried when the system said no.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        |source| Error::Io { what, source }
    }
}
