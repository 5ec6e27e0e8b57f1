//! From the config as written to the config as meant, with every problem on the way.
//!
//! Rules and entities are understood as they come, so that a hundred thousand of them are never
//! held twice; everything else waits for the end, when all it may refer to is known.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{self, Lost, Mended, Section, Written, shifted};
use super::include::{self, Source};
use super::problem::{Found, Problems, Span};
use super::raw;
use super::table::{Place, Table};
use super::{Config, Fetch, Matching, Surroundings, keys};

mod feeds;
mod fetch;
mod http;
mod mail;
mod matching;
mod secret;
mod smtp;
mod storage;
mod subscribers;

use matching::{FeedNames, Known, Samples};

pub(super) use matching::Eye;

pub(super) use secret::is_exposed;

/// Everything of a config that has been read so far.
#[derive(Default)]
struct Draft<'a> {
    storage: Option<raw::Storage<'a>>,
    fetch: Option<raw::Fetch<'a>>,
    smtp: Option<raw::Smtp<'a>>,
    http: Option<raw::Http<'a>>,
    alerts: Option<raw::Alerts<'a>>,
    stories: Option<raw::Stories<'a>>,
    mail: Option<raw::Mail<'a>>,
    feeds: Vec<raw::Feed<'a>>,
    subscribers: Vec<raw::Subscriber<'a>>,
    matching: Matching,
    known: Known<'a>,
    /// Those of sound rules, by their place.
    samples: Vec<(usize, Samples<'a>)>,
    /// Whether a rule that does otherwise than its samples say may do so for another mistake.
    unsound: bool,
    seen: Vec<Written<&'static str>>,
    /// Of the file that is being read, and of those before it.
    counts: Counts,
    before: Counts,
}

/// How many items of each list there have been.
#[derive(Default)]
struct Counts {
    feeds: usize,
    entities: usize,
    rules: usize,
    subscribers: usize,
}

/// Reads the whole config. Files that it names and that are no part of it join `others`, so that a
/// report can show them.
pub(super) fn config(
    text: &str,
    included: &[Source],
    others: &mut Vec<Source>,
    around: &Surroundings,
    problems: &mut Problems,
) -> Option<Config> {
    let mended = Mended::new();
    let mut draft = Draft::default();
    draft.known.seen.eye = Eye::Passing;
    let mut lost = document::read(text, 0, &mended, problems, |section, problems| {
        draft.section(section, keys::section, problems);
    });
    for source in included {
        lost.names |= draft.source(source, &mended, problems, |draft, section, problems| {
            match ["rules", "entities"].into_iter().find(|known| *known == section.name.value) {
                None => problems.push(misplaced(&section)),
                known => draft.section(section, |_| known, problems),
            }
        });
    }
    let end = included.last().map_or(text.len(), |source| source.start + source.text.len()) + 1;
    draft.finish(lost, around, (end, others), problems)
}

/// Reads rules and entities alone, and looks at them so closely; other sections are not looked at.
pub(super) fn matching(
    text: &str,
    included: &[Source],
    eye: Eye,
    problems: &mut Problems,
) -> Option<Matching> {
    let mended = Mended::new();
    let mut draft = Draft::default();
    draft.known.seen.eye = eye;
    let mut lost = document::read(text, 0, &mended, problems, |section, problems| {
        draft.rules_alone(section, problems);
    });
    for source in included {
        lost.names |= draft.source(source, &mended, problems, Draft::rules_alone);
    }
    draft.known.references(lost, problems);
    matching::tell(&mut draft.known, &draft.matching.rules, &draft.matching.entities, problems);
    (!problems.are_errors()).then_some(draft.matching)
}

impl<'a> Draft<'a> {
    /// Reads an included file; whether some name in it was lost.
    fn source(
        &mut self,
        source: &'a Source,
        mended: &'a Mended,
        problems: &mut Problems,
        section: impl Fn(&mut Draft<'a>, Section<'a>, &mut Problems),
    ) -> bool {
        if !source.whole {
            return true;
        }
        // Items without a name are called by their number in their own file.
        self.before.add(&std::mem::take(&mut self.counts));
        let lost = document::read(&source.text, source.start, mended, problems, |found, problems| {
            section(self, found, problems);
        });
        lost.sections
    }

