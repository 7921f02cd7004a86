//! The function gives another type than the bridge says.
#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Tokens;
        async fn find(self: &Tokens) -> Result<String>;
        async fn count(self: &Tokens) -> usize;
        async fn name(self: &Tokens, id: u32) -> String;
        fn all(self: &Tokens) -> impl Stream<Item = u8>;
    }
}

#[derive(Clone)]
struct Tokens;

impl Tokens {
    async fn find(&self) -> Result<u32, String> {
        Ok(1)
    }
    async fn count(&self) -> Result<usize, String> {
        Ok(1)
    }
    async fn name(&self, id: String) -> String {
        id
    }
    fn all(&self) -> impl futures::Stream<Item = u16> + use<> {
        futures::stream::iter([1])
    }
}

fn main() {}
