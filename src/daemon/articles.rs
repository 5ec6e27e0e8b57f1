//! Whole articles: the entries of feeds with `full_text` that owe theirs in, what the articles match out.
//!
//! An entry is committed and alerted first; its article follows in a commit of its own. What is owed
//! stands in the store, so that a restart goes on where the last one ended. One page of a feed is asked
//! for at a time, and those of a feed's first poll are kept together, so that they share a message, for
//! which the poll's own alerts wait a while (`alert::digest`).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use self::visit::Visit;
use super::pulse::{self, Pulse};
use super::standing::{Standing, StoreEnded};
use super::{STORE_PAUSE, Shared, at};
use crate::clock;
use crate::store::{self, Article, Page, Store};

mod visit;

/// Feeds whose articles are asked for at one time.
const AT_ONCE: usize = 8;
/// Articles of one first poll that are kept together, and bytes of them.
const MOST_KEPT: usize = 100;
const MOST_BYTES: usize = 4 << 20;
/// No plan reaches farther; a stored time beyond it was stored under another clock.
const LONGEST: Duration = Duration::from_hours(24);
/// How long a round by hand waits for articles; the rest stays owed.
const ROUND: Duration = Duration::from_mins(2);

/// Asks for articles until the daemon ends.
pub(super) async fn run<S: Store>(shared: Shared<S>, mut pulse: Pulse) {
    let mut desk = Desk::new(shared.clone());
    let mut active = shared.active.clone();
    loop {
        let begun = pulse::during(&mut pulse, desk.begin()).await;
        let Ok(wake) = begun else { return };
        tokio::select! {
            Some(ended) = desk.asking.join_next() => {
                if pulse::during(&mut pulse, desk.ended(ended)).await.is_err() {
                    return;
                }
            }
            () = shared.bells.owed.notified() => {}
            () = at(wake) => {}
            () = pulse::answer(&mut pulse) => {}
            _ = active.changed() => {}
            () = shared.stop.cancelled() => return desk.asking.shutdown().await,
        }
    }
}

/// Asks once for every article that may be asked for now.
pub(super) async fn once<S: Store>(shared: &Shared<S>) -> store::Result<()> {
    let mut desk = Desk::new(shared.clone());
    let all = async {
        while desk.begin().await.is_ok() && !desk.asking.is_empty() {
            if let Some(ended) = desk.asking.join_next().await
                && desk.ended(ended).await.is_err()
            {
                break;
            }
        }
    };
    match tokio::time::timeout(ROUND, all).await {
        Ok(()) => Ok(()),
        Err(_) => desk.flush_all().await,
    }
}

/// What is under way and what is kept back.
struct Desk<S> {
    shared: Shared<S>,
    asking: JoinSet<Asked>,
    /// By feed: the entry that is asked for.
    under_way: HashMap<String, i64>,
    /// By feed: articles of a first poll that wait for the others.
    kept: HashMap<String, Vec<Article>>,
    /// The feed that was served last, so that each has its turn.
    latest: String,
    standing: Standing,
    /// The store refused; it is left alone until then.
    pause: Option<Instant>,
}

/// An article that was asked for.
struct Asked {
    feed: String,
    first: bool,
    article: Article,
}

impl<S: Store> Desk<S> {
    fn new(shared: Shared<S>) -> Desk<S> {
        Desk {
            shared,
            asking: JoinSet::new(),
            under_way: HashMap::new(),
            kept: HashMap::new(),
            latest: String::new(),
            standing: Standing::new("fetching articles"),
            pause: None,
        }
    }

    /// Begins with what may be asked for now; when to look again.
    async fn begin(&mut self) -> Result<Option<Instant>, StoreEnded> {
        if self.pause.is_some_and(|pause| pause > Instant::now()) || self.asking.len() >= AT_ONCE {
            return Ok(self.pause);
        }
        self.pause = None;
        let kept = self.kept.values().flatten().map(|article| article.entry);
        let except: Vec<i64> = self.under_way.values().copied().chain(kept).collect();
        let owing = self.shared.store.owed(clock::now(), &except).await;
        let Some(mut owing) = self.standing.judge(owing)? else { return Ok(self.refused()) };
        owing.ready.sort_by(|a, b| (a.feed <= self.latest, &a.feed).cmp(&(b.feed <= self.latest, &b.feed)));
        let more = |feed: &String| owing.ready.iter().any(|owed| owed.feed == *feed && owed.first);
        let done: Vec<String> = self
            .kept
            .keys()
            .filter(|feed| !self.under_way.contains_key(*feed) && !more(feed))
            .cloned()
            .collect();
        let active = self.shared.active();
        for owed in owing.ready {
            if self.asking.len() < AT_ONCE && !self.under_way.contains_key(&owed.feed) {
                self.under_way.insert(owed.feed.clone(), owed.entry);
                self.latest.clone_from(&owed.feed);
                let visit = Visit { active: Arc::clone(&active), owed };
                self.asking.spawn(async move {
                    let (feed, first) = (visit.owed.feed.clone(), visit.owed.first);
                    Asked { feed, first, article: visit.run().await }
                });
            }
        }
        if !done.is_empty() {
            for feed in done {
                self.flush(&feed).await?;
            }
            // What was put off has a time now.
            return Ok(self.pause.or(Some(Instant::now())));
        }
        Ok(self.pause.or(owing.next.map(|next| clock::instant_of(next, LONGEST))))
    }

    /// Keeps what a visit brought, at once or with the others of its first poll.
    async fn ended(&mut self, ended: Result<Asked, tokio::task::JoinError>) -> Result<(), StoreEnded> {
        let Ok(Asked { feed, first, article }) = ended else {
            // Which it was is not known; all that is under way may be asked for anew.
            tracing::error!("fetching an article failed unexpectedly; please report it");
            self.asking.shutdown().await;
            self.under_way.clear();
            self.refused();
            return Ok(());
        };
        self.under_way.remove(&feed);
        let kept = self.kept.entry(feed.clone()).or_default();
        kept.push(article);
        let bytes: usize = kept.iter().map(size).sum();
        if first && kept.len() < MOST_KEPT && bytes < MOST_BYTES {
            return Ok(());
        }
        self.flush(&feed).await
    }

    async fn flush(&mut self, feed: &str) -> Result<(), StoreEnded> {
        let Some(articles) = self.kept.remove(feed) else { return Ok(()) };
        let settled = self.shared.store.settle(articles).await;
        match self.standing.judge(settled)? {
            // Also where they brought no alerts: those of a first poll have waited for them.
            Some(_) => self.shared.bells.held.notify_one(),
            // They stay owed, and are asked for anew.
            None => drop(self.refused()),
        }
        Ok(())
    }

    async fn flush_all(&mut self) -> store::Result<()> {
        let articles = self.kept.drain().flat_map(|(_, articles)| articles).collect();
        self.shared.store.settle(articles).await.map(drop)
    }

    fn refused(&mut self) -> Option<Instant> {
        self.pause = Some(Instant::now() + STORE_PAUSE);
        self.pause
    }
}

fn size(article: &Article) -> usize {
    match &article.page {
        Page::Had { title, before, text, words, .. } => title.len() + before.len() + text.len() + words.len(),
        Page::Later { reason, .. } | Page::Failed(reason) => reason.len(),
    }
}
