//! What goes into a conversion and what comes out: a JPEG as it was sent, a PNG as C++ made it.

use std::mem;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use cxx::{CxxVector, UniquePtr};
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use tokio::time::timeout;

use crate::place::Held;
use crate::{Lab, Problem, memory};

/// The body of a request: not empty, not larger than `--max-body`, not declared to be something
/// other than a JPEG. Whether it is one, only the codec knows.
///
/// It is counted among the bytes of `--body-memory` until the [`Place`](crate::Place) goes that
/// [`Lab::conversion`] makes of it.
#[derive(Debug)]
pub struct Jpeg {
    pub(crate) bytes: Vec<u8>,
    pub(crate) held: Held,
}

impl FromRequest for Jpeg {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let lab = request.app_data::<Data<Lab>>().cloned();
        let max = lab.as_ref().map_or(0, |lab| lab.options().max_body);
        let checked = check_headers(request, max);
        let payload = payload.take();
        Box::pin(async move {
            let announced = checked?;
            let lab = lab.ok_or(Problem::BodyTooLarge { max })?;
            let mut stopping = lab.stopping.subscribe();
            tokio::select! {
                biased;
                jpeg = read(payload, announced, &lab) => jpeg,
                // What has not come by now is not waited for.
                _ = stopping.wait_for(|stopping| *stopping) => Err(Problem::Stopping),
            }
        })
    }
}

/// Refuses by the headers alone what can be refused, and tells how many bytes are announced.
fn check_headers(request: &HttpRequest, max: usize) -> Result<usize, Problem> {
    let given = request.headers().get(header::CONTENT_TYPE);
    let accepted = match request.mime_type() {
        Ok(None) => true,
        Ok(Some(given)) => {
            ["image/jpeg", "application/octet-stream"].contains(&given.essence_str())
        }
        Err(_) => false,
    };
    if let (false, Some(given)) = (accepted, given) {
        let given = String::from_utf8_lossy(given.as_bytes()).into_owned();
        return Err(Problem::ContentType(given));
    }
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok())
        .unwrap_or(0);
    match usize::try_from(announced) {
        Ok(announced) if announced <= max => Ok(announced),
        _ => Err(Problem::BodyTooLarge { max }),
    }
}

async fn read(mut payload: Payload, announced: usize, lab: &Lab) -> Result<Jpeg, Problem> {
    let (max, patience) = (lab.options().max_body, lab.options().body_timeout);
    let mut part = Part(Vec::new());
    let bytes = &mut part.0;
    let mut held = Held::default();
    loop {
        let chunk = match timeout(patience, payload.next()).await {
            Ok(Some(chunk)) => chunk.map_err(|error| Problem::BrokenBody(error.to_string()))?,
            Ok(None) => break,
            Err(_) => return Err(Problem::BodyTimeout(patience.as_secs_f64())),
        };
        if bytes.len() + chunk.len() > max {
            return Err(Problem::BodyTooLarge { max });
        }
        if !lab.bodies.hold(bytes.len(), chunk.len(), &mut held) {
            return Err(Problem::BodyMemory);
        }
        // Room that is reserved and not written to takes no memory.
        if bytes.is_empty() {
            bytes.reserve_exact(announced.max(chunk.len()));
        }
        bytes.extend_from_slice(&chunk);
    }
    if bytes.is_empty() {
        return Err(Problem::EmptyBody);
    }
    let bytes = mem::take(bytes);
    Ok(Jpeg { bytes, held })
}

/// A body as far as it has come.
struct Part(Vec<u8>);

impl Drop for Part {
    fn drop(&mut self) {
        memory::give_back_of(&mut self.0);
    }
}

/// A PNG, as bytes that were never copied since C++ wrote them.
#[derive(Clone)]
pub struct Png(Bytes);

impl Png {
    /// The bytes, shared.
    pub fn bytes(&self) -> Bytes {
        self.0.clone()
    }
}

/// Owns what C++ allocated; it is freed by C++ when the last reference to the bytes goes.
struct CppBytes(UniquePtr<CxxVector<u8>>);

impl AsRef<[u8]> for CppBytes {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], CxxVector::as_slice)
    }
}

impl From<UniquePtr<CxxVector<u8>>> for Png {
    fn from(png: UniquePtr<CxxVector<u8>>) -> Self {
        Png(Bytes::from_owner(CppBytes(png)))
    }
}

impl From<Bytes> for Png {
    fn from(png: Bytes) -> Self {
        Png(png)
    }
}

impl Responder for Png {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .content_type("image/png")
            .body::<web::Bytes>(self.0)
    }
}
