//! The capstone: a service of the reader's own, held to the checklist point by point.
//!
//! The runner knows nothing of its code. It builds the project, starts it, and is its client.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use contract::{PATIENCE, Process, agent};
use ureq::Agent;

use crate::check::{cargo, programs};
use exercise_catalogue::source;

/// So many leave for each core.
const LEAVING: usize = 10;
/// So many of those may have been worked on: a pool of a thread for each core has done one each when they
/// leave, and works on the next; one more each is on the way.
const WORKED_ON: usize = 4;

/// A point of the checklist: its name, what to say where it holds, and the trial.
type Point = (&'static str, &'static str, fn(&Service) -> Result<()>);

const POINTS: [Point; 5] = [
    ("bridge", "texts are answered rightly", bridge),
    ("pool", "it is there while C++ works", pool),
    (
        "leaving",
        "C++ does not work for those who have left",
        leaving,
    ),
    (
        "garbage",
        "what is refused is refused, with a reason",
        garbage,
    ),
    ("idle", "it rests when there is nothing to do", idle),
];

/// A running service.
struct Service {
    process: Process,
    agent: Agent,
    /// A text that takes long, and the CPU time that it takes.
    slow: (Vec<u8>, Duration),
}

/// What came of a point: nothing, or what is wrong.
pub struct Told {
    pub point: &'static str,
    pub holds: &'static str,
    pub wrong: Option<String>,
}

/// Builds the project and tries every point; a service that has ended fails those that are left.
pub fn check(project: &Path, target: Option<&Path>) -> Result<Vec<Told>> {
    ensure!(
        project.join("Cargo.toml").is_file(),
        "there is no project in {}: make one with `./justw new {0}`",
        project.display()
    );
    let program = build(project, target)?;
    let mut command = Command::new(program);
    command.env("PORT", "0").stderr(Stdio::null());
    let process = Process::spawn(command)
        .context("the service has to say `listening on http://127.0.0.1:…` when it listens")?;
    let mut service = Service {
        process,
        agent: agent(),
        slow: (Vec::new(), Duration::ZERO),
    };
    let mut told = Vec::new();
    for (point, holds, trial) in POINTS {
        let outcome = trial(&service);
        let failed = outcome.is_err();
        told.push(Told {
            point,
            holds,
            wrong: outcome.err().map(|error| format!("{error:#}")),
        });
        if point == "bridge" {
            if failed {
                break; // the rest needs a service that answers
            }
            service.slow = service.something_slow()?;
        }
    }
    if told.len() == POINTS.len() {
        told.push(Told {
            point: "shutdown",
            holds: "it finishes what it has begun, and ends with 0",
            wrong: shutdown(service).err().map(|error| format!("{error:#}")),
        });
    }
    Ok(told)
}

/// Compiles the project; its messages go to the reader.
fn build(project: &Path, target: Option<&Path>) -> Result<PathBuf> {
    let mut command = cargo();
    command
        .args(["build", "--message-format", "json-render-diagnostics"])
        .current_dir(project)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if let Some(target) = target {
        command.env("CARGO_TARGET_DIR", target);
    }
    let output = command
        .spawn()
        .context("cannot start cargo")?
        .wait_with_output()?;
    ensure!(
        output.status.success(),
        "the project does not compile: what the compiler says stands above"
    );
    let program = programs(&output.stdout).pop();
    program.context("the project has no program to run")
}

