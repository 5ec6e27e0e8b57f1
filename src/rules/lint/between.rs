//! What lies between rules and entities: a rule that another contains, an entity that nobody asks for.

use std::collections::{HashMap, HashSet};

use crate::rules::condition::{Node, NodeKind};
use crate::rules::term::{Kind, Term};
use crate::rules::{Condition, Document, Entity, Lists, Rule, RuleSet, Scratch, Within};

/// A warning about a rule or an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Between {
    /// Which.
    pub subject: Subject,
    /// What there is to see, lower case, no full stop.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

/// A rule or an entity, by its place in the config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A rule.
    Rule(usize),
    /// An entity.
    Entity(usize),
}

/// What deserves a look between all rules and entities.
pub fn of_all(rules: &[Rule], entities: &[Entity]) -> Vec<Between> {
    let mut warnings = contained(rules);
    if !rules.is_empty() {
        warnings.extend(unused(rules, entities));
    }
    warnings
}

/// A rule as sides of which one has to hold, and all else that it asks for.
struct Listed {
    sides: HashSet<String>,
    rest: String,
}

fn listed(rule: &Rule) -> Listed {
    let root = &rule.condition.root;
    let (list, rest) = match &root.kind {
        NodeKind::And(parts) => parts.split_first().unwrap_or((root, &[])),
        _ => (root, &[][..]),
    };
    let sides = match &list.kind {
        NodeKind::Or(sides) => &sides[..],
        _ => std::slice::from_ref(list),
    };
    let rest: Vec<String> = rest.iter().map(sketch).collect();
    let rest = format!("{rest:?} {:?}", rule.limits);
    Listed { sides: sides.iter().map(sketch).collect(), rest }
}

/// A node without the places where it was written.
fn sketch(node: &Node) -> String {
    let parts: Vec<String> = node.parts().map(sketch).collect();
    match &node.kind {
        NodeKind::Term(term) => format!("{:?}:{}", term.kind(), term.text()),
        NodeKind::Not(_) => format!("not{parts:?}"),
        NodeKind::And(_) => format!("and{parts:?}"),
        NodeKind::Or(_) => format!("or{parts:?}"),
        NodeKind::Near(_, links) => format!("near{links:?}{parts:?}"),
        NodeKind::AtLeast(count, _) => format!("atleast{count}{parts:?}"),
        NodeKind::Count(count, _) => format!("count{count}{parts:?}"),
        NodeKind::Sentence(_) => format!("sentence{parts:?}"),
        NodeKind::Paragraph(_) => format!("paragraph{parts:?}"),
        NodeKind::Field(field, _) => format!("{field:?}{parts:?}"),
        NodeKind::Score(_, weights) => format!("score{weights:?}{parts:?}"),
    }
}

fn contained(rules: &[Rule]) -> Vec<Between> {
    let listed: Vec<Listed> = rules.iter().map(listed).collect();
    let mut by_side: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for (number, Listed { sides, rest }) in listed.iter().enumerate() {
        for side in sides {
            by_side.entry((side, rest)).or_default().push(number);
        }
    }
    let mut warnings = Vec::new();
    for (number, own) in listed.iter().enumerate() {
        // A rule that has all of these sides is among those that have the rarest.
        let holders = own.sides.iter().map(|side| &by_side[&(side.as_str(), own.rest.as_str())]);
        let Some(holders) = holders.min_by_key(|holders| holders.len()) else { continue };
        let holds = |&&other: &&usize| {
            let sides = &listed[other].sides;
            let more = sides.len() > own.sides.len() || other < number;
            other != number && more && sides.is_superset(&own.sides)
        };
        if let Some(&other) = holders.iter().find(holds) {
            let same = listed[other].sides.len() == own.sides.len();
            let id = &rules[other].id;
            let message = if same {
                format!("this rule asks for the same as `{id}`")
            } else {
                format!("whatever this rule matches, `{id}` matches too")
            };
            let hint = "leave it out, unless it is for other people or of another severity";
            warnings.push(Between { subject: Subject::Rule(number), message, hint });
        }
    }
    warnings
}

fn unused(rules: &[Rule], entities: &[Entity]) -> Vec<Between> {
    let mut used: HashSet<&str> = HashSet::new();
    for rule in rules {
        rule.condition.root.each_term(&mut |term, _| {
            if term.kind() == Kind::Entity {
                used.insert(term.text());
            }
        });
    }
    let (asked, idle): (Vec<_>, Vec<_>) =
        entities.iter().enumerate().partition(|(_, entity)| used.contains(entity.id.as_str()));
    let names: Vec<&str> = asked.iter().flat_map(|(_, entity)| &entity.names).map(Term::written).collect();
    let idle = idle.into_iter().filter(|(_, entity)| !shadows(entity, &names));
    let warn = |(number, entity): (usize, &Entity)| Between {
        subject: Subject::Entity(number),
        message: format!("no rule asks for `@{}`", entity.id),
        hint: "use it in a rule, or leave it out; it is still noted with the entries that name it",
    };
    idle.map(warn).collect()
}

/// Whether a name of an entity holds one of these: it is there so that the longer name wins.
fn shadows(entity: &Entity, names: &[&str]) -> bool {
    let lists = Lists { any: names, ..Lists::default() };
    let Ok(condition) = Condition::from_lists(lists, Within::Document) else { return false };
    let rules = RuleSet::compile(&[Rule::new("", condition)], &[]);
    let mut scratch = Scratch::default();
    entity.names.iter().any(|name| {
        let document = Document { title: name.text(), body: "" };
        !rules.matches(document, &mut scratch).is_empty()
    })
}
