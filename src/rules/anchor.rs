//! What wakes a rule: clauses in, for each rule the words and entities of which one at least has to
//! stand wherever it holds, out. Of what has to stand together, that which is rarest is taken.

use super::lexicon::Lexeme;
use super::program::{Children, Clause, Phrase, Target};

/// What is known of a lexeme before any text is.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Weight {
    /// How often rules use it.
    pub(super) uses: u32,
    /// Its letters.
    pub(super) length: u32,
}

impl Weight {
    /// How often the word may be expected: short words and words that many rules name are common.
    fn cost(self) -> u64 {
        u64::from(self.uses) * 8 + u64::from(8u32.saturating_sub(self.length))
    }
}

/// Compiled clauses whose anchors are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchoring<'a> {
    pub(super) clauses: &'a [Clause],
    /// See [`super::program::Program::weights`].
    pub(super) scores: &'a [i64],
    pub(super) phrases: &'a [Phrase],
    pub(super) phrase_words: &'a [Lexeme],
    /// One a lexeme.
    pub(super) weights: &'a [Weight],
}

/// Which rules to look at where a lexeme or an entity was found: pairs of that and a rule.
#[derive(Debug, Default)]
pub(super) struct Wakes {
    pub(super) by_lexeme: Vec<(Lexeme, u32)>,
    pub(super) by_entity: Vec<(u32, u32)>,
}

/// The place of the rarest of some lexemes.
pub(super) fn rarest(lexemes: &[Lexeme], weights: &[Weight]) -> u32 {
    let rarest = (0..).zip(lexemes).min_by_key(|&(_, &lexeme)| weights[lexeme as usize].cost());
    rarest.map_or(0, |(place, _)| place)
}

impl Anchoring<'_> {
    /// What wakes each rule.
    pub(super) fn wakes(self, roots: &[Clause]) -> Wakes {
        let mut wakes = Wakes::default();
        for (rule, &root) in (0..).zip(roots) {
            let mut keys = self.anchors(root).unwrap_or_default().keys;
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                match key {
                    Key::Lexeme(lexeme) => wakes.by_lexeme.push((lexeme, rule)),
                    Key::Entity(entity) => wakes.by_entity.push((entity, rule)),
                }
            }
        }
        wakes
    }

    /// The lexeme that a word or phrase is looked for by.
    pub(super) fn lexeme(self, target: Target) -> Lexeme {
        match target {
            Target::Word(lexeme) => lexeme,
            Target::Phrase(phrase) => {
                let phrase = self.phrases[phrase as usize];
                self.phrase_words[(phrase.first + phrase.anchor) as usize]
            }
        }
    }

    /// None for a clause that asks for nothing to stand.
    fn anchors(self, clause: Clause) -> Option<Anchors> {
        match clause {
            Clause::Word { lexeme, .. } => Some(self.of_target(Target::Word(lexeme))),
            Clause::Phrase { phrase, .. } => Some(self.of_target(Target::Phrase(phrase))),
            // Entities are found by names of their own, whatever a rule asks for.
            Clause::Entity { entity, .. } => Some(Anchors { keys: vec![Key::Entity(entity)], cost: 1 }),
            Clause::Never => Some(Anchors::default()),
            Clause::Not(_) => None,
            Clause::And(children) | Clause::Near(children, _) => {
                let each = self.children(children).iter().filter_map(|&child| self.anchors(child));
                each.min_by_key(|anchors| anchors.cost)
            }
            Clause::Or(children) => {
                let mut all = Anchors::default();
                for &child in self.children(children) {
                    let anchors = self.anchors(child)?;
                    all.cost += anchors.cost;
                    all.keys.extend(anchors.keys);
                }
                Some(all)
            }
            Clause::Score(terms, weights) => Some(self.of_score(terms, weights)),
            Clause::AtLeast { clause, .. }
            | Clause::Count { clause, .. }
            | Clause::Sentence(clause)
            | Clause::Paragraph(clause)
            | Clause::Field(_, clause) => self.anchors(self.clauses[clause as usize]),
        }
    }

    /// Terms that together cannot reach the threshold need wake nothing: the commonest of them.
    fn of_score(self, terms: Children, first: u32) -> Anchors {
        let (threshold, weights) = (self.scores[first as usize], &self.scores[first as usize + 1..]);
        let adding = self.children(terms).iter().zip(weights).filter(|&(_, &weight)| weight > 0);
        let mut each: Vec<(Anchors, i64)> =
            adding.filter_map(|(&term, &weight)| Some((self.anchors(term)?, weight))).collect();
        each.sort_by_key(|(anchors, _)| std::cmp::Reverse(anchors.cost));
        let mut without = 0;
        let mut all = Anchors::default();
        for (anchors, weight) in each {
            if without + weight < threshold {
                without += weight;
                continue;
            }
            all.cost += anchors.cost;
            all.keys.extend(anchors.keys);
        }
        all
    }

    fn of_target(self, target: Target) -> Anchors {
        let lexeme = self.lexeme(target);
        Anchors { keys: vec![Key::Lexeme(lexeme)], cost: self.weights[lexeme as usize].cost() }
    }

    fn children(&self, children: Children) -> &[Clause] {
        &self.clauses[children.first as usize..][..children.length as usize]
    }
}

#[derive(Default)]
struct Anchors {
    keys: Vec<Key>,
    cost: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Lexeme(Lexeme),
    Entity(u32),
}
