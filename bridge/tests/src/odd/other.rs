//! A bridge that differs from that beside it in the namespace alone.

/// The same but for the namespace, and what is in the structure.
#[co_await::bridge(namespace = "odd::second")]
pub mod second {
    /// A pair.
    struct Pair {
        /// The first.
        one: String,
        /// The second.
        two: u64,
    }

    unsafe extern "C++" {
        include!("bridge-tests/cpp/odd.h");

        /// A pair.
        async fn pair() -> Result<Pair>;
        /// Pairs.
        fn pairs() -> impl Stream<Item = Result<Vec<Pair>>>;
    }
}
