//! Writes the JPEGs below `fixtures/`: `cargo run -p codec --example make-fixtures`.
//!
//! They are committed, so that tests and benchmarks need no encoder. A test says when they are not
//! what this tool makes.

mod broken;
#[allow(dead_code, reason = "what a picture shows is for the tests")]
mod good;
mod segments;

use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let good = good::all();
    for picture in &good {
        std::fs::write(folder.join("good").join(picture.name), &picture.jpeg)?;
    }
    for (name, bytes) in broken::all(&good) {
        std::fs::write(folder.join("broken").join(name), bytes)?;
    }
    Ok(())
}
