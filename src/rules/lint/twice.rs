//! Terms of one list that another one finds already: القوات beside قوات.

use std::collections::HashMap;

use super::forms::Forms;
use super::{quoted, warning};
use crate::rules::Problem;
use crate::rules::condition::Place;
use crate::rules::term::{Kind, Term};
use crate::text::fold::Letter;

/// Warns of each term that an earlier one is too, and of each that another one covers.
pub(super) fn of_list(terms: &[(&Term, Place)], warnings: &mut Vec<Problem>) {
    let forms: Vec<Option<Forms>> = terms.iter().map(|(term, _)| Forms::of(term)).collect();
    let mut by_key: HashMap<&[Letter], Vec<usize>> = HashMap::new();
    for (number, forms) in forms.iter().enumerate() {
        for key in forms.iter().flat_map(Forms::keys) {
            by_key.entry(key).or_default().push(number);
        }
    }
    for (number, (term, place)) in terms.iter().enumerate() {
        let same = |other: &usize| terms[*other].0.written() == term.written();
        let first = (0..number).find(same).filter(|_| matches!(term.kind(), Kind::Prefix | Kind::Entity));
        let covering = forms[number].as_ref().and_then(|own| {
            let others = own.keys().into_iter().flat_map(|key| &by_key[key]).copied();
            let covers = |&other: &usize| {
                let others = forms[other].as_ref();
                // Of two that cover each other only the later one is one too many.
                let covered = |forms: &Forms| other < number || !own.contain(forms);
                other != number && others.is_some_and(|forms| forms.contain(own) && covered(forms))
            };
            others.filter(covers).min()
        });
        if let Some(other) = first.or(covering) {
            let message = format!("{} is found by {} already", quoted(term), quoted(terms[other].0));
            warnings.push(warning(*place, message, "leave it out: a word stands for its inflections"));
        }
    }
}
