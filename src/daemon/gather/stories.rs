//! Stories: matched entries are placed, in the order in which they came, and that is kept before anybody is
//! told of them.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock;
use crate::daemon::{Active, Shared};
use crate::store::{self, Grouped, Novelty, Place, Placed, Store};
use crate::story::short::{Repeats, is_short};
use crate::story::{Article, Grouper};

/// Entries that are read, grouped and kept together.
const BATCH: usize = 500;

/// The grouper and what it said that is not kept yet.
#[derive(Default)]
pub(super) struct Stories {
    /// None until the first entry, and after something went wrong.
    known: Option<Known>,
    unkept: Vec<Placed>,
}

/// The stories of the window.
struct Known {
    window: Duration,
    grouper: Grouper,
    repeats: Repeats,
}

impl Stories {
    /// Places every matched entry that has no place yet; none where stories are off.
    pub(super) async fn place<S: Store>(&mut self, shared: &Shared<S>, active: &Active) -> store::Result<()> {
        let settings = &active.config.stories;
        if !settings.enabled {
            self.known = None;
            return Ok(());
        }
        loop {
            if !self.unkept.is_empty() {
                shared.store.place(self.unkept.clone(), clock::now()).await?;
                self.unkept.clear();
            }
            let entries = shared.store.unplaced(BATCH).await?;
            if entries.is_empty() {
                return Ok(());
            }
            let known = match self.known.take() {
                Some(known) if known.window == settings.window => known,
                _ => restored(shared, active, settings.window).await?,
            };
            self.group(known, entries, active).await;
        }
    }

    async fn group(&mut self, mut known: Known, entries: Vec<Grouped>, active: &Active) {
        let unplaced: Vec<Placed> = entries.iter().map(|entry| alone(entry.entry)).collect();
        let since = clock::before(clock::now(), known.window);
        let outlets = outlets(&entries, active);
        let work = move || {
            let place = |(entry, outlet): (&Grouped, &String)| {
                // The story of an older one, if it had one, is past.
                if entry.fetched >= since { known.place(entry, outlet) } else { alone(entry.entry) }
            };
            (entries.iter().zip(&outlets).map(place).collect::<Vec<_>>(), known)
        };
        match tokio::task::spawn_blocking(work).await {
            Ok((mut placed, known)) => {
                for placed in &mut placed {
                    call(&mut placed.novelty.names, active);
                }
                (self.unkept, self.known) = (placed, Some(known));
            }
            Err(_) => {
                tracing::error!("grouping failed unexpectedly; these entries stand alone; please report it");
                self.unkept = unplaced;
            }
        }
    }
}

/// What was placed within the window before.
async fn restored<S: Store>(shared: &Shared<S>, active: &Active, window: Duration) -> store::Result<Known> {
    let since = clock::before(clock::now(), window);
    let (mut known, mut after) = (Known::new(window), i64::MIN);
    loop {
        let entries = shared.store.placed(since, after, BATCH).await?;
        let Some(last) = entries.last() else { return Ok(known) };
        after = last.entry;
        let outlets = outlets(&entries, active);
        let work = move || {
            entries.iter().zip(&outlets).for_each(|(entry, outlet)| known.restore(entry, outlet));
            known
        };
        known = match tokio::task::spawn_blocking(work).await {
            Ok(known) => known,
            Err(_) => {
                tracing::error!(
                    "the stories of late could not be restored; they begin anew; please report it"
                );
                return Ok(Known::new(window));
            }
        };
    }
}

/// Entities are told by their names.
fn call(names: &mut [String], active: &Active) {
    for name in names {
        if let Some(called) = active.rules.called(name) {
            called.clone_into(name);
        }
    }
}

/// Who published each entry.
fn outlets(entries: &[Grouped], active: &Active) -> Vec<String> {
    entries.iter().map(|entry| active.outlet(&entry.feed).to_owned()).collect()
}

impl Known {
    fn new(window: Duration) -> Known {
        Known { window, grouper: Grouper::new(window), repeats: Repeats::new(window) }
    }

    fn place(&mut self, entry: &Grouped, outlet: &str) -> Placed {
        let article = article(entry, outlet, self.window);
        if is_short(&article) {
            return match self.repeats.place(entry.entry, &article) {
                None => alone(entry.entry),
                Some(first) => {
                    let place = Place { story: first, copy_of: Some(first) };
                    Placed { entry: entry.entry, place, novelty: Novelty::default() }
                }
            };
        }
        let placement = self.grouper.place(entry.entry, &article);
        let place = Place { story: placement.story, copy_of: placement.copy_of };
        let news = placement.news;
        let novelty = Novelty { names: news.names, numbers: news.numbers, outlet: news.independent };
        Placed { entry: entry.entry, place, novelty }
    }

    fn restore(&mut self, entry: &Grouped, outlet: &str) {
        let article = article(entry, outlet, self.window);
        if is_short(&article) {
            self.repeats.place(entry.entry, &article);
        } else if let Some(Place { story, copy_of }) = entry.place {
            self.grouper.restore(entry.entry, &article, story, copy_of);
        }
    }
}

fn alone(entry: i64) -> Placed {
    let place = Place { story: entry, copy_of: None };
    Placed { entry, place, novelty: Novelty { outlet: Some(1), ..Novelty::default() } }
}

fn article<'a>(entry: &'a Grouped, outlet: &'a str, window: Duration) -> Article<'a> {
    let time = time(entry.published, entry.fetched, window);
    Article { outlet, time, title: &entry.title, body: &entry.text, names: &entry.entities }
}

/// What a feed says of the time counts where it lies within the window before the entry came.
fn time(published: Option<Timestamp>, fetched: Timestamp, window: Duration) -> Timestamp {
    let earliest = clock::before(fetched, window);
    published.filter(|published| (earliest..=fetched).contains(published)).unwrap_or(fetched)
}
