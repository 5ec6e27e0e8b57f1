//! What is kept of an entry: an article in, some hundred numbers out.
//!
//! Its most telling words, each with how much it says, how often it comes and whether it stands in the headline or the
//! lead; a sample of its runs of three words, by which copies are known; its numbers. Only the beginning of a
//! long text is read: news says first what happened. Nothing here compares two entries.

use super::formula::Formulas;
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
const RUNS: usize = 128;
/// Words and runs under which an entry is looked for.
const LISTED_TERMS: usize = 24;
const LISTED_RUNS: usize = 8;
/// What a run of words weighs beside a word, when entries are looked for.
const RUN_WEIGHT: f32 = 60.0;
/// Different numbers that are kept.
const NUMBERS: usize = 32;

/// What is kept.
#[derive(Debug, Clone, Default)]
pub struct Gist {
    /// Since 1970.
    pub minute: i32,
    /// The outlet's name, hashed.
    pub outlet: u32,
    /// Telling words: first those of headline and lead, then the others, each in order of their keys.
    terms: Box<[Term]>,
    /// How many are of headline and lead.
    heads: u8,
    /// The length of headline and lead as a vector of what their words say.
    pub head_norm: f32,
    /// Runs of three words, hashed, in order, without formulas; of a long text one in 2^`sampling`.
    pub runs: Box<[u16]>,
    /// See `runs`.
    pub sampling: u8,
    /// How many runs there are, formulas among them, of which `runs` are kept.
    pub all_runs: u16,
    /// Numbers in order; see [`number::KEY`] for the other bits.
    pub numbers: Box<[u32]>,
    /// Configured entities, hashed.
    pub entities: Box<[u32]>,
}

impl Gist {
    /// The telling words of headline and lead.
    pub fn head(&self) -> &[Term] {
        self.terms.get(..usize::from(self.heads)).unwrap_or_default()
    }

    /// A telling word of the text, by its key.
    pub fn term(&self, key: u32) -> Option<Term> {
        let key = key & Term::KEY;
        let (head, rest) = self.terms.split_at_checked(usize::from(self.heads))?;
        let find = |terms: &[Term]| {
            let at = terms.binary_search_by_key(&key, |term| term.key()).ok()?;
            terms.get(at).copied()
        };
        find(head).or_else(|| find(rest))
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
        // ln(1 + times), as many as `often` may stand for; three times more in a headline, once more in a lead.
        #[rustfmt::skip]
        const OFTEN: [[f32; 8]; 3] = [
            [0.69, 0.69, 1.10, 1.39, 1.61, 1.95, 2.48, 3.04],
            [1.10, 1.10, 1.39, 1.61, 1.79, 2.08, 2.56, 3.09],
            [1.61, 1.61, 1.79, 1.95, 2.08, 2.30, 2.71, 3.18],
        ];
        let place = if self.in_title() { 2 } else { usize::from(self.in_head()) };
        OFTEN[place][(self.0 >> 5 & 7) as usize] * self.idf()
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
    /// Runs of three words, hashed, in order, without formulas.
    runs: Vec<u32>,
    /// What it is listed under.
    pub lists: Vec<Listed>,
}

/// A word or a run of words under which an entry is listed, and what it weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Listed {
    /// Of the word or the run.
    pub key: u32,
    /// The more it says, the more.
    pub weight: f32,
}

