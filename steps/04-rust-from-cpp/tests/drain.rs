//! SIGTERM while C++ awaits Rust: the store's runtime outlives what needs it.

mod common;

use std::env;
use std::io::{BufRead, BufReader, Lines, Write, stdin};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use actix_web::web::{Data, ServiceConfig};
use codec::fixtures::SMALL;
use common::{begin, finish};
use contract::PATIENCE;
use lab::{Options, Parser};
use picture_store::Store;
use picture_store::faulty::{Faulty, Mood};
use step_04_rust_from_cpp::{STEP, configure, new_converter};

const IN_CHILD: &str = "STEP_04_DRAIN_CHILD";

/// Serves with a store that answers when it reads a line.
fn serve() {
    let objects = Faulty::new();
    *objects.keep.lock().unwrap() = Mood::Waits;
    let waiting = objects.clone();
    thread::spawn(move || {
        while waiting.kept.load(Ordering::SeqCst) == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        println!("the store is asked");
        stdin().read_line(&mut String::new()).unwrap();
        waiting.open();
    });
    let store = Store::new(objects, Duration::from_secs(3600)).unwrap();
    let options = Options::parse_from(["step", "--port", "0"]);
    // SAFETY: gettid(2) has no preconditions.
    println!("served by thread {}", unsafe { libc::gettid() });
    lab::serve(STEP, options, |_| {
        let converter = Data::new(new_converter(1, codec::MAX_PIXELS)?);
        Ok(move |app: &mut ServiceConfig| configure(app, converter.clone(), store.clone()))
    });
    assert_eq!(codec::live(), 0);
    println!("the server has stopped");
}

/// Reads on to a line that begins so, and gives the rest of it.
fn line(lines: &mut Lines<BufReader<ChildStdout>>, beginning: &str) -> String {
    let mut lines = lines.map(Result::unwrap);
    let found = lines.find_map(|line| Some(line.split_once(beginning)?.1.to_owned()));
    found.unwrap_or_else(|| panic!("it did not say {beginning}"))
}

/// A process that does not outlive a test that fails.
struct KilledAtLast(Child);

impl Drop for KilledAtLast {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_upload_that_awaits_the_store_is_answered_before_the_server_stops() {
    if env::var_os(IN_CHILD).is_some() {
        return serve();
    }
    let name = "an_upload_that_awaits_the_store_is_answered_before_the_server_stops";
    let child = Command::new(env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(IN_CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let KilledAtLast(child) = &mut KilledAtLast(child.unwrap());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let thread: libc::pid_t = line(&mut lines, "served by thread ").parse().unwrap();
    let address: SocketAddr = line(&mut lines, "listening on http://").parse().unwrap();
    let upload = begin(address, "PUT", "a.png", "", SMALL).unwrap();
    line(&mut lines, "the store is asked");

    let process = libc::pid_t::try_from(child.id()).unwrap();
    // To the thread that serves: under ThreadSanitizer a signal waits until its thread calls the C
    // library, which the main thread, here the test harness's, does no more.
    // SAFETY: tgkill(2) touches no memory, and the process is our own child, not yet waited for.
    let sent = unsafe { libc::syscall(libc::SYS_tgkill, process, thread, libc::SIGTERM) };
    assert_eq!(sent, 0);
    let begun = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(begun.elapsed() < PATIENCE, "it goes on listening");
        thread::sleep(Duration::from_millis(5));
    }
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert_eq!(finish(upload).unwrap().status, 201);
    line(&mut lines, "the server has stopped");
    assert!(child.wait().unwrap().success());
}
