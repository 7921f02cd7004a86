//! The committed fixtures are what the tool makes, and `codec::fixtures` lists all of them.

#[path = "../examples/make-fixtures/broken.rs"]
mod broken;
#[allow(dead_code, reason = "what a picture shows is for another test")]
#[path = "../examples/make-fixtures/good.rs"]
mod good;
#[path = "../examples/make-fixtures/segments.rs"]
mod segments;

use codec::fixtures::{BROKEN, File, GOOD, PHOTO, SMALL};

#[test]
fn fixtures_are_what_the_tool_makes() {
    let good = good::all();
    let broken = broken::all(&good);
    let good: Vec<_> = good
        .iter()
        .map(|it| (it.name, it.jpeg.as_slice()))
        .collect();
    let broken: Vec<_> = broken.iter().map(|it| (it.0, it.1.as_slice())).collect();
    assert_same("good", GOOD, &good);
    assert_same("broken", BROKEN, &broken);
}

fn assert_same(folder: &str, listed: &[File], made: &[(&str, &[u8])]) {
    let names =
        |files: &[(&str, &[u8])]| files.iter().map(|it| it.0.to_owned()).collect::<Vec<_>>();
    assert_eq!(names(listed), names(made), "the list in src/fixtures.rs");
    for (listed, made) in listed.iter().zip(made) {
        assert!(
            listed == made,
            "{} differs: cargo run -p codec --example make-fixtures",
            listed.0
        );
    }
    let path = format!("{}/fixtures/{folder}", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(
        std::fs::read_dir(path).unwrap().count(),
        listed.len(),
        "files in fixtures/{folder} that nothing lists"
    );
}

#[test]
fn the_photographs_are_among_the_good_ones() {
    assert!(GOOD.contains(&("photo-1024x768.jpg", PHOTO)));
    assert!(GOOD.contains(&("photo-320x240.jpg", SMALL)));
}

#[test]
fn all_fixtures_together_stay_below_half_a_megabyte() {
    let size: usize = GOOD
        .iter()
        .chain(BROKEN)
        .map(|(_, bytes)| bytes.len())
        .sum();
    assert!(size < 500_000, "{size} bytes");
}
