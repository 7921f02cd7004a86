//! Exercise 1: how wide a PNG is, asked of C++.

#[cxx::bridge]
mod ffi {
    unsafe extern "C++" {
        include!("exercise-01-exception/cpp/width.h");

        // > given
        // | fn width(png: &[u8]) -> u32;
        // > solution, reason-lost, panics
        fn width(png: &[u8]) -> Result<u32>;
        // > end
    }
}

/// How wide a PNG is, in pixels.
///
/// # Errors
///
/// When it is no PNG or cut off: with the reason that C++ gives.
pub fn width(png: &[u8]) -> Result<u32, String> {
    // > given
    // | Ok(ffi::width(png))
    // > reason-lost
    // | ffi::width(png).map_err(|_| "the picture is broken".to_owned())
    // > panics
    // | Ok(ffi::width(png).unwrap())
    // > solution
    ffi::width(png).map_err(|error| error.what().to_owned())
    // > end
}
