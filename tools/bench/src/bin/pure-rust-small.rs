//! The same service without C++, with the fastest setting of the crate `image` whose PNG of the
//! benchmark's photograph is no larger than ours.

use std::process::ExitCode;

use image::codecs::png::{CompressionType, FilterType};

fn main() -> ExitCode {
    bench::beside::serve("pure-rust-small", |jpeg, max_pixels| {
        let (compression, filter) = (CompressionType::Level(2), FilterType::Up);
        bench::pure_rust::jpeg_to_png(jpeg, max_pixels, compression, filter)
    })
}
