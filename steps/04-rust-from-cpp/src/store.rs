//! The store as C++ sees it: each question is async Rust that C++ may await.

use cxx::{CxxVector, UniquePtr};
use lab::Png;
use picture_store::Error;

/// A store.
#[derive(Clone)]
pub struct Store(pub picture_store::Store);

impl Store {
    /// What is kept under a name.
    pub async fn head(&self, name: &str) -> Result<String, Error> {
        tracing::debug!(name, "C++ asks what is kept");
        self.0.head(name).await.map(Option::unwrap_or_default)
    }

    /// Keeps a PNG.
    pub async fn put(&self, name: &str, png: UniquePtr<CxxVector<u8>>) -> Result<String, Error> {
        tracing::debug!(name, "C++ has a picture kept");
        // Not copied: C++ frees it when the store has let go of it.
        let png = Png::from(png).bytes();
        self.0.put(name, png).await.map(Option::unwrap_or_default)
    }
}
