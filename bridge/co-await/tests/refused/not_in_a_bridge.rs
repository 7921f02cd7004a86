//! A structure of another module is none of the bridge.
#[co_await::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("no.h");
        async fn point() -> Result<Point>;
        async fn name(id: &str) -> Result<String>;
    }
}

pub struct Point;

fn main() {}
