//! Rules and entities in, a [`Lexicon`] and a [`Program`] out.
//!
//! Words are shared between all rules: each is expanded to its stems once. Denials are pushed down
//! to what they deny, counts down to what they count, so that evaluation meets only the simple
//! cases. Last, every rule is given its anchors: of what has to stand, that which is rarest.

use std::collections::HashMap;

use super::anchor::{self, Anchoring, Weight};
use super::condition::{Link, Node, NodeKind};
use super::explain::Keyword;
use super::lexicon::{Lexeme, Lexicon};
use super::program::{Children, Clause, Context, Lists, Name, Phrase, Program, Target};
use super::term::{Kind, Term};
use super::{Entity, Rule, TermId};
use crate::text::morphology::headwords::Headwords;
use crate::text::morphology::{self, Written};
use crate::text::word::Words;

/// What [`compile`] makes.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) lexicon: Lexicon,
    pub(super) program: Program,
    pub(super) terms: Terms,
    pub(super) lexemes: usize,
}

/// Compiles everything.
pub(super) fn compile(rules: &[Rule], entities: &[Entity]) -> Compiled {
    compiler(rules, entities).finish(entities.len())
}

/// As [`compile`], and for each lexeme the word of a rule that it stands for.
pub(super) fn with_keywords(rules: &[Rule], entities: &[Entity]) -> (Compiled, Vec<Keyword>) {
    let compiler = compiler(rules, entities);
    let mut words: Vec<_> = compiler.lexemes.iter().map(|(&word, &lexeme)| (lexeme, word)).collect();
    words.sort_unstable_by_key(|&(lexeme, _)| lexeme);
    let keywords = words.into_iter().map(|(_, (kind, text))| Keyword { kind, text: text.into() }).collect();
    (compiler.finish(entities.len()), keywords)
}

fn compiler<'a>(rules: &'a [Rule], entities: &'a [Entity]) -> Compiler<'a> {
    let mut compiler = Compiler::default();
    for (number, entity) in (0..).zip(entities) {
        compiler.entities.entry(&entity.id).or_insert(number);
        for name in &entity.names {
            if let Some(target) = compiler.target(name) {
                compiler.names.push(Name { entity: number, target });
            }
        }
    }
    compiler.contexts(entities);
    compiler.roots = rules.iter().map(|rule| compiler.clause(&rule.condition.root, false)).collect();
    compiler
}

/// Terms as written, by number.
#[derive(Debug, Default)]
pub(super) struct Terms {
    text: String,
    ends: Vec<u32>,
}

impl Terms {
    /// The term with this number; empty for a number that none has.
    pub(super) fn get(&self, TermId(number): TermId) -> &str {
        let end = |number: usize| self.ends.get(number).map(|&end| end as usize);
        let start = if number == 0 { Some(0) } else { end(number as usize - 1) };
        match (start, end(number as usize)) {
            (Some(start), Some(end)) => &self.text[start..end],
            _ => "",
        }
    }

    fn add(&mut self, written: &str) -> TermId {
        self.text.push_str(written);
        self.ends.push(self.text.len() as u32);
        TermId(self.ends.len() as u32 - 1)
    }
}

#[derive(Default)]
struct Compiler<'a> {
    entities: HashMap<&'a str, u32>,
    /// One a rule.
    roots: Vec<Clause>,
    lexicon: Lexicon,
    lexemes: HashMap<(Kind, &'a str), Lexeme>,
    /// One a lexeme.
    weights: Vec<Weight>,
    phrases: Vec<Phrase>,
    phrase_words: Vec<Lexeme>,
    phrase_numbers: HashMap<Vec<Lexeme>, u32>,
    names: Vec<Name>,
    contexts: Vec<Context>,
    context_targets: Vec<Target>,
    clauses: Vec<Clause>,
    links: Vec<Link>,
    weights_of_scores: Vec<i64>,
    terms: Terms,
    term_numbers: HashMap<&'a str, TermId>,
    /// Reused to cut terms into words.
    words: Words,
}

