//! Whether an entry that was edited says something else: what it said and what it says in, yes or no out.
//!
//! Counters, times and advertisements change with every poll; a headline or a sentence does not.

use std::collections::HashMap;

/// Words that have to come or go before a text counts as another.
const FEWEST_WORDS: usize = 4;
/// And one in so many of all.
const ONE_IN: usize = 20;

/// Whether the edit is more than a number, a blank or a word or two of a long text.
pub fn is_material(old: (&str, &str), new: (&str, &str)) -> bool {
    let (came, went, _) = difference(old.0, new.0);
    let (more, less, all) = difference(old.1, new.1);
    came + went > 0 || is_much(more + less, all)
}

/// The same, where the old text may be longer than what was edited.
pub fn adds(old: (&str, &str), new: (&str, &str)) -> bool {
    let (came, went, _) = difference(old.0, new.0);
    let (more, _, all) = difference(old.1, new.1);
    came + went > 0 || is_much(more, all)
}

fn is_much(changed: usize, all: usize) -> bool {
    changed > 0 && changed >= FEWEST_WORDS.min(all) && changed * ONE_IN >= all
}

/// How many words came, how many went, numbers apart, and how many the text has now, or had.
fn difference(old: &str, new: &str) -> (usize, usize, usize) {
    let mut counts: HashMap<&str, isize> = HashMap::new();
    for (text, by) in [(old, -1), (new, 1)] {
        words(text).for_each(|word| *counts.entry(word).or_default() += by);
    }
    let came = counts.values().filter(|count| **count > 0).map(|count| count.unsigned_abs()).sum();
    let went = counts.values().filter(|count| **count < 0).map(|count| count.unsigned_abs()).sum();
    (came, went, words(new).count().max(words(old).count().min(came + went)))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.filter(|word| word.chars().any(char::is_alphabetic))
}
