//! Dates of the wild: what a feed wrote in, an instant out, or nothing.
//!
//! A date is cut into words and numbers, words are looked up (months of three calendars' names, zones,
//! morning and evening), and the numbers that remain are read by the one row of [`layout`] they fit.
//! Without a zone a date is UTC. What cannot be read is nothing: never now, never an error.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

mod layout;
mod token;
mod words;
mod zone;

use layout::Part;
use token::Token;
use words::Word;
use zone::Zone;

/// Longer texts are no dates.
const LONGEST: usize = 160;

/// Reads a date in any layout that feeds use.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let normal = token::normal(text);
    let mut found = Found::default();
    Cursor { tokens: &token::tokens(&normal) }.read(&mut found)?;
    found.timestamp()
}

/// What was found so far.
#[derive(Debug, Default)]
struct Found {
    parts: Vec<Part>,
    time: Option<(u32, u32, u32, u32)>,
    afternoon: Option<bool>,
    zone: Option<Zone>,
}

impl Found {
    fn timestamp(self) -> Option<Timestamp> {
        if let ([Part::Number { value, digits }], None) = (&*self.parts, self.time) {
            match digits {
                14 => return Offset::UTC.to_timestamp(run_together(*value)?).ok(),
                10 => return Timestamp::from_second(i64::try_from(*value).ok()?).ok(),
                13 => return Timestamp::from_millisecond(i64::try_from(*value).ok()?).ok(),
                _ => {}
            }
        }
        let date = layout::date(&self.parts)?;
        let (time, next_day) = self.clock()?;
        let date = if next_day { date.tomorrow().ok()? } else { date };
        let local = DateTime::from_parts(date, time);
        match self.zone {
            None => Offset::UTC.to_timestamp(local).ok(),
            Some(Zone::Fixed(offset)) => offset.to_timestamp(local).ok(),
            Some(Zone::Named(zone)) => zone.to_timestamp(local).ok(),
        }
    }

    /// The time of day, and whether it is midnight at the day's end.
    fn clock(&self) -> Option<(Time, bool)> {
        let (mut hour, minute, second, nanos) = self.time.unwrap_or_default();
        match self.afternoon {
            Some(true) if hour < 12 => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        let next_day = hour == 24 && minute == 0 && second == 0;
        let hour = if next_day { 0 } else { hour };
        let second = if second == 60 { 59 } else { second }; // a leap second
        let small = |number: u32| i8::try_from(number).ok();
        let time =
            Time::new(small(hour)?, small(minute)?, small(second)?, i32::try_from(nanos).ok()?).ok()?;
        Some((time, next_day))
    }
}

/// What is left to read.
struct Cursor<'t> {
    tokens: &'t [Token<'t>],
}

impl<'t> Cursor<'t> {
    /// Reads all of it; `None` at the first word that belongs to no date.
    fn read(mut self, found: &mut Found) -> Option<()> {
        let unknown_weekday = self.pass_unknown_weekday();
        // Only directly after a time does `+3`, `ص` or an unknown abbreviation say something of it.
        let mut after_time = false;
        while let Some((token, rest)) = self.tokens.split_first() {
            self.tokens = rest;
            after_time = match *token {
                Token::Number { value, digits } => self.number(value, digits, found)?,
                Token::Word(word) => self.word(word, after_time, found)?,
                Token::Mark('+' | '-') if after_time => self.offset(*token, found)?,
                Token::Mark('(' | '[') if found.zone.is_some() => {
                    let end = self.tokens.iter().position(|token| matches!(token, Token::Mark(')' | ']')));
                    self.tokens = &self.tokens[end.map_or(self.tokens.len(), |end| end + 1)..];
                    true
                }
                Token::Mark(_) => after_time,
            };
        }
        (!unknown_weekday || found.parts.len() >= 3).then_some(())
    }

    /// A first word that nobody knows is a day of the week in another language, if a date follows.
    fn pass_unknown_weekday(&mut self) -> bool {
        let [Token::Word(word), rest @ ..] = self.tokens else { return false };
        let two = |next: &str| words::month_of_two(word, next).is_some();
        let known = words::lookup(word).is_some()
            || zone::named(word).is_some()
            || matches!(rest.first(), Some(Token::Word(next)) if two(next));
        if !known {
            self.tokens = rest;
        }
        !known
    }

    fn number(&mut self, value: u64, digits: u8, found: &mut Found) -> Option<bool> {
        if found.time.is_none()
            && digits <= 2
            && let [Token::Mark(':') | Token::Word("h"), Token::Number { value: minute, .. }, ..] =
                self.tokens
        {
            self.tokens = &self.tokens[2..];
            let (second, nanos) = self.seconds();
            found.time = Some((small(value)?, small(*minute)?, second, nanos));
            return Some(true);
        }
        found.parts.push(Part::Number { value, digits });
        (found.parts.len() <= 4).then_some(false)
    }

