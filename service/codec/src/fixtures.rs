//! JPEGs for tests and benchmarks, each a file below `fixtures/`.

/// A file and its name.
pub type File = (&'static str, &'static [u8]);

/// 1024 x 768 pixels, baseline, 4:2:0: what a camera sends, and the picture of every benchmark.
pub const PHOTO: &[u8] = include_bytes!("../fixtures/good/photo-1024x768.jpg");

/// The same scene at 320 x 240.
pub const SMALL: &[u8] = include_bytes!("../fixtures/good/photo-320x240.jpg");

/// One pixel: as little work as a picture can be.
pub const ONE_PIXEL: &[u8] = include_bytes!("../fixtures/good/odd-1x1.jpg");

macro_rules! files {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_bytes!(concat!("../fixtures/", $folder, "/", $name)))),*]
    };
}

/// Pictures that are converted.
pub const GOOD: &[File] = files!("good":
    "photo-1024x768.jpg"
    "photo-320x240.jpg"
    "progressive-320x240.jpg"
    "baseline-444.jpg"
    "baseline-422.jpg"
    "baseline-440.jpg"
    "baseline-420.jpg"
    "baseline-411.jpg"
    "progressive-444.jpg"
    "progressive-420.jpg"
    "optimised-tables.jpg"
    "restart-markers.jpg"
    "restart-markers-progressive.jpg"
    "odd-17x13.jpg"
    "odd-17x13-progressive.jpg"
    "odd-1x1.jpg"
    "odd-1x49.jpg"
    "odd-201x9.jpg"
    "grey.jpg"
    "grey-progressive.jpg"
    "rgb.jpg"
    "cmyk.jpg"
    "ycck.jpg"
    "comment-and-exif.jpg"
    "wide-quantisation-tables.jpg"
    "trailing-bytes.jpg"
    "restart-marker-after-the-last-block.jpg"
    "one-restart-marker-too-many.jpg"
    "bytes-between-segments.jpg"
    "fill-bytes.jpg"
    "zeros-after-a-scan.jpg"
    "on-its-side.jpg"
    "colour-profile.jpg"
);

/// Files that are refused.
pub const BROKEN: &[File] = files!("broken":
    "empty.jpg"
    "text.txt"
    "picture.png"
    "cut-off-after-start.jpg"
    "cut-off-in-header.jpg"
    "cut-off-in-scan.jpg"
    "cut-off-in-progressive-scan.jpg"
    "cut-off-before-end.jpg"
    "claims-65535x65535.jpg"
    "claims-6000x6000.jpg"
    "claims-0x0.jpg"
    "twelve-bit.jpg"
    "two-components.jpg"
    "sampling-of-0.jpg"
    "sampling-of-3-and-2.jpg"
    "lossless.jpg"
    "arithmetic-coded.jpg"
    "segment-of-no-length.jpg"
    "quantisation-table-too-short.jpg"
    "restart-interval-too-long.jpg"
    "segment-unknown.jpg"
    "two-frames.jpg"
    "quantisation-table-missing.jpg"
    "quantisation-table-number.jpg"
    "huffman-table-number.jpg"
    "huffman-table-missing.jpg"
    "huffman-table-wrong.jpg"
    "huffman-lengths-impossible.jpg"
    "huffman-4080-codes.jpg"
    "huffman-256-codes.jpg"
    "no-scan.jpg"
    "component-missing.jpg"
    "component-sent-twice.jpg"
    "component-unknown.jpg"
    "too-many-scans.jpg"
    "four-colours-of-no-name.jpg"
    "four-colours-of-no-name-with-luma.jpg"
    "components-of-one-number.jpg"
    "components-of-one-number-all-three.jpg"
    "components-of-one-number-in-four-colours.jpg"
    "scan-in-another-order.jpg"
    "progression-of-10-and-11.jpg"
    "jpeg-ls.jpg"
    "jpeg-ls-grey.jpg"
    "hierarchical.jpg"
    "hierarchical-progressive.jpg"
    "lossless-and-hierarchical.jpg"
    "arithmetic-coded-progressive.jpg"
    "arithmetic-coded-lossless.jpg"
    "motion-jpeg.jpg"
    "motion-jpeg-grey.jpg"
    "motion-jpeg-422.jpg"
    "second-start.jpg"
    "scan-cut-short.jpg"
    "scan-cut-near-its-end.jpg"
    "progressive-scan-cut-short.jpg"
    "restart-marker-missing.jpg"
    "restart-markers-out-of-order.jpg"
    "restart-interval-too-long-for-its-units.jpg"
    "huffman-14-bits.jpg"
    "bytes-after-a-scan.jpg"
    "marker-in-a-scan.jpg"
    "scan-without-frame.jpg"
    "progressive-scan-of-nothing.jpg"
);
