//! Conditions of rules as meant: lists or a parsed query in, a sound tree or every problem out.
//!
//! The one thing checked here that grammar cannot see: something must have to stand in the text. A
//! condition that also holds where nothing stands would fire on every entry.

use super::term::{Fault, Kind, Term};
use super::{At, Field, Lists, Problem, Within};

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
}

impl Condition {
    /// Parses a query in the language of the contract; all problems at once.
    pub fn from_query(query: &str, within: Within) -> Result<Condition, Vec<Problem>> {
        let root = super::query::parse(query)?;
        let mut problems = Vec::new();
        check_positive(&root, &mut problems);
        if problems.is_empty() { Ok(Condition { root: root.within(within) }) } else { Err(problems) }
    }

    /// Builds the condition that `any`, `all` and `none` state; all problems at once.
    pub fn from_lists(lists: Lists<'_>, within: Within) -> Result<Condition, Vec<Problem>> {
        let mut problems = Vec::new();
        let any = terms(lists.any, Place::Any, &mut problems);
        let all = terms(lists.all, Place::All, &mut problems);
        let none = terms(lists.none, Place::None, &mut problems);
        if lists.any.is_empty() && lists.all.is_empty() {
            problems.push(nothing_positive(Place::Rule, "give the rule `any` or `all`"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut parts = Vec::with_capacity(1 + all.len() + none.len());
        if !any.is_empty() {
            parts.push(Node::one_or(any, NodeKind::Or, Place::Rule));
        }
        parts.extend(all);
        parts.extend(none.into_iter().map(|node| {
            let place = node.place;
            Node { kind: NodeKind::Not(Box::new(node)), place }
        }));
        Ok(Condition { root: Node::one_or(parts, NodeKind::And, Place::Rule).within(within) })
    }

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

    fn within(self, within: Within) -> Node {
        let place = self.place;
        match within {
            Within::Document => self,
            Within::Paragraph => Node { kind: NodeKind::Paragraph(Box::new(self)), place },
            Within::Sentence => Node { kind: NodeKind::Sentence(Box::new(self)), place },
        }
    }

    fn each_term(&self, visit: &mut impl FnMut(&Term, Place)) {
        match &self.kind {
            NodeKind::Term(term) => visit(term, self.place),
            NodeKind::And(parts) | NodeKind::Or(parts) | NodeKind::Near(parts, _) => {
                for part in parts {
                    part.each_term(visit);
                }
            }
            NodeKind::Not(part)
            | NodeKind::AtLeast(_, part)
            | NodeKind::Sentence(part)
            | NodeKind::Paragraph(part)
            | NodeKind::Field(_, part) => part.each_term(visit),
        }
    }

    /// Whether a term has to stand in the text for this, or with `negated` for its denial, to hold.
    fn is_positive(&self, negated: bool) -> bool {
        let one = |parts: &[Node]| parts.iter().any(|part| part.is_positive(negated));
        let each = |parts: &[Node]| parts.iter().all(|part| part.is_positive(negated));
        match &self.kind {
            NodeKind::Term(_) | NodeKind::Near(..) => !negated,
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
            | NodeKind::Sentence(part)
            | NodeKind::Paragraph(part) => !negated && part.is_positive(false),
        }
    }
}

/// Adds a problem for every OR branch, and for the whole, that holds where nothing stands.
fn check_positive(root: &Node, problems: &mut Vec<Problem>) {
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
        | NodeKind::Sentence(part)
        | NodeKind::Paragraph(part)
        | NodeKind::Field(_, part) => check_branches(part, problems),
        NodeKind::Term(_) | NodeKind::Not(_) | NodeKind::Near(..) => {}
    }
}

fn nothing_positive(place: Place, hint: &str) -> Problem {
    Problem {
        at: place.into(),
        message: "without a positive term this would hold for nearly every text".to_owned(),
        hint: Some(hint.to_owned()),
    }
}

fn terms(written: &[&str], place: fn(u32) -> Place, problems: &mut Vec<Problem>) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(written.len());
    for (number, written) in (0..).zip(written) {
        match Term::listed(written) {
            Ok(term) => nodes.push(Node { kind: NodeKind::Term(term), place: place(number) }),
            Err(fault) => problems.push(problem(place(number), fault)),
        }
    }
    nodes
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
        }
    }
}
