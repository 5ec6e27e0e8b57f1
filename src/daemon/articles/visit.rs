//! One article: fetch its page, find its text, match both.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use crate::clock;
use crate::config;
use crate::daemon::Active;
use crate::daemon::findings::Findings;
use crate::feed::{self, article};
use crate::fetch::Document;
use crate::fetch::pages::Missing;
use crate::logging::{guarded, safe};
use crate::rules::Scratch;
use crate::rules::limit::Origin;
use crate::store::{Article, Owed, Page};

/// After so long an entry goes without its article.
const GIVE_UP: Duration = Duration::from_hours(24);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_hours(6);
/// How long finding the text of a page is waited for.
const EXTRACTION: Duration = Duration::from_secs(20);
/// Pages whose text is looked for at once: it takes a thread each, and memory.
static EXTRACTORS: Semaphore = Semaphore::const_new(2);

/// All that a visit needs.
pub(super) struct Visit {
    pub(super) active: Arc<Active>,
    pub(super) owed: Owed,
}

impl Visit {
    /// What came of it. An error is a reason; the entry counts all the same.
    pub(super) async fn run(self) -> Article {
        let entry = self.owed.entry;
        let page = match self.active.feed(&self.owed.feed).filter(|feed| feed.full_text).cloned() {
            Some(feed) => self.ask(feed).await,
            None => Page::Failed("the config does not ask for it any more".into()),
        };
        Article { entry, at: clock::now(), page }
    }

    async fn ask(self, feed: config::Feed) -> Page {
        let Ok(url) = Url::parse(&self.owed.url) else { return Page::Failed("it has no address".into()) };
        if url.path() == "/" && url.query().is_none() {
            return Page::Failed("its address is the front page of a site".into());
        }
        let (id, entry) = (feed.id.clone(), self.owed.entry);
        let page = match self.active.pages.get(&url).await {
            Ok(document) => self.read(document, url, feed).await,
            Err(missing) => self.missing(&missing),
        };
        let (what, reason) = match &page {
            Page::Had { .. } => ("had", ""),
            Page::Later { reason, .. } => ("put off", reason.as_str()),
            Page::Failed(reason) => ("given up", reason.as_str()),
        };
        tracing::debug!(feed = id, entry, what, reason = %safe(reason), "article");
        page
    }

    fn missing(&self, missing: &Missing) -> Page {
        let (reason, now) = (missing.to_string(), clock::now());
        let interval = self.active.config.fetch.interval;
        let pause = interval.saturating_mul(1 << self.owed.attempts.min(16)).min(LONGEST_PAUSE.max(interval));
        let until = clock::after(now, missing.retry_after().unwrap_or_default().max(pause));
        if missing.may_pass() && until <= clock::after(self.owed.since, GIVE_UP) {
            Page::Later { until, reason }
        } else {
            Page::Failed(reason)
        }
    }

    /// On a thread of its own: a page may take a second. It is of bounded shape, so that the thread ends.
    async fn read(self, document: Document, url: Url, feed: config::Feed) -> Page {
        let Ok(place) = EXTRACTORS.acquire().await else { return Page::Failed("it cannot be read".into()) };
        let reading = tokio::task::spawn_blocking(move || {
            let _place = place;
            let html = feed::page(&document.body, document.content_type.as_deref());
            let place = document.url.as_ref().unwrap_or(&url).as_str();
            // Its rules were written for pages that people made.
            let text = guarded(|| article::text(&html, place));
            drop(html);
            match text {
                Some(Some(text)) => self.matched(&text, &feed),
                Some(None) => Page::Failed("the page holds no article".into()),
                None => Page::Failed("its page broke the reader".into()),
            }
        });
        match tokio::time::timeout(EXTRACTION, reading).await {
            Ok(Ok(page)) => page,
            Ok(Err(_)) => Page::Failed("it broke the reader".into()),
            Err(_) => Page::Failed("its page took too long to read".into()),
        }
    }

    /// The rules run on both texts together; those that held before are told already.
    fn matched(self, found: &str, feed: &config::Feed) -> Page {
        let Owed { title, text: before, language, rules, .. } = self.owed;
        let text = article::joined(&before, found);
        let origin = Origin {
            feed: &feed.id,
            tags: &feed.tags,
            language: language.as_deref(),
            title: &title,
            text: &text,
        };
        let Findings { matches, entities, words } =
            self.active.rules.findings(&origin, &mut Scratch::default());
        let fresh = matches.iter().map(|matched| matched.rule.as_str());
        let alerts =
            self.active.people.audience.of(fresh.filter(|rule| !rules.iter().any(|held| held == rule)));
        Page::Had { title, before, text, words, entities, matches, alerts }
    }
}
