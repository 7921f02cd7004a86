//! A peer that is silent, and callers who do not wait for it.

use futures::future::join_all;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use super::{Tokens, ffi, print};

#[tokio::test]
async fn who_leaves_hangs_up() {
    let peer = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = peer.local_addr().unwrap().port();
    let client = ffi::new_client(2);
    let calls = (0..50).map(|_| {
        let tokens = Box::new(Tokens(Handle::current()));
        print(client.ask(port, tokens, "grace".to_owned()))
    });
    let silent = async {
        let mut connections = Vec::new();
        for _ in 0..50 {
            let mut connection = peer.accept().await.unwrap().0;
            let mut said = [0; 15];
            connection.read_exact(&mut said).await.unwrap();
            assert_eq!(&said, b"token of grace\n");
            connections.push(connection);
        }
        connections
    };
    // Whoever calls leaves when all wait for an answer.
    let mut connections = tokio::select! {
        _ = join_all(calls) => panic!("nobody has an answer"),
        connections = silent => connections,
    };
    // Before Boost 1.77 nothing interrupts a read: the sockets go with their pool then.
    drop(client);
    for connection in &mut connections {
        let mut said = String::new();
        connection.read_to_string(&mut said).await.unwrap();
        assert_eq!(said, "");
    }
}
