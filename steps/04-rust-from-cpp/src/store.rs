//! Where pictures are kept: in memory, in a folder, or in storage that speaks S3.

use std::future::Future;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use cxx::{CxxVector, UniquePtr};
use cxx_async_tokio::for_cpp;
use futures::FutureExt;
use lab::{Png, Problem};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{GetOptions, GetResult, ObjectStore, ObjectStoreExt, PutMode, PutPayload};
use tokio::runtime::{Builder, Handle};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use crate::FutureKept;
use crate::ffi::{Kept, State};

/// Why the store has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store cannot be opened.
    #[error("cannot use the store {url}: {reason}")]
    Open {
        /// What was asked for.
        url: String,
        /// A sentence that says what to do.
        reason: String,
    },
    /// Not a name that a picture may have.
    #[error(
        "{0:?} cannot be the name of a picture; take 1 to 128 of the characters A-Z a-z 0-9 . _ - \
         and not a dot first"
    )]
    Name(String),
    /// It failed, or panicked.
    #[error("the store failed to {doing}: {cause}")]
    Failed {
        /// What it was asked.
        doing: &'static str,
        /// What it said.
        cause: String,
    },
    /// It took too long.
    #[error("the store did not {doing} within {limit:?}")]
    Slow {
        /// What it was asked.
        doing: &'static str,
        /// How long it had.
        limit: Duration,
    },
    /// Nobody waits for the answer any more.
    #[error("the client has left")]
    Left,
    /// The runtime is gone.
    #[error("the server is stopping")]
    Stopping,
}

impl From<&Error> for Problem {
    /// The client learns what failed; why, only the log: it may name folders, hosts and accounts.
    fn from(error: &Error) -> Self {
        match error {
            Error::Failed { doing, .. } => {
                tracing::warn!("{error}");
                Problem::BadGateway(format!(
                    "the store failed to {doing}; send the request again"
                ))
            }
            Error::Slow { .. } => {
                tracing::warn!("{error}");
                Problem::GatewayTimeout(format!("{error}; send the request again later"))
            }
            Error::Name(_) => Problem::Name(error.to_string()),
            Error::Open { .. } | Error::Left | Error::Stopping => Problem::Stopping,
        }
    }
}

/// The Tokio runtime of a store: its own, for it serves C++ threads and many event loops, and
/// outlives both.
pub struct Runtime(tokio::runtime::Runtime);

impl Runtime {
    /// Starts its threads.
    pub fn new() -> io::Result<Self> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).thread_name("store").enable_all();
        runtime.build().map(Runtime)
    }

    /// Ends them, when nobody awaits the store any more. A file that is still being written to a
    /// disk that hangs does not hold up the end for long.
    pub fn shut_down(self) {
        self.0.shutdown_timeout(Duration::from_secs(1));
    }

    /// Where tasks are spawned.
    pub fn handle(&self) -> &Handle {
        self.0.handle()
    }
}

/// A store, as one request sees it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    runtime: Handle,
    limit: Duration,
    /// What every ETag begins with.
    epoch: String,
    /// Cancelled when the client of the request has left.
    left: CancellationToken,
    /// Why the request failed: through C++ only a message would come back.
    failure: Arc<OnceLock<Error>>,
}

impl Store {
    /// Opens the store at a URL. Everything that it is asked has to be answered within `limit`.
    pub fn open(url: &str, limit: Duration, runtime: &Runtime) -> Result<Self, Error> {
        let failed = |reason: String| Error::Open {
            url: url.to_owned(),
            reason,
        };
        let parsed = Url::parse(url).map_err(|error| failed(format!("{error}; {SCHEMES}")))?;
        let (objects, epoch) = match parsed.scheme() {
            "memory" => (Arc::new(InMemory::new()) as Arc<dyn ObjectStore>, epoch()),
            "file" => (folder(&parsed).map_err(failed)?, String::new()),
            "s3" => (s3(&parsed).map_err(failed)?, String::new()),
            _ => return Err(failed(SCHEMES.into())),
        };
        Ok(Store {
            epoch,
            ..Self::new(objects, limit, runtime)
        })
    }

