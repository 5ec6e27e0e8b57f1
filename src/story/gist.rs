//! What is kept of an entry: an article in, some hundred numbers out.
//!
//! Its most telling words, each with how much it says, how often it comes and whether it stands in the headline or the
//! lead; a sample of its runs of three words, by which copies are known; its numbers. Only the beginning of a
//! long text is read: news says first what happened. Nothing here compares two entries.

use super::idf::Frequencies;
use super::news::{self, Fact};
use super::stem::{self, Sort, Stem, Stems};
use super::{Article, number};
use crate::text::word::{Layout, Words};

/// Bytes of a text that are read: some four hundred words.
const READ: usize = 5_000;
/// Words of the text that make the lead: as much as the summaries of feeds hold.
const LEAD: usize = 40;
/// Telling words that are kept.
const TERMS: usize = 64;
/// Runs of words that are kept.
const SHINGLES: usize = 80;
/// Different numbers that are kept.
const NUMBERS: usize = 32;

/// What is kept.
#[derive(Debug, Clone, Default)]
pub struct Gist {
    /// Since 1970.
    pub minute: i32,
    /// The outlet's name, hashed.
    pub outlet: u32,
    /// Telling words, in order of their keys.
    pub terms: Box<[Term]>,
    /// Runs of three words, hashed, in order; of each 2^`sampling` one is kept.
    pub shingles: Box<[u32]>,
    /// See `shingles`.
    pub sampling: u8,
    /// Numbers in order; the upper bit is set where one stands in headline or lead.
    pub numbers: Box<[u32]>,
    /// Configured entities, hashed.
    pub entities: Box<[u32]>,
    /// Words that were read, without the headline.
    pub words: u16,
}

impl Gist {
    /// A word of the text, by its key.
    pub fn term(&self, key: u32) -> Option<Term> {
        let key = key & Term::KEY;
        let at = self.terms.binary_search_by_key(&key, |term| term.key()).ok()?;
        self.terms.get(at).copied()
    }
}

/// A telling word, packed: key, whether it is a name, headline, lead, how often, how much it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term(u32);

impl Term {
    const STEP: f32 = 0.35;
    /// The bits of a stem's key that are kept.
    const KEY: u32 = u32::MAX >> 11;

    fn new(key: u32, count: &Count, idf: f32) -> Term {
        let flags = u32::from(count.name) << 2 | u32::from(count.title) << 1 | u32::from(count.lead);
        let often = match count.times {
            0..=4 => u32::from(count.times),
            5..=8 => 5,
            9..=15 => 6,
            _ => 7,
        };
        let says = ((idf / Term::STEP).round() as u32).min(31);
        Term(key << 11 | flags << 8 | often << 5 | says)
    }

    /// The word.
    pub fn key(self) -> u32 {
        self.0 >> 11
    }

    /// Whether the lexicon knows it as a name, or not at all.
    pub fn is_name(self) -> bool {
        self.0 >> 10 & 1 == 1
    }

    /// Whether it stands in the headline.
    pub fn in_title(self) -> bool {
        self.0 >> 9 & 1 == 1
    }

    /// Whether it stands in headline or lead.
    pub fn in_head(self) -> bool {
        self.0 >> 8 & 3 != 0
    }

    /// How much it says.
    pub fn idf(self) -> f32 {
        (self.0 & 31) as f32 * Term::STEP
    }

    /// How much it weighs: what it says, the more often the more, and more in the headline and the lead.
    pub fn weight(self) -> f32 {
        // The logarithm of 1 + how often, a headline counted as three times more, a lead as once.
        const TIMES: [f32; 8] = [1.0, 1.0, 2.0, 3.0, 4.0, 6.0, 11.0, 20.0];
        let times = TIMES[(self.0 >> 5 & 7) as usize];
        let times = times + 2.0 * f32::from(self.in_title()) + f32::from(self.in_head());
        (1.0 + times).ln() * self.idf()
    }
}

/// How a word stands in a text.
#[derive(Debug, Clone, Copy)]
struct Count {
    stem: Stem,
    times: u16,
    name: bool,
    title: bool,
    lead: bool,
}

/// An entry as it was read.
#[derive(Debug)]
pub struct Text {
    /// What is kept of it.
    pub gist: Gist,
    pub(super) facts: Vec<Fact>,
    counts: Vec<Count>,
}

/// Reads articles.
#[derive(Debug)]
pub struct Reader {
    words: Words,
    stems: Stems,
    frequencies: Frequencies,
    /// The stems of the article being read.
    sequence: Vec<Stem>,
}

