//! A store in memory that fails, panics, or answers when it is told to: for tests.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use tokio::sync::Semaphore;

/// How a store takes what it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Mood {
    /// It answers.
    #[default]
    Good,
    /// It gives an error.
    Fails,
    /// It panics.
    Panics,
    /// It keeps something of its own first, as another server with the same store may.
    IsQuicker,
    /// It answers when `open` was called.
    Waits,
    /// As `Waits`, and goes on when nobody awaits it any more, as a server far away does.
    GoesOn,
}

/// The store. Its moods may be changed at any time.
#[derive(Debug)]
pub struct Faulty {
    /// What is kept.
    pub inner: Arc<InMemory>,
    /// How it takes it to be asked what there is.
    pub look: Mutex<Mood>,
    /// How it takes it to be asked to keep something.
    pub keep: Mutex<Mood>,
    /// How it takes it to be asked to delete something; it can only panic.
    pub delete: Mutex<Mood>,
    /// Questions of what there is that were begun.
    pub looked: AtomicUsize,
    /// As many to keep something.
    pub kept: AtomicUsize,
    /// Questions that were dropped before they had an answer.
    pub dropped: AtomicUsize,
    /// Threads that it ran in.
    pub threads: Mutex<Vec<ThreadId>>,
    gate: Arc<Semaphore>,
}

impl Faulty {
    /// An empty store in a good mood.
    #[allow(clippy::new_ret_no_self)]
    pub fn new() -> Arc<Self> {
        Arc::new(Faulty {
            inner: Arc::default(),
            look: Mutex::default(),
            keep: Mutex::default(),
            delete: Mutex::default(),
            looked: AtomicUsize::default(),
            kept: AtomicUsize::default(),
            dropped: AtomicUsize::default(),
            threads: Mutex::default(),
            gate: Arc::new(Semaphore::new(0)),
        })
    }

    /// Lets everything that waits go on, now and later.
    pub fn open(&self) {
        self.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    async fn be(&self, mood: Mood) -> Result<()> {
        self.threads.lock().unwrap().push(thread::current().id());
        let fails = Error::Generic {
            store: "Faulty",
            source: "out of order".into(),
        };
        let witness = Witness(&self.dropped);
        match mood {
            Mood::Good | Mood::GoesOn | Mood::IsQuicker => {}
            Mood::Fails => {
                witness.answered();
                return Err(fails);
            }
            Mood::Panics => panic!("the store panics on purpose"),
            Mood::Waits => drop(self.gate.acquire().await.unwrap()),
        }
        witness.answered();
        Ok(())
    }
}

/// Counts what is dropped unanswered.
struct Witness<'a>(&'a AtomicUsize);

impl Witness<'_> {
    fn answered(self) {
        std::mem::forget(self);
    }
}

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faulty")
    }
}

#[async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(
        &self,
        path: &Path,
        png: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.kept.fetch_add(1, Ordering::SeqCst);
        let mood = *self.keep.lock().unwrap();
        if mood == Mood::GoesOn {
            let (inner, gate, path) = (self.inner.clone(), self.gate.clone(), path.clone());
            let far_away = tokio::spawn(async move {
                drop(gate.acquire().await.unwrap());
                inner.put_opts(&path, png, options).await
            });
            let witness = Witness(&self.dropped);
            let result = far_away.await.unwrap();
            witness.answered();
            return result;
        }
        self.be(mood).await?;
        if mood == Mood::IsQuicker {
            self.inner.put(path, "theirs".into()).await?;
        }
        self.inner.put_opts(path, png, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.looked.fetch_add(1, Ordering::SeqCst);
        let mood = *self.look.lock().unwrap();
        self.be(mood).await?;
        self.inner.get_opts(path, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        if *self.delete.lock().unwrap() == Mood::Panics {
            panic!("the store panics on purpose");
        }
        self.inner.delete_stream(paths)
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        unreachable!("nothing is kept in parts")
    }

    async fn get_ranges(&self, _: &Path, _: &[Range<u64>]) -> Result<Vec<bytes::Bytes>> {
        unreachable!("no part is read")
    }

    fn list(&self, _: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        unreachable!("nothing is listed")
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        unreachable!("nothing is listed")
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        unreachable!("nothing is copied")
    }
}
