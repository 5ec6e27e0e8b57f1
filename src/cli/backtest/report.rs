//! What a backtest says: what was counted in, one object for programs or a page for people out.

use std::collections::BTreeMap;
use std::io::Write;

use anstyle::Style;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::mails::Mails;
use super::{BacktestArgs, Change, Day, Sample, Tally};
use crate::cli::Failure;
use crate::cli::excerpt::{Look, isolated, printable};
use crate::cli::period;
use crate::cli::screen::Screen;

/// Columns of a rule's id, a subscriber's address, the chart of days.
const NAME: usize = 32;
const DAYS: usize = 30;
/// Columns of a title.
const TITLE: usize = 90;

/// What a backtest says.
#[derive(serde::Serialize)]
pub(super) struct Report {
    /// What was compared with: `stored`, or the name of a config.
    against: String,
    /// Entries that were judged.
    entries: u64,
    /// Entries whose text is gone, so that nothing can be said of them.
    without_text: u64,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    rules: Vec<Rule>,
    subscribers: Vec<Mails>,
}

#[derive(serde::Serialize)]
struct Rule {
    rule: String,
    #[serde(flatten)]
    all: Day,
    days: BTreeMap<Date, Day>,
    samples: Vec<Sample>,
}

impl Report {
    pub(super) fn new(
        args: &BacktestArgs,
        names: &[String],
        (entries, without_text): (u64, u64),
        tally: &Tally,
        subscribers: Vec<Mails>,
    ) -> Report {
        let against = args.against.as_ref().map_or("stored".to_owned(), |file| file.display().to_string());
        let stretch = args.period.stretch(None);
        let counted = |(rule, name): (u32, &String)| {
            let counts = tally.rules.get(&rule);
            Rule {
                rule: name.clone(),
                all: counts.map(|counts| counts.all).unwrap_or_default(),
                days: counts.map(|counts| counts.days.clone()).unwrap_or_default(),
                samples: counts.map(|counts| counts.samples.clone()).unwrap_or_default(),
            }
        };
        Report {
            against,
            entries,
            without_text,
            since: stretch.since,
            until: stretch.until,
            rules: (0..).zip(names).map(counted).collect(),
            subscribers,
        }
    }

    /// For people.
    pub(super) fn print(&self, out: &mut impl Write) -> Result<(), Failure> {
        let (look, screen) = (Look::of_stdout(), Screen::of_stdout());
        let bold = |text: &str| look.paint(Style::new().bold(), text);
        let against = match self.against.as_str() {
            "stored" => "what is stored".to_owned(),
            file => printable(file),
        };
        writeln!(out, "{} entries looked at, against {against}", self.entries)?;
        if self.without_text > 0 {
            writeln!(out, "{} more have lost their text and say nothing", self.without_text)?;
        }
        writeln!(
            out,
            "\n{}",
            bold(&format!("{:NAME$} {:>8} {:>8} {:>8}  by day", "rule", "matched", "gained", "lost"))
        )?;
        for rule in &self.rules {
            let Day { matched, gained, lost } = rule.all;
            let (name, chart) = (screen.cell(&rule.rule, NAME), chart(&rule.days));
            writeln!(out, "{name} {matched:>8} {gained:>8} {lost:>8}  {chart}")?;
        }
        for rule in self.rules.iter().filter(|rule| rule.samples.iter().any(is_news)) {
            writeln!(out, "\n{}", bold(&screen.text(&rule.rule, TITLE)))?;
            for sample in rule.samples.iter().filter(|sample| is_news(sample)) {
                let sign = if sample.change == Change::Gained { '+' } else { '-' };
                let at = period::shown(sample.fetched, &TimeZone::system());
                writeln!(
                    out,
                    "  {sign} {at}  {}  {}",
                    isolated(&sample.feed),
                    screen.text(&sample.title, TITLE)
                )?;
            }
        }
        if self.subscribers.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "\n{}",
            bold(&format!("{:NAME$} {:>8} {:>8} {:>8}", "mails to", "now", "before", "entries"))
        )?;
        for one in &self.subscribers {
            let name = screen.cell(&one.subscriber, NAME);
            writeln!(out, "{name} {:>8} {:>8} {:>8}", one.mails, one.mails_before, one.entries)?;
        }
        Ok(writeln!(
            out,
            "Mails are counted by delivery and group_wait; follow-ups of stories, quiet hours and limits an hour would make fewer."
        )?)
    }
}

fn is_news(sample: &Sample) -> bool {
    sample.change != Change::Kept
}

/// The last days as bars, each as high as it is beside the highest.
fn chart(days: &BTreeMap<Date, Day>) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let Some((&last, _)) = days.last_key_value() else { return String::new() };
    let first = days.first_key_value().map_or(last, |(&first, _)| first);
    let highest = days.values().map(|day| day.matched).max().unwrap_or_default().max(1);
    let bar = |date: Date| match days.get(&date).map_or(0, |day| day.matched) {
        0 => ' ',
        count => BARS[usize::try_from(count * 8 / highest).unwrap_or(8).clamp(1, 8) - 1],
    };
    let all: Vec<char> =
        first.series(jiff::Span::new().days(1)).take_while(|date| *date <= last).map(bar).collect();
    all[all.len().saturating_sub(DAYS)..].iter().collect()
}
