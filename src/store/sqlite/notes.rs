//! States of feeds that wait to be written together: one a feed, the latest.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::store::FeedState;

/// What was noted and is not on disk yet. Bounded by the number of feeds.
#[derive(Default)]
pub(super) struct Notes(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    clock: u64,
    pending: HashMap<String, Note>,
}

/// A state, and when it was noted in the order of notes and commits.
#[derive(Clone)]
pub(super) struct Note {
    pub(super) state: FeedState,
    pub(super) stamp: u64,
}

impl Notes {
    /// Replaces what was noted of this feed.
    pub(super) fn add(&self, state: FeedState) {
        let mut inner = self.lock();
        inner.clock += 1;
        let stamp = inner.clock;
        inner.pending.insert(state.id.clone(), Note { state, stamp });
    }

    /// The place of a commit in the order of notes and commits.
    pub(super) fn stamp(&self) -> u64 {
        let mut inner = self.lock();
        inner.clock += 1;
        inner.clock
    }

    /// All that waits; it keeps waiting until it is [settled](Notes::settle).
    pub(super) fn pending(&self) -> Vec<Note> {
        self.lock().pending.values().cloned().collect()
    }

    /// Forgets what was noted of a feed up to `stamp`: that, or something later, is on disk.
    pub(super) fn settle(&self, feed: &str, stamp: u64) {
        let mut inner = self.lock();
        if inner.pending.get(feed).is_some_and(|note| note.stamp <= stamp) {
            inner.pending.remove(feed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
