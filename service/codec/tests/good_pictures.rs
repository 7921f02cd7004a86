//! Pictures that are converted: their pixels, and their PNGs as another decoder reads them.

#[path = "../examples/make-fixtures/good.rs"]
mod good;
#[allow(dead_code, reason = "the rest is for breaking them")]
#[path = "../examples/make-fixtures/segments.rs"]
mod segments;

use std::io::Cursor;
use std::thread;

use codec::fixtures::{GOOD, SMALL};
use codec::{Compressor, MAX_PIXELS, Picture, decode, encode, jpeg_to_png};
use segments::{APP1, Segment, edit};

/// Width, height, channels and pixels.
#[derive(Debug, Eq, PartialEq)]
struct Pixels(u32, u32, u32, Vec<u8>);

impl From<&Picture> for Pixels {
    fn from(it: &Picture) -> Self {
        Self(it.width(), it.height(), it.channels(), it.pixels().to_vec())
    }
}

/// What the crate `png` reads.
fn read_png(bytes: &[u8]) -> Pixels {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    reader.finish().unwrap();
    assert_eq!(frame.bit_depth, png::BitDepth::Eight);
    let channels = frame.color_type.samples() as u32;
    Pixels(frame.width, frame.height, channels, pixels)
}

#[test]
fn every_picture_has_its_size_channels_and_colours() {
    for good in good::all() {
        let picture = decode(&good.jpeg, MAX_PIXELS).unwrap();
        let shape = (picture.width(), picture.height(), picture.channels());
        let expected = (good.width.into(), good.height.into(), good.channels);
        assert_eq!(shape, expected, "{}", good.name);

        let pairs = || picture.pixels().iter().zip(&good.pixels);
        assert_eq!(picture.pixels().len(), good.pixels.len(), "{}", good.name);
        let differences: u64 = pairs().map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = differences as f64 / good.pixels.len() as f64;
        // JPEG loses a little; a wrong colour space or a shifted row loses far more.
        println!("{}: off by {mean:.1}", good.name);
        assert!(mean < 12.0, "{}: off by {mean:.1} on average", good.name);
    }
}

#[test]
fn the_png_holds_exactly_the_decoded_pixels_whatever_packed_it() {
    for (name, jpeg) in GOOD {
        let picture = decode(jpeg, MAX_PIXELS).unwrap();
        for compressor in [Compressor::IsaL, Compressor::Stb] {
            let png = encode(&picture, compressor).unwrap();
            let same = read_png(&png) == Pixels::from(&picture);
            assert!(same, "{name}, {compressor:?}");
        }
    }
}

#[test]
fn a_conversion_is_decoding_and_encoding_with_isa_l() {
    for (name, jpeg) in GOOD {
        let both = encode(&decode(jpeg, MAX_PIXELS).unwrap(), Compressor::IsaL).unwrap();
        let one = jpeg_to_png(jpeg, MAX_PIXELS).unwrap();
        assert!(one.as_slice() == both, "{name}");
    }
}

#[test]
fn pixels_of_one_to_four_channels_survive_the_png() {
    let noise: Vec<u8> = (0..60_u32).map(|i| (i * i * 37) as u8).collect();
    for channels in 1..=4 {
        let picture = Picture::new(&noise, 5, 12 / channels, channels).unwrap();
        for compressor in [Compressor::IsaL, Compressor::Stb] {
            let png = encode(&picture, compressor).unwrap();
            assert_eq!(read_png(&png), Pixels::from(&picture), "{compressor:?}");
        }
    }
}

#[test]
fn a_picture_of_exactly_the_limit_is_converted() {
    assert!(jpeg_to_png(SMALL, 320 * 240).is_ok());
    assert!(jpeg_to_png(SMALL, 320 * 240 - 1).is_err());
}

#[test]
fn many_threads_at_once_make_the_same_bytes() {
    // Small ones, so that the threads change between kinds often.
    let small = || GOOD.iter().filter(|(_, jpeg)| jpeg.len() < 20_000);
    let convert = |jpeg| jpeg_to_png(jpeg, MAX_PIXELS).unwrap().as_slice().to_vec();
    let alone: Vec<_> = small().map(|(_, jpeg)| convert(jpeg)).collect();
    let alone = &alone;
    thread::scope(|scope| {
        for turn in 0..16 {
            scope.spawn(move || {
                for _ in 0..5 {
                    let all = small().zip(alone).cycle();
                    for ((name, jpeg), png) in all.skip(turn).take(alone.len()) {
                        assert!(&convert(jpeg) == png, "{name}");
                    }
                }
            });
        }
    });
}