impl Service {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.process.address())
    }

    /// `POST /longest`: the status, and the body as text.
    fn longest(&self, text: &[u8]) -> Result<(u16, String)> {
        let mut answer = self
            .agent
            .post(self.url("/longest"))
            .send(text)
            .context("`POST /longest` was not answered")?;
        let body = answer.body_mut().read_to_vec()?;
        let body = String::from_utf8_lossy(&body).trim().to_owned();
        Ok((answer.status().as_u16(), body))
    }

    fn is_there(&self) -> Result<()> {
        let answer = self.agent.get(self.url("/healthz")).call();
        let status = answer
            .context("`GET /healthz` was not answered")?
            .status()
            .as_u16();
        ensure!(status == 200, "`GET /healthz` was answered with {status}");
        Ok(())
    }

    /// A text that takes a third of a second, or the longest that is allowed.
    fn something_slow(&self) -> Result<(Vec<u8>, Duration)> {
        let mut length = 2048;
        loop {
            let text = text(length);
            let before = self.process.cpu_time()?;
            let (status, _) = self.longest(&text)?;
            ensure!(
                status == 200,
                "a text of {length} bytes was answered with {status}"
            );
            let took = self.process.cpu_time()? - before;
            if took > Duration::from_millis(300) || length == 65536 {
                return Ok((text, took));
            }
            length *= 2;
        }
    }

    /// Sends a slow text; dropping the connection is what a client does that leaves.
    fn begin(&self) -> Result<TcpStream> {
        let mut connection = TcpStream::connect(self.process.address())?;
        let text = &self.slow.0;
        write!(
            connection,
            "POST /longest HTTP/1.1\r\nhost: capstone\r\ncontent-length: {}\r\n\r\n",
            text.len()
        )?;
        connection.write_all(text)?;
        Ok(connection)
    }

    /// Waits until the process uses no CPU time any more, and returns what it has used in all.
    fn settled(&self) -> Result<Duration> {
        let begun = Instant::now();
        let mut before = self.process.cpu_time()?;
        loop {
            thread::sleep(Duration::from_millis(200));
            let now = self.process.cpu_time()?;
            if now - before < Duration::from_millis(5) {
                return Ok(now);
            }
            ensure!(
                begun.elapsed() < PATIENCE,
                "the service has nothing to do, and has used CPU time for {PATIENCE:?}: something \
                 asks again and again"
            );
            before = now;
        }
    }
}

/// Letters without much of a pattern, the same each time.
fn text(length: usize) -> Vec<u8> {
    let mut state: u32 = 1;
    let letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 24) as u8 % 26
    };
    std::iter::repeat_with(letter).take(length).collect()
}

fn bridge(service: &Service) -> Result<()> {
    service.is_there()?;
    for (text, longest) in [
        ("banana", "ana"),
        ("to be or not to be", "to be"),
        ("abc", ""),
    ] {
        let (status, body) = service.longest(text.as_bytes())?;
        ensure!(
            (status, body.as_str()) == (200, longest),
            "`POST /longest` with “{text}” is to be answered with 200 and “{longest}”, and was with \
             {status} and “{body}”"
        );
    }
    Ok(())
}

fn cores() -> usize {
    thread::available_parallelism().map_or(2, usize::from)
}

/// By the order of events: the question is answered before the first text is.
fn pool(service: &Service) -> Result<()> {
    let done = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..cores() * 2 {
            scope.spawn(|| {
                let answer = service.longest(&service.slow.0);
                done.fetch_add(1, Ordering::SeqCst);
                answer
            });
        }
        thread::sleep(Duration::from_millis(100));
        let answered = service.is_there();
        let done_first = done.load(Ordering::SeqCst);
        answered?;
        ensure!(
            done_first == 0,
            "`GET /healthz` was answered when C++ had done {done_first} of the texts that came before \
             it: C++ works on the event loops"
        );
        Ok(())
    })
}

fn leaving(service: &Service) -> Result<()> {
    let before = service.settled()?;
    let cores = cores();
    let count = cores * LEAVING;
    let callers: Result<Vec<_>> = (0..count).map(|_| service.begin()).collect();
    let callers = callers?;
    thread::sleep(service.slow.1);
    drop(callers);
    let used = service.settled()? - before;
    let worked = used.as_secs_f64() / service.slow.1.as_secs_f64();
    ensure!(
        worked < (cores * WORKED_ON) as f64,
        "{count} clients sent texts that take long and left, and C++ worked on {worked:.0} of them to \
         the end, for nobody"
    );
    Ok(())
}

fn garbage(service: &Service) -> Result<()> {
    let too_long = text(65537);
    for (what, body, reason) in [
        ("an empty text", &b""[..], "empty"),
        ("a text with a zero byte", b"a\0b", "zero"),
        ("a text of 65,537 bytes", &too_long, "64 KiB"),
    ] {
        let (status, body) = service
            .longest(body)
            .with_context(|| format!("{what} was sent, and the service is gone"))?;
        ensure!(
            status == 422 && body.contains(reason),
            "{what} is to be answered with 422 and the library's reason, and was with {status} and \
             “{body}”"
        );
    }
    // Two letters of two bytes each, of which the first is the same.
    let (status, body) = service.longest("äö".as_bytes())?;
    ensure!(
        status == 200,
        "“äö” is a text, whose longest piece is the first half of both letters; it is to be answered \
         with 200, and was with {status} and “{body}”"
    );
    // No text at all, and yet bytes that repeat: any answer will do.
    let (status, _) = service
        .longest(&[0xff, 0xfe, 0xff, 0xfe])
        .context("bytes that are no text were sent, and the service is gone")?;
    ensure!(
        status < 500,
        "bytes that are no text were answered with {status}"
    );
    bridge(service).context("after what it refuses")
}

