//! Runs the shell lines of the pages as a reader would, and keeps the output that the book shows.
//!
//! A page is run from top to bottom. A line that serves a step (`./justw run …`) goes on in the
//! background until the next such line or the end of the page, and is then stopped as Ctrl-C does
//! it. It gets a port that is free; the reader's port is put in its place, in and out.
//!
//! A block is run as what stands behind its fence says:
//!
//! | | |
//! |---|---|
//! | `sh` | its lines must succeed |
//! | `sh fails` | they must fail |
//! | `sh norun` | it is not run |
//! | `sh with LIBRARY` | it needs a library that a machine may not have. Where the build says that it is not there, what it says is the output `NAME-missing`, and the page is left there |

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use regex::Regex;

use crate::pages::{self, Fence, Page, SOURCE};

/// What becomes of the output.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    /// It is written beside the pages.
    Write,
    /// It must be what is there.
    Compare,
}

/// Where the reader's server listens.
const ADDRESS: &str = "127.0.0.1:8765";
/// A build may come first.
const PATIENCE: Duration = Duration::from_secs(1200);

/// Runs the pages named, or all.
pub fn run(root: &Path, names: &[&str], mode: Mode) -> Result<()> {
    let pages = pages::read(root)?;
    for name in names {
        ensure!(
            pages.iter().any(|page| page.name == *name),
            "there is no page {name}"
        );
    }
    let mut differs = Vec::new();
    for page in &pages {
        if names.is_empty() || names.contains(&page.name.as_str()) {
            run_page(root, page, mode, &mut differs)
                .with_context(|| format!("{SOURCE}/{}.md", page.name))?;
        }
    }
    ensure!(
        differs.is_empty(),
        "the book shows other output than a run gives now: {}; look, then run `just capture`",
        differs.join(", ")
    );
    Ok(())
}

fn run_page(root: &Path, page: &Page, mode: Mode, differs: &mut Vec<String>) -> Result<()> {
    let mut server = None;
    for fence in page.fences() {
        let library = fence.info.strip_prefix("sh with ");
        if library.is_none() && !["sh", "sh fails"].contains(&fence.info.as_str()) {
            continue;
        }
        let ran = run_fence(root, &fence, &mut server);
        let is_missing = |said: &str| {
            library.is_some_and(|library| said.contains(&format!("{library} was not found (")))
        };
        match ran {
            Ok(output) => {
                if let Some(name) = &fence.output {
                    compare(root, name, &output, mode, differs)?;
                }
            }
            Err(Failure::Said(output)) if is_missing(&output) => {
                eprintln!(
                    "{}: the rest is left out, for the library is not here",
                    page.name
                );
                if let Some(name) = &fence.output {
                    compare(root, &format!("{name}-missing"), &output, mode, differs)?;
                }
                return Ok(());
            }
            Err(Failure::Said(output)) => bail!("line {}: it failed:\n{output}", fence.line),
            Err(Failure::Other(error)) => {
                return Err(error.context(format!("line {}", fence.line)));
            }
        }
    }
    Ok(())
}

/// Why a block failed: a line of it did, having said this, or something else went wrong.
#[derive(Debug)]
enum Failure {
    Said(String),
    Other(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure::Other(error.into())
    }
}

/// Keeps an output, or notes that it is not the one that was kept.
fn compare(
    root: &Path,
    name: &str,
    output: &str,
    mode: Mode,
    differs: &mut Vec<String>,
) -> Result<()> {
    let output = normalised(output)?;
    let file = root.join(SOURCE).join(format!("output/{name}.txt"));
    let before = fs::read_to_string(&file).unwrap_or_default();
    if mode == Mode::Write {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, &output)?;
    } else if before != output {
        eprintln!("{name}: the book shows\n{before}\na run gives\n{output}");
        differs.push(name.into());
    }
    Ok(())
}

/// Runs a block line by line, and gives what all lines printed.
fn run_fence(
    root: &Path,
    fence: &Fence,
    server: &mut Option<Server>,
) -> std::result::Result<String, Failure> {
    let mut output = String::new();
    for line in fence.body.replace("\\\n", " ").lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        eprintln!("$ {line}");
        if line.starts_with("./justw run ") {
            // The one before has to go first: on a reader's machine both want the same port.
            drop(server.take());
            let (started, said) = Server::start(root, line)?;
            output.push_str(&said);
            *server = started;
            continue;
        }
        let address = server.as_ref().map_or(ADDRESS, |server| &server.address);
        let done = shell(root, &line.replace(ADDRESS, address))
            .stderr(Stdio::piped())
            .output()?;
        let said = [done.stdout, done.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if done.status.success() == (fence.info == "sh fails") {
            eprintln!("`{line}` ended with {}", done.status);
            return Err(Failure::Said(said.into_owned()));
        }
        output.push_str(&said.replace(address, ADDRESS));
    }
    Ok(output)
}

