//! What is expected of a value, in words for the one who wrote something else.

use toml::de::DeValue;

use crate::config::problem::Wrong;

/// What a key wants.
#[derive(Debug, Clone, Copy)]
pub(in crate::config) enum Kind<'k> {
    /// One line of text.
    Text,
    /// A query of the rules, which may go over several lines.
    Query,
    /// A piece of news, which may go over several lines.
    Sample,
    /// A time span such as `"10m"`.
    Duration,
    /// A number of bytes such as `"10MB"`.
    Size,
    /// A time of day such as `"08:00"`.
    TimeOfDay,
    /// A stretch of the day such as `"22:00-07:00"`.
    Hours,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// Texts of a kind.
    List(&'k Kind<'k>),
    /// Names and texts.
    Table,
    /// Terms and whole numbers.
    Weights,
}

impl Kind<'_> {
    /// Why a text cannot be one of this kind, whatever it says.
    pub(in crate::config) fn refuses(self, text: &str) -> Option<Wrong> {
        let lines = matches!(self, Kind::Query | Kind::Sample);
        let refused = |c: &char| {
            matches!(c, '\u{2028}' | '\u{2029}') || (c.is_control() && !(lines && c.is_whitespace()))
        };
        let character = text.chars().find(refused)?;
        Some(match character {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                Wrong::new("a line break is not allowed here").hint("write it on one line")
            }
            c => Wrong::new(format!("the control character U+{:04X} is not allowed here", u32::from(c)))
                .hint("type it anew"),
        })
    }

    /// What to say of a value of another type; the value itself may be a secret and is not told.
    pub(in crate::config) fn mismatch(self, value: &DeValue<'_>) -> Wrong {
        let wrong = Wrong::new(format!("expected {}, found {}", self.expected(), found(value)));
        match (self, value) {
            (Kind::Duration, DeValue::Integer(number)) => {
                wrong.hint(format!("write it in quotes and with its unit: \"{number}s\""))
            }
            (Kind::Size, DeValue::Integer(number)) => {
                wrong.hint(format!("write it in quotes and with its unit: \"{number}B\""))
            }
            (Kind::List(_), DeValue::String(_)) => wrong.hint("put it in brackets: [\"…\"]"),
            (Kind::Number | Kind::Flag, DeValue::String(_)) => wrong.hint("write it without quotes"),
            (Kind::Flag, _) => wrong.hint("write true or false"),
            (Kind::Number, DeValue::Float(_)) => wrong.hint("write it without a fraction"),
            (Kind::Number | Kind::Table | Kind::Weights | Kind::List(_), _) | (_, DeValue::Table(_)) => wrong,
            (_, DeValue::Array(_)) => wrong.hint("one value stands here, without brackets"),
            _ => wrong.hint("put it in quotes"),
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Kind::Text | Kind::Query | Kind::Sample => "a text",
            Kind::Duration => "a duration such as \"10m\"",
            Kind::Size => "a size such as \"10MB\"",
            Kind::TimeOfDay => "a time of day such as \"08:00\"",
            Kind::Hours => "hours such as \"22:00-07:00\"",
            Kind::Flag => "true or false",
            Kind::Number => "a whole number",
            Kind::List(Kind::TimeOfDay) => "a list of times of day such as [\"08:00\", \"17:30\"]",
            Kind::List(_) => "a list of texts",
            Kind::Table => "a table such as { \"X-Key\" = \"…\" }",
            Kind::Weights => "a table such as { \"انسحاب\" = 3 }",
        }
    }
}

fn found(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(true) => "true",
        DeValue::Boolean(false) => "false",
        DeValue::Datetime(_) => "a date or time without quotes",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
