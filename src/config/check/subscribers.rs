//! `[[subscribers]]`: who is told what, when.

use std::collections::{HashMap, HashSet};

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::matching::Known;
use crate::config::document::{Lost, Text};
use crate::config::keys::nearest;
use crate::config::problem::{Found, Problems, Span, Wrong};
use crate::config::raw;
use crate::config::value::{self, duration, hours, one_of, time_of_day, time_zone};
use crate::config::{Delivery, Language, QuietHours, Subscriber, Subscription};
use crate::rules::Severity;

/// More than one message a second is no limit.
const MOST_PER_HOUR: usize = 3_600;

pub(super) fn subscribers(
    raw: Vec<raw::Subscriber<'_>>,
    known: &Known<'_>,
    lost: Lost,
    problems: &mut Problems,
) -> Vec<Subscriber> {
    let mut taken = HashMap::new();
    raw.into_iter().filter_map(|raw| subscriber(&raw, known, lost, &mut taken, problems)).collect()
}

fn subscriber(
    raw: &raw::Subscriber<'_>,
    known: &Known<'_>,
    lost: Lost,
    taken: &mut HashMap<String, Span>,
    problems: &mut Problems,
) -> Option<Subscriber> {
    let email = raw.email.as_ref().and_then(|written| {
        let key = || raw.place.numbered("email");
        let email = problems.take(value::address(&written.value), key, &written.span)?;
        // No two people share an address but for its case.
        let first = taken.insert(email.to_string().to_lowercase(), written.span.clone());
        if let Some(first) = first {
            let found = Found::at(key(), &written.span, "this subscriber stands there twice");
            problems.push(found.earlier("the first is in", &first).hint("put all their rules into one"));
        }
        Some(email)
    });
    let rules = subscription(raw, known, lost, problems);
    let delivery = delivery(raw, problems);
    let language = raw.language.as_ref().and_then(|written| {
        let languages = [("ar", Language::Ar), ("en", Language::En)];
        let language = one_of(&written.value, "language of mails", &languages);
        problems.take(language, || raw.place.key("language"), &written.span)
    });
    let timezone = match &raw.timezone {
        None => Some(TimeZone::system()),
        Some(zone) => problems.take(time_zone(&zone.value), || raw.place.key("timezone"), &zone.span),
    };
    let quiet_hours = quiet_hours(raw, delivery.as_ref(), problems);
    let max_per_hour = max_per_hour(raw, problems);
    let min_severity = raw.min_severity.as_ref().map_or(Some(Severity::Low), |written| {
        let severity = one_of(&written.value, "severity", &value::SEVERITIES);
        problems.take(severity, || raw.place.key("min_severity"), &written.span)
    });
    Some(Subscriber {
        email: email?,
        rules: rules?,
        delivery: delivery?,
        timezone: timezone?,
        language: language.unwrap_or_default(),
        quiet_hours,
        max_per_hour,
        min_severity: min_severity?,
    })
}

/// A digest whose time lies within the quiet hours is no error, but leaves at another time.
fn quiet_hours(
    raw: &raw::Subscriber<'_>,
    delivery: Option<&Delivery>,
    problems: &mut Problems,
) -> Option<QuietHours> {
    let written = raw.quiet_hours.as_ref()?;
    let key = || raw.place.key("quiet_hours");
    let quiet = problems.take(hours(&written.value), key, &written.span)?;
    if let (Some(Delivery::DigestAt(times)), Some(at)) = (delivery, &raw.digest_at)
        && let Some(time) = times.iter().find(|time| quiet.contains(**time))
    {
        let hour = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        let message = format!("the digest of {} lies within the quiet hours", hour(*time));
        let hint = format!("it leaves at {}, when they end; choose another time", hour(quiet.to));
        problems.push(Found::at(raw.place.key("digest_at"), &at.span, message).hint(hint).warning());
    }
    Some(quiet)
}

fn max_per_hour(raw: &raw::Subscriber<'_>, problems: &mut Problems) -> Option<usize> {
    let written = raw.max_per_hour.as_ref()?;
    let most = usize::try_from(written.value).ok().filter(|most| (1..=MOST_PER_HOUR).contains(most));
    if most.is_none() {
        let message = if written.value < 1 { "the number is too small" } else { "the number is too large" };
        let found = Found::at(raw.place.key("max_per_hour"), &written.span, message);
        problems.push(found.hint(format!("write a number from 1 to {MOST_PER_HOUR}")));
    }
    most
}

