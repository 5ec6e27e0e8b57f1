//! Making a message of what leaves together, and fixing its bytes in the store.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::alert;
use crate::alert::departure::Tells;
use crate::alert::telling::{Telling, Thread};
use crate::clock;
use crate::config::Subscriber;
use crate::daemon::{Active, Shared};
use crate::logging::safe;
use crate::mail::message::{self, Letter, Rendered};
use crate::metrics::Step;
use crate::store::{self, HeldEntry, NewMessage, Store, Waiting};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packed {
    /// The message waits in the outbox.
    Fixed,
    /// What was held has been told meanwhile.
    Nothing,
    /// The message could not be made; everything stays held.
    Unmade,
}

/// Makes one message of what is held for a subscriber and leaves now.
pub(super) async fn pack<S: Store>(
    shared: &Shared<S>,
    active: &Active,
    to: &Subscriber,
    tells: &Tells,
) -> store::Result<Packed> {
    let name = alert::name(&to.email);
    let created = clock::now();
    let (stories, thread) = told(shared, active, &name, tells).await?;
    if stories.is_empty() {
        return Ok(Packed::Nothing);
    }
    let entries = || stories.iter().flat_map(|story| &story.entries);
    let tells: Vec<_> = entries().map(|entry| (entry.id, rules(entry))).collect();
    let from = &active.config.smtp.from;
    let letter = Letter {
        from,
        to,
        stories: &stories,
        thread: thread.as_ref(),
        links: active.links.as_deref(),
        trial: false,
        created,
        id: Uuid::new_v4(),
    };
    let rendered = match message::render(&letter, &active.names, &active.config.mail.templates) {
        Ok(rendered) => rendered,
        Err(error) => {
            tracing::error!(reason = %safe(&error.to_string()), "a message could not be made; its alerts stay held");
            return Ok(Packed::Unmade);
        }
    };
    let entries = tells.len();
    let Rendered { message_id, subject, bytes, flaws } = rendered;
    crate::daemon::tell_flaws(&flaws);
    let message = NewMessage { subscriber: name, message_id, subject, bytes, tells, created };
    if !shared.store.enqueue(message).await? {
        return Ok(Packed::Nothing);
    }
    let told = stories.iter().flat_map(|story| &story.entries);
    told.for_each(|entry| shared.vitals.metrics.took(Step::Queued, entry.fetched, created));
    tracing::info!(entries, stories = stories.len(), follow_up = thread.is_some(), "message made");
    shared.bells.due.notify_one();
    Ok(Packed::Fixed)
}

/// The stories of a message, and the thread to which it belongs where it follows one.
async fn told<S: Store>(
    shared: &Shared<S>,
    active: &Active,
    name: &str,
    tells: &Tells,
) -> store::Result<(Vec<Telling>, Option<Thread>)> {
    let alone = !active.config.stories.enabled;
    let waiting = shared.store.waiting(name, clock::now(), alone).await?;
    let story_of = story_of(&waiting, tells);
    let asked = story_of.keys().copied().collect();
    let entries = shared.store.held_of(name, asked, message::MAX_ENTRIES).await?;
    if alone {
        return Ok((entries.into_iter().map(Telling::alone).collect(), None));
    }
    let mut held: BTreeMap<i64, Vec<HeldEntry>> = BTreeMap::new();
    for entry in entries {
        held.entry(story_of[&entry.id]).or_default().push(entry);
    }
    let stories = shared.store.stories(name, held.keys().copied().collect()).await?;
    let thread = match &stories[..] {
        [story] => Thread::of(story),
        _ => None,
    };
    let outlets = active.config.stories.outlets;
    let told = |story: &store::Story| held.remove(&story.story).map(|held| Telling::of(story, held, outlets));
    Ok((stories.iter().filter_map(told).collect(), thread))
}

/// The entries that a message tells, each with its story.
fn story_of(waiting: &Waiting, tells: &Tells) -> HashMap<i64, i64> {
    let is_told = |story: i64| match tells {
        Tells::Everything => true,
        Tells::Stories(stories) => stories.contains(&story),
    };
    let stories = waiting.stories.iter().filter(|story| is_told(story.story));
    stories.flat_map(|story| story.alerts.iter().map(|alert| (alert.entry, story.story))).collect()
}

fn rules(entry: &HeldEntry) -> Vec<String> {
    entry.matches.iter().map(|matched| matched.rule.clone()).collect()
}
