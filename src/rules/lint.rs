//! What deserves a look in rules that are sound: conditions and names in, warnings with their places out.
//!
//! [`of_condition`] and [`of_names`] look at one rule or entity and are asked while the place of each
//! term in the file is at hand; [`of_all`] looks at what lies between them. A warning is a guess at a
//! mistake: it never keeps a config from being used.
//!
//! | room | what it warns of |
//! | --- | --- |
//! | `spelling` | characters that are not there for the reader or the matcher |
//! | `flood` | terms that stand in nearly every article |
//! | `reach` | what no text can make hold |
//! | `twice` | terms that another one of the same list finds already |
//! | `between` | rules that others contain, entities that nobody asks for |

mod between;
mod flood;
mod forms;
mod reach;
mod spelling;
mod twice;

use super::condition::{Condition, Node, NodeKind, Place};
use super::term::{Term, shown};
use super::{At, Problem};

pub use between::{Between, Subject, of_all};

/// What deserves a look in the condition of a rule.
pub fn of_condition(condition: &Condition) -> Vec<Problem> {
    let mut warnings = Vec::new();
    condition.root.each_term(&mut |term, place| {
        warnings.extend(spelling::of_term(term, place));
    });
    flood::of_condition(&condition.root, &mut warnings);
    reach::of_condition(&condition.root, &mut warnings);
    each_list(&condition.root, &mut |parts| {
        let terms: Vec<(&Term, Place)> = parts.iter().filter_map(term).collect();
        twice::of_list(&terms, &mut warnings);
    });
    warnings
}

/// What deserves a look in the names of an entity; [`At::Any`] is the number of a name.
pub fn of_names(names: &[Term]) -> Vec<Problem> {
    let mut warnings = Vec::new();
    let placed: Vec<(&Term, Place)> = names.iter().zip((0..).map(Place::Any)).collect();
    for &(name, place) in &placed {
        warnings.extend(spelling::of_term(name, place));
        warnings.extend(flood::of_term(name, place));
    }
    twice::of_list(&placed, &mut warnings);
    warnings
}

/// Calls `visit` with the sides of every OR.
fn each_list<'n>(node: &'n Node, visit: &mut impl FnMut(&'n [Node])) {
    if let NodeKind::Or(parts) = &node.kind {
        visit(parts);
    }
    node.parts().for_each(|part| each_list(part, visit));
}

fn term(node: &Node) -> Option<(&Term, Place)> {
    match &node.kind {
        NodeKind::Term(term) => Some((term, node.place)),
        _ => None,
    }
}

fn warning(place: Place, message: String, hint: impl Into<String>) -> Problem {
    Problem { at: At::from(place), message, hint: Some(hint.into()) }
}

/// A term as it may be quoted.
fn quoted(term: &Term) -> String {
    format!("`{}`", shown(term.written().trim()))
}
