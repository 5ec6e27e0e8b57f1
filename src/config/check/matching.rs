//! `[[rules]]` and `[[entities]]`: handed to the rules' own parser, its findings put in their place.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::config::document::{Lost, Text};
use crate::config::keys::nearest;
use crate::config::problem::{Found, Problems, Span};
use crate::config::raw::{self, Texts};
use crate::config::value::{self, one_of};
use crate::rules::{At, Condition, Entity, Lists, Problem, Rule, Term, Within};

/// Names seen so far, and those that were referred to.
#[derive(Default)]
pub(super) struct Known<'a> {
    pub(super) rules: HashMap<Cow<'a, str>, Span>,
    entities: HashMap<Cow<'a, str>, Span>,
    /// Entities that rules refer to, judged when all are known.
    references: Vec<Reference>,
}

struct Reference {
    entity: String,
    key: String,
    span: Span,
}

impl Known<'_> {
    /// Adds a problem for each entity that a rule names and nobody describes.
    pub(super) fn references(&self, lost: Lost, problems: &mut Problems) {
        if lost.names {
            return;
        }
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
    let written = raw.names.as_ref()?;
    if written.value.is_empty() {
        let found = Found::at(raw.place.key("names"), &written.span, "the list of names is empty");
        problems.push(found.hint("an entity is found by its names: add one"));
        return None;
    }
    let mut names = Vec::with_capacity(written.value.len());
    for (index, name) in written.value.iter().enumerate() {
        match Term::name(&name.value) {
            Ok(name) => names.push(name),
            Err(problem) => {
                let key = raw.place.key(format_args!("names[{index}]"));
                problems.push(Found::at(key, &name.span, problem.message).maybe_hint(problem.hint));
            }
        }
    }
    Some(Entity { kind: raw.kind.map(|kind| kind.value.into_owned()), ..Entity::new(id?, names) })
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
    let condition = condition(&raw, within.unwrap_or_default(), problems)?;
    for (entity, at) in condition.entities() {
        let (key, span) = place(&raw, &at);
        known.references.push(Reference { entity, key, span });
    }
    within?;
    Some(Rule { title: raw.title.map(|title| title.value.into_owned()), ..Rule::new(id?, condition) })
}

fn condition(raw: &raw::Rule<'_>, within: Within, problems: &mut Problems) -> Option<Condition> {
    if let Some(query) = &raw.query {
        for (key, list) in [("any", &raw.any), ("all", &raw.all), ("none", &raw.none)] {
            if let Some(list) = list {
                let message = format!("a rule has either a `query` or `{key}`");
                let found = Found::at(raw.place.key(key), &list.span, message);
                problems.push(found.hint("keep one of the two: a query can say all that the lists say"));
            }
        }
        return parsed(Condition::from_query(&query.value, within), raw, problems);
    }
    if !raw.whole {
        return None; // a list is missing for a reason that was given
    }
    let lists = [&raw.any, &raw.all, &raw.none].map(|list| terms(list.as_ref()));
    let lists = Lists { any: &lists[0], all: &lists[1], none: &lists[2] };
    parsed(Condition::from_lists(lists, within), raw, problems)
}

fn terms<'r>(list: Option<&'r Texts<'_>>) -> Vec<&'r str> {
    list.iter().flat_map(|list| &list.value).map(|term| term.value.as_ref()).collect()
}

fn parsed(
    result: Result<Condition, Vec<Problem>>,
    raw: &raw::Rule<'_>,
    problems: &mut Problems,
) -> Option<Condition> {
    let found = match result {
        Ok(condition) => return Some(condition),
        Err(found) => found,
    };
    for problem in found {
        let (key, span) = place(raw, &problem.at);
        problems.push(Found::at(key, &span, problem.message).maybe_hint(problem.hint));
    }
    None
}

/// Where in the file a place in a rule is.
fn place(raw: &raw::Rule<'_>, at: &At) -> (String, Span) {
    let whole = || (raw.place.to_string(), raw.span.clone());
    let item = |name: &str, list: &Option<Texts<'_>>, index: usize| {
        let term = list.as_ref().and_then(|list| list.value.get(index));
        term.map_or_else(whole, |term| (raw.place.key(format_args!("{name}[{index}]")), term.span.clone()))
    };
    match at {
        At::Rule => whole(),
        At::Query(bytes) => {
            raw.query.as_ref().map_or_else(whole, |query| (raw.place.key("query"), inside(query, bytes)))
        }
        At::Any(index) => item("any", &raw.any, *index),
        At::All(index) => item("all", &raw.all, *index),
        At::None(index) => item("none", &raw.none, *index),
        At::Score(_) | At::Threshold => whole(),
    }
}

/// Bytes of a text as bytes of the file, if it stands there as it is; else all of it.
fn inside(text: &Text<'_>, bytes: &Span) -> Span {
    // Only a borrowed text is the file's own bytes: escapes make a copy.
    let (Cow::Borrowed(value), true) = (&text.value, bytes.end <= text.value.len()) else {
        return text.span.clone();
    };
    let around = text.span.len() - value.len();
    let start = match around {
        2 => text.span.start + 1,
        // Long strings: a line break right after the opening quotes belongs to nothing.
        6.. => text.span.end - 3 - value.len(),
        _ => return text.span.clone(),
    };
    start + bytes.start..start + bytes.end
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
