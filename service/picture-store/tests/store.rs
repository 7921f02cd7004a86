//! A store without HTTP: who is answered what, and what ends when nobody listens.

use std::sync::Arc;
use std::time::Duration;

use lab::Problem;
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use object_store::path::Path;
use picture_store::Store;
use picture_store::faulty::{Faulty, Mood};

const LONG: Duration = Duration::from_secs(3600);

fn store(objects: &Arc<Faulty>) -> Store {
    Store::new(objects.clone(), LONG).unwrap()
}

#[tokio::test]
async fn what_is_kept_is_found_under_its_etag_and_never_replaced() {
    let objects = Faulty::new();
    let store = store(&objects);
    assert_eq!(store.head("a.png").await.unwrap(), None);
    let etag = store.put("a.png", "ours".into()).await.unwrap().unwrap();
    assert!(etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'));
    assert_eq!(store.head("a.png").await.unwrap(), Some(etag));
    assert_eq!(store.put("a.png", "theirs".into()).await.unwrap(), None);
    let kept = objects.inner.get(&Path::from("a.png")).await.unwrap();
    assert_eq!(kept.bytes().await.unwrap(), "ours");
}

#[tokio::test]
async fn the_first_failure_of_a_request_is_remembered_for_that_request() {
    let objects = Faulty::new();
    let all = store(&objects);
    let store = all.for_request();
    assert!(store.problem().is_none());
    *objects.keep.lock().unwrap() = Mood::Panics;
    assert!(store.put("a.png", "a picture".into()).await.is_err());
    *objects.look.lock().unwrap() = Mood::Fails;
    assert!(store.head("a.png").await.is_err());
    match store.clone().problem() {
        Some(Problem::BadGateway(detail)) => assert!(detail.contains("converted"), "{detail}"),
        other => panic!("{other:?}"),
    }
    assert!(all.for_request().problem().is_none());
}

#[test]
fn the_last_clone_may_go_in_a_thread_of_the_store() {
    let objects = Faulty::new();
    let store = store(&objects);
    let (dropped, is_dropped) = std::sync::mpsc::channel();
    let (gone, is_gone) = std::sync::mpsc::channel();
    let last = store.clone();
    store.runtime().spawn(async move {
        is_dropped.recv().unwrap();
        drop(last);
        gone.send(()).unwrap();
    });
    drop(store);
    dropped.send(()).unwrap();
    is_gone.recv_timeout(contract::PATIENCE).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_one_of_many_deletes_what_is_there() {
    let store = Store::new(Arc::new(InMemory::new()), LONG).unwrap();
    for _ in 0..200 {
        store.put("a.png", "a picture".into()).await.unwrap();
        let deletes = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.delete("a.png").await.unwrap() })
        });
        let deleted = futures::future::join_all(deletes).await;
        let deleted = deleted.into_iter().filter(|it| *it.as_ref().unwrap());
        assert_eq!(deleted.count(), 1);
    }
}
