//! `score` with its `threshold`, and `at_least`: alone and beside what else a rule may ask for.

use rasid::rules::{Asked, At, Condition, Lists, Score, Within};

use super::marked::check_asked;

const WEIGHTS: &[(&str, i64)] = &[("انسحاب", 3), ("قوات التحالف", 2), ("=بيان", 1), ("تدريب", -2)];

fn scored(threshold: i64) -> Asked<'static> {
    Asked { score: Some(Score { weights: WEIGHTS, threshold }), ..Asked::default() }
}

#[test]
fn weights_of_what_stands_reach_a_threshold() {
    check_asked(scored(5), "[انسحاب] من [قوات التحالف]");
    check_asked(scored(5), "انسحاب وبيان");
    check_asked(scored(4), "[الانسحاب] في [بيان]");
    check_asked(scored(6), "[انسحابهم] [لقوات التحالف] [والبيان]");
    check_asked(scored(2), "[قوات التحالف]");
    check_asked(scored(2), "القوات وحدها");
}

#[test]
fn each_term_counts_once_however_often_it_stands() {
    check_asked(scored(5), "انسحاب وانسحاب وانسحاب");
    check_asked(scored(3), "[انسحاب] [وانسحاب] ثم [بيان]");
}

#[test]
fn negative_weights_take_away_and_are_no_reason() {
    check_asked(scored(4), "انسحاب وبيان وتدريب");
    check_asked(scored(4), "[انسحاب] [قوات التحالف] [بيان] وتدريب");
    check_asked(scored(1), "تدريب وبيان");
}

#[test]
fn a_score_stands_beside_lists_and_queries() {
    let lists = Lists { any: &["العراق", "سوريا"], none: &["كرة"], ..Lists::default() };
    let beside = Asked { lists, ..scored(3) };
    check_asked(beside, "[انسحاب] من [العراق]");
    check_asked(beside, "انسحاب من ليبيا");
    check_asked(beside, "[العراق] و [سوريا]: [انسحاب]");
    check_asked(beside, "انسحاب العراق من كأس كرة القدم");
    let only_none = Asked { lists: Lists { none: &["كرة"], ..Lists::default() }, ..scored(3) };
    check_asked(only_none, "[انسحاب] هناك");
    check_asked(only_none, "انسحاب لاعب كرة");
    let query = Asked { query: Some("العراق NEAR/2 قاعدة"), ..scored(3) };
    check_asked(query, "[انسحاب] من [قاعدة] في [العراق]");
    check_asked(query, "انسحاب من العراق كله اليوم وغدا، وقاعدة");
}

#[test]
fn a_score_is_reached_within_the_stretch() {
    let sentence = Asked { within: Within::Sentence, ..scored(5) };
    check_asked(sentence, "انسحاب. قوات التحالف. [انسحاب] [قوات التحالف] هنا. انسحاب");
    let paragraph = Asked { within: Within::Paragraph, ..scored(5) };
    check_asked(paragraph, "انسحاب\n\nقوات التحالف");
    check_asked(paragraph, "[انسحاب]\n[قوات التحالف]");
}

#[test]
fn so_many_occurrences_together() {
    let any: &[&str] = &["انسحاب", "قوات التحالف", "قوات"];
    let lists = Lists { any, ..Lists::default() };
    let twice = Asked { lists, at_least: 2, ..Asked::default() };
    check_asked(twice, "[انسحاب] [القوات]");
    check_asked(twice, "[انسحاب] ثم [انسحاب]");
    check_asked(twice, "انسحاب واحد");
    check_asked(twice, "قوات التحالف");
    check_asked(twice, "[[قوات] التحالف] [وقوات]");
    check_asked(Asked { at_least: 3, ..twice }, "انسحاب القوات");
    check_asked(Asked { at_least: 1, ..twice }, "[انسحاب]");
    check_asked(Asked { at_least: 0, ..twice }, "[انسحاب]");
}

#[test]
fn occurrences_of_what_makes_the_rule_hold() {
    let query =
        Asked { query: Some("انسحاب NEAR/1 قوات NOT كرة"), at_least: 4, ..Asked::default() };
    check_asked(query, "[انسحاب] [القوات]. [القوات] بعد [انسحاب]");
    check_asked(query, "انسحاب القوات ثم كلام طويل هنا عن القوات وعن أشياء أخرى وانسحاب");
    let lists = Lists { any: &["انسحاب"], all: &["العراق"], none: &["كرة"] };
    let lists = Asked { lists, at_least: 3, ..Asked::default() };
    check_asked(lists, "[انسحاب] من [العراق] [وانسحاب]");
    check_asked(lists, "انسحاب من العراق");
    let score = Asked { at_least: 3, ..scored(3) };
    check_asked(score, "[انسحاب] [وانسحاب] [وانسحاب]");
    check_asked(score, "انسحاب وانسحاب وتدريب");
}

#[test]
fn occurrences_are_counted_within_the_stretch() {
    let lists = Lists { any: &["انسحاب"], ..Lists::default() };
    let sentence = Asked { lists, at_least: 2, within: Within::Sentence, ..Asked::default() };
    check_asked(sentence, "انسحاب. انسحاب. [انسحاب] [وانسحاب]");
}

/// What is refused: the place and a word of the message.
#[track_caller]
fn check_refused(asked: Asked<'_>, expected: &[(At, &str)]) {
    let problems = Condition::new(asked).expect_err("it is refused");
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    for (problem, (at, words)) in problems.iter().zip(expected) {
        assert!(problem.at == *at && problem.message.contains(words), "{problem:?}, not {at:?} {words}");
        assert!(problem.hint.is_some(), "{problem:?}");
    }
}

#[test]
fn what_no_text_could_reach_is_refused() {
    check_refused(scored(7), &[(At::Threshold, "add up to 6 at most, less than 7")]);
    check_refused(scored(0), &[(At::Threshold, "positive term")]);
    check_refused(scored(-1), &[(At::Threshold, "positive term")]);
    let weights: &[(&str, i64)] = &[("…", 1), ("انسحاب", 1), ("", 1)];
    let broken = Asked { score: Some(Score { weights, threshold: 1 }), ..Asked::default() };
    check_refused(broken, &[(At::Score(0), "no letter"), (At::Score(2), "empty")]);
    check_refused(Asked { at_least: 2, ..Asked::default() }, &[(At::Rule, "positive term")]);
}
