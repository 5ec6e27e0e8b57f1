//! How a task stands with the store: a refusal is said once, and so is its end.

use crate::store::{self, Error};

/// One task's standing.
pub(super) struct Standing {
    /// What the task cannot do while the store refuses.
    what: &'static str,
    refused: bool,
}

/// The store has ended, which it does by itself only where something is badly wrong.
pub(super) struct StoreEnded;

impl Standing {
    /// `what` completes the sentences "… stopped: the store refuses" and "… again".
    pub(super) fn new(what: &'static str) -> Standing {
        Standing { what, refused: false }
    }

    /// Notes how the store answered. What it answered, if it did.
    pub(super) fn judge<T>(&mut self, answer: store::Result<T>) -> Result<Option<T>, StoreEnded> {
        match answer {
            Ok(value) => {
                if std::mem::take(&mut self.refused) {
                    tracing::info!(what = self.what, "the store works again");
                }
                Ok(Some(value))
            }
            Err(Error::Closed) => Err(StoreEnded),
            Err(error) => {
                // The store itself says that the disk is full, once for all tasks.
                if !std::mem::replace(&mut self.refused, true) && !matches!(error, Error::Full { .. }) {
                    tracing::error!(what = self.what, reason = %error, "the store refuses; trying again");
                }
                Ok(None)
            }
        }
    }
}
