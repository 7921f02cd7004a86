//! What goes to C++ owns what it has, whatever its name hides.
#[co_await::bridge]
mod ffi {
    extern "Rust" {
        type Parser<'a>;
    }
    unsafe extern "C++" {
        include!("no.h");
        async fn parse(parser: Box<Parser>) -> Result<u32>;
    }
}

pub struct Parser<'a>(&'a str);

fn main() {}
