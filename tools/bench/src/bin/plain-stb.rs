//! The conversion of the article that this workspace starts from: four channels, packed by stb's
//! own compressor. Its temporary file is left out, which can only make it quicker.

use std::process::ExitCode;

use codec::Compressor;
use lab::Problem;

fn jpeg_to_png(jpeg: &[u8], max_pixels: u64) -> Result<Vec<u8>, Problem> {
    let picture = codec::decode(jpeg, max_pixels).map_err(Problem::picture)?;
    let opaque = picture.with_alpha().map_err(Problem::picture)?;
    codec::encode(&opaque, Compressor::Stb).map_err(Problem::picture)
}

fn main() -> ExitCode {
    bench::beside::serve("plain-stb", jpeg_to_png)
}
