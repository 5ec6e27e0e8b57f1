//! Why a rule matched or did not: the reasons as data, the drawing as a picture, and that no
//! explanation disagrees with a match.

use std::fs;

use insta::assert_snapshot;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rasid::rules::explain::{Explainer, Explanation, Finding};
use rasid::rules::{Asked, Condition, Document, Entity, Rule, RuleSet, Score, Scratch, Term, Within};
use serde_json::Value;
use tempfile::TempDir;

use super::command::without_signs;
use super::marked::entities;
use crate::support::program::{Ended, run};

fn rule(query: &str) -> Rule {
    Rule::new("r", Condition::from_query(query, Within::Document).expect("the query is sound"))
}

const ENTITIES: &[(&str, &[&str])] = &[
    ("coalition", &["التحالف الدولي", "قوات التحالف"]),
    ("party", &["تحالف السيادة"]),
    ("sovereignty", &["سيادة"]),
];

fn explained(query: &str, title: &str, body: &str) -> Explanation {
    let explainer = Explainer::new(&[rule(query)], &entities(ENTITIES));
    explainer.explain(0, Document { title, body }, &mut Scratch::default()).expect("there is a rule")
}

/// Every reason of a tree, the outer ones first, without the signs that isolate Arabic.
fn reasons(finding: &Finding) -> Vec<String> {
    let own = finding.because.iter().map(|because| without_signs(&because.text));
    own.chain(finding.parts.iter().filter(|part| !part.holds).flat_map(reasons)).collect()
}

/// A query that does not hold for a body, and the reasons for it.
#[track_caller]
fn missed(query: &str, body: &str, expected: &[&str]) {
    let explanation = explained(query, "", body);
    assert!(!explanation.root.holds, "{query} holds for {body}");
    assert_eq!(reasons(&explanation.root), expected, "{query} on {body}");
}

#[test]
fn terms_that_do_not_stand() {
    missed("نفط", "لا شيء هنا", &["does not stand in the text"]);
    missed("نفط | غاز | فحم", "لا شيء هنا", &["none of the 3 terms stands"]);
    missed("نفط & غاز", "سعر النفط", &["does not stand in the text"]);
    missed("=قوات", "عادت قواتهم", &["قواتهم stands, which قوات would match"]);
    missed("انسحاب", "انسحبت القوات", &["انسحبت stands, which ~انسحاب would match"]);
    missed("\"سعر النفط\"", "ارتفع النفط", &["سعر does not stand"]);
    missed("\"سعر النفط\"", "هذا سعر. النفط غال", &["its words stand, but not in a row within a sentence"]);
}

#[test]
fn words_that_only_look_like_it() {
    missed("أمل", "التقرير كامل", &["كامل stands, which is one whole, not ك + امل"]);
    missed("أحق", "قال لاحقا", &["لاحقا stands, which is لاحق, not ل + احق + ا"]);
    missed("عد", "بعد ذلك", &["بعد stands, which is one whole, not ب + عد"]);
}

#[test]
fn near() {
    missed(
        "سحب NEAR/2 القوات",
        "سحب الوزير أمس كل هذه القوات",
        &["the distance was 4 words, at most 2 may stand between them"],
    );
    missed(
        "سحب NEAR/0 القوات",
        "سحب كل القوات",
        &["the distance was 1 word, at most 0 may stand between them"],
    );
    missed("سحب ONEAR/2 القوات", "القوات سحب", &["they stand near, but in the other order"]);
    missed("قوات NEAR/2 =قوات", "وصلت القوات", &["both stand, but in different fields or at the same words"]);
    missed(
        "سحب NEAR/1 القوات NEAR/1 العراق",
        "سحب القوات ثم عادت بعد زمن قوات العراق",
        &["each pair stands near, but no chain goes through all of them"],
    );
}

