//! Builds the book, with mdBook's own crates, and checks it.
//!
//! ```text
//! book-tools                       mdBook's preprocessor, called by mdBook
//! book-tools build                 builds the book into book/build
//! book-tools read [--port PORT]    builds it, serves it and opens it
//! book-tools check                 checks the pages and the built site
//! book-tools check --pages         checks the pages as they are written, without mdBook
//! book-tools capture [PAGE]…       runs the pages' shell lines, writes the output that they show
//! book-tools capture --check       the same, and fails where the output differs
//! ```

mod capture;
mod check;
mod diff;
mod exercises;
mod hearts;
mod measured;
mod names;
mod pages;
mod playback;
mod predict;
mod preprocess;
mod quiz;
mod sequence;
mod serve;
mod story;
mod teaching;
mod types;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("book-tools: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    // The folder of the workspace: mdBook and just both start this there.
    let root = Path::new(".");
    match arguments {
        [] => {
            let (context, book) = mdbook_preprocessor::parse_input(io::stdin())?;
            let book = preprocess::run(&context.root, book)?;
            serde_json::to_writer(io::stdout(), &book)?;
            Ok(())
        }
        // Any renderer will do.
        ["supports", _] => Ok(()),
        ["build"] => build(root),
        ["read"] => read(root, 3000),
        ["read", "--port", port] => {
            let port = port.parse();
            read(root, port.context("a port is a number up to 65535")?)
        }
        ["check"] => check::run(root),
        ["check", "--pages"] => check::run_on_pages(root),
        ["capture", "--check", pages @ ..] => capture::run(root, pages, capture::Mode::Compare),
        ["capture", pages @ ..] => capture::run(root, pages, capture::Mode::Write),
        _ => bail!(
            "usage: book-tools [build | read [--port PORT] | check [--pages] | capture [--check] [PAGE]…]"
        ),
    }
}

fn build(root: &Path) -> Result<()> {
    MDBook::load(root)?.build()
}

fn read(root: &Path, port: u16) -> Result<()> {
    build(root)?;
    serve::run(&root.join(check::SITE), port)
}
