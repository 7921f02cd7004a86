//! The steps that there are, and their binaries: found when asked for, for no crate knows a step.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use contract::Process;

use crate::Error;

/// A service that can be built and measured.
#[derive(Clone, Debug)]
pub struct Service {
    /// What tables call it, for example `01-blocking`.
    pub name: String,
    /// Its cargo package.
    package: String,
    /// Its binary target.
    target: String,
    /// The executor that its C++ is to run on, where it is not the default.
    executor: Option<&'static str>,
}

/// The features that choose an executor other than the default.
const EXECUTORS: [&str; 2] = ["folly", "cppcoro"];

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every step, in order.
pub fn all() -> Result<Vec<Service>, Error> {
    let folder = workspace().join("steps");
    let entries = fs::read_dir(&folder).map_err(Error::io("cannot read the folder steps"))?;
    let mut names: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names.into_iter().map(step).collect())
}

/// Step N.
pub fn number(number: u32) -> Result<Service, Error> {
    let steps = all()?;
    let names: Vec<_> = steps.iter().map(|step| step.name.clone()).collect();
    let wanted = |step: &Service| {
        let digits = step.name.split('-').next();
        digits.and_then(|digits| digits.parse().ok()) == Some(number)
    };
    steps.into_iter().find(wanted).ok_or_else(|| {
        let names = names.join(", ");
        Error::Unfit(format!("there is no step {number}; there are: {names}"))
    })
}

fn step(name: String) -> Service {
    Service {
        package: format!("step-{name}"),
        target: format!("step-{name}"),
        executor: None,
        name,
    }
}

/// Every step, and behind each that has features for them the same on other executors.
pub fn on_every_executor() -> Result<Vec<Service>, Error> {
    let mut services = Vec::new();
    for step in all()? {
        let manifest = workspace()
            .join("steps")
            .join(&step.name)
            .join("Cargo.toml");
        let manifest = fs::read_to_string(&manifest)
            .map_err(Error::io(format!("cannot read {}", manifest.display())))?;
        let has = |feature: &&str| {
            let mut keys = manifest.lines().filter_map(|line| line.split_once('='));
            keys.any(|(key, _)| key.trim() == *feature)
        };
        let others = EXECUTORS.into_iter().filter(|executor| has(executor));
        let others: Vec<_> = others
            .map(|executor| Service {
                name: format!("{} on {executor}", step.name),
                executor: Some(executor),
                ..step.clone()
            })
            .collect();
        services.push(step);
        services.extend(others);
    }
    Ok(services)
}

/// The service without C++, of this crate.
pub fn pure_rust() -> Service {
    of_this_crate("pure Rust", "pure-rust")
}

/// The same with a setting that makes the PNG as small as that of the steps.
pub fn pure_rust_small() -> Service {
    of_this_crate("pure Rust, PNG as small", "pure-rust-small")
}

/// The service that converts as the article does, of this crate.
pub fn plain_stb() -> Service {
    of_this_crate("the article's codec", "plain-stb")
}

fn of_this_crate(name: &str, target: &str) -> Service {
    Service {
        name: name.into(),
        package: "bench".into(),
        target: target.into(),
        executor: None,
    }
}

/// Starts a service, with as many event loops and threads for C++ as given.
pub fn start(binary: &Path, threads: usize) -> Result<Process, Error> {
    let threads = threads.to_string();
    let flags = ["--workers", &threads, "--pool-threads", &threads];
    Process::start(binary, &flags).map_err(Error::io("no service to measure"))
}

/// Builds services in release and gives copies of their binaries, in the same order; `None` for
/// those whose executor's library is not on this machine.
pub fn build_all(services: &[Service]) -> Result<Vec<Option<PathBuf>>, Error> {
    // All at once, so that no core waits for the last bit of each.
    let ordinary: Vec<_> = services.iter().filter(|it| it.executor.is_none()).collect();
    let mut ordinary = cargo_build(&ordinary)?.unwrap_or_default().into_iter();
    services
        .iter()
        .map(|service| match service.executor {
            None => Ok(ordinary.next()),
            Some(_) => build(service),
        })
        .collect()
}

/// Builds one service in release and gives a copy of its binary; `None` when the library of its
/// executor is not on this machine.
pub fn build(service: &Service) -> Result<Option<PathBuf>, Error> {
    Ok(cargo_build(&[service])?.and_then(|mut binaries| binaries.pop()))
}

/// Has cargo build services that run on the same executor.
fn cargo_build(services: &[&Service]) -> Result<Option<Vec<PathBuf>>, Error> {
    let executor = services.iter().find_map(|service| service.executor);
    let names: Vec<_> = services.iter().map(|service| &*service.name).collect();
    let names = names.join(", ");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "build",
            "--release",
            "--message-format=json-render-diagnostics",
        ])
        .current_dir(workspace())
        .stdin(Stdio::null());
    for service in services {
        command.args(["--package", &service.package, "--bin", &service.target]);
    }
    if let Some(executor) = executor {
        command.args(["--no-default-features", "--features", executor]);
    }
    let output = command.output().map_err(Error::io("cannot run cargo"))?;
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr);
        // What co-await-build says of a library, in every one of its messages.
        if executor.is_some() && messages.contains("was not found (") {
            return Ok(None);
        }
        return Err(Error::Unfit(format!(
            "cargo could not build {names}:\n{messages}"
        )));
    }
    let built = String::from_utf8_lossy(&output.stdout);
    let built: Vec<serde_json::Value> = built
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let copies = services.iter().map(|service| copy(service, &built));
    Ok(Some(copies.collect::<Result<_, _>>()?))
}

/// A copy of a service's binary, of which cargo's messages tell.
fn copy(service: &Service, built: &[serde_json::Value]) -> Result<PathBuf, Error> {
    let binary = built
        .iter()
        .filter(|message| message["target"]["name"] == service.target.as_str())
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| Error::Unfit(format!("cargo built no binary of {}", service.name)))?;
    // Each executor's binary has the name of the step's: the last one built would be all of them.
    let copy = workspace()
        .join("target/bench")
        .join(service.name.replace(' ', "-"));
    let failed = || Error::io(format!("cannot write {}", copy.display()));
    fs::create_dir_all(workspace().join("target/bench")).map_err(failed())?;
    // A binary that still runs cannot be written over, but it can be replaced.
    let _ = fs::remove_file(&copy);
    fs::copy(&binary, &copy).map_err(failed())?;
    Ok(copy)
}
