//! What goes into a conversion and what comes out: a JPEG as it was sent, a PNG as C++ made it.

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder};
use bytes::{Bytes, BytesMut};
use cxx::{CxxVector, UniquePtr};
use futures::StreamExt;
use futures::future::LocalBoxFuture;

use crate::{Lab, Problem};

/// The body of a request: not empty, not larger than `--max-body`, not declared to be something
/// other than a JPEG. Whether it is one, only the codec knows.
#[derive(Debug)]
pub struct Jpeg(pub Vec<u8>);

impl FromRequest for Jpeg {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let max = request
            .app_data::<Data<Lab>>()
            .map_or(0, |lab| lab.options().max_body);
        let checked = check_headers(request, max);
        let payload = payload.take();
        Box::pin(async move {
            let announced = checked?;
            read(payload, announced, max).await
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

async fn read(mut payload: Payload, announced: usize, max: usize) -> Result<Jpeg, Problem> {
    // The announced length is a promise of the client: no more than this is reserved on its word.
    let mut body = BytesMut::with_capacity(announced.min(1 << 20));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem::BrokenBody(error.to_string()))?;
        if body.len() + chunk.len() > max {
            return Err(Problem::BodyTooLarge { max });
        }
        body.extend_from_slice(&chunk);
    }
    if body.is_empty() {
        return Err(Problem::EmptyBody);
    }
    Ok(Jpeg(body.into()))
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
