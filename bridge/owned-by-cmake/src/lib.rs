//! Async Rust for a C++ program that has `main`.

use std::time::Duration;

use tokio::runtime::Runtime;

#[co_await::bridge]
mod ffi {
    extern "Rust" {
        #[spawn(self.0.handle())]
        type Greeter;
        /// Starts Rust's threads; they end with it.
        fn new_greeter() -> Result<Box<Greeter>>;
        /// A greeting that takes a moment; fails for an empty name.
        fn greet(self: &Greeter, name: &str) -> impl Future<Output = Result<String>>;
    }
}

struct Greeter(Runtime);

fn new_greeter() -> std::io::Result<Box<Greeter>> {
    Runtime::new().map(Greeter).map(Box::new)
}

impl Greeter {
    /// No `async fn`: that would have a copy of the runtime, which cannot end within a task of its own.
    fn greet(&self, name: &str) -> impl Future<Output = Result<String, &'static str>> + use<> {
        let name = name.to_owned();
        async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            match name.is_empty() {
                true => Err("a greeting takes a name"),
                false => Ok(format!("hello, {name}")),
            }
        }
    }
}
