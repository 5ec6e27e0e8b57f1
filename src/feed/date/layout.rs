//! The layouts of dates, as rows of a table.

use jiff::ToSpan;
use jiff::civil::{Date, ISOWeekDate, Weekday};

use super::day;

/// A part of a date, in the order in which it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Number {
        value: u64,
        digits: u8,
    },
    Month(i8),
    /// Of ISO 8601.
    Week(i8),
}

/// What a part is by its looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// One or two digits.
    Short,
    /// Three digits.
    Three,
    /// Four digits.
    Year,
    /// Six digits.
    Six,
    /// Seven digits.
    Seven,
    /// Eight digits.
    Eight,
    /// A month by its name.
    Month,
    /// `W47`.
    Week,
}

use Look::{Eight, Month, Seven, Short, Six, Three, Week, Year};

/// How the values make a date; the values stand in document order.
type Reading = fn(&[i64]) -> Option<Date>;

const LAYOUTS: [(&[Look], Reading); 21] = [
    (&[Year, Short, Short], |v| day(v[0], v[1], v[2])), // 2026-11-21
    (&[Short, Month, Year], |v| day(v[2], v[1], v[0])), // 21 Nov 2026
    (&[Short, Month, Short], |v| day(v[2], v[1], v[0])), // 21 Nov 26
    (&[Short, Month, Three], |v| day(v[2], v[1], v[0])), // 21 Nov 126
    (&[Month, Short, Year], |v| day(v[2], v[0], v[1])), // November 21, 2026
    (&[Month, Short, Short], |v| day(v[2], v[0], v[1])), // Nov 21 26
    (&[Year, Month, Short], |v| day(v[0], v[1], v[2])), // 2026 Nov 21
    (&[Year, Short, Month], |v| day(v[0], v[2], v[1])), // 2026 21 Nov
    (&[Short, Short, Year], |v| either(v[2], v[0], v[1])), // 21/11/2026, 11/21/2026
    (&[Short, Short, Short], |v| two_digits(v[0], v[1], v[2])), // 21/11/26, 26-11-21
    (&[Month, Year], |v| day(v[1], v[0], 1)),           // November 2026
    (&[Year, Month], |v| day(v[0], v[1], 1)),           // 2026 November
    (&[Year, Short], |v| day(v[0], v[1], 1)),           // 2026-11
    (&[Year, Three], |v| ordinal(v[0], v[1])),          // 2026-325
    (&[Year], |v| day(v[0], 1, 1)),                     // 2026
    (&[Six], |v| day(v[0] / 10_000, v[0] / 100 % 100, v[0] % 100)), // 261121
    (&[Seven], |v| ordinal(v[0] / 1000, v[0] % 1000)),  // 2026325
    (&[Eight], |v| day(v[0] / 10_000, v[0] / 100 % 100, v[0] % 100)), // 20261121
    (&[Year, Week, Short], |v| week(v[0], v[1], v[2])), // 2026-W47-6
    (&[Year, Week], |v| week(v[0], v[1], 1)),           // 2026-W47
    (&[Short, Year, Month], |v| day(v[1], v[2], v[0])), // 21 2026 Nov
];

/// The date that the parts say; `None` where they fit no layout, or there is no such day.
pub(super) fn date(parts: &[Part]) -> Option<Date> {
    let mut looks = [Short; 4];
    let mut values = [0; 4];
    for (at, part) in parts.iter().enumerate() {
        (*looks.get_mut(at)?, *values.get_mut(at)?) = look(*part)?;
    }
    let looks = &looks[..parts.len()];
    let (_, reading) = LAYOUTS.iter().find(|(layout, _)| *layout == looks)?;
    reading(&values[..parts.len()])
}

fn look(part: Part) -> Option<(Look, i64)> {
    let (look, value) = match part {
        Part::Month(month) => return Some((Month, i64::from(month))),
        Part::Week(week) => return Some((Week, i64::from(week))),
        Part::Number { value, digits: 1 | 2 } => (Short, value),
        Part::Number { value, digits: 3 } => (Three, value),
        Part::Number { value, digits: 4 } => (Year, value),
        Part::Number { value, digits: 6 } => (Six, value),
        Part::Number { value, digits: 7 } => (Seven, value),
        Part::Number { value, digits: 8 } => (Eight, value),
        Part::Number { .. } => return None,
    };
    Some((look, i64::try_from(value).ok()?))
}

/// The day comes first, as this field writes, unless there is no such month.
fn either(year: i64, first: i64, second: i64) -> Option<Date> {
    day(year, second, first).or_else(|| day(year, first, second))
}

/// Day, month, year, as this field writes; else year, month, day, which is all it can be where the
/// last number is no year of this age.
fn two_digits(first: i64, second: i64, third: i64) -> Option<Date> {
    const THIS_AGE: i64 = 30;
    let backwards = || day(first, second, third);
    if (THIS_AGE..32).contains(&third) && second <= 12 {
        return backwards();
    }
    either(third, first, second).or_else(backwards)
}

fn week(year: i64, week: i64, day: i64) -> Option<Date> {
    let weekday = Weekday::from_monday_one_offset(i8::try_from(day).ok()?).ok()?;
    ISOWeekDate::new(i16::try_from(year).ok()?, i8::try_from(week).ok()?, weekday).ok().map(Date::from)
}

fn ordinal(year: i64, of_year: i64) -> Option<Date> {
    let date = day(year, 1, 1)?.checked_add((of_year - 1).days()).ok()?;
    (of_year >= 1 && i64::from(date.year()) == year).then_some(date)
}
