//! Conditions of rules as meant: a tree of what has to stand, which [`super::asked`] builds.
//!
//! The one thing checked here that grammar cannot see: something must have to stand in the text. A
//! condition that also holds where nothing stands would fire on every entry.

use super::term::{Fault, Kind, Term};
use super::{At, Field, Problem, Within};

/// A condition of a rule, known to be sound apart from its references to entities.
#[derive(Debug, Clone)]
pub struct Condition {
    pub(super) root: Node,
}

/// A part of a condition and where it was written.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) place: Place,
}

/// What a part of a condition asks for. See [`super::evaluate`] for what each means.
#[derive(Debug, Clone)]
pub(super) enum NodeKind {
    Term(Term),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Near(Vec<Node>, Vec<Link>),
    AtLeast(u32, Box<Node>),
    Sentence(Box<Node>),
    Paragraph(Box<Node>),
    Field(Field, Box<Node>),
    /// Only of a rule as a whole, below its `within`: terms with what each adds.
    Score(Vec<Node>, Box<Weights>),
    /// Only of a rule as a whole, below its `within`: so many places of it do not overlap.
    Count(u32, Box<Node>),
}

/// What the terms of a score add up to.
#[derive(Debug, Clone)]
pub(super) struct Weights {
    /// One a term.
    pub(super) each: Vec<i64>,
    /// What their sum has to reach; at least 1.
    pub(super) threshold: i64,
}

/// How two neighbours of a NEAR chain are bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// Words that may stand between them.
    pub(super) words: u32,
    /// Whether the left one comes first.
    pub(super) ordered: bool,
}

/// [`At`], half its size: there is one for every part of every rule.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Rule,
    Query(u32, u32),
    Any(u32),
    All(u32),
    None(u32),
    Score(u32),
    Threshold,
}

impl Condition {
    /// Every entity the condition refers to, with the place of the reference.
    pub fn entities(&self) -> Vec<(String, At)> {
        let mut entities = Vec::new();
        self.root.each_term(&mut |term, place| {
            if term.kind() == Kind::Entity {
                entities.push((term.text().to_owned(), place.into()));
            }
        });
        entities
    }
}

impl Node {
    /// The only one of `nodes`, or all of them under `join`.
    pub(super) fn one_or(mut nodes: Vec<Node>, join: fn(Vec<Node>) -> NodeKind, place: Place) -> Node {
        match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            Some(last) => {
                nodes.push(last);
                Node { kind: join(nodes), place }
            }
            None => Node { kind: join(nodes), place },
        }
    }

    pub(super) fn within(self, within: Within) -> Node {
        let place = self.place;
        match within {
            Within::Document => self,
            Within::Paragraph => Node { kind: NodeKind::Paragraph(Box::new(self)), place },
            Within::Sentence => Node { kind: NodeKind::Sentence(Box::new(self)), place },
        }
    }

    /// What it is made of.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Node> {
        let (many, one): (&[Node], Option<&Node>) = match &self.kind {
            NodeKind::And(parts)
            | NodeKind::Or(parts)
            | NodeKind::Near(parts, _)
            | NodeKind::Score(parts, _) => (parts, None),
            NodeKind::Not(part)
            | NodeKind::AtLeast(_, part)
            | NodeKind::Count(_, part)
            | NodeKind::Sentence(part)
            | NodeKind::Paragraph(part)
            | NodeKind::Field(_, part) => (&[], Some(part)),
            NodeKind::Term(_) => (&[], None),
        };
        many.iter().chain(one)
    }

    /// Calls `visit` with every term and its place.
    pub(super) fn each_term<'n>(&'n self, visit: &mut impl FnMut(&'n Term, Place)) {
        if let NodeKind::Term(term) = &self.kind {
            visit(term, self.place);
        }
        for part in self.parts() {
            part.each_term(visit);
        }
    }

    /// Whether a term has to stand in the text for this, or with `negated` for its denial, to hold.
    fn is_positive(&self, negated: bool) -> bool {
        let one = |parts: &[Node]| parts.iter().any(|part| part.is_positive(negated));
        let each = |parts: &[Node]| parts.iter().all(|part| part.is_positive(negated));
        match &self.kind {
            NodeKind::Term(_) | NodeKind::Near(..) | NodeKind::Score(..) => !negated,
            NodeKind::Not(part) => part.is_positive(!negated),
            NodeKind::And(parts) => {
                if negated {
                    each(parts)
                } else {
                    one(parts)
                }
            }
            NodeKind::Or(parts) => {
                if negated {
                    one(parts)
                } else {
                    each(parts)
                }
            }
            NodeKind::Field(_, part)
            | NodeKind::AtLeast(_, part)
            | NodeKind::Count(_, part)
            | NodeKind::Sentence(part)
            | NodeKind::Paragraph(part) => !negated && part.is_positive(false),
        }
    }
}

/// Adds a problem for every OR branch, and for the whole, that holds where nothing stands.
pub(super) fn check_positive(root: &Node, problems: &mut Vec<Problem>) {
    check_branches(root, problems);
    if problems.is_empty() && !root.is_positive(false) {
        problems.push(nothing_positive(root.place, "add a word that has to stand in the text"));
    }
}

/// Denials are left alone: in `a NOT (b OR NOT c)` it is `a` that has to stand.
fn check_branches(node: &Node, problems: &mut Vec<Problem>) {
    match &node.kind {
        NodeKind::Or(branches) => {
            for branch in branches {
                if branch.is_positive(false) {
                    check_branches(branch, problems);
                } else {
                    let hint = "add a word that has to stand in the text to this side of the OR";
                    problems.push(nothing_positive(branch.place, hint));
                }
            }
        }
        NodeKind::And(parts) => parts.iter().for_each(|part| check_branches(part, problems)),
        NodeKind::AtLeast(_, part)
        | NodeKind::Count(_, part)
        | NodeKind::Sentence(part)
        | NodeKind::Paragraph(part)
        | NodeKind::Field(_, part) => check_branches(part, problems),
        NodeKind::Term(_) | NodeKind::Not(_) | NodeKind::Near(..) | NodeKind::Score(..) => {}
    }
}

pub(super) fn nothing_positive(place: Place, hint: &str) -> Problem {
    Problem {
        at: place.into(),
        message: "without a positive term this would hold for nearly every text".to_owned(),
        hint: Some(hint.to_owned()),
    }
}

pub(super) fn problem(place: Place, (message, hint): Fault) -> Problem {
    Problem { at: place.into(), message, hint: Some(hint.to_owned()) }
}

impl From<Place> for At {
    fn from(place: Place) -> At {
        match place {
            Place::Rule => At::Rule,
            Place::Query(start, end) => At::Query(start as usize..end as usize),
            Place::Any(number) => At::Any(number as usize),
            Place::All(number) => At::All(number as usize),
            Place::None(number) => At::None(number as usize),
            Place::Score(number) => At::Score(number as usize),
            Place::Threshold => At::Threshold,
        }
    }
}
