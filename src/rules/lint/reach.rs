//! What no text can make hold: contradictions between what has to stand and what may not.

use super::forms::Forms;
use super::{quoted, term, warning};
use crate::rules::condition::{Node, NodeKind, Place};
use crate::rules::term::Term;
use crate::rules::{Field, Problem};

/// Warns of a rule that can never match, and of sides of an OR that cannot.
pub(super) fn of_condition(root: &Node, warnings: &mut Vec<Problem>) {
    look(root, None, warnings);
}

/// Whether what is below can hold at all; `field` is the one that it has to hold in.
fn look(node: &Node, field: Option<Field>, warnings: &mut Vec<Problem>) {
    match &node.kind {
        NodeKind::Field(inner, part) => {
            if field.is_some_and(|outer| outer != *inner) {
                let message = format!(
                    "this can never hold: it asks for the {} of the {}",
                    name(*inner),
                    name(other(*inner))
                );
                warnings.push(warning(node.place, message, "leave one of the two fields out"));
            } else {
                look(part, Some(*inner), warnings);
            }
        }
        NodeKind::Near(operands, _) => {
            let fields: Vec<Field> = operands.iter().filter_map(field_of).collect();
            if fields.windows(2).any(|pair| pair[0] != pair[1]) {
                let message = "this can never hold: NEAR needs both sides in one field".to_owned();
                warnings.push(warning(
                    node.place,
                    message,
                    "use AND where one is in the title, the other in the body",
                ));
            }
        }
        NodeKind::And(parts) => {
            contradictions(parts, warnings);
            for part in parts {
                look(part, field, warnings);
            }
        }
        // A denial that can never be broken is told as little as one that always is.
        NodeKind::Not(_) | NodeKind::Term(_) | NodeKind::Score(..) => {}
        _ => node.parts().for_each(|part| look(part, field, warnings)),
    }
}

/// The field that an operand of NEAR has to stand in.
fn field_of(node: &Node) -> Option<Field> {
    match &node.kind {
        NodeKind::Field(field, _) => Some(*field),
        NodeKind::Or(parts) => {
            let mut fields = parts.iter().map(field_of);
            let first = fields.next().flatten();
            first.filter(|_| fields.all(|field| field == first))
        }
        _ => None,
    }
}

/// Terms that have to stand and may not.
fn contradictions(parts: &[Node], warnings: &mut Vec<Problem>) {
    let mut denied = Vec::new();
    for part in parts {
        collect_denied(part, &mut denied);
    }
    let forms: Vec<Option<Forms>> = denied.iter().map(|(term, _)| Forms::of(term)).collect();
    let hit = |wanted: &Term| {
        let own = Forms::of(wanted);
        denied.iter().zip(&forms).find_map(|(&(term, place), forms)| {
            let same = term.kind() == wanted.kind() && term.text() == wanted.text();
            let covers = own.as_ref().zip(forms.as_ref()).is_some_and(|(own, forms)| forms.contain(own));
            (same || covers).then_some((term, place))
        })
    };
    for part in parts {
        let sides: Vec<&Node> = match &part.kind {
            NodeKind::Or(sides) => sides.iter().collect(),
            _ => vec![part],
        };
        let dead: Vec<(&Term, Place, &Term)> = sides
            .iter()
            .filter_map(|side| {
                let (wanted, place) = term(side)?;
                hit(wanted).map(|(denied, _)| (wanted, place, denied))
            })
            .collect();
        let all = dead.len() == sides.len();
        for (wanted, place, denied) in dead {
            let message = if all {
                format!(
                    "this rule can never match: {} has to stand, and {} may not",
                    quoted(wanted),
                    quoted(denied)
                )
            } else {
                format!("{} can never count: {} may not stand", quoted(wanted), quoted(denied))
            };
            warnings.push(warning(place, message, "take it out of one of the two"));
        }
    }
}

/// The terms of which none may stand.
fn collect_denied<'n>(node: &'n Node, denied: &mut Vec<(&'n Term, Place)>) {
    if let NodeKind::Not(part) = &node.kind {
        match &part.kind {
            NodeKind::Or(parts) => denied.extend(parts.iter().filter_map(term)),
            _ => denied.extend(term(part)),
        }
    }
}

fn name(field: Field) -> &'static str {
    match field {
        Field::Title => "title",
        Field::Body => "body",
    }
}

fn other(field: Field) -> Field {
    match field {
        Field::Title => Field::Body,
        Field::Body => Field::Title,
    }
}
