//! Back-pressure: a body needs memory before it is read on, and a conversion a place before it may
//! wait for a thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// One of the places for conversions, free again when it is dropped.
///
/// Give it to the work, not to the handler: a client that leaves drops its handler, but its picture
/// stays in the pool's queue, or on a thread, until C++ lets go of it. So the number of pictures in
/// the house never exceeds the number of places, whatever clients do.
///
/// The default is a place that bounds nothing, for steps that do not count, and for tests.
#[derive(Debug, Default)]
#[must_use = "dropped at once, it bounds nothing"]
pub struct Place {
    _permit: Option<OwnedSemaphorePermit>,
    _body: Held,
}

/// All places; none of them where the step does not count (step 1).
#[derive(Clone, Debug)]
pub(crate) struct Places(Option<Arc<Semaphore>>);

impl Places {
    /// As many places as given.
    pub fn bounded(places: usize) -> Self {
        Places(Some(Arc::new(Semaphore::new(places))))
    }

    /// No bound.
    pub fn unbounded() -> Self {
        Places(None)
    }

    /// A place, if one is free.
    pub fn take(&self, body: Held) -> Option<Place> {
        let permit = match &self.0 {
            None => None,
            Some(places) => Some(places.clone().try_acquire_owned().ok()?),
        };
        Some(Place {
            _permit: permit,
            _body: body,
        })
    }
}

/// A body may take this much before it counts as a large one, in bytes.
const SMALL: usize = 1 << 20;

/// So much of a body counts twice, in bytes: Actix keeps as much of what comes faster than it is
/// asked for.
const BUFFERED: usize = 512 << 10;

/// The memory for bodies. A quarter of it is only for the first mebibyte of each: large bodies that
/// never end do not keep small ones out.
#[derive(Clone, Debug)]
pub(crate) struct Bodies {
    all: Arc<Semaphore>,
    large: Arc<Semaphore>,
    begun: Arc<AtomicUsize>,
}

/// Bytes of a body that are counted, until it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Held {
    all: Option<OwnedSemaphorePermit>,
    large: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    /// So many bytes in all.
    pub fn bounded(bytes: usize) -> Self {
        let bytes = bytes.min(Semaphore::MAX_PERMITS);
        Bodies {
            all: Arc::new(Semaphore::new(bytes)),
            large: Arc::new(Semaphore::new(bytes - bytes / 4)),
            begun: Arc::default(),
        }
    }

    /// Counts `more` bytes to the `before` that a body holds, if they fit.
    pub fn hold(&self, before: usize, more: usize, held: &mut Held) -> bool {
        let Some(after) = before.checked_add(more) else {
            return false;
        };
        if before == 0 {
            self.begun.fetch_add(1, Ordering::Relaxed);
        }
        let large = after.max(SMALL) - before.max(SMALL);
        let buffered = after.min(BUFFERED) - before.min(BUFFERED);
        take(&self.large, large, &mut held.large) && take(&self.all, more + buffered, &mut held.all)
    }

    /// How many bodies have begun to come.
    pub fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }
}

fn take(from: &Arc<Semaphore>, permits: usize, held: &mut Option<OwnedSemaphorePermit>) -> bool {
    let Ok(permits) = u32::try_from(permits) else {
        return false;
    };
    let Ok(taken) = from.clone().try_acquire_many_owned(permits) else {
        return false;
    };
    match held {
        Some(held) => held.merge(taken),
        None => *held = Some(taken),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_exactly_as_many_places_as_said() {
        let places = Places::bounded(2);
        let (first, second) = (
            places.take(Held::default()).unwrap(),
            places.take(Held::default()).unwrap(),
        );
        assert!(places.take(Held::default()).is_none());
        drop(first);
        let third = places.take(Held::default());
        assert!(third.is_some() && places.take(Held::default()).is_none());
        drop((second, third));
    }

    #[test]
    fn a_step_that_does_not_count_always_has_a_place() {
        let places = Places::unbounded();
        let taken: Vec<_> = (0..1000).map(|_| places.take(Held::default())).collect();
        assert!(taken.iter().all(Option::is_some));
    }

    #[test]
    fn bodies_take_no_more_memory_than_there_is() {
        let bodies = Bodies::bounded(8 * SMALL);
        let mut large = Held::default();
        // Three quarters, and the first mebibyte, which does not count among the large; and half of
        // one that counts twice.
        let chunks = (0..100).take_while(|it| bodies.hold(it * SMALL, SMALL, &mut large));
        assert_eq!(chunks.count(), 7);
        let mut small = Held::default();
        assert!(bodies.hold(0, SMALL / 4, &mut small));
        assert!(!bodies.hold(0, 1, &mut Held::default()));
        assert!(!bodies.hold(1, usize::MAX, &mut Held::default()));
        drop(large);
        assert!(bodies.hold(SMALL / 4, 3 * SMALL, &mut small));
        drop(small);
        assert_eq!(bodies.all.available_permits(), 8 * SMALL);
        assert_eq!(bodies.large.available_permits(), 6 * SMALL);
    }
}
