//! What delivery and the store tell one another: one turn at a time, each with all that has ended since the
//! last one and with as much new work as there is room for.

use super::{Desk, Done, STORE_PAUSE};
use crate::clock;
use crate::store::{self, Attempt, Message, Outcome, Store, Taken, Turn};

use std::collections::HashMap;

use jiff::Timestamp;
use tokio::time::Instant;

/// Messages that are taken up and not recorded; each is held in memory meanwhile.
const WINDOW: usize = 128;

/// Of these, for one subscriber.
const WINDOW_OF_ONE: usize = 32;

/// Answers that the store has not taken yet before nothing more is sent: a kill would repeat them.
const BEHIND: usize = 32;

/// What the store is yet to be told.
pub(super) struct Books {
    /// Whether it was never asked.
    first: bool,
    ended: Vec<Attempt>,
    back: Vec<i64>,
    /// What grew too old behind a relay that cannot be used.
    pub(super) outlived: Option<(Timestamp, String)>,
    /// Whether it was asked for messages of some subscribers only, others having enough under way.
    crowded: bool,
    /// What it is being told.
    telling: Option<Turn>,
}

impl Default for Books {
    fn default() -> Books {
        Books {
            first: true,
            ended: Vec::new(),
            back: Vec::new(),
            outlived: None,
            crowded: false,
            telling: None,
        }
    }
}

impl Books {
    pub(super) fn note(&mut self, attempt: Attempt) {
        self.ended.push(attempt);
    }

    /// Whether one message less under way may mean that the store has more to give.
    pub(super) fn less_crowded(&mut self) -> bool {
        std::mem::take(&mut self.crowded)
    }

    pub(super) fn give_back(&mut self, messages: impl Iterator<Item = i64>) {
        self.back.extend(messages);
    }

    /// Whether so much is unrecorded that nothing more should be sent.
    pub(super) fn behind(&self) -> bool {
        self.ended.len() + self.telling.as_ref().map_or(0, |turn| turn.ended.len()) >= BEHIND
    }

    /// The store did not take what it was told.
    pub(super) fn refused(&mut self) {
        if let Some(turn) = self.telling.take() {
            self.ended.splice(0..0, turn.ended);
            self.back.splice(0..0, turn.back);
        }
    }

    /// All that is left to tell. What is being told already is told again: to record is to record once.
    pub(super) fn last(&mut self) -> Option<Turn> {
        self.refused();
        let turn = self.open(0, Vec::new());
        (!turn.only_takes()).then_some(turn)
    }

    fn open(&mut self, take: usize, except: Vec<String>) -> Turn {
        let (ended, back) = (std::mem::take(&mut self.ended), std::mem::take(&mut self.back));
        Turn { first: self.first, ended, back, outlived: self.outlived.clone(), take, except }
    }

    fn nothing_to_tell(&self) -> bool {
        !self.first && self.ended.is_empty() && self.back.is_empty() && self.outlived.is_none()
    }
}

impl<S: Store> Desk<S> {
    /// Begins a turn where none is under way and there is something to tell, or enough to ask for.
    pub(super) fn turn(&mut self) {
        let window = match (&self.resume, self.relay.failures()) {
            (Some(_), _) => 0,
            (None, 0) => WINDOW,
            (None, _) => 1,
        };
        let room = window.saturating_sub(self.ready.len() + self.under_way.len());
        let take = if self.dry { 0 } else { room };
        let enough = take > 0 && (self.ready.is_empty() || take >= window / 2);
        if self.books.telling.is_some() || (self.books.nothing_to_tell() && !enough) {
            return;
        }
        let mut except = self.crowded();
        except.extend(self.active.suspended().cloned());
        let turn = self.books.open(take, except);
        self.books.telling = Some(turn.clone());
        self.dry |= take > 0;
        let (store, longest) = (self.shared.store.clone(), self.longest());
        self.tasks.spawn(async move {
            let now = clock::now();
            let turned = async {
                let taken = store.turn(now, turn).await?;
                let next = if taken.messages.is_empty() { store.next_attempt(now).await? } else { None };
                Ok((taken, next.map(|next| clock::instant_of(next, longest))))
            };
            Done::Turned(turned.await)
        });
    }

    /// Subscribers of whose messages enough are taken up.
    fn crowded(&self) -> Vec<String> {
        let mut of: HashMap<&str, usize> = HashMap::new();
        let under_way = self.under_way.values().map(|task| &*task.message);
        for Message { subscriber, .. } in self.ready.iter().chain(under_way) {
            *of.entry(subscriber).or_default() += 1;
        }
        of.retain(|_, messages| *messages >= WINDOW_OF_ONE);
        of.into_keys().map(str::to_owned).collect()
    }

    pub(super) fn turned(&mut self, turned: store::Result<(Taken, Option<Instant>)>) -> store::Result<()> {
        let (taken, next) = match turned {
            Ok(turned) => turned,
            Err(error) => {
                self.books.refused();
                self.dry = false;
                self.refused = Some(Instant::now() + STORE_PAUSE);
                return Err(error);
            }
        };
        self.refused = None;
        self.books.first = false;
        let Some(told) = self.books.telling.take() else { return Ok(()) };
        if told.outlived.is_some() && taken.outlived == 0 {
            self.books.outlived = None;
        }
        if told.ended.iter().any(|attempt| matches!(attempt.outcome, Outcome::Refused(_))) {
            self.shared.bells.chosen.notify_one();
        }
        log(&taken);
        // There may be more where there was some, and what was given back is there again.
        self.dry &= taken.messages.is_empty() && !told.gives_back();
        if told.take > 0 && taken.messages.is_empty() {
            self.next = [self.next, next].into_iter().flatten().min();
            self.books.crowded = told.except.iter().any(|name| !self.active.is_suspended(name));
        }
        self.ready.extend(taken.messages);
        if self.resume.is_some() {
            self.put_back();
        }
        Ok(())
    }

    /// Gives back to the store what was taken up and not begun.
    pub(super) fn put_back(&mut self) {
        self.books.give_back(self.ready.drain(..).map(|message| message.id));
    }
}

fn log(taken: &Taken) {
    if taken.interrupted > 0 {
        tracing::warn!(
            messages = taken.interrupted,
            "the last run ended while messages were under way; they are due again"
        );
    }
    if taken.outlived > 0 {
        tracing::error!(
            messages = taken.outlived,
            "messages failed for good: they grew too old behind the relay"
        );
    }
}