#[test]
fn a_picture_is_turned_as_its_orientation_says() {
    let plain = GOOD.iter().find(|it| it.0 == "grey.jpg").unwrap().1;
    let upright = decode(plain, MAX_PIXELS).unwrap();
    let (width, height) = (upright.width() as usize, upright.height() as usize);
    for orientation in 1..=8_u8 {
        let jpeg = edit(plain, |segments| {
            segments.insert(0, Segment::new(APP1, &good::exif(orientation)));
        });
        let turned = decode(&jpeg, MAX_PIXELS).unwrap();
        let row = turned.width() as usize;
        // Exif 2.3, table 6: where the first row and the first column of the file are to be seen.
        let seen_at = |x: usize, y: usize| match orientation {
            1 => (x, y),
            2 => (width - 1 - x, y),
            3 => (width - 1 - x, height - 1 - y),
            4 => (x, height - 1 - y),
            5 => (y, x),
            6 => (height - 1 - y, x),
            7 => (height - 1 - y, width - 1 - x),
            _ => (y, width - 1 - x),
        };
        for (at, pixel) in upright.pixels().iter().enumerate() {
            let (x, y) = seen_at(at % width, at / width);
            assert_eq!(turned.pixels()[y * row + x], *pixel, "{orientation}");
        }
    }
}

#[test]
fn an_orientation_that_cannot_be_is_none() {
    let plain = SMALL;
    let upright = decode(plain, MAX_PIXELS).unwrap();
    let mut endless = good::exif(6);
    endless[10..14].fill(0xFF);
    for exif in [
        good::exif(0),
        good::exif(9),
        endless,
        good::exif(6)[..9].to_vec(),
    ] {
        let jpeg = edit(plain, |segments| {
            segments.insert(0, Segment::new(APP1, &exif));
        });
        let picture = decode(&jpeg, MAX_PIXELS).unwrap();
        assert!(picture.pixels() == upright.pixels());
    }
}

#[test]
fn the_colour_profile_goes_with_the_picture() {
    let carried = |jpeg: &[u8], compressor| {
        let png = encode(&decode(jpeg, MAX_PIXELS).unwrap(), compressor).unwrap();
        let reader = png::Decoder::new(Cursor::new(&png)).read_info().unwrap();
        reader.info().icc_profile.clone().map(|it| it.into_owned())
    };
    let with = |name: &str, pieces: &[Segment]| {
        let plain = GOOD.iter().find(|it| it.0 == name).unwrap().1;
        edit(plain, |segments| {
            segments.splice(0..0, pieces.iter().cloned());
        })
    };
    let (rgb, grey) = (good::profile(b"RGB "), good::profile(b"GRAY"));
    let whole = with("baseline-420.jpg", &[good::icc(1, 1, &rgb)]);
    let of_grey = with("grey.jpg", &[good::icc(1, 1, &grey)]);
    let pieces = with(
        "baseline-420.jpg",
        &[good::icc(1, 2, &rgb[..200]), good::icc(2, 2, &rgb[200..])],
    );
    for compressor in [Compressor::IsaL, Compressor::Stb] {
        assert_eq!(carried(&whole, compressor).as_ref(), Some(&rgb));
        assert_eq!(carried(&of_grey, compressor).as_ref(), Some(&grey));
        assert_eq!(carried(&pieces, compressor).as_ref(), Some(&rgb));
    }

    // One that is not all there, one in another order, and one for other colours.
    for jpeg in [
        with("baseline-420.jpg", &[good::icc(1, 2, &rgb)]),
        with(
            "baseline-420.jpg",
            &[good::icc(2, 2, &rgb[200..]), good::icc(1, 2, &rgb[..200])],
        ),
        with("baseline-420.jpg", &[good::icc(1, 1, &grey)]),
        with("cmyk.jpg", &[good::icc(1, 1, &good::profile(b"CMYK"))]),
    ] {
        assert_eq!(carried(&jpeg, Compressor::IsaL), None);
    }
}
