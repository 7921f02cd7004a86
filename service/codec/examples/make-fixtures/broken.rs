//! Files that no decoder may read, each for one reason.

use crate::good::Good;
use crate::segments::{APP1, APP14, DHT, DQT, DRI, SOF0, SOS, Segment, edit, first, join, split};

/// Every broken fixture, made from good ones.
pub fn all(good: &[Good]) -> Vec<(&'static str, Vec<u8>)> {
    let good = |name| {
        let picture = good.iter().find(|picture| picture.name == name);
        &picture.expect("there is such a picture").jpeg
    };
    let baseline = good("odd-17x13.jpg");
    let progressive = good("odd-17x13-progressive.jpg");
    let three_scans = good("baseline-411.jpg");
    let restarting = good("restart-markers.jpg");
    let scan = position(baseline, SOS);
    let edited = |change: &dyn Fn(&mut Vec<Segment>)| edit(baseline, change);
    let frame =
        |change: &dyn Fn(&mut Vec<u8>)| edited(&|segments| change(&mut first(segments, SOF0).body));
    let huffman = |counts: [u8; 16]| {
        let codes = counts.iter().map(|&count| usize::from(count)).sum();
        let symbols = (0..codes).map(|code| code as u8);
        let body: Vec<u8> = [0x10].into_iter().chain(counts).chain(symbols).collect();
        // After the good tables, so that it takes the place of the first for AC.
        edited(&|segments| {
            let at = segments.iter().position(|s| s.marker == SOS).unwrap_or(0);
            segments.insert(at, Segment::new(DHT, &body));
        })
    };

    vec![
        // Not a JPEG.
        ("empty.jpg", Vec::new()),
        ("text.txt", b"This is not a picture.\n".to_vec()),
        ("picture.png", png()),
        // Cut off.
        ("cut-off-after-start.jpg", baseline[..2].to_vec()),
        ("cut-off-in-header.jpg", baseline[..scan / 2].to_vec()),
        ("cut-off-in-scan.jpg", cut(baseline, scan, 1, 2)),
        (
            "cut-off-in-progressive-scan.jpg",
            cut(progressive, position(progressive, SOS), 1, 2),
        ),
        (
            "cut-off-before-end.jpg",
            baseline[..baseline.len() - 2].to_vec(),
        ),
        // What the header claims.
        (
            "claims-65535x65535.jpg",
            frame(&|body| body[1..5].copy_from_slice(&[0xFF; 4])),
        ),
        // Within the limit; 6000 is 0x1770.
        (
            "claims-6000x6000.jpg",
            frame(&|body| body[1..5].copy_from_slice(&[0x17, 0x70, 0x17, 0x70])),
        ),
        (
            "claims-0x0.jpg",
            frame(&|body| body[1..5].copy_from_slice(&[0; 4])),
        ),
        ("twelve-bit.jpg", frame(&|body| body[0] = 12)),
        (
            "two-components.jpg",
            edited(&|segments| {
                let frame = &mut first(segments, SOF0).body;
                frame[5] = 2;
                frame.truncate(12);
                let scan = &mut first(segments, SOS).body;
                scan[0] = 2;
                scan.drain(5..7);
            }),
        ),
        ("sampling-of-0.jpg", frame(&|body| body[7] = 0x00)),
        (
            "sampling-of-3-and-2.jpg",
            frame(&|body| {
                body[7] = 0x31;
                body[10] = 0x21;
            }),
        ),
        // Kinds that stb does not know.
        (
            "lossless.jpg",
            edited(&|segments| first(segments, SOF0).marker = 0xC3),
        ),
        (
            "arithmetic-coded.jpg",
            edited(&|segments| first(segments, SOF0).marker = 0xC9),
        ),
        // Segments.
        (
            "segment-of-no-length.jpg",
            [&baseline[..2], &[0xFF, APP1, 0, 0], &baseline[2..]].concat(),
        ),
        (
            "quantisation-table-too-short.jpg",
            edited(&|segments| first(segments, DQT).body.truncate(60)),
        ),
        (
            "restart-interval-too-long.jpg",
            edited(&|segments| segments.insert(0, Segment::new(DRI, &[0; 3]))),
        ),
        (
            "segment-unknown.jpg",
            edited(&|segments| segments.push(Segment::new(0xF0, &[0; 3]))),
        ),
        (
            "two-frames.jpg",
            edited(&|segments| {
                let frame = first(segments, SOF0).clone();
                segments.insert(0, frame);
            }),
        ),
        // Tables.
        ("quantisation-table-missing.jpg", without(baseline, DQT)),
        (
            "quantisation-table-number.jpg",
            edited(&|segments| first(segments, DQT).body[0] = 4),
        ),
        (
            "huffman-table-number.jpg",
            edited(&|segments| first(segments, DHT).body[0] = 0x20),
        ),
        (
            "huffman-table-missing.jpg",
            edited(&|segments| segments.retain(|s| s.marker != DHT || s.body[0] >> 4 == 0)),
        ),
        ("huffman-table-wrong.jpg", huffman(counts(&[(16, 1)]))),
        ("huffman-lengths-impossible.jpg", huffman(counts(&[(1, 3)]))),
        // stb writes past its table on the first of these, and stops the process on the second:
        // its scan begins with a difference of 0, and goes on with the last of the codes.
        ("huffman-4080-codes.jpg", huffman([255; 16])),
        (
            "huffman-256-codes.jpg",
            edit(&huffman(counts(&[(8, 1), (9, 255)])), |segments| {
                first(segments, SOS).data = vec![0b0010_0000, 0, 0, 0];
            }),
        ),
        // Scans.
        ("no-scan.jpg", without(baseline, SOS)),
        (
            "component-missing.jpg",
            edit(three_scans, |segments| {
                segments.retain(|segment| segment.marker != SOS || segment.body[1] != 2);
            }),
        ),
        (
            "component-sent-twice.jpg",
            edit(three_scans, |segments| {
                let scan = first(segments, SOS).clone();
                segments.push(scan);
            }),
        ),
        (
            "component-unknown.jpg",
            edited(&|segments| first(segments, SOS).body[1] = 9),
        ),
        (
            "too-many-scans.jpg",
            edit(progressive, |segments| {
                // Each a bit more for the mean of every block, which is always 0: a few bytes.
                let mut scan = Segment::new(SOS, &[1, 1, 0x00, 0, 0, 0x21]);
                scan.data = vec![0];
                segments.extend(std::iter::repeat_n(scan, 2000));
            }),
        ),
        // What says something that cannot be.
        (
            "four-colours-of-no-name.jpg",
            edit(good("cmyk.jpg"), |segments| {
                segments.retain(|s| s.marker != APP14)
            }),
        ),
        (
            "four-colours-of-no-name-with-luma.jpg",
            edit(good("ycck.jpg"), |segments| {
                segments.retain(|s| s.marker != APP14)
            }),
        ),
        (
            "components-of-one-number.jpg",
            frame(&|body| body[9] = body[6]),
        ),
        (
            "components-of-one-number-all-three.jpg",
            frame(&|body| {
                body[9] = body[6];
                body[12] = body[6];
            }),
        ),
        (
            "components-of-one-number-in-four-colours.jpg",
            edit(good("cmyk.jpg"), |segments| {
                let body = &mut first(segments, SOF0).body;
                body[15] = body[9];
            }),
        ),
        (
            "scan-in-another-order.jpg",
            edited(&|segments| {
                let scan = &mut first(segments, SOS).body;
                scan.swap(1, 3);
                scan.swap(2, 4);
            }),
        ),
        (
            "progression-of-10-and-11.jpg",
            edit(progressive, |segments| {
                let scan = &mut first(segments, SOS).body;
                *scan.last_mut().expect("a scan has a precision") = 0xAB;
            }),
        ),
        (
            "jpeg-ls.jpg",
            edited(&|segments| first(segments, SOF0).marker = 0xF7),
        ),
        (
            "jpeg-ls-grey.jpg",
            edit(good("grey.jpg"), |segments| {
                first(segments, SOF0).marker = 0xF7
            }),
        ),
        (
            "hierarchical.jpg",
            edited(&|segments| first(segments, SOF0).marker = 0xC5),
        ),
        (
            "hierarchical-progressive.jpg",
            edited(&|segments| first(segments, SOF0).marker = 0xC6),
        ),
        (
            "lossless-and-hierarchical.jpg",
            edited(&|segments| first(segments, SOF0).marker = 0xC7),
        ),
        (
            "arithmetic-coded-progressive.jpg",
            edited(&|segments| first(segments, SOF0).marker = 0xCA),
        ),
        (
            "arithmetic-coded-lossless.jpg",
            edited(&|segments| first(segments, SOF0).marker = 0xCB),
        ),
        ("motion-jpeg.jpg", without(baseline, DHT)),
        ("motion-jpeg-grey.jpg", without(good("grey.jpg"), DHT)),
        (
            "motion-jpeg-422.jpg",
            without(good("baseline-422.jpg"), DHT),
        ),
        (
            "second-start.jpg",
            [&baseline[..scan], &[0xFF, 0xD8], &baseline[scan..]].concat(),
        ),
        // A part of the scan is not there, and the end of the image is.
        ("scan-cut-short.jpg", short(baseline, 1, 2)),
        (
            "scan-cut-near-its-end.jpg",
            short(good("baseline-420.jpg"), 95, 100),
        ),
        ("progressive-scan-cut-short.jpg", last_short(progressive)),
        (
            "restart-marker-missing.jpg",
            edit(restarting, |segments| {
                let data = &mut first(segments, SOS).data;
                let restart = data.windows(2).position(|pair| pair == [0xFF, 0xD0]);
                data.drain(..restart.expect("there are restart markers") + 2);
            }),
        ),
        (
            "restart-markers-out-of-order.jpg",
            edit(restarting, |segments| {
                for byte in &mut first(segments, SOS).data {
                    *byte = if *byte == 0xD1 { 0xD2 } else { *byte };
                }
            }),
        ),
        (
            "restart-interval-too-long-for-its-units.jpg",
            edit(restarting, |segments| first(segments, DRI).body[1] = 2),
        ),
        (
            "huffman-14-bits.jpg",
            edited(&|segments| *first(segments, DHT).body.last_mut().expect("symbols") = 14),
        ),
        (
            "bytes-after-a-scan.jpg",
            edited(&|segments| {
                let more = [0x12, 0x34, 0xFF, 0x00, 0x56];
                first(segments, SOS).data.extend(more);
            }),
        ),
        (
            "marker-in-a-scan.jpg",
            edited(&|segments| {
                let data = &mut first(segments, SOS).data;
                let middle = data.len() / 2;
                data.splice(middle..middle, [0xFF, 0x30, 0, 2]);
            }),
        ),
        ("scan-without-frame.jpg", without(baseline, SOF0)),
        (
            "progressive-scan-of-nothing.jpg",
            edit(progressive, |segments| {
                let scan = first(segments, SOS);
                let last = scan.body.len() - 2;
                scan.body[last] = 64;
            }),
        ),
    ]
}

