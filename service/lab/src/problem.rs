//! Everything that can be wrong with a request, as `application/problem+json` (RFC 9457).

use std::fmt::Display;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

/// How long an overloaded server asks its clients to wait, in seconds.
const RETRY_AFTER: u32 = 1;

/// Why a request is not answered with what it asked for. Shown to whoever sent it.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Nothing was sent.
    #[error("the body is empty; send a JPEG")]
    EmptyBody,
    /// The connection broke, or the body is not what its headers say.
    #[error("the body did not arrive whole: {0}")]
    BrokenBody(String),
    /// More than `--max-body`.
    #[error("the body is larger than {max} bytes")]
    BodyTooLarge {
        /// The limit, in bytes.
        max: usize,
    },
    /// No byte of it came for `--body-timeout`.
    #[error("the body did not come: nothing for {0} s; send it again")]
    BodyTimeout(f64),
    /// The bodies that are held take `--body-memory` already.
    #[error("too many pictures are being sent; try again in {RETRY_AFTER} s")]
    BodyMemory,
    /// A content type is given and is none of those for a JPEG.
    #[error("the content type is {0}; send image/jpeg or application/octet-stream")]
    ContentType(String),
    /// The C++ library cannot convert the picture; it says why.
    #[error("{0}")]
    Picture(String),
    /// The queue is full.
    #[error("too many conversions are waiting; try again in {RETRY_AFTER} s")]
    Overloaded,
    /// The server is stopping and did not get to this request.
    #[error("the server is stopping; send the request again")]
    Stopping,
    /// What is asked for cannot have the name that it is given.
    #[error("{0}")]
    Name(String),
    /// Something that the server relies on failed.
    #[error("{0}")]
    BadGateway(String),
    /// Something that the server relies on did not answer in time.
    #[error("{0}")]
    GatewayTimeout(String),
    /// There is nothing at this path.
    #[error("there is nothing at {0}")]
    NotFound(String),
    /// The path exists, for another method.
    #[error("{path} takes {allowed}")]
    Method {
        /// The path.
        path: String,
        /// The methods that it takes, as in the header `Allow`.
        allowed: &'static str,
    },
}

impl Problem {
    /// What C++ said of a picture that it could not convert.
    pub fn picture(reason: impl Display) -> Self {
        Problem::Picture(reason.to_string())
    }

    /// The last part of the problem's `type`, and its `title`.
    fn kind(&self) -> (&'static str, &'static str) {
        match self {
            Problem::EmptyBody => ("empty-body", "The body is empty"),
            Problem::BrokenBody(_) => ("broken-body", "The body did not arrive whole"),
            Problem::BodyTooLarge { .. } => ("body-too-large", "The body is too large"),
            Problem::BodyTimeout(_) => ("body-timeout", "The body did not come"),
            Problem::BodyMemory => ("body-memory", "Too many pictures are being sent"),
            Problem::ContentType(_) => ("content-type", "The content type is not that of a JPEG"),
            Problem::Picture(_) => ("picture", "The picture cannot be converted"),
            Problem::Overloaded => ("overloaded", "Too many conversions are waiting"),
            Problem::Stopping => ("stopping", "The server is stopping"),
            Problem::Name(_) => ("name", "The name cannot be used"),
            Problem::BadGateway(_) => ("bad-gateway", "What the server relies on failed"),
            Problem::GatewayTimeout(_) => {
                ("gateway-timeout", "What the server relies on took too long")
            }
            Problem::NotFound(_) => ("not-found", "There is nothing here"),
            Problem::Method { .. } => ("method", "The path takes another method"),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        match self {
            Problem::EmptyBody | Problem::BrokenBody(_) | Problem::Name(_) => {
                StatusCode::BAD_REQUEST
            }
            Problem::BadGateway(_) => StatusCode::BAD_GATEWAY,
            Problem::GatewayTimeout(_) => StatusCode::GATEWAY_TIMEOUT,
            Problem::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::ContentType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::Picture(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Problem::BodyTimeout(_) => StatusCode::REQUEST_TIMEOUT,
            Problem::Overloaded | Problem::BodyMemory | Problem::Stopping => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Problem::NotFound(_) => StatusCode::NOT_FOUND,
            Problem::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let (kind, title) = self.kind();
        let details = json!({
            // Relative to this server: `about:blank` would say no more than the status does.
            "type": format!("/problems/{kind}"),
            "title": title,
            "status": self.status_code().as_u16(),
            "detail": self.to_string(),
        });
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json");
        match self {
            Problem::Overloaded | Problem::BodyMemory | Problem::Stopping => {
                response.insert_header((header::RETRY_AFTER, RETRY_AFTER));
            }
            Problem::Method { allowed, .. } => {
                response.insert_header((header::ALLOW, *allowed));
            }
            _ => {}
        }
        // A body that may not have been read to its end: the connection cannot be used again.
        if let Problem::BodyTooLarge { .. }
        | Problem::BrokenBody(_)
        | Problem::BodyTimeout(_)
        | Problem::BodyMemory
        | Problem::ContentType(_)
        | Problem::Name(_)
        | Problem::Stopping = self
        {
            response.force_close();
        }
        response.json(details)
    }
}
