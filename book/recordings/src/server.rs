//! The server of a step with one event loop, and clients of it.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use actix_web::dev::Service;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer, rt};
use lab::{Lab, Options, Parser, Step};

use crate::task::{Noted, note};

/// The flags: one event loop, one thread in the pool.
pub fn options() -> Options {
    Options::parse_from(["record", "--workers=1", "--pool-threads=1"])
}

/// Serves a step, until the process ends.
pub fn serve(step: Step, configure: fn(&mut ServiceConfig)) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("the port that was bound");
    let lab = Data::new(Lab::new(step, options()));
    thread::spawn(move || {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(lab.clone())
                .wrap_fn(|request, service| {
                    let client = request.headers().get("x-client");
                    let client = client.and_then(|it| it.to_str().ok()?.parse().ok());
                    Noted::new("task", client.unwrap_or(0), service.call(request))
                })
                .configure(configure)
                // As lab has it, and no more than a scene needs.
                .route("/healthz", web::get().to(HttpResponse::Ok))
        });
        let server = server
            .workers(1)
            .h1_allow_half_closed(false)
            .disable_signals();
        rt::System::new().block_on(server.listen(listener).expect("a listener of ours").run())
    });
    address
}

/// A client's end of its connection.
pub struct Client {
    connection: TcpStream,
    number: usize,
}

impl Client {
    /// Sends a request.
    pub fn send(server: SocketAddr, number: usize, request: &str, body: &[u8]) -> Self {
        note(&format!("sends {request}"), number);
        let mut connection = TcpStream::connect(server).expect("the server listens");
        let length = body.len();
        let head = format!(
            "{request} HTTP/1.1\r\nhost: book\r\nconnection: close\r\nx-client: {number}\r\n\
             content-length: {length}\r\n\r\n"
        );
        let all = [head.as_bytes(), body].concat();
        connection.write_all(&all).expect("the server reads");
        Client { connection, number }
    }

    /// Waits for the answer.
    pub fn read(mut self) {
        let mut answer = Vec::new();
        self.connection
            .read_to_end(&mut answer)
            .expect("the server answers");
        let status = String::from_utf8_lossy(&answer[9..12]).into_owned();
        note(&format!("answered {status}"), self.number);
    }

    /// Hangs up.
    pub fn leave(self) {
        note("leaves", self.number);
        // The server may have closed it by then.
        let _ = self.connection.shutdown(Shutdown::Both);
    }
}

/// A thread of a client.
pub fn client(number: usize, body: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    let name = format!("client {number}");
    let thread = thread::Builder::new().name(name);
    thread.spawn(body).expect("one more thread")
}