#[test]
fn sentences_fields_and_counts() {
    missed(
        "SENTENCE(سيادة & العراق)",
        "أولا. سيادة الدولة. ثالثا. وصل العراق",
        &["سيادة in sentence 2, العراق in sentence 4"],
    );
    missed("PARAGRAPH(سيادة & العراق)", "سيادة\n\nالعراق", &["سيادة in paragraph 1, العراق in paragraph 2"]);
    missed("SENTENCE(سيادة & نفط)", "سيادة. غاز", &["does not stand in the text"]);
    missed("title:سيادة", "سيادة", &["stands in the body, the field is title"]);
    missed("ATLEAST/3(قوات)", "قوات ثم قواتهم", &["found 2 of at least 3"]);
    missed("نفط & !غاز", "النفط والغاز", &["a word that it forbids stands: والغاز (for غاز)"]);
}

#[test]
fn scores_and_counts_of_a_rule() {
    let weights: &[(&str, i64)] = &[("انسحاب", 3), ("قوات", 2), ("تدريب", -1)];
    let scored = Asked { score: Some(Score { weights, threshold: 5 }), ..Asked::default() };
    let counted = Asked { query: Some("انسحاب | قوات"), at_least: 3, ..Asked::default() };
    for (asked, expected) in [(scored, "score 4 of 5"), (counted, "found 2 of at least 3")] {
        let rule = Rule::new("r", Condition::new(asked).expect("the rule is sound"));
        let explainer = Explainer::new(&[rule], &[]);
        let document = Document { title: "تدريب", body: "انسحاب القوات" };
        let explanation = explainer.explain(0, document, &mut Scratch::default()).unwrap();
        assert_eq!(reasons(&explanation.root), [expected]);
    }
}

#[test]
fn a_context_is_missing() {
    let mut party = entities(&[("party", &["السيادة"])]).remove(0);
    let terms = |terms: &[&str]| terms.iter().map(|term| Term::context(term).unwrap()).collect();
    party.needs = terms(&["حزب", "انتخابات"]);
    party.unless = terms(&["القانون"]);
    let explainer = Explainer::new(&[rule("@party")], &[party]);
    for (body, expected) in [
        ("سيادة الدولة. حزب", "its name stands (سيادة), but none of its `needs` in that sentence"),
        ("حزب سيادة القانون", "its name stands (سيادة), but so does القانون of its `unless`"),
    ] {
        let document = Document { title: "", body };
        let explanation = explainer.explain(0, document, &mut Scratch::default()).unwrap();
        assert_eq!(reasons(&explanation.root), [expected]);
    }
}

#[test]
fn a_longer_name_takes_the_words() {
    missed(
        "@sovereignty",
        "فاز تحالف السيادة",
        &["its name stands as part of a longer one: تحالف السيادة is @party"],
    );
}

/// A query, a body, and the parts of the first word that it finds: proclitics, stem, ending, pronoun, folded.
#[track_caller]
fn taken_apart(query: &str, body: &str, expected: &str) {
    let explanation = explained(query, "", body);
    let hit = explanation.root.hits.first().unwrap_or_else(|| panic!("{query} is not in {body}"));
    let words = hit.words.iter().map(|word| {
        let parts = [word.proclitics.join("+"), word.stem.clone(), word.ending.clone(), word.pronoun.clone()];
        format!("{} {}", parts.join("/"), word.folded.join(", ")).trim_end().to_owned()
    });
    assert_eq!(words.collect::<Vec<_>>().join("; "), expected, "{query} in {body}");
}

