//! Why a rule does not hold for a text, in one line: the first part that fails, for those whose
//! sample was meant to match. Slow, since it compiles part after part; asked only of failures.

use super::condition::{Node, NodeKind};
use super::term::shown;
use super::{Condition, Document, Entity, Rule, RuleSet, Scratch};

/// Terms named at most.
const NAMED: usize = 4;

/// What keeps a condition from holding for a document for which it does not hold.
pub fn why_not(condition: &Condition, entities: &[Entity], document: Document<'_>) -> String {
    Asking { entities, document }.why_not(&condition.root)
}

#[derive(Clone, Copy)]
struct Asking<'a> {
    entities: &'a [Entity],
    document: Document<'a>,
}

impl Asking<'_> {
    fn why_not(self, node: &Node) -> String {
        match &node.kind {
            NodeKind::Term(term) => format!("`{}` does not stand in it", shown(term.written())),
            NodeKind::Not(part) => {
                format!("{} in it, which must not", listed(&self.standing(part), "stands", "stand"))
            }
            NodeKind::And(parts) => match parts.iter().find(|part| !self.holds(part)) {
                Some(part) => self.why_not(part),
                None => "its parts hold, but not together".to_owned(),
            },
            NodeKind::Or(parts) if parts.iter().all(is_term) => {
                let terms: Vec<String> = parts.iter().flat_map(terms_of).collect();
                format!("none of {} stands in it", quoted(&terms))
            }
            NodeKind::Or(parts) => {
                // The side that comes nearest says most: the one of which most stands.
                let nearest = parts.iter().max_by_key(|part| self.standing(part).len());
                nearest.map_or_else(String::new, |part| self.why_not(part))
            }
            NodeKind::Near(parts, _) => match parts.iter().find(|part| !self.holds(part)) {
                Some(part) => self.why_not(part),
                None => {
                    let terms: Vec<String> = parts.iter().flat_map(|part| self.standing(part)).collect();
                    format!("{} are not as near to each other as NEAR asks", quoted(&terms))
                }
            },
            NodeKind::AtLeast(count, part) | NodeKind::Count(count, part) if self.holds(part) => {
                format!("{} fewer than {count} times", listed(&self.standing(part), "stands", "stand"))
            }
            NodeKind::Sentence(part) if self.holds(part) => "no single sentence has all of it".to_owned(),
            NodeKind::Paragraph(part) if self.holds(part) => "no single paragraph has all of it".to_owned(),
            NodeKind::Field(..) if self.document.title.is_empty() => {
                "a field is asked for: a sample is a text, or a headline, a blank line and a text".to_owned()
            }
            NodeKind::AtLeast(_, part)
            | NodeKind::Count(_, part)
            | NodeKind::Sentence(part)
            | NodeKind::Paragraph(part) => self.why_not(part),
            NodeKind::Field(_, part) if self.holds(part) => "it stands in the other field".to_owned(),
            NodeKind::Field(_, part) => self.why_not(part),
            NodeKind::Score(terms, weights) => {
                let standing = terms.iter().zip(&weights.each).filter(|(term, _)| self.holds(term));
                let sum: i64 = standing.map(|(_, weight)| weight).sum();
                format!("the score is {sum}, under the threshold of {}", weights.threshold)
            }
        }
    }

    fn holds(self, node: &Node) -> bool {
        match &node.kind {
            // A rule of denials alone would never be looked at.
            NodeKind::Not(part) => !self.holds(part),
            NodeKind::And(parts) => parts.iter().all(|part| self.holds(part)),
            NodeKind::Or(parts) => parts.iter().any(|part| self.holds(part)),
            _ => {
                let rule = Rule::new("", Condition { root: node.clone() });
                let rules = RuleSet::compile(&[rule], self.entities);
                !rules.matches(self.document, &mut Scratch::default()).is_empty()
            }
        }
    }

    /// The terms of a part that stand in the document.
    fn standing(self, node: &Node) -> Vec<String> {
        let mut standing = Vec::new();
        node.each_term(&mut |term, place| {
            let written = shown(term.written());
            if !standing.contains(&written) && self.holds(&Node { kind: NodeKind::Term(term.clone()), place })
            {
                standing.push(written);
            }
        });
        standing
    }
}

fn is_term(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Term(_))
}

fn terms_of(node: &Node) -> Vec<String> {
    let mut terms = Vec::new();
    node.each_term(&mut |term, _| terms.push(shown(term.written())));
    terms
}

fn listed(terms: &[String], one: &str, more: &str) -> String {
    format!("{} {}", quoted(terms), if terms.len() == 1 { one } else { more })
}

fn quoted(terms: &[String]) -> String {
    let mut quoted: Vec<String> = terms.iter().take(NAMED).map(|term| format!("`{term}`")).collect();
    if terms.len() > NAMED {
        quoted.push("…".to_owned());
    }
    quoted.join(", ")
}