    /// Looks at rules and entities, and at what may be one of them misspelt.
    fn rules_alone(&mut self, section: Section<'a>, problems: &mut Problems) {
        let name = section.name.value.as_ref();
        let meant = ["rules", "entities"].into_iter().find(|known| *known == name);
        let misspelt =
            keys::section(name).is_none() && keys::nearest(name, ["rules", "entities"].into_iter()).is_some();
        if meant.is_some() || misspelt || name == "include" {
            self.section(section, |_| meant, problems);
        }
    }

    fn section(
        &mut self,
        section: Section<'a>,
        known: impl FnOnce(&str) -> Option<&'static str>,
        problems: &mut Problems,
    ) {
        if section.name.value == "include" {
            include::patterns(section.value, section.offset, problems);
            return;
        }
        let Some(name) = known(&section.name.value) else {
            problems.push(unknown_section(&section));
            return;
        };
        let parsed = (section.offset, section.whole);
        let span = shifted(&section.value.span(), section.offset);
        match (section.value.into_inner(), keys::is_list(name)) {
            (DeValue::Array(items), true) => {
                items.into_iter().for_each(|item| self.item(name, item, parsed, problems));
            }
            (DeValue::Table(table), false) => {
                let first = self.seen.iter().find(|seen| seen.value == name);
                if let Some(first) = first {
                    let message = format!("[{name}] stands there twice");
                    let found = Found::at(name, &section.name.span, message);
                    problems.push(
                        found.earlier("the first is in", &first.span).hint("put all its keys into one"),
                    );
                    return;
                }
                self.seen.push(Written { value: name, span });
                self.table(name, table, &section.name.span, parsed, problems);
            }
            (_, list) => {
                self.seen.push(Written { value: name, span });
                problems.push(wrong_shape(name, &section.name.span, list));
            }
        }
    }

    fn table(
        &mut self,
        name: &'static str,
        table: DeTable<'a>,
        span: &Span,
        parsed: (usize, bool),
        problems: &mut Problems,
    ) {
        let place = Place { section: name, index: None, name: None };
        let table = Table::new(place, table, span.clone(), parsed, problems);
        match name {
            "storage" => self.storage = Some(raw::Storage::read(table)),
            "fetch" => self.fetch = Some(raw::Fetch::read(table)),
            "smtp" => self.smtp = Some(raw::Smtp::read(table)),
            "stories" => self.stories = Some(raw::Stories::read(table)),
            "http" => self.http = Some(raw::Http::read(table)),
            "mail" => self.mail = Some(raw::Mail::read(table)),
            _ => self.alerts = Some(raw::Alerts::read(table)),
        }
    }

    fn item(
        &mut self,
        name: &'static str,
        item: Spanned<DeValue<'a>>,
        parsed: (usize, bool),
        problems: &mut Problems,
    ) {
        let span = shifted(&item.span(), parsed.0);
        let DeValue::Table(table) = item.into_inner() else {
            problems.push(wrong_shape(name, &span, true));
            return;
        };
        let count = self.counts.of(name);
        let place = Place { section: name, index: Some(*count), name: None };
        *count += 1;
        let table = Table::new(place, table, span, parsed, problems);
        match name {
            "feeds" => self.feeds.push(raw::Feed::read(table)),
            "subscribers" => self.subscribers.push(raw::Subscriber::read(table)),
            "entities" => {
                let entity = matching::entity(raw::Entity::read(table), &mut self.known, problems);
                self.unsound |= entity.is_none();
                self.matching.entities.extend(entity);
            }
            _ => {
                let mut rule = raw::Rule::read(table);
                let samples = Samples::take(&mut rule);
                if !samples.as_ref().is_some_and(Samples::are_positive) {
                    self.known.seen.untested(&rule.place, &rule.span);
                }
                let rule = matching::rule(rule, &mut self.known, problems);
                let place = self.matching.rules.len();
                self.samples.extend(samples.filter(|_| rule.is_some()).map(|samples| (place, samples)));
                self.matching.rules.extend(rule);
            }
        }
    }

