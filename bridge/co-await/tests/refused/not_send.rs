//! C++ polls it in any thread.
use std::rc::Rc;

#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Tokens;
        async fn find(self: &Tokens, user: &str) -> Result<String>;
    }
}

#[derive(Clone)]
struct Tokens;

impl Tokens {
    async fn find(&self, user: &str) -> Result<String, String> {
        let name = Rc::new(user.to_owned());
        std::future::ready(()).await;
        Ok(name.to_string())
    }
}

fn main() {}
