//! Why a store has no answer, and what HTTP says of it.

use std::time::Duration;

use lab::Problem;

/// Why the store has no answer: one sentence.
#[derive(Clone, Debug, thiserror::Error)]
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
    /// The store's threads are gone.
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
            Error::Open { .. } | Error::Stopping => Problem::Stopping,
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Problem::from(&error)
    }
}
