//! `/images/{name}`: pictures read and deleted, and kept by somebody else's handler.

use std::future::Future;
use std::str::FromStr;

use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, Resource, Route};
use lab::Problem;

use crate::{Error, Name, Store};

/// `/images/{name}`: `GET`, `HEAD` and `DELETE`, and what is done on `PUT`.
///
/// The handlers take the store as `Data<Store>`.
pub fn images(put: Route) -> Resource {
    web::resource("/images/{name}")
        .route(put)
        .route(web::get().to(get))
        .route(web::head().to(get))
        .route(web::delete().to(delete))
        .default_service(web::to(other))
}

/// The answer to a `PUT`: `201` where this picture is kept now, `200` where one was before, with its
/// ETag, and with what the store was asked for it as `Server-Timing`.
///
/// # Errors
///
/// Without an ETag, [`Problem::BadGateway`]: nothing is kept.
pub fn kept(store: &Store, created: bool, etag: &str) -> Result<HttpResponse, Problem> {
    let mut response = match created {
        true => HttpResponse::Created(),
        false => HttpResponse::Ok(),
    };
    if etag.is_empty() {
        // There was one when this one was to be kept, and then it was deleted.
        return Err(Problem::BadGateway(
            "the picture was deleted meanwhile; send it again".into(),
        ));
    }
    let timing = ("server-timing", store.timing());
    Ok(response
        .insert_header((header::ETAG, etag))
        .insert_header(timing)
        .finish())
}

/// `GET` and `HEAD`.
async fn get(
    request: HttpRequest,
    Name(name): Name,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let is_head = request.method() == "HEAD";
    let got = ask(&store, async move |store| store.get(&name, is_head).await).await?;
    let Some(picture) = got else {
        return Err(Problem::NotFound(request.path().to_owned()));
    };
    let etag = store.etag(picture.meta.e_tag.as_deref());
    let known = knows(&request, &etag);
    let mut response = match known {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    response
        .insert_header((header::ETAG, etag))
        // A name may be deleted and given to another picture: to be asked about each time.
        .insert_header((header::CACHE_CONTROL, "no-cache"));
    if known {
        return Ok(response.finish());
    }
    Ok(response
        .content_type("image/png")
        .no_chunking(picture.meta.size)
        .streaming(picture.into_stream()))
}

/// Whether the client has the picture already.
fn knows(request: &HttpRequest, etag: &str) -> bool {
    if !request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    match (IfNoneMatch::parse(request), EntityTag::from_str(etag)) {
        (Ok(IfNoneMatch::Any), _) => true,
        (Ok(IfNoneMatch::Items(known)), Ok(etag)) => known.iter().any(|it| it.weak_eq(&etag)),
        _ => false,
    }
}

async fn delete(
    request: HttpRequest,
    Name(name): Name,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    match ask(&store, async move |store| store.delete(&name).await).await? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Problem::NotFound(request.path().to_owned())),
    }
}

/// Every other method.
async fn other(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::Method {
        path: request.path().to_owned(),
        allowed: "GET, HEAD, PUT, DELETE",
    })
}

/// Asks in the store's runtime.
async fn ask<T, F>(store: &Store, question: impl FnOnce(Store) -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
    T: Send + 'static,
{
    let answer = store.runtime().spawn(question(store.clone()));
    answer.await.unwrap_or(Err(Error::Stopping))
}
