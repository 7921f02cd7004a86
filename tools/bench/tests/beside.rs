//! What the steps are compared with does the same work: else the comparison says nothing.

use codec::fixtures::{PHOTO, SMALL};
use contract::Server;
use image::codecs::png::{CompressionType, FilterType};
use image::{ImageFormat, RgbImage};

const PURE_RUST: &str = env!("CARGO_BIN_EXE_pure-rust");
const PURE_RUST_SMALL: &str = env!("CARGO_BIN_EXE_pure-rust-small");
const PLAIN_STB: &str = env!("CARGO_BIN_EXE_plain-stb");

mod pure_rust {
    contract::tests! { super::PURE_RUST,
        answers_400_to_an_empty_body
        answers_413_to_a_body_that_is_announced_too_large
        answers_415_to_another_content_type
        answers_422_to_more_pixels_than_allowed
    }
}

mod pure_rust_small {
    contract::tests! { super::PURE_RUST_SMALL,
        answers_422_to_more_pixels_than_allowed
    }
}

mod plain_stb {
    contract::tests! { super::PLAIN_STB,
        answers_422_to_more_pixels_than_allowed
    }
}

fn png_of(binary: &str, jpeg: &[u8]) -> (Vec<u8>, RgbImage) {
    let answer = Server::start(binary, &[]).convert(jpeg);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let picture = image::load_from_memory_with_format(&answer.body, ImageFormat::Png);
    (answer.body, picture.unwrap().into_rgb8())
}

#[test]
fn pure_rust_makes_the_same_picture() {
    for jpeg in [PHOTO, SMALL] {
        let (_, theirs) = png_of(PURE_RUST, jpeg);
        let ours = codec::decode(jpeg, codec::MAX_PIXELS).unwrap();
        assert_eq!(theirs.dimensions(), (ours.width(), ours.height()));
        // Two decoders round differently, and differ in how they spread colour over pixels.
        let differences = theirs.as_raw().iter().zip(ours.pixels());
        let sum: u64 = differences.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = sum as f64 / ours.pixels().len() as f64;
        assert!(mean < 2.0, "a mean difference of {mean:.2} in 255");
    }
}

#[test]
fn pure_rust_small_makes_the_same_picture_no_larger_than_ours() {
    let (large, picture) = png_of(PURE_RUST, PHOTO);
    let (small, same) = png_of(PURE_RUST_SMALL, PHOTO);
    let ours = codec::jpeg_to_png(PHOTO, codec::MAX_PIXELS).unwrap();
    assert!(picture == same);
    assert!(small.len() <= ours.len() && ours.len() < large.len());
    // The next faster setting's is larger, with each of the filters.
    for filter in [FilterType::Up, FilterType::Adaptive] {
        let level = CompressionType::Level(1);
        let faster = bench::pure_rust::jpeg_to_png(PHOTO, codec::MAX_PIXELS, level, filter);
        assert!(faster.unwrap().len() > ours.len());
    }
}

#[test]
fn plain_stb_makes_the_same_picture_in_four_channels() {
    let (png, theirs) = png_of(PLAIN_STB, PHOTO);
    let ours = codec::decode(PHOTO, codec::MAX_PIXELS).unwrap();
    assert!(theirs.as_raw() == ours.pixels());
    // The colour type of the header: 6 is RGB with alpha.
    assert_eq!(png[25], 6);
}
