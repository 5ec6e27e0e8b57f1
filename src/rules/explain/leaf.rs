//! Terms: where one stands, each word of it taken apart; or what stands in its stead.

use std::ops::Range;

use super::walk::Walk;
use super::word::{self, Anatomy, Sought};
use super::{ClauseKind, Finding, Hit, Reason, Unit};
use crate::rules::evaluate::Place;
use crate::rules::lexicon::Lexeme;
use crate::rules::program::{Clause, Target};
use crate::rules::term::Kind;
use crate::text::morphology::Level;

impl Walk<'_> {
    pub(super) fn leaf(&mut self, clause: Clause, scope: &Range<u32>) -> Finding {
        let (holds, places) = self.judge(clause, scope);
        let kind = match clause {
            Clause::Entity { .. } | Clause::Never => ClauseKind::Entity,
            _ => ClauseKind::Term,
        };
        let mut finding = self.bare(clause, kind, holds);
        finding.hits = places.iter().map(|place| self.hit(place)).collect();
        self.touched |= holds;
        if !holds {
            let reason = self.why_absent(clause, scope);
            self.touched |=
                !matches!(reason, Reason::Absent | Reason::Missing { .. } | Reason::UnknownEntity);
            finding.because = Some(reason.into());
        }
        finding
    }

    /// A place, each word of it taken apart.
    pub(super) fn hit(&self, place: &Place) -> Hit {
        let words = self.evaluation.words.words();
        let (target, name) = self.target(place);
        let lexemes = target.map(|target| self.lexemes(target)).unwrap_or_default();
        let anatomies = (place.start..place.end).enumerate().map(|(number, word)| {
            let lexeme = lexemes.get(number).copied();
            self.anatomy(word, lexeme)
        });
        Hit {
            field: self.field_of(place.start),
            start: words[place.start as usize].start,
            end: words[place.end as usize - 1].end,
            word: place.start,
            term: self.explainer.rules.term(place.term).to_owned(),
            text: self.text(place.start..place.end),
            name,
            sentence: self.number(place.start, Unit::Sentence),
            words: anatomies.collect(),
        }
    }

    /// What was looked for at a place, and the name of the entity it is.
    fn target(&self, place: &Place) -> (Option<Target>, Option<String>) {
        let program = self.evaluation.program;
        match self.explainer.leaves.get(&place.term) {
            Some(&Clause::Word { lexeme, .. }) => (Some(Target::Word(lexeme)), None),
            Some(&Clause::Phrase { phrase, .. }) => (Some(Target::Phrase(phrase)), None),
            Some(&Clause::Entity { entity, .. }) => {
                let here = place.start..place.end;
                let named = program.names.iter().enumerate().find(|(_, name)| {
                    name.entity == entity && self.target_places(name.target, &here).contains(&here)
                });
                let name = named.and_then(|(number, _)| self.explainer.names.get(number)).cloned();
                (named.map(|(_, name)| name.target), name)
            }
            _ => (None, None),
        }
    }

    fn lexemes(&self, target: Target) -> Vec<Lexeme> {
        let program = self.evaluation.program;
        match target {
            Target::Word(lexeme) => vec![lexeme],
            Target::Phrase(phrase) => program.words(program.phrases[phrase as usize]).to_vec(),
        }
    }

    fn target_places(&self, target: Target, scope: &Range<u32>) -> Vec<Range<u32>> {
        let (words, hits) = (self.evaluation.words, self.evaluation.hits);
        let mut places = Vec::new();
        match target {
            Target::Word(lexeme) => {
                places.extend(hits.places(lexeme, scope).iter().map(|&word| word..word + 1));
            }
            Target::Phrase(phrase) => {
                let mut add = |start, end| places.push(start..end);
                self.evaluation.program.phrase_places(phrase, scope, words, hits, &mut add);
            }
        }
        places
    }

    fn anatomy(&self, word: u32, lexeme: Option<Lexeme>) -> Anatomy {
        let keyword = lexeme.and_then(|lexeme| self.explainer.keywords.get(lexeme as usize));
        let level = keyword.and_then(|keyword| Some((keyword, level(keyword.kind)?)));
        let read = level.and_then(|(keyword, level)| self.read(word, &Sought::new(&keyword.text, level)));
        match read {
            Some((anatomy, None)) => anatomy,
            _ => {
                let letters = self.evaluation.words.letters(word as usize);
                let keyword = keyword.map_or("", |keyword| &keyword.text);
                word::uncut(&self.text(word..word + 1), letters, keyword)
            }
        }
    }

    fn read(&self, word: u32, sought: &Sought<'_>) -> Option<(Anatomy, Option<&'static str>)> {
        let words = self.evaluation.words;
        sought.read(&self.text(word..word + 1), words.letters(word as usize), words.writes_teh())
    }

    fn why_absent(&self, clause: Clause, scope: &Range<u32>) -> Reason {
        let whole = 0..self.evaluation.words.words().len() as u32;
        let elsewhere = |target: Target| self.target_places(target, &whole).into_iter().next();
        match clause {
            Clause::Word { lexeme, term } => match elsewhere(Target::Word(lexeme)) {
                Some(words) => {
                    Reason::Elsewhere { hit: self.hit(&Place { start: words.start, end: words.end, term }) }
                }
                None => self.stands_otherwise(lexeme, scope).unwrap_or(Reason::Absent),
            },
            Clause::Phrase { phrase, term } => match elsewhere(Target::Phrase(phrase)) {
                Some(words) => {
                    Reason::Elsewhere { hit: self.hit(&Place { start: words.start, end: words.end, term }) }
                }
                None => self.broken_phrase(phrase, scope),
            },
            Clause::Entity { entity, term } => self.unnamed(entity, term, &whole),
            _ => Reason::UnknownEntity,
        }
    }

    fn broken_phrase(&self, phrase: u32, scope: &Range<u32>) -> Reason {
        let lexemes = self.lexemes(Target::Phrase(phrase));
        let hits = self.evaluation.hits;
        let mut missing: Vec<Lexeme> =
            lexemes.iter().copied().filter(|&lexeme| hits.places(lexeme, scope).is_empty()).collect();
        missing.dedup();
        if missing.is_empty() {
            return Reason::Scattered;
        }
        if missing.len() == lexemes.len() {
            return Reason::Absent;
        }
        let otherwise = missing.iter().find_map(|&lexeme| self.stands_otherwise(lexeme, scope));
        let word = |&lexeme: &Lexeme| {
            self.explainer.keywords.get(lexeme as usize).map(|keyword| keyword.text.to_string())
        };
        otherwise.unwrap_or_else(|| Reason::Missing { words: missing.iter().filter_map(word).collect() })
    }

    fn unnamed(&self, entity: u32, term: crate::rules::TermId, whole: &Range<u32>) -> Reason {
        let (program, named) = (self.evaluation.program, self.evaluation.named);
        if let Some((start, end)) = named.places(entity, whole).next() {
            return Reason::Elsewhere { hit: self.hit(&Place { start, end, term }) };
        }
        let names = program.names.iter().filter(|name| name.entity == entity);
        let mut refused = None;
        for words in names.flat_map(|name| self.target_places(name.target, whole)) {
            refused = refused.or_else(|| self.refused(entity, &words));
            if let Some(longer) = named.over(&words).find(|&longer| longer != entity) {
                let (start, end) = named
                    .places(longer, whole)
                    .find(|&(start, end)| start < words.end && words.start < end)
                    .unwrap_or((words.start, words.end));
                let entity = self.explainer.entities.get(longer as usize).cloned().unwrap_or_default();
                return Reason::LongerName { entity, text: self.text(start..end) };
            }
        }
        refused.unwrap_or(Reason::Absent)
    }

    /// What beside a name keeps it from meaning its entity.
    fn refused(&self, entity: u32, name: &Range<u32>) -> Option<Reason> {
        let program = self.evaluation.program;
        let context = program.contexts.get(entity as usize)?;
        let words = self.evaluation.words;
        let sentence = words.sentence(words.words()[name.start as usize].sentence as usize);
        let targets = &program.context_targets[context.first as usize..];
        let (needs, unless) = targets.split_at(context.needs as usize);
        let place = |&target: &Target| self.target_places(target, &sentence).into_iter().next();
        let text = self.text(name.clone());
        match unless[..context.unless as usize].iter().find_map(place) {
            Some(stands) => Some(Reason::Unless { text, context: self.text(stands) }),
            None if !needs.is_empty() && !needs.iter().any(|need| place(need).is_some()) => {
                Some(Reason::Needs { text })
            }
            None => None,
        }
    }

    /// A word that looks like the term, or that another sign of the term would find.
    fn stands_otherwise(&self, lexeme: Lexeme, scope: &Range<u32>) -> Option<Reason> {
        let keyword = self.explainer.keywords.get(lexeme as usize)?;
        let sought = Sought::new(&keyword.text, level(keyword.kind)?);
        let whole = scope.clone().find_map(|word| {
            let (cut, instead) = self.read(word, &sought)?;
            instead.map(|lemma| Reason::Whole { word: self.text(word..word + 1), lemma, cut })
        });
        let looser: &[(Level, &str)] = match keyword.kind {
            Kind::Exact => &[(Level::Inflected, ""), (Level::Loose, "~")],
            Kind::Inflected => &[(Level::Loose, "~")],
            _ => &[],
        };
        whole.or_else(|| {
            looser.iter().find_map(|&(level, sign)| {
                let sought = Sought::new(&keyword.text, level);
                let stands =
                    |&word: &u32| self.read(word, &sought).is_some_and(|(_, instead)| instead.is_none());
                let word = scope.clone().find(stands)?;
                Some(Reason::Level {
                    word: self.text(word..word + 1),
                    instead: format!("{sign}{}", keyword.text),
                })
            })
        })
    }
}

/// How far a kind of term reaches; nothing for a prefix, which knows no words.
fn level(kind: Kind) -> Option<Level> {
    match kind {
        Kind::Exact => Some(Level::Exact),
        Kind::Inflected => Some(Level::Inflected),
        Kind::Family => Some(Level::Loose),
        Kind::Prefix | Kind::Entity => None,
    }
}
