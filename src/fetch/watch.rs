//! The silence watch: what polls saw in, what is not as it was with a feed out. Pure.
//!
//! A feed that fails says so by itself. This is for those that answer and yet bring nothing: each is held
//! against its own past, so that a quiet column is no alarm and a quiet agency is.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use self::reason::{Reason, is_of_document};
use super::Told;
use super::schedule::Rates;

mod reason;

/// Gaps are counted in buckets, each half an octave wide, from a minute to years.
const BUCKETS: usize = 40;
const SHORTEST: f64 = 60.0;
/// A feed known for less than a week may have nights and weekends that nobody has seen yet.
const YOUNG: Duration = Duration::from_hours(7 * 24);
const YOUNG_PATIENCE: i64 = 2 * 24 * 3600;
/// Fewer gaps say nothing of what is usual.
const FEWEST_GAPS: u32 = 8;
/// Counts are halved here, so that what is long past fades.
const MOST_GAPS: u32 = 2_000;
/// News within this is one piece of news.
const TOGETHER: i64 = 300;
/// Chance may make a feed seem silent once in so many days.
const FALSE_ALARM_DAYS: f64 = 180.0;
/// News comes in clusters, so that chance has more leave than single entries would give it.
const CLUSTERS: f64 = 1.5;
/// Undecodable characters in 10,000: from here on they are noticed, if they are thrice the usual.
const GARBLED: u32 = 50;
/// Entries may be dated so far ahead, for time zones get mixed up.
const AHEAD: SignedDuration = SignedDuration::from_hours(26);
/// A server's clock may be off by so much.
const CLOCK_OFF: SignedDuration = SignedDuration::from_hours(1);
/// A feed that fails is left to its backoff for so long.
const FAILING: SignedDuration = SignedDuration::from_hours(24);
/// What pages say that ask whether somebody is a person, in lower case.
const CAPTCHAS: [&str; 9] = [
    "captcha",
    "cf-chl",
    "challenge-platform",
    "just a moment",
    "attention required",
    "are you a robot",
    "are you human",
    "incapsula",
    "ddos protection",
];
/// Bytes of a page in which that is looked for.
const LOOKED_AT: usize = 64 * 1024;

/// What is remembered of a feed in order to notice a change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Watch {
    /// When news last came, in seconds since 1970; 0 for never.
    news: i64,
    /// How many gaps between news were how long, from the shortest bucket.
    gaps: Vec<u32>,
    /// The usual share of undecodable characters in 10,000.
    garbled: u32,
}

/// Something about a feed that somebody should look at, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// A word for the kind; while it stays the same, it is one warning.
    pub kind: String,
    /// In a sentence.
    pub reason: String,
    /// When it was first noticed.
    pub since: Timestamp,
}

/// What a poll saw.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    /// A document that is a feed.
    Document {
        /// How many entries it has.
        entries: usize,
        /// Characters of its texts, and how many of them stand for bytes that could not be decoded.
        characters: (usize, usize),
        /// The latest date that it carries.
        latest: Option<Timestamp>,
        /// What the answer said.
        told: Told,
    },
    /// 304.
    Unchanged(Told),
    /// A document that is no feed.
    NoFeed(Page),
    /// Anything else went wrong, and how long ago it last went well.
    Failed {
        /// 410.
        gone: bool,
        /// `None` where it never did.
        last_success: Option<Timestamp>,
    },
}

/// What came instead of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// A page that wants proof of a person.
    Captcha,
    /// Another page.
    Html,
    /// Something else.
    Other,
}

impl Page {
    /// What this document looks like.
    pub fn of(bytes: &[u8]) -> Page {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOKED_AT)]).to_lowercase();
        if !start.contains("<html") && !start.contains("<!doctype html") && !start.contains("<body") {
            Page::Other
        } else if CAPTCHAS.iter().any(|words| start.contains(words)) {
            Page::Captcha
        } else {
            Page::Html
        }
    }
}

