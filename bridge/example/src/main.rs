//! C++ asks a peer over the network, and Rust reads what comes, under a time limit. The token that
//! the peer wants to see C++ gets from Rust.

mod peer;
#[cfg(test)]
mod tests;

use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Tokens;
        fn find(self: &Tokens, user: &str) -> FutureToken;
    }

    unsafe extern "C++" {
        include!("bridge-example/cpp/client.h");

        type FutureToken = crate::FutureToken;
        type StreamLine = crate::StreamLine;

        type Client;
        fn new_client(threads: usize) -> UniquePtr<Client>;
        fn ask(self: &Client, port: u16, tokens: Box<Tokens>, user: String) -> StreamLine;
    }
}

// SAFETY: `rust::String`, in CXXASYNC_DEFINE_FUTURE, is what `String` is in C++.
#[co_await::bridge]
unsafe impl Future for FutureToken {
    type Output = String;
}

// SAFETY: as above, in CXXASYNC_DEFINE_STREAM.
#[co_await::bridge]
unsafe impl Stream for StreamLine {
    type Item = String;
}

/// Who may talk to the peer. C++ asks in a thread of its own, where no runtime is entered.
struct Tokens(Handle);

impl Tokens {
    fn find(&self, user: &str) -> FutureToken {
        let user = user.to_owned();
        FutureToken::spawn(&self.0, async move {
            sleep(Duration::from_millis(5)).await; // in reality: ask somebody
            match user.as_str() {
                "ada" | "grace" => Ok(format!("token of {user}")),
                _ => Err(format!("{user} has no token")),
            }
        })
    }
}

/// Prints what the peer says, until it has said all.
async fn print(mut lines: StreamLine) -> Result<(), co_await::Error> {
    while let Some(line) = lines.next().await {
        println!("{}", line?);
    }
    Ok(())
}

#[tokio::main]
async fn main() {
    let port = peer::start().await.expect("a port can be had");
    let client = ffi::new_client(2);
    for user in ["ada", "nobody", "grace"] {
        let tokens = Box::new(Tokens(Handle::current()));
        let lines = client.ask(port, tokens, user.to_owned());
        match timeout(Duration::from_secs(1), print(lines)).await {
            Ok(Ok(())) => println!("that was all"),
            Ok(Err(error)) => println!("sorry: {error}"),
            Err(_) => println!("sorry: that takes too long"),
        }
    }
}