    /// Understands what was read; the config only if there was no error at all.
    fn finish(
        mut self,
        lost: Lost,
        around: &Surroundings,
        (end, others): (usize, &mut Vec<Source>),
        problems: &mut Problems,
    ) -> Option<Config> {
        self.counts.add(&std::mem::take(&mut self.before));
        if !lost.sections {
            missing(&self, problems);
        }
        let named = self.known.references(lost, problems);
        if !lost.sections {
            self.known.feeds(&FeedNames::of(&self.feeds), problems);
        }
        if named && !self.unsound {
            let Matching { rules, entities } = &self.matching;
            matching::run_samples(&self.samples, rules, entities, problems);
        }
        let storage = self.storage.and_then(|raw| storage::storage(&raw, around, problems));
        let smtp = self.smtp.and_then(|raw| smtp::smtp(&raw, around, problems));
        let sender = smtp.as_ref().map(|smtp| &smtp.from);
        let fetch: Option<Fetch> = fetch::fetch(&self.fetch.unwrap_or_default(), sender, around, problems);
        let http = http::http(&self.http.unwrap_or_default(), around, problems);
        let alerts = fetch::alerts(&self.alerts.unwrap_or_default(), problems);
        let stories = fetch::stories(&self.stories.unwrap_or_default(), problems);
        let mail = mail::mail(&self.mail.unwrap_or_default(), around, (end, others), problems);
        let floor = fetch.as_ref().map(|fetch| fetch.min_interval);
        let feeds = feeds::feeds(self.feeds, floor, around, problems);
        let subscribers = subscribers::subscribers(self.subscribers, &self.known, lost, problems);
        matching::tell(&mut self.known, &self.matching.rules, &self.matching.entities, problems);
        if problems.are_errors() {
            return None;
        }
        Some(Config {
            storage: storage?,
            fetch: fetch?,
            smtp: smtp?,
            http: http?,
            alerts: alerts?,
            stories: stories?,
            mail: mail?,
            feeds,
            matching: self.matching,
            subscribers,
        })
    }
}

impl Counts {
    fn add(&mut self, more: &Counts) {
        self.feeds += more.feeds;
        self.entities += more.entities;
        self.rules += more.rules;
        self.subscribers += more.subscribers;
    }

    fn of(&mut self, section: &str) -> &mut usize {
        match section {
            "feeds" => &mut self.feeds,
            "entities" => &mut self.entities,
            "rules" => &mut self.rules,
            _ => &mut self.subscribers,
        }
    }
}

/// Errors for sections without which nothing runs, warnings for those without which nothing happens.
fn missing(draft: &Draft<'_>, problems: &mut Problems) {
    let start = 0..0;
    for (there, name, key) in
        [(draft.storage.is_some(), "storage", "path"), (draft.smtp.is_some(), "smtp", "url")]
    {
        if !there && !draft.seen.iter().any(|seen| seen.value == name) {
            let found =
                Found::at(format!("{name}.{key}"), &start, format!("the section [{name}] is missing"));
            problems.push(
                found.maybe_hint(keys::example(name, key).map(|hint| format!("{hint} under [{name}]"))),
            );
        }
    }
    let counts = &draft.counts;
    for (count, name, then) in [
        (counts.feeds, "feeds", "nothing is read"),
        (counts.rules, "rules", "nothing can match"),
        (counts.subscribers, "subscribers", "nobody is told"),
    ] {
        if count == 0 {
            let message = format!("there is no [[{name}]]: {then}");
            problems.push(Found::at(name, &start, message).warning());
        }
    }
}

/// Of a section in an included file.
fn misplaced(section: &Section<'_>) -> Found {
    let name = section.name.value.as_ref();
    let hint = "an included file holds [[rules]] and [[entities]] alone";
    if name == "include" {
        let found = Found::at(name, &section.name.span, "an included file cannot include others");
        return found.hint("name them in the config itself");
    }
    match keys::section(name) {
        Some(known) => {
            let message = format!("{} cannot stand in an included file", keys::header(known));
            Found::at(name, &section.name.span, message).hint(hint)
        }
        None => unknown_section(section),
    }
}

fn unknown_section(section: &Section<'_>) -> Found {
    let name = section.name.value.as_ref();
    let message = match section.value.get_ref() {
        DeValue::Table(_) => format!("there is no section [{name}]"),
        DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
            format!("there is no section [[{name}]]")
        }
        _ => format!("`{name}` stands in no section"),
    };
    Found::at(name, &section.name.span, message).maybe_hint(keys::unknown_section(name))
}

fn wrong_shape(name: &'static str, span: &Span, list: bool) -> Found {
    let (brackets, once) = if list { ("[[", "]]") } else { ("[", "]") };
    let message =
        if list { format!("`{name}` is a list of tables") } else { format!("`{name}` is one table") };
    let hint = if list { ", once for each item" } else { ", once" };
    Found::at(name, span, message).hint(format!("write {brackets}{name}{once}{hint}"))
}
