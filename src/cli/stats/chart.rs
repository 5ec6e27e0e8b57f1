//! Counts as a table with a small chart a row, of a width that fits the terminal.

use std::io::{self, Write};

use super::Stats;
use crate::cli::screen::{self, Screen};

/// Eighths of a line of text, from nothing.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Columns of a name at most, and of a chart at least and at most.
const WIDEST: usize = 32;
const CHART: [usize; 2] = [10, 90];
/// What stands beside name and chart.
const NUMBERS: usize = 24;
/// Rows of a table: what is below says less than it hides.
const ROWS: usize = 200;
/// Where the width of the terminal is not known.
const USUAL: usize = 100;

struct Row<'a> {
    name: &'a str,
    numbers: [u64; 2],
    by_day: &'a [u64],
}

pub(super) fn draw(stats: &Stats, out: &mut impl Write) -> io::Result<()> {
    let (first, last) = (stats.days.first(), stats.days.last());
    if let (Some(first), Some(last)) = (first, last) {
        writeln!(out, "{first} to {last}, days of {}", stats.timezone)?;
    }
    if let Some(rules) = &stats.rules {
        let rows = rules.iter().map(|row| Row {
            name: row.title.as_deref().unwrap_or(&row.rule),
            numbers: [row.matches, row.by_day.last().copied().unwrap_or_default()],
            by_day: &row.by_day,
        });
        table(["RULE", "MATCHES", "TODAY"], &rows.collect::<Vec<_>>(), out)?;
    }
    if let Some(feeds) = &stats.feeds {
        let rows = feeds.iter().map(|row| Row {
            name: row.title.as_deref().unwrap_or(&row.feed),
            numbers: [row.entries, row.matches],
            by_day: &row.by_day,
        });
        table(["FEED", "ENTRIES", "MATCHES"], &rows.collect::<Vec<_>>(), out)?;
    }
    Ok(())
}

fn table(heads: [&str; 3], rows: &[Row<'_>], out: &mut impl Write) -> io::Result<()> {
    let screen = Screen::of_stdout();
    let widest = rows.iter().map(|row| screen::columns(row.name)).max().unwrap_or(0);
    let name = widest.clamp(heads[0].len(), WIDEST);
    let room = screen::width().unwrap_or(USUAL).saturating_sub(name + NUMBERS);
    let room = room.clamp(CHART[0], CHART[1]);
    writeln!(out, "\n{:name$} {:>9} {:>9}  BY DAY", heads[0], heads[1], heads[2])?;
    for row in rows.iter().take(ROWS) {
        let (first, second) = (row.numbers[0], row.numbers[1]);
        writeln!(out, "{} {first:>9} {second:>9}  {}", screen.cell(row.name, name), chart(row.by_day, room))?;
    }
    match rows.len().saturating_sub(ROWS) {
        0 => Ok(()),
        more => writeln!(out, "and {more} more; --format json has all"),
    }
}

/// One column a day, the latest on the right; of several days where they are more than there is room for.
/// The highest column is a row's own most.
fn chart(by_day: &[u64], room: usize) -> String {
    let days = by_day.len().div_ceil(room).max(1);
    let sums: Vec<u64> = by_day.rchunks(days).rev().map(|days| days.iter().sum()).collect();
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let block = |count: u64| {
        // Something is never drawn as nothing.
        let eighths = (count * 8).div_ceil(most);
        BLOCKS[usize::try_from(eighths).unwrap_or(8).min(8)]
    };
    let drawn: String = sums.into_iter().map(block).collect();
    drawn.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::chart;

    #[test]
    fn a_chart_has_a_column_a_day_and_fits() {
        assert_eq!(chart(&[0, 1, 4, 8], 10), " ▁▄█");
        assert_eq!(chart(&[1000, 1, 0, 500], 10), "█▁ ▄");
        assert_eq!(chart(&[0, 0, 0], 10), "");
        assert_eq!(chart(&[1; 25], 10), "▃████████");
        assert_eq!(chart(&[], 10), "");
    }
}
