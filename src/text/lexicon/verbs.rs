//! The verbs of the news: the letters of a verb or a masdar in, principal parts out.
//!
//! `verbs.txt` holds a verb a line as dictionaries give it (Wehr): `VERB IMPERFECT [: MASDAR …]`,
//! with the shadda of Forms II and V and of doubled verbs. The index keeps a hash and a place in
//! the file for each word, nothing more.

use std::sync::{LazyLock, OnceLock};

use crate::text::fold::{self, Letter};

const FILE: &str = include_str!("verbs.txt");

/// A line of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Third person masculine singular, perfect.
    pub perfect: &'static str,
    /// The same of the imperfect indicative.
    pub imperfect: &'static str,
    masdars: &'static str,
}

impl Entry {
    /// The verbal nouns, the commonest first.
    pub fn masdars(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.masdars.split_whitespace()
    }

    fn parse(line: &'static str) -> Option<Entry> {
        let (parts, masdars) = line.split_once(':').unwrap_or((line, ""));
        let (perfect, imperfect) = parts.trim().split_once(' ')?;
        (!perfect.starts_with('#')).then_some(Entry { perfect, imperfect: imperfect.trim(), masdars })
    }
}

/// Every verb, in the order of the file.
pub fn all() -> impl Iterator<Item = Entry> {
    FILE.lines().filter_map(Entry::parse)
}

/// The verbs whose perfect has these letters.
pub fn by_perfect(letters: &[Letter]) -> impl Iterator<Item = Entry> {
    find(&index().perfects, letters).filter(move |entry| folds_to(entry.perfect, letters))
}

/// The verbs whose imperfect has these letters.
pub fn by_imperfect(letters: &[Letter]) -> impl Iterator<Item = Entry> {
    find(&index().imperfects, letters).filter(move |entry| folds_to(entry.imperfect, letters))
}

/// The verbs that have this masdar.
pub fn by_masdar(letters: &[Letter]) -> impl Iterator<Item = Entry> {
    find(&index().masdars, letters)
        .filter(move |entry| entry.masdars().any(|masdar| folds_to(masdar, letters)))
}

/// The verbs that this noun is derived from, where `nouns` says which nouns a verb has.
pub fn by_derived(letters: &[Letter], nouns: impl Fn(&Entry) -> Vec<String>) -> Vec<Entry> {
    static PLACES: OnceLock<Places> = OnceLock::new();
    let places = PLACES.get_or_init(|| {
        let entries = lines().flat_map(|(start, entry)| {
            nouns(&entry).into_iter().map(move |noun| (hash_text(&noun), start)).collect::<Vec<_>>()
        });
        sorted(entries.collect())
    });
    find(places, letters).filter(|entry| nouns(entry).iter().any(|noun| folds_to(noun, letters))).collect()
}

fn folds_to(text: &str, letters: &[Letter]) -> bool {
    text.chars().filter_map(|c| fold::fold(c).letter()).eq(letters.iter().copied())
}

/// Hashes of words and where their lines begin, sorted.
type Places = Vec<(u32, u32)>;

struct Index {
    perfects: Places,
    imperfects: Places,
    masdars: Places,
}

fn index() -> &'static Index {
    static INDEX: LazyLock<Index> = LazyLock::new(Index::build);
    &INDEX
}

impl Index {
    fn build() -> Index {
        let (mut perfects, mut imperfects, mut masdars) = (Places::new(), Places::new(), Places::new());
        for (start, entry) in lines() {
            perfects.push((hash_text(entry.perfect), start));
            imperfects.push((hash_text(entry.imperfect), start));
            masdars.extend(entry.masdars().map(|masdar| (hash_text(masdar), start)));
        }
        Index { perfects: sorted(perfects), imperfects: sorted(imperfects), masdars: sorted(masdars) }
    }
}

/// Every verb with the place of its line.
fn lines() -> impl Iterator<Item = (u32, Entry)> {
    let mut start = 0;
    FILE.split_inclusive('\n').filter_map(move |line| {
        let place = start;
        start += line.len() as u32;
        Entry::parse(line.trim_end()).map(|entry| (place, entry))
    })
}

fn sorted(mut places: Places) -> Places {
    places.sort_unstable();
    places.dedup();
    places.shrink_to_fit();
    places
}

/// The lines of words with these letters, and now and then one of another word.
fn find(places: &'static Places, letters: &[Letter]) -> impl Iterator<Item = Entry> + use<> {
    let wanted = hash(letters.iter().copied());
    let first = places.partition_point(|&(hash, _)| hash < wanted);
    let same = places[first..].iter().take_while(move |&&(hash, _)| hash == wanted);
    same.filter_map(|&(_, start)| Entry::parse(FILE[start as usize..].lines().next()?))
}

fn hash_text(text: &str) -> u32 {
    hash(text.chars().filter_map(|c| fold::fold(c).letter()))
}

/// FNV-1a.
fn hash(letters: impl Iterator<Item = Letter>) -> u32 {
    letters.fold(0x811C_9DC5, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193))
}
