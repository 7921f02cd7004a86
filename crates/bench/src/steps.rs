//! The steps that there are, and their binaries: found when asked for, for no crate knows a step.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
}

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
        name,
    }
}

/// The service without C++, of this crate.
pub fn pure_rust() -> Service {
    Service {
        name: "pure Rust".into(),
        package: "bench".into(),
        target: "pure-rust".into(),
    }
}

/// Builds services in release and gives their binaries.
pub fn build(services: &[Service]) -> Result<Vec<PathBuf>, Error> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--release"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(workspace())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    for service in services {
        command.args(["--package", &service.package, "--bin", &service.target]);
    }
    let output = command.output().map_err(Error::io("cannot run cargo"))?;
    if !output.status.success() {
        return Err(Error::Unfit(
            "cargo could not build the services; its messages stand above".into(),
        ));
    }
    let built: Vec<serde_json::Value> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    services
        .iter()
        .map(|service| {
            built
                .iter()
                .filter(|message| message["target"]["name"] == service.target.as_str())
                .find_map(|message| message["executable"].as_str())
                .map(PathBuf::from)
                .ok_or_else(|| Error::Unfit(format!("cargo built no binary of {}", service.name)))
        })
        .collect()
}
