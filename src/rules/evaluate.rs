//! What a clause means: a clause and a stretch of words in, whether it holds and the places that
//! make it hold out.
//!
//! Every clause is judged in a scope, a stretch of words: the document, a field of it, a paragraph,
//! a sentence. What holds contributes places; what does not contributes none.
//!
//! | clause | holds in a scope where | contributes |
//! | --- | --- | --- |
//! | word, phrase, entity | it stands | each of its places |
//! | OR | one side holds | what the sides that hold contribute |
//! | AND | each part holds | what all parts contribute |
//! | NOT | its part does not hold | nothing |
//! | NEAR, ONEAR | a place of each operand, each within reach of its neighbour's | the places that are part of such a chain |
//! | ATLEAST/n | n of its places do not overlap | all of them |
//! | SENTENCE, PARAGRAPH | its part holds in one of those the scope has | what it contributes in each in which it holds |
//! | field | its part holds in what the scope has of the field | the same |
//!
//! A denial goes through AND, OR and fields to what is denied: `NOT (a OR NOT b)` is `NOT a AND b`,
//! and `b` contributes. ATLEAST counts places of words, phrases, entities and fields one by one, a
//! NEAR as the stretch from its first to its last word, a SENTENCE as the sentence; `ATLEAST/2(a AND b)`
//! asks for two of each. A phrase stays within a sentence; a NEAR does not have to.

use std::ops::Range;

use super::condition::Link;
use super::entity::Named;
use super::hits::Hits;
use super::lexicon::Lexeme;
use super::program::{Children, Clause, Program};
use super::{Field, TermId};
use crate::text::word::Words;

/// Words at which a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) term: TermId,
}

/// One document, against which clauses are judged.
#[derive(Debug)]
pub(super) struct Evaluation<'a> {
    pub(super) program: &'a Program,
    pub(super) words: &'a Words,
    pub(super) hits: &'a Hits,
    pub(super) named: &'a Named,
    /// The first word of the body.
    pub(super) body: u32,
    pub(super) buffers: &'a mut Buffers,
}

/// Kept so that the next document need not allocate.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    chain: Vec<Place>,
    segments: Vec<Range<usize>>,
    edges: Edges,
    stretches: Vec<Range<u32>>,
    counted: Vec<Place>,
}

/// Where the places of a NEAR operand begin and where they end, each ascending.
#[derive(Debug, Default)]
struct Edges {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Evaluation<'_> {
    /// Whether a clause holds in a scope; only then its places are added to `places`.
    #[inline]
    pub(super) fn holds(&mut self, clause: Clause, scope: &Range<u32>, places: &mut Vec<Place>) -> bool {
        // Most rules are words, or an OR of words.
        match clause {
            Clause::Word { lexeme, term } => self.word(lexeme, term, scope, places),
            Clause::Or(parts) => {
                let mut any = false;
                for &part in self.program.children(parts) {
                    any |= match part {
                        Clause::Word { lexeme, term } => self.word(lexeme, term, scope, places),
                        _ => self.judge(part, scope, places),
                    };
                }
                any
            }
            _ => self.judge(clause, scope, places),
        }
    }

    #[inline]
    fn word(&self, lexeme: Lexeme, term: TermId, scope: &Range<u32>, places: &mut Vec<Place>) -> bool {
        let words = self.hits.places(lexeme, scope);
        places.extend(words.iter().map(|&word| Place { start: word, end: word + 1, term }));
        !words.is_empty()
    }

