//! JPEG to PNG in C++: the slow library that every step calls.
//!
//! The library itself is `cpp/codec.h`, plain C++ that knows nothing of Rust. A step depends on this
//! crate for its headers and for the compiled code, and calls it from C++. What stands here is the
//! same library seen from Rust, for tests and benchmarks.

#![warn(missing_docs)]

pub mod fixtures;

use cxx::{CxxVector, UniquePtr};

#[cxx::bridge(namespace = "codec")]
mod ffi {
    unsafe extern "C++" {
        include!("codec/cpp/bridge.h");

        type picture;

        fn rust_decode(jpeg: &[u8], max_pixels: u64) -> Result<UniquePtr<picture>>;
        fn rust_picture(
            pixels: &[u8],
            width: u32,
            height: u32,
            channels: u32,
        ) -> Result<UniquePtr<picture>>;
        fn rust_encode(picture: &picture, stb_compressor: bool)
        -> Result<UniquePtr<CxxVector<u8>>>;
        fn rust_jpeg_to_png(jpeg: &[u8], max_pixels: u64) -> Result<UniquePtr<CxxVector<u8>>>;
        fn rust_pixels(picture: &picture) -> &[u8];
        fn rust_width(picture: &picture) -> u32;
        fn rust_height(picture: &picture) -> u32;
        fn rust_channels(picture: &picture) -> u32;
        fn rust_live() -> i64;
    }
}

pub use cxx::Exception as Error;

/// The limit of a picture's size where none is given, in pixels.
pub const MAX_PIXELS: u64 = 40_000_000;

/// A decoded picture.
pub struct Picture(UniquePtr<ffi::picture>);

/// What packs the pixels of a PNG.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Compressor {
    /// ISA-L, behind stb's hook: what every step uses.
    IsaL,
    /// stb's own, several times slower: for the comparison.
    Stb,
}

impl Picture {
    /// A picture of given pixels, not empty, 1 to 4 `channels` bytes each: for the comparison with
    /// a PNG that has an alpha channel.
    ///
    /// # Panics
    /// When the pixels do not fill the picture.
    pub fn new(pixels: &[u8], width: u32, height: u32, channels: u32) -> Result<Self, Error> {
        let size = width as usize * height as usize * channels as usize;
        assert!(size > 0 && size == pixels.len() && channels <= 4);
        ffi::rust_picture(pixels, width, height, channels).map(Self)
    }

    /// Rows from the top, without padding, `channels` bytes a pixel.
    pub fn pixels(&self) -> &[u8] {
        ffi::rust_pixels(&self.0)
    }

    /// Columns.
    pub fn width(&self) -> u32 {
        ffi::rust_width(&self.0)
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        ffi::rust_height(&self.0)
    }

    /// 1 for grey, 3 for colour.
    pub fn channels(&self) -> u32 {
        ffi::rust_channels(&self.0)
    }

    /// The same picture in four channels, opaque, as stb decodes it when asked for four: for the
    /// comparison.
    pub fn with_alpha(&self) -> Result<Self, Error> {
        let channels = self.channels();
        let pixels: Vec<u8> = self
            .pixels()
            .chunks_exact(channels as usize)
            .flat_map(|pixel| match *pixel {
                [red, green, blue, ..] => [red, green, blue, 255],
                _ => [pixel[0], pixel[0], pixel[0], 255],
            })
            .collect();
        Picture::new(&pixels, self.width(), self.height(), 4)
    }
}

/// Decodes a JPEG of at most `max_pixels`. The error is a sentence for whoever sent the picture.
pub fn decode(jpeg: &[u8], max_pixels: u64) -> Result<Picture, Error> {
    ffi::rust_decode(jpeg, max_pixels).map(Picture)
}

/// Encodes a picture as PNG.
pub fn encode(picture: &Picture, compressor: Compressor) -> Result<Vec<u8>, Error> {
    let png = ffi::rust_encode(&picture.0, compressor == Compressor::Stb)?;
    Ok(png.as_slice().to_vec())
}

/// Decodes and encodes, as every step does.
pub fn jpeg_to_png(jpeg: &[u8], max_pixels: u64) -> Result<UniquePtr<CxxVector<u8>>, Error> {
    ffi::rust_jpeg_to_png(jpeg, max_pixels)
}

/// How many conversions C++ holds at the moment, those whose client has left included: what a step
/// counts with `codec::live`, for its leak tests.
pub fn live() -> i64 {
    ffi::rust_live()
}
