//! What a rule asks for: its keys in, a condition out; what the rules' own parser finds gets its
//! place in the file.

use std::borrow::Cow;

use crate::config::document::Text;
use crate::config::problem::{Found, Problems, Span};
use crate::config::raw::{self, Texts};
use crate::rules::{Asked, At, Condition, Lists, Problem, Score, Within};

/// The largest count and the largest weight.
const LARGEST: u32 = 1_000_000;

pub(super) fn condition(raw: &raw::Rule<'_>, within: Within, problems: &mut Problems) -> Option<Condition> {
    if raw.query.is_some() {
        for (key, list) in [("any", &raw.any), ("all", &raw.all), ("none", &raw.none)] {
            if let Some(list) = list {
                let message = format!("a rule has either a `query` or `{key}`");
                let found = Found::at(raw.place.key(key), &list.span, message);
                problems.push(found.hint("keep one of the two: a query can say all that the lists say"));
            }
        }
    }
    let at_least = count(raw, problems);
    let weights = weights(raw, problems);
    if !raw.whole && raw.query.is_none() {
        return None; // a list is missing for a reason that was given
    }
    let lists = [&raw.any, &raw.all, &raw.none].map(|list| terms(list.as_ref()));
    let lists = Lists { any: &lists[0], all: &lists[1], none: &lists[2] };
    let weights = weights?;
    let threshold = raw.threshold.as_ref().map_or(0, |threshold| threshold.value);
    let score = raw.score.as_ref().map(|_| Score { weights: &weights, threshold });
    let query = raw.query.as_ref().map(|query| query.value.as_ref());
    let asked = Asked { query, lists, score, at_least: at_least?, within };
    parsed(Condition::new(asked), raw, problems)
}

/// `at_least`; 1 where there is none.
fn count(raw: &raw::Rule<'_>, problems: &mut Problems) -> Option<u32> {
    let Some(written) = &raw.at_least else { return Some(1) };
    let count = u32::try_from(written.value).ok().filter(|count| (1..=LARGEST).contains(count));
    if count.is_none() {
        let found = Found::at(raw.place.key("at_least"), &written.span, "this is no number of occurrences");
        problems.push(found.hint(format!("write a number from 1 to {LARGEST}")));
    }
    count
}

/// The terms of `score`, each with its weight; none at all where there is no score.
fn weights<'r>(raw: &'r raw::Rule<'_>, problems: &mut Problems) -> Option<Vec<(&'r str, i64)>> {
    let before = problems.len();
    match (&raw.score, &raw.threshold) {
        (Some(score), None) if raw.whole => {
            let found = Found::at(raw.place.key("score"), &score.span, "a `score` needs a `threshold`");
            problems.push(found.hint("add threshold = 5, what the weights have to reach"));
        }
        (None, Some(threshold)) if raw.whole => {
            let message = "a `threshold` means nothing without a `score`";
            let found = Found::at(raw.place.key("threshold"), &threshold.span, message);
            problems.push(found.hint("add score = { \"انسحاب\" = 3 }, or remove it"));
        }
        _ => {}
    }
    let written = raw.score.iter().flat_map(|score| &score.value);
    let weights: Vec<(&str, i64)> = written
        .map(|(term, weight)| {
            if *weight == 0 || weight.unsigned_abs() > u64::from(LARGEST) {
                let key = raw.place.key(format_args!("score.{}", term.value));
                let found = Found::at(key, &term.span, "this is no weight");
                problems.push(
                    found.hint(format!("write a number from 1 to {LARGEST}, or from -1 to -{LARGEST}")),
                );
            }
            (term.value.as_ref(), *weight)
        })
        .collect();
    (problems.len() == before).then_some(weights)
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
pub(super) fn place(raw: &raw::Rule<'_>, at: &At) -> (String, Span) {
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
        At::Score(index) => {
            let term = raw.score.as_ref().and_then(|score| score.value.get(*index));
            term.map_or_else(whole, |(term, _)| {
                (raw.place.key(format_args!("score.{}", term.value)), term.span.clone())
            })
        }
        At::Threshold => raw
            .threshold
            .as_ref()
            .map_or_else(whole, |threshold| (raw.place.key("threshold"), threshold.span.clone())),
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
