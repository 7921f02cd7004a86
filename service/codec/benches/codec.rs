//! What a conversion costs, and how it compares with the way of the article that this workspace
//! starts from: four channels, packed by stb's own compressor.

use std::hint::black_box;
use std::time::{Duration, Instant};

use codec::fixtures::PHOTO;
use codec::{Compressor, MAX_PIXELS, Picture, decode, encode, jpeg_to_png};
use criterion::Criterion;

/// Rounds of the comparison.
const ROUNDS: usize = 15;

fn main() {
    let photo = decode(PHOTO, MAX_PIXELS).expect("the photograph is good");
    let opaque = photo.with_alpha().expect("there is memory for it");

    let mut criterion = Criterion::default().configure_from_args();
    measure(&mut criterion, &photo, &opaque);
    criterion.final_summary();

    // A test run of the benchmark, or a listing, measures nothing.
    if !std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        compare(&opaque);
    }
}

fn measure(criterion: &mut Criterion, photo: &Picture, opaque: &Picture) {
    criterion.bench_function("decode", |bencher| {
        bencher.iter(|| decode(black_box(PHOTO), MAX_PIXELS));
    });
    let mut group = criterion.benchmark_group("encode");
    group.bench_function("ISA-L, 3 channels", |bencher| {
        bencher.iter(|| encode(black_box(photo), Compressor::IsaL));
    });
    group.sample_size(30);
    group.bench_function("stb, 3 channels", |bencher| {
        bencher.iter(|| encode(black_box(photo), Compressor::Stb));
    });
    group.bench_function("stb, 4 channels", |bencher| {
        bencher.iter(|| encode(black_box(opaque), Compressor::Stb));
    });
    group.finish();
    criterion.bench_function("decode and encode", |bencher| {
        bencher.iter(|| jpeg_to_png(black_box(PHOTO), MAX_PIXELS));
    });
}

/// Whole conversions, turn by turn, so that whatever else the machine does hits both alike.
///
/// The article's decoding is taken to cost what ours does, and its fourth channel nothing.
fn compare(opaque: &Picture) {
    let ours = || jpeg_to_png(black_box(PHOTO), MAX_PIXELS).map(|png| png.len());
    let articles = || {
        black_box(decode(black_box(PHOTO), MAX_PIXELS)?);
        encode(black_box(opaque), Compressor::Stb).map(|png| png.len())
    };
    let (mut our_times, mut article_times) = (Vec::new(), Vec::new());
    let (mut our_size, mut article_size) = (0, 0);
    for _ in 0..ROUNDS {
        our_size = timed(&mut our_times, ours);
        article_size = timed(&mut article_times, articles);
    }

    let (our_time, article_time) = (median(our_times), median(article_times));
    let faster = article_time.as_secs_f64() / our_time.as_secs_f64();
    let part = our_size as f64 / article_size as f64;
    println!("\nJPEG to PNG, 1024 x 768, median of {ROUNDS} turns each:");
    println!("  ISA-L, 3 channels:      {our_time:>7.1?} {our_size:>9} bytes");
    println!("  stb, 4 channels:        {article_time:>7.1?} {article_size:>9} bytes");
    println!(
        "  {faster:.1} times as fast, {:.0} % of the size",
        100.0 * part
    );
    assert!(faster >= 5.0 && part < 1.0, "less than was promised");
}

fn timed<T, E: std::fmt::Debug>(
    times: &mut Vec<Duration>,
    convert: impl Fn() -> Result<T, E>,
) -> T {
    let start = Instant::now();
    let result = convert();
    times.push(start.elapsed());
    result.expect("the photograph is good")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
