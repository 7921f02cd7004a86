//! Files that are refused: always with a reason that helps, never with a crash.

#[allow(dead_code, reason = "the rest is for other tests")]
#[path = "../examples/make-fixtures/segments.rs"]
mod segments;

use codec::fixtures::{BROKEN, GOOD};
use codec::{Compressor, MAX_PIXELS, decode, encode, jpeg_to_png};
use segments::{APP14, DHT, SOF0, SOS, Segment, edit};

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
    ("two-components.jpg", "2 components"),
    ("sampling-of-0.jpg", "between 1 and 4"),
    ("sampling-of-3-and-2.jpg", "whole parts"),
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
    ("scan-without-frame.jpg", "before the header"),
    ("progressive-scan-of-nothing.jpg", "bad SOS"),
    ("four-colours-of-no-name.jpg", "four colours"),
    ("four-colours-of-no-name-with-luma.jpg", "four colours"),
    ("components-of-one-number.jpg", "same number"),
    ("components-of-one-number-all-three.jpg", "same number"),
    (
        "components-of-one-number-in-four-colours.jpg",
        "same number",
    ),
    ("scan-in-another-order.jpg", "wrong order"),
    ("progression-of-10-and-11.jpg", "bad SOS"),
    ("jpeg-ls.jpg", "JPEG-LS"),
    ("jpeg-ls-grey.jpg", "JPEG-LS"),
    ("hierarchical.jpg", "hierarchical"),
    ("hierarchical-progressive.jpg", "hierarchical"),
    ("lossless-and-hierarchical.jpg", "hierarchical"),
    ("arithmetic-coded-progressive.jpg", "arithmetic"),
    ("arithmetic-coded-lossless.jpg", "lossless"),
    ("motion-jpeg.jpg", "Motion-JPEG"),
    ("motion-jpeg-grey.jpg", "Motion-JPEG"),
    ("motion-jpeg-422.jpg", "Motion-JPEG"),
    ("second-start.jpg", "second picture"),
    ("scan-cut-short.jpg", "cut off"),
    ("scan-cut-near-its-end.jpg", "cut off"),
    ("progressive-scan-cut-short.jpg", "cut off"),
    ("restart-marker-missing.jpg", "restart markers"),
    ("restart-markers-out-of-order.jpg", "restart markers"),
    (
        "restart-interval-too-long-for-its-units.jpg",
        "restart markers",
    ),
    ("bytes-after-a-scan.jpg", "left over"),
    ("huffman-14-bits.jpg", "no sample has"),
    ("marker-in-a-scan.jpg", "of a kind that no JPEG has"),
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

/// Every kind of JPEG that is not read, made of every picture that is.
#[test]
fn a_kind_that_is_not_read_is_named_whatever_the_picture() {
    let kinds = [
        (0xC3, "lossless"),
        (0xC5, "hierarchical"),
        (0xC6, "hierarchical"),
        (0xC7, "hierarchical"),
        (0xC9, "arithmetic"),
        (0xCA, "arithmetic"),
        (0xCB, "lossless"),
        (0xCD, "hierarchical"),
        (0xCE, "hierarchical"),
        (0xCF, "hierarchical"),
        (0xF7, "JPEG-LS"),
    ];
    let is_frame = |segment: &Segment| [SOF0, SOF0 + 1, SOF0 + 2].contains(&segment.marker);
    // Between the segments of these there is something else.
    let is_odd = |name: &str| ["bytes-between-segments.jpg", "fill-bytes.jpg"].contains(&name);
    for (name, jpeg) in GOOD.iter().filter(|it| !is_odd(it.0)) {
        for (kind, reason) in kinds {
            let of_kind = edit(jpeg, |segments| {
                let frame = segments.iter_mut().find(|it| is_frame(it)).unwrap();
                frame.marker = kind;
            });
            let said = refusal(&of_kind).unwrap();
            assert!(said.contains(reason), "{name} as {kind:X}: {said}");
        }
        let mut colours = 0;
        let without_tables = edit(jpeg, |segments| {
            colours = segments.iter().find(|it| is_frame(it)).unwrap().body[5];
            segments.retain(|it| it.marker != DHT);
        });
        let said = refusal(&without_tables).unwrap();
        assert!(
            said.contains("no Huffman tables"),
            "{name} without tables: {said}"
        );
        if colours == 4 {
            let unnamed = edit(jpeg, |segments| segments.retain(|it| it.marker != APP14));
            let said = refusal(&unnamed).unwrap();
            assert!(said.contains("four colours"), "{name}: {said}");
        }
        if colours > 1 {
            let of_one_number = edit(jpeg, |segments| {
                let frame = segments.iter_mut().find(|it| is_frame(it)).unwrap();
                frame.body[9] = frame.body[6];
            });
            let said = refusal(&of_one_number).unwrap();
            assert!(said.contains("same number"), "{name}: {said}");
        }
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
    flipped(|jpeg| {
        // The limit keeps a flipped size from taking long.
        if let Ok(picture) = decode(jpeg, 1_000_000) {
            let size = picture.width() * picture.height() * picture.channels();
            assert_eq!(picture.pixels().len(), size as usize);
            assert!(encode(&picture, Compressor::IsaL).is_ok());
        }
    });
}

/// Calls `with` for 1,200 pictures, each with one byte changed.
fn flipped(mut with: impl FnMut(&[u8])) {
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    for name in [
        "baseline-420.jpg",
        "baseline-411.jpg",
        "progressive-420.jpg",
        "restart-markers.jpg",
    ] {
        for _ in 0..300 {
            let mut jpeg = good(name).to_vec();
            let at = next(jpeg.len());
            jpeg[at] ^= 1 + next(255) as u8;
            with(&jpeg);
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
fn a_scan_cut_off_anywhere_is_refused_though_the_end_marker_follows() {
    for name in ["baseline-420.jpg", "grey.jpg", "progressive-420.jpg"] {
        let scans = |segments: &mut Vec<Segment>| segments.last().unwrap().data.len();
        let mut size = 0;
        edit(good(name), |segments| size = scans(segments));
        for length in 0..size {
            let jpeg = edit(good(name), |segments| {
                segments.last_mut().unwrap().data.truncate(length);
            });
            assert!(refusal(&jpeg).is_some(), "{name}: {length} of {size}");
        }
    }
}

#[test]
fn what_a_picture_leaves_out_is_not_what_memory_held() {
    // What the allocator fills new and freed memory with.
    let decoded = |jpeg: &[u8], filling: i32| {
        // SAFETY: sets a number of the allocator.
        unsafe { libc::mallopt(libc::M_PERTURB, filling) };
        let picture = decode(jpeg, 1_000_000).ok()?;
        Some(picture.pixels().to_vec())
    };
    let mut decodes = 0;
    flipped(|jpeg| {
        let one = decoded(jpeg, 0x55);
        decodes += usize::from(one.is_some());
        assert!(one == decoded(jpeg, 0xAA));
    });
    assert!(decodes > 0);
}
