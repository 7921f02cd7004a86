//! Pictures that every decoder reads: a landscape from arithmetic, in each kind of JPEG.
//!
//! Only `+ - * /` on floats, which give the same bits on every machine.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::segments::{APP1, APP2, COMMENT, DQT, SOF0, SOS, Segment, edit, first};

/// A JPEG and what it shows.
pub struct Good {
    pub name: &'static str,
    pub jpeg: Vec<u8>,
    pub width: u16,
    pub height: u16,
    pub channels: u32,
    /// What was encoded, as grey or as red, green and blue.
    pub pixels: Vec<u8>,
}

type Set = fn(&mut Encoder<&mut Vec<u8>>);

/// Every good fixture.
pub fn all() -> Vec<Good> {
    use SamplingFactor::*;
    // What the encoder does when nothing is set: baseline, 4:2:0.
    let baseline: Set = |_| ();
    let progressive: Set = |encoder| encoder.set_progressive(true);
    let small = colour("", 64, 48, baseline).jpeg;
    let restarting = colour("", 64, 48, |encoder| {
        encoder.set_restart_interval(3);
    })
    .jpeg;
    let edited = |name, change: &dyn Fn(&mut Vec<Segment>)| Good {
        jpeg: edit(&small, change),
        ..colour(name, 64, 48, baseline)
    };

    vec![
        colour("photo-1024x768.jpg", 1024, 768, baseline),
        colour("photo-320x240.jpg", 320, 240, baseline),
        colour("progressive-320x240.jpg", 320, 240, progressive),
        colour("baseline-444.jpg", 64, 48, |encoder| {
            encoder.set_sampling_factor(R_4_4_4)
        }),
        colour("baseline-422.jpg", 64, 48, |encoder| {
            encoder.set_sampling_factor(R_4_2_2)
        }),
        colour("baseline-440.jpg", 64, 48, |encoder| {
            encoder.set_sampling_factor(R_4_4_0)
        }),
        colour("baseline-420.jpg", 64, 48, baseline),
        // One scan for each component.
        colour("baseline-411.jpg", 64, 48, |encoder| {
            encoder.set_sampling_factor(R_4_1_1)
        }),
        colour("progressive-444.jpg", 64, 48, |encoder| {
            encoder.set_sampling_factor(R_4_4_4);
            encoder.set_progressive(true);
        }),
        colour("progressive-420.jpg", 64, 48, progressive),
        colour("optimised-tables.jpg", 64, 48, |encoder| {
            encoder.set_optimized_huffman_tables(true);
        }),
        colour("restart-markers.jpg", 64, 48, |encoder| {
            encoder.set_restart_interval(3);
        }),
        colour("restart-markers-progressive.jpg", 64, 48, |encoder| {
            encoder.set_progressive(true);
            encoder.set_restart_interval(5);
        }),
        colour("odd-17x13.jpg", 17, 13, baseline),
        colour("odd-17x13-progressive.jpg", 17, 13, progressive),
        colour("odd-1x1.jpg", 1, 1, baseline),
        colour("odd-1x49.jpg", 1, 49, baseline),
        colour("odd-201x9.jpg", 201, 9, progressive),
        grey("grey.jpg", 160, 120, |_| ()),
        grey("grey-progressive.jpg", 160, 120, |encoder| {
            encoder.set_progressive(true);
        }),
        rgb("rgb.jpg", 64, 48),
        inks("cmyk.jpg", 64, 48, ColorType::Cmyk),
        inks("ycck.jpg", 64, 48, ColorType::CmykAsYcck),
        edited("comment-and-exif.jpg", &|segments| {
            // A thumbnail is a whole JPEG, with an end-of-image marker of its own.
            let exif = [b"Exif\0\0", small.as_slice()].concat();
            segments.insert(0, Segment::new(APP1, &exif));
            segments.insert(0, Segment::new(COMMENT, b"a comment with FF D9: \xFF\xD9"));
        }),
        edited("wide-quantisation-tables.jpg", &|segments| {
            let table = first(segments, DQT);
            let wide = table.body[1..65].iter().flat_map(|&value| [0, value]);
            table.body = [0x10].into_iter().chain(wide).collect();
        }),
        Good {
            jpeg: [small.as_slice(), b"bytes after the picture"].concat(),
            ..colour("trailing-bytes.jpg", 64, 48, baseline)
        },
        // What cameras and editors leave behind.
        edited("restart-marker-after-the-last-block.jpg", &|segments| {
            first(segments, SOS).data.extend([0xFF, 0xD3]);
        }),
        Good {
            jpeg: edit(&restarting, |segments| {
                first(segments, SOS).data.extend([0xFF, 0xD7]);
            }),
            ..colour("one-restart-marker-too-many.jpg", 64, 48, baseline)
        },
        edited("bytes-between-segments.jpg", &|segments| {
            for segment in segments.iter_mut().filter(|it| it.marker != SOS) {
                segment.data = vec![0x00, 0x55, 0xFF, 0x00];
            }
        }),
        edited("fill-bytes.jpg", &|segments| {
            for segment in segments {
                segment.data.extend([0xFF, 0xFF, 0xFF]);
            }
        }),
        edited("zeros-after-a-scan.jpg", &|segments| {
            first(segments, SOS).data.extend([0; 20]);
        }),
        Good {
            width: 48,
            height: 64,
            pixels: turned_right(&landscape(64, 48), 64, 48),
            ..edited("on-its-side.jpg", &|segments| {
                segments.insert(0, Segment::new(APP1, &exif(6)));
            })
        },
        edited("colour-profile.jpg", &|segments| {
            for (number, piece) in profile(b"RGB ").chunks(100).enumerate() {
                segments.insert(number, icc(number as u8 + 1, 3, piece));
            }
        }),
    ]
}

