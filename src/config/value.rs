//! Single values: a text in, what it means out, or why it means nothing. Nothing here knows its key.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::QuietHours;
use super::keys::nearest;
use super::problem::Wrong;

use crate::rules::Severity;

mod address;
mod duration;
mod web;

pub(super) use address::{address, mailbox};
pub(super) use duration::{duration, spacing, spelled};
pub(super) use web::{header, host, percent_decoded, web_url};

/// The most that a body may be allowed to hold: it is kept in memory.
const LARGEST: u64 = 1_000_000_000;

/// What a database needs for itself, and a little.
const LEAST_SPACE: u64 = 2_000_000;

/// Bytes that are kept in memory, from `"10MB"`.
pub(super) fn size(written: &str) -> Result<usize, Wrong> {
    let too_large = || Wrong::new("the size is too large").hint("the largest is \"1GB\"");
    let bytes = bytes(written, "write it as \"500KB\", \"10MB\" or \"16MiB\"")?.ok_or_else(too_large)?;
    if bytes == 0 {
        let wrong = Wrong::new("a size of zero lets nothing through");
        return Err(wrong.hint("write a larger one, such as \"10MB\""));
    }
    usize::try_from(bytes).ok().filter(|_| bytes <= LARGEST).ok_or_else(too_large)
}

/// Bytes on a disk, from `"5GB"`.
pub(super) fn space(written: &str) -> Result<u64, Wrong> {
    let hint = "write it as \"500MB\" or \"5GB\"";
    match bytes(written, hint)? {
        Some(bytes) if bytes >= LEAST_SPACE => Ok(bytes),
        Some(_) => Err(Wrong::new("the size is too small").hint("the smallest is \"2MB\"")),
        None => Err(Wrong::new("the size is too large").hint(hint)),
    }
}

/// B, KB, MB, GB and TB count in thousands, KiB, MiB, GiB and TiB in 1024s; nothing where no `u64` holds it.
fn bytes(written: &str, hint: &str) -> Result<Option<u64>, Wrong> {
    let wrong = |message: &str| Err(Wrong::new(message).hint(hint));
    let unit_at = written.find(|c: char| !c.is_ascii_digit()).unwrap_or(written.len());
    let (digits, unit) = written.split_at(unit_at);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        "" if !digits.is_empty() => return wrong("the size has no unit"),
        _ => return wrong("not a size"),
    };
    if digits.is_empty() {
        return wrong("not a size");
    }
    Ok(digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)))
}

/// How long something is kept, from `"90d"`; nothing where it is kept `"forever"`.
pub(super) fn age(written: &str) -> Result<Option<Duration>, Wrong> {
    if written == "forever" { Ok(None) } else { duration(written).map(Some) }
}

/// A time of day, from `"08:00"`.
pub(super) fn time_of_day(written: &str) -> Result<Time, Wrong> {
    let number = |text: &str| match text.len() {
        1 | 2 if text.bytes().all(|b| b.is_ascii_digit()) => text.parse::<i8>().ok(),
        _ => None,
    };
    let time = written
        .split_once(':')
        .filter(|(_, minute)| minute.len() == 2)
        .and_then(|(hour, minute)| Time::new(number(hour)?, number(minute)?, 0, 0).ok());
    time.ok_or_else(|| Wrong::new("not a time of day").hint("write it from \"00:00\" to \"23:59\""))
}

/// A stretch of the day, from `"22:00-07:00"`.
pub(super) fn hours(written: &str) -> Result<QuietHours, Wrong> {
    let wrong = |message: &str| Wrong::new(message).hint("write when they begin and end: \"22:00-07:00\"");
    let (from, to) = written.split_once(['-', '–']).ok_or_else(|| wrong("not a stretch of the day"))?;
    let time = |part: &str| {
        time_of_day(part.trim()).map_err(|_| wrong(&format!("`{}` is not a time of day", part.trim())))
    };
    let (from, to) = (time(from)?, time(to)?);
    if from == to {
        return Err(wrong("they begin and end at the same time"));
    }
    Ok(QuietHours { from, to })
}

/// How much a rule matters, in a word.
pub(super) const SEVERITIES: [(&str, Severity); 4] = [
    ("low", Severity::Low),
    ("normal", Severity::Normal),
    ("high", Severity::High),
    ("urgent", Severity::Urgent),
];

/// An item of Wikidata, from `"Q42"`.
pub(super) fn wikidata(written: &str) -> Result<String, Wrong> {
    let number = written.strip_prefix('Q').filter(|number| !number.starts_with('0'));
    match number {
        Some(number) if (1..=12).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) => {
            Ok(written.to_owned())
        }
        _ => Err(Wrong::new("not an item of Wikidata").hint("write its number with a Q before it: \"Q42\"")),
    }
}

/// A language by its two or three letters, from `"ar"`.
pub(super) fn language(written: &str) -> Result<String, Wrong> {
    let language = written.trim().to_ascii_lowercase();
    if (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase()) {
        return Ok(language);
    }
    let names = [
        ("arabic", "ar"),
        ("persian", "fa"),
        ("farsi", "fa"),
        ("urdu", "ur"),
        ("english", "en"),
        ("العربية", "ar"),
    ];
    let main = language.split(['-', '_']).next().unwrap_or_default();
    let meant = names.iter().find(|(name, _)| *name == main).map(|(_, code)| *code);
    let meant = meant.or_else(|| Some(main).filter(|main| (2..=3).contains(&main.len())));
    let wrong = Wrong::new(format!("`{written}` is no language"));
    Err(match meant {
        Some(meant) => wrong.hint(format!("did you mean `{meant}`?")),
        None => wrong.hint("write its two letters, such as \"ar\""),
    })
}

/// A time zone by its name in the IANA database.
pub(super) fn time_zone(written: &str) -> Result<TimeZone, Wrong> {
    TimeZone::get(written).map_err(|_| {
        let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
        let city = |name: &str| name.rsplit('/').next().unwrap_or_default().eq_ignore_ascii_case(written);
        let near = names.iter().find(|name| city(name)).map(String::as_str);
        let near = near.or_else(|| nearest(written, names.iter().map(String::as_str)));
        let hint = near.map(|near| format!("did you mean `{near}`?"));
        Wrong {
            message: format!("no time zone is called `{written}`"),
            hint: hint.or_else(|| Some("name it by its place, such as `Asia/Baghdad`".into())),
        }
    })
}

/// One of a few words; `what` they are.
pub(super) fn one_of<T: Copy>(written: &str, what: &str, choices: &[(&str, T)]) -> Result<T, Wrong> {
    let found = choices.iter().find(|(name, _)| *name == written);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names = || choices.iter().map(|(name, _)| *name);
        let quoted: Vec<String> = names().map(|name| format!("\"{name}\"")).collect();
        let hint = match nearest(written, names()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("write {}", quoted.join(" or ")),
        };
        Wrong::new(format!("`{written}` is no {what}")).hint(hint)
    })
}

/// A name of a thing: not blank, not endless. Control characters are refused on reading.
pub(super) fn id(written: &str) -> Result<&str, Wrong> {
    if written.trim().is_empty() {
        return Err(Wrong::new("an id cannot be empty").hint("write a short name, such as \"coalition\""));
    }
    if written.chars().count() > 200 {
        return Err(Wrong::new("an id cannot be over 200 characters long"));
    }
    Ok(written)
}
