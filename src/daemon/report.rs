//! The operator's mail: feeds that deserve a look in, one message a day at most out.
//!
//! What is to be told stands in the store, and so does when a message was last made, so that a restart
//! neither repeats nor hastens anything. The message goes the way of all others from there.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::{STORE_PAUSE, Shared, at};
use crate::alert;
use crate::clock;
use crate::logging::safe;
use crate::mail::message::{self, Rendered, Report};
use crate::store::{self, NewMessage, Store};

/// Between two messages.
const DAY: Duration = Duration::from_hours(24);
/// What fails together is told together: after the first warning, others are waited for.
const TOGETHER: Duration = Duration::from_secs(10);

/// Tells the operator until the daemon ends.
pub(super) async fn run<S: Store>(mut shared: Shared<S>) {
    let mut wake = Some(Instant::now() + TOGETHER);
    loop {
        tokio::select! {
            // The one that is waited for already is soon enough, or a day after the last.
            () = shared.bells.warned.notified(), if wake.is_none() => wake = Some(Instant::now() + TOGETHER),
            () = at(wake) => {
                wake = match once(&shared).await {
                    Ok(next) => next,
                    Err(error) => {
                        tracing::debug!(%error, "the operator cannot be told now");
                        Some(Instant::now() + STORE_PAUSE)
                    }
                };
            }
            _ = shared.active.changed() => wake = Some(Instant::now() + TOGETHER),
            () = shared.stop.cancelled() => return,
        }
    }
}

/// Makes a message of what the operator was not told of, if there is something and the last one is a day
/// old; else when that will be.
pub(super) async fn once<S: Store>(shared: &Shared<S>) -> store::Result<Option<Instant>> {
    let active = shared.active();
    let Some(to) = &active.config.alerts.operator else { return Ok(None) };
    let (mut feeds, last) = shared.store.untold().await?;
    feeds.retain(|untold| active.feed(&untold.feed).is_some());
    let now = clock::now();
    let next = last.map(|last| clock::after(last, DAY)).filter(|next| *next > now);
    match next {
        _ if feeds.is_empty() => return Ok(None),
        Some(next) => return Ok(Some(clock::instant_of(next, DAY))),
        None => {}
    }
    let from = &active.config.smtp.from;
    let report = Report { from, to, feeds: &feeds, created: now, id: Uuid::new_v4() };
    let Rendered { message_id, subject, bytes, flaws } = match message::report(
        &report,
        &active.config.mail.templates,
    ) {
        Ok(rendered) => rendered,
        Err(error) => {
            tracing::error!(reason = %safe(&error.to_string()), "the message to the operator could not be made");
            return Ok(Some(Instant::now() + DAY));
        }
    };
    super::tell_flaws(&flaws);
    let (subscriber, tells) = (alert::name(to), Vec::new());
    let message = NewMessage { subscriber, message_id, subject, bytes, tells, created: now };
    let count = feeds.len();
    shared.store.report(message, feeds).await?;
    tracing::info!(feeds = count, "message to the operator made");
    shared.bells.due.notify_one();
    Ok(None)
}
