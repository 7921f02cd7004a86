//! A test's body in a process of its own, for what may end, hang or burn the process.

use std::any::Any;
use std::env;
use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio, exit};
use std::thread;
use std::time::{Duration, Instant};

use crate::Report;

/// How long a body may take before it is taken to hang.
const PATIENCE: Duration = Duration::from_secs(20);

const IN_CHILD: &str = "EXERCISE_ALONE";
const SAID: &str = "exercise-kit: the check says: ";

/// How a body ended that ran alone.
#[derive(Debug)]
#[must_use = "how it ended is what a test is after"]
pub enum Ending {
    /// It came to its end.
    Fine,
    /// It panicked, with this message.
    Said(String),
    /// AddressSanitizer stopped it.
    Sanitizer(Report),
    /// The process ended early; these were its last words.
    Died(String),
    /// It did not end, and was stopped after a while.
    Hung,
}

impl Ending {
    /// Panics unless all went well: with what the body said, else with a sentence for the ending.
    #[track_caller]
    pub fn or_say(self, sentence: impl FnOnce(&Ending) -> String) {
        match self {
            Ending::Fine => {}
            Ending::Said(message) => panic!("{message}"),
            other => panic!("{}", sentence(&other)),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Fine => write!(formatter, "all went well"),
            Ending::Said(message) => write!(formatter, "{message}"),
            Ending::Sanitizer(report) => match report.place() {
                Some(place) => write!(
                    formatter,
                    "AddressSanitizer stopped the process: {} in {place}",
                    report.kind
                ),
                None => write!(
                    formatter,
                    "AddressSanitizer stopped the process: {}",
                    report.kind
                ),
            },
            Ending::Died(words) => {
                write!(
                    formatter,
                    "the process ended, and its last words were “{words}”"
                )
            }
            Ending::Hung => write!(
                formatter,
                "nothing more happened for {} seconds: something waits for ever",
                PATIENCE.as_secs()
            ),
        }
    }
}

/// Runs the test of this name again, by itself in a new process, where `body` is called; returns how
/// that ended. In the new process it does not return.
pub fn alone(test: &str, body: impl FnOnce()) -> Ending {
    if env::var_os(IN_CHILD).is_some() {
        run_body(body);
    }
    let mut child = Command::new(env::current_exe().expect("a test knows its own file"))
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(IN_CHILD, "1")
        .env("RUST_BACKTRACE", "0")
        // Leaks are counted by the tests: to find them itself, the sanitizer would have to trace
        // the process, which not every container allows. Rust has no frame pointers, without which
        // the fast way to find out who frees leaves out who that is.
        .env(
            "ASAN_OPTIONS",
            "detect_leaks=0:allow_addr2line=1:handle_abort=0:fast_unwind_on_malloc=0",
        )
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a test can run itself");
    let mut stderr = child.stderr.take().expect("it is piped");
    // Read beside it, so that a long report does not fill the pipe.
    let reader = thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stderr, &mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it is our child") {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return Ending::Hung;
        }
        thread::sleep(Duration::from_millis(10));
    };
    let stderr = reader.join().unwrap_or_default();
    if status.success() {
        return Ending::Fine;
    }
    if let Some(report) = Report::find(&stderr) {
        // Shown by the harness with what the test says.
        println!("{}", report.text);
        return Ending::Sanitizer(report);
    }
    match stderr.split_once(SAID) {
        Some((_, message)) => Ending::Said(message.trim_end().to_owned()),
        None => Ending::Died(last_words(&stderr, status.signal())),
    }
}

fn run_body(body: impl FnOnce()) -> ! {
    let result = catch_unwind(AssertUnwindSafe(body));
    if let Err(panic) = &result {
        eprintln!("{SAID}{}", message(&**panic));
    }
    exit(if result.is_ok() { 0 } else { 1 })
}

fn message(panic: &(dyn Any + Send)) -> String {
    match panic.downcast_ref::<&str>() {
        Some(message) => (*message).to_owned(),
        None => panic
            .downcast_ref::<String>()
            .cloned()
            .unwrap_or_else(|| "it panicked".to_owned()),
    }
}

/// What a dying process said: what C++ terminated with, else what Rust panicked with, else its last
/// line.
fn last_words(stderr: &str, signal: Option<i32>) -> String {
    let lines: Vec<_> = stderr.lines().map(str::trim).collect();
    let after = |mark: &str, count: usize| {
        let first = lines.iter().position(|line| line.contains(mark))?;
        let words = lines.iter().skip(first).take(count);
        Some(words.copied().collect::<Vec<_>>().join(" "))
    };
    let panic = || Some(after(" panicked at ", 2)?.split_once(": ")?.1.to_owned());
    let last = || Some((*lines.iter().rfind(|line| !line.is_empty())?).to_owned());
    after("terminate called", 2)
        .or_else(panic)
        .or_else(last)
        .unwrap_or_else(|| match signal {
            Some(signal) => format!("nothing; signal {signal} ended it"),
            None => "nothing".to_owned(),
        })
}

/// Runs a test on an event loop of one thread, which is what each of a server's is, in a process of
/// its own.
#[track_caller]
pub fn on_an_event_loop(test: &str, body: impl Future<Output = ()>) {
    alone(test, || block_on(body))
        .or_say(|ending| format!("The event loop did not get to its end: {ending}"));
}

/// Runs what is awaited on an event loop of one thread.
pub fn block_on(body: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_are_what_tells_most() {
        let cpp = "terminate called after throwing an instance of 'std::runtime_error'\n  what():  \
                   cut off\n";
        assert!(last_words(cpp, Some(6)).ends_with("what():  cut off"));
        let rust = "\nthread 'x' (7) panicked at src/lib.rs:1:2:\nthere is no reactor\nnote: run\n\
                    aborting\n";
        assert_eq!(last_words(rust, Some(6)), "there is no reactor");
        assert_eq!(last_words("one\ntwo\n\n", None), "two");
        assert_eq!(last_words("", Some(9)), "nothing; signal 9 ended it");
    }
}
