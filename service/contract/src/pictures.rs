//! Pictures that are made when they are needed, because they are large.

use std::sync::OnceLock;

use jpeg_encoder::{ColorType, Encoder};

/// A picture that takes about a second to convert: 6000 x 6000 grey pixels, 36 million.
pub fn slow() -> &'static [u8] {
    static PICTURE: OnceLock<Vec<u8>> = OnceLock::new();
    PICTURE.get_or_init(|| grey(6000))
}

/// One that takes about a tenth of that: 2000 x 2000.
pub fn medium() -> &'static [u8] {
    static PICTURE: OnceLock<Vec<u8>> = OnceLock::new();
    PICTURE.get_or_init(|| grey(2000))
}

/// A square of slow waves: nearly nothing as a JPEG, but every pixel of the PNG has to be packed.
fn grey(side: u16) -> Vec<u8> {
    let wave = |x: u32, y: u32| (x * x / 4096 + y * y + x * y / 64) as u8;
    let columns = u32::from(side);
    let rows: Vec<u8> = (0..50)
        .flat_map(|y| (0..columns).map(move |x| wave(x, y)))
        .collect();
    let pixels = rows.repeat(usize::from(side) / 50);
    let mut jpeg = Vec::new();
    Encoder::new(&mut jpeg, 50)
        .encode(&pixels, side, side, ColorType::Luma)
        .unwrap();
    jpeg
}
