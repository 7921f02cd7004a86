//! The `tracing` span of a call: it is entered around what runs for the call, and C++ knows its
//! number.

use bridge_tests::RUNTIME;
use bridge_tests::ffi::new_pool;
use bridge_tests::spans::{NOTES, ffi};
use futures::executor::block_on;
use tokio::runtime::Builder;
use tracing::{Span, info_span};

#[test]
fn what_runs_for_a_call_runs_in_its_span() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    RUNTIME.get_or_init(|| runtime.handle().clone());
    let pool = new_pool(1);
    let noted = || -> Vec<u64> {
        let notes = std::mem::take(&mut *NOTES.lock().unwrap());
        notes.into_iter().map(|(_, span)| span).collect()
    };

    // Nobody listens, so there are no spans.
    let call = info_span!("call").in_scope(|| ffi::notes_on_the_way(&pool));
    assert_eq!(block_on(call).unwrap(), 0);
    assert_eq!(noted(), [0; 7]);

    tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
    let spans = [info_span!("one"), info_span!("other")];
    let calls = spans
        .each_ref()
        .map(|span| span.in_scope(|| ffi::notes_on_the_way(&pool)));
    let ids = spans.each_ref().map(|span| span.id().unwrap().into_u64());
    for (call, id) in calls.into_iter().zip(ids) {
        assert_eq!(block_on(call).unwrap() as u64, id);
    }
    let seen = noted();
    assert_eq!(seen.len(), 14);
    for id in ids {
        assert_eq!(
            seen.iter().filter(|&&span| span == id).count(),
            7,
            "{seen:?}"
        );
    }
    assert!(Span::current().is_none(), "and none is left entered");
    let thread = block_on(ffi::notes_on_the_way(&pool)).unwrap();
    assert_eq!(thread, 0, "nor in the pool");
    assert_eq!(noted(), [0; 7]);
}
