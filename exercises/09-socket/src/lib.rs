//! Exercise 9: asks a peer on the network for a line, through C++.

use co_await::Error;
use cxx::{CxxString, UniquePtr};

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-09-socket/cpp/client.h");

        type FutureLine = crate::FutureLine;

        type Client;
        fn new_client() -> UniquePtr<Client>;
        fn connections(self: &Client) -> usize;
        fn closed_elsewhere(self: &Client) -> bool;

        fn ask(client: &Client, port: u16) -> FutureLine;
    }
}

// SAFETY: `std::unique_ptr<std::string>`, in CXXASYNC_DEFINE_FUTURE, is what this is in C++.
#[co_await::bridge]
unsafe impl Future for FutureLine {
    type Output = UniquePtr<CxxString>;
}

// SAFETY: its methods hand work to a pool or read a count, from any thread.
unsafe impl Send for ffi::Client {}
// SAFETY: as above.
unsafe impl Sync for ffi::Client {}

/// The C++ pool. Joined when dropped.
pub type Client = UniquePtr<ffi::Client>;
pub use ffi::new_client;

/// Asks the peer that listens on a port of this machine for a line. May be dropped at any time.
///
/// # Errors
///
/// When C++ throws.
pub async fn ask(client: &Client, port: u16) -> Result<String, Error> {
    let line = ffi::ask(client, port).await?;
    Ok(line.to_string_lossy().into_owned())
}
