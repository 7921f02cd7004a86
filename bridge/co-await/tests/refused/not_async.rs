//! The bridge says `async`, and the function does not.
#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Tokens;
        async fn find(self: &Tokens) -> String;
    }
}

#[derive(Clone)]
struct Tokens;

impl Tokens {
    fn find(&self) -> String {
        String::new()
    }
}

fn main() {}
