//! How delivery takes leave: of a relay that there is nothing for, and when the daemon is asked to end.

use std::time::Duration;

use super::{Desk, Done, UnderWay};
use crate::clock;
use crate::store::{Outcome, Store};

/// How long a dialogue that has begun may go on when the daemon is asked to end.
const FINISH: Duration = Duration::from_secs(3);

impl<S: Store> Desk<S> {
    /// Takes leave of the relay on every connection without work.
    pub(super) fn leave(&mut self) {
        for mut mailer in self.idle.drain(..) {
            self.tasks.spawn(async move {
                mailer.close().await;
                Done::Left
            });
        }
    }

    /// Lets the dialogues that have begun come to their end, for a while, and records it.
    pub(super) async fn finish(mut self) {
        let dialogues = async {
            while let Some(done) = self.tasks.join_next_with_id().await {
                let _ = self.done(done); // what the store refuses is tried once more below
            }
        };
        let _ = tokio::time::timeout(FINISH, dialogues).await;
        for UnderWay { message, .. } in std::mem::take(&mut self.under_way).into_values() {
            self.note(message.id, Outcome::Untaken("rasid was asked to end meanwhile".into()));
        }
        self.books.give_back(self.ready.drain(..).map(|message| message.id));
        self.tasks.abort_all();
        self.leave();
        if let Some(last) = self.books.last()
            && let Err(error) = self.shared.store.turn(clock::now(), last).await
        {
            tracing::error!(%error, "accepted messages could not be recorded and will be sent again, the same to the byte");
        }
        while self.tasks.join_next().await.is_some() {}
    }
}