/// An APP1 segment that says which way is up: 1 to 8.
pub fn exif(orientation: u8) -> Vec<u8> {
    let directory = [1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
    [
        b"Exif\0\0II\x2A\0\x08\0\0\0".as_slice(),
        &directory,
        &[0; 4],
    ]
    .concat()
}

/// The pixels of a picture turned by a quarter, clockwise.
fn turned_right(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    let pixel = |x: usize, y: usize| &pixels[3 * (y * width + x)..][..3];
    let columns = 0..width;
    columns
        .flat_map(|x| (0..height).rev().flat_map(move |y| pixel(x, y).to_vec()))
        .collect()
}

/// The beginning of a colour profile, which is all that anybody here reads, and some bytes.
pub fn profile(colours: &[u8; 4]) -> Vec<u8> {
    let mut profile: Vec<u8> = (0..=255).collect();
    profile[16..20].copy_from_slice(colours);
    profile
}

/// A piece of a profile as an APP2 segment.
pub fn icc(number: u8, of: u8, piece: &[u8]) -> Segment {
    Segment::new(
        APP2,
        &[b"ICC_PROFILE\0", [number, of].as_slice(), piece].concat(),
    )
}

fn colour(name: &'static str, width: u16, height: u16, set: Set) -> Good {
    let pixels = landscape(width, height);
    Good {
        name,
        jpeg: encode(&pixels, width, height, ColorType::Rgb, set),
        width,
        height,
        channels: 3,
        pixels,
    }
}

fn grey(name: &'static str, width: u16, height: u16, set: Set) -> Good {
    let pixels: Vec<u8> = landscape(width, height)
        .chunks_exact(3)
        .map(|rgb| ((2 * u32::from(rgb[0]) + 5 * u32::from(rgb[1]) + u32::from(rgb[2])) / 8) as u8)
        .collect();
    Good {
        name,
        jpeg: encode(&pixels, width, height, ColorType::Luma, set),
        width,
        height,
        channels: 1,
        pixels,
    }
}

/// Red, green and blue as they are: what the letters as the components' numbers mean.
fn rgb(name: &'static str, width: u16, height: u16) -> Good {
    let pixels = landscape(width, height);
    let set: Set = |encoder| encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    let jpeg = encode(&pixels, width, height, ColorType::Ycbcr, set);
    let jpeg = edit(&jpeg, |segments| {
        for (i, letter) in b"RGB".iter().enumerate() {
            first(segments, SOF0).body[6 + 3 * i] = *letter;
            first(segments, SOS).body[1 + 2 * i] = *letter;
        }
    });
    Good {
        name,
        jpeg,
        width,
        height,
        channels: 3,
        pixels,
    }
}

/// Four components, as for a printer, and no black ink.
fn inks(name: &'static str, width: u16, height: u16, kind: ColorType) -> Good {
    let pixels = landscape(width, height);
    let inks: Vec<u8> = pixels
        .chunks_exact(3)
        .flat_map(|rgb| [255 - rgb[0], 255 - rgb[1], 255 - rgb[2], 0])
        .collect();
    let set: Set = |encoder| encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    Good {
        name,
        jpeg: encode(&inks, width, height, kind, set),
        width,
        height,
        channels: 3,
        pixels,
    }
}

fn encode(pixels: &[u8], width: u16, height: u16, kind: ColorType, set: Set) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, 85);
    set(&mut encoder);
    encoder
        .encode(pixels, width, height, kind)
        .expect("a vector takes every picture");
    jpeg
}

