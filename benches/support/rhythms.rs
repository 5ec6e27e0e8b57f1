//! Feeds with rhythms out of a seed, and a clock that only the simulation moves: how late each entry is
//! found, and with how many requests, at a fixed pace and by the schedule.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use jiff::Timestamp;
use rasid::fetch::schedule::{Pace, Price, Rhythm, seed, wait};

const HOUR: f64 = 3600.0;
const DAY: f64 = 24.0 * HOUR;
/// A Monday, 00:00 UTC.
const START: i64 = 1_794_787_200;

/// How a feed brings its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An agency: all day, less at night.
    Wire,
    /// A paper: the issue before dawn, some updates by day.
    Daily,
    /// A column: a few pieces on one day of the week.
    Weekly,
    /// Little, and then ten within the hour.
    Bursts,
    /// A channel that is awake when others sleep.
    Nights,
}

pub const KINDS: [Kind; 5] = [Kind::Wire, Kind::Daily, Kind::Weekly, Kind::Bursts, Kind::Nights];

/// What a simulation showed of one kind of feed, or of all.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub requests: usize,
    /// Seconds from publication to detection, ascending.
    pub delays: Vec<f64>,
}

impl Found {
    /// The delay that a part of the entries does not exceed.
    pub fn quantile(&self, part: f64) -> f64 {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let place = ((self.delays.len() as f64 - 1.0) * part) as usize;
        self.delays.get(place).copied().unwrap_or(f64::NAN)
    }

    fn add(&mut self, other: &Found) {
        self.requests += other.requests;
        self.delays.extend(&other.delays);
        self.delays.sort_by(f64::total_cmp);
    }

    /// All of these together.
    pub fn together(parts: &[Found]) -> Found {
        parts.iter().fold(Found::default(), |mut all, part| {
            all.add(part);
            all
        })
    }
}

/// So many feeds of each kind over so many days: what each kind showed, first at a fixed ten minutes,
/// then by the schedule. The first `warm` days count for nothing.
pub fn simulate(each: usize, days: usize, warm: usize, seed: u64) -> [Vec<Found>; 2] {
    let mut random = Random(seed);
    let feeds: Vec<(Kind, Vec<f64>)> = KINDS
        .iter()
        .flat_map(|kind| std::iter::repeat_n(*kind, each))
        .map(|kind| (kind, entries(kind, days, &mut random)))
        .collect();
    [false, true].map(|adaptive| run(&feeds, adaptive, days, warm))
}

fn run(feeds: &[(Kind, Vec<f64>)], adaptive: bool, days: usize, warm: usize) -> Vec<Found> {
    let pace = Pace {
        interval: Duration::from_mins(10),
        floor: Duration::from_mins(1),
        ceiling: Duration::from_hours(6),
        adaptive,
    };
    let end = days as f64 * DAY;
    let warm = warm as f64 * DAY;
    let mut rhythms = vec![Rhythm::default(); feeds.len()];
    let mut told = vec![0; feeds.len()];
    let mut last: Vec<Option<Timestamp>> = vec![None; feeds.len()];
    let mut found = vec![Found::default(); KINDS.len()];
    let mut price = Price::default();
    let mut settled = f64::NEG_INFINITY;
    let mut queue: BinaryHeap<Reverse<(i64, usize)>> =
        (0..feeds.len()).map(|feed| Reverse((feed as i64 * 7_000 % 600_000, feed))).collect();
    while let Some(Reverse((millis, feed))) = queue.pop() {
        let now = millis as f64 / 1000.0;
        if now >= end {
            break;
        }
        let stamp = at(now);
        if now - settled > 6.0 * HOUR {
            settled = now;
            price = Price::settle(rhythms.iter().map(|rhythm| (pace, rhythm)), stamp);
        }
        let (kind, entries) = &feeds[feed];
        let of_kind = &mut found[KINDS.iter().position(|other| other == kind).expect("one of them")];
        let new: Vec<f64> = entries[told[feed]..].iter().copied().take_while(|time| *time <= now).collect();
        told[feed] += new.len();
        if now >= warm {
            of_kind.requests += 1;
            of_kind.delays.extend(new.iter().filter(|time| **time >= warm).map(|time| now - time));
        }
        rhythms[feed].learn(new.iter().map(|time| Some(at(*time))), last[feed], stamp);
        last[feed] = Some(stamp);
        let wait = wait(pace, &rhythms[feed], price, stamp, seed(&feed.to_string(), stamp));
        queue.push(Reverse((millis + wait.as_millis() as i64, feed)));
    }
    for kind in &mut found {
        kind.delays.sort_by(f64::total_cmp);
    }
    found
}

fn at(second: f64) -> Timestamp {
    Timestamp::from_second(START + second as i64).expect("a time of this century")
}

/// When a feed publishes, in seconds from the start, ascending.
fn entries(kind: Kind, days: usize, random: &mut Random) -> Vec<f64> {
    let mut times = Vec::new();
    // Each feed has hours and a size of its own.
    let own = random.unit();
    let shift = (random.unit() * 4.0 - 2.0) * HOUR;
    for day in 0..days {
        let midnight = day as f64 * DAY;
        let weekend = matches!(day % 7, 4 | 5);
        match kind {
            Kind::Wire => {
                for hour in 0..24 {
                    let awake = (4..21).contains(&hour);
                    let rate = if awake { 3.0 + 9.0 * own } else { 1.0 } * if weekend { 0.6 } else { 1.0 };
                    scatter(&mut times, midnight + f64::from(hour) * HOUR + shift, HOUR, rate, random);
                }
            }
            Kind::Daily => {
                let issue = midnight + 2.0 * HOUR + shift + random.normal() * 10.0 * 60.0;
                scatter(&mut times, issue, 5.0 * 60.0, 15.0 + 20.0 * own, random);
                scatter(&mut times, midnight + 8.0 * HOUR + shift, 8.0 * HOUR, 4.0, random);
            }
            Kind::Weekly => {
                if day % 7 == (own * 7.0) as usize {
                    scatter(&mut times, midnight + 10.0 * HOUR + shift, HOUR, 4.0, random);
                }
                scatter(&mut times, midnight, DAY, 0.1, random);
            }
            Kind::Bursts => {
                scatter(&mut times, midnight, DAY, 2.0, random);
                if random.unit() < 0.5 {
                    scatter(&mut times, midnight + random.unit() * DAY, HOUR, 10.0, random);
                }
            }
            Kind::Nights => {
                scatter(&mut times, midnight + 19.0 * HOUR + shift, 6.0 * HOUR, 8.0 + 16.0 * own, random);
            }
        }
    }
    times.retain(|time| *time >= 0.0);
    times.sort_by(f64::total_cmp);
    times
}

/// Adds about `count` entries somewhere within a span.
fn scatter(times: &mut Vec<f64>, from: f64, span: f64, count: f64, random: &mut Random) {
    let mut at = 0.0;
    loop {
        at += -random.unit().max(1e-12).ln() * span / count;
        if at >= span {
            return;
        }
        times.push(from + at);
    }
}

/// A small generator of numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Around 0, mostly within 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}
