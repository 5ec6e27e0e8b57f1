//! Keys under which words are found again: folded words in, each without what the grammar may cut before
//! its stem, written out, out; and the way back, the keys that a stem may stand under.
//!
//! A key is cut as far as the grammar allows, whatever word it is: يد in وليد. So what looks for a stem has
//! to expect that its own first letters were taken for proclitics ([`beginnings`]). A key says where a word
//! may stand, never that it stands: that is the rules' to judge.

use std::collections::HashSet;

use super::fold::{self, Letter};
use super::morphology::proclitic::Cuts;
use super::word::{Layout, Words};

/// Letters of a key; what follows is left away. Twenty letters of a foreign script.
const LONGEST: usize = 60;
/// A key of so many characters or more may have been cut.
const MAY_BE_CUT: usize = 20;

/// The key of a word.
pub fn of(letters: &[Letter]) -> &[Letter] {
    let cut = Cuts::of(letters).iter().last().map_or(0, |cut| usize::from(cut.length));
    let rest = &letters[cut..];
    &rest[..rest.len().min(LONGEST)]
}

/// The keys of words, each once, with a space between two.
pub fn all(words: &Words) -> String {
    let mut known = HashSet::with_capacity(words.words().len());
    let mut keys = String::with_capacity(words.words().len() * 10);
    for word in 0..words.words().len() {
        let key = of(words.letters(word));
        if known.insert(key) {
            fold::write(key, &mut keys);
            keys.push(' ');
        }
    }
    keys.truncate(keys.trim_end().len());
    keys
}

/// The keys of an entry.
pub fn of_entry(title: &str, text: &str) -> String {
    let mut words = Words::default();
    words.read(title, Layout::Line);
    words.read(text, Layout::Prose);
    all(&words)
}

/// What the key of a word may begin with, where the word has this stem after what may stand before a stem,
/// if anything: the stem, also without its own first letters.
pub fn beginnings(stem: &[Letter]) -> Vec<String> {
    let mut cuts = vec![0];
    let mut add = |after: &[Letter], before: usize| {
        cuts.extend(Cuts::of(after).iter().map(|cut| before + usize::from(cut.length)));
        // Where the stem ends a proclitic may be one all the same: its ending follows.
        let longer = [after, &[fold::letter('ا')]].concat();
        cuts.extend(Cuts::of(&longer).iter().map(|cut| before + usize::from(cut.length)));
    };
    add(stem, 0);
    // After ب, ك or ل an article may seem to begin.
    for proclitic in ['ب', 'ل'] {
        let word = [&[fold::letter(proclitic)], stem].concat();
        let within = Cuts::of(&word);
        cuts.extend(within.iter().filter_map(|cut| usize::from(cut.length).checked_sub(1)));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let cut = |cut: &usize| stem.get(*cut..).map(|rest| fold::written(&rest[..rest.len().min(LONGEST)]));
    cuts.iter().filter_map(cut).collect()
}

/// Whether all that followed this beginning may have been left away.
pub fn may_be_cut(key: &str) -> bool {
    key.chars().count() >= MAY_BE_CUT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_folded_word_without_its_proclitics_once() {
        for (text, expected) in [
            ("", ""),
            ("وبالعراق والعراق للعراق عراق", "عراق"),
            ("أشرف على آخرين", "اشرف علي اخرين"),
            ("وَلِيد", "يد"),
            ("و ف", "و ف"),
            ("COVID-19 ۲۰۲٤ Ωμέγα", "covid 19 2024 ωμεγα"),
        ] {
            assert_eq!(of_entry("", text), expected, "{text}");
        }
        assert_eq!(of_entry(&"ا".repeat(1000), "").chars().count(), LONGEST);
    }

    #[test]
    fn whatever_stands_before_a_stem_its_key_begins_as_expected() {
        const LETTERS: [char; 8] = ['و', 'ف', 'ب', 'ك', 'ل', 'ا', 'س', 'ت'];
        let before = ["", "ب", "ك", "ل", "ال", "بال", "كال", "لل", "س"];
        let before =
            ["", "و", "ف"].iter().flat_map(|and| before.iter().map(move |rest| format!("{and}{rest}")));
        let before: Vec<String> = before.collect();
        let letters = |text: &str| text.chars().map(fold::letter).collect::<Vec<_>>();
        for number in 0..8 + 64 + 512 + 4096_usize {
            let mut stem = String::new();
            let mut rest = number;
            stem.push(LETTERS[rest % 8]);
            while rest >= 8 {
                rest = rest / 8 - 1;
                stem.push(LETTERS[rest % 8]);
            }
            let expected = beginnings(&letters(&stem));
            for before in &before {
                for after in ["", "ه", "كم", "ات", "تموهما"] {
                    let word = letters(&format!("{before}{stem}{after}"));
                    // What the grammar itself would not cut there is no such word.
                    let stands =
                        Cuts::of(&word).iter().any(|cut| usize::from(cut.length) == before.chars().count());
                    let key = fold::written(of(&word));
                    let found = expected
                        .iter()
                        .any(|begin| key.strip_prefix(begin.as_str()).is_some_and(|rest| rest == after));
                    let alone = stem.chars().count() == 1 && !(before.is_empty() && after.is_empty());
                    assert!(
                        found || !stands || alone,
                        "{before}+{stem}+{after}: {key} is none of {expected:?}"
                    );
                }
            }
        }
    }
}
