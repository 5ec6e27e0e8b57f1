//! The lexicon files, line by line; and forms and cuts as they are shown.

use std::collections::HashSet;

use rasid::text::lexicon::{names, nouns, particles};
use rasid::text::morphology::Level;
use rasid::text::morphology::analysis::{analyse, forms, senses};

const NOUNS: &str = include_str!("../../../src/text/lexicon/nouns.txt");
const NAMES: &str = include_str!("../../../src/text/lexicon/names.txt");
const PARTICLES: &str = include_str!("../../../src/text/lexicon/particles.txt");

fn is_arabic(word: &str) -> bool {
    word.chars().all(|c| matches!(c, 'ء'..='غ' | 'ف'..='ي' | 'ّ' | 'پ' | 'ڤ' | 'گ' | 'چ' | 'ژ'))
}

#[test]
fn every_line_is_well_formed_and_stands_once() {
    for (file, least) in [(NOUNS, 6_000), (NAMES, 1_000), (PARTICLES, 300)] {
        let mut seen = HashSet::new();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let head = line.split([' ', ':']).next().unwrap();
            assert!(!head.is_empty(), "{line:?} begins with a word");
            assert!(seen.insert(head), "{head} stands twice");
            for word in line.split(' ').filter(|&word| word != ":" && word != "=") {
                assert!(is_arabic(word) && !word.is_empty(), "{word:?} in {line:?}");
            }
        }
        assert!(seen.len() >= least, "{} lines", seen.len());
    }
}

#[test]
fn nouns_have_plausible_parts() {
    for noun in nouns::all() {
        let all = || noun.plurals().chain(noun.feminine);
        for part in all() {
            let sound = matches!(part, "ات" | "ون" | "ة");
            assert!(sound || part.chars().count() >= 2, "{part} of {}", noun.lemma);
            assert!(
                !part.starts_with("ال") || noun.lemma.starts_with(['أ', 'ا', 'إ', 'ل']),
                "{part} of {}",
                noun.lemma
            );
        }
        let plurals: Vec<_> = noun.plurals().collect();
        let different: HashSet<_> = plurals.iter().collect();
        assert_eq!(plurals.len(), different.len(), "a plural of {} stands twice", noun.lemma);
        assert!(!noun.has("ة"), "{} has a feminine among its plurals", noun.lemma);
        assert!(!(noun.feminine == Some("ة") && noun.lemma.ends_with('ة')), "{}", noun.lemma);
    }
}

#[test]
fn names_and_particles_are_words() {
    for name in names::all() {
        assert!(name.spellings().count() >= 1);
        for nisba in name.nisbas() {
            assert!(nisba.ends_with('ي'), "{nisba} is no nisba");
        }
    }
    assert!(particles::all().all(|word| !word.is_empty()));
}

#[test]
fn forms_are_listed() {
    for (word, expected) in [
        ("دولة", vec!["دولة", "دولتان", "دولتين", "دول"]),
        ("كبير", vec!["كبير", "كبيرة", "كبيرات", "كبيرين", "كبار"]),
        ("مهندسون", vec!["مهندس", "مهندسون", "مهندسين", "مهندسو"]),
        ("أقصى", vec!["أقصى", "قصوى"]),
        ("محامي", vec!["محامي", "محام", "محامون"]),
    ] {
        let forms: HashSet<String> = forms(word, Level::Inflected)
            .into_iter()
            .flat_map(|family| family.forms)
            .map(|form| form.text)
            .collect();
        for form in expected {
            assert!(forms.contains(form), "{form} of {word} in {forms:?}");
        }
    }
}

#[test]
fn cuts_are_shown() {
    for (text, word, expected, lemma) in [
        ("وبالدول", "دولة", [4, 3, 0, 0], "دولة"),
        ("لحكوماتهم", "حكومة", [1, 4, 2, 2], "حكومة"),
        ("بحكومته", "حكومة", [1, 4, 1, 1], "حكومة"),
        ("والمسؤولين", "مسؤول", [3, 5, 2, 0], "مسؤول"),
    ] {
        let found = analyse(text, &senses(word, Level::Inflected), true).unwrap();
        let shown = [usize::from(found.cut.length), found.stem, found.ending, found.pronoun];
        assert_eq!((shown, found.lemma, found.instead), (expected, lemma, None), "{text} as {word}");
    }
    let hope = senses("أمل", Level::Inflected);
    assert_eq!(analyse("كامل", &hope, true).unwrap().instead, Some("كامل"));
    assert!(analyse("كتاب", &hope, true).is_none());
}
