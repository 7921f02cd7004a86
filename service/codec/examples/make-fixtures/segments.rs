//! A JPEG taken apart, to be put together wrongly.

/// A marker and what it holds; the entropy-coded data after it when it begins a scan.
#[derive(Clone)]
pub struct Segment {
    pub marker: u8,
    pub body: Vec<u8>,
    pub data: Vec<u8>,
}

impl Segment {
    pub fn new(marker: u8, body: &[u8]) -> Self {
        Self {
            marker,
            body: body.to_vec(),
            data: Vec::new(),
        }
    }
}

pub const SOF0: u8 = 0xC0;
pub const DHT: u8 = 0xC4;
pub const SOS: u8 = 0xDA;
pub const DQT: u8 = 0xDB;
pub const DRI: u8 = 0xDD;
pub const APP1: u8 = 0xE1;
pub const APP2: u8 = 0xE2;
pub const APP14: u8 = 0xEE;
pub const COMMENT: u8 = 0xFE;

/// What stands between the start and the end of the image.
pub fn split(jpeg: &[u8]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut at = 2;
    while jpeg[at + 1] != 0xD9 {
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        let mut segment = Segment::new(jpeg[at + 1], &jpeg[at + 4..at + 2 + length]);
        at += 2 + length;
        if segment.marker == SOS {
            // An escaped FF and a restart marker belong to the data.
            let size = jpeg[at..]
                .windows(2)
                .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xD0..=0xD7))
                .expect("a scan ends with a marker");
            segment.data = jpeg[at..at + size].to_vec();
            at += size;
        }
        segments.push(segment);
    }
    segments
}

/// A whole file again.
pub fn join(segments: &[Segment]) -> Vec<u8> {
    let mut jpeg = vec![0xFF, 0xD8];
    for segment in segments {
        let length = u16::try_from(segment.body.len() + 2).expect("a segment is below 64 KiB");
        jpeg.extend([0xFF, segment.marker]);
        jpeg.extend(length.to_be_bytes());
        jpeg.extend(&segment.body);
        jpeg.extend(&segment.data);
    }
    jpeg.extend([0xFF, 0xD9]);
    jpeg
}

/// The first segment of a kind.
pub fn first(segments: &mut [Segment], marker: u8) -> &mut Segment {
    segments
        .iter_mut()
        .find(|segment| segment.marker == marker)
        .expect("there is such a segment")
}

/// The file with its segments changed.
pub fn edit(jpeg: &[u8], change: impl FnOnce(&mut Vec<Segment>)) -> Vec<u8> {
    let mut segments = split(jpeg);
    change(&mut segments);
    join(&segments)
}
