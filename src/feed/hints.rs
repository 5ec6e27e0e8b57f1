//! What a feed says of its own pace: values of elements in, a period and times of rest out.

use std::time::Duration;

/// When a feed says that it changes. Not part of what [`rasid parse`](super::Feed) prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    /// RSS `ttl`.
    ttl: Option<Duration>,
    /// `sy:updatePeriod`.
    period: Option<Duration>,
    /// `sy:updateFrequency`: how many times within the period.
    frequency: Option<u32>,
    /// RSS `skipHours`: the n-th bit for the hour that begins at n o'clock UTC.
    pub skip_hours: u32,
    /// RSS `skipDays`: the lowest bit for Monday, by UTC.
    pub skip_days: u8,
}

/// Which of them an element gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    Ttl,
    SkipHour,
    SkipDay,
    Period,
    Frequency,
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Hints {
    /// How often it says that it changes.
    pub fn every(&self) -> Option<Duration> {
        let of_period = || self.period.map(|period| period / self.frequency.unwrap_or(1).max(1));
        self.ttl.or_else(of_period)
    }

    /// Takes in what an element says; what cannot be read says nothing.
    pub(super) fn take(&mut self, hint: Hint, value: &str) {
        let value = value.trim().to_lowercase();
        match hint {
            Hint::Ttl => {
                let minutes = value.parse().ok().filter(|minutes| (1..=60 * 24 * 31).contains(minutes));
                self.ttl = minutes.map(Duration::from_mins).or(self.ttl);
            }
            Hint::Period => self.period = period(&value).or(self.period),
            Hint::Frequency => self.frequency = value.parse().ok().filter(|n| *n > 0).or(self.frequency),
            Hint::SkipHour => {
                // Some count from 1 to 24.
                let hour = value.parse::<u32>().ok().filter(|hour| *hour <= 24);
                self.skip_hours |= hour.map_or(0, |hour| 1 << (hour % 24));
            }
            Hint::SkipDay => {
                let day = DAYS.iter().position(|day| value.starts_with(day));
                self.skip_days |= day.map_or(0, |day| 1 << day);
            }
        }
    }
}

fn period(name: &str) -> Option<Duration> {
    const HOUR: u64 = 60 * 60;
    let seconds = match name {
        "hourly" => HOUR,
        "daily" => 24 * HOUR,
        "weekly" => 7 * 24 * HOUR,
        "monthly" => 30 * 24 * HOUR,
        "yearly" => 365 * 24 * HOUR,
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}