fn subscription(
    raw: &raw::Subscriber<'_>,
    known: &Known<'_>,
    lost: Lost,
    problems: &mut Problems,
) -> Option<Subscription> {
    let rules = raw.rules.as_ref()?;
    if rules.value.is_empty() {
        let found = Found::at(raw.place.key("rules"), &rules.span, "the list of rules is empty");
        problems.push(found.hint("name rules by their id, or write [\"*\"] for all of them"));
        return None;
    }
    for (index, rule) in rules.value.iter().enumerate() {
        let is_known = match rule.value.strip_prefix('#') {
            Some(tag) => known.tags.contains_key(tag),
            None => rule.value == "*" || known.rules.contains_key(&rule.value),
        };
        if !is_known && !lost.names {
            let key = raw.place.key(format_args!("rules[{index}]"));
            problems.push(unknown(rule, known).at(key, &rule.span));
        }
    }
    if rules.value.iter().any(|rule| rule.value == "*") {
        return Some(Subscription::All);
    }
    let mut seen = HashSet::new();
    let mut ids: Vec<String> = Vec::with_capacity(rules.value.len());
    for rule in &rules.value {
        let asked: Vec<&str> = match rule.value.strip_prefix('#') {
            Some(tag) => known.tags.get(tag).into_iter().flatten().map(String::as_str).collect(),
            None => vec![rule.value.as_ref()],
        };
        ids.extend(asked.into_iter().filter(|id| seen.insert(*id)).map(str::to_owned));
    }
    Some(Subscription::Rules(ids))
}

fn unknown(rule: &Text<'_>, known: &Known<'_>) -> Wrong {
    if let Some(tag) = rule.value.strip_prefix('#') {
        let wrong = Wrong::new(format!("no rule has the tag `{tag}`"));
        return match nearest(tag, known.tags.keys().map(AsRef::as_ref)) {
            Some(near) => wrong.hint(format!("did you mean `#{near}`?")),
            None => wrong.hint(format!("give a rule tags = [\"{tag}\"], or name rules by their ids")),
        };
    }
    let wrong = Wrong::new(format!("there is no rule `{}`", rule.value));
    let near = nearest(&rule.value, known.rules.keys().map(AsRef::as_ref));
    match near {
        Some(near) => wrong.hint(format!("did you mean `{near}`?")),
        None => wrong.hint("name a rule by its id, or write \"*\" for all of them"),
    }
}

fn delivery(raw: &raw::Subscriber<'_>, problems: &mut Problems) -> Option<Delivery> {
    let digest = match &raw.delivery {
        None => Some(false),
        Some(written) => {
            let choices = [("immediate", false), ("digest", true)];
            problems.take(
                one_of(&written.value, "delivery", &choices),
                || raw.place.key("delivery"),
                &written.span,
            )
        }
    };
    let every = raw.digest_every.as_ref().map(|written| {
        let key = || raw.place.key("digest_every");
        problems.take(duration(&written.value), key, &written.span)
    });
    let at = raw.digest_at.as_ref().map(|written| times(raw, &written.value, &written.span, problems));
    let problem = |key: &str, span: &Span, message: &str, hint: &str| {
        Found::at(raw.place.key(key), span, message).hint(hint)
    };
    let spans = [
        ("digest_every", raw.digest_every.as_ref().map(|written| &written.span)),
        ("digest_at", raw.digest_at.as_ref().map(|written| &written.span)),
    ];
    match (digest?, every, at) {
        (false, None, None) => Some(Delivery::Immediate),
        (false, ..) => {
            for (key, span) in spans {
                if let Some(span) = span {
                    let message = format!("`{key}` means nothing beside an immediate delivery");
                    problems.push(problem(key, span, &message, "write delivery = \"digest\", or remove it"));
                }
            }
            None
        }
        (true, Some(_), Some(_)) => {
            let span = spans[1].1.cloned().unwrap_or_default();
            let message = "a digest has either `digest_every` or `digest_at`";
            problems.push(problem("digest_at", &span, message, "keep one of the two"));
            None
        }
        (true, Some(every), None) => every.map(Delivery::DigestEvery),
        (true, None, Some(at)) => at.map(Delivery::DigestAt),
        (true, None, None) if raw.whole => {
            let span = raw.delivery.as_ref().map_or(&raw.span, |written| &written.span);
            let hint = "add digest_every = \"6h\", or digest_at = [\"08:00\", \"17:30\"]";
            problems.push(problem("delivery", span, "a digest needs a time", hint));
            None
        }
        (true, None, None) => None,
    }
}

fn times(
    raw: &raw::Subscriber<'_>,
    written: &[Text<'_>],
    span: &Span,
    problems: &mut Problems,
) -> Option<Vec<Time>> {
    if written.is_empty() {
        let found = Found::at(raw.place.key("digest_at"), span, "the list of times is empty");
        problems.push(found.hint("add a time of day, such as \"08:00\""));
        return None;
    }
    let mut times = Vec::with_capacity(written.len());
    for (index, time) in written.iter().enumerate() {
        let key = || raw.place.key(format_args!("digest_at[{index}]"));
        times.extend(problems.take(time_of_day(&time.value), key, &time.span));
    }
    times.sort_unstable();
    times.dedup();
    Some(times)
}