    /// Takes a store that is open.
    pub fn new(objects: Arc<dyn ObjectStore>, limit: Duration, runtime: &Runtime) -> Self {
        Store {
            objects,
            runtime: runtime.handle().clone(),
            limit,
            epoch: String::new(),
            left: CancellationToken::new(),
            failure: Arc::default(),
        }
    }

    /// The same store for one request: what C++ awaits of it is given up when the guard is dropped.
    pub fn for_request(&self) -> (Self, DropGuard) {
        let left = CancellationToken::new();
        let store = Store {
            left: left.clone(),
            failure: Arc::default(),
            ..self.clone()
        };
        (store, left.drop_guard())
    }

    /// Why the request failed, if it was the store.
    pub fn problem(&self) -> Option<Problem> {
        self.failure.get().map(Problem::from)
    }

    /// What is kept under a name, with its bytes unless only its head is asked for.
    pub async fn get(&self, name: &str, head: bool) -> Result<Option<GetResult>, Error> {
        let path = path(name)?;
        self.in_runtime(async move |store| {
            let options = GetOptions {
                head,
                ..GetOptions::default()
            };
            let got = found(store.objects.get_opts(&path, options));
            store.ask("read the picture", got).await
        })
        .await
    }

    /// Deletes what is kept under a name, and tells whether there was anything.
    pub async fn delete(&self, name: &str) -> Result<bool, Error> {
        let path = path(name)?;
        self.in_runtime(async move |store| {
            let deleted = async {
                // Not every store says whether there was anything, so it is looked for first.
                store.objects.head(&path).await?;
                store.objects.delete(&path).await
            };
            let deleted = store.ask("delete the picture", found(deleted)).await?;
            Ok(deleted.is_some())
        })
        .await
    }

    /// The ETag of something that is kept, as HTTP writes it.
    pub fn etag(&self, given: Option<&str>) -> String {
        let given = given.unwrap_or_default().trim_matches('"');
        format!("\"{}{given}\"", self.epoch)
    }

    /// For C++: what is kept under a name.
    pub(crate) fn head_for_cpp(&self, name: &str) -> FutureKept {
        tracing::debug!(name, "C++ asks what is kept");
        let path = path(name);
        self.for_cpp(async move |store| store.look(&path?).await)
    }

    /// For C++: keeps a PNG under a name that nothing is kept under.
    pub(crate) fn put_for_cpp(&self, name: &str, png: UniquePtr<CxxVector<u8>>) -> FutureKept {
        tracing::debug!(name, "C++ has a picture kept");
        let path = path(name);
        // Not copied: C++ frees it when the store has let go of it.
        let png = PutPayload::from(Png::from(png).bytes());
        self.for_cpp(async move |store| {
            let path = path?;
            let created = store.objects.put_opts(&path, png, PutMode::Create.into());
            let created = created.map(|result| match result {
                // Another server with the same store was quicker.
                Err(object_store::Error::AlreadyExists { .. }) => Ok(None),
                result => result.map(Some),
            });
            match store.ask("keep the converted picture", created).await? {
                Some(result) => Ok(Kept {
                    state: State::Created,
                    etag: store.etag(result.e_tag.as_deref()),
                }),
                None => store.look(&path).await,
            }
        })
    }

    async fn look(&self, path: &Path) -> Result<Kept, Error> {
        let head = found(self.objects.head(path));
        let head = self.ask("look for the picture", head).await?;
        Ok(match head {
            Some(head) => Kept {
                state: State::Found,
                etag: self.etag(head.e_tag.as_deref()),
            },
            None => Kept {
                state: State::Missing,
                etag: String::new(),
            },
        })
    }

