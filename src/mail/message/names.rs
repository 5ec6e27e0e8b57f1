//! What people call the rules and the outlets.

use std::collections::{BTreeSet, HashMap};

use super::clean::{self, Place};
use crate::config::Feed;
use crate::rules::{Rule, Severity};
use crate::store::HeldEntry;

/// Titles of rules and feeds, looked up by id; made once for a config.
#[derive(Debug, Clone, Default)]
pub struct Names {
    rules: HashMap<Box<str>, Named>,
    outlets: HashMap<String, String>,
}

/// A rule's place in the config, its title, how much it matters.
#[derive(Debug, Clone)]
struct Named {
    at: usize,
    title: Box<str>,
    severity: Severity,
}

impl Names {
    /// Of a config's rules and feeds.
    pub fn new(rules: &[Rule], feeds: &[Feed]) -> Names {
        let title = |rule: &Rule| clean::line(rule.title.as_deref().unwrap_or(&rule.id), Place::Header, 80);
        let titled = |feed: &Feed| Some((feed.id.clone(), feed.title.clone()?));
        Names {
            rules: rules
                .iter()
                .enumerate()
                .map(|(at, rule)| {
                    let named = Named { at, title: title(rule).into(), severity: rule.severity };
                    (rule.id.as_str().into(), named)
                })
                .collect(),
            outlets: feeds.iter().filter_map(titled).collect(),
        }
    }

    /// A rule's title on one line; its id where it has none, or where the config no longer knows it.
    pub fn rule<'a>(&'a self, id: &'a str) -> &'a str {
        self.rules.get(id).map_or(id, |named| &named.title)
    }

    /// The highest severity of the rules that hold for some of the entries.
    pub(super) fn severity_of<'a>(&self, entries: impl IntoIterator<Item = &'a HeldEntry>) -> Severity {
        let matches = entries.into_iter().flat_map(|entry| &entry.matches);
        let known = matches.filter_map(|matched| self.rules.get(matched.rule.as_str()));
        known.map(|named| named.severity).max().unwrap_or_default()
    }

    /// The feed's title in the config, else the one it gives itself, else its id.
    pub(super) fn outlet<'a>(&'a self, feed: &'a str, feed_title: Option<&'a str>) -> &'a str {
        let own = feed_title.filter(|title| !title.trim().is_empty());
        self.outlets.get(feed).map(String::as_str).or(own).unwrap_or(feed)
    }

    /// The place and id of the rule that comes first in the config, of all that hold for the entries.
    pub(super) fn first_rule(&self, entries: &[HeldEntry]) -> (usize, String) {
        let matches = entries.iter().flat_map(|entry| &entry.matches);
        let rules = matches.map(|matched| self.ordered(&matched.rule));
        rules.min().map_or((usize::MAX, String::new()), |(at, id)| (at, id.to_owned()))
    }

    /// The ids of all rules that hold for some of the entries, in the order of the config.
    pub(super) fn ids_of<'a>(&self, entries: impl IntoIterator<Item = &'a HeldEntry>) -> Vec<&'a str> {
        let matches = entries.into_iter().flat_map(|entry| &entry.matches);
        let ids: BTreeSet<(usize, &str)> = matches.map(|matched| self.ordered(&matched.rule)).collect();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// The titles of those rules as a list of at most `max` characters, cut between titles if it
    /// can be.
    pub(super) fn titles_of<'a>(
        &self,
        entries: impl IntoIterator<Item = &'a HeldEntry>,
        comma: &str,
        max: usize,
    ) -> String {
        let mut list = String::new();
        for id in self.ids_of(entries) {
            let title = clean::line(self.rule(id), Place::Header, max);
            let comma = if list.is_empty() { "" } else { comma };
            if list.chars().count() + comma.chars().count() + title.chars().count() + 2 > max
                && !list.is_empty()
            {
                if !list.ends_with('…') {
                    list.push_str(" …");
                }
                break;
            }
            list.push_str(comma);
            list.push_str(&title);
        }
        list
    }

    fn ordered<'a>(&self, id: &'a str) -> (usize, &'a str) {
        (self.rules.get(id).map_or(usize::MAX, |named| named.at), id)
    }
}
