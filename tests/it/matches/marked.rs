//! Texts in which the expected places are marked: `يقول [الوزير] إن`. Without a mark nothing may match.

use std::collections::VecDeque;

use rasid::rules::{Asked, Condition, Document, Entity, Field, Lists, Rule, RuleSet, Scratch, Term, Within};

/// A place: field, first code point, one past the last.
pub(super) type Place = (Field, u32, u32);

/// Takes the marks out of a text; the places come sorted. What was opened first is closed first, so
/// that `[a [b] c]` is `a b` and `b c`.
pub(super) fn unmark(field: Field, marked: &str) -> (String, Vec<Place>) {
    let (mut text, mut open, mut places, mut at) = (String::new(), VecDeque::new(), Vec::new(), 0);
    for c in marked.chars() {
        match c {
            '[' => open.push_back(at),
            ']' => places.push((field, open.pop_front().expect("a mark is opened before it is closed"), at)),
            _ => {
                text.push(c);
                at += 1;
            }
        }
    }
    assert!(open.is_empty(), "a mark is not closed in {marked}");
    places.sort();
    (text, places)
}

/// Where one rule matches.
pub(super) fn places(rules: &RuleSet, title: &str, body: &str) -> Vec<Place> {
    let matches = rules.matches(Document { title, body }, &mut Scratch::default());
    assert!(matches.len() <= 1, "there is one rule");
    let spans = matches.into_iter().flat_map(|found| found.spans);
    spans.map(|span| (span.field, span.start, span.end)).collect()
}

/// A rule set of one rule.
pub(super) fn rule_set(condition: Condition, entities: &[Entity]) -> RuleSet {
    RuleSet::compile(&[Rule::new("r", condition)], entities)
}

/// A query and a body with the expected places marked.
#[track_caller]
pub(super) fn check(query: &str, marked_body: &str) {
    check_both(query, "", marked_body);
}

/// A query, a title and a body with the expected places marked.
#[track_caller]
pub(super) fn check_both(query: &str, marked_title: &str, marked_body: &str) {
    check_within(query, Within::Document, marked_title, marked_body);
}

/// As [`check_both`], with the scope of the rule.
#[track_caller]
pub(super) fn check_within(query: &str, within: Within, marked_title: &str, marked_body: &str) {
    let condition = Condition::from_query(query, within).expect("the query is sound");
    expect(condition, &[], query, marked_title, marked_body);
}

/// Lists and a body with the expected places marked.
#[track_caller]
pub(super) fn check_lists(lists: Lists<'_>, within: Within, marked_body: &str) {
    let condition = Condition::from_lists(lists, within).expect("the lists are sound");
    expect(condition, &[], &format!("{lists:?}"), "", marked_body);
}

/// All that a rule may ask for and a body with the expected places marked.
#[track_caller]
pub(super) fn check_asked(asked: Asked<'_>, marked_body: &str) {
    let condition = Condition::new(asked).expect("the rule is sound");
    expect(condition, &[], &format!("{asked:?}"), "", marked_body);
}

/// A query over entities that are more than their names, a title and a body with the expected
/// places marked.
#[track_caller]
pub(super) fn check_meant(entities: &[Entity], query: &str, marked_title: &str, marked_body: &str) {
    let condition = Condition::from_query(query, Within::Document).expect("the query is sound");
    expect(condition, entities, query, marked_title, marked_body);
}

/// A query over entities, given as ids with their names, and a body with the expected places marked.
#[track_caller]
pub(super) fn check_entities(entities: &[(&str, &[&str])], query: &str, marked_body: &str) {
    let condition = Condition::from_query(query, Within::Document).expect("the query is sound");
    expect(condition, &self::entities(entities), query, "", marked_body);
}

/// Entities from ids and names.
pub(super) fn entities(entities: &[(&str, &[&str])]) -> Vec<Entity> {
    let names = |names: &[&str]| names.iter().map(|name| Term::name(name).expect("a sound name")).collect();
    let entity = |&(id, of): &(&str, &[&str])| Entity::new(id, names(of));
    entities.iter().map(entity).collect()
}

#[track_caller]
fn expect(condition: Condition, entities: &[Entity], what: &str, marked_title: &str, marked_body: &str) {
    let (title, mut expected) = unmark(Field::Title, marked_title);
    let (body, in_body) = unmark(Field::Body, marked_body);
    expected.extend(in_body);
    let rule = Rule::new("r", condition);
    let found = places(&RuleSet::compile(std::slice::from_ref(&rule), entities), &title, &body);
    let document = Document { title: &title, body: &body };
    let needed = super::needed::has(document, &rule.condition, entities);
    assert!(needed || found.is_empty(), "{what} needs more than stands in «{title}» «{body}»");
    super::explain::agrees(&[rule], entities, document).expect("the explanation agrees");
    let cut = |text: &str, start: u32, end: u32| -> String {
        text.chars().skip(start as usize).take((end - start) as usize).collect()
    };
    let words = |places: &[Place]| -> Vec<String> {
        let text = |field| if field == Field::Title { &title } else { &body };
        places.iter().map(|&(field, start, end)| cut(text(field), start, end)).collect()
    };
    assert_eq!(
        found,
        expected,
        "{what} on «{title}» «{body}»: {:?}, not {:?}",
        words(&found),
        words(&expected)
    );
}
