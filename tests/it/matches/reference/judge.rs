//! The reference: what each clause means, said as plainly as can be. A text is a list of tokens
//! whose field, paragraph and sentence are known, and every clause is judged by trying all
//! combinations of places.

use std::collections::BTreeSet;

/// A word of a text: which noun it is, if any, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) noun: Option<usize>,
    pub(super) body: bool,
    pub(super) sentence: usize,
    pub(super) paragraph: usize,
    pub(super) span: (u32, u32),
}

#[derive(Debug, Clone)]
pub(super) enum Query {
    Atom(Atom),
    Not(Box<Query>),
    And(Vec<Query>),
    Or(Vec<Query>),
    Near(Vec<Operand>, Vec<(usize, bool)>),
    AtLeast(usize, Operand),
    Sentence(Box<Query>),
    Paragraph(Box<Query>),
    Field(bool, Box<Query>),
    /// Not in the language of queries: what `score` with `threshold` asks for.
    Score(Vec<(Atom, i64)>, i64),
    /// Nor is this: what `at_least` asks for.
    Count(usize, Box<Query>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Atom {
    /// Nouns in a row.
    Phrase(Vec<usize>),
    /// By its place among the entities.
    Entity(usize),
}

/// An OR of atoms, perhaps in one field.
#[derive(Debug, Clone)]
pub(super) struct Operand {
    pub(super) atoms: Vec<Atom>,
    pub(super) body: Option<bool>,
}

/// All are phrases.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    pub(super) names: Vec<Vec<usize>>,
    pub(super) needs: Vec<Vec<usize>>,
    pub(super) unless: Vec<Vec<usize>>,
}

/// First token and the one after the last.
pub(super) type Place = (usize, usize);

pub(super) struct Reference<'a> {
    tokens: &'a [Token],
    /// Where each entity is named.
    named: Vec<Vec<Place>>,
}

