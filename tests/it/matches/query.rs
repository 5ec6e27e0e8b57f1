//! The query language, clause by clause, and the lists.

use rasid::rules::{Condition, Document, Field, Lists, Rule, RuleSet, Scratch, Within};

use super::entities::COALITION;
use super::marked::{check, check_both, check_lists, check_within, entities};

#[test]
fn and_or_not() {
    check("وزير نفط", "[وزير] قال [للنفط]");
    check("وزير AND نفط", "وزير فقط");
    check("وزير & نفط", "[النفط] ثم [الوزير]");
    check("وزير OR نفط", "[النفط] ثم [الوزير]");
    check("وزير | نفط", "سعر [النفط]");
    check("وزير NOT نفط", "[الوزير] وحده هناك");
    check("وزير !نفط", "الوزير والنفط");
    check("وزير AND NOT (نفط OR غاز)", "الوزير والغاز");
    check("وزير AND NOT (نفط AND غاز)", "[الوزير] والغاز");
    check("NOT NOT وزير", "[الوزير]");
    check("وزير NOT (نفط OR NOT غاز)", "[الوزير] و [الغاز]");
    check("وزير && (نفط || غاز)", "[الوزير] [والغاز]");
}

#[test]
fn and_binds_closer_than_or_and_near_closest() {
    check("وزير نفط OR غاز", "سعر [الغاز] عند الوزير");
    check("وزير (نفط OR غاز)", "سعر الغاز");
    check("وزير غاز NEAR/1 سعر", "[الوزير] يعلن [سعر] [الغاز]");
    check("NOT وزير غاز", "[الغاز] اليوم");
}

#[test]
fn only_what_makes_the_rule_hold_is_shown() {
    check("(وزير AND نفط) OR غاز", "الوزير يبيع [الغاز]");
    check("وزير OR (نفط AND NOT غاز)", "[الوزير] والنفط والغاز");
    check("SENTENCE(وزير AND نفط)", "الوزير هنا. [الوزير] و [النفط]. النفط هناك.");
    check("وزير NEAR/1 نفط", "[الوزير] [والنفط] ثم كلام طويل هنا الوزير");
}

#[test]
fn phrases() {
    check("\"قوات التحالف\"", "[قوات التحالف] و [لقوات تحالف] لا التحالف قوات");
    check("\"مجلس الأمن\"", "[مجلس الأمن] و [لمجلس أمنها] لا أمن المجلس");
    check("«وزير الخارجية»", "[وزيرا خارجية] و [بوزير خارجيتها]");
    check("“وزير الخارجية”", "[وزير الخارجية]");
    check(
        "\"قوات، التحالف\"",
        "[قوات «التحالف]» و [قوات، التحالف] و [قوات - (التحالف]) و [القوات 🙂 التحالف]",
    );
    check("\"قوات التحالف\"", "وصلت القوات. التحالف قال\nقوات\nالتحالف");
    check("\"قوات التحالف الدولي\"", "قوات التحالف، [قوات التحالف الدولي]");
    check("\"قوات قوات\"", "[قوات [قوات] قوات]");
}

#[test]
fn prefixes() {
    check("عسكر*", "[عسكر] و [العسكريون] و [بعسكرة] لا معسكر");
    check("كهرو*", "[والكهرومغناطيسية] و [للكهروضوئي]");
    check("تحال*", "[وتحالفت] و [بتحالفهم] و [للتحالف]");
    check("مدرسة*", "[مدرسة] و [مدرسه] لا مدارس");
    check("f1*", "[F16] و [F1] لا F2");
}

#[test]
fn near() {
    check("سحب NEAR/2 قوات", "[سحب] بعض من [القوات]");
    check("سحب NEAR/2 قوات", "سحب بعض أو كل القوات");
    check("سحب NEAR/2 قوات", "[القوات] بعد [سحب]");
    check("سحب NEAR/0 قوات", "[سحب] [القوات] ثم أعلن عن سحب كل القوات");
    check("سحب NEAR/٢ قوات", "[سحب] بعض من [القوات]");
    check("سحب NEAR/۲ قوات", "سحب بعض أو كل القوات");
    check("سحب NEAR/3 قوات", "تقرر [سحب]. أما [القوات] فبقيت");
    check("سحب ONEAR/2 قوات", "[سحب] كل [القوات]");
    check("سحب ONEAR/2 قوات", "القوات بعد سحب");
    check("\"سحب قوات\" NEAR/2 قوات", "سحب القوات");
    check("قوات NEAR/2 قوات", "[قوات] بعد [قوات]");
    check("قوات NEAR/2 قوات", "قوات وحدها");
    check("(سحب OR إجلاء) NEAR/1 (قوات OR جنود)", "[إجلاء] [القوات] ثم قررت الدولة سحب كل ما لديهم من الجنود");
    check("\"قوات التحالف\" NEAR/1 سحب", "[سحب] كل [قوات التحالف]");
}

