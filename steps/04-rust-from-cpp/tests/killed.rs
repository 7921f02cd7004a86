//! The server is killed while it keeps pictures in a folder.
//!
//! A process that is killed loses nothing that it has given to the system, so it is the move of a
//! whole file into its place that this tests; that the file is on the disk by then, no process can
//! test without cutting the power.

mod common;

use std::collections::HashMap;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use codec::fixtures::{PHOTO, SMALL};
use common::{BINARY, address, begin, expected, finish, send};
use contract::Server;

const ROUNDS: u64 = 50;

#[test]
fn what_was_answered_with_201_survives_sigkill_and_nothing_is_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    let start = || Server::start(BINARY, &["--store", &url]);
    let pictures = [(PHOTO, expected(PHOTO)), (SMALL, expected(SMALL))];
    // Every name that was uploaded: which picture, and whether it was answered.
    let uploads: Mutex<HashMap<String, (usize, bool)>> = Mutex::default();

    let mut server = start();
    for round in 0..ROUNDS {
        let address = address(&server);
        thread::scope(|scope| {
            for client in 0..3 {
                let (uploads, pictures) = (&uploads, &pictures);
                scope.spawn(move || {
                    // Until the server is gone.
                    for upload in 0.. {
                        let name = format!("{round}-{client}-{upload}.png");
                        let picture = (client + upload) % 2;
                        let sent = (picture, false);
                        uploads.lock().unwrap().insert(name.clone(), sent);
                        let jpeg = pictures[picture].0;
                        let answer = begin(address, "PUT", &name, "", jpeg).and_then(finish);
                        let Ok(answer) = answer else { break };
                        assert_eq!(answer.status, 201);
                        uploads.lock().unwrap().insert(name, (picture, true));
                    }
                });
            }
            // A different moment each time, from before the first answer to after many.
            thread::sleep(Duration::from_micros(1000 + round * 7919 % 200_000));
            server.signal(libc::SIGKILL);
        });
        server.wait();

        server = start();
        for (name, (picture, answered)) in uploads.lock().unwrap().drain() {
            let kept = send(&server, "GET", &name, "", b"");
            let whole = kept.status == 200 && kept.body == pictures[picture].1;
            let absent = kept.status == 404 && !answered;
            assert!(
                whole || absent,
                "{name}, answered: {answered}, is {}",
                kept.status
            );
            if whole {
                assert_eq!(send(&server, "DELETE", &name, "", b"").status, 204);
            }
        }
    }
}
