//! Back-pressure: a conversion needs a place before it may wait for a thread.

use std::sync::Arc;

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
    pub fn take(&self) -> Option<Place> {
        match &self.0 {
            None => Some(Place::default()),
            Some(places) => {
                let permit = places.clone().try_acquire_owned().ok()?;
                Some(Place {
                    _permit: Some(permit),
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_exactly_as_many_places_as_said() {
        let places = Places::bounded(2);
        let (first, second) = (places.take().unwrap(), places.take().unwrap());
        assert!(places.take().is_none());
        drop(first);
        let third = places.take();
        assert!(third.is_some() && places.take().is_none());
        drop((second, third));
    }

    #[test]
    fn a_step_that_does_not_count_always_has_a_place() {
        let places = Places::unbounded();
        let taken: Vec<_> = (0..1000).map(|_| places.take()).collect();
        assert!(taken.iter().all(Option::is_some));
    }
}
