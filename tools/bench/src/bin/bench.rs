//! Measures every step beside the codec alone and a service without C++, all in one run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bench::measure::{Scale, Subject};
use bench::results::{Crossing, Machine, Report};
use bench::steps::Service;
use bench::{Error, figures, measure, report, steps, targets};
use clap::Parser;

/// Measures the steps: conversions/s, latency, memory and CPU, in one run of a few minutes.
#[derive(Parser)]
struct Flags {
    /// Where the figures go, as JSON.
    #[arg(long, default_value = "target/bench/bench.json")]
    json: PathBuf,

    /// Folder for the pictures, as SVG.
    #[arg(long, default_value = "target/bench")]
    figures: PathBuf,

    /// What `cargo bench --bench crossing` wrote: drawn too where it is there.
    #[arg(long, default_value = "target/bench/crossing.json")]
    crossing: PathBuf,

    /// How much of everything: 0.1 for a look, 1 for figures that one may quote.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,

    /// Measure the conversions per second anew, and take all else from the JSON file.
    #[arg(long)]
    only_saturation: bool,

    /// Measure nothing: draw what the JSON file tells.
    #[arg(long)]
    draw_only: bool,
}

fn main() -> ExitCode {
    match run(&Flags::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(flags: &Flags) -> Result<(), Error> {
    // The codec alone, which runs in this process, is to have what the services have.
    lab::keep_memory();
    let begun = Instant::now();
    let say = |what: &str| eprintln!("{:>4} s  {what}", begun.elapsed().as_secs());
    let mut results = match flags.draw_only {
        true => read(&flags.json)?,
        false if flags.only_saturation => Report {
            saturation: measure(flags, say)?.saturation,
            ..read(&flags.json)?
        },
        false => measure(flags, say)?,
    };
    let crossings = match flags.crossing.is_file() {
        true => read::<Vec<Crossing>>(&flags.crossing)?,
        false => Vec::new(),
    };
    results.targets = targets::of(&results, &crossings);
    report::print(&results);
    // The book takes both, so the figures lie beside the pictures too.
    for file in [&flags.json, &flags.figures.join("bench.json")] {
        write(file, &json(&results)?)?;
    }
    for (name, svg) in figures::of_report(&results) {
        write(&flags.figures.join(name), &svg)?;
    }
    if !crossings.is_empty() {
        write(
            &flags.figures.join("crossing.svg"),
            &figures::of_crossing(&crossings),
        )?;
    }
    println!("\n{} and the pictures beside it", flags.json.display());
    Ok(())
}

fn measure(flags: &Flags, say: impl Fn(&str)) -> Result<Report, Error> {
    // Before the build, which is load too.
    let machine = Machine::this();
    say("building in release what is to be measured");
    let mut services = steps::on_every_executor()?;
    services.push(steps::pure_rust());
    let beside = [steps::pure_rust_small(), steps::plain_stb()];
    services.extend(beside.clone());
    let mut subjects = build(services, &say)?;
    // Of these only the conversions per second are of interest.
    let beside = subjects.split_off(subjects.len() - beside.len());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("cannot make an event loop"))?;
    runtime.block_on(measure::run(
        machine,
        &subjects,
        &beside,
        Scale(flags.scale),
        flags.only_saturation,
        say,
    ))
}

fn build(services: Vec<Service>, say: &impl Fn(&str)) -> Result<Vec<Subject>, Error> {
    let binaries = steps::build_all(&services)?;
    let subjects = services.into_iter().zip(binaries);
    Ok(subjects
        .filter_map(|(Service { name, .. }, binary)| {
            if binary.is_none() {
                say(&format!(
                    "  {name} is left out, for its library is not here"
                ));
            }
            Some(Subject {
                name,
                binary: binary?,
            })
        })
        .collect())
}

fn json(report: &Report) -> Result<String, Error> {
    serde_json::to_string_pretty(report).map_err(|error| Error::Unfit(error.to_string()))
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, Error> {
    let text = fs::read_to_string(file);
    let text = text.map_err(Error::io(format!("cannot read {}", file.display())))?;
    serde_json::from_str(&text).map_err(|error| {
        let file = file.display();
        Error::Unfit(format!("{file} is not what this program wrote: {error}"))
    })
}

fn write(file: &Path, text: &str) -> Result<(), Error> {
    let what = || format!("cannot write {}", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(Error::io(what()))?;
    }
    fs::write(file, text).map_err(Error::io(what()))
}
