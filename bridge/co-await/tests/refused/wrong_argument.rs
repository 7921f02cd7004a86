//! A wrong argument, and a result of another type.
#[co_await::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("no.h");
        async fn greet(name: String) -> Result<String>;
    }
}

async fn call() -> Result<u32, co_await::Error> {
    ffi::greet("a literal").await
}

fn main() {
    drop(call());
}
