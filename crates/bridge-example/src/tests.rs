//! A peer that is silent, and callers who do not wait for it.

use std::time::Duration;

use futures::future::join_all;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::{Tokens, ffi, print};

#[tokio::test]
async fn who_leaves_hangs_up() {
    let peer = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = peer.local_addr().unwrap().port();
    let client = ffi::new_client(2);
    let calls = (0..50).map(|_| {
        let tokens = Box::new(Tokens(Handle::current()));
        let lines = client.ask(port, tokens, "grace".to_owned());
        timeout(Duration::from_millis(200), print(lines))
    });
    let silent = async {
        let mut connections = Vec::new();
        for _ in 0..50 {
            connections.push(peer.accept().await.unwrap().0);
        }
        connections
    };
    let (results, mut connections) = tokio::join!(join_all(calls), silent);
    assert!(results.iter().all(Result::is_err), "nobody had an answer");
    // Before Boost 1.77 nothing interrupts a read: the sockets go with their pool then.
    drop(client);
    for connection in &mut connections {
        let mut said = String::new();
        connection.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "token of grace\n");
    }
}