#[test]
fn near_chains_hold_pair_by_pair() {
    check("سحب NEAR/1 قوات NEAR/1 عراق", "[سحب] كل [القوات] من [العراق]");
    check("سحب NEAR/1 قوات NEAR/1 عراق", "سحب القوات هناك، كلام طويل هنا، والقوات في العراق");
    check("سحب NEAR/1 قوات NEAR/1 عراق", "سحب القوات، كلام طويل هنا كله، [سحب] [القوات] [العراق]");
    check("سحب ONEAR/1 قوات ONEAR/1 سحب", "[سحب] [قوات] [سحب]");
}

#[test]
fn near_stays_in_one_field() {
    check_both("سحب NEAR/5 قوات", "سحب", "القوات");
    check_both("سحب NEAR/5 قوات", "[سحب] [قوات]", "[سحب] [قوات]");
    check_both("title:سحب NEAR/5 قوات", "[سحب] كل [القوات]", "سحب القوات");
    check_both("سحب NEAR/5 body:قوات", "سحب القوات", "[سحب] [القوات]");
    check_both("title:(سحب OR نقل) NEAR/5 قوات", "[نقل] [القوات]", "سحب القوات");
}

#[test]
fn fields() {
    check_both("title:قوات", "[القوات]", "القوات");
    check_both("body:قوات", "القوات", "[القوات]");
    check_both("title:\"قوات التحالف\" عراق", "[قوات التحالف]", "في [العراق]");
    check_both("title:(قوات عراق)", "القوات", "العراق");
    check_both("title: قوات", "[القوات]", "");
    check_both("قوات NOT title:عراق", "العراق", "القوات");
    check_both("قوات NOT title:عراق", "إيران", "[القوات] في العراق");
    check_both("قوات NOT title:عراق", "", "[القوات] في العراق");
    check_both("قوات title:(NOT عراق)", "", "[القوات]");
    check_both("title:قوات body:عراق", "[القوات]", "[العراق]");
}

#[test]
fn at_least() {
    check("ATLEAST/2(قوات)", "[القوات] و [قوات]");
    check("ATLEAST/2(قوات)", "القوات وحدها");
    check("ATLEAST/٣(قوات | جنود)", "[القوات] و [الجنود] و [قوات]");
    check("ATLEAST/2(\"قوات قوات\")", "قوات قوات قوات");
    check("ATLEAST/2(\"قوات قوات\")", "[قوات [قوات] [قوات] قوات]");
    check("SENTENCE(ATLEAST/2(قوات))", "القوات هنا. [القوات] و [القوات].");
    check("ATLEAST/2(قوات NEAR/0 جنود)", "القوات الجنود");
    check("ATLEAST/2(قوات NEAR/0 جنود)", "[القوات] [الجنود] ثم [الجنود] [القوات]");
    check("ATLEAST/2(قوات NEAR/0 جنود)", "الجنود القوات الجنود");
    check("ATLEAST/2(SENTENCE(قوات جنود))", "القوات والجنود. القوات. الجنود.");
    check("ATLEAST/2(SENTENCE(قوات جنود))", "[القوات] [والجنود]. القوات. [الجنود] [القوات].");
    check("ATLEAST/2(قوات جنود)", "القوات والجنود والقوات");
    check("ATLEAST/2(قوات جنود)", "[القوات] [والجنود] [والقوات] [والجنود]");
    check("ATLEAST/2(ATLEAST/2(قوات))", "قوات قوات قوات");
    check("ATLEAST/1(قوات)", "[قوات]");
    check_both("title:ATLEAST/2(قوات)", "قوات", "قوات");
}

#[test]
fn sentences_and_paragraphs() {
    check("SENTENCE(قوات عراق)", "القوات. العراق");
    check("SENTENCE(قوات AND NOT عراق)", "القوات في العراق. [القوات] هنا.");
    check("SENTENCE(قوات AND NOT عراق)", "القوات في العراق.");
    check("PARAGRAPH(قوات عراق)", "[القوات] هنا.\nوفي [العراق]");
    check("PARAGRAPH(قوات عراق)", "القوات هنا.\n\nوفي العراق");
    check("PARAGRAPH(قوات عراق)", "القوات هنا.\r\n \t\r\nوفي العراق");
    check("PARAGRAPH(قوات عراق)", "[القوات] هنا.\r\nوفي [العراق]");
    check("NOT SENTENCE(قوات عراق) قوات", "[القوات]. العراق");
    check("PARAGRAPH(SENTENCE(قوات) SENTENCE(عراق))", "[القوات]. [العراق].\n\nقوات.");
    check("قوات SENTENCE(NOT عراق)", "[القوات] هنا. العراق.");
    check("قوات SENTENCE(NOT عراق)", "القوات في العراق.");
    check_both("SENTENCE(قوات عراق)", "القوات", "العراق");
    check_both("SENTENCE(قوات عراق)", "[القوات]. في\n[العراق]", "");
}

