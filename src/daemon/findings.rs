//! The compiled rules of a config, and what they find in an entry, in the store's words.

use std::collections::HashMap;
use std::time::Instant;

use crate::config;
use crate::metrics::Metrics;
use crate::rules::limit::{Limits, Origin};
use crate::rules::{Document, Found, RuleSet, Scratch, Span};
use crate::store;
use crate::text::key;

/// The compiled rules.
#[derive(Debug)]
pub struct Rules {
    set: RuleSet,
    /// In the order of the config.
    ids: Vec<String>,
    /// By rule: those that are not meant for every entry.
    limits: HashMap<usize, Box<Limits>>,
    /// Ids, in the order of the config.
    entities: Vec<String>,
    /// By id: the first name of each entity.
    called: HashMap<String, String>,
}

/// What was found in an entry, in the store's words.
#[derive(Debug, Default)]
pub struct Findings {
    /// The rules that hold and are meant for it.
    pub matches: Vec<store::Match>,
    /// The ids of the entities that it names.
    pub entities: Vec<String>,
    /// Under which words it is found.
    pub words: String,
}

impl Rules {
    /// Compiles what a config says of matching.
    pub fn compile(matching: config::Matching) -> Rules {
        let set = RuleSet::compile(&matching.rules, &matching.entities);
        let mut ids = Vec::with_capacity(matching.rules.len());
        let mut limits = HashMap::new();
        for (place, rule) in matching.rules.into_iter().enumerate() {
            ids.push(rule.id);
            limits.extend(rule.limits.map(|limit| (place, limit)));
        }
        let called = (matching.entities.iter())
            .filter_map(|entity| Some((entity.id.clone(), entity.names.first()?.written().to_owned())))
            .collect();
        let entities = matching.entities.into_iter().map(|entity| entity.id).collect();
        Rules { set, ids, limits, entities, called }
    }

    /// What people call an entity, by its id.
    pub(super) fn called(&self, entity: &str) -> Option<&str> {
        self.called.get(entity).map(String::as_str)
    }

    /// In the order of the config.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.ids.len()
    }

    /// The rules that hold for an entry and are meant for it.
    pub fn holding<'s>(
        &'s self,
        origin: &'s Origin<'_>,
        scratch: &'s mut Scratch,
    ) -> impl Iterator<Item = &'s str> {
        let found = self.set.find(document(origin), scratch);
        let meant = |rule: &usize| self.limits.get(rule).is_none_or(|limit| limit.admit(origin));
        found.iter().map(|(rule, _)| rule).filter(meant).map(|rule| self.ids[rule].as_str())
    }

    /// What an entry names, and the rules that hold for it.
    pub fn findings(&self, origin: &Origin<'_>, scratch: &mut Scratch) -> Findings {
        self.meant(origin, self.set.find(document(origin), scratch))
    }

    /// The same; of some documents it is counted how long each rule takes.
    pub fn findings_timed(&self, origin: &Origin<'_>, scratch: &mut Scratch, metrics: &Metrics) -> Findings {
        if !metrics.is_sample() {
            return self.findings(origin, scratch);
        }
        let mut last = Instant::now();
        let lap = |rule: Option<usize>| {
            let before = std::mem::replace(&mut last, Instant::now());
            if let Some(rule) = rule {
                metrics.spent(&self.ids[rule], last - before);
            }
        };
        self.meant(origin, self.set.find_by_laps(document(origin), scratch, lap))
    }

    fn meant(&self, origin: &Origin<'_>, found: Found<'_>) -> Findings {
        let meant =
            |&(rule, _): &(usize, &[Span])| self.limits.get(&rule).is_none_or(|limit| limit.admit(origin));
        Findings {
            matches: found.iter().filter(meant).map(|(rule, spans)| self.stored(rule, spans)).collect(),
            entities: found.entities().map(|entity| self.entities[entity].clone()).collect(),
            words: key::all(found.words()),
        }
    }

    fn stored(&self, rule: usize, spans: &[Span]) -> store::Match {
        let spans = (spans.iter())
            .map(|span| store::Span {
                field: span.field,
                start: span.start,
                end: span.end,
                term: self.set.term(span.term).to_owned(),
            })
            .collect();
        store::Match { rule: self.ids[rule].clone(), spans }
    }
}

fn document<'a>(origin: &Origin<'a>) -> Document<'a> {
    Document { title: origin.title, body: origin.text }
}