/// Reads articles.
#[derive(Debug)]
pub struct Reader {
    words: Words,
    stems: Stems,
    frequencies: Frequencies,
    formulas: Formulas,
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
        Reader { words, stems, frequencies, formulas: Formulas::default(), sequence: Vec::new() }
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
        let terms = self.terms(&counts);
        let heads = terms.partition_point(|term| term.in_head());
        let head_norm = terms[..heads].iter().map(|term| term.idf() * term.idf()).sum::<f32>().sqrt();
        let mut gist = Gist {
            minute: (article.time.as_second() / 60) as i32,
            outlet: stem::key(article.outlet.as_bytes()),
            terms: terms.into(),
            heads: heads as u8,
            head_norm,
            numbers: numbers(&counts),
            entities: article.names.iter().map(|id| stem::key(id.as_bytes())).collect(),
            ..Gist::default()
        };
        let text =
            if headline < self.sequence.len() { &self.sequence[headline..] } else { &self.sequence[..] };
        let mut runs = runs(text);
        (gist.sampling, gist.all_runs) = sampling(&runs);
        let kept = runs.iter().filter(|run| is_sampled(**run, gist.sampling) && !self.formulas.has(**run));
        let mut kept: Vec<u16> = kept.map(|&run| run as u16).collect();
        kept.sort_unstable();
        gist.runs = kept.into();
        runs.retain(|run| !self.formulas.has(*run));
        let lists = lists(&gist.terms, &runs);
        Text { gist, facts, counts, runs, lists }
    }

    /// Counts an entry's words.
    pub fn learn(&mut self, text: &Text) {
        self.frequencies.learn(text.counts.iter().map(|count| count.stem.key));
        self.formulas.learn(&text.runs);
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

    fn terms(&self, counts: &[Count]) -> Vec<Term> {
        let term = |count: &Count| Term::new(count.stem.key, count, self.frequencies.idf(count.stem));
        let mut terms: Vec<Term> = counts.iter().map(term).collect();
        if terms.len() > TERMS {
            // A name is kept rather than another word: that it is missing says something.
            let worth = |term: &Term| term.weight() * if term.is_name() { 1.5 } else { 1.0 };
            terms.select_nth_unstable_by(TERMS, |a, b| worth(b).total_cmp(&worth(a)).then(a.cmp(b)));
            terms.truncate(TERMS);
        }
        terms.sort_unstable_by_key(|term| (!term.in_head(), term.key()));
        terms.dedup_by_key(|term| (term.in_head(), term.key()));
        terms
    }
}

/// What an entry is listed under: words and runs by turns, those first that matter most.
fn lists(terms: &[Term], runs: &[u32]) -> Vec<Listed> {
    let mut terms: Vec<(Term, f32)> = terms.iter().map(|&term| (term, term.weight())).collect();
    terms.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    // The same of every text that has them, whatever else it has.
    let mut runs = runs.to_vec();
    runs.sort_unstable_by_key(|run| run.wrapping_mul(0x85EB_CA6B));
    let mut terms = terms
        .iter()
        .take(LISTED_TERMS)
        .map(|(term, weight)| Listed { key: term.key(), weight: weight * weight });
    let mut runs = runs.iter().take(LISTED_RUNS).map(|&run| Listed { key: !run, weight: RUN_WEIGHT });
    let mut lists = Vec::with_capacity(LISTED_TERMS + LISTED_RUNS);
    loop {
        let before = lists.len();
        lists.extend(runs.next());
        lists.extend(terms.by_ref().take(3));
        if lists.len() == before {
            return lists;
        }
    }
}

/// As much of a text as is read.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(READ)]
}

fn numbers(counts: &[Count]) -> Box<[u32]> {
    let numbers = counts.iter().filter(|count| count.stem.sort == Sort::Number);
    let mut numbers: Vec<u32> = numbers
        .map(|count| count.stem.key & number::KEY | if count.title { number::TITLE } else { 0 })
        .collect();
    numbers.sort_unstable_by_key(|number| number & number::KEY);
    numbers.truncate(NUMBERS);
    numbers.into()
}

/// Runs of three words, each once.
fn runs(sequence: &[Stem]) -> Vec<u32> {
    let hash = |run: &[Stem]| {
        run.iter().fold(0u32, |hash, stem| {
            let mixed = (hash.rotate_left(11) ^ stem.key).wrapping_mul(0x9E37_79B1);
            mixed ^ mixed >> 15
        })
    };
    let mut runs: Vec<u32> = match sequence {
        [] => Vec::new(),
        [_] | [_, _] => vec![hash(sequence)],
        longer => longer.windows(3).map(hash).collect(),
    };
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// Which part of so many runs is kept, and how many that are.
fn sampling(runs: &[u32]) -> (u8, u16) {
    let mut sampling = 0;
    loop {
        let kept = runs.iter().filter(|run| is_sampled(**run, sampling)).count();
        if kept <= RUNS || sampling == 15 {
            return (sampling, kept.min(RUNS) as u16);
        }
        sampling += 1;
    }
}

/// Whether a run is kept where one in 2^`sampling` is; seen from as much of its hash as is kept.
pub(super) fn is_sampled(run: u32, sampling: u8) -> bool {
    run & ((1 << sampling) - 1) == 0
}
