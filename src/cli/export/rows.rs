//! Matches as rows: JSON Lines for programs, CSV for spreadsheets. One row a match, newest first.

use std::io::Write;

use serde::Serialize;

use super::Rule;
use super::shown::Shown;
use crate::cli::{Exit, Failure};

/// Characters of a cell at most: a spreadsheet cuts at 32,767, and not between letters.
const CELL: usize = 32_000;

const HEADER: [&str; 11] = [
    "rule",
    "rule_title",
    "feed",
    "outlet",
    "title",
    "url",
    "published",
    "fetched",
    "entities",
    "text",
    "id",
];

#[derive(Serialize)]
struct Line<'a> {
    rule: &'a str,
    feed: &'a str,
    outlet: &'a str,
    title: &'a str,
    url: Option<&'a str>,
    published: Option<String>,
    fetched: String,
    entities: Vec<&'a str>,
    text: &'a str,
    id: &'a str,
}

/// Writes one JSON object.
pub(super) fn json(out: &mut dyn Write, rule: &Rule, entry: &Shown) -> Result<(), Failure> {
    let line = Line {
        rule: &rule.id,
        feed: &entry.feed,
        outlet: &entry.outlet,
        title: &entry.title,
        url: entry.url.as_deref(),
        published: entry.published.map(|time| time.to_string()),
        fetched: entry.fetched.to_string(),
        entities: entry.entities.iter().map(|named| named.id.as_str()).collect(),
        text: &entry.text,
        id: &entry.id,
    };
    serde_json::to_writer(&mut *out, &line).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// A table that a spreadsheet opens with a double click.
pub(super) struct Table<W: Write>(csv::Writer<W>);

impl<W: Write> Table<W> {
    /// Begins with the mark by which Excel knows UTF-8; it reads Arabic as noise without.
    pub(super) fn begin(mut out: W) -> Result<Table<W>, Failure> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        table.write_record(HEADER).map_err(|error| failed(&error))?;
        Ok(Table(table))
    }

    pub(super) fn row(&mut self, rule: &Rule, entry: &Shown) -> Result<(), Failure> {
        let names: Vec<&str> = entry.entities.iter().map(|named| named.name.as_str()).collect();
        let time = |time: Option<jiff::Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
        let cells = [
            &rule.id,
            &rule.title,
            &entry.feed,
            &entry.outlet,
            &entry.title,
            entry.url.as_deref().unwrap_or_default(),
            &time(entry.published),
            &time(Some(entry.fetched)),
            &names.join("; "),
            &entry.text,
            &entry.id,
        ];
        self.0.write_record(cells.map(cell)).map_err(|error| failed(&error))
    }

    pub(super) fn end(mut self) -> Result<(), Failure> {
        Ok(self.0.flush()?)
    }
}

/// A spreadsheet runs what begins as a formula: an apostrophe makes it text, as in Excel's own notation.
fn cell(text: &str) -> String {
    let text: String = text.chars().take(CELL).collect();
    let formula = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠');
    if text.trim_start_matches([' ', '\u{a0}', '\n']).starts_with(formula) {
        format!("'{text}")
    } else {
        text
    }
}

fn failed(error: &csv::Error) -> Failure {
    match error.kind() {
        csv::ErrorKind::Io(error) => Failure::from(std::io::Error::from(error.kind())),
        _ => Failure::new(Exit::Software, format!("cannot write the table: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        for text in ["", "1+1", "الخبر = 1", "https://news.example/-"] {
            assert_eq!(cell(text), text);
        }
    }
}
