//! A report for people: values in, lines out.

use std::io::{self, Write};
use std::time::Duration;

use reqwest::StatusCode;

use super::report::{Asked, Entry, Report, Schedule};
use crate::cli::screen::{self, Screen};

/// Entries that are shown.
const SHOWN: usize = 20;
/// Seconds by which a clock may be off before it is worth a line.
const CLOCK_OFF: u64 = 120;
/// Columns of a line that holds a stranger's text.
const WIDE: usize = 110;

pub(super) fn draw(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let screen = Screen::of_stdout();
    writeln!(out, "{}", screen.text(&report.source, WIDE))?;
    for (number, hop) in report.hops.iter().enumerate() {
        draw_hop(number + 1, hop, screen, out)?;
    }
    if let Some(bytes) = report.bytes {
        writeln!(
            out,
            "\n{bytes} bytes unpacked, fetched in {} ms, read in {} ms",
            report.fetch_ms, report.read_ms
        )?;
    }
    if report.error.is_none() {
        draw_feed(report, screen, out)?;
    }
    if let Some(moved_to) = &report.moved_to {
        writeln!(out, "\nmoved for good to {}: write that into the config", screen.text(moved_to, WIDE))?;
    }
    writeln!(out, "\n{}", next(&report.schedule, report.error.is_some()))
}

fn draw_hop(number: usize, hop: &Asked, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    let status = match hop.status {
        Some(status) => {
            let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
            format!("{status} {}", reason.unwrap_or_default())
        }
        None => "no answer".into(),
    };
    let peer = hop.peer.as_deref().map(|peer| format!(" from {peer}")).unwrap_or_default();
    writeln!(out, "\n{number}. {}", screen.text(&hop.url, WIDE))?;
    writeln!(out, "   {}{peer} after {} ms", status.trim_end(), hop.ms)?;
    for (name, value) in &hop.headers {
        writeln!(out, "   {name}: {}", screen.text(value, WIDE))?;
    }
    Ok(())
}

fn draw_feed(report: &Report, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    let format = report.format.map(|format| format!("{format:?}").to_lowercase()).unwrap_or_default();
    let title = report.title.as_deref().unwrap_or("(no title)");
    let language = report.language.as_deref().unwrap_or("no language given");
    writeln!(
        out,
        "{format}: {} ({}), {} entries",
        screen.text(title, WIDE),
        screen.text(language, 20),
        report.entries.len()
    )?;
    if !report.conditional && !report.hops.is_empty() {
        writeln!(out, "neither ETag nor Last-Modified: every poll carries the whole document")?;
    }
    if !report.notes.is_empty() {
        writeln!(out, "\nmended:")?;
        report.notes.iter().try_for_each(|note| writeln!(out, "  {}", screen.text(note, WIDE)))?;
    }
    if report.entries.is_empty() {
        return writeln!(out, "\nno entries: if that lasts, the address is not the feed that was meant");
    }
    writeln!(out, "\nentries:")?;
    report.entries.iter().take(SHOWN).try_for_each(|entry| draw_entry(entry, screen, out))?;
    match report.entries.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "  … and {more} more"),
    }
}

fn draw_entry(entry: &Entry, screen: Screen, out: &mut impl Write) -> io::Result<()> {
    let date = entry.published.as_deref().or(entry.updated.as_deref()).unwrap_or("(no date)");
    writeln!(out, "  {date:<20}  {}", screen.text(&entry.title, WIDE - 22))?;
    writeln!(out, "  {:<20}  {}", "", screen.text(&entry.id, WIDE - 22))
}

fn next(schedule: &Schedule, failed: bool) -> String {
    let Some(wait) = schedule.wait_s.filter(|_| !schedule.gone) else {
        return "the daemon would not ask again until the address changes".into();
    };
    let wait = screen::spell(Duration::from_secs(wait));
    if failed {
        return format!("the daemon would ask again in {wait}, then ever less often while it fails");
    }
    let seconds = |seconds: u64| screen::spell(Duration::from_secs(seconds));
    let every =
        schedule.every_s.map(|every| format!("the feed says that it changes every {}\n", seconds(every)));
    let fresh = schedule.fresh_s.map(|fresh| format!("the answer stays fresh for {}\n", seconds(fresh)));
    let off = schedule.clock_ahead_s.filter(|ahead| ahead.unsigned_abs() >= CLOCK_OFF);
    let off = off.map(|ahead| {
        let which = if ahead > 0 { "ahead of" } else { "behind" };
        format!("the server's clock is {} {which} ours\n", seconds(ahead.unsigned_abs()))
    });
    let said: String = [every, fresh, off].into_iter().flatten().collect();
    format!(
        "{said}the daemon would ask again in {wait}, later by the feed's rhythm unless it has an `interval`"
    )
}