impl<'a> Compiler<'a> {
    /// What has to stand beside the names of each entity, where that matters for any.
    fn contexts(&mut self, entities: &'a [Entity]) {
        if entities.iter().all(|entity| entity.needs.is_empty() && entity.unless.is_empty()) {
            return;
        }
        for entity in entities {
            let first = self.context_targets.len() as u32;
            let mut add = |terms: &'a [Term]| {
                let targets: Vec<Target> = terms.iter().filter_map(|term| self.target(term)).collect();
                self.context_targets.extend(&targets);
                targets.len() as u32
            };
            let (needs, unless) = (add(&entity.needs), add(&entity.unless));
            self.contexts.push(Context { first, needs, unless });
        }
    }

    /// A clause for a node, or for its denial.
    fn clause(&mut self, node: &'a Node, denied: bool) -> Clause {
        let clause = match &node.kind {
            NodeKind::Not(part) => return self.clause(part, !denied),
            NodeKind::And(parts) if !denied => return Clause::And(self.children(parts, denied)),
            NodeKind::Or(parts) if !denied => return Clause::Or(self.children(parts, denied)),
            NodeKind::And(parts) => return Clause::Or(self.children(parts, denied)),
            NodeKind::Or(parts) => return Clause::And(self.children(parts, denied)),
            NodeKind::Field(field, part) => {
                let part = self.clause(part, false);
                Clause::Field(*field, self.push(part))
            }
            NodeKind::AtLeast(count, part) => self.at_least(*count, part),
            NodeKind::Term(term) => self.term(term),
            NodeKind::Near(operands, links) => {
                let first = self.links.len() as u32;
                self.links.extend(links);
                Clause::Near(self.children(operands, false), first)
            }
            NodeKind::Score(terms, weights) => {
                let first = self.weights_of_scores.len() as u32;
                self.weights_of_scores.push(weights.threshold);
                self.weights_of_scores.extend(&weights.each);
                Clause::Score(self.children(terms, false), first)
            }
            NodeKind::Count(count, part) => {
                let part = self.clause(part, false);
                Clause::Count { count: *count, clause: self.push(part) }
            }
            NodeKind::Sentence(part) => {
                let part = self.clause(part, false);
                Clause::Sentence(self.push(part))
            }
            NodeKind::Paragraph(part) => {
                let part = self.clause(part, false);
                Clause::Paragraph(self.push(part))
            }
        };
        if denied { Clause::Not(self.push(clause)) } else { clause }
    }

    /// `count` times all of several is `count` times each; either of several is counted together,
    /// apart from those that are not places but conditions.
    fn at_least(&mut self, count: u32, node: &'a Node) -> Clause {
        match &node.kind {
            NodeKind::And(parts) => {
                let parts: Vec<Clause> = parts.iter().map(|part| self.at_least(count, part)).collect();
                Clause::And(self.lay(&parts))
            }
            NodeKind::Or(parts) => {
                let (places, conditions): (Vec<&Node>, Vec<&Node>) =
                    parts.iter().partition(|part| has_places(part));
                let mut sides: Vec<Clause> =
                    conditions.into_iter().map(|part| self.at_least(count, part)).collect();
                if !places.is_empty() {
                    let places: Vec<Clause> =
                        places.into_iter().map(|part| self.clause(part, false)).collect();
                    let clause = Clause::Or(self.lay(&places));
                    sides.push(Clause::AtLeast { count, clause: self.push(clause) });
                }
                Clause::Or(self.lay(&sides))
            }
            NodeKind::Field(field, part) => {
                let part = self.at_least(count, part);
                Clause::Field(*field, self.push(part))
            }
            NodeKind::AtLeast(inner, part) => self.at_least(count.saturating_mul(*inner), part),
            NodeKind::Not(_) => self.clause(node, false),
            _ => {
                let clause = self.clause(node, false);
                Clause::AtLeast { count, clause: self.push(clause) }
            }
        }
    }

    fn term(&mut self, term: &'a Term) -> Clause {
        let terms = &mut self.terms;
        let number = *self.term_numbers.entry(term.written()).or_insert_with(|| terms.add(term.written()));
        if term.kind() == Kind::Entity {
            return match self.entities.get(term.text()) {
                Some(&entity) => Clause::Entity { entity, term: number },
                None => Clause::Never,
            };
        }
        match self.target(term) {
            Some(Target::Word(lexeme)) => Clause::Word { lexeme, term: number },
            Some(Target::Phrase(phrase)) => Clause::Phrase { phrase, term: number },
            None => Clause::Never,
        }
    }

    /// The word or phrase that a term asks for; none for an entity.
    fn target(&mut self, term: &'a Term) -> Option<Target> {
        if term.kind() == Kind::Entity {
            return None;
        }
        let lexemes = self.lexemes_of(term);
        match lexemes[..] {
            [] => None,
            [only] => Some(Target::Word(only)),
            _ => Some(Target::Phrase(self.phrase(lexemes))),
        }
    }

    fn lexemes_of(&mut self, term: &'a Term) -> Vec<Lexeme> {
        let mut words = std::mem::take(&mut self.words);
        let mut lexemes = Vec::new();
        term.each_word(&mut words, |kind, written, text| lexemes.push(self.lexeme(kind, written, text)));
        self.words = words;
        lexemes
    }

    fn lexeme(&mut self, kind: Kind, written: Written<'_>, text: &'a str) -> Lexeme {
        if let Some(&known) = self.lexemes.get(&(kind, text)) {
            self.weights[known as usize].uses += 1;
            return known;
        }
        let new = self.weights.len() as Lexeme;
        self.weights.push(Weight { uses: 1, length: written.letters.len() as u32 });
        self.lexemes.insert((kind, text), new);
        let Some(level) = kind.level() else {
            for letters in morphology::prefixes(written.letters) {
                self.lexicon.add_prefix(&letters, new);
            }
            return new;
        };
        for sense in morphology::expand(written, level) {
            self.lexicon.add_stem(&sense, new);
        }
        new
    }

    fn phrase(&mut self, lexemes: Vec<Lexeme>) -> u32 {
        if let Some(&known) = self.phrase_numbers.get(&lexemes) {
            return known;
        }
        let new = self.phrases.len() as u32;
        let first = self.phrase_words.len() as u32;
        self.phrases.push(Phrase { first, length: lexemes.len() as u32, anchor: 0 });
        self.phrase_words.extend(&lexemes);
        self.phrase_numbers.insert(lexemes, new);
        new
    }

    fn children(&mut self, nodes: &'a [Node], denied: bool) -> Children {
        let clauses: Vec<Clause> = nodes.iter().map(|node| self.clause(node, denied)).collect();
        self.lay(&clauses)
    }

    fn lay(&mut self, clauses: &[Clause]) -> Children {
        let first = self.clauses.len() as u32;
        self.clauses.extend_from_slice(clauses);
        Children { first, length: clauses.len() as u32 }
    }

    fn push(&mut self, clause: Clause) -> u32 {
        self.lay(&[clause]).first
    }

    fn finish(mut self, entities: usize) -> Compiled {
        for phrase in &mut self.phrases {
            let words = &self.phrase_words[phrase.first as usize..][..phrase.length as usize];
            phrase.anchor = anchor::rarest(words, &self.weights);
        }
        let anchoring = Anchoring {
            clauses: &self.clauses,
            scores: &self.weights_of_scores,
            phrases: &self.phrases,
            phrase_words: &self.phrase_words,
            weights: &self.weights,
        };
        let names: Vec<(Lexeme, u32)> =
            (0..).zip(&self.names).map(|(number, name)| (anchoring.lexeme(name.target), number)).collect();
        let wakes = anchoring.wakes(&self.roots);
        let lexemes = self.weights.len();
        self.lexicon.seal();
        if lexemes > 0 {
            Headwords::prepare();
        }
        self.terms.text.shrink_to_fit();
        let program = Program {
            roots: self.roots,
            clauses: self.clauses,
            links: self.links,
            weights: self.weights_of_scores,
            phrases: self.phrases,
            phrase_words: self.phrase_words,
            names: self.names,
            contexts: self.contexts,
            context_targets: self.context_targets,
            names_by_lexeme: Lists::gather(lexemes, &names),
            rules_by_lexeme: Lists::gather(lexemes, &wakes.by_lexeme),
            rules_by_entity: Lists::gather(entities, &wakes.by_entity),
        };
        Compiled { lexicon: self.lexicon, program, terms: self.terms, lexemes }
    }
}

/// Whether a node stands at places that can be counted together with those of others.
fn has_places(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Term(_) | NodeKind::Near(..) | NodeKind::Sentence(_) | NodeKind::Paragraph(_) => true,
        NodeKind::Or(parts) => parts.iter().all(has_places),
        NodeKind::Field(_, part) => has_places(part),
        NodeKind::And(_)
        | NodeKind::Not(_)
        | NodeKind::AtLeast(..)
        | NodeKind::Score(..)
        | NodeKind::Count(..) => false,
    }
}