/// Sky, a sun, two ranges of hills and a meadow: what makes a photograph hard to pack is in it,
/// gradients, edges, texture and the sensor's noise.
fn landscape(width: u16, height: u16) -> Vec<u8> {
    // As if every size were scaled from one scene.
    let scale = 1024.0 / f32::from(width.max(height));
    let (right, bottom) = (f32::from(width) * scale, f32::from(height) * scale);
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
    for row in 0..height {
        for column in 0..width {
            let (x, y) = (f32::from(column) * scale, f32::from(row) * scale);
            let grain = 7.5 * (hash(i32::from(column), i32::from(row), 99) - 0.5);
            let colour = scene(x, y, right, bottom);
            pixels.extend(colour.map(|value| (value + grain).clamp(0.0, 255.0) as u8));
        }
    }
    pixels
}

fn scene(x: f32, y: f32, right: f32, bottom: f32) -> [f32; 3] {
    let far = bottom * (0.35 + 0.2 * clouds(x / 300.0, 0.0, 1, 5));
    let near = bottom * (0.5 + 0.25 * clouds(x / 200.0, 0.0, 2, 5));
    if y > near {
        let blades = clouds(x / 5.0, y / 14.0, 3, 5);
        let light = 0.4 + 0.5 * clouds(x / 150.0, y / 90.0, 4, 3);
        shade([110.0, 150.0, 60.0], light * (0.25 + 1.5 * blades))
    } else if y > far {
        let rock = clouds(x / 25.0, y / 16.0, 5, 7);
        let haze = 0.35 + 0.4 * (near - y) / bottom;
        mix(
            shade([120.0, 110.0, 105.0], 0.2 + 1.6 * rock),
            [170.0, 190.0, 215.0],
            haze,
        )
    } else {
        let cloud = (clouds(x / 220.0, y / 90.0, 6, 6) * 2.2 - 0.9).clamp(0.0, 1.0);
        let sky = mix([70.0, 120.0, 200.0], [205.0, 220.0, 235.0], y / far);
        let (dx, dy) = (x - 0.75 * right, y - 0.15 * bottom);
        let sun = 40.0 * 40.0 / (dx * dx + dy * dy + 1.0);
        let lit = mix(sky, [245.0, 244.0, 240.0], cloud);
        mix(lit, [255.0, 250.0, 225.0], sun.clamp(0.0, 1.0))
    }
}

fn shade(colour: [f32; 3], light: f32) -> [f32; 3] {
    colour.map(|value| value * light)
}

fn mix(a: [f32; 3], b: [f32; 3], part: f32) -> [f32; 3] {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * part)
}

/// Smooth noise in octaves, each half as strong and twice as fine; between 0 and 1.
fn clouds(x: f32, y: f32, seed: u32, octaves: u32) -> f32 {
    let (mut sum, mut weight, mut fine) = (0.0, 0.5, 1.0);
    for octave in 0..octaves {
        sum += weight * smooth(x * fine, y * fine, seed * 16 + octave);
        weight *= 0.5;
        fine *= 2.0;
    }
    sum
}

fn smooth(x: f32, y: f32, seed: u32) -> f32 {
    let (column, row) = (x as i32, y as i32);
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (right, down) = (ease(x - column as f32), ease(y - row as f32));
    let between = |a: f32, b: f32, part: f32| a + (b - a) * part;
    let corner = |dx, dy| hash(column + dx, row + dy, seed);
    between(
        between(corner(0, 0), corner(1, 0), right),
        between(corner(0, 1), corner(1, 1), right),
        down,
    )
}

/// A number between 0 and 1 for a point.
fn hash(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x9E37_79B1)
        ^ (y as u32).wrapping_mul(0x85EB_CA6B)
        ^ seed.wrapping_mul(0xC2B2_AE35);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    h ^= h >> 15;
    (h >> 8) as f32 / 16_777_216.0
}
