//! The config in force, with all that is made from it once: the compiled rules, the HTTP client,
//! who asked for what.

use std::collections::HashMap;

use crate::alert::{self, Audience};
use crate::config::{self, Config};
use crate::fetch::client::Fetcher;
use crate::mail::message::Names;
use crate::rules::{Document, Match, RuleSet, Scratch};
use crate::store;

/// What the tasks work by. Replaced as a whole by a reload; whoever holds it finishes by it.
pub struct Active {
    /// As meant, without the rules, which are compiled.
    pub(super) config: Config,
    pub(super) fetcher: Fetcher,
    pub(super) rules: Rules,
    pub(super) names: Names,
    pub(super) audience: Audience,
    feeds: HashMap<String, usize>,
    subscribers: HashMap<String, usize>,
}

/// The compiled rules.
#[derive(Debug)]
pub(super) struct Rules {
    set: RuleSet,
    /// In the order of the config.
    ids: Vec<String>,
}

impl Active {
    /// Compiles the rules and builds the client, or takes over that of `before` with its open
    /// connections where its settings are the same. Opens none itself. The error is one line.
    pub fn new(mut config: Config, before: Option<&Active>) -> Result<Active, String> {
        let names = Names::new(&config.matching.rules, &config.feeds);
        let rules = Rules::compile(std::mem::take(&mut config.matching));
        let fetcher = match before.filter(|before| before.config.fetch == config.fetch) {
            Some(before) => before.fetcher.clone(),
            None => Fetcher::new(&config.fetch).map_err(|error| error.to_string())?,
        };
        let feeds = config.feeds.iter().enumerate().map(|(place, feed)| (feed.id.clone(), place)).collect();
        let subscribers = (config.subscribers.iter().enumerate())
            .map(|(place, subscriber)| (alert::name(&subscriber.email), place))
            .collect();
        let audience = Audience::new(&config.subscribers);
        Ok(Active { config, fetcher, rules, names, audience, feeds, subscribers })
    }

    pub(super) fn feed(&self, id: &str) -> Option<&config::Feed> {
        self.feeds.get(id).map(|&place| &self.config.feeds[place])
    }

    /// By the name that [`alert::name`] gives.
    pub(super) fn subscriber(&self, name: &str) -> Option<&config::Subscriber> {
        self.subscribers.get(name).map(|&place| &self.config.subscribers[place])
    }
}

impl Rules {
    fn compile(matching: config::Matching) -> Rules {
        let set = RuleSet::compile(&matching.rules, &matching.entities);
        Rules { set, ids: matching.rules.into_iter().map(|rule| rule.id).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The rules that hold for an entry, in the store's words.
    pub(super) fn matches(&self, title: &str, text: &str, scratch: &mut Scratch) -> Vec<store::Match> {
        let hits = self.set.matches(Document { title, body: text }, scratch);
        hits.into_iter().map(|hit| self.stored(&hit)).collect()
    }

    fn stored(&self, hit: &Match) -> store::Match {
        let spans = (hit.spans.iter())
            .map(|span| store::Span {
                field: span.field,
                start: span.start,
                end: span.end,
                term: self.set.term(span.term).to_owned(),
            })
            .collect();
        store::Match { rule: self.ids[hit.rule].clone(), spans }
    }
}