    fn judge(&mut self, clause: Clause, scope: &Range<u32>, places: &mut Vec<Place>) -> bool {
        let before = places.len();
        match clause {
            Clause::Word { .. } | Clause::Or(_) => self.holds(clause, scope, places),
            Clause::Phrase { .. } | Clause::Entity { .. } => {
                self.each_place(clause, scope, |place| places.push(place));
                places.len() > before
            }
            Clause::Never => false,
            Clause::Not(part) => {
                let holds = self.holds(self.clause(part), scope, places);
                places.truncate(before);
                !holds
            }
            Clause::And(parts) => {
                let program = self.program;
                let all = program.children(parts).iter().all(|&part| self.holds(part, scope, places));
                if !all {
                    places.truncate(before);
                }
                all
            }
            Clause::Near(operands, links) => {
                let found = self.chain(operands, links, scope);
                for segment in &self.buffers.segments {
                    places.extend_from_slice(&self.buffers.chain[segment.clone()]);
                }
                found
            }
            Clause::AtLeast { count, clause } => {
                let clause = self.clause(clause);
                self.count(clause, scope) >= count && self.holds(clause, scope, places)
            }
            Clause::Field(field, part) => {
                let scope = self.field(field, scope);
                !scope.is_empty() && self.holds(self.clause(part), &scope, places)
            }
            Clause::Sentence(part) | Clause::Paragraph(part) => {
                let part = self.clause(part);
                let mut any = false;
                let mut at = if self.may_hold(part, scope) { scope.start } else { scope.end };
                while at < scope.end {
                    let stretch = self.stretch(clause, at, scope);
                    at = stretch.end;
                    any |= self.holds(part, &stretch, places);
                }
                any
            }
        }
    }

    /// False where a clause lacks words that it cannot do without: cheaper than to look everywhere.
    fn may_hold(&self, clause: Clause, scope: &Range<u32>) -> bool {
        match clause {
            Clause::Word { lexeme, .. } => !self.hits.places(lexeme, scope).is_empty(),
            Clause::Phrase { phrase, .. } => {
                let lexemes = self.program.words(self.program.phrases[phrase as usize]);
                lexemes.iter().all(|&lexeme| !self.hits.places(lexeme, scope).is_empty())
            }
            Clause::And(parts) | Clause::Near(parts, _) => {
                self.program.children(parts).iter().all(|&part| self.may_hold(part, scope))
            }
            Clause::Or(parts) => self.program.children(parts).iter().any(|&part| self.may_hold(part, scope)),
            _ => true,
        }
    }

    fn clause(&self, number: u32) -> Clause {
        self.program.clauses[number as usize]
    }

    /// The part of a scope that lies in a field.
    fn field(&self, field: Field, scope: &Range<u32>) -> Range<u32> {
        match field {
            Field::Title => scope.start..scope.end.min(self.body),
            Field::Body => scope.start.max(self.body)..scope.end,
        }
    }

    /// The sentence or paragraph that a word stands in, from that word to its end or the scope's.
    fn stretch(&self, clause: Clause, word: u32, scope: &Range<u32>) -> Range<u32> {
        let end = if let Clause::Sentence(_) = clause {
            self.words.sentence(self.words.words()[word as usize].sentence as usize).end
        } else {
            self.words.paragraph(self.words.paragraph_of(word)).end
        };
        word..end.min(scope.end)
    }

    /// The places of a word, phrase or entity.
    fn each_place(&self, clause: Clause, scope: &Range<u32>, mut found: impl FnMut(Place)) {
        match clause {
            Clause::Word { lexeme, term } => {
                for &word in self.hits.places(lexeme, scope) {
                    found(Place { start: word, end: word + 1, term });
                }
            }
            Clause::Phrase { phrase, term } => {
                let mut found = |start, end| found(Place { start, end, term });
                self.program.phrase_places(phrase, scope, self.words, self.hits, &mut found);
            }
            Clause::Entity { entity, term } => {
                let in_scope = self.named.places(entity, scope).take_while(|&(start, _)| start < scope.end);
                for (start, end) in in_scope.filter(|&(_, end)| end <= scope.end) {
                    found(Place { start, end, term });
                }
            }
            _ => {}
        }
    }

