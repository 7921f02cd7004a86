use std::any::Any;
use std::fmt::Display;

use cxx_async::CxxAsyncException;

/// Why a call into C++ has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// C++ threw; this is what it said.
    #[error(transparent)]
    Exception(#[from] CxxAsyncException),
    /// The coroutine was destroyed before it had a result: its executor is gone.
    #[error("{ABANDONED}")]
    Abandoned,
}

const ABANDONED: &str = "the C++ executor went away before the call had a result";

impl Error {
    /// What a C++ exception said, or would say.
    pub fn what(&self) -> &str {
        match self {
            Error::Exception(exception) => exception.what(),
            Error::Abandoned => ABANDONED,
        }
    }
}

/// For `?` in what returns a `CxxAsyncResult`.
impl From<Error> for CxxAsyncException {
    fn from(error: Error) -> Self {
        match error {
            Error::Exception(exception) => exception,
            Error::Abandoned => CxxAsyncException::new(ABANDONED.into()),
        }
    }
}

/// An error of Rust, as C++ is told of it.
pub(crate) fn told(error: impl Display) -> Error {
    CxxAsyncException::new(error.to_string().into()).into()
}

/// What a panic said: `panic!` with a literal gives a `&str`, with arguments a `String`.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = match panic.downcast_ref::<&str>() {
        Some(message) => Some(*message),
        None => panic.downcast_ref::<String>().map(String::as_str),
    };
    format!("panicked: {}", message.unwrap_or("without a message"))
}
