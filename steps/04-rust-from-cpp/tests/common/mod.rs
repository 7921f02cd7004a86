//! What the tests of step 4 share: requests to a real server.

// Each test file compiles this for itself and uses what it needs.
#![allow(dead_code)]

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use contract::{PATIENCE, Server};

/// Where the real binary is.
pub const BINARY: &str = env!("CARGO_BIN_EXE_step-04-rust-from-cpp");

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value, or an empty text.
    pub fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

/// What the codec makes of a JPEG.
pub fn expected(jpeg: &[u8]) -> Vec<u8> {
    let png = codec::jpeg_to_png(jpeg, codec::MAX_PIXELS).unwrap();
    png.as_slice().to_vec()
}

/// Where a server listens.
pub fn address(server: &Server) -> SocketAddr {
    server.connect().peer_addr().unwrap()
}

/// Sends a request without waiting for the answer.
pub fn begin(
    address: SocketAddr,
    method: &str,
    name: &str,
    headers: &str,
    body: &[u8],
) -> io::Result<TcpStream> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    let head = format!(
        "{method} /images/{name} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
         content-length: {}\r\n{headers}\r\n",
        body.len()
    );
    connection.write_all(&[head.as_bytes(), body].concat())?;
    Ok(connection)
}

/// Reads the answer, whole or not at all.
pub fn finish(mut connection: TcpStream) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes)?;
    let broken = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n");
    let end = end.ok_or_else(broken)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head
        .split_whitespace()
        .nth(1)
        .and_then(|it| it.parse().ok());
    let answer = Answer {
        status: status.ok_or_else(broken)?,
        head,
        body: bytes.split_off(end + 4),
    };
    let announced = answer.header("content-length").parse().unwrap_or(0);
    match answer.body.len() == announced || answer.body.is_empty() {
        true => Ok(answer),
        false => Err(broken()),
    }
}

/// Sends a request and reads its answer.
pub fn send(server: &Server, method: &str, name: &str, headers: &str, body: &[u8]) -> Answer {
    finish(begin(address(server), method, name, headers, body).unwrap()).unwrap()
}
