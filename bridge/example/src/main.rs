//! C++ asks a peer over the network, and Rust reads what comes, under a time limit. The token that
//! the peer wants to see C++ gets from Rust.

mod peer;
#[cfg(test)]
mod tests;

use std::time::Duration;

use futures::StreamExt;
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

#[co_await::bridge]
mod ffi {
    extern "Rust" {
        #[spawn(self.0)]
        type Tokens;
        async fn find(self: &Tokens, user: &str) -> Result<String>;
    }

    unsafe extern "C++" {
        include!("bridge-example/cpp/client.h");

        #[thread_safe]
        #[ends_calls] // with the pool that they wait in
        type Client;
        fn new_client(threads: usize) -> UniquePtr<Client>;
        fn ask(
            self: &Client,
            port: u16,
            tokens: Box<Tokens>,
            user: String,
        ) -> impl Stream<Item = Result<String>>;
    }
}

/// Who may talk to the peer. C++ asks in a thread of its own, where no runtime is entered.
#[derive(Clone)]
struct Tokens(Handle);

impl Tokens {
    async fn find(&self, user: &str) -> Result<String, String> {
        sleep(Duration::from_millis(5)).await; // in reality: ask somebody
        match user {
            "ada" | "grace" => Ok(format!("token of {user}")),
            _ => Err(format!("{user} has no token")),
        }
    }
}

/// Prints what the peer says, until it has said all.
async fn print(mut lines: co_await::Stream<String>) -> Result<(), co_await::Error> {
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
