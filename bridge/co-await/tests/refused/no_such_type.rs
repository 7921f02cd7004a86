//! The bridge has a type that Rust does not have.
#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Tokens;
        async fn find(self: &Tokens) -> Result<String>;
    }
}

fn main() {}
