//! `/images/{name}` of the real server: what is kept, and what HTTP says of it.

mod common;

use std::collections::HashSet;
use std::io::Write;
use std::thread;
use std::time::Duration;

use codec::fixtures::{BROKEN, ONE_PIXEL, PHOTO, SMALL};
use common::{BINARY, address, begin, expected, finish, send};
use contract::pictures::slow;
use contract::{Server, read_status};

fn assert_problem(answer: &common::Answer, status: u16, detail: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let text = String::from_utf8_lossy(&answer.body);
    assert!(text.contains(detail), "{text}");
}

#[test]
fn a_picture_is_kept_under_its_name_and_read_back() {
    let server = Server::start(BINARY, &[]);
    let created = send(&server, "PUT", "a.png", "", SMALL);
    assert_eq!(created.status, 201, "{created:?}");
    let etag = created.header("etag");
    assert!(
        etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2,
        "{etag}"
    );

    let got = send(&server, "GET", "a.png", "", b"");
    assert_eq!(got.status, 200);
    assert_eq!(got.header("content-type"), "image/png");
    assert_eq!(got.header("etag"), etag);
    assert_eq!(got.body, expected(SMALL));

    let head = send(&server, "HEAD", "a.png", "", b"");
    assert_eq!(head.status, 200);
    assert_eq!(head.header("etag"), etag);
    assert_eq!(head.header("content-length"), got.body.len().to_string());
    assert!(head.body.is_empty());
}

#[test]
fn a_name_that_is_taken_keeps_its_picture_and_nothing_is_converted() {
    let server = Server::start(BINARY, &[]);
    let created = send(&server, "PUT", "a.png", "", SMALL);
    let again = send(&server, "PUT", "a.png", "", PHOTO);
    assert_eq!((created.status, again.status), (201, 200));
    assert_eq!(again.header("etag"), created.header("etag"));
    assert_eq!(send(&server, "GET", "a.png", "", b"").body, expected(SMALL));
    // A picture that cannot be converted shows that it is not tried.
    assert_eq!(send(&server, "PUT", "a.png", "", b"no JPEG").status, 200);
}

#[test]
fn the_answer_says_what_cpp_asked_of_rust() {
    let server = Server::start(BINARY, &[]);
    let asked = |answer: &common::Answer| {
        let timing = answer.header("server-timing").to_owned();
        let entries = timing.split(", ").map(|entry| {
            let what = entry.split('"').nth(1);
            what.unwrap_or_default().to_owned()
        });
        entries.collect::<Vec<_>>()
    };
    let created = send(&server, "PUT", "a.png", "", SMALL);
    let again = send(&server, "PUT", "a.png", "", SMALL);
    let (look, keep) = ("look for the picture", "keep the converted picture");
    assert_eq!(asked(&created), [look, keep]);
    assert_eq!(asked(&again), [look]);
}

#[test]
fn a_client_that_has_the_picture_is_told_so() {
    let server = Server::start(BINARY, &[]);
    let created = send(&server, "PUT", "a.png", "", SMALL);
    let etag = created.header("etag");
    for known in [etag.to_owned(), format!("\"x\", W/{etag}"), "*".to_owned()] {
        for method in ["GET", "HEAD"] {
            let header = format!("if-none-match: {known}\r\n");
            let answer = send(&server, method, "a.png", &header, b"");
            assert_eq!(answer.status, 304, "{method} {known}");
            assert_eq!(answer.header("etag"), etag);
            assert!(answer.body.is_empty());
        }
    }
    let other = send(&server, "GET", "a.png", "if-none-match: \"x\"\r\n", b"");
    assert_eq!(other.status, 200);
    assert_eq!(other.body, expected(SMALL));
}

#[test]
fn a_picture_of_an_earlier_server_is_not_taken_for_one_of_this() {
    let etags = || {
        let server = Server::start(BINARY, &[]);
        let created = send(&server, "PUT", "a.png", "", SMALL);
        created.header("etag").to_owned()
    };
    assert_ne!(etags(), etags());
}

