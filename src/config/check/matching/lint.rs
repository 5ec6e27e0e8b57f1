//! What the rules' own lint has to say, put in its place in the file.
//!
//! Rules and entities are looked at one by one, while what was written is at hand; what lies between
//! them is looked at once all are known. It is told only of a config that has no error.

use super::{Known, condition};
use crate::config::problem::{Found, Problems};
use crate::config::raw;
use crate::config::table::Place;
use crate::rules::lint::{self, Subject};
use crate::rules::{At, Condition, Entity, Problem, Rule, Term};

/// Where nobody asked for it, a config of more rules than this is made by a program and not looked at:
/// it would take as long again as to read it.
const MOST_RULES: usize = 10_000;

/// How closely rules are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::config) enum Eye {
    /// Not at all.
    #[default]
    Closed,
    /// As far as it costs little.
    Passing,
    /// All of them.
    Open,
    /// All of them, and what is only good manners.
    Pedantic,
}

/// What was seen so far.
#[derive(Default)]
pub(in crate::config::check) struct Seen {
    pub(in crate::config::check) eye: Eye,
    found: Vec<Found>,
    rules: usize,
}

impl Seen {
    fn looks(&self) -> bool {
        match self.eye {
            Eye::Closed => false,
            Eye::Passing => self.rules <= MOST_RULES,
            Eye::Open | Eye::Pedantic => true,
        }
    }

    pub(super) fn rule(&mut self, raw: &raw::Rule<'_>, condition: &Condition) {
        self.rules += 1;
        if !self.looks() {
            self.found.clear();
            return;
        }
        for problem in lint::of_condition(condition) {
            let (key, span) = condition::place(raw, &problem.at);
            self.found.push(warning(Found::at(key, &span, problem.message), problem.hint));
        }
    }

    pub(super) fn names(&mut self, raw: &raw::Entity<'_>, names: &[Term]) {
        let Some(written) = raw.names.as_ref().filter(|_| self.looks()) else { return };
        for Problem { at, message, hint } in lint::of_names(names) {
            let At::Any(index) = at else { continue };
            let span = written.value.get(index).map_or(&written.span, |name| &name.span);
            let key = raw.place.key(format_args!("names[{index}]"));
            self.found.push(warning(Found::at(key, span, message), hint));
        }
    }

    /// A rule without a sample that it should match.
    pub(in crate::config::check) fn untested(
        &mut self,
        place: &Place<'_>,
        span: &crate::config::problem::Span,
    ) {
        if self.eye == Eye::Pedantic {
            let found = Found::at(place.key("should_match"), span, "this rule has no `should_match`");
            let hint = "add a sentence that it is meant for: `check` then sees to it that it is found";
            self.found.push(found.hint(hint).warning());
        }
    }
}

/// Tells what was seen, where there is no error.
pub(in crate::config::check) fn tell(
    known: &mut Known<'_>,
    rules: &[Rule],
    entities: &[Entity],
    problems: &mut Problems,
) {
    if problems.are_errors() || !known.seen.looks() {
        return;
    }
    for between in lint::of_all(rules, entities) {
        let (section, id, span) = match between.subject {
            Subject::Rule(number) => {
                let id = rules[number].id.as_str();
                ("rules", id, known.rules.get(id))
            }
            Subject::Entity(number) => {
                let id = entities[number].id.as_str();
                ("entities", id, known.entities.get(id))
            }
        };
        if let Some(span) = span {
            let place = Place { section, index: None, name: Some(id.into()) };
            let found = Found::at(place.to_string(), span, between.message);
            known.seen.found.push(found.hint(between.hint).warning());
        }
    }
    known.seen.found.drain(..).for_each(|found| problems.push(found));
}

fn warning(found: Found, hint: Option<String>) -> Found {
    found.maybe_hint(hint).warning()
}
