//! Runs the tests of one exercise and says what they say.

use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::desk::{Desk, target};
use exercise_catalogue::Exercise;

/// How long the tests of one exercise may take: each of them gives up long before.
const PATIENCE: Duration = Duration::from_secs(180);

/// What came of an answer.
#[derive(Debug)]
pub enum Verdict {
    /// There is nothing to run.
    DoesNotCompile,
    /// The tests did not come to an end.
    Hangs,
    /// The process ended amid the tests: how, and what it said.
    Dies(Failure),
    /// Each test, in order.
    Ran(Vec<Test>),
}

/// How one test ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Its name, as words.
    pub name: String,
    /// What is wrong, unless it passed.
    pub failure: Option<Failure>,
}

/// A test that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What is still wrong.
    pub says: String,
    /// What it printed before: a sanitizer's report.
    pub output: String,
}

impl Verdict {
    /// Whether the exercise is done.
    pub fn passes(&self) -> bool {
        matches!(self, Verdict::Ran(tests) if tests.iter().all(|test| test.failure.is_none()))
    }

    /// The tests that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        let tests: &[Test] = match self {
            Verdict::Ran(tests) => tests,
            _ => &[],
        };
        let died = match self {
            Verdict::Dies(failure) => Some(failure),
            _ => None,
        };
        let failed = tests.iter().filter_map(|test| test.failure.as_ref());
        died.into_iter().chain(failed)
    }
}

/// Where the compiler's messages go.
pub enum Messages<'a> {
    /// To the reader, as they come.
    Shown,
    /// Here.
    Kept(&'a mut String),
}

/// Compiles and runs the tests of an exercise, as it lies on the desk.
pub fn check(root: &Path, desk: &Desk, exercise: &Exercise, messages: Messages) -> Result<Verdict> {
    let Some(program) = compile(root, desk, exercise, messages)? else {
        return Ok(Verdict::DoesNotCompile);
    };
    let folder = desk.of(exercise);
    let child = Command::new(program)
        .current_dir(&folder)
        .env("CARGO_MANIFEST_DIR", &folder)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let Some(ended) = ended(child)? else {
        return Ok(Verdict::Hangs);
    };
    let tests = tests(&ended.output);
    let has_failed = tests.iter().any(|test| test.failure.is_some());
    if !has_failed && (tests.is_empty() || !ended.status.success()) {
        return Ok(Verdict::Dies(Failure {
            says: format!(
                "The process ended amid the tests ({}).\n{}",
                ended.status,
                ended.said.trim()
            ),
            output: String::new(),
        }));
    }
    Ok(Verdict::Ran(tests))
}

/// The program that runs the tests, unless it does not compile.
fn compile(
    root: &Path,
    desk: &Desk,
    exercise: &Exercise,
    messages: Messages,
) -> Result<Option<PathBuf>> {
    let is_shown = matches!(messages, Messages::Shown);
    let mut child = cargo()
        .args(["test", "--no-run", "--test", "check"])
        .args(["--message-format", "json-render-diagnostics"])
        .args(["--package", &exercise.package(), "--manifest-path"])
        .arg(desk.folder().join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target(root))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .env("CARGO_TERM_COLOR", colour(&messages))
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let said = child.stderr.take().context("it is piped")?;
    let package = desk.of(exercise);
    let reader = thread::spawn(move || {
        let mut kept = String::new();
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            let line = from_here(&line, &package);
            match is_shown {
                true => eprintln!("{line}"),
                false => kept.extend([line.as_str(), "\n"]),
            }
        }
        kept
    });
    let output = child.wait_with_output()?;
    let kept = reader.join().unwrap_or_default();
    if let Messages::Kept(messages) = messages {
        *messages = kept;
    }
    if !output.status.success() {
        return Ok(None);
    }
    let program = programs(&output.stdout).into_iter().next();
    program.map(Some).context("cargo names no program to run")
}

/// The cargo that runs this.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The programs that a build made, by the messages that cargo printed as JSON.
pub fn programs(messages: &[u8]) -> Vec<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
        executable: Option<PathBuf>,
    }

    String::from_utf8_lossy(messages)
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
        .filter(|message| message.reason == "compiler-artifact")
        .filter_map(|message| message.executable)
        .collect()
}

/// Whether cargo prints colours, which it cannot find out through a pipe.
fn colour(messages: &Messages) -> &'static str {
    match messages {
        Messages::Shown if std::io::stderr().is_terminal() => "always",
        _ => "auto",
    }
}

/// A line of a compiler with the exercise's files named from the folder that the reader is in, so that
/// a terminal or an editor opens them: cargo names them from the workspace that they are in.
fn from_here(line: &str, package: &Path) -> String {
    let shown = crate::short(package);
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    let mut told = String::new();
    let mut rest = line;
    while let Some(at) = ["src", "cpp", "tests"]
        .iter()
        .filter_map(|folder| rest.find(&format!("{name}/{folder}/")))
        .min()
    {
        // Not where it is part of a longer path or name.
        let is_whole = !rest[..at].ends_with(['/', '-']);
        told.push_str(&rest[..at]);
        match is_whole {
            true => told.push_str(&shown.to_string()),
            false => told.push_str(&name),
        }
        rest = &rest[at + name.len()..];
    }
    told + rest
}