impl Watch {
    /// When news last came.
    pub fn last_news(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.news).ok().filter(|_| self.news > 0)
    }

    /// Takes in when the new entries of a poll at `now` came, by their dates where the feed had not
    /// been read before.
    pub fn learn(&mut self, dates: impl Iterator<Item = Option<Timestamp>>, first: bool, now: Timestamp) {
        let now = now.as_second();
        let mut came: Vec<i64> = if first {
            dates.flatten().map(Timestamp::as_second).filter(|date| *date <= now).collect()
        } else {
            dates.map(|_| now).take(1).collect()
        };
        came.sort_unstable();
        for came in came {
            let gap = came - self.news;
            if self.news != 0 && gap >= TOGETHER {
                self.count(gap);
            }
            self.news = self.news.max(came);
        }
    }

    /// What deserves a look after a poll, given what did before.
    pub fn judge(
        &mut self,
        seen: Seen,
        rates: &Rates,
        before: Option<&Warning>,
        now: Timestamp,
    ) -> Option<Warning> {
        let reason = match seen {
            Seen::Document { entries, characters, latest, told } => {
                let garbled = self.garbled(characters);
                let ahead = latest.map(|latest| latest.duration_since(now)).filter(|ahead| *ahead > AHEAD);
                (entries == 0)
                    .then_some(Reason::Empty)
                    .or(garbled)
                    .or(ahead.map(Reason::Ahead))
                    .or_else(|| clock(told))
                    .or_else(|| self.quiet(rates, now))
            }
            // The document is as it was, and so is what was to be said of it.
            Seen::Unchanged(_) if before.is_some_and(|before| is_of_document(&before.kind)) => {
                return before.cloned();
            }
            Seen::Unchanged(told) => clock(told).or_else(|| self.quiet(rates, now)),
            Seen::NoFeed(Page::Captcha) => Some(Reason::Captcha),
            Seen::NoFeed(Page::Html) => Some(Reason::Html),
            Seen::Failed { gone: true, .. } => Some(Reason::Gone),
            Seen::NoFeed(Page::Other) => return before.cloned(),
            Seen::Failed { last_success: Some(last), .. } if now.duration_since(last) > FAILING => {
                Some(Reason::Failing(now.duration_since(last)))
            }
            Seen::Failed { .. } => return before.cloned(),
        };
        let reason = reason?;
        let since = before.filter(|before| before.kind == reason.kind()).map_or(now, |before| before.since);
        Some(Warning { kind: reason.kind().into(), reason: reason.to_string(), since })
    }

    /// Silent for longer than 99 of 100 of its gaps, and too long for its rhythm to explain.
    fn quiet(&self, rates: &Rates, now: Timestamp) -> Option<Reason> {
        let usual = self.usual_gap()?;
        let for_long = now.as_second() - self.news;
        let missed = rates.expected(self.news, now.as_second());
        let a_day = rates.mean() * 24.0 * 3600.0;
        let by_chance = CLUSTERS * (FALSE_ALARM_DAYS * a_day + 1.0).ln();
        let patience = if rates.known_for() < YOUNG { YOUNG_PATIENCE } else { 0 };
        let quiet = self.news != 0
            && for_long > patience
            && seconds(for_long) > usual.as_secs_f64()
            && missed > by_chance.max(2.0);
        quiet.then(|| Reason::Quiet { for_long: SignedDuration::from_secs(for_long), usual })
    }

    /// What 99 of 100 gaps do not exceed.
    fn usual_gap(&self) -> Option<Duration> {
        let all: u32 = self.gaps.iter().sum();
        if all < FEWEST_GAPS {
            return None;
        }
        let mut longer = all;
        let bucket = self.gaps.iter().position(|count| {
            longer -= count;
            longer * 100 < all
        })?;
        Some(Duration::from_secs_f64(edge(bucket + 1)))
    }

    fn count(&mut self, gap: i64) {
        self.gaps.resize(BUCKETS, 0);
        let bucket = (0..BUCKETS).find(|bucket| seconds(gap) < edge(bucket + 1)).unwrap_or(BUCKETS - 1);
        self.gaps[bucket] += 1;
        if self.gaps.iter().sum::<u32>() > MOST_GAPS {
            self.gaps.iter_mut().for_each(|count| *count /= 2);
        }
    }

    /// The share of characters that could not be decoded, if it has risen.
    fn garbled(&mut self, (characters, lost): (usize, usize)) -> Option<Reason> {
        if characters == 0 {
            return None;
        }
        let share = u32::try_from(lost.saturating_mul(10_000) / characters).unwrap_or(10_000);
        if share >= GARBLED && share >= self.garbled.saturating_mul(3) {
            return Some(Reason::Garbled(share));
        }
        // What is usual follows slowly, and not what is unusual.
        self.garbled = (self.garbled * 7 + share) / 8;
        None
    }
}

fn clock(told: Told) -> Option<Reason> {
    told.clock_ahead.filter(|off| off.abs() > CLOCK_OFF).map(Reason::Clock)
}

fn edge(bucket: usize) -> f64 {
    SHORTEST * (f64::from(u32::try_from(bucket).unwrap_or(u32::MAX)) / 2.0).exp2()
}

#[allow(clippy::cast_precision_loss)] // seconds of a few centuries
fn seconds(seconds: i64) -> f64 {
    seconds as f64
}
