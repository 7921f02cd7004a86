//! The bridge has a function that Rust does not have.
#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Tokens;
        async fn find(self: &Tokens) -> Result<String>;
        async fn fetch(url: String) -> Result<String>;
    }
}

#[derive(Clone)]
struct Tokens;

fn main() {}