impl<'a> Reference<'a> {
    pub(super) fn new(tokens: &'a [Token], entities: &[Entity]) -> Reference<'a> {
        let mut reference = Reference { tokens, named: vec![Vec::new(); entities.len()] };
        for (entity, place) in reference.chosen(entities) {
            reference.named[entity].push(place);
        }
        reference
    }

    /// The names that count: of all that stand where their context allows it, the longest is taken
    /// and with it goes what overlaps it, then the longest of what is left, and so on.
    fn chosen(&self, entities: &[Entity]) -> Vec<(usize, Place)> {
        let all: Vec<usize> = (0..self.tokens.len()).collect();
        let mut left: Vec<(usize, Place)> = Vec::new();
        for (number, entity) in entities.iter().enumerate() {
            for place in entity.names.iter().flat_map(|name| self.phrase(name, &all)) {
                if self.is_meant(entity, place) && !left.contains(&(number, place)) {
                    left.push((number, place));
                }
            }
        }
        let mut chosen = Vec::new();
        while let Some(&(_, longest)) = left.iter().max_by_key(|&&(_, (start, end))| {
            let characters = self.tokens[end - 1].span.1 - self.tokens[start].span.0;
            (end - start, characters, std::cmp::Reverse(start))
        }) {
            chosen.extend(left.iter().copied().filter(|&(_, place)| place == longest));
            left.retain(|&(_, place)| place.1 <= longest.0 || longest.1 <= place.0);
        }
        chosen
    }

    fn is_meant(&self, entity: &Entity, (start, _): Place) -> bool {
        let sentence = self.tokens[start].sentence;
        let sentence: Vec<usize> =
            (0..self.tokens.len()).filter(|&at| self.tokens[at].sentence == sentence).collect();
        let stands = |phrase: &Vec<usize>| !self.phrase(phrase, &sentence).is_empty();
        (entity.needs.is_empty() || entity.needs.iter().any(stands)) && !entity.unless.iter().any(stands)
    }

    fn phrase(&self, nouns: &[usize], scope: &[usize]) -> Vec<Place> {
        let mut places = Vec::new();
        for &start in scope {
            let here: Vec<usize> = (start..start + nouns.len()).filter(|at| scope.contains(at)).collect();
            let stands = here.len() == nouns.len()
                && here.iter().zip(nouns).all(|(&at, &noun)| self.tokens[at].noun == Some(noun))
                && here.iter().all(|&at| self.tokens[at].sentence == self.tokens[start].sentence);
            if stands {
                places.push((start, start + nouns.len()));
            }
        }
        places
    }

    fn atom(&self, atom: &Atom, scope: &[usize]) -> Vec<Place> {
        match atom {
            Atom::Phrase(nouns) => self.phrase(nouns, scope),
            Atom::Entity(entity) => {
                let whole = |&(start, end): &Place| (start..end).all(|at| scope.contains(&at));
                self.named[*entity].iter().copied().filter(whole).collect()
            }
        }
    }

    fn operand(&self, operand: &Operand, scope: &[usize]) -> Vec<Place> {
        let scope: Vec<usize> = scope
            .iter()
            .copied()
            .filter(|&at| operand.body.is_none_or(|body| self.tokens[at].body == body))
            .collect();
        operand.atoms.iter().flat_map(|atom| self.atom(atom, &scope)).collect()
    }

    /// The places that make it hold; none where it does not.
    pub(super) fn judge(&self, query: &Query, denied: bool, scope: &[usize]) -> Option<BTreeSet<Place>> {
        let every = |parts: &[Query]| {
            let all: Option<Vec<_>> = parts.iter().map(|part| self.judge(part, denied, scope)).collect();
            all.map(|all| all.into_iter().flatten().collect())
        };
        let some = |parts: &[Query]| {
            let held: Vec<_> = parts.iter().filter_map(|part| self.judge(part, denied, scope)).collect();
            (!held.is_empty()).then(|| held.into_iter().flatten().collect())
        };
        let positive = match query {
            Query::Not(part) => return self.judge(part, !denied, scope),
            Query::And(parts) => return if denied { some(parts) } else { every(parts) },
            Query::Or(parts) => return if denied { every(parts) } else { some(parts) },
            Query::Field(body, part) => {
                let scope: Vec<usize> =
                    scope.iter().copied().filter(|&at| self.tokens[at].body == *body).collect();
                self.judge(part, false, &scope)
            }
            Query::Atom(atom) => non_empty(self.atom(atom, scope).into_iter().collect()),
            Query::Near(operands, links) => non_empty(self.near(operands, links, scope)),
            Query::AtLeast(count, operand) => {
                let places = self.operand(operand, scope);
                (disjoint(&places) >= *count).then(|| places.into_iter().collect())
            }
            Query::Score(terms, threshold) => self.score(terms, *threshold, scope),
            Query::Count(count, part) => self.judge(part, false, scope).filter(|places| {
                let places: Vec<Place> = places.iter().copied().collect();
                disjoint(&places) >= *count
            }),
            Query::Sentence(part) => self.parts(part, scope, |token| token.sentence),
            Query::Paragraph(part) => self.parts(part, scope, |token| token.paragraph),
        };
        match (denied, positive) {
            (false, positive) => positive,
            (true, Some(_)) => None,
            (true, None) => Some(BTreeSet::new()),
        }
    }

    fn parts(&self, part: &Query, scope: &[usize], number: fn(&Token) -> usize) -> Option<BTreeSet<Place>> {
        let numbers: BTreeSet<usize> = scope.iter().map(|&at| number(&self.tokens[at])).collect();
        let held: Vec<_> = numbers
            .into_iter()
            .filter_map(|wanted| {
                let scope: Vec<usize> =
                    scope.iter().copied().filter(|&at| number(&self.tokens[at]) == wanted).collect();
                self.judge(part, false, &scope)
            })
            .collect();
        (!held.is_empty()).then(|| held.into_iter().flatten().collect())
    }

    /// Each term that stands adds its weight once; those that add are what makes it hold.
    fn score(&self, terms: &[(Atom, i64)], threshold: i64, scope: &[usize]) -> Option<BTreeSet<Place>> {
        let standing: Vec<(Vec<Place>, i64)> = terms
            .iter()
            .map(|(atom, weight)| (self.atom(atom, scope), *weight))
            .filter(|(places, _)| !places.is_empty())
            .collect();
        let sum: i64 = standing.iter().map(|(_, weight)| weight).sum();
        let adding = standing.into_iter().filter(|(_, weight)| *weight > 0).flat_map(|(places, _)| places);
        (sum >= threshold).then(|| adding.collect())
    }

    fn near(&self, operands: &[Operand], links: &[(usize, bool)], scope: &[usize]) -> BTreeSet<Place> {
        let mut chains: Vec<Vec<Place>> =
            self.operand(&operands[0], scope).into_iter().map(|place| vec![place]).collect();
        for (operand, &(most, ordered)) in operands[1..].iter().zip(links) {
            let places = self.operand(operand, scope);
            let mut longer = Vec::new();
            for chain in &chains {
                let left = chain[chain.len() - 1];
                for &right in &places {
                    let after = right.0 >= left.1 && right.0 - left.1 <= most;
                    let before = left.0 >= right.1 && left.0 - right.1 <= most;
                    let same_field = self.tokens[left.0].body == self.tokens[right.0].body;
                    if same_field && (after || before && !ordered) {
                        longer.push([&chain[..], &[right]].concat());
                    }
                }
            }
            chains = longer;
        }
        chains.into_iter().flatten().collect()
    }
}

fn non_empty(places: BTreeSet<Place>) -> Option<BTreeSet<Place>> {
    (!places.is_empty()).then_some(places)
}

/// The most places that do not overlap: up to each token either as many as up to the one before it,
/// or one more than up to where a place begins that ends here.
fn disjoint(places: &[Place]) -> usize {
    let last = places.iter().map(|place| place.1).max().unwrap_or_default();
    let mut most = vec![0; last + 1];
    for end in 1..=last {
        let ending = places.iter().filter(|place| place.1 == end).map(|place| most[place.0] + 1);
        most[end] = ending.max().unwrap_or_default().max(most[end - 1]);
    }
    most[last]
}
