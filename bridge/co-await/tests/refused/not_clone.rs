//! Each call has a copy of what it is called on.
#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Tokens;
        async fn find(self: &Tokens, user: &str) -> Result<String>;
    }
}

struct Tokens;

impl Tokens {
    async fn find(&self, user: &str) -> Result<String, String> {
        Ok(user.to_owned())
    }
}

fn main() {}
