//! What has to hold when exercise 9 is done.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::pin;
use std::thread;
use std::time::{Duration, Instant};

use exercise_09_socket::{Client, ask, new_client};
use futures::poll;

/// How long the tests wait for what should come at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// A peer, and the port on which it listens.
fn peer() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn a_line_arrives() {
    let (listener, port) = peer();
    let answers = thread::spawn(move || listener.accept().unwrap().0.write_all(b"hello\n"));
    let line = ask(&new_client(), port).await;
    assert_eq!(
        line.ok().as_deref(),
        Some("hello"),
        "A peer said “hello”, and that is not what arrived."
    );
    answers.join().unwrap().unwrap();
}

#[tokio::test]
async fn a_peer_may_take_its_time() {
    let (listener, port) = peer();
    let answers = thread::spawn(move || {
        let (mut caller, _) = listener.accept().unwrap();
        thread::sleep(Duration::from_secs(2));
        let _ = caller.write_all(b"at last\n");
    });
    let line = ask(&new_client(), port).await;
    assert_eq!(
        line.ok().as_deref(),
        Some("at last"),
        "A peer took its time to answer, and its caller, who was still there, did not get the line."
    );
    answers.join().unwrap();
}

#[tokio::test]
async fn who_leaves_hangs_up_and_leaves_nothing() {
    let (listener, port) = peer();
    let client = new_client();
    let mut caller = leave(&client, &listener, port).await;
    caller.set_read_timeout(Some(PATIENCE)).unwrap();
    let end = caller.read(&mut [0; 16]);
    let hung_up = end.is_ok();
    let gone = until_gone(&client);
    // So that the pool can be joined, whatever is still there.
    drop(caller);
    assert!(
        hung_up,
        "The caller has left, and the socket is still open: the peer waited {} seconds for it to \
         hang up.",
        PATIENCE.as_secs()
    );
    assert!(
        gone,
        "The caller has left and the socket is closed, and its connection is still in memory."
    );
    assert!(
        !client.closed_elsewhere(),
        "The connection was closed in a thread that is not its own: the one that dropped the \
         future. The pool's thread may have been reading from it."
    );
}

/// Calls, and leaves when the peer has the connection; returns the peer's side of it.
async fn leave(client: &Client, listener: &TcpListener, port: u16) -> TcpStream {
    let mut line = pin!(ask(client, port));
    assert!(
        poll!(&mut line).is_pending(),
        "There was a line from a peer that is silent."
    );
    let (caller, _) = listener.accept().unwrap();
    // The coroutine goes on to read once it has connected.
    thread::sleep(Duration::from_millis(100));
    caller
}

fn until_gone(client: &Client) -> bool {
    let begun = Instant::now();
    while client.connections() > 0 && begun.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(10));
    }
    client.connections() == 0
}
