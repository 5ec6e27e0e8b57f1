//! The list for people: rows in, an aligned table out, what is wrong under the feed that has it.

use std::io::{self, Write};
use std::time::Duration;

use jiff::Timestamp;

use super::{Row, State};
use crate::cli::screen::{self, Screen};
use crate::store::Articles;

/// Columns of an id and of a title at most.
const WIDEST: [usize; 2] = [24, 32];
/// Columns of what is wrong with a feed.
const REASON: usize = 110;

pub(super) fn draw(rows: &[Row], now: Timestamp, out: &mut impl Write) -> io::Result<()> {
    let screen = Screen::of_stdout();
    let width = |most: usize, name: &str, text: fn(&Row) -> &str| {
        let widest = rows.iter().map(|row| screen::columns(text(row))).max().unwrap_or(0);
        widest.max(name.len()).min(most)
    };
    let id = width(WIDEST[0], "FEED", |row| &row.id);
    let title = width(WIDEST[1], "TITLE", |row| row.title.as_deref().unwrap_or_default());
    writeln!(
        out,
        "{:8} {:id$} {:title$} {:>12} {:>8} {:>8}",
        "STATE", "FEED", "TITLE", "LAST SUCCESS", "A DAY", "NEXT"
    )?;
    for row in rows {
        let a_day = row.entries_a_day.map_or_else(|| "-".into(), |number| format!("{number:.1}"));
        writeln!(
            out,
            "{:8} {} {} {:>12} {a_day:>8} {:>8}",
            row.state.name(),
            screen.cell(&row.id, id),
            screen.cell(row.title.as_deref().unwrap_or("-"), title),
            row.succeeded.map_or_else(|| "never".into(), |time| ago(time, now)),
            row.next.map_or_else(|| "never".into(), |time| until(time, now)),
        )?;
        for reason in reasons(row) {
            writeln!(out, "         {}", screen.text(&reason, REASON))?;
        }
    }
    writeln!(out, "\n{}", summary(rows))
}

fn reasons(row: &Row) -> Vec<String> {
    let error = row.error.as_ref().map(|error| match row.failures {
        0 | 1 => error.clone(),
        failures => format!("{error} ({failures} times in a row)"),
    });
    let moved =
        row.moved_to.as_ref().map(|url| format!("moved for good to {url}: write that into the config"));
    let lost = row.articles.filter(|articles| articles.failed > 0 || articles.owed > 0).map(|articles| {
        let Articles { owed, had, failed } = articles;
        format!("articles: {had} had, {owed} still owed, {failed} given up")
    });
    // A feed that is gone or fails has said why.
    let noticed =
        row.warning.as_ref().filter(|_| row.state == State::Look).map(|warning| warning.reason.clone());
    error.into_iter().chain(noticed).chain(moved).chain(lost).collect()
}

fn summary(rows: &[Row]) -> String {
    let count = |state| rows.iter().filter(|row| row.state == state).count();
    let troubles = [State::Gone, State::Failing, State::Look, State::Moved, State::New]
        .map(|state| (count(state), state.name()));
    let troubles =
        troubles.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!(", {count} {name}"));
    let feeds = if rows.len() == 1 { "1 feed".into() } else { format!("{} feeds", rows.len()) };
    feeds + &troubles.collect::<String>()
}

fn ago(time: Timestamp, now: Timestamp) -> String {
    Duration::try_from(now.duration_since(time))
        .map_or_else(|_| "now".into(), |ago| format!("{} ago", coarse(ago)))
}

fn until(time: Timestamp, now: Timestamp) -> String {
    match Duration::try_from(time.duration_since(now)) {
        Ok(wait) if wait >= Duration::from_secs(1) => format!("in {}", coarse(wait)),
        _ => "due".into(),
    }
}

/// In the one unit that matters.
fn coarse(duration: Duration) -> String {
    screen::spell(duration).split(' ').next().unwrap_or_default().to_owned()
}