#[test]
fn where_a_sentence_ends() {
    for end in [".", "!", "?", "؟", "…", "۔", "\n", "\r\n", "\r", "\u{2028}", ". ", "...", ".»", "؟!"] {
        check("\"قوات التحالف\"", &format!("قوات{end}التحالف"));
        check("SENTENCE(قوات تحالف)", &format!("قوات{end} تحالف"));
    }
    for inside in
        ["،", "؛", ",", ":", "-", " 3.5 ", " ٣.٥ ", " د. ", " أ.د. ", " U.S. ", " bbc.com ", " Dr. "]
    {
        check("SENTENCE(قوات تحالف)", &format!("[قوات]{inside}[تحالف]"));
    }
    check("SENTENCE(قوات تحالف)", "قوات 5. تحالف");
    check("SENTENCE(قوات تحالف)", "قوات.تحالف");
}

#[test]
fn within_wraps_a_query() {
    check_within("قوات عراق", Within::Sentence, "", "القوات. العراق. [القوات] في [العراق].");
    check_within("قوات عراق", Within::Paragraph, "", "القوات.\n\nالعراق");
    check_within("قوات NOT عراق", Within::Paragraph, "", "القوات. العراق.\n\n[القوات].");
    check_within("قوات NOT عراق", Within::Sentence, "[القوات]", "العراق");
}

#[test]
fn lists_hold_as_stated() {
    let any: &[&str] = &["قوات التحالف", "جنود"];
    let lists = Lists { any, all: &["عراق"], none: &["إيران"] };
    check_lists(lists, Within::Document, "[قوات التحالف] و [الجنود] في [العراق]");
    check_lists(lists, Within::Document, "قوات التحالف");
    check_lists(lists, Within::Document, "الجنود في العراق وإيران");
    check_lists(lists, Within::Sentence, "[الجنود] في [العراق]. إيران. الجنود.");
    check_lists(Lists { all: &["عراق", "إيران"], ..Lists::default() }, Within::Document, "[العراق] [وإيران]");
}

#[test]
fn entries_of_lists_are_no_query_syntax() {
    check_lists(
        Lists { any: &["وزير OR نفط"], ..Lists::default() },
        Within::Document,
        "[وزير or نفط] لا وزير",
    );
    check_lists(Lists { any: &["عسكر*"], ..Lists::default() }, Within::Document, "[العسكر] والعسكرة");
    check_lists(Lists { any: &["(قوات)"], ..Lists::default() }, Within::Document, "[القوات]");
    check_lists(
        Lists { any: &["=قوات التحالف"], ..Lists::default() },
        Within::Document,
        "[قوات التحالف] لا قواته",
    );
}

#[test]
fn terms_are_reported_as_written() {
    let written = |query: &str, body: &str| -> Vec<String> {
        let condition = Condition::from_query(query, Within::Document).unwrap();
        let rule = Rule::new("r", condition);
        let rules = RuleSet::compile(&[rule], &entities(COALITION));
        let found = rules.matches(Document { title: "", body }, &mut Scratch::default());
        found.iter().flat_map(|found| &found.spans).map(|span| rules.term(span.term).to_owned()).collect()
    };
    assert_eq!(written("قُوّات", "القوات"), ["قُوّات"]);
    assert_eq!(written("=قوات", "القوات"), ["=قوات"]);
    assert_eq!(written("قوا*", "القوات"), ["قوا*"]);
    assert_eq!(written("\"قوات التحالف\"", "قوات التحالف"), ["قوات التحالف"]);
    assert_eq!(written("=\"قوات التحالف\"", "قوات التحالف"), ["=قوات التحالف"]);
    assert_eq!(written("@coalition", "قوات التحالف"), ["@coalition"]);
    assert_eq!(written("title:عراق OR body:قوات", "القوات"), ["قوات"]);
    assert_eq!(written("قوات OR القوات OR قوات", "القوات"), ["قوات", "القوات"]);
}

#[test]
fn rules_come_in_the_order_of_the_config_and_spans_in_that_of_the_text() {
    let queries = ["عراق", "nothing", "عراق OR قوات", "قوات"];
    let rule = |query| {
        let condition = Condition::from_query(query, Within::Document).unwrap();
        Rule::new(query, condition)
    };
    let rules = RuleSet::compile(&queries.map(rule), &[]);
    let mut scratch = Scratch::default();
    for _ in 0..2 {
        let found = rules.matches(Document { title: "القوات", body: "قوات العراق" }, &mut scratch);
        assert_eq!(found.iter().map(|found| found.rule).collect::<Vec<_>>(), [0, 2, 3]);
        let starts: Vec<_> = found[1].spans.iter().map(|span| (span.field, span.start)).collect();
        assert_eq!(starts, [(Field::Title, 0), (Field::Body, 0), (Field::Body, 5)]);
    }
}
