//! The readers: a few threads, each with a connection that cannot write.

use std::path::Path;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::error::OpenError;
use super::open;
use super::queue::{Queue, Queued};

/// How many. Reads are short; two keep a long one from holding up the rest.
const READERS: usize = 2;

/// Questions that may wait.
const ROOM: usize = 256;

/// A question with its way back.
pub(super) type Question = Box<dyn FnOnce(&Connection) + Send>;

/// Starts the readers of the database at `path`. They end when the queue is closed.
pub(super) fn start(path: &Path) -> Result<(Queue<Question>, Vec<JoinHandle<()>>), OpenError> {
    let (queue, questions) = Queue::new(ROOM);
    let questions = Arc::new(Mutex::new(questions));
    let mut threads = Vec::new();
    for number in 0..READERS {
        let db = open::open_reader(path)?;
        let questions = Arc::clone(&questions);
        let thread = thread::Builder::new().name(format!("store-reader-{number}"));
        let started = thread.spawn(move || answer(&db, &questions));
        threads.push(started.map_err(|error| OpenError::of_file(path, &error))?);
    }
    Ok((queue, threads))
}

fn answer(db: &Connection, questions: &Mutex<Receiver<Queued<Question>>>) {
    loop {
        let next = questions.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(question) => (question.item)(db),
            Err(_) => return,
        }
    }
}
