//! An HTTP client that keeps its connections, and opens another where none is free.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Error;

type Sender = SendRequest<Full<Bytes>>;

/// A client of one server. Cheap to clone: all clones share their connections.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    idle: Arc<Mutex<Vec<Sender>>>,
}

impl Client {
    /// Connects when it has something to send.
    pub fn new(address: SocketAddr) -> Self {
        Client {
            address,
            idle: Arc::default(),
        }
    }

    /// `POST /convert`, and reads the whole answer; gives its status and its length in bytes.
    pub async fn convert(&self, jpeg: Bytes) -> Result<(u16, usize), Error> {
        self.send(Method::POST, "/convert", jpeg).await
    }

    /// `PUT path`, and gives the answer's status.
    pub async fn put(&self, path: &str, jpeg: Bytes) -> Result<u16, Error> {
        Ok(self.send(Method::PUT, path, jpeg).await?.0)
    }

    /// `DELETE path`, and gives the answer's status.
    pub async fn delete(&self, path: &str) -> Result<u16, Error> {
        Ok(self.send(Method::DELETE, path, Bytes::new()).await?.0)
    }

    async fn send(&self, method: Method, path: &str, body: Bytes) -> Result<(u16, usize), Error> {
        let (mut answer, sender) = self.request(method, path, body).await?;
        let mut length = 0;
        while let Some(frame) = answer.frame().await {
            let frame = frame.map_err(|error| self.failed(error))?;
            length += frame.data_ref().map_or(0, Bytes::len);
        }
        self.keep(sender);
        Ok((answer.status().as_u16(), length))
    }

    /// `GET path`: the status and the text.
    pub async fn get(&self, path: &str) -> Result<(u16, String), Error> {
        let (answer, sender) = self.request(Method::GET, path, Bytes::new()).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await;
        let body = body.map_err(|error| self.failed(error))?.to_bytes();
        self.keep(sender);
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }

    /// Opens connections until some are served by this event loop, and keeps only those.
    pub async fn keep_to(&self, event_loop: usize) -> Result<(), Error> {
        const ENOUGH: usize = 4;
        let mut kept = Vec::new();
        let mut others = Vec::new();
        // They go round the event loops; more tries than there can be loops say that it is gone.
        while kept.len() < ENOUGH && others.len() < 1000 {
            let (answer, sender) = self.request(Method::GET, "/healthz", Bytes::new()).await?;
            let served_by = answer.headers().get("event-loop").cloned();
            let body = answer.into_body().collect().await;
            body.map_err(|error| self.failed(error))?;
            match served_by.is_some_and(|it| it == event_loop.to_string()) {
                true => kept.push(sender),
                false => others.push(sender),
            }
        }
        kept.into_iter().for_each(|sender| self.keep(sender));
        Ok(())
    }

    /// A counter or gauge of `/metrics`, zero when it is not there yet.
    pub async fn metric(&self, name: &str) -> Result<f64, Error> {
        let (_, text) = self.get("/metrics").await?;
        let value = |line: &str| line.strip_prefix(name)?.trim().parse().ok();
        Ok(text.lines().find_map(value).unwrap_or(0.0))
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<(Response<Incoming>, Sender), Error> {
        loop {
            let (mut sender, kept) = match self.take_idle() {
                Some(sender) => (sender, true),
                None => (self.connect().await?, false),
            };
            let request = Request::builder()
                .method(&method)
                .uri(path)
                .header("host", "bench")
                .header("content-type", "image/jpeg")
                .body(Full::new(body.clone()))
                .map_err(|error| self.failed(error))?;
            match sender.send_request(request).await {
                Ok(answer) => return Ok((answer, sender)),
                // One that was kept may be one that the server has just closed.
                Err(_) if kept => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    async fn connect(&self) -> Result<Sender, Error> {
        let stream = TcpStream::connect(self.address).await;
        let stream = stream.map_err(|error| self.failed(error))?;
        // A request is not to wait for the one before it.
        stream
            .set_nodelay(true)
            .map_err(|error| self.failed(error))?;
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| self.failed(error))?;
        // It ends with its sender; what goes wrong in it, the request learns.
        tokio::spawn(connection);
        Ok(sender)
    }

    fn take_idle(&self) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(sender) = idle.pop() {
            if sender.is_ready() {
                return Some(sender);
            }
        }
        None
    }

    fn keep(&self, sender: Sender) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(sender);
    }

    fn failed(&self, reason: impl std::error::Error) -> Error {
        // The outermost reason is often no more than "connection error".
        let source = reason.source().map(|source| format!(" ({source})"));
        Error::Request {
            address: self.address,
            reason: format!("{reason}{}", source.unwrap_or_default()),
        }
    }
}
