//! A store, asked by many threads at once.

use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex as Locked, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::FutureExt;
use lab::Problem;
use object_store::{GetOptions, GetResult, ObjectStore, ObjectStoreExt, PutMode};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::Error;
use crate::name::path;

/// A question, and how long its answer took.
type Asked = (&'static str, Duration);

/// A store, as one request sees it. Cheap to clone.
///
/// Whatever it is asked is to run in a task of its [`runtime`](Store::runtime): a connection that a
/// store keeps open for the next request must not end with the event loop of the first.
///
/// # Errors
///
/// Every question may fail with [`Error::Name`], [`Error::Failed`] and [`Error::Slow`].
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    threads: Arc<Threads>,
    limit: Duration,
    /// What every ETag begins with.
    epoch: String,
    deleting: Arc<Mutex<()>>,
    /// Why the request failed.
    failure: Arc<OnceLock<Error>>,
    /// What the request has asked, and how long each answer took; none where there is no request.
    asked: Option<Arc<Locked<Vec<Asked>>>>,
}

impl Store {
    /// A store with threads of its own. Each thing that it is asked has to be answered within
    /// `limit`.
    ///
    /// # Errors
    ///
    /// The system's, where the threads cannot be started.
    pub fn new(objects: Arc<dyn ObjectStore>, limit: Duration) -> io::Result<Self> {
        Ok(Store {
            objects,
            threads: Arc::new(Threads::start()?),
            limit,
            epoch: String::new(),
            deleting: Arc::default(),
            failure: Arc::default(),
            asked: None,
        })
    }

    pub(crate) fn with_epoch(self, epoch: String) -> Self {
        Store { epoch, ..self }
    }

    /// The same store for one request, of which it tells the first failure and all questions.
    pub fn for_request(&self) -> Self {
        Store {
            failure: Arc::default(),
            asked: Some(Arc::default()),
            ..self.clone()
        }
    }

    /// Why the request failed first, if it was the store: for whoever asked through something that
    /// passes on no more than an error's message.
    pub fn problem(&self) -> Option<Problem> {
        self.failure.get().map(Problem::from)
    }

    /// What the request has asked so far, as the header `Server-Timing` has it; the lab page shows it.
    pub(crate) fn timing(&self) -> String {
        let Some(asked) = &self.asked else {
            return String::new();
        };
        let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = asked.iter().enumerate().map(|(index, (doing, took))| {
            let ms = took.as_secs_f64() * 1000.0;
            format!("ask{index};desc=\"{doing}\";dur={ms:.3}")
        });
        asked.collect::<Vec<_>>().join(", ")
    }

    /// Where to ask. Ends with the last clone of the store.
    pub fn runtime(&self) -> &Handle {
        self.threads.handle()
    }

    /// The ETag of what is kept under a name, as HTTP writes it, quotes and all.
    pub async fn head(&self, name: &str) -> Result<Option<String>, Error> {
        let path = path(name)?;
        let head = found(self.objects.head(&path));
        let head = self.ask("look for the picture", head).await?;
        Ok(head.map(|head| self.etag(head.e_tag.as_deref())))
    }

    /// Keeps a PNG, and gives its ETag; or nothing, where one is kept under that name already.
    pub async fn put(&self, name: &str, png: Bytes) -> Result<Option<String>, Error> {
        let path = path(name)?;
        let put = self
            .objects
            .put_opts(&path, png.into(), PutMode::Create.into());
        let put = put.map(|result| match result {
            Err(object_store::Error::AlreadyExists { .. }) => Ok(None),
            result => result.map(Some),
        });
        let put = self.ask("keep the converted picture", put).await?;
        Ok(put.map(|put| self.etag(put.e_tag.as_deref())))
    }

    /// What is kept under a name, with its bytes unless only its head is asked for.
    pub async fn get(&self, name: &str, head: bool) -> Result<Option<GetResult>, Error> {
        let path = path(name)?;
        let options = GetOptions {
            head,
            ..GetOptions::default()
        };
        let got = found(self.objects.get_opts(&path, options));
        self.ask("read the picture", got).await
    }

    /// Deletes what is kept under a name, and tells whether there was anything.
    pub async fn delete(&self, name: &str) -> Result<bool, Error> {
        let path = path(name)?;
        let deleted = async {
            // Not every store says whether there was anything, so it is looked for first; one at a
            // time, or two could both find what only one deletes. (Other servers that share an S3
            // store are not kept from it.)
            let _only = self.deleting.lock().await;
            self.objects.head(&path).await?;
            self.objects.delete(&path).await
        };
        let deleted = self.ask("delete the picture", found(deleted)).await?;
        Ok(deleted.is_some())
    }

    /// The ETag of something that is kept, as HTTP writes it.
    pub(crate) fn etag(&self, given: Option<&str>) -> String {
        let given = given.unwrap_or_default().trim_matches('"');
        format!("\"{}{given}\"", self.epoch)
    }

    /// Asks the store, which may fail, panic, or take too long.
    async fn ask<T>(
        &self,
        doing: &'static str,
        question: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, Error> {
        let begun = Instant::now();
        let question = AssertUnwindSafe(timeout(self.limit, question)).catch_unwind();
        let failed = |cause| Error::Failed { doing, cause };
        let answer = match question.await {
            Ok(Ok(answer)) => answer.map_err(|error| failed(error.to_string())),
            Ok(Err(_)) => Err(Error::Slow {
                doing,
                limit: self.limit,
            }),
            Err(_) => Err(failed("it panicked".into())),
        };
        if let Some(asked) = &self.asked {
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.push((doing, begun.elapsed()));
        }
        answer.inspect_err(|error| {
            // Set already: then the first failure is the one to tell.
            let _ = self.failure.set(error.clone());
        })
    }
}

/// Makes what is not there `None`, rather than an error.
async fn found<T>(
    answer: impl Future<Output = object_store::Result<T>>,
) -> object_store::Result<Option<T>> {
    match answer.await {
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        answer => answer.map(Some),
    }
}

/// A Tokio runtime of the store's own, for it serves many event loops and the threads of others.
struct Threads(Option<Runtime>);

impl Threads {
    fn start() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).thread_name("store").enable_all();
        runtime.build().map(Some).map(Threads)
    }

    fn handle(&self) -> &Handle {
        self.0
            .as_ref()
            .expect("it is taken in `drop` only")
            .handle()
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // The last clone may go in an event loop, or in one of these threads: no place to wait,
            // least of all for a disk that hangs.
            runtime.shutdown_background();
        }
    }
}
