//! Pace by rhythm: a feed's expected rates in, how long to wait out; one price for all feeds. Pure.
//!
//! An entry that comes at rate λ and is looked for every I seconds is found I/2 late on average, so
//! all entries together wait λ·I/2 a second, and asking costs 1/I requests a second. With a fixed number
//! of requests the sum of waits is least where λ·I/2 + μ/I is least for each feed and hour alone, at
//! I = √(2μ/λ): the interval goes by the square root of the rate, and μ, the price of a request, is the
//! same for all. [`Price::settle`] finds the price at which all feeds together ask as often over a week
//! as if each asked once an `interval`.
//!
//! That would serve the feeds that bring much and starve the others, so an entry is worth the more the
//! fewer its feed brings ([`RARITY`]), which makes λ a weighted rate and changes nothing else.
//!
//! A feed that is watched for the first time is asked once an `interval`; its rhythm is trusted the
//! more the longer it is watched, half after [`HALF_TRUSTED`].

use std::time::Duration;

use jiff::Timestamp;

use super::rhythm::{Rates, Rhythm};
use super::{Pace, unit};

/// A rhythm that was watched for so long is trusted half.
const HALF_TRUSTED: f64 = 6.0 * 3600.0;
/// An entry of a feed with rate λ is worth λ to the power of minus this: at 0 an entry is an entry, at 1
/// a feed is a feed. So much lets every kind of feed be found earlier than at a fixed pace.
const RARITY: f64 = 0.7;
/// The part of all requests that is planned; the rest is for bursts.
const BUDGET: f64 = 0.95;
/// Feeds whose rates are looked at for the price; more would not change it.
const ASKED: usize = 200;
/// Halvings of the price's range.
const STEPS: usize = 16;
/// One part in so many of a feed's rest is left for jitter.
const JITTER: f64 = 0.1;

/// What one request costs, as the square root of 2μ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price(f64);

impl Default for Price {
    /// At which a feed with an entry an hour is asked every ten minutes.
    fn default() -> Price {
        Price(600.0 / 60.0)
    }
}

impl Price {
    /// The price at which these feeds ask as often as if each asked once an interval. Feeds whose
    /// pace is fixed are none of its business.
    pub fn settle<'r>(feeds: impl Iterator<Item = (Pace, &'r Rhythm)>, now: Timestamp) -> Price {
        let curves: Vec<Curve> = feeds
            .filter(|(pace, _)| pace.adaptive)
            .map(|(pace, rhythm)| Curve::of(pace, rhythm, now))
            .filter(|curve| curve.trust > 0.01)
            .collect();
        let every = curves.len().div_ceil(ASKED).max(1);
        let asked = || curves.iter().step_by(every);
        let budget: f64 = asked().map(|curve| BUDGET / curve.start).sum();
        let (mut low, mut high) = (-10.0, 20.0); // the logarithm to base 2 of the square root
        for _ in 0..STEPS {
            let middle: f64 = f64::midpoint(low, high);
            let demand: f64 = asked().map(|curve| curve.demand(Price(middle.exp2()))).sum();
            if demand > budget { low = middle } else { high = middle }
        }
        if curves.is_empty() { Price::default() } else { Price(high.exp2()) }
    }
}

/// How often a feed is asked at any price.
struct Curve {
    rates: Rates,
    /// Of one entry.
    worth: f64,
    /// From 0 to 1.
    trust: f64,
    start: f64,
    floor: f64,
    ceiling: f64,
}

impl Curve {
    fn of(pace: Pace, rhythm: &Rhythm, now: Timestamp) -> Curve {
        let watched = rhythm.watched_for(now).as_secs_f64();
        let rates = rhythm.rates(now);
        Curve {
            worth: (rates.mean() * 3600.0).powf(-RARITY),
            rates,
            trust: watched / (watched + HALF_TRUSTED),
            start: pace.interval.as_secs_f64(),
            floor: pace.floor.as_secs_f64(),
            ceiling: pace.ceiling.max(pace.interval).as_secs_f64(),
        }
    }

    /// The interval at this rate.
    fn interval(&self, price: Price, rate: f64) -> f64 {
        let fitting = price.0 / (rate * self.worth).sqrt();
        (self.start.powf(1.0 - self.trust) * fitting.powf(self.trust)).clamp(self.floor, self.ceiling)
    }

    /// Requests a second, over a week.
    fn demand(&self, price: Price) -> f64 {
        let slots = (0..7).flat_map(|day| (0..24).map(move |hour| (hour, day)));
        let sum: f64 = slots.map(|(hour, day)| 1.0 / self.interval(price, self.rates.usual(hour, day))).sum();
        sum / 168.0
    }
}

/// How long to wait after a poll at `now` that went well.
pub fn wait(pace: Pace, rhythm: &Rhythm, price: Price, now: Timestamp, seed: u64) -> Duration {
    let jitter = 1.0 - JITTER / 2.0 + JITTER * unit(seed);
    if !pace.adaptive {
        return super::around(pace, seed);
    }
    let curve = Curve::of(pace, rhythm, now);
    let start = now.as_second();
    // As the rate changes from hour to hour, so does the interval: the next poll is where the parts of
    // intervals that have passed make up one.
    let (mut passed, mut waited) = (0.0, 0.0);
    while waited < curve.ceiling {
        #[allow(clippy::cast_possible_truncation)] // a ceiling of years at most
        let here = start + waited as i64;
        let interval = curve.interval(price, curve.rates.at(here));
        #[allow(clippy::cast_precision_loss)] // less than an hour
        let rest_of_hour = (3600 - here.rem_euclid(3600)) as f64;
        // A burst fades within the hour, too.
        let step = rest_of_hour.min(600.0).min((jitter - passed) * interval);
        waited += step.max(0.001);
        passed += step / interval;
        if passed >= jitter - 1e-9 {
            break;
        }
    }
    let waited = waited.clamp(curve.floor, curve.ceiling);
    Duration::try_from_secs_f64(rested(rhythm, start, waited, &curve)).unwrap_or(pace.ceiling)
}

/// `waited`, longer where server or feed say that asking then is of no use; never over the ceiling.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // a ceiling of years at most
fn rested(rhythm: &Rhythm, start: i64, waited: f64, curve: &Curve) -> f64 {
    let fresh = (rhythm.fresh_until() - start) as f64;
    let mut until = waited.max(fresh.min(curve.ceiling));
    while until < curve.ceiling && rhythm.rests(start + until as i64) {
        let here = start + until as i64;
        until += (3600 - here.rem_euclid(3600)) as f64;
    }
    until.min(curve.ceiling)
}
