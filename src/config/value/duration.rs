//! Durations such as `"90s"`, `"10m"`, `"6h"`, `"7d"`, from one second to ten years.

use std::time::Duration;

use crate::config::problem::Wrong;

/// Ten years: past that no timer is meant, and every sum of two still fits.
const LONGEST: u64 = 3_650 * DAY;
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A duration of at least one second.
pub(in crate::config) fn duration(written: &str) -> Result<Duration, Wrong> {
    match spacing(written)? {
        Duration::ZERO => Err(Wrong::new("a duration of zero is not allowed").hint("the shortest is \"1s\"")),
        duration => Ok(duration),
    }
}

/// A duration that may be zero.
pub(in crate::config) fn spacing(written: &str) -> Result<Duration, Wrong> {
    let unit_at = written.find(|c: char| !c.is_ascii_digit()).unwrap_or(written.len());
    let (digits, unit) = written.split_at(unit_at);
    let seconds = match (digits, unit) {
        ("", _) => return Err(not_a_duration(written)),
        (_, "s") => 1,
        (_, "m") => MINUTE,
        (_, "h") => HOUR,
        (_, "d") => DAY,
        _ => return Err(not_a_duration(written)),
    };
    let total = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(seconds));
    match total.filter(|total| *total <= LONGEST) {
        Some(total) => Ok(Duration::from_secs(total)),
        None => Err(Wrong::new("the duration is too long").hint("the longest is \"3650d\"")),
    }
}

/// The shortest way to write a duration of whole seconds.
pub(in crate::config) fn spelled(duration: Duration) -> String {
    match duration.as_secs() {
        0 => "0s".into(),
        seconds if seconds % DAY == 0 => format!("{}d", seconds / DAY),
        seconds if seconds % HOUR == 0 => format!("{}h", seconds / HOUR),
        seconds if seconds % MINUTE == 0 => format!("{}m", seconds / MINUTE),
        seconds => format!("{seconds}s"),
    }
}

fn not_a_duration(written: &str) -> Wrong {
    let text = written.trim();
    if text.starts_with(['-', '−']) {
        return Wrong::new("a duration cannot be negative").hint("the shortest is \"1s\"");
    }
    if !text.is_empty() && text.chars().all(char::is_numeric) {
        let digits: String = text.chars().filter_map(western).collect();
        let message = "the duration has no unit";
        return Wrong::new(message).hint(format!("write \"{digits}s\" for seconds, or use m, h or d"));
    }
    let hint = match meant(text) {
        Some(seconds) => format!("write \"{}\"", spelled(Duration::from_secs(seconds))),
        None => "write a number and s, m, h or d, such as \"90s\", \"10m\", \"6h\" or \"7d\"".into(),
    };
    Wrong::new("not a duration").hint(hint)
}

/// What `10 min`, `1h30m`, `1.5h` or `٦h` mean to a person; at least a second.
fn meant(text: &str) -> Option<u64> {
    let text: String = text.to_lowercase().chars().map(|c| western(c).unwrap_or(c)).collect();
    let mut total = 0.0;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let number: f64 = rest[..number_end].parse().ok()?;
        rest = rest[number_end..].trim_start();
        let unit_end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        total += number * unit(rest[..unit_end].trim_matches([' ', ',']))?;
        rest = &rest[unit_end..];
    }
    let whole = total.round();
    // Between one second and the longest, the cast is exact.
    #[allow(clippy::cast_sign_loss, clippy::cast_precision_loss)]
    (whole >= 1.0 && whole <= LONGEST as f64).then_some(whole as u64)
}

/// Seconds in a unit, however people call it.
fn unit(name: &str) -> Option<f64> {
    Some(match name {
        "ms" | "msec" | "milliseconds" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" | "ث" | "ثانية" | "ثوان" | "ثواني" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" | "د" | "دقيقة" | "دقائق" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" | "س" | "ساعة" | "ساعات" => 3_600.0,
        "d" | "day" | "days" | "يوم" | "أيام" => 86_400.0,
        "w" | "week" | "weeks" | "أسبوع" | "أسابيع" => 604_800.0,
        _ => return None,
    })
}

/// The Western digit of an Arabic or Persian one.
fn western(c: char) -> Option<char> {
    let value = match c {
        '0'..='9' => return Some(c),
        '٠'..='٩' => u32::from(c) - u32::from('٠'),
        '۰'..='۹' => u32::from(c) - u32::from('۰'),
        _ => return None,
    };
    char::from_digit(value, 10)
}
