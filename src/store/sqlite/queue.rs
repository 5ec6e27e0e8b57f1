//! A bounded queue from async callers to a thread: who finds it full waits without blocking a thread.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::Error;

/// The callers' end.
pub(super) struct Queue<T> {
    sender: Mutex<Option<Sender<Queued<T>>>>,
    room: Arc<Semaphore>,
}

/// An item that takes up room in the queue for as long as it lives.
pub(super) struct Queued<T> {
    pub(super) item: T,
    _room: OwnedSemaphorePermit,
}

impl<T> Queue<T> {
    /// A queue that holds `room` items, those in the thread's hands included.
    pub(super) fn new(room: usize) -> (Queue<T>, Receiver<Queued<T>>) {
        let (sender, receiver) = channel();
        (Queue { sender: Mutex::new(Some(sender)), room: Arc::new(Semaphore::new(room)) }, receiver)
    }

    /// Waits for room and hands over `item`.
    pub(super) async fn push(&self, item: T) -> Result<(), Error> {
        let room = self.room.clone().acquire_owned().await.map_err(|_| Error::Closed)?;
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(Error::Closed)?;
        sender.send(Queued { item, _room: room }).map_err(|_| Error::Closed)
    }

    /// Takes no more; the thread sees the end after what was handed over.
    pub(super) fn close(&self) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