/// A program that has ended.
struct Ended {
    status: ExitStatus,
    /// What it printed.
    output: String,
    /// What it said on its standard error.
    said: String,
}

/// How a program ends; nothing where it does not.
fn ended(mut child: Child) -> Result<Option<Ended>> {
    let output = read(child.stdout.take().context("it is piped")?);
    let said = read(child.stderr.take().context("it is piped")?);
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(10));
    };
    Ok(Some(Ended {
        status,
        output: output.join().unwrap_or_default(),
        said: said.join().unwrap_or_default(),
    }))
}

/// Reads a pipe to its end, in a thread.
fn read(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Reads what the harness of Rust's tests prints.
fn tests(output: &str) -> Vec<Test> {
    let mut tests = Vec::new();
    for line in output.lines() {
        let Some((name, outcome)) = line
            .strip_prefix("test ")
            .and_then(|line| line.split_once(" ... "))
        else {
            continue;
        };
        tests.push(Test {
            name: name.replace('_', " "),
            failure: (outcome == "FAILED").then(|| failure(output, name)),
        });
    }
    // The harness runs them side by side and prints them as they end.
    tests.sort_by(|one, other| one.name.cmp(&other.name));
    tests
}

fn failure(output: &str, test: &str) -> Failure {
    let heading = format!("---- {test} stdout ----\n");
    let section = output
        .split_once(&heading)
        .map_or("", |(_, rest)| rest)
        .split("\n\n\nfailures:\n")
        .next()
        .and_then(|rest| rest.split("\n\n---- ").next())
        .unwrap_or_default();
    let lines: Vec<_> = section.lines().collect();
    let is_panic = |line: &&str| line.starts_with("thread '") && line.contains(" panicked at ");
    let Some(panic) = lines.iter().rposition(is_panic) else {
        return Failure {
            says: section.trim().to_owned(),
            output: String::new(),
        };
    };
    let message = lines[panic + 1..].iter();
    let message: Vec<_> = message
        .take_while(|line| !line.starts_with("note: run with"))
        .copied()
        .collect();
    let message = message.join("\n");
    let message = message
        .strip_prefix("assertion `left == right` failed: ")
        .unwrap_or(&message);
    Failure {
        says: message.trim().to_owned(),
        output: lines[..panic].join("\n").trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
running 3 tests
test b_of_two ... FAILED
test a_of_one ... ok
test c ... FAILED

failures:

---- b_of_two stdout ----
==7==ERROR: AddressSanitizer: heap-use-after-free
    #0 0x1 in f(const char*)' (x) cpp/f.cpp:1

thread 'b_of_two' (8) panicked at tests/check.rs:12:5:
The view dangles: see cpp/f.cpp.
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

---- c stdout ----

thread 'c' (9) panicked at tests/check.rs:30:9:
assertion `left == right` failed: The sum is wrong.
  left: 1
 right: 2


failures:
    b_of_two
    c

test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn files_are_named_from_where_the_reader_is() {
        let here = crate::here();
        let package = here.join("exercises/yours/07-view");
        for (said, told) in [
            (
                " --> 07-view/src/lib.rs:3:1",
                " --> exercises/yours/07-view/src/lib.rs:3:1",
            ),
            (
                "07-view/cpp/a.h:1: error",
                "exercises/yours/07-view/cpp/a.h:1: error",
            ),
            (
                "#include \"exercise-07-view/cpp/a.h\"",
                "#include \"exercise-07-view/cpp/a.h\"",
            ),
            (
                "/elsewhere/07-view/src/lib.rs",
                "/elsewhere/07-view/src/lib.rs",
            ),
            ("nothing", "nothing"),
        ] {
            assert_eq!(from_here(said, &package), told);
        }
    }

    #[test]
    fn every_test_is_told_with_what_it_says() {
        let failure = |says: &str, output: &str| {
            Some(Failure {
                says: says.into(),
                output: output.into(),
            })
        };
        let report = "==7==ERROR: AddressSanitizer: heap-use-after-free\n    \
                      #0 0x1 in f(const char*)' (x) cpp/f.cpp:1";
        let told: Vec<_> = tests(OUTPUT)
            .into_iter()
            .map(|test| (test.name, test.failure))
            .collect();
        assert_eq!(
            told,
            [
                ("a of one".to_owned(), None),
                (
                    "b of two".to_owned(),
                    failure("The view dangles: see cpp/f.cpp.", report)
                ),
                (
                    "c".to_owned(),
                    failure("The sum is wrong.\n  left: 1\n right: 2", "")
                ),
            ]
        );
    }
}
