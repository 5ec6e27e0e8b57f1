//! The entries that a new one may belong to: gists in, the few that share telling words with another out.
//!
//! Each entry is listed under its most telling words and some of its runs of words, the newest first. Who asks goes
//! down those lists, and not far: what a word of the day leads to is found by its rarer words as well.
//! Nothing here decides what belongs together.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::MOST_ENTRIES;
use super::gist::{Gist, Listed};

/// Lists that an entry is on: some of its words and runs.
const LISTED: usize = 16;
/// How far a list is followed.
const FOLLOWED: usize = 48;
/// Entries that are compared with a new one.
const CANDIDATES: usize = 32;
/// Lists, a power of two; words share one where there are more, which costs a look.
const LISTS: usize = 1 << 19;

/// An entry in the window.
#[derive(Debug)]
pub struct Entry {
    /// As it was given.
    pub key: i64,
    /// The key of its story's first entry.
    pub story: i64,
    /// Independent outlets of the story up to it.
    pub outlets: u32,
    /// Whether it was its outlet's first independent report.
    pub independent: bool,
    /// What is kept of its text.
    pub gist: Gist,
}

/// The entries of the last hours.
#[derive(Debug)]
pub struct Window {
    minutes: i32,
    entries: VecDeque<Box<Held>>,
    /// Of each entry, for each list that it is on: how many places back the list goes on; 0 where it ends.
    /// Apart from the entries, because many are passed for one that is looked at.
    links: VecDeque<[u32; LISTED]>,
    /// How many have left.
    gone: u64,
    /// By list: the place where it was last continued, plus one.
    lists: Box<[u64]>,
    stories: HashMap<i64, Story>,
    scores: Vec<f32>,
}

/// A story of which entries are held.
#[derive(Debug, Clone, Copy)]
struct Story {
    /// The number of its newest entry.
    newest: u64,
    /// All entries that it ever had, and their minutes together.
    entries: u32,
    minutes: i64,
}

#[derive(Debug)]
struct Held {
    entry: Entry,
    /// How many entries back the one before it of the same story is; 0 where there is none.
    before: u32,
}

impl Window {
    /// Of this length.
    pub fn new(length: Duration) -> Window {
        let minutes = i32::try_from(length.as_secs() / 60).unwrap_or(i32::MAX);
        Window {
            minutes,
            entries: VecDeque::new(),
            links: VecDeque::new(),
            gone: 0,
            lists: vec![0; LISTS].into(),
            stories: HashMap::new(),
            scores: Vec::new(),
        }
    }

    /// How long it is.
    pub fn minutes(&self) -> i32 {
        self.minutes
    }

    /// How many entries are held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Lets those go that are too old beside an entry of this minute, or too many.
    pub fn leave(&mut self, minute: i32) {
        while let Some(oldest) = self.entries.front() {
            let old = minute.saturating_sub(oldest.entry.gist.minute) > self.minutes;
            if !old && self.entries.len() < MOST_ENTRIES {
                break;
            }
            if self.stories.get(&oldest.entry.story).is_some_and(|story| story.newest == self.gone) {
                self.stories.remove(&oldest.entry.story);
            }
            self.entries.pop_front();
            self.links.pop_front();
            self.gone += 1;
        }
    }

    /// Adds an entry.
    pub fn add(&mut self, entry: Entry, lists: &[Listed]) {
        let number = self.gone + self.entries.len() as u64;
        let minute = i64::from(entry.gist.minute);
        let fresh = Story { newest: number, entries: 0, minutes: 0 };
        let story = self.stories.entry(entry.story).or_insert(fresh);
        let before = number - std::mem::replace(&mut story.newest, number);
        story.entries = story.entries.saturating_add(1);
        story.minutes = story.minutes.saturating_add(minute);
        let mut links = [0; LISTED];
        for (at, listed) in lists.iter().take(LISTED).enumerate() {
            let list = list(listed.key);
            let place = number * LISTED as u64 + at as u64 + 1;
            let last = std::mem::replace(&mut self.lists[list], place);
            links[at] = if last == 0 { 0 } else { u32::try_from(place - last).unwrap_or(0) };
        }
        self.links.push_back(links);
        self.entries.push_back(Box::new(Held { entry, before: before as u32 }));
    }

    /// The entries of a story, the newest first.
    pub fn story(&self, story: i64) -> impl Iterator<Item = &Entry> {
        let mut next = self.stories.get(&story).map(|story| story.newest);
        std::iter::from_fn(move || {
            let number = next?;
            let held = self.held(number)?;
            next = (held.before > 0).then(|| number - u64::from(held.before));
            Some(&held.entry)
        })
    }

    /// The minute about which the entries of a story lie, as an average.
    pub fn centre(&self, story: i64) -> Option<i32> {
        let story = self.stories.get(&story)?;
        i32::try_from(story.minutes / i64::from(story.entries.max(1))).ok()
    }

    /// The places of the entries that share most with this one, the newest first.
    pub fn candidates(&mut self, gist: &Gist, lists: &[Listed]) -> Vec<usize> {
        self.scores.resize(self.entries.len(), 0.0);
        let mut touched: Vec<u32> = Vec::new();
        for &Listed { key, weight } in lists {
            let mut place = self.lists[list(key)];
            for _ in 0..FOLLOWED {
                let Some(at) = place.checked_sub(1) else { break };
                let (number, link) = (at / LISTED as u64, (at % LISTED as u64) as usize);
                let Some(index) = number.checked_sub(self.gone).map(|index| index as usize) else { break };
                let Some(links) = self.links.get(index) else { break };
                if self.scores[index] == 0.0 {
                    touched.push(index as u32);
                }
                self.scores[index] += weight;
                match links[link] {
                    0 => break,
                    back => place -= u64::from(back),
                }
            }
        }
        let mut best: Vec<(u32, f32)> =
            touched.into_iter().map(|index| (index, self.scores[index as usize])).collect();
        for &(index, _) in &best {
            self.scores[index as usize] = 0.0;
        }
        best.retain(|&(index, _)| {
            let minute = self.entries[index as usize].entry.gist.minute;
            gist.minute.saturating_sub(minute).saturating_abs() <= self.minutes
        });
        if best.len() > CANDIDATES {
            best.select_nth_unstable_by(CANDIDATES, |a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
            best.truncate(CANDIDATES);
        }
        best.sort_unstable_by_key(|&(index, _)| Reverse(index));
        best.into_iter().map(|(index, _)| index as usize).collect()
    }

    /// The entry at a place that [`Window::candidates`] named.
    pub fn at(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place).map(|held| &held.entry)
    }

    fn held(&self, number: u64) -> Option<&Held> {
        self.entries.get(number.checked_sub(self.gone)? as usize).map(Box::as_ref)
    }
}

fn list(key: u32) -> usize {
    (key.wrapping_mul(0x9E37_79B1) >> 13) as usize % LISTS
}
