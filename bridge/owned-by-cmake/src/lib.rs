//! Async Rust for a C++ program that has `main`.

use std::time::Duration;

use tokio::runtime::Runtime;

#[co_await::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("owned-by-cmake/greetings.h");

        type FutureText = crate::FutureText;
    }

    extern "Rust" {
        type Greeter;
        /// Starts Rust's threads; they end with it.
        fn new_greeter() -> Result<Box<Greeter>>;
        /// A greeting that takes a moment; fails for an empty name.
        fn greet(self: &Greeter, name: &str) -> FutureText;
    }
}

// SAFETY: `CXXASYNC_DEFINE_FUTURE` in `greetings.h` names the C++ type of this `Output`.
#[co_await::bridge]
unsafe impl Future for FutureText {
    type Output = String;
}

struct Greeter(Runtime);

fn new_greeter() -> std::io::Result<Box<Greeter>> {
    Runtime::new().map(Greeter).map(Box::new)
}

impl Greeter {
    fn greet(&self, name: &str) -> FutureText {
        let name = name.to_owned();
        FutureText::spawn(self.0.handle(), async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            match name.is_empty() {
                true => Err("a greeting takes a name"),
                false => Ok(format!("hello, {name}")),
            }
        })
    }
}