#[test]
fn a_picture_that_is_deleted_is_gone() {
    let server = Server::start(BINARY, &[]);
    assert_problem(&send(&server, "DELETE", "a.png", "", b""), 404, "a.png");
    send(&server, "PUT", "a.png", "", SMALL);
    assert_eq!(send(&server, "DELETE", "a.png", "", b"").status, 204);
    for method in ["GET", "DELETE"] {
        assert_problem(&send(&server, method, "a.png", "", b""), 404, "a.png");
    }
    assert_eq!(send(&server, "HEAD", "a.png", "", b"").status, 404);
    let again = send(&server, "PUT", "a.png", "", PHOTO);
    assert_eq!(again.status, 201);
    assert_eq!(send(&server, "GET", "a.png", "", b"").body, expected(PHOTO));
}

#[test]
fn no_name_leaves_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("store");
    std::fs::write(folder.path().join("secret.png"), "secret").unwrap();
    let url = format!("file://{}", inside.display());
    let server = Server::start(BINARY, &["--store", &url]);
    let long = "x".repeat(129);
    let bad = [
        "..",
        "%2e%2e",
        ".hidden",
        "..%2fsecret.png",
        "..%5csecret.png",
        "%2fetc%2fpasswd",
        "a%2fb",
        "a%00b",
        "a%20b",
        "a%0d%0ab",
        "a%23.png",
        "a:b",
        "%c3%a9",
        "%ff",
        &long,
    ];
    for name in bad {
        for (method, body) in [("PUT", SMALL), ("GET", b"".as_slice()), ("DELETE", b"")] {
            assert_problem(
                &send(&server, method, name, "", body),
                400,
                "name of a picture",
            );
        }
    }
    // These are other paths, and there is nothing.
    for name in ["", "a/b", "../secret.png", "../../etc/passwd"] {
        assert_eq!(send(&server, "GET", name, "", b"").status, 404, "{name}");
    }
    assert_eq!(std::fs::read_dir(&inside).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let longest = "x".repeat(128);
    for name in ["a", "-", "_.-", "A-Z_09..png", &longest] {
        assert_eq!(send(&server, "PUT", name, "", SMALL).status, 201, "{name}");
        assert_eq!(send(&server, "GET", name, "", b"").body, expected(SMALL));
    }
}

#[test]
fn a_bad_name_is_refused_before_the_body_comes() {
    let server = Server::start(BINARY, &[]);
    let mut connection = server.connect();
    let head = "PUT /images/.hidden HTTP/1.1\r\nhost: test\r\ncontent-length: 1000000\r\n\r\n";
    connection.write_all(head.as_bytes()).unwrap();
    assert_eq!(read_status(&mut connection), 400);
}

#[test]
fn what_is_not_a_jpeg_is_refused_and_not_kept() {
    let server = Server::start(BINARY, &["--max-body", "1000000"]);
    for (name, bytes) in BROKEN.iter().filter(|(_, bytes)| !bytes.is_empty()) {
        let reason = codec::jpeg_to_png(bytes, codec::MAX_PIXELS).err().unwrap();
        let answer = send(&server, "PUT", "a.png", "", bytes);
        assert_eq!(answer.status, 422, "{name}");
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["detail"], reason.to_string(), "{name}");
    }
    assert_problem(&send(&server, "PUT", "a.png", "", b""), 400, "empty");
    let answer = send(
        &server,
        "PUT",
        "a.png",
        "content-type: image/png\r\n",
        SMALL,
    );
    assert_problem(&answer, 415, "image/png");
    assert_eq!(send(&server, "GET", "a.png", "", b"").status, 404);
    // After all of that the name is free.
    assert_eq!(send(&server, "PUT", "a.png", "", SMALL).status, 201);
}

#[test]
fn another_method_is_refused_with_those_that_there_are() {
    let server = Server::start(BINARY, &[]);
    let answer = send(&server, "POST", "a.png", "", SMALL);
    assert_problem(&answer, 405, "PUT");
    assert_eq!(answer.header("allow"), "GET, HEAD, PUT, DELETE");
}

