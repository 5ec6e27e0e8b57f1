//! Zones as dates name them: abbreviations from a table, places from the bundled zone database.

use std::sync::LazyLock;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// What a local time is relative to.
#[derive(Debug, Clone)]
pub(super) enum Zone {
    Fixed(Offset),
    Named(TimeZone),
}

/// Bundled, so that the answer depends on no file of the host.
static PLACES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of this name, in lower case.
pub(super) fn named(word: &str) -> Option<Zone> {
    if word.contains('/') {
        return PLACES.get(word).ok().map(Zone::Named);
    }
    let (_, minutes) = ABBREVIATIONS.iter().find(|(name, _)| *name == word)?;
    Offset::from_seconds(minutes * 60).ok().map(Zone::Fixed)
}

/// An abbreviation that nobody defined says nothing: RFC 2822, 4.3.
pub(super) fn unknown(word: &str) -> Option<Zone> {
    (word.len() <= 5 && word.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .then_some(Zone::Fixed(Offset::UTC))
}

/// Minutes east of Greenwich. Where an abbreviation is used twice, the meaning of this field wins: `ast`
/// is Arabia's, not the Atlantic's.
const ABBREVIATIONS: [(&str, i32); 60] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("غرينتش", 0),
    ("جرينتش", 0),
    ("غرينيتش", 0),
    ("ast", 180),
    ("adt", 240),
    ("مكه", 180),
    ("السعوديه", 180),
    ("بغداد", 180),
    ("العراق", 180),
    ("الرياض", 180),
    ("الدوحه", 180),
    ("دبي", 240),
    ("ابوظبي", 240),
    ("الامارات", 240),
    ("eet", 120),
    ("eest", 180),
    ("cet", 60),
    ("met", 60),
    ("cest", 120),
    ("mest", 120),
    ("west", 60),
    ("bst", 60),
    ("msk", 180),
    ("msd", 240),
    ("trt", 180),
    ("eat", 180),
    ("cat", 120),
    ("wat", 60),
    ("sast", 120),
    ("irst", 210),
    ("irdt", 270),
    ("gst", 240),
    ("pkt", 300),
    ("ist", 330),
    ("sgt", 480),
    ("hkt", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("est", -300),
    ("edt", -240),
    ("et", -300),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
];
