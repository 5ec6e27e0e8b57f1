//! From a document to what is to be kept of it: new entries, new names of known ones, and edits.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::config;
use crate::daemon::Active;
use crate::daemon::findings::Findings;
use crate::feed::identity::{Facets, Print, Recognised, Verdict};
use crate::feed::{Entry, Reading, edit};
use crate::metrics::Metrics;
use crate::rules::Scratch;
use crate::rules::limit::Origin;
use crate::store::{Content, Edit, Known, NewEntry};

/// What a document brought, by place in it.
pub(super) struct Sifted {
    /// New entries.
    pub(super) new: Vec<usize>,
    /// New names of stored entries.
    pub(super) aliases: Vec<(i64, Facets)>,
    /// Stored entries that say something else, with their numbers.
    pub(super) edited: Vec<(usize, i64)>,
}

impl Sifted {
    /// Sorts a document's entries by what is known of them.
    pub(super) fn of(prints: &[Print], known: &[Known], recognised: &Recognised) -> Sifted {
        let mut sifted = Sifted { new: Vec::new(), aliases: Vec::new(), edited: Vec::new() };
        let mut met = HashSet::new();
        for (place, (print, verdict)) in prints.iter().zip(&recognised.verdicts).enumerate() {
            let stored = match verdict {
                Verdict::New => {
                    sifted.new.push(place);
                    continue;
                }
                Verdict::Repeat => continue,
                Verdict::Stored(stored) => known[*stored],
            };
            if stored.print.facets != print.facets {
                sifted.aliases.push((stored.entry, print.facets));
            }
            let known_words = stored.print.digest != 0 && stored.print.digest != print.digest;
            if met.insert(stored.entry) && known_words {
                sifted.edited.push((place, stored.entry));
            }
        }
        sifted
    }

    /// Whether nothing is to be kept.
    pub(super) fn is_empty(&self) -> bool {
        self.new.is_empty() && self.aliases.is_empty() && self.edited.is_empty()
    }
}

/// When these entries came, as they say.
pub(super) fn dates<'r>(
    reading: &'r Reading,
    places: &'r [usize],
) -> impl Iterator<Item = Option<Timestamp>> + 'r {
    places.iter().map(|place| &reading.feed.entries[*place]).map(|entry| entry.published.or(entry.updated))
}

/// Characters of a document's texts, and how many stand for bytes that could not be decoded.
pub(super) fn characters(entries: &[Entry]) -> (usize, usize) {
    let texts = || entries.iter().flat_map(|entry| [&entry.title, &entry.text]);
    // U+FFFD is three bytes, and nothing else has these three.
    let lost = |text: &String| memchr::memmem::find_iter(text.as_bytes(), "\u{FFFD}").count();
    (texts().map(String::len).sum::<usize>() / 2, texts().map(lost).sum())
}

/// The new entries and those that may have been edited, with the rules that hold for them and who is to
/// be told.
pub(super) fn matched(
    active: &Active,
    metrics: &Metrics,
    from: &config::Feed,
    reading: Reading,
    prints: &[Print],
    sifted: &Sifted,
) -> (Vec<NewEntry>, Vec<Edit>) {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    let language = reading.feed.language;
    let mut entries: Vec<Option<Entry>> = reading.feed.entries.into_iter().map(Some).collect();
    SCRATCH.with_borrow_mut(|scratch| {
        let mut matched = |place: usize| {
            let entry = entries.get_mut(place)?.take()?;
            let origin = Origin {
                feed: &from.id,
                tags: &from.tags,
                language: language.as_deref(),
                title: &entry.title,
                text: &entry.text,
            };
            let Findings { matches, entities, words } =
                active.rules.findings_timed(&origin, scratch, metrics);
            let alerts = active.people.audience.of(matches.iter().map(|matched| matched.rule.as_str()));
            Some(NewEntry { entry, print: prints[place], words, entities, matches, alerts })
        };
        let new = sifted.new.iter().filter_map(|place| matched(*place)).collect();
        let edited = sifted.edited.iter();
        let edits =
            edited.filter_map(|(place, entry)| Some(Edit { entry: *entry, new: matched(*place)? })).collect();
        (new, edits)
    })
}

/// Of what may have been edited, what says something else or matches a rule that it never did; alerts
/// are for such rules alone.
pub(super) fn material(
    active: &Active,
    from: &config::Feed,
    edits: Vec<Edit>,
    before: Vec<Content>,
) -> Vec<Edit> {
    let mut before: HashMap<i64, Content> =
        before.into_iter().map(|content| (content.entry, content)).collect();
    let judge = |mut edit: Edit| {
        let old = before.remove(&edit.entry)?;
        let rules = edit.new.matches.iter().map(|matched| matched.rule.as_str());
        let fresh: Vec<&str> = rules.filter(|rule| !old.rules.iter().any(|known| known == rule)).collect();
        let says = (edit.new.entry.title.as_str(), edit.new.entry.text.as_str());
        // Behind the entry's own text there may be the article's.
        let is_material = if from.full_text { edit::adds } else { edit::is_material };
        let counts = !fresh.is_empty() || is_material((&old.title, &old.text), says);
        edit.new.alerts = active.people.audience.of(fresh);
        counts.then_some(edit)
    };
    edits.into_iter().filter_map(judge).collect()
}
