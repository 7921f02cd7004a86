//! Files that are refused: always with a reason that helps, never with a crash.

#[allow(dead_code, reason = "the rest is for other tests")]
#[path = "../examples/make-fixtures/segments.rs"]
mod segments;

use codec::fixtures::{BROKEN, GOOD};
use codec::{Compressor, MAX_PIXELS, decode, encode, jpeg_to_png};
use segments::{SOS, Segment, edit, first};

/// A part of what is said about each.
const REASONS: &[(&str, &str)] = &[
    ("empty.jpg", "not a JPEG"),
    ("text.txt", "not a JPEG"),
    ("picture.png", "not a JPEG"),
    ("cut-off-after-start.jpg", "cut off"),
    ("cut-off-in-header.jpg", "cut off"),
    ("cut-off-in-scan.jpg", "cut off"),
    ("cut-off-in-progressive-scan.jpg", "cut off"),
    ("cut-off-before-end.jpg", "cut off"),
    (
        "claims-65535x65535.jpg",
        "4294836225 pixels, more than the limit of 40000000",
    ),
    ("claims-6000x6000.jpg", "too few for 36000000 pixels"),
    ("claims-0x0.jpg", "empty"),
    ("twelve-bit.jpg", "12 bits"),
    ("two-components.jpg", "component count"),
    ("sampling-of-0.jpg", "bad H"),
    ("sampling-of-3-and-2.jpg", "bad H"),
    ("lossless.jpg", "lossless"),
    ("arithmetic-coded.jpg", "arithmetic"),
    ("segment-of-no-length.jpg", "length"),
    ("quantisation-table-too-short.jpg", "shorter"),
    ("restart-interval-too-long.jpg", "DRI"),
    ("segment-unknown.jpg", "of a kind that no JPEG has"),
    ("two-frames.jpg", "more than one picture"),
    ("quantisation-table-missing.jpg", "table that is missing"),
    ("quantisation-table-number.jpg", "bad number"),
    ("huffman-table-missing.jpg", "table that is missing"),
    ("huffman-table-number.jpg", "bad number"),
    ("huffman-table-wrong.jpg", "bad huffman code"),
    ("huffman-lengths-impossible.jpg", "impossible code lengths"),
    ("huffman-4080-codes.jpg", "too many codes"),
    ("huffman-256-codes.jpg", "too many codes"),
    ("no-scan.jpg", "component of the picture is missing"),
    (
        "component-missing.jpg",
        "component of the picture is missing",
    ),
    ("component-sent-twice.jpg", "twice"),
    (
        "component-unknown.jpg",
        "component that the picture does not have",
    ),
    ("too-many-scans.jpg", "too many scans"),
    (
        "scan-without-frame.jpg",
        "component that the picture does not have",
    ),
    ("progressive-scan-of-nothing.jpg", "bad SOS"),
];

fn good(name: &str) -> &'static [u8] {
    GOOD.iter().find(|it| it.0 == name).unwrap().1
}

/// The reason for refusing it.
fn refusal(jpeg: &[u8]) -> Option<String> {
    let error = jpeg_to_png(jpeg, MAX_PIXELS).err()?;
    Some(error.what().to_owned())
}

#[test]
fn every_broken_file_is_refused_with_its_reason() {
    for (name, jpeg) in BROKEN {
        let reason = refusal(jpeg).unwrap_or_else(|| panic!("{name} was converted"));
        let expected = REASONS.iter().find(|it| it.0 == *name);
        let expected = expected.unwrap_or_else(|| panic!("{name}: {reason}")).1;
        assert!(reason.contains(expected), "{name}: {reason}");
    }
}

#[test]
fn a_reason_does_not_depend_on_the_picture_before() {
    let reasons = || BROKEN.iter().map(|(_, jpeg)| refusal(jpeg));
    let forwards: Vec<_> = reasons().collect();
    let mut backwards: Vec<_> = reasons().rev().collect();
    backwards.reverse();
    assert_eq!(forwards, backwards);
}

#[test]
fn a_picture_cut_off_anywhere_is_refused() {
    for name in [
        "odd-17x13.jpg",
        "odd-17x13-progressive.jpg",
        "baseline-411.jpg",
        "restart-markers.jpg",
        "comment-and-exif.jpg",
    ] {
        let jpeg = good(name);
        for length in 0..jpeg.len() {
            let reason = refusal(&jpeg[..length]);
            assert!(reason.is_some(), "{name}: {length} of {}", jpeg.len());
        }
    }
}

#[test]
fn a_flipped_byte_is_refused_or_decoded_to_a_whole_picture() {
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    for name in [
        "baseline-420.jpg",
        "progressive-420.jpg",
        "restart-markers.jpg",
    ] {
        for _ in 0..300 {
            let mut jpeg = good(name).to_vec();
            let at = next(jpeg.len());
            jpeg[at] ^= 1 + next(255) as u8;
            // The limit keeps a flipped size from taking long.
            if let Ok(picture) = decode(&jpeg, 1_000_000) {
                let size = picture.width() * picture.height() * picture.channels();
                assert_eq!(picture.pixels().len(), size as usize);
                assert!(encode(&picture, Compressor::IsaL).is_ok());
            }
        }
    }
}

#[test]
fn more_than_a_hundred_scans_are_refused() {
    let of = |scans: usize| {
        edit(good("odd-17x13-progressive.jpg"), |segments| {
            let present = segments.iter().filter(|it| it.marker == SOS).count();
            let mut scan = Segment::new(SOS, &[1, 1, 0x00, 0, 0, 0x21]);
            scan.data = vec![0];
            segments.extend(std::iter::repeat_n(scan, scans - present));
        })
    };
    assert_eq!(refusal(&of(100)), None);
    assert!(refusal(&of(101)).unwrap().contains("too many scans"));
}

#[test]
fn what_a_picture_leaves_out_is_not_what_memory_held() {
    // It ends where the first restart marker should stand. stb returns what there is.
    let partial = edit(good("restart-markers.jpg"), |segments| {
        let data = &mut first(segments, SOS).data;
        let restart = data.windows(2).position(|pair| pair == [0xFF, 0xD0]);
        data.truncate(restart.unwrap());
    });
    let after = |name| {
        drop(decode(good(name), MAX_PIXELS).unwrap());
        decode(&partial, MAX_PIXELS).unwrap().pixels().to_vec()
    };
    assert!(after("baseline-420.jpg") == after("rgb.jpg"));
    assert!(after("cmyk.jpg") == after("progressive-444.jpg"));
}
