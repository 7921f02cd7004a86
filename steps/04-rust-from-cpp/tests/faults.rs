//! A store that fails, panics or waits, and clients that leave while C++ awaits it.
//!
//! One at a time, for they count what C++ holds in the whole process.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Data;
use actix_web::{App, Error};
use codec::fixtures::SMALL;
use common::expected;
use futures::future::join_all;
use lab::{Lab, Options, Parser};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use picture_store::faulty::{Faulty, Mood};
use serial_test::serial;
use step_04_rust_from_cpp::{ConverterAsync, Kept, STEP, Store, configure, new_converter};
use tokio::time::{sleep, timeout};

/// A time limit that no test reaches.
const LONG: Duration = Duration::from_secs(3600);
/// One that the store exceeds when it waits.
const SHORT: Duration = Duration::from_millis(50);

/// The handlers of step 4, without a network.
async fn app(
    objects: &Arc<Faulty>,
    limit: Duration,
) -> impl Service<actix_http::Request, Response = ServiceResponse<impl MessageBody>, Error = Error>
{
    let options = Options::parse_from(["step", "--pool-threads", "2", "--queue", "64"]);
    let lab = Data::new(Lab::new(STEP, options));
    let converter = Data::new(new_converter(2, codec::MAX_PIXELS).unwrap());
    let store = picture_store::Store::new(objects.clone(), limit).unwrap();
    init_service(
        App::new()
            .app_data(lab)
            .configure(|app| configure(app, converter, store)),
    )
    .await
}

fn upload(name: &str) -> actix_http::Request {
    let request = TestRequest::put().uri(&format!("/images/{name}"));
    request.set_payload(SMALL).to_request()
}

fn ask(method: Method, name: &str) -> actix_http::Request {
    let request = TestRequest::default().method(method);
    request.uri(&format!("/images/{name}")).to_request()
}

fn header<'a>(answer: &'a ServiceResponse<impl MessageBody>, name: &str) -> &'a str {
    answer.headers().get(name).unwrap().to_str().unwrap()
}

async fn problem(answer: ServiceResponse<impl MessageBody>) -> serde_json::Value {
    assert_eq!(header(&answer, "content-type"), "application/problem+json");
    let body = to_bytes(answer.into_body()).await.ok().unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// Waits for a condition, and fails when it does not come.
async fn until(what: &str, condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    let came = timeout(contract::PATIENCE, waiting).await;
    came.unwrap_or_else(|_| panic!("waited in vain for {what}"));
}

async fn until_count(count: &AtomicUsize, wanted: usize) {
    until("the store", || count.load(Ordering::SeqCst) == wanted).await;
}

async fn until_nothing_is_left() {
    until("C++ to let go", || codec::live() == 0).await;
}

fn set(mood: &std::sync::Mutex<Mood>, to: Mood) {
    *mood.lock().unwrap() = to;
}

#[actix_web::test]
#[serial]
async fn a_store_that_fails_or_panics_is_answered_with_502() {
    for mood in [Mood::Fails, Mood::Panics] {
        let objects = Faulty::new();
        let app = app(&objects, LONG).await;
        set(&objects.look, mood);
        for request in [
            upload("a.png"),
            ask(Method::GET, "a.png"),
            ask(Method::DELETE, "a.png"),
        ] {
            let answer = app.call(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_GATEWAY, "{mood:?}");
            let problem = problem(answer).await;
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains("the store failed to"), "{detail}");
            // What a store says may name folders and accounts.
            assert!(!detail.contains("out of order") && !detail.contains("purpose"));
        }
        assert_eq!(objects.kept.load(Ordering::SeqCst), 0);
        until_nothing_is_left().await;
    }
}

