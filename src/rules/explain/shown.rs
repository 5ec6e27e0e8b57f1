//! A compiled clause as a query would write it.

use super::Explainer;
use crate::rules::program::{Children, Clause};
use crate::rules::{Field, TermId};

/// How tightly what stands around a clause binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Near,
}

/// Sides of an OR that are written in brief.
const BRIEF: usize = 4;

impl Explainer {
    /// The clause as a query.
    pub(super) fn shown(&self, clause: Clause) -> String {
        Writer { explainer: self, most: usize::MAX }.shown(clause)
    }

    /// The same with the first sides of a long OR, for a line.
    pub(super) fn brief(&self, clause: Clause) -> String {
        Writer { explainer: self, most: BRIEF }.shown(clause)
    }

    /// The term as a query writes it.
    pub(super) fn term(&self, term: TermId) -> String {
        let written = super::word::harmless(self.rules.term(term));
        let written = written.trim();
        match written.strip_prefix(['=', '~']) {
            _ if written.starts_with('@') || !written.contains(char::is_whitespace) => written.to_owned(),
            Some(phrase) => format!("{}\"{}\"", &written[..1], phrase.trim_matches('"')),
            None => format!("\"{written}\""),
        }
    }
}

struct Writer<'e> {
    explainer: &'e Explainer,
    /// Sides of an OR that are written.
    most: usize,
}

impl Writer<'_> {
    fn shown(&self, clause: Clause) -> String {
        self.within(clause, Binding::Or)
    }

    fn within(&self, clause: Clause, around: Binding) -> String {
        let (text, binding) = match clause {
            Clause::Word { term, .. } | Clause::Phrase { term, .. } | Clause::Entity { term, .. } => {
                return self.explainer.term(term);
            }
            Clause::Never => return "@?".to_owned(),
            Clause::Not(part) => (format!("!{}", self.part(part, Binding::Near)), Binding::Not),
            Clause::And(parts) => (self.joined(parts, " & ", Binding::And), Binding::And),
            Clause::Or(parts) => (self.joined(parts, " | ", Binding::Or), Binding::Or),
            Clause::Near(operands, links) => (self.near(operands, links), Binding::Near),
            Clause::AtLeast { count, clause } => {
                return format!("ATLEAST/{count}({})", self.part(clause, Binding::Or));
            }
            Clause::Count { count, clause } => {
                return format!("COUNT/{count}({})", self.part(clause, Binding::Or));
            }
            Clause::Score(terms, weights) => return self.score(terms, weights),
            Clause::Sentence(part) => return format!("SENTENCE({})", self.part(part, Binding::Or)),
            Clause::Paragraph(part) => return format!("PARAGRAPH({})", self.part(part, Binding::Or)),
            Clause::Field(field, part) => {
                let name = if field == Field::Title { "title" } else { "body" };
                return format!("{name}:{}", self.atom(part));
            }
        };
        // An AND within an OR needs none; an OR within an OR came from parentheses, which say nothing.
        if binding < around { format!("({text})") } else { text }
    }

    fn part(&self, part: u32, around: Binding) -> String {
        self.within(self.explainer.rules.compiled.program.clauses[part as usize], around)
    }

    fn atom(&self, part: u32) -> String {
        match self.explainer.rules.compiled.program.clauses[part as usize] {
            clause @ (Clause::And(_) | Clause::Or(_) | Clause::Near(..) | Clause::Not(_)) => {
                format!("({})", self.shown(clause))
            }
            clause => self.shown(clause),
        }
    }

    fn joined(&self, parts: Children, join: &str, around: Binding) -> String {
        let parts = self.explainer.rules.compiled.program.children(parts);
        let most = if around == Binding::Or { self.most } else { usize::MAX };
        let mut written: Vec<String> =
            parts.iter().take(most).map(|&part| self.within(part, around)).collect();
        if parts.len() > most {
            written.push(format!("… {} more", parts.len() - most));
        }
        written.join(join)
    }

    /// What no query can say, in its manner.
    fn score(&self, terms: Children, first: u32) -> String {
        let program = &self.explainer.rules.compiled.program;
        let weights = &program.weights[first as usize..];
        let terms = program.children(terms).iter().zip(&weights[1..]);
        let terms: Vec<String> =
            terms.map(|(&term, weight)| format!("{weight:+} {}", self.shown(term))).collect();
        format!("SCORE/{}({})", weights[0], terms.join(", "))
    }

    fn near(&self, operands: Children, links: u32) -> String {
        let program = &self.explainer.rules.compiled.program;
        let operands = program.children(operands).iter();
        let mut operands = operands.map(|&operand| match operand {
            Clause::Or(_) => format!("({})", self.shown(operand)),
            _ => self.shown(operand),
        });
        let mut text = operands.next().unwrap_or_default();
        for (operand, link) in operands.zip(&program.links[links as usize..]) {
            let name = if link.ordered { "ONEAR" } else { "NEAR" };
            text = format!("{text} {name}/{} {operand}", link.words);
        }
        text
    }
}