impl Default for Reader {
    fn default() -> Reader {
        let (mut words, mut stems, mut frequencies) =
            (Words::default(), Stems::default(), Frequencies::default());
        let mut share = 0.0;
        for line in include_str!("common.txt").lines() {
            match line.strip_prefix("# ").and_then(|line| line.strip_suffix(" %")) {
                Some(percent) => share = percent.parse().unwrap_or(0.0) / 100.0,
                None if line.starts_with('#') => {}
                None => {
                    words.clear();
                    words.read(line, Layout::Line);
                    for (number, word) in words.words().iter().enumerate() {
                        let written = || words.text_of(number, line);
                        frequencies.expect(stems.of(words.letters(number), word.maqsura, written).key, share);
                    }
                }
            }
        }
        Reader { words, stems, frequencies, sequence: Vec::new() }
    }
}

impl Reader {
    /// Reads one.
    pub fn read(&mut self, article: &Article<'_>) -> Text {
        let (title, body) = (beginning(article.title), beginning(article.body));
        self.words.clear();
        self.words.read(title, Layout::Line);
        let headline = self.words.words().len();
        self.words.read(body, Layout::Prose);
        self.sequence.clear();
        for (number, word) in self.words.words().iter().enumerate() {
            let written = || self.words.text_of(number, if number < headline { title } else { body });
            self.sequence.push(self.stems.of(self.words.letters(number), word.maqsura, written));
        }
        let counts = self.count(headline);
        let facts = news::facts(article, [title, body], &self.words, &self.sequence, headline, LEAD);
        let mut gist = Gist {
            minute: (article.time.as_second() / 60) as i32,
            outlet: stem::key(article.outlet.as_bytes()),
            terms: self.terms(&counts),
            numbers: numbers(&counts),
            entities: article.names.iter().map(|id| stem::key(id.as_bytes())).collect(),
            words: (self.sequence.len() - headline) as u16,
            ..Gist::default()
        };
        let text =
            if headline < self.sequence.len() { &self.sequence[headline..] } else { &self.sequence[..] };
        (gist.shingles, gist.sampling) = sample(text);
        Text { gist, facts, counts }
    }

    /// Counts an entry's words.
    pub fn learn(&mut self, text: &Text) {
        self.frequencies.learn(text.counts.iter().map(|count| count.stem.key));
    }

    /// Each word once, in order of keys, without function words.
    fn count(&self, headline: usize) -> Vec<Count> {
        let count = |(place, &stem): (usize, &Stem)| Count {
            stem,
            times: 1,
            name: matches!(stem.sort, Sort::Name | Sort::Unknown),
            title: place < headline,
            lead: (headline..headline + LEAD).contains(&place),
        };
        let telling = self.sequence.iter().enumerate().filter(|(_, stem)| stem.sort != Sort::Function);
        let mut counts: Vec<Count> = telling.map(count).collect();
        counts.sort_by_key(|count| count.stem.key);
        counts.dedup_by(|next, first| {
            let same = next.stem.key == first.stem.key;
            if same {
                first.times += 1;
                first.title |= next.title;
                first.lead |= next.lead;
            }
            same
        });
        counts
    }

    fn terms(&self, counts: &[Count]) -> Box<[Term]> {
        let term = |count: &Count| Term::new(count.stem.key, count, self.frequencies.idf(count.stem));
        let mut terms: Vec<Term> = counts.iter().map(term).collect();
        if terms.len() > TERMS {
            terms.sort_by(|a, b| b.weight().total_cmp(&a.weight()));
            terms.truncate(TERMS);
        }
        terms.sort_unstable();
        terms.dedup_by_key(|term| term.key());
        terms.into()
    }
}

/// As much of a text as is read.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(READ)]
}

fn numbers(counts: &[Count]) -> Box<[u32]> {
    let numbers = counts.iter().filter(|count| count.stem.sort == Sort::Number);
    let mut numbers: Vec<u32> =
        numbers.map(|count| count.stem.key >> 1 | u32::from(count.title || count.lead) << 31).collect();
    numbers.sort_unstable_by_key(|number| number & number::KEY);
    numbers.truncate(NUMBERS);
    numbers.into()
}

/// Runs of three words; of a long text only those whose hash ends in so many zeros that few are left.
fn sample(sequence: &[Stem]) -> (Box<[u32]>, u8) {
    let hash = |run: &[Stem]| {
        run.iter().fold(0u32, |hash, stem| {
            let mixed = (hash.rotate_left(11) ^ stem.key).wrapping_mul(0x9E37_79B1);
            mixed ^ mixed >> 15
        })
    };
    let mut shingles: Vec<u32> = match sequence {
        [] => Vec::new(),
        [_] | [_, _] => vec![hash(sequence)],
        longer => longer.windows(3).map(hash).collect(),
    };
    shingles.sort_unstable();
    shingles.dedup();
    let mut sampling = 0;
    while shingles.len() > SHINGLES {
        sampling += 1;
        shingles.retain(|shingle| shingle.trailing_zeros() >= sampling);
    }
    (shingles.into(), sampling as u8)
}