#[actix_web::test]
#[serial]
async fn a_picture_that_could_not_be_kept_is_said_to_be_converted_and_can_be_sent_again() {
    for mood in [Mood::Fails, Mood::Panics] {
        let objects = Faulty::new();
        let app = app(&objects, LONG).await;
        set(&objects.keep, mood);
        let answer = app.call(upload("a.png")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_GATEWAY, "{mood:?}");
        let detail = problem(answer).await["detail"].to_string();
        assert!(
            detail.contains("converted") && detail.contains("again"),
            "{detail}"
        );

        set(&objects.keep, Mood::Good);
        let answer = app.call(upload("a.png")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        until_nothing_is_left().await;
    }
}

#[actix_web::test]
#[serial]
async fn a_store_that_is_slow_is_answered_with_504() {
    let objects = Faulty::new();
    let app = app(&objects, SHORT).await;
    set(&objects.look, Mood::Waits);
    for request in [
        upload("a.png"),
        ask(Method::GET, "a.png"),
        ask(Method::HEAD, "a.png"),
        ask(Method::DELETE, "a.png"),
    ] {
        let answer = app.call(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
        let detail = problem(answer).await["detail"].to_string();
        assert!(detail.contains("within 50ms"), "{detail}");
    }
    // What was too slow is not left to run.
    until_count(&objects.dropped, 4).await;

    set(&objects.look, Mood::Good);
    set(&objects.keep, Mood::Waits);
    let answer = app.call(upload("a.png")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    let detail = problem(answer).await["detail"].to_string();
    assert!(detail.contains("converted"), "{detail}");
    until_nothing_is_left().await;
}

#[actix_web::test]
#[serial]
async fn converting_without_keeping_needs_no_store() {
    let objects = Faulty::new();
    let app = app(&objects, SHORT).await;
    set(&objects.look, Mood::Panics);
    set(&objects.keep, Mood::Panics);
    let convert = TestRequest::post().uri("/convert").set_payload(SMALL);
    let answer = app.call(convert.to_request()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let png = to_bytes(answer.into_body()).await.ok().unwrap();
    assert_eq!(png, expected(SMALL));
}

#[actix_web::test]
#[serial]
async fn of_twenty_uploads_of_one_name_one_is_converted() {
    let objects = Faulty::new();
    let app = app(&objects, LONG).await;
    set(&objects.keep, Mood::Waits);
    let uploads = join_all((0..20).map(|_| app.call(upload("a.png"))));
    let release = async {
        until_count(&objects.kept, 1).await;
        // All others wait now, or come later: none has asked the store.
        until("all uploads", || codec::live() == 20).await;
        assert_eq!(objects.looked.load(Ordering::SeqCst), 1);
        objects.open();
    };
    let (answers, ()) = futures::join!(uploads, release);
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    let count = |status| answers.iter().filter(|it| it.status() == status).count();
    assert_eq!((count(StatusCode::CREATED), count(StatusCode::OK)), (1, 19));
    assert!(
        answers
            .iter()
            .all(|it| header(it, "etag") == header(&answers[0], "etag"))
    );
    assert_eq!(objects.kept.load(Ordering::SeqCst), 1);
    until_nothing_is_left().await;
}

#[actix_web::test]
#[serial]
async fn uploads_of_different_names_do_not_wait_for_each_other() {
    let objects = Faulty::new();
    let app = app(&objects, LONG).await;
    set(&objects.keep, Mood::Waits);
    let uploads = join_all((0..8).map(|name| app.call(upload(&format!("{name}.png")))));
    let release = async {
        // More than there are threads in the pool: who waits for the store occupies none.
        until_count(&objects.kept, 8).await;
        objects.open();
    };
    let (answers, ()) = futures::join!(uploads, release);
    for answer in answers {
        assert_eq!(answer.unwrap().status(), StatusCode::CREATED);
    }
}

#[actix_web::test]
#[serial]
async fn the_second_upload_goes_on_when_the_client_of_the_first_leaves() {
    for first_waits_to in ["look", "keep"] {
        let objects = Faulty::new();
        let app = app(&objects, LONG).await;
        let mood = match first_waits_to {
            "look" => &objects.look,
            _ => &objects.keep,
        };
        set(mood, Mood::Waits);
        let mut first = Box::pin(app.call(upload("a.png")));
        let begun = match first_waits_to {
            "look" => &objects.looked,
            _ => &objects.kept,
        };
        assert!(futures::poll!(&mut first).is_pending());
        until_count(begun, 1).await;
        let mut second = Box::pin(app.call(upload("a.png")));
        assert!(futures::poll!(&mut second).is_pending());
        set(mood, Mood::Good);
        drop(first);
        let answer = timeout(contract::PATIENCE, second).await.unwrap().unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED, "{first_waits_to}");
        assert_eq!(objects.dropped.load(Ordering::SeqCst), 1);
        until_nothing_is_left().await;
    }
}

#[actix_web::test]
#[serial]
async fn a_client_that_leaves_while_cpp_awaits_rust_takes_everything_with_it() {
    for waits_to in ["look", "keep"] {
        let objects = Faulty::new();
        let app = app(&objects, LONG).await;
        let (mood, begun) = match waits_to {
            "look" => (&objects.look, &objects.looked),
            _ => (&objects.keep, &objects.kept),
        };
        set(mood, Mood::Waits);
        let leaving: Vec<_> = (0..10)
            .map(|name| {
                let mut upload = Box::pin(app.call(upload(&format!("{name}.png"))));
                assert!(futures::FutureExt::now_or_never(&mut upload).is_none());
                upload
            })
            .collect();
        until_count(begun, 10).await;
        assert_eq!(codec::live(), 10);
        drop(leaving);
        // The store is not asked any more, though it would have waited for ever.
        until_count(&objects.dropped, 10).await;
        until_nothing_is_left().await;
        assert!(objects.inner.head(&Path::from("0.png")).await.is_err());
    }
}

#[actix_web::test]
#[serial]
async fn a_store_that_answers_after_the_client_left_does_no_harm() {
    let objects = Faulty::new();
    let app = app(&objects, LONG).await;
    set(&objects.keep, Mood::GoesOn);
    let mut leaving = Box::pin(app.call(upload("a.png")));
    assert!(futures::poll!(&mut leaving).is_pending());
    until_count(&objects.kept, 1).await;
    drop(leaving);
    until_nothing_is_left().await;
    objects.open();
    loop {
        match objects.inner.head(&Path::from("a.png")).await {
            Ok(_) => break,
            Err(_) => sleep(Duration::from_millis(1)).await,
        }
    }
    // It has kept the picture, and the next client is told so.
    let answer = app.call(upload("a.png")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let answer = app.call(ask(Method::GET, "a.png")).await.unwrap();
    let png = to_bytes(answer.into_body()).await.ok().unwrap();
    assert_eq!(png, expected(SMALL));
}

#[actix_web::test]
#[serial]
async fn the_picture_of_a_server_that_was_quicker_is_not_replaced() {
    let objects = Faulty::new();
    let app = app(&objects, LONG).await;
    set(&objects.keep, Mood::Waits);
    let upload = app.call(upload("a.png"));
    let other_server = async {
        until_count(&objects.kept, 1).await;
        let path = Path::from("a.png");
        let kept = objects.inner.put(&path, "theirs".into()).await.unwrap();
        objects.open();
        kept.e_tag.unwrap()
    };
    let (answer, etag) = futures::join!(upload, other_server);
    let answer = answer.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, "etag"), etag);
    let answer = app.call(ask(Method::GET, "a.png")).await.unwrap();
    assert_eq!(to_bytes(answer.into_body()).await.ok().unwrap(), "theirs");
}

#[actix_web::test]
#[serial]
async fn a_converter_that_nobody_else_has_sees_its_uploads_through() {
    let objects = Faulty::new();
    set(&objects.keep, Mood::Waits);
    let store = picture_store::Store::new(objects.clone(), LONG).unwrap();
    let converter = new_converter(1, codec::MAX_PIXELS).unwrap();
    let mut calls: Vec<_> = (0..3)
        .map(|_| {
            let (store, name, jpeg) = (Store(store.clone()), "a.png".into(), SMALL.to_vec());
            let store = Box::new(store);
            converter.convert_and_store(store, name, jpeg)
        })
        .collect();
    until_count(&objects.kept, 1).await;
    assert_eq!(codec::live(), 3);
    // One awaits Rust, and the others wait for it.
    drop(converter);
    objects.open();
    let mut created = 0;
    for call in &mut calls {
        let kept: Result<Kept, _> = timeout(contract::PATIENCE, call).await.unwrap();
        created += usize::from(kept.unwrap().created);
    }
    assert_eq!(created, 1);
    assert_eq!(codec::live(), 0);
}
