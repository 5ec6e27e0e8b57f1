//! `[[rules]]` and `[[entities]]`: handed to the rules' own parser, its findings put in their place.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::config::document::{Lost, Text};
use crate::config::keys::nearest;
use crate::config::problem::{Found, Problems, Span};
use crate::config::raw::{self, Texts};
use crate::config::value::{self, one_of};
use crate::rules::{Entity, Problem, Rule, Severity, Term, Within};

mod condition;
mod limits;
mod lint;
mod samples;

pub(super) use limits::FeedNames;
pub(in crate::config) use lint::Eye;
pub(super) use lint::tell;
pub(super) use samples::{Samples, run as run_samples};

/// Names seen so far, and those that were referred to.
#[derive(Default)]
pub(super) struct Known<'a> {
    pub(super) rules: HashMap<Cow<'a, str>, Span>,
    /// The rules that have a tag, by their ids.
    pub(super) tags: HashMap<String, Vec<String>>,
    /// Feeds and tags of feeds that rules are limited to.
    limits: Vec<limits::Reference>,
    entities: HashMap<Cow<'a, str>, Span>,
    /// Entities that rules refer to, judged when all are known.
    references: Vec<Reference>,
    /// What deserves a look though it is no error.
    pub(super) seen: lint::Seen,
}

struct Reference {
    entity: String,
    key: String,
    span: Span,
}

impl Known<'_> {
    /// Adds a problem for each entity that a rule names and nobody describes; whether there is none.
    pub(super) fn references(&self, lost: Lost, problems: &mut Problems) -> bool {
        if lost.names {
            return false;
        }
        let before = problems.len();
        for reference in &self.references {
            let name = reference.entity.as_str();
            if !self.entities.contains_key(name) {
                let near = nearest(name, self.entities.keys().map(AsRef::as_ref));
                let hint = near.map_or_else(
                    || format!("add [[entities]] with id = \"{name}\", or write the name itself without @"),
                    |near| format!("did you mean `@{near}`?"),
                );
                let message = format!("there is no entity `@{name}`");
                problems.push(Found::at(&reference.key, &reference.span, message).hint(hint));
            }
        }
        problems.len() == before
    }
}

/// The entity, if it is sound.
pub(super) fn entity<'a>(
    raw: raw::Entity<'a>,
    known: &mut Known<'a>,
    problems: &mut Problems,
) -> Option<Entity> {
    let id = raw.id.as_ref().and_then(|id| {
        let key = || raw.place.numbered("id");
        let read = problems.take(value::id(&id.value).map(str::to_owned), key, &id.span);
        taken("entity", known.entities.insert(id.value.clone(), id.span.clone()), id, key, problems);
        read
    });
    let mut terms = |key: &str, list: &Option<Texts<'_>>, read: fn(&str) -> Result<Term, Problem>| {
        let mut terms = Vec::new();
        for (index, term) in list.iter().flat_map(|list| &list.value).enumerate() {
            match read(&term.value) {
                Ok(term) => terms.push(term),
                Err(problem) => {
                    let key = raw.place.key(format_args!("{key}[{index}]"));
                    problems.push(Found::at(key, &term.span, problem.message).maybe_hint(problem.hint));
                }
            }
        }
        terms
    };
    let names = terms("names", &raw.names, Term::name);
    let needs = terms("needs", &raw.needs, Term::context);
    let unless = terms("unless", &raw.unless, Term::context);
    let wikidata = raw.wikidata.as_ref().map(|written| {
        problems.take(value::wikidata(&written.value), || raw.place.key("wikidata"), &written.span)
    });
    let written = raw.names.as_ref()?;
    if written.value.is_empty() {
        let found = Found::at(raw.place.key("names"), &written.span, "the list of names is empty");
        problems.push(found.hint("an entity is found by its names: add one"));
        return None;
    }
    known.seen.names(&raw, &names);
    let kind = raw.kind.map(|kind| kind.value.into_owned());
    Some(Entity { id: id?, kind, names, needs, unless, wikidata: wikidata.flatten() })
}

/// The rule, if it is sound apart from the entities it refers to.
pub(super) fn rule<'a>(raw: raw::Rule<'a>, known: &mut Known<'a>, problems: &mut Problems) -> Option<Rule> {
    let id = raw.id.as_ref().and_then(|id| {
        let key = || raw.place.numbered("id");
        let read = problems.take(value::id(&id.value).map(str::to_owned), key, &id.span);
        taken("rule", known.rules.insert(id.value.clone(), id.span.clone()), id, key, problems);
        if id.value == "*" || id.value.starts_with('#') {
            let found = Found::at(key(), &id.span, "subscribers write * for every rule and # before a tag");
            problems.push(found.hint("give the rule another id"));
        }
        read
    });
    let within = raw.within.as_ref().map_or(Some(Within::Document), |within| {
        let choices = [
            ("document", Within::Document),
            ("paragraph", Within::Paragraph),
            ("sentence", Within::Sentence),
        ];
        problems.take(
            one_of(&within.value, "stretch of text", &choices),
            || raw.place.key("within"),
            &within.span,
        )
    });
    let severity = raw.severity.as_ref().map_or(Some(Severity::default()), |severity| {
        let key = || raw.place.key("severity");
        problems.take(one_of(&severity.value, "severity", &value::SEVERITIES), key, &severity.span)
    });
    let limits = limits::limits(&raw, known, problems);
    let condition = condition::condition(&raw, within.unwrap_or_default(), problems)?;
    for (entity, at) in condition.entities() {
        let (key, span) = condition::place(&raw, &at);
        known.references.push(Reference { entity, key, span });
    }
    within?;
    known.seen.rule(&raw, &condition);
    let title = raw.title.map(|title| title.value.into_owned());
    Some(Rule { id: id?, title, condition, limits, severity: severity? })
}

fn taken(
    what: &str,
    first: Option<Span>,
    id: &Text<'_>,
    key: impl FnOnce() -> String,
    problems: &mut Problems,
) {
    if let Some(first) = first {
        let message = format!("another {what} is called `{}`", id.value);
        let found = Found::at(key(), &id.span, message).earlier("it is in", &first);
        problems.push(found.hint(format!("give each {what} an id of its own")));
    }
}
