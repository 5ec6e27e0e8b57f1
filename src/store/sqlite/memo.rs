//! The last question of each feed with its answer: a document that has not changed since is judged
//! without touching the database.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::feed::identity::Facets;
use crate::store::Known;

/// Entries kept in all, 40 bytes each. When full, nothing new is learnt: forgetting the eldest
/// would forget everything just before it is asked again, since feeds are polled in turn.
const ROOM: usize = 400_000;

/// What was asked last of each feed. Exact: every commit to a feed forgets what was known of it.
#[derive(Default)]
pub(super) struct Memo {
    hasher: RandomState,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    tickets: u64,
    kept: usize,
    feeds: HashMap<String, Last>,
}

enum Last {
    /// The database is being asked.
    Asking(u64),
    /// It answered.
    Answered { question: u64, answer: Vec<Known> },
}

/// What the memo says to a question.
pub(super) enum Recalled {
    /// This.
    Answer(Vec<Known>),
    /// Nothing; bring the database's answer to [`Memo::learn`].
    Ask(Ticket),
}

/// A question that the database is being asked.
pub(super) struct Ticket {
    number: u64,
    question: u64,
}

impl Memo {
    /// The answer of last time, if the question is that of last time.
    pub(super) fn recall(&self, feed: &str, document: &[Facets]) -> Recalled {
        let asked = self.hasher.hash_one(document);
        let mut inner = self.lock();
        if let Some(Last::Answered { question, answer }) = inner.feeds.get(feed)
            && *question == asked
        {
            return Recalled::Answer(answer.clone());
        }
        inner.tickets += 1;
        let number = inner.tickets;
        inner.put(feed, Last::Asking(number));
        Recalled::Ask(Ticket { number, question: asked })
    }

    /// Keeps the database's answer, unless the feed changed since it was asked.
    pub(super) fn learn(&self, feed: &str, ticket: &Ticket, answer: &[Known]) {
        let mut inner = self.lock();
        let current = matches!(inner.feeds.get(feed), Some(Last::Asking(number)) if *number == ticket.number);
        if !current {
            return;
        }
        if inner.kept + answer.len() > ROOM {
            inner.remove(feed);
        } else {
            inner.put(feed, Last::Answered { question: ticket.question, answer: answer.to_vec() });
        }
    }

    /// To be called once a commit to the feed is durable.
    pub(super) fn forget(&self, feed: &str) {
        self.lock().remove(feed);
    }

    /// To be called where another process may have changed anything.
    pub(super) fn clear(&self) {
        let mut inner = self.lock();
        inner.feeds.clear();
        inner.kept = 0;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn put(&mut self, feed: &str, last: Last) {
        self.kept += last.len();
        if let Some(before) = self.feeds.insert(feed.to_owned(), last) {
            self.kept -= before.len();
        }
    }

    fn remove(&mut self, feed: &str) {
        if let Some(before) = self.feeds.remove(feed) {
            self.kept -= before.len();
        }
    }
}

impl Last {
    fn len(&self) -> usize {
        match self {
            Last::Asking(_) => 0,
            Last::Answered { answer, .. } => answer.len(),
        }
    }
}
