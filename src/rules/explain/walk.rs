//! From clause to clause: each judged by the evaluator in its scope, then asked why.

use std::ops::Range;

use super::{ClauseKind, Explainer, Finding, Hit, Reason, Unit};
use crate::rules::evaluate::{Evaluation, Place};
use crate::rules::program::{Children, Clause};
use crate::rules::{Document, Field};

/// Sides of an OR that are asked one by one why they do not hold.
const ASKED: usize = 200;

/// One rule and one document.
pub(super) struct Walk<'a> {
    pub(super) explainer: &'a Explainer,
    pub(super) evaluation: Evaluation<'a>,
    title: Vec<char>,
    body: Vec<char>,
    /// Whether anything that was asked for stands somewhere.
    pub(super) touched: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        explainer: &'a Explainer,
        evaluation: Evaluation<'a>,
        document: Document<'_>,
    ) -> Walk<'a> {
        let chars = |text: &str| text.chars().collect();
        Walk {
            explainer,
            evaluation,
            title: chars(document.title),
            body: chars(document.body),
            touched: false,
        }
    }

    /// What there is to say of a clause in a scope.
    pub(super) fn finding(&mut self, clause: Clause, scope: &Range<u32>) -> Finding {
        match clause {
            Clause::Word { .. } | Clause::Phrase { .. } | Clause::Entity { .. } | Clause::Never => {
                self.leaf(clause, scope)
            }
            Clause::Not(part) => self.not(clause, part, scope),
            Clause::And(parts) => self.and(clause, parts, scope),
            Clause::Or(parts) => self.or(clause, parts, scope),
            Clause::Near(operands, links) => self.near(clause, operands, links, scope),
            Clause::AtLeast { count, clause: part } => self.at_least(clause, count, part, scope),
            Clause::Sentence(part) => self.unit(clause, part, Unit::Sentence, scope),
            Clause::Paragraph(part) => self.unit(clause, part, Unit::Paragraph, scope),
            Clause::Field(field, part) => self.field(clause, field, part, scope),
            Clause::Score(terms, weights) => self.score(clause, terms, weights, scope),
            Clause::Count { count, clause: part } => self.count(clause, count, part, scope),
        }
    }

    /// A finding with nothing below it yet.
    pub(super) fn bare(&self, clause: Clause, kind: ClauseKind, holds: bool) -> Finding {
        let progress = if holds { 1000 } else { 0 };
        let (clause, brief) = (self.explainer.shown(clause), self.explainer.brief(clause));
        Finding {
            clause,
            brief,
            kind,
            holds,
            hits: Vec::new(),
            because: None,
            parts: Vec::new(),
            weight: None,
            progress,
        }
    }

    /// Whether a clause holds, and where.
    pub(super) fn judge(&mut self, clause: Clause, scope: &Range<u32>) -> (bool, Vec<Place>) {
        let mut places = Vec::new();
        let holds = self.evaluation.holds(clause, scope, &mut places);
        (holds, places)
    }

    fn not(&mut self, clause: Clause, part: u32, scope: &Range<u32>) -> Finding {
        let part = self.evaluation.clause(part);
        let (denied, _) = self.judge(part, scope);
        let mut finding = self.bare(clause, ClauseKind::Not, !denied);
        if denied {
            let part = self.finding(part, scope);
            finding.because = Some(Reason::Forbidden { hit: first_hit(&part).cloned() }.into());
            finding.parts.push(part);
        }
        finding
    }

    fn and(&mut self, clause: Clause, parts: Children, scope: &Range<u32>) -> Finding {
        let (holds, _) = self.judge(clause, scope);
        let mut finding = self.bare(clause, ClauseKind::And, holds);
        finding.parts = self.children(parts).into_iter().map(|part| self.finding(part, scope)).collect();
        finding.progress = mean(&finding.parts);
        finding
    }

    fn or(&mut self, clause: Clause, parts: Children, scope: &Range<u32>) -> Finding {
        let (holds, _) = self.judge(clause, scope);
        let mut finding = self.bare(clause, ClauseKind::Or, holds);
        let parts = self.children(parts);
        let terms = self.terms(&parts);
        let mut asked = 0;
        for part in parts {
            if self.judge(part, scope).0 {
                finding.parts.push(self.finding(part, scope));
            } else if !holds && asked < ASKED {
                asked += 1;
                let part = self.finding(part, scope);
                finding.progress = finding.progress.max(part.progress);
                if !says_only_absent(&part) {
                    finding.parts.push(part);
                }
            }
        }
        if !holds && finding.parts.is_empty() {
            finding.because = Some(Reason::NoneOf { terms }.into());
        }
        finding
    }

    /// How many terms are asked for in some clauses.
    fn terms(&self, clauses: &[Clause]) -> usize {
        let terms = |clause: &Clause| match *clause {
            Clause::And(parts) | Clause::Or(parts) | Clause::Near(parts, _) | Clause::Score(parts, _) => {
                self.terms(self.evaluation.program.children(parts))
            }
            Clause::AtLeast { clause, .. }
            | Clause::Count { clause, .. }
            | Clause::Sentence(clause)
            | Clause::Paragraph(clause)
            | Clause::Field(_, clause) => self.terms(&[self.evaluation.clause(clause)]),
            Clause::Not(_) => 0,
            Clause::Word { .. } | Clause::Phrase { .. } | Clause::Entity { .. } | Clause::Never => 1,
        };
        clauses.iter().map(terms).sum()
    }

    fn at_least(&mut self, clause: Clause, count: u32, part: u32, scope: &Range<u32>) -> Finding {
        let (holds, _) = self.judge(clause, scope);
        let part = self.evaluation.clause(part);
        let mut finding = self.bare(clause, ClauseKind::AtLeast, holds);
        let found = self.evaluation.count(part, scope);
        if !holds {
            finding.progress = (u64::from(found) * 1000 / u64::from(count.max(1))) as u32;
            finding.because = Some(Reason::Count { found, least: count }.into());
        }
        finding.parts.push(self.finding(part, scope));
        finding
    }

    fn score(&mut self, clause: Clause, terms: Children, first: u32, scope: &Range<u32>) -> Finding {
        let (holds, _) = self.judge(clause, scope);
        let mut finding = self.bare(clause, ClauseKind::Score, holds);
        let weights = &self.evaluation.program.weights[first as usize..];
        let threshold = weights[0];
        for (part, &weight) in self.children(terms).into_iter().zip(&weights[1..]) {
            let part = self.finding(part, scope);
            finding.parts.push(Finding { weight: Some(weight), ..part });
        }
        let standing = finding.parts.iter().filter(|part| part.holds);
        let reached: i64 = standing.filter_map(|part| part.weight).sum();
        if !holds {
            finding.progress = u32::try_from(reached * 1000 / threshold.max(1)).unwrap_or_default();
            finding.because = Some(Reason::Score { reached, threshold }.into());
        }
        finding
    }

    fn count(&mut self, clause: Clause, count: u32, part: u32, scope: &Range<u32>) -> Finding {
        let (holds, _) = self.judge(clause, scope);
        let part = self.evaluation.clause(part);
        let mut finding = self.bare(clause, ClauseKind::Count, holds);
        let (stands, places) = self.judge(part, scope);
        let inner = self.finding(part, scope);
        finding.progress = inner.progress;
        if stands && !holds {
            let found = self.evaluation.disjoint(&places);
            finding.progress = (u64::from(found) * 1000 / u64::from(count.max(1))) as u32;
            finding.because = Some(Reason::Count { found, least: count }.into());
        }
        finding.parts.push(inner);
        finding
    }

    fn field(&mut self, clause: Clause, field: Field, part: u32, scope: &Range<u32>) -> Finding {
        let (holds, _) = self.judge(clause, scope);
        let part = self.evaluation.clause(part);
        let mut finding = self.bare(clause, ClauseKind::Field, holds);
        let within = self.evaluation.field(field, scope);
        let inner = self.finding(part, &within);
        finding.progress = inner.progress;
        let other = if field == Field::Title { Field::Body } else { Field::Title };
        let elsewhere = self.evaluation.field(other, scope);
        if !holds && self.judge(part, &elsewhere).0 {
            finding.because = Some(Reason::OtherField { stands: other, wanted: field }.into());
            finding.progress = 500;
        } else {
            finding.parts.push(inner);
        }
        finding
    }

    pub(super) fn field_of(&self, word: u32) -> Field {
        if word < self.evaluation.body { Field::Title } else { Field::Body }
    }

    /// The number within its field, from 1, of what a word stands in.
    pub(super) fn number(&self, word: u32, unit: Unit) -> u32 {
        let words = self.evaluation.words;
        let first = if word < self.evaluation.body { 0 } else { self.evaluation.body };
        let number = |word: u32| match unit {
            Unit::Sentence => words.words()[word as usize].sentence,
            Unit::Paragraph => words.paragraph_of(word) as u32,
        };
        number(word) - number(first) + 1
    }

    /// What the document writes from one word to another.
    pub(super) fn text(&self, words: Range<u32>) -> String {
        let chars = if self.field_of(words.start) == Field::Title { &self.title } else { &self.body };
        let all = self.evaluation.words.words();
        let (Some(first), Some(last)) = (all.get(words.start as usize), all.get(words.end as usize - 1))
        else {
            return String::new();
        };
        chars.get(first.start as usize..last.end as usize).unwrap_or_default().iter().collect()
    }

    pub(super) fn children(&self, children: Children) -> Vec<Clause> {
        self.evaluation.program.children(children).to_vec()
    }
}

/// The first place that anything below stands at.
fn first_hit(finding: &Finding) -> Option<&Hit> {
    finding.hits.first().or_else(|| finding.parts.iter().find_map(first_hit))
}

/// Whether there is nothing to learn but that nothing stands.
fn says_only_absent(finding: &Finding) -> bool {
    let nothing = |reason: &Reason| matches!(reason, Reason::Absent | Reason::NoneOf { .. });
    match (&finding.because, &finding.parts[..]) {
        (Some(because), []) => nothing(&because.reason),
        (None, parts) => parts.iter().all(says_only_absent),
        _ => false,
    }
}

/// What is asked for counts, what is forbidden only where it stands.
pub(super) fn mean(parts: &[Finding]) -> u32 {
    let counted = || parts.iter().filter(|part| part.kind != ClauseKind::Not || !part.holds);
    counted().map(|part| part.progress).sum::<u32>() / counted().count().max(1) as u32
}