    /// Asks the store, which may fail, panic, or take too long.
    async fn ask<T>(
        &self,
        doing: &'static str,
        question: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, Error> {
        let answer = AssertUnwindSafe(timeout(self.limit, question)).catch_unwind();
        let failed = |cause| Error::Failed { doing, cause };
        match answer.await {
            Ok(Ok(answer)) => answer.map_err(|error| failed(error.to_string())),
            Ok(Err(_)) => Err(Error::Slow {
                doing,
                limit: self.limit,
            }),
            Err(_) => Err(failed("it panicked".into())),
        }
    }

    /// What C++ may await: a task of the store's runtime, which ends early when the client leaves.
    fn for_cpp<F>(&self, work: impl FnOnce(Store) -> F) -> FutureKept
    where
        F: Future<Output = Result<Kept, Error>> + Send + 'static,
    {
        let (left, failure) = (self.left.clone(), self.failure.clone());
        let work = work(self.clone());
        FutureKept::fallible(for_cpp(&self.runtime, async move {
            let result = left.run_until_cancelled(work).await;
            result.unwrap_or(Err(Error::Left)).map_err(|error| {
                let message = error.to_string();
                // Set already: then the first failure is the one to tell.
                let _ = failure.set(error);
                message
            })
        }))
    }

    /// Runs on the store's runtime what a handler asks, for a connection that the store keeps
    /// open for the next request must not end with one event loop.
    async fn in_runtime<T, F>(&self, work: impl FnOnce(Store) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let task = self.runtime.spawn(work(self.clone()));
        task.await.unwrap_or(Err(Error::Stopping))
    }
}

const SCHEMES: &str = "give memory:///, file:///FOLDER or s3://BUCKET";

/// A store in memory counts its ETags from 0 each time: this tells those of one process from those
/// of the next, so that a client does not take an old picture for the new one.
fn epoch() -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    format!("{:x}-", now.as_micros())
}

/// Files are written beside their place and moved there, so one is whole or not there, whatever
/// stops the process; and they are on the disk before the answer, whatever stops the machine.
fn folder(url: &Url) -> Result<Arc<dyn ObjectStore>, String> {
    let path = url.to_file_path();
    let path =
        path.map_err(|()| "it is not the path of a folder; give file:///FOLDER".to_owned())?;
    let advice =
        |error: &dyn std::fmt::Display| format!("{error}; give a folder that can be written");
    std::fs::create_dir_all(&path).map_err(|error| advice(&error))?;
    let store = LocalFileSystem::new_with_prefix(path).map_err(|error| advice(&error))?;
    Ok(Arc::new(store.with_fsync(true)))
}

#[cfg(feature = "s3")]
fn s3(url: &Url) -> Result<Arc<dyn ObjectStore>, String> {
    use object_store::aws::AmazonS3Builder;
    use object_store::prefix::PrefixStore;

    let prefix = Path::from_url_path(url.path()).map_err(|error| error.to_string())?;
    let store = AmazonS3Builder::from_env().with_url(url.as_str()).build();
    let store =
        store.map_err(|error| format!("{error}; set AWS_REGION, AWS_ENDPOINT and so on"))?;
    Ok(match prefix.as_ref() {
        "" => Arc::new(store),
        _ => Arc::new(PrefixStore::new(store, prefix)),
    })
}

#[cfg(not(feature = "s3"))]
fn s3(_: &Url) -> Result<Arc<dyn ObjectStore>, String> {
    Err("S3 is not part of this build; build it with --features s3".into())
}

/// Checks a name, and gives the path that it has in the store: always one segment.
pub fn path(name: &str) -> Result<Path, Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let good =
        (1..=128).contains(&name.len()) && name.chars().all(allowed) && !name.starts_with('.');
    match good {
        true => Ok(Path::from(name)),
        false => Err(Error::Name(name.to_owned())),
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
