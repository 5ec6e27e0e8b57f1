//! The config in force, with all that is made from it once: the compiled rules, the HTTP client,
//! who asked for what.

use std::collections::HashMap;
use std::sync::Arc;

use super::findings::Rules;
use crate::alert::{self, People, Severities, choices};
use crate::config::{self, Config};
use crate::fetch::client::Fetcher;
use crate::fetch::host::Hosts;
use crate::fetch::pages::Pages;
use crate::links::Links;
use crate::mail::message::Names;
use crate::rules;
use crate::store::Roll;

/// What the tasks work by. Replaced as a whole by a reload, or where somebody chooses something; whoever
/// holds it finishes by it. Cheap to clone.
#[derive(Clone)]
pub struct Active {
    /// As meant, without the rules, which are compiled.
    pub(super) config: Arc<Config>,
    pub(super) fetcher: Fetcher,
    pub(super) hosts: Hosts,
    pub(super) pages: Pages,
    pub(super) rules: Arc<Rules>,
    pub(super) names: Arc<Names>,
    /// Of the rules that matter more or less than usual.
    severities: Severities,
    /// What signs links; known once the store is asked.
    key: Option<[u8; 32]>,
    /// The links in mails, where there is an address for them.
    pub(super) links: Option<Arc<Links>>,
    /// Who is written to.
    pub(super) people: Arc<People>,
    /// Id and title of each rule, where people may sign up for them.
    pub(super) offered: Arc<[(String, String)]>,
    feeds: Arc<HashMap<String, usize>>,
}

impl Active {
    /// Compiles the rules and builds the client, or takes over that of `before` with its open
    /// connections where its settings are the same. Opens none itself. Of what subscribers chose it
    /// knows what `before` knew. The error is one line.
    pub fn new(mut config: Config, before: Option<&Active>) -> Result<Active, String> {
        if let Some(reason) = config.smtp.unready() {
            return Err(reason);
        }
        let names = Names::new(&config.matching.rules, &config.feeds);
        let offered = if config.http.signup { offered(&config.matching.rules) } else { Arc::default() };
        let severities = alert::severities(&config.matching.rules);
        let rules = Rules::compile(std::mem::take(&mut config.matching));
        let (fetcher, hosts, pages) = match before.filter(|before| before.config.fetch == config.fetch) {
            Some(before) => (before.fetcher.clone(), before.hosts.clone(), before.pages.clone()),
            None => {
                let fetcher = Fetcher::new(&config.fetch).map_err(|error| error.to_string())?;
                let hosts = Hosts::new(&config.fetch);
                let pages = Pages::new(&fetcher, hosts.clone(), &config.fetch);
                (fetcher, hosts, pages)
            }
        };
        let feeds = config.feeds.iter().enumerate().map(|(place, feed)| (feed.id.clone(), place)).collect();
        let roll = before.map(|before| Arc::clone(&before.people.roll)).unwrap_or_default();
        let active = Active {
            config: Arc::new(config),
            fetcher,
            hosts,
            pages,
            rules: Arc::new(rules),
            names: Arc::new(names),
            offered,
            severities,
            key: None,
            links: None,
            people: Arc::default(),
            feeds: Arc::new(feeds),
        };
        Ok(active.with(roll).signing(before.and_then(|before| before.key)))
    }

    /// The same, with the key that signs links.
    #[must_use]
    pub(super) fn signing(self, key: Option<[u8; 32]>) -> Active {
        let links = key.zip(self.config.http.public_url.as_ref());
        let links = links.map(|(key, public_url)| Arc::new(Links::new(public_url, key)));
        Active { key, links, ..self }
    }

    /// The same, by what subscribers chose and who signed up.
    #[must_use]
    pub(super) fn with(&self, roll: Arc<Roll>) -> Active {
        let people = People::new(&self.config.subscribers, roll, Arc::clone(&self.severities));
        Active { people: Arc::new(people), ..self.clone() }
    }

    pub(super) fn feed(&self, id: &str) -> Option<&config::Feed> {
        self.feeds.get(id).map(|&place| &self.config.feeds[place])
    }

    /// Who publishes a feed: feeds with one title in the config are one outlet.
    pub(super) fn outlet<'a>(&'a self, feed: &'a str) -> &'a str {
        self.feed(feed).and_then(|feed| feed.title.as_deref()).unwrap_or(feed)
    }

    /// Whether an address was refused for so long that nothing is sent there; what is in the outbox waits.
    pub(super) fn is_suspended(&self, name: &str) -> bool {
        self.people.choices(name).is_some_and(|choices| choices.suspended.is_some())
    }

    /// All of those.
    pub(super) fn suspended(&self) -> impl Iterator<Item = &String> {
        self.people.roll.choices.keys().filter(|name| self.is_suspended(name))
    }

    /// Why a message that is made for this name is not to be sent; `None` where it is: to subscribers,
    /// to who is asked to confirm that they sign up, to the operator.
    pub(super) fn unwanted(&self, name: &str) -> Option<&'static str> {
        let operator = self.config.alerts.operator.as_ref();
        if operator.is_some_and(|operator| alert::name(operator) == name)
            || self.people.roll.asked.contains(name)
        {
            return None;
        }
        if self.people.subscriber(name).is_none() {
            return Some("no longer a subscriber");
        }
        let choices = self.people.choices(name);
        choices.is_some_and(|choices| choices.unsubscribed.is_some()).then_some(choices::UNSUBSCRIBED)
    }
}

fn offered(rules: &[rules::Rule]) -> Arc<[(String, String)]> {
    let titled =
        |rule: &rules::Rule| (rule.id.clone(), rule.title.clone().unwrap_or_else(|| rule.id.clone()));
    rules.iter().map(titled).collect()
}
