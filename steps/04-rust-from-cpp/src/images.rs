//! `/images/{name}`: pictures that are kept.

use std::str::FromStr;

use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, Resource};
use cxx_async_tokio::{Error, guard};
use lab::{Jpeg, Lab, Problem};

use crate::Converter;
use crate::ffi::{Kept, State};
use crate::store::{Store, path};

/// The path and what it takes.
pub fn resource() -> Resource {
    web::resource("/images/{name}")
        .route(web::put().to(put))
        .route(web::get().to(get))
        .route(web::head().to(get))
        .route(web::delete().to(delete))
        .default_service(web::to(other))
}

/// Converts a JPEG and keeps the PNG, unless there is one of that name.
async fn put(
    name: Path<String>,
    Jpeg(jpeg): Jpeg,
    lab: Data<Lab>,
    converter: Data<Converter>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    path(&name).map_err(|error| Problem::from(&error))?;
    lab.conversion(async |place| {
        // Dropped with this handler when the client leaves: C++ then awaits nothing any more.
        let (store, _here) = store.for_request();
        let (name, for_cpp) = (name.into_inner(), Box::new(store.clone()));
        match guard(|token| converter.convert_and_store(for_cpp, name, jpeg, token))
            .keep(place)
            .await
        {
            Ok(kept) => answer(&kept),
            Err(Error::Exception(reason)) => {
                Err(store.problem().unwrap_or_else(|| Problem::picture(reason)))
            }
            Err(Error::Abandoned) => Err(Problem::Stopping),
        }
    })
    .await
}

fn answer(kept: &Kept) -> Result<HttpResponse, Problem> {
    let mut response = match kept.state {
        State::Created => HttpResponse::Created(),
        State::Found => HttpResponse::Ok(),
        // It was there when C++ wanted to keep this one, and then it was deleted.
        _ => {
            return Err(Problem::BadGateway(
                "the picture was deleted meanwhile; send it again".into(),
            ));
        }
    };
    Ok(response.insert_header((header::ETAG, &*kept.etag)).finish())
}

/// `GET` and `HEAD`.
async fn get(
    request: HttpRequest,
    name: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let is_head = request.method() == "HEAD";
    let got = store.get(&name, is_head).await;
    let Some(picture) = got.map_err(|error| Problem::from(&error))? else {
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
    name: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let deleted = store.delete(&name).await;
    match deleted.map_err(|error| Problem::from(&error))? {
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