/// Where a kind of segment begins.
fn position(jpeg: &[u8], marker: u8) -> usize {
    let before = split(jpeg).into_iter().take_while(|s| s.marker != marker);
    // Less the end-of-image marker.
    join(&before.collect::<Vec<_>>()).len() - 2
}

/// The file up to a part of what follows `from`.
fn cut(jpeg: &[u8], from: usize, part: usize, of: usize) -> Vec<u8> {
    jpeg[..from + (jpeg.len() - from) * part / of].to_vec()
}

/// The file with so much of its first scan's data.
fn short(jpeg: &[u8], part: usize, of: usize) -> Vec<u8> {
    edit(jpeg, |segments| {
        let data = &mut first(segments, SOS).data;
        data.truncate(data.len() * part / of);
    })
}

/// The file with half of the last scan's data.
fn last_short(jpeg: &[u8]) -> Vec<u8> {
    edit(jpeg, |segments| {
        let data = &mut segments.last_mut().expect("there are scans").data;
        data.truncate(data.len() / 2);
    })
}

fn without(jpeg: &[u8], marker: u8) -> Vec<u8> {
    edit(jpeg, |segments| segments.retain(|s| s.marker != marker))
}

/// How many codes there are of each length.
fn counts(codes: &[(usize, u8)]) -> [u8; 16] {
    let mut counts = [0; 16];
    for &(length, count) in codes {
        counts[length - 1] = count;
    }
    counts
}

/// A PNG of one grey pixel.
fn png() -> Vec<u8> {
    let chunks: [&[u8]; 4] = [
        b"\x89PNG\r\n\x1A\n",
        b"\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3A\x7E\x9B\x55",
        b"\0\0\0\x0AIDAT\x78\x9C\x63\x68\0\0\0\x82\0\x81\xDD\x43\x6A\xF4",
        b"\0\0\0\0IEND\xAE\x42\x60\x82",
    ];
    chunks.concat()
}