#[test]
fn forty_uploads_of_eight_names_are_converted_eight_times() {
    let server = Server::start(BINARY, &["--pool-threads", "2", "--queue", "64"]);
    let address = address(&server);
    let uploads: Vec<_> = (0..40)
        .map(|upload| begin(address, "PUT", &format!("{}.png", upload % 8), "", PHOTO).unwrap())
        .collect();
    let answers: Vec<_> = uploads.into_iter().map(|it| finish(it).unwrap()).collect();
    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let found = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((created, found), (8, 32));
    let etags: HashSet<_> = answers.iter().map(|answer| answer.header("etag")).collect();
    assert_eq!(etags.len(), 8);
    server.wait_until_nothing_is_left();
}

#[test]
fn uploads_beyond_the_queue_are_answered_with_503() {
    let server = Server::start(BINARY, &["--pool-threads", "1", "--queue", "1"]);
    let address = address(&server);
    // Of one name, so that the second takes no thread: it occupies a place all the same.
    let running: Vec<_> = (0..2)
        .map(|_| begin(address, "PUT", "slow.png", "", slow()).unwrap())
        .collect();
    server.wait_for_in_flight(2);
    let refused = send(&server, "PUT", "small.png", "", SMALL);
    assert_problem(&refused, 503, "waiting");
    assert_eq!(refused.header("retry-after"), "1");
    for connection in running {
        assert!([200, 201].contains(&finish(connection).unwrap().status));
    }
}

#[test]
fn two_uploads_of_one_name_are_answered_before_the_server_stops() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    let server = Server::start(BINARY, &["--store", &url]);
    let address = address(&server);
    let uploads: Vec<_> = (0..2)
        .map(|_| begin(address, "PUT", "slow.png", "", slow()).unwrap())
        .collect();
    server.wait_for_begun(2);
    server.terminate();
    let mut statuses: Vec<_> = uploads
        .into_iter()
        .map(|upload| finish(upload).unwrap().status)
        .collect();
    statuses.sort();
    assert_eq!(statuses, [200, 201]);
    assert_eq!(server.wait().code(), Some(0));
    let kept = std::fs::read(folder.path().join("slow.png")).unwrap();
    assert!(kept == expected(slow()));
}

#[test]
fn nothing_is_left_of_clients_that_leave_while_they_upload() {
    let server = Server::start(BINARY, &[]);
    let address = address(&server);
    thread::scope(|scope| {
        for client in 0..4 {
            scope.spawn(move || {
                for upload in 0..250 {
                    // Some share a name, most do not.
                    let name = format!("{}.png", (client * 250 + upload) % 750);
                    drop(begin(address, "PUT", &name, "", PHOTO).unwrap());
                }
            });
        }
    });
    server.wait_until_nothing_is_left();
    let answer = send(&server, "PUT", "last.png", "", SMALL);
    assert_eq!(answer.status, 201);
    assert_idle(&server);
}

#[test]
fn ten_thousand_uploads_leave_a_server_that_rests() {
    let server = Server::start(BINARY, &[]);
    let address = address(&server);
    thread::scope(|scope| {
        for client in 0..8 {
            scope.spawn(move || {
                for upload in 0..1250 {
                    let name = format!("{client}-{upload}.png");
                    let answer = begin(address, "PUT", &name, "", ONE_PIXEL).and_then(finish);
                    assert_eq!(answer.unwrap().status, 201);
                }
            });
        }
    });
    server.wait_until_nothing_is_left();
    assert_idle(&server);
}

/// A thread that spins takes a whole core, a server's heartbeats about a hundredth of one.
fn assert_idle(server: &Server) {
    let used = server.cpu_time_over(Duration::from_secs(2));
    assert!(used < Duration::from_millis(250), "{used:?} of CPU in 2 s");
}

#[test]
fn a_store_that_cannot_be_opened_is_named_in_one_line() {
    for (url, hint) in [
        ("nonsense", "memory:///"),
        ("ftp://example.org/", "memory:///"),
        ("file://host/folder", "file:///FOLDER"),
        ("file:///proc/nothing", "folder"),
    ] {
        let output = std::process::Command::new(BINARY)
            .args(["--port", "0", "--store", url])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{url}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.trim().lines().count(), 1, "{said}");
        assert!(said.contains(url) && said.contains(hint), "{said}");
    }
}
