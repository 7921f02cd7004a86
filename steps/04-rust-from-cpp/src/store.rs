//! The store as C++ sees it: each question is a Rust future that C++ may await.

use std::future::Future;

use cxx::{CxxVector, UniquePtr};
use futures::TryFutureExt;
use lab::Png;
use picture_store::Error;

use crate::FutureEtag;

/// A store.
pub struct Store(pub picture_store::Store);

impl Store {
    pub(crate) fn head(&self, name: &str) -> FutureEtag {
        tracing::debug!(name, "C++ asks what is kept");
        let (store, name) = (self.0.clone(), name.to_owned());
        self.future(async move { store.head(&name).await })
    }

    pub(crate) fn put(&self, name: &str, png: UniquePtr<CxxVector<u8>>) -> FutureEtag {
        tracing::debug!(name, "C++ has a picture kept");
        // Not copied: C++ frees it when the store has let go of it.
        let png = Png::from(png).bytes();
        let (store, name) = (self.0.clone(), name.to_owned());
        self.future(async move { store.put(&name, png).await })
    }

    /// Runs in the store's threads. When C++ lets go of it, the store is asked no more.
    fn future<F>(&self, question: F) -> FutureEtag
    where
        F: Future<Output = Result<Option<String>, Error>> + Send + 'static,
    {
        let etag = question.map_ok(Option::unwrap_or_default);
        FutureEtag::spawn(self.0.runtime(), etag)
    }
}