    /// `:ss` and a fraction, where they stand.
    fn seconds(&mut self) -> (u32, u32) {
        let [Token::Mark(':'), Token::Number { value, .. }, rest @ ..] = self.tokens else { return (0, 0) };
        self.tokens = rest;
        let mut nanos = 0;
        if let [Token::Mark('.' | ',' | ':'), Token::Number { value, digits }, rest @ ..] = self.tokens
            && *digits <= 9
        {
            self.tokens = rest;
            nanos = small(*value).unwrap_or(0) * 10_u32.pow(9 - u32::from(*digits));
        }
        (small(*value).unwrap_or(u32::MAX), nanos)
    }

    /// `T100000`, `T1000` or `T10`.
    fn compact_time(&mut self, found: &mut Found) -> bool {
        let [Token::Number { value, digits: digits @ (2 | 4 | 6) }, rest @ ..] = self.tokens else {
            return false;
        };
        if matches!(rest.first(), Some(Token::Mark(':'))) {
            return false;
        }
        let padded = u32::try_from(*value).unwrap_or(0) * 10_u32.pow(6 - u32::from(*digits));
        found.time = Some((padded / 10_000, padded / 100 % 100, padded % 100, 0));
        self.tokens = rest;
        true
    }

    fn word(&mut self, word: &'t str, after_time: bool, found: &mut Found) -> Option<bool> {
        if let [Token::Word(next), rest @ ..] = self.tokens
            && let Some(month) = words::month_of_two(word, next)
        {
            self.tokens = rest;
            found.month(month)?;
            return Some(after_time);
        }
        if word == "w"
            && let [Token::Number { value, digits: 2 }, rest @ ..] = self.tokens
        {
            self.tokens = rest;
            found.parts.push(Part::Week(i8::try_from(*value).ok()?));
            return Some(false);
        }
        match words::lookup(word) {
            Some(Word::Month(month)) => found.month(month)?,
            Some(Word::Noise) => {}
            Some(Word::TimeFollows) => return Some(self.compact_time(found) || after_time),
            Some(Word::Afternoon(afternoon)) if after_time => found.afternoon = Some(afternoon),
            // Also marks a year as one of this era.
            Some(Word::Afternoon(_)) => return (word == "م").then_some(after_time),
            None => {
                let zone = zone::named(word).or_else(|| zone::unknown(word).filter(|_| after_time))?;
                found.zone.get_or_insert(zone);
                return Some(true);
            }
        }
        Some(after_time)
    }

    /// `+03`, `+3`, `+0300`, `+03:00`; after a zone's name as in `GMT+3` it replaces that.
    fn offset(&mut self, sign: Token<'t>, found: &mut Found) -> Option<bool> {
        let [Token::Number { value, digits }, rest @ ..] = self.tokens else { return Some(true) };
        let date_follows = match rest.first() {
            Some(Token::Mark(mark)) => matches!(mark, '/' | '-' | '.'),
            Some(Token::Word(word)) => matches!(words::lookup(word), Some(Word::Month(_))),
            _ => false,
        };
        if date_follows {
            return Some(false);
        }
        self.tokens = rest;
        let (hours, minutes) = match digits {
            1 | 2 => (*value, self.minutes()),
            _ => (value / 100, value % 100),
        };
        let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
        let seconds = if sign == Token::Mark('-') { -seconds } else { seconds };
        found.zone = Some(Zone::Fixed(Offset::from_seconds(seconds).ok()?));
        Some(true)
    }

    fn minutes(&mut self) -> u64 {
        let [Token::Mark(':'), Token::Number { value, .. }, rest @ ..] = self.tokens else { return 0 };
        self.tokens = rest;
        *value
    }
}

impl Found {
    /// The same month may be given under both its names.
    fn month(&mut self, month: i8) -> Option<()> {
        if let Some(Part::Month(known)) = self.parts.iter().find(|part| matches!(part, Part::Month(_))) {
            return (*known == month).then_some(());
        }
        self.parts.push(Part::Month(month));
        Some(())
    }
}

fn small(value: u64) -> Option<u32> {
    u32::try_from(value).ok()
}

/// `20261121100000`.
fn run_together(value: u64) -> Option<DateTime> {
    let (date, time) = (i64::try_from(value / 1_000_000).ok()?, value % 1_000_000);
    let part = |number: u64| i8::try_from(number % 100).ok();
    let time = Time::new(part(time / 10_000)?, part(time / 100)?, part(time)?, 0).ok()?;
    Some(DateTime::from_parts(day(date / 10_000, date / 100 % 100, date % 100)?, time))
}

/// A day that exists.
fn day(year: i64, month: i64, day: i64) -> Option<Date> {
    let year = match year {
        0..50 => year + 2000,
        50..1000 => year + 1900,   // RFC 2822, 4.3
        1300..1600 => return None, // a year of the Hijra
        _ => year,
    };
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
