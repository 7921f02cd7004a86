//! Arbitrary bytes through the codec: a PNG or a reason, and nothing worse.

#![no_main]

use libfuzzer_sys::fuzz_target;

/// Small, so that many files are tried in a second.
const MAX_PIXELS: u64 = 100_000;

fuzz_target!(|bytes: &[u8]| {
    match codec::jpeg_to_png(bytes, MAX_PIXELS) {
        Ok(png) => assert!(png.as_slice().starts_with(b"\x89PNG\r\n\x1A\n")),
        Err(error) => assert!(!error.what().is_empty()),
    }
});