    /// Leaves in the buffers, for each operand of a NEAR, the places that are part of a chain.
    fn chain(&mut self, operands: Children, links: u32, scope: &Range<u32>) -> bool {
        let mut chain = std::mem::take(&mut self.buffers.chain);
        let mut segments = std::mem::take(&mut self.buffers.segments);
        chain.clear();
        segments.clear();
        let found = self.program.children(operands).iter().all(|&operand| {
            let start = chain.len();
            let stands = self.holds(operand, scope, &mut chain);
            chain[start..].sort_unstable();
            segments.push(start..chain.len());
            stands
        }) && {
            let links = &self.program.links[links as usize..][..segments.len() - 1];
            self.keep_chained(&mut chain, &mut segments, links)
        };
        if !found {
            segments.clear();
        }
        self.buffers.chain = chain;
        self.buffers.segments = segments;
        found
    }

    /// From left to right and back, keeps what has a partner next door that was kept itself.
    fn keep_chained(&mut self, chain: &mut [Place], segments: &mut [Range<usize>], links: &[Link]) -> bool {
        let edges = &mut self.buffers.edges;
        for (left, link) in links.iter().enumerate() {
            edges.read(&chain[segments[left].clone()]);
            let reach = Reach { words: link.words, after: true, before: !link.ordered, body: self.body };
            edges.keep_partners(chain, &mut segments[left + 1], reach);
        }
        for (left, link) in links.iter().enumerate().rev() {
            edges.read(&chain[segments[left + 1].clone()]);
            let reach = Reach { words: link.words, after: !link.ordered, before: true, body: self.body };
            edges.keep_partners(chain, &mut segments[left], reach);
        }
        segments.iter().all(|segment| !segment.is_empty())
    }

    /// How many places of a clause do not overlap.
    fn count(&mut self, clause: Clause, scope: &Range<u32>) -> u32 {
        let mut stretches = std::mem::take(&mut self.buffers.stretches);
        stretches.clear();
        self.stretches(clause, scope, &mut stretches);
        stretches.sort_unstable_by_key(|stretch| (stretch.end, stretch.start));
        let mut end = 0;
        let mut count = 0;
        for stretch in &stretches {
            if stretch.start >= end {
                end = stretch.end;
                count += 1;
            }
        }
        self.buffers.stretches = stretches;
        count
    }

    /// The places of a clause, each as one stretch of words.
    fn stretches(&mut self, clause: Clause, scope: &Range<u32>, stretches: &mut Vec<Range<u32>>) {
        match clause {
            Clause::Or(parts) => {
                for &part in self.program.children(parts) {
                    self.stretches(part, scope, stretches);
                }
            }
            Clause::Field(field, part) => {
                let scope = self.field(field, scope);
                if !scope.is_empty() {
                    self.stretches(self.clause(part), &scope, stretches);
                }
            }
            Clause::Near(operands, links) => {
                if self.chain(operands, links, scope) {
                    let links = &self.program.links[links as usize..];
                    hulls(&self.buffers.chain, &self.buffers.segments, links, stretches);
                }
            }
            Clause::Sentence(part) | Clause::Paragraph(part) => {
                let part = self.clause(part);
                let mut places = std::mem::take(&mut self.buffers.counted);
                let mut at = scope.start;
                while at < scope.end {
                    let stretch = self.stretch(clause, at, scope);
                    at = stretch.end;
                    places.clear();
                    if self.holds(part, &stretch, &mut places) {
                        stretches.push(stretch);
                    }
                }
                self.buffers.counted = places;
            }
            _ => self.each_place(clause, scope, |place| stretches.push(place.start..place.end)),
        }
    }
}

/// How far a partner may be, and on which side.
#[derive(Debug, Clone, Copy)]
struct Reach {
    words: u32,
    /// Whether this may come after its partner.
    after: bool,
    /// Whether this may come before its partner.
    before: bool,
    body: u32,
}

impl Edges {
    fn read(&mut self, places: &[Place]) {
        self.starts.clear();
        self.ends.clear();
        self.starts.extend(places.iter().map(|place| place.start));
        self.ends.extend(places.iter().map(|place| place.end));
        self.ends.sort_unstable();
    }