#[test]
fn a_word_is_taken_apart() {
    for (query, body, expected) in [
        ("قوات", "وبالقوات", "و+ب+ال/قوات//"),
        ("قوات", "للقوات", "ل+ال/قوات//"),
        ("قوات", "ولقواتهم", "و+ل/قوات//هم"),
        ("سيادة", "بسيادتها", "ب/سياد/ت/ها"),
        ("حكومة", "والحكومتين", "و+ال/حكوم/تين/"),
        ("يعلن", "وسيعلن", "و+س/يعلن//"),
        ("قوات", "القُوّاتـ", "ال/قوات// without tashkeel, without tatweel"),
        ("أمريكا", "امريكا", "/امريكا// ا for أ"),
        ("تحالف", "لتحالـفاتنا", "ل/تحالف/ات/نا without tatweel"),
        ("\"قوات التحالف\"", "وقوات تحالفهم", "و/قوات//; /تحالف//هم"),
        ("تحال*", "بتحالفهم", "/بتحالفهم//"),
        ("@coalition", "وللتحالف الدولي", "و+ل+ال/تحالف//; /الدولي//"),
    ] {
        taken_apart(query, body, expected);
    }
}

const CONFIG: &str = r#"
[[entities]]
id = "coalition"
names = ["التحالف الدولي", "قوات التحالف"]

[[rules]]
id = "withdrawal"
title = "سحب القوات"
query = '(سحب | انسحاب) NEAR/2 القوات | SENTENCE(خروج & @coalition & !إشاعة)'

[[rules]]
id = "oil"
any = ["نفط", "أسعار الوقود", "=غاز"]
none = ["زيتون"]
"#;

const DOCUMENTS: &str = concat!(
    r#"{"id":"hit","title":"أسعار النفط ترتفع","body":"أعلن الوزير سحب كل قواتهم. وتحدّث عن خروج قوات التحالف\u001b من البلاد."}"#,
    "\n",
    r#"{"id":"miss","title":"زيت الزيتون","body":"سحب الوزير أمس في بغداد كل هذه القوات. غازهم غال."}"#,
    "\n",
);

fn matching(arguments: &[&str], input: &str) -> Ended {
    let directory = TempDir::new().unwrap();
    let config = directory.path().join("config.toml");
    fs::write(&config, CONFIG).unwrap();
    run(&[&["match", "--config", config.to_str().unwrap()], arguments].concat(), input.as_bytes())
}