fn idle(service: &Service) -> Result<()> {
    let before = service.settled()?;
    let span = Duration::from_secs(2);
    thread::sleep(span);
    let used = service.process.cpu_time()? - before;
    ensure!(
        used < span / 50,
        "with nothing to do the service used {used:?} of CPU time in {span:?}"
    );
    Ok(())
}

fn shutdown(mut service: Service) -> Result<()> {
    let before = service.settled()?;
    let status = thread::scope(|scope| {
        let last = scope.spawn(|| service.longest(&service.slow.0));
        let begun = Instant::now();
        while service.process.cpu_time()? - before < service.slow.1 / 4 {
            ensure!(
                begun.elapsed() < PATIENCE,
                "a text that takes long was not begun"
            );
            thread::sleep(Duration::from_millis(5));
        }
        service.process.signal(libc::SIGINT)?;
        let answer = last.join().unwrap_or_else(|_| bail!("the client panicked"));
        Ok(answer
            .context("told to stop while C++ worked on a text, it gave no answer to that")?
            .0)
    })?;
    ensure!(
        status == 200,
        "told to stop while C++ worked on a text, it answered that with {status}"
    );
    match service.process.wait(PATIENCE)? {
        None => bail!("told to stop, it did not end"),
        Some(status) if !status.success() => bail!("told to stop, it ended with {status}"),
        Some(_) => Ok(()),
    }
}

/// Every wrong answer, the point that it fails, and what it is told.
const WRONG: [(&str, &str, &str); 6] = [
    ("on-the-loop", "pool", "on the event loops"),
    ("detached", "leaving", "for nobody"),
    ("without-reason", "garbage", "the library's reason"),
    ("whole-letters", "garbage", "first half"),
    ("asks-again", "idle", "again and again"),
    ("abrupt", "shutdown", "gave no answer"),
];

/// Holds the capstone to what it says: the project of `just new` fails at the first point, each wrong
/// answer at its own, and the solution nowhere.
pub fn prove(root: &Path, target: &Path) -> Result<()> {
    let project = target.join("capstone");
    if project.exists() {
        fs::remove_dir_all(&project)?;
    }
    let made = Command::new(root.join("scripts/new"))
        .arg(&project)
        .output()?;
    ensure!(
        made.status.success(),
        "scripts/new: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let target = target.join("capstone-target");
    expect(&project, &target, "as given", Some(("bridge", "404")))?;
    let folder = root.join("exercises/capstone");
    for file in fs::read_dir(folder.join("library"))? {
        let file = file?;
        fs::copy(file.path(), project.join("cpp").join(file.file_name()))?;
    }
    for (answer, point, says) in WRONG {
        lay_out(&folder.join("solution"), &project, answer)?;
        expect(&project, &target, answer, Some((point, says)))?;
    }
    lay_out(&folder.join("solution"), &project, source::SOLUTION)?;
    expect(&project, &target, "solution", None)
}

/// Puts an answer's files in their places, under the project's name.
fn lay_out(from: &Path, project: &Path, answer: &str) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = project.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            lay_out(&entry.path(), &to, answer)?;
            continue;
        }
        let text = fs::read_to_string(entry.path())?;
        let text =
            source::answer(&text, answer).with_context(|| entry.path().display().to_string())?;
        let text = text
            .replace("bridge-template", "capstone")
            .replace("bridge_template", "capstone");
        fs::write(to, text)?;
    }
    Ok(())
}

fn expect(project: &Path, target: &Path, answer: &str, wrong: Option<(&str, &str)>) -> Result<()> {
    let told = check(project, Some(target))?;
    let failed: Vec<_> = told
        .iter()
        .filter_map(|told| Some((told.point, told.wrong.as_deref()?)))
        .collect();
    match (&failed[..], wrong) {
        ([], None) => println!("capstone         {answer:16} passes"),
        // What goes wrong at one point may do so at later ones as well.
        ([(point, said), ..], Some((expected, says)))
            if *point == expected && said.contains(says) =>
        {
            println!("capstone         {answer:16} fails at {point}");
        }
        (failed, wrong) => {
            bail!("capstone: {answer} is to fail with {wrong:?}, and did with {failed:?}")
        }
    }
    Ok(())
}