    /// Keeps the places of a segment that have one of these within reach in the same field.
    fn keep_partners(&self, chain: &mut [Place], segment: &mut Range<usize>, reach: Reach) {
        let mut kept = segment.start;
        for number in segment.clone() {
            let place = chain[number];
            if reach.after && self.has_before(place, reach) || reach.before && self.has_after(place, reach) {
                chain[kept] = place;
                kept += 1;
            }
        }
        segment.end = kept;
    }

    fn has_before(&self, place: Place, reach: Reach) -> bool {
        let field = if place.start < reach.body { 0 } else { reach.body };
        let nearest = self.ends.partition_point(|&end| end <= place.start);
        let nearest = nearest.checked_sub(1).map(|nearest| self.ends[nearest]);
        nearest.is_some_and(|end| end > field && place.start - end <= reach.words)
    }

    fn has_after(&self, place: Place, reach: Reach) -> bool {
        let nearest = self.starts.partition_point(|&start| start < place.end);
        let same_field = |start: u32| (start < reach.body) == (place.start < reach.body);
        self.starts.get(nearest).is_some_and(|&start| same_field(start) && start - place.end <= reach.words)
    }
}

/// For each place of the last operand of a chain, the shortest stretch that the nearest places of
/// the others make with it.
fn hulls(chain: &[Place], segments: &[Range<usize>], links: &[Link], stretches: &mut Vec<Range<u32>>) {
    let first = stretches.len();
    let Some((head, rest)) = segments.split_first() else { return };
    stretches.extend(chain[head.clone()].iter().map(|place| place.start..place.end));
    let mut left = &chain[head.clone()];
    for (segment, link) in rest.iter().zip(links) {
        let right = &chain[segment.clone()];
        let reached: Vec<Range<u32>> = right
            .iter()
            .filter_map(|place| {
                let partners = nearest_partners(left, place, *link);
                let hull = |number: usize| {
                    let hull = &stretches[first + number];
                    hull.start.min(place.start)..hull.end.max(place.end)
                };
                partners.map(hull).min_by_key(|hull| hull.end - hull.start)
            })
            .collect();
        stretches.truncate(first);
        stretches.extend(reached);
        left = right;
    }
}

/// The numbers of those among the nearest `left` places, on each side, that a link binds to a place.
fn nearest_partners<'a>(left: &'a [Place], place: &'a Place, link: Link) -> impl Iterator<Item = usize> + 'a {
    /// More operands than this at one word are not told apart.
    const NEAREST: usize = 8;
    let middle = left.partition_point(|other| other.start < place.start);
    let around = middle.saturating_sub(NEAREST)..(middle + NEAREST).min(left.len());
    around.filter(move |&number| {
        let other = left[number];
        let comes_before = other.end <= place.start && place.start - other.end <= link.words;
        let comes_after = other.start >= place.end && other.start - place.end <= link.words;
        comes_before || comes_after && !link.ordered
    })
}

impl Program {
    /// Calls `found` with the first word of each place of a phrase in a scope, and the word after it.
    pub(super) fn phrase_places(
        &self,
        phrase: u32,
        scope: &Range<u32>,
        words: &Words,
        hits: &Hits,
        found: &mut impl FnMut(u32, u32),
    ) {
        let phrase = self.phrases[phrase as usize];
        let lexemes = self.words(phrase);
        for &anchor in hits.places(lexemes[phrase.anchor as usize], scope) {
            let Some(start) = anchor.checked_sub(phrase.anchor) else { continue };
            let end = start + phrase.length;
            let in_scope = scope.start <= start && end <= scope.end;
            if in_scope
                && words.words()[start as usize].sentence == words.words()[end as usize - 1].sentence
                && (start..).zip(lexemes).all(|(word, &lexeme)| hits.is_at(lexeme, word))
            {
                found(start, end);
            }
        }
    }
}
