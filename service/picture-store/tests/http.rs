//! `/images/{name}` without what keeps pictures: reading and deleting them, from a store that may
//! misbehave.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Data};
use actix_web::{App, Error, HttpResponse};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use picture_store::faulty::{Faulty, Mood};
use picture_store::{Store, images};

/// A time limit that no test reaches.
const LONG: Duration = Duration::from_secs(3600);

async fn app(
    objects: &Arc<Faulty>,
    limit: Duration,
) -> impl Service<actix_http::Request, Response = ServiceResponse<impl MessageBody>, Error = Error>
{
    let store = Store::new(objects.clone(), limit).unwrap();
    let put = web::put().to(async || HttpResponse::ImATeapot());
    let app = App::new().app_data(Data::new(store)).service(images(put));
    init_service(app).await
}

/// A store that has `a.png`, and its ETag.
async fn with_a_picture() -> (Arc<Faulty>, String) {
    let objects = Faulty::new();
    let path = Path::from("a.png");
    let kept = objects.inner.put(&path, "a picture".into()).await.unwrap();
    let etag = kept.e_tag.unwrap();
    (objects, format!("\"{}\"", etag.trim_matches('"')))
}

fn ask(method: Method, name: &str) -> TestRequest {
    let request = TestRequest::default().method(method);
    request.uri(&format!("/images/{name}"))
}

fn header<'a>(answer: &'a ServiceResponse<impl MessageBody>, name: &str) -> &'a str {
    answer.headers().get(name).unwrap().to_str().unwrap()
}

async fn body(answer: ServiceResponse<impl MessageBody>) -> Vec<u8> {
    to_bytes(answer.into_body()).await.ok().unwrap().into()
}

async fn detail(answer: ServiceResponse<impl MessageBody>) -> String {
    assert_eq!(header(&answer, "content-type"), "application/problem+json");
    let problem: serde_json::Value = serde_json::from_slice(&body(answer).await).unwrap();
    problem["detail"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_picture_is_read_with_its_etag() {
    let (objects, etag) = with_a_picture().await;
    let app = app(&objects, LONG).await;
    let got = app.call(ask(Method::GET, "a.png").to_request()).await;
    let got = got.unwrap();
    assert_eq!(got.status(), StatusCode::OK);
    assert_eq!(header(&got, "etag"), etag);
    assert_eq!(header(&got, "content-type"), "image/png");
    assert_eq!(body(got).await, b"a picture");
    let head = app.call(ask(Method::HEAD, "a.png").to_request()).await;
    let head = head.unwrap();
    assert_eq!(
        (head.status(), header(&head, "etag")),
        (StatusCode::OK, &*etag)
    );
}

#[actix_web::test]
async fn a_client_that_has_the_picture_is_told_so() {
    let (objects, etag) = with_a_picture().await;
    let app = app(&objects, LONG).await;
    for (known, status) in [
        (etag.clone(), StatusCode::NOT_MODIFIED),
        (format!("\"x\", W/{etag}"), StatusCode::NOT_MODIFIED),
        ("*".into(), StatusCode::NOT_MODIFIED),
        ("\"x\"".into(), StatusCode::OK),
        ("nonsense".into(), StatusCode::OK),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let request = ask(method, "a.png").insert_header(("if-none-match", known.clone()));
            let answer = app.call(request.to_request()).await.unwrap();
            assert_eq!(answer.status(), status, "{known}");
            assert_eq!(header(&answer, "etag"), etag);
        }
    }
}

#[actix_web::test]
async fn a_picture_that_is_deleted_is_gone() {
    let (objects, _) = with_a_picture().await;
    let app = app(&objects, LONG).await;
    for (method, status) in [
        (Method::DELETE, StatusCode::NO_CONTENT),
        (Method::DELETE, StatusCode::NOT_FOUND),
        (Method::GET, StatusCode::NOT_FOUND),
        (Method::HEAD, StatusCode::NOT_FOUND),
    ] {
        let answer = app.call(ask(method.clone(), "a.png").to_request()).await;
        assert_eq!(answer.unwrap().status(), status, "{method}");
    }
}

#[actix_web::test]
async fn a_name_that_no_picture_may_have_is_answered_with_400() {
    let objects = Faulty::new();
    let app = app(&objects, LONG).await;
    for name in ["%2e%2e", ".hidden", "..%2fsecret", "a%00b", "a%20b"] {
        for method in [Method::GET, Method::DELETE] {
            let answer = app.call(ask(method, name).to_request()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{name}");
            let detail = detail(answer).await;
            assert!(detail.contains("name of a picture"), "{detail}");
        }
    }
    assert_eq!(objects.looked.load(Ordering::SeqCst), 0);
}

#[actix_web::test]
async fn a_store_that_fails_or_panics_is_answered_with_502() {
    for mood in [Mood::Fails, Mood::Panics] {
        let objects = Faulty::new();
        let app = app(&objects, LONG).await;
        *objects.look.lock().unwrap() = mood;
        for method in [Method::GET, Method::DELETE] {
            let answer = app.call(ask(method, "a.png").to_request()).await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_GATEWAY, "{mood:?}");
            let detail = detail(answer).await;
            assert!(detail.contains("the store failed to"), "{detail}");
            // What a store says may name folders and accounts.
            assert!(!detail.contains("out of order") && !detail.contains("purpose"));
        }
    }
    // In the middle, too.
    let (objects, _) = with_a_picture().await;
    *objects.delete.lock().unwrap() = Mood::Panics;
    let app = app(&objects, LONG).await;
    let answer = app.call(ask(Method::DELETE, "a.png").to_request()).await;
    assert_eq!(answer.unwrap().status(), StatusCode::BAD_GATEWAY);
}

#[actix_web::test]
async fn a_store_that_is_slow_is_answered_with_504() {
    let objects = Faulty::new();
    let app = app(&objects, Duration::from_millis(50)).await;
    *objects.look.lock().unwrap() = Mood::Waits;
    for method in [Method::GET, Method::HEAD, Method::DELETE] {
        let answer = app.call(ask(method, "a.png").to_request()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
        let detail = detail(answer).await;
        assert!(detail.contains("within 50ms"), "{detail}");
    }
    // What was too slow is not left to run.
    assert_eq!(objects.dropped.load(Ordering::SeqCst), 3);
}

#[actix_web::test]
async fn keeping_is_what_the_server_says_and_other_methods_are_refused() {
    let objects = Faulty::new();
    let app = app(&objects, LONG).await;
    let put = app.call(ask(Method::PUT, "a.png").to_request()).await;
    assert_eq!(put.unwrap().status(), StatusCode::IM_A_TEAPOT);
    let post = app.call(ask(Method::POST, "a.png").to_request()).await;
    let post = post.unwrap();
    assert_eq!(post.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(header(&post, "allow"), "GET, HEAD, PUT, DELETE");
}