#[test]
fn drawn_for_people() {
    let ended = matching(&["--explain", "--format", "text"], DOCUMENTS);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let visible = without_signs(&ended.stdout);
    assert!(!visible.contains('\u{1b}'), "{visible}");
    assert_snapshot!(visible, @r#"
    hit: 2 of 2 rules match
      سحب القوات (withdrawal) matches
        أعلن الوزير [سحب] كل [قواتهم].
        وتحدّث عن [خروج] [قوات التحالف]  من البلاد.
        ✓ (سحب | انسحاب) NEAR/2 القوات
          سحب: سحب  body 12–15, sentence 1
          القوات: قواتهم = قوات + هم  body 19–25, sentence 1
        ✓ SENTENCE(خروج & @coalition & !إشاعة)
          ✓ خروج  body 37–41, sentence 2
          ✓ @coalition: قوات التحالف  body 42–54, sentence 2
          ✓ !إشاعة, as asked
      oil matches
        أسعار [النفط] ترتفع
        ✓ نفط | "أسعار الوقود" | =غاز
          ✓ نفط: النفط = ال + نفط  title 6–11
        ✓ !زيتون, as asked
    miss: 0 of 2 rules match
      سحب القوات (withdrawal) does not match
        [سحب] الوزير أمس في بغداد كل هذه [القوات].
        ✗ (سحب | انسحاب) NEAR/2 القوات: the distance was 6 words, at most 2 may stand between them
          سحب: سحب  body 0–3, sentence 1
          القوات: القوات  body 31–37, sentence 1
      oil does not match
        زيت [الزيتون]
        ✗ نفط | "أسعار الوقود" | =غاز
          ✗ =غاز: غازهم stands, which غاز would match
        ✗ !زيتون: a word that it forbids stands: الزيتون (for زيتون)
    "#);
}

#[test]
fn json_gains_one_member_and_changes_nothing_else() {
    let plain = matching(&[], DOCUMENTS);
    let explained = matching(&["--explain", "--rule", "oil"], DOCUMENTS);
    assert_eq!(explained.code, 0);
    for (plain, explained) in plain.stdout.lines().zip(explained.stdout.lines()) {
        let start = plain.strip_suffix('}').unwrap();
        assert!(explained.starts_with(start), "{explained} does not begin with {start}");
        let value: Value = serde_json::from_str(explained).unwrap();
        let [rule] = &value["explain"].as_array().unwrap()[..] else { panic!("one rule was asked for") };
        assert_eq!(rule["rule"], "oil");
    }
    let miss: Value = serde_json::from_str(explained.stdout.lines().nth(1).unwrap()).unwrap();
    let drawn = serde_json::to_string_pretty(&miss["explain"][0]).unwrap();
    assert_snapshot!(without_signs(&drawn), @r#"
    {
      "clause": "(نفط | \"أسعار الوقود\" | =غاز) & !زيتون",
      "holds": false,
      "kind": "and",
      "parts": [
        {
          "clause": "نفط | \"أسعار الوقود\" | =غاز",
          "holds": false,
          "kind": "or",
          "parts": [
            {
              "because": {
                "instead": "غاز",
                "reason": "level",
                "text": "غازهم stands, which غاز would match",
                "word": "غازهم"
              },
              "clause": "=غاز",
              "holds": false,
              "kind": "term"
            }
          ]
        },
        {
          "because": {
            "hit": {
              "end": 11,
              "field": "title",
              "sentence": 1,
              "start": 4,
              "term": "زيتون",
              "text": "الزيتون",
              "words": [
                {
                  "ending": "",
                  "folded": [],
                  "proclitics": [
                    "ال"
                  ],
                  "pronoun": "",
                  "stem": "زيتون",
                  "written": "الزيتون"
                }
              ]
            },
            "reason": "forbidden",
            "text": "a word that it forbids stands: الزيتون (for زيتون)"
          },
          "clause": "!زيتون",
          "holds": false,
          "kind": "not",
          "parts": [
            {
              "clause": "زيتون",
              "hits": [
                {
                  "end": 11,
                  "field": "title",
                  "sentence": 1,
                  "start": 4,
                  "term": "زيتون",
                  "text": "الزيتون",
                  "words": [
                    {
                      "ending": "",
                      "folded": [],
                      "proclitics": [
                        "ال"
                      ],
                      "pronoun": "",
                      "stem": "زيتون",
                      "written": "الزيتون"
                    }
                  ]
                }
              ],
              "holds": true,
              "kind": "term"
            }
          ]
        }
      ],
      "rule": "oil"
    }
    "#);
}

#[test]
fn a_rule_that_is_not_there() {
    let ended = matching(&["--explain", "--rule", "gas"], "");
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert!(ended.stderr.contains("no rule is called `gas`"), "{}", ended.stderr);
    assert_eq!(matching(&["--rule", "oil"], "").code, 2);
}

#[test]
fn a_query_that_finds_nothing_says_why() {
    let ended = run(&["rules", "try", "سحب NEAR/1 القوات"], "سحب الوزير هذه القوات".as_bytes());
    let visible = without_signs(&ended.stdout);
    assert_snapshot!(visible, @r#"
    nothing matches
      [سحب] الوزير هذه [القوات]
      ✗ سحب NEAR/1 القوات: the distance was 2 words, at most 1 may stand between them
        سحب: سحب  body 0–3, sentence 1
        القوات: القوات  body 15–21, sentence 1
    "#);
    let ended = run(&["rules", "try", "--explain", "قوات"], "عادت قواتهم".as_bytes());
    let visible = without_signs(&ended.stdout);
    assert_snapshot!(visible, @r#"
    عادت [قواتهم]
    ✓ قوات: قواتهم = قوات + هم  body 5–11, sentence 1
    "#);
}

/// Fails where the explanation of the first rule and what is found disagree in verdict or places.
pub(super) fn agrees(
    rules: &[Rule],
    entities: &[Entity],
    document: Document<'_>,
) -> Result<(), TestCaseError> {
    let explainer = Explainer::new(rules, entities);
    let set = RuleSet::compile(rules, entities);
    let matched = set.matches(document, &mut Scratch::default());
    for number in 0..rules.len() {
        let explanation =
            explainer.explain(number, document, &mut Scratch::default()).expect("the rule is there");
        let found = matched.iter().find(|found| found.rule == number);
        prop_assert_eq!(explanation.root.holds, found.is_some(), "verdict of {}", explanation.root.clause);
        let mut spans: Vec<_> = found
            .into_iter()
            .flat_map(|found| &found.spans)
            .map(|span| (span.field, span.start, span.end, set.term(span.term)))
            .collect();
        spans.sort_unstable();
        prop_assert_eq!(explanation.places(), spans, "places of {}", explanation.root.clause);
        let clause = &explanation.root.clause;
        if !clause.contains("SCORE/") && !clause.contains("COUNT/") {
            // A denial is shown where it ends up, which may leave a side of an OR without anything positive.
            let problems = Condition::from_query(clause, Within::Document).err().unwrap_or_default();
            let wrong = problems.iter().find(|problem| !problem.message.contains("positive"));
            prop_assert!(wrong.is_none(), "{clause}: {wrong:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Names, levels and words that veto each other, in texts made of them.
    #[test]
    fn an_explanation_agrees_with_the_match(
        terms in proptest::collection::vec((0..QUERIES.len(), 0..QUERIES.len()), 1..5),
        words in proptest::collection::vec((0..WORDS.len(), 0..4usize), 0..30),
    ) {
        let rules: Vec<Rule> = terms
            .iter()
            .map(|&(one, other)| rule(&format!("({}) | SENTENCE(({}) & ({}))", QUERIES[one], QUERIES[other], QUERIES[one])))
            .collect();
        let text = |words: &[(usize, usize)]| -> String {
            words.iter().map(|&(word, gap)| WORDS[word].to_owned() + [" ", " ", ". ", "\n\n"][gap]).collect()
        };
        let (title, body) = words.split_at(words.len() / 4);
        agrees(&rules, &entities(ENTITIES), Document { title: &text(title), body: &text(body) })?;
    }

    /// Nothing in a text or a query makes it fail.
    #[test]
    fn any_text_is_explained(query in "[\\PC]{0,30}", body in any::<String>(), word in "[وال]{0,3}[\u{600}-\u{6FF}]{1,6}") {
        let body = format!("{body} {word} {body}");
        let list: [&str; 2] = [&word, &body];
        let lists = rasid::rules::Lists { any: &list, ..Default::default() };
        for condition in [Condition::from_query(&query, Within::Document), Condition::from_lists(lists, Within::Sentence)].into_iter().flatten() {
            let explainer = Explainer::new(&[Rule::new("r", condition)], &[]);
            let document = Document { title: &body, body: &body };
            let explanation = explainer.explain(0, document, &mut Scratch::default());
            let found = explainer.rules().matches(document, &mut Scratch::default());
            prop_assert_eq!(explanation.map(|explanation| explanation.root.holds), Some(!found.is_empty()));
        }
    }
}

const QUERIES: &[&str] = &[
    "قوات",
    "=قوات",
    "@coalition",
    "@sovereignty & !@party",
    "أمل",
    "\"قوات التحالف\"",
    "تحال*",
    "قوات NEAR/2 (@coalition | سيادة)",
    "ATLEAST/2(سيادة | قوات)",
    "title:سيادة",
    "قوات ONEAR/1 سيادة",
    "قوات & !(سيادة & !أمل)",
    "body:(قوات | أمل) NEAR/3 سيادة",
    "@party | @nobody",
];

const WORDS: &[&str] = &[
    "قوات",
    "وقواتهم",
    "القوات",
    "التحالف",
    "تحالف",
    "الدولي",
    "السيادة",
    "سيادتها",
    "كامل",
    "الأمل",
    "بعد",
    "شيء",
];
