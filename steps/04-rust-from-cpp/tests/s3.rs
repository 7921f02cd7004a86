//! Two servers that share one store which speaks S3: `moto_server`, from PyPI's `moto[server]`.
//!
//! Skipped, with a message, where `moto_server` is not on `PATH`.

mod common;

use std::collections::HashSet;
use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;

use codec::fixtures::{PHOTO, SMALL};
use common::{BINARY, address, begin, expected, finish, send};
use contract::{Server, read_status};

/// A server that speaks S3. Killed when dropped.
struct Moto {
    child: Child,
    address: String,
}

impl Moto {
    fn start() -> Option<Self> {
        let mut child = Command::new("moto_server")
            .args(["--host", "127.0.0.1", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .ok()?;
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines.find_map(|line| {
            let line = line.ok()?;
            let (_, address) = line.split_once("Running on http://")?;
            Some(address.trim().to_owned())
        });
        // It goes on to write, and would stop at a pipe that nobody reads.
        thread::spawn(move || lines.for_each(drop));
        let address = address.expect("moto_server says where it listens");
        Some(Moto { child, address })
    }

    fn create_bucket(&self, name: &str) {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "PUT /{name} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            self.address
        );
        connection.write_all(request.as_bytes()).unwrap();
        assert_eq!(read_status(&mut connection), 200);
        let _ = connection.read_to_end(&mut Vec::new());
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn two_servers_share_one_store() {
    let Some(moto) = Moto::start() else {
        eprintln!("skipped: there is no moto_server on PATH; `pip install 'moto[server]'` has it");
        return;
    };
    moto.create_bucket("pictures");
    for (name, value) in [
        ("AWS_ENDPOINT", format!("http://{}", moto.address)),
        ("AWS_ALLOW_HTTP", "true".into()),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_ACCESS_KEY_ID", "test".into()),
        ("AWS_SECRET_ACCESS_KEY", "test".into()),
    ] {
        // SAFETY: this is the one test of its process, and no other thread reads the environment.
        unsafe { env::set_var(name, value) };
    }
    let flags = [
        "--store",
        "s3://pictures/some/prefix",
        "--store-timeout",
        "20",
    ];
    let (one, other) = (Server::start(BINARY, &flags), Server::start(BINARY, &flags));

    let created = send(&one, "PUT", "a.png", "", SMALL);
    assert_eq!(created.status, 201, "{created:?}");
    let got = send(&other, "GET", "a.png", "", b"");
    assert_eq!(got.status, 200);
    assert_eq!(got.body, expected(SMALL));
    assert_eq!(got.header("etag"), created.header("etag"));
    let known = format!("if-none-match: {}\r\n", created.header("etag"));
    assert_eq!(send(&other, "GET", "a.png", &known, b"").status, 304);
    assert_eq!(send(&other, "HEAD", "a.png", "", b"").status, 200);
    let again = send(&other, "PUT", "a.png", "", PHOTO);
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(again.header("etag"), created.header("etag"));

    // Both at once, and different pictures: the store takes one, and both say which.
    for round in 0..5 {
        let name = format!("{round}.png");
        let uploads = [
            begin(address(&one), "PUT", &name, "", SMALL).unwrap(),
            begin(address(&other), "PUT", &name, "", PHOTO).unwrap(),
        ];
        let answers = uploads.map(|upload| finish(upload).unwrap());
        let statuses = HashSet::from(answers.each_ref().map(|answer| answer.status));
        assert_eq!(statuses, HashSet::from([201, 200]));
        assert_eq!(answers[0].header("etag"), answers[1].header("etag"));
        let kept = match answers[0].status {
            201 => expected(SMALL),
            _ => expected(PHOTO),
        };
        assert!(send(&one, "GET", &name, "", b"").body == kept);
    }

    assert_eq!(send(&other, "DELETE", "a.png", "", b"").status, 204);
    assert_eq!(send(&one, "GET", "a.png", "", b"").status, 404);
    assert_eq!(send(&one, "DELETE", "a.png", "", b"").status, 404);

    // Without the store both still convert.
    drop(moto);
    let answer = send(&one, "PUT", "b.png", "", SMALL);
    assert!([502, 504].contains(&answer.status), "{answer:?}");
    assert_eq!(other.convert(SMALL).status, 200);
    other.wait_until_nothing_is_left();
    one.wait_until_nothing_is_left();
}
