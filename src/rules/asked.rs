//! What a rule asks for as written: a query or lists, a score, a count in, a sound [`Condition`] or
//! every problem out.

use super::condition::{self, Node, NodeKind, Place, Weights};
use super::term::Term;
use super::{Condition, Problem, Within};

/// All that a rule may ask for; what is there has to hold together.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// In the language of queries, in place of the lists.
    pub query: Option<&'a str>,
    /// See there.
    pub lists: Lists<'a>,
    /// See there.
    pub score: Option<Score<'a>>,
    /// How many occurrences of what makes the rule hold must not overlap; 0 and 1 ask for nothing more.
    pub at_least: u32,
    /// Where all of that has to hold.
    pub within: Within,
}

/// The lists of a rule, as written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lists<'a> {
    /// At least one must stand.
    pub any: &'a [&'a str],
    /// Each must stand.
    pub all: &'a [&'a str],
    /// None may stand.
    pub none: &'a [&'a str],
}

/// Terms with weights: the weights of those that stand, each once however often, must reach a threshold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Score<'a> {
    /// What each term adds, or takes away where it is negative.
    pub weights: &'a [(&'a str, i64)],
    /// What they have to reach, at least 1.
    pub threshold: i64,
}

impl Condition {
    /// Parses a query in the language of the contract; all problems at once.
    pub fn from_query(query: &str, within: Within) -> Result<Condition, Vec<Problem>> {
        Condition::new(Asked { query: Some(query), within, ..Asked::default() })
    }

    /// Builds the condition that `any`, `all` and `none` state; all problems at once.
    pub fn from_lists(lists: Lists<'_>, within: Within) -> Result<Condition, Vec<Problem>> {
        Condition::new(Asked { lists, within, ..Asked::default() })
    }

    /// Builds the condition of a rule; all problems at once. Beside a query, lists are ignored.
    pub fn new(asked: Asked<'_>) -> Result<Condition, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut parts = match asked.query {
            Some(query) => of_query(query, &mut problems),
            None => of_lists(asked.lists, asked.score.is_some(), &mut problems),
        };
        if let Some(score) = asked.score {
            parts.extend(of_score(score, &mut problems));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let root = Node::one_or(parts, NodeKind::And, Place::Rule);
        let root = match asked.at_least {
            0 | 1 => root,
            count => Node { place: root.place, kind: NodeKind::Count(count, Box::new(root)) },
        };
        Ok(Condition { root: root.within(asked.within) })
    }
}

fn of_query(query: &str, problems: &mut Vec<Problem>) -> Vec<Node> {
    match super::query::parse(query) {
        Ok(root) => {
            condition::check_positive(&root, problems);
            vec![root]
        }
        Err(found) => {
            problems.extend(found);
            Vec::new()
        }
    }
}

/// `elsewhere` says whether something beside the lists has to stand.
fn of_lists(lists: Lists<'_>, elsewhere: bool, problems: &mut Vec<Problem>) -> Vec<Node> {
    let any = terms(lists.any.iter().copied(), Place::Any, problems);
    let all = terms(lists.all.iter().copied(), Place::All, problems);
    let none = terms(lists.none.iter().copied(), Place::None, problems);
    if lists.any.is_empty() && lists.all.is_empty() && !elsewhere {
        problems.push(condition::nothing_positive(Place::Rule, "give the rule `any` or `all`"));
    }
    let mut parts = Vec::with_capacity(2 + all.len() + none.len());
    if !any.is_empty() {
        parts.push(Node::one_or(any, NodeKind::Or, Place::Rule));
    }
    parts.extend(all);
    parts.extend(none.into_iter().map(|node| {
        let place = node.place;
        Node { kind: NodeKind::Not(Box::new(node)), place }
    }));
    parts
}

fn of_score(score: Score<'_>, problems: &mut Vec<Problem>) -> Option<Node> {
    let before = problems.len();
    let terms = terms(score.weights.iter().map(|&(term, _)| term), Place::Score, problems);
    let each: Vec<i64> = score.weights.iter().map(|&(_, weight)| weight).collect();
    let most: i64 = each.iter().filter(|&&weight| weight > 0).sum();
    let at = Place::Threshold.into();
    if score.threshold < 1 {
        problems.push(condition::nothing_positive(Place::Threshold, "write a threshold of 1 or more"));
    } else if most < score.threshold {
        let message = format!("the weights add up to {most} at most, less than {}", score.threshold);
        let hint = Some("lower the threshold, or raise a weight".to_owned());
        problems.push(Problem { at, message, hint });
    }
    let weights = Weights { each, threshold: score.threshold };
    let node = Node { kind: NodeKind::Score(terms, Box::new(weights)), place: Place::Rule };
    (problems.len() == before).then_some(node)
}

fn terms<'w>(
    written: impl ExactSizeIterator<Item = &'w str>,
    place: fn(u32) -> Place,
    problems: &mut Vec<Problem>,
) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(written.len());
    for (number, written) in (0..).zip(written) {
        match Term::listed(written) {
            Ok(term) => nodes.push(Node { kind: NodeKind::Term(term), place: place(number) }),
            Err(fault) => problems.push(condition::problem(place(number), fault)),
        }
    }
    nodes
}
