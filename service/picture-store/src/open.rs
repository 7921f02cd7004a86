//! From a URL to a store.

use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clap::Parser;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
#[cfg(feature = "s3")]
use object_store::path::Path;
use url::Url;

use crate::{Error, Store};

/// Opens the store at a URL, with the time limit that the flags have by default. For programs that
/// have no flags; see [`Options::open`].
///
/// # Errors
///
/// As there.
pub fn open(url: &str) -> Result<Store, Error> {
    let store = url.to_owned();
    let options = Options {
        store,
        store_timeout: TIMEOUT,
    };
    options.open()
}

/// Seconds that a store may take where nothing else is said.
const TIMEOUT: u64 = 10;

/// The flags of a store, each with an environment variable.
#[derive(Clone, Debug, Parser)]
// Clap would name a group of flags after the struct, and there are other `Options` beside these.
#[group(skip)]
pub struct Options {
    /// Where pictures are kept: memory:///, file:///FOLDER, or s3://BUCKET/PREFIX with AWS_* set.
    #[arg(long, env = "COAWAIT_STORE", default_value = "memory:///")]
    pub store: String,

    /// Seconds that the store may take for one thing that it is asked.
    #[arg(long, env = "COAWAIT_STORE_TIMEOUT", default_value_t = TIMEOUT)]
    pub store_timeout: u64,
}

impl Options {
    /// Opens the store. A folder is made where there is none; a bucket is not.
    ///
    /// # Errors
    ///
    /// [`Error::Open`] says what is wrong with the URL, or with what is there.
    pub fn open(&self) -> Result<Store, Error> {
        let failed = |reason: String| Error::Open {
            url: self.store.clone(),
            reason,
        };
        let url = Url::parse(&self.store).map_err(|error| failed(format!("{error}; {SCHEMES}")))?;
        let (objects, epoch) = match url.scheme() {
            "memory" => (Arc::new(InMemory::new()) as Arc<dyn ObjectStore>, epoch()),
            "file" => (folder(&url).map_err(failed)?, String::new()),
            "s3" => (s3(&url).map_err(failed)?, String::new()),
            _ => return Err(failed(SCHEMES.into())),
        };
        let limit = Duration::from_secs(self.store_timeout);
        let store = Store::new(objects, limit).map_err(|error| failed(error.to_string()))?;
        Ok(store.with_epoch(epoch))
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
    let advice = |error: &dyn Display| format!("{error}; give a folder that can be written");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_where_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("a/b");
        assert!(open(&format!("file://{}", inside.display())).is_ok());
        assert!(inside.is_dir());
    }

    #[test]
    fn a_store_that_cannot_be_opened_is_named_with_what_to_do() {
        for (url, advice) in [
            ("nonsense", "memory:///"),
            ("ftp://example.org/", "memory:///"),
            ("file://host/folder", "file:///FOLDER"),
            ("file:///proc/nothing", "give a folder"),
        ] {
            let error = open(url).err().unwrap().to_string();
            assert!(error.contains(url) && error.contains(advice), "{error}");
        }
    }

    #[cfg(not(feature = "s3"))]
    #[test]
    fn without_the_feature_s3_is_said_to_be_missing() {
        let error = open("s3://bucket").err().unwrap().to_string();
        assert!(error.contains("--features s3"), "{error}");
    }
}
