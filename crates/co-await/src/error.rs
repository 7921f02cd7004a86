use std::borrow::Cow;

use cxx_async::CxxAsyncException;

/// Why a call into C++ has no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// C++ threw; this is what it said.
    #[error(transparent)]
    Exception(#[from] CxxAsyncException),
    /// The coroutine was destroyed before it had a result: its executor is gone.
    #[error("the C++ executor went away before the call had a result")]
    Abandoned,
}

impl Error {
    /// What a C++ exception said, or would say.
    pub fn what(&self) -> Cow<'_, str> {
        match self {
            Error::Exception(exception) => exception.what().into(),
            abandoned => abandoned.to_string().into(),
        }
    }
}

/// For `?` in what returns a `CxxAsyncResult`.
impl From<Error> for CxxAsyncException {
    fn from(error: Error) -> Self {
        match error {
            Error::Exception(exception) => exception,
            abandoned => CxxAsyncException::new(abandoned.to_string().into()),
        }
    }
}