fn shell(root: &Path, line: &str) -> Command {
    let mut command = Command::new("bash");
    command
        .args(["-euo", "pipefail", "-c", line])
        .current_dir(root)
        .env("COAWAIT_PORT", "0")
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// A step that serves, with all the processes between it and the shell.
struct Server {
    child: Child,
    address: String,
    /// Kept, so that what it prints later has a reader.
    _lines: Receiver<String>,
}

impl Server {
    /// Starts it, and gives what it printed until it listens. What it logs is left out. There is no
    /// server left of a program that came to its end instead.
    fn start(root: &Path, line: &str) -> std::result::Result<(Option<Self>, String), Failure> {
        let mut child = shell(root, line)
            .process_group(0)
            .stderr(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let stderr = child.stderr.take().context("no standard error")?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let log = thread::spawn(move || {
            let mut log = String::new();
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                eprintln!("{line}");
                log.push_str(&line);
                log.push('\n');
            }
            log
        });
        let mut server = Server {
            child,
            address: String::new(),
            _lines: lines,
        };
        let mut said = String::new();
        loop {
            let line = match server._lines.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(RecvTimeoutError::Disconnected) if server.child.wait()?.success() => {
                    return Ok((None, said));
                }
                // What it logged says why it ended.
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Failure::Said(log.join().unwrap_or_default()));
                }
                Err(RecvTimeoutError::Timeout) => {
                    return Err(Failure::Said(format!("{said}(and no more)")));
                }
            };
            said.push_str(&line);
            said.push('\n');
            if let Some(address) = line.strip_prefix("listening on http://") {
                server.address = address.into();
                let said = said.replace(address, ADDRESS);
                return Ok((Some(server), said));
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let group = libc::pid_t::try_from(self.child.id()).unwrap_or_default();
        // SAFETY: kill(2) touches no memory; the group is that of our own child, not yet waited for.
        unsafe { libc::kill(-group, libc::SIGINT) };
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if begun.elapsed() > Duration::from_secs(60) {
                // SAFETY: as above.
                unsafe { libc::kill(-group, libc::SIGKILL) };
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Output without what differs from run to run: times, sizes of heaps, ports, addresses, what cargo
/// reports and what a debugger says of itself.
fn normalised(output: &str) -> Result<String> {
    let cargo = Regex::new(
        r"^\s*(Compiling|Finished|Running|Downloading|Downloaded|Blocking|Updating|Locking|Adding|warning: .*profile|warning: build failed, waiting) ",
    )?;
    let debugger = Regex::new(
        r"^(\[(New Thread|New LWP|Switching to|Thread |Inferior )|Using host libthread_db|warning: Missing auto-load|of file .*\.$|Use `info auto-load|Download failed|Breakpoint \d+ at )",
    )?;
    let rules = [
        (r"\x1b\[[0-9;]*m", ""),
        (r"\r", ""),
        (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<time>"),
        (r"(?m)^date: .*$", "date: <date>"),
        (r"\[ *\d+\.\d+s\]", "[<time>]"),
        (r"\b\d+(\.\d+)? ?(ms|µs|us|ns)\b", "<time>"),
        (r"\b\d+\.\d+ ?s\b", "<time>"),
        (r"\b\d+\.\d{3,}\b", "<number>"),
        (r"\b127\.0\.0\.1:\d+", ADDRESS),
        (r"\bRun ID [0-9a-f-]{36}", "Run ID <id>"),
        (r#"\bETag "[^"]+""#, "ETag <id>"),
        (r"\b0x[0-9a-f]{6,}\b", "<address>"),
        (r"\b(LWP|process) \d+\b", "$1 <id>"),
        (r"::h[0-9a-f]{16}\b", ""),
        // The capture has the system pick a port; a reader's environment says nothing of it.
        (r"\[env: COAWAIT_PORT=0\]", "[env: COAWAIT_PORT=]"),
    ];
    let lines: Vec<_> = output
        .lines()
        .filter(|line| !cargo.is_match(line) && !debugger.is_match(line))
        .map(str::trim_end)
        .collect();
    let mut text = lines.join("\n");
    for (pattern, instead) in rules {
        text = Regex::new(pattern)?
            .replace_all(&text, instead)
            .into_owned();
    }
    Ok(text.trim_matches('\n').to_owned() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_differs_from_run_to_run_is_taken_out() {
        let output = "   Compiling lab v0.1.0\nlistening on http://127.0.0.1:43211\nPASS [   0.123s] a\nlag 12.5 ms\nkept, ETag \"6-0\"\n";
        assert_eq!(
            normalised(output).unwrap(),
            "listening on http://127.0.0.1:8765\nPASS [<time>] a\nlag <time>\nkept, ETag <id>\n"
        );
    }

    #[test]
    fn a_debuggers_addresses_and_what_it_says_of_itself_are_taken_out() {
        let output = "[New Thread 0x7ffff781c6c0 (LWP 15023)]\nThread 2 (Thread 0x7ffff781c6c0 (LWP 15023) \"cpp-pool\"):\n#1  0x00005555555d67ef in compute::h1ca81d362b8f4f26 (number=0x7)\n";
        assert_eq!(
            normalised(output).unwrap(),
            "Thread 2 (Thread <address> (LWP <id>) \"cpp-pool\"):\n#1  <address> in compute (number=0x7)\n"
        );
    }

    #[test]
    fn a_block_is_run_line_by_line_and_fails_unless_it_says_so() {
        let fence = |info: &str, body: &str| Fence {
            info: info.into(),
            body: body.into(),
            line: 1,
            output: None,
        };
        let run = |fence: &Fence| run_fence(Path::new("."), fence, &mut None);
        assert_eq!(
            run(&fence("sh", "# a remark\necho a \\\n  b\n")).unwrap(),
            "a  b\n".replace("  ", " ")
        );
        assert!(run(&fence("sh", "false\n")).is_err());
        assert!(run(&fence("sh fails", "false\n")).is_ok());
        assert!(run(&fence("sh fails", "true\n")).is_err());
    }

    #[test]
    fn what_just_is_asked_to_run_is_run_until_it_listens_or_ends() {
        let root = std::env::temp_dir().join(format!("book-tools-just-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let justw = root.join("justw");
        fs::write(
            &justw,
            "#!/bin/sh\ncase $2 in\n1) echo 'listening on http://127.0.0.1:43217'; exec sleep 60 ;;\n2) echo done ;;\n*) echo 'no such step' >&2; exit 1 ;;\nesac\n",
        )
        .unwrap();
        fs::set_permissions(&justw, fs::Permissions::from_mode(0o755)).unwrap();

        let (server, said) = Server::start(&root, "./justw run 1").unwrap();
        assert_eq!(said, "listening on http://127.0.0.1:8765\n");
        let process = server.unwrap().child.id();
        assert!(!Path::new(&format!("/proc/{process}")).exists(), "stopped");

        let (server, said) = Server::start(&root, "./justw run 2").unwrap();
        assert!(server.is_none());
        assert_eq!(said, "done\n");

        let failure = Server::start(&root, "./justw run 3").err().unwrap();
        assert!(matches!(failure, Failure::Said(said) if said == "no such step\n"));
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_library_that_is_missing_is_an_output_of_its_own_and_ends_the_page() {
        let root = std::env::temp_dir().join(format!("book-tools-capture-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let page = |line: &str| Page {
            name: "p".into(),
            text: format!(
                "```sh with Tea\n{line}\n```\n\n{{{{#output tea}}}}\n\n```sh\ntouch after\n```\n"
            ),
        };
        let run = |line| run_page(&root, &page(line), Mode::Write, &mut Vec::new());
        let read = |name: &str| fs::read_to_string(root.join(SOURCE).join("output").join(name));

        run("echo 'Tea was not found (in the tin)'; false").unwrap();
        let missing = read("tea-missing.txt").unwrap();
        assert!(
            missing.contains("Tea was not found (in the tin)"),
            "{missing}"
        );
        assert!(read("tea.txt").is_err() && !root.join("after").exists());

        run("echo hot").unwrap();
        assert_eq!(read("tea.txt").unwrap(), "hot\n");
        assert!(root.join("after").exists());

        assert!(run("echo 'Milk was not found (either)'; false").is_err());
        fs::remove_dir_all(&root).unwrap();
    }
}
