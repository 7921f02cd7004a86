//! Where pictures are kept: in memory, in a folder, or in storage that speaks S3, and the HTTP that
//! reads and deletes them.
//!
//! Whoever makes pictures brings the handler that keeps them:
//!
//! ```no_run
//! use actix_web::HttpResponse;
//! use actix_web::web::{self, Bytes, Data, ServiceConfig};
//! use lab::{Parser, Problem};
//! use picture_store::{Error, Name, Options, Store, images, kept};
//!
//! async fn put(
//!     Name(name): Name,
//!     png: Bytes,
//!     store: Data<Store>,
//! ) -> Result<HttpResponse, Problem> {
//!     let store = store.for_request();
//!     let runtime = store.runtime().clone();
//!     let asked = store.clone();
//!     let put = runtime.spawn(async move { asked.put(&name, png).await });
//!     match put.await.unwrap_or(Err(Error::Stopping))? {
//!         Some(etag) => kept(&store, true, &etag),
//!         None => Err(Problem::Name("there is one of that name".into())),
//!     }
//! }
//!
//! let store = Options::parse().open()?;
//! let configure = move |app: &mut ServiceConfig| {
//!     app.app_data(Data::new(store)).service(images(web::put().to(put)));
//! };
//! # Ok::<(), picture_store::Error>(())
//! ```

#![warn(missing_docs)]

mod error;
#[cfg(feature = "faulty")]
pub mod faulty;
mod http;
mod name;
mod open;
mod store;

pub use error::Error;
pub use http::{images, kept};
pub use name::Name;
pub use open::{Options, open};
pub use store::Store;
