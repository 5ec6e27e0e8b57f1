//! Documents a second through the rules, at 10 to 1,000,000 rules. For looking, not a test.
//!
//! `cargo bench --bench match` prints the rates, with inflection and without (`=word`), and beside them
//! those of the `aho-corasick` crate searching the words of the rules as plain patterns: it knows no word
//! ends, clitics, forms, phrases or conditions, and so is what finding letters alone costs.
//! `cargo bench --bench match -- --write DIRECTORY RULES [exact]` writes a config and documents instead, for
//! `rasid match` under a profiler; see `.ci/instructions`.

#![allow(clippy::expect_used)] // a benchmark that cannot run has nothing to say

#[allow(dead_code)] // another benchmark asks for words by their rank
#[path = "support/arabic.rs"]
mod arabic;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use arabic::{Random, Vocabulary};
use divan::counter::{BytesCount, ItemsCount};
use rasid::rules::{Condition, Document, Lists, Rule, RuleSet, Scratch, Within};

const WORDS: usize = 305;
const DOCUMENTS: usize = 200;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|argument| argument == "--write") {
        Some(at) => {
            let rules = arguments[at + 2].parse().expect("a number of rules");
            let exact = arguments.get(at + 3).is_some_and(|word| word == "exact");
            write(Path::new(&arguments[at + 1]), rules, exact);
        }
        None => divan::main(),
    }
}

#[divan::bench(args = [10, 1_000, 10_000, 100_000, 1_000_000], sample_count = 10)]
fn find(bencher: divan::Bencher<'_, '_>, rules: usize) {
    find_of(bencher, workload(rules));
}

#[divan::bench(args = [10, 1_000, 10_000, 100_000], sample_count = 10)]
fn find_exact(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let (rules, documents) = workload(rules);
    find_of(bencher, (rules.into_iter().map(exact).collect(), documents));
}

fn find_of(bencher: divan::Bencher<'_, '_>, (rules, documents): (Vec<arabic::Rule>, Vec<String>)) {
    let rules = RuleSet::compile(&meant(&rules), &[]);
    let mut scratch = Scratch::default();
    counted(bencher, &documents).bench_local(|| {
        let found = |body| rules.find(Document { title: "", body }, &mut scratch).iter().count();
        documents.iter().map(String::as_str).map(found).sum::<usize>()
    });
}

/// The yardstick.
#[divan::bench(args = [10, 1_000, 10_000, 100_000], sample_count = 10)]
fn aho_corasick(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let (rules, documents) = workload(rules);
    let terms = rules.iter().flat_map(|rule| rule.any.iter().chain(&rule.all).chain(&rule.none));
    let patterns: BTreeSet<&str> = terms.flat_map(|term| term.split(' ')).collect();
    let patterns = aho_corasick::AhoCorasick::new(patterns).expect("sound patterns");
    counted(bencher, &documents).bench_local(|| {
        let found = |text: &String| patterns.find_overlapping_iter(text).count();
        documents.iter().map(found).sum::<usize>()
    });
}

fn counted<'a, 'b>(bencher: divan::Bencher<'a, 'b>, documents: &[String]) -> divan::Bencher<'a, 'b> {
    let bytes: usize = documents.iter().map(String::len).sum();
    bencher.counter(ItemsCount::new(documents.len())).counter(BytesCount::new(bytes))
}

#[divan::bench(args = [1_000, 100_000], sample_count = 5)]
fn compile(bencher: divan::Bencher<'_, '_>, rules: usize) {
    let rules = meant(&workload(rules).0);
    bencher.counter(ItemsCount::new(rules.len())).bench(|| RuleSet::compile(&rules, &[]));
}

fn workload(rules: usize) -> (Vec<arabic::Rule>, Vec<String>) {
    let mut random = Random(1);
    let vocabulary = Vocabulary::new(60_000, &mut random);
    let documents = (0..DOCUMENTS).map(|_| arabic::text(WORDS, &vocabulary, &mut random)).collect();
    (arabic::rules(rules, &vocabulary, &mut random), documents)
}

/// The same rule without inflection.
fn exact(mut rule: arabic::Rule) -> arabic::Rule {
    for term in [&mut rule.any, &mut rule.all, &mut rule.none].into_iter().flatten() {
        term.insert(0, '=');
    }
    rule
}

fn meant(rules: &[arabic::Rule]) -> Vec<Rule> {
    fn each(terms: &[String]) -> Vec<&str> {
        terms.iter().map(String::as_str).collect()
    }
    let rule = |rule: &arabic::Rule| {
        let within = if rule.in_sentence { Within::Sentence } else { Within::Document };
        let lists = Lists { any: &each(&rule.any), all: &each(&rule.all), none: &each(&rule.none) };
        let condition = Condition::from_lists(lists, within).expect("sound rules");
        Rule::new("", condition)
    };
    rules.iter().map(rule).collect()
}

fn write(directory: &Path, rules: usize, without_forms: bool) {
    let (mut rules, documents) = workload(rules);
    if without_forms {
        rules = rules.into_iter().map(exact).collect();
    }
    let list = |terms: &[String]| {
        format!("[{}]", terms.iter().map(|term| format!("{term:?}")).collect::<Vec<_>>().join(", "))
    };
    let mut config = String::new();
    for (number, rule) in rules.iter().enumerate() {
        let within = if rule.in_sentence { "sentence" } else { "document" };
        let (any, all, none) = (list(&rule.any), list(&rule.all), list(&rule.none));
        let _ = writeln!(
            config,
            "[[rules]]\nid = \"rule-{number}\"\nany = {any}\nall = {all}\nnone = {none}\nwithin = \"{within}\"\n"
        );
    }
    let mut lines = String::new();
    for (body, number) in documents.iter().zip(1..) {
        let id = format!("document-{number}");
        let _ = writeln!(lines, "{}", serde_json::json!({ "id": id, "title": "", "body": body }));
    }
    std::fs::write(directory.join("config.toml"), config).expect("the config is written");
    std::fs::write(directory.join("documents.jsonl"), lines).expect("the documents are written");
}
