//! Entities: names, the longest of them, what has to stand beside them, and every operator on them.

use rasid::rules::{Document, Entity, Rule, RuleSet, Scratch, Term};

use super::marked::{check_entities, check_meant};

pub(super) const COALITION: &[(&str, &[&str])] = &[
    ("coalition", &["التحالف الدولي", "قوات التحالف", "التحالف"]),
    ("alliance", &["تحالف السيادة", "=الحلف"]),
    ("forces", &["القوات"]),
    ("party", &["القوات اللبنانية"]),
    ("twin", &["القوات اللبنانية"]),
];

#[test]
fn entities_stand_where_one_of_their_names_does() {
    check_entities(COALITION, "@coalition", "قال [التحالف الدولي] إن [قوات التحالف] باقية");
    check_entities(COALITION, "@alliance", "[الحلف] لا حلف");
    check_entities(COALITION, "@coalition NEAR/2 عراق", "[للتحالف] في [العراق]");
    check_entities(COALITION, "title:@coalition", "التحالف");
    check_entities(COALITION, "@nobody OR عراق", "[العراق] والتحالف");
    check_entities(COALITION, "ATLEAST/2(@coalition)", "قوات التحالف");
}

#[test]
fn the_longest_name_wins_among_all_entities() {
    check_entities(COALITION, "@coalition", "تحالف السيادة");
    check_entities(COALITION, "@forces", "القوات اللبنانية ثم [القوات]");
    check_entities(COALITION, "@party", "[القوات اللبنانية] ثم القوات");
    check_entities(COALITION, "@twin @party", "[[القوات اللبنانية]]");
    check_entities(COALITION, "قوات", "[القوات] اللبنانية");
    // The longer «one two three» beats «three four», which would have beaten nothing.
    let chain: &[(&str, &[&str])] = &[("long", &["واشنطن بغداد طهران"]), ("short", &["طهران دمشق"])];
    check_entities(chain, "@short", "واشنطن بغداد طهران دمشق");
    check_entities(chain, "@short", "بغداد [طهران دمشق]");
}

/// An entity with what has to stand beside its names, and what must not.
fn meant(id: &str, names: &[&str], needs: &[&str], unless: &[&str]) -> Entity {
    let context = |terms: &[&str]| terms.iter().map(|term| Term::context(term).unwrap()).collect();
    let names = names.iter().map(|name| Term::name(name).unwrap()).collect();
    Entity { needs: context(needs), unless: context(unless), ..Entity::new(id, names) }
}

#[test]
fn foreign_spellings_are_names() {
    const TRUMP: &[(&str, &[&str])] = &[("trump", &["ترامب", "ترمب", "Trump"])];
    check_entities(TRUMP, "@trump", "قال [ترامب] و [ترمب] و [لترامب] و [TRUMP] و [ولترمب]");
}

#[test]
fn names_inflect_as_terms_do() {
    const NAMES: &[(&str, &[&str])] =
        &[("party", &["حزب الأمة"]), ("ministry", &["وزارة"]), ("exact", &["=هيئة"])];
    check_entities(NAMES, "@party", "[حزب الأمة] و [لحزب الأمة] و [وحزبا الأمة]");
    check_entities(NAMES, "@ministry", "[الوزارة] و [وزارات] و [لوزارتها]");
    check_entities(NAMES, "@exact", "[الهيئة] لا هيئات ولا هيئتها");
}

#[test]
fn a_name_needs_its_context_in_the_same_sentence() {
    let party = [meant("party", &["القوات"], &["حزب", "سمير جعجع"], &[])];
    check_meant(&party, "@party", "", "انتقد حزب [القوات] القرار. وصلت القوات أمس.");
    check_meant(&party, "@party", "", "قال سمير جعجع إن [القوات] باقية و [القوات] حاضرة");
    check_meant(&party, "@party", "", "قال سمير. وقال جعجع: القوات باقية");
    check_meant(&party, "@party", "", "القوات هنا\nوالأحزاب هناك");
    check_meant(&party, "@party", "حزب", "القوات");
    check_meant(&party, "@party", "[القوات] والحزب", "القوات");
    check_meant(&party, "قوات NOT @party", "", "وصلت [القوات] أمس. حزب جديد.");
}

#[test]
fn a_name_does_not_count_beside_what_denies_it() {
    let troops = [meant("troops", &["القوات"], &[], &["حزب", "القوات اللبنانية"])];
    check_meant(&troops, "@troops", "", "انتقد حزب القوات القرار. وصلت [القوات] أمس.");
    check_meant(&troops, "@troops", "", "رفضت القوات اللبنانية ذلك؛ ووصلت القوات");
    check_meant(&troops, "@troops", "", "رفضت القوات «اللبنانية» ذلك! ووصلت [القوات]");
    let both = [meant("both", &["التحالف"], &["عسكري", "طيران"], &["انتخاب"])];
    check_meant(&both, "@both", "", "[التحالف] العسكري. التحالف. تحالف عسكري قبل الانتخابات.");
}

#[test]
fn what_stands_within_the_name_is_context_too() {
    let named = [meant("x", &["التحالف", "التحالف الدولي"], &["الدولي"], &[])];
    check_meant(&named, "@x", "", "[التحالف الدولي] لا غير. التحالف وحده.");
    let denied = [meant("x", &["التحالف", "التحالف الدولي"], &[], &["التحالف الدولي"])];
    check_meant(&denied, "@x", "", "التحالف الدولي لا غير. [التحالف] وحده.");
}

#[test]
fn context_is_judged_before_length() {
    let rivals = [
        meant("principle", &["السيادة"], &[], &[]),
        meant("party", &["تحالف السيادة"], &["انتخابات", "مرشح"], &[]),
    ];
    check_meant(&rivals, "@principle", "", "يؤيدون تحالف [السيادة] مع الجيران");
    check_meant(&rivals, "@principle", "", "خاض تحالف السيادة الانتخابات");
    check_meant(&rivals, "@party", "", "خاض [تحالف السيادة] الانتخابات. تحالف السيادة.");
}

#[test]
fn every_operator_works_on_entities() {
    let all = [
        meant("coalition", &["التحالف الدولي", "التحالف"], &[], &["انتخابي"]),
        meant("iraq", &["العراق", "بغداد"], &[], &[]),
    ];
    for (query, title, body) in [
        ("@coalition @iraq", "", "[التحالف] في [بغداد]"),
        ("@coalition OR @iraq", "", "[بغداد] هادئة"),
        ("@iraq NOT @coalition", "", "[بغداد] وتحالف انتخابي"),
        ("@iraq NOT @coalition", "", "بغداد والتحالف"),
        ("انسحاب NEAR/1 @coalition", "", "[انسحاب] قوات [التحالف الدولي]"),
        ("انسحاب NEAR/1 @coalition", "", "انسحاب كل قوات التحالف"),
        ("انسحاب NEAR/9 @coalition", "", "انسحاب تحالف انتخابي"),
        ("@iraq ONEAR/1 @coalition", "", "[بغداد] تشكر [التحالف]"),
        ("@coalition ONEAR/1 @iraq", "", "بغداد تشكر التحالف"),
        ("@iraq NEAR/1 @iraq", "", "[بغداد] في [العراق]"),
        ("(@coalition | سفارة) NEAR/2 @iraq", "", "[السفارة] في [بغداد]"),
        ("@coalition NEAR/0 \"مجلس الأمن\"", "", "[التحالف] [ومجلس الأمن]"),
        ("SENTENCE(@coalition @iraq)", "", "التحالف. بغداد. [التحالف] في [العراق]"),
        ("PARAGRAPH(@coalition NOT @iraq)", "", "[التحالف] هنا.\n\nالتحالف في العراق"),
        ("ATLEAST/2(@coalition)", "", "التحالف الدولي وحده"),
        ("ATLEAST/2(@coalition)", "", "[التحالف الدولي] ثم [التحالف]"),
        ("ATLEAST/3(@coalition | @iraq)", "", "[التحالف] في [بغداد] وفي [العراق]"),
        ("ATLEAST/2(@coalition NEAR/1 @iraq)", "", "[التحالف] في [بغداد]، [العراق] مع [التحالف]"),
        ("title:@iraq @coalition", "[بغداد]", "[التحالف] في بغداد"),
        ("body:(@iraq | @coalition)", "بغداد والتحالف", "[العراق]"),
        ("title:@iraq NEAR/3 @coalition", "[بغداد] و [التحالف]", "بغداد والتحالف"),
    ] {
        check_meant(&all, query, title, body);
    }
}

#[test]
fn every_operator_works_on_phrases() {
    for (query, title, body) in [
        ("\"قوات التحالف\" NEAR/1 \"مجلس الأمن\"", "", "[قوات التحالف] تشكر [مجلس الأمن]"),
        ("\"مجلس الأمن\" ONEAR/3 \"قوات التحالف\"", "", "قوات التحالف تشكر مجلس الأمن"),
        ("\"قوات التحالف\" NEAR/1 طائر*", "", "[طائرات] [لقوات التحالف]"),
        ("SENTENCE(\"قوات التحالف\" عسكر*)", "", "قوات التحالف. العسكر. [العسكري] [قوات التحالف]"),
        ("PARAGRAPH(\"قوات التحالف\" \"مجلس الأمن\")", "", "[قوات التحالف].\n[مجلس الأمن]"),
        ("ATLEAST/2(\"قوات التحالف\" | عسكر*)", "", "[قوات التحالف] و [العسكريون]"),
        ("title:\"قوات التحالف\" NEAR/2 عسكر*", "[قوات التحالف] [والعسكر]", "قوات التحالف والعسكر"),
        ("title:عسكر* body:=\"قوات التحالف\"", "[العسكر]", "[قوات التحالف] لا قواتهم التحالف"),
        ("ATLEAST/2(title:\"قوات التحالف\" | body:قوات)", "[قوات التحالف]", "[القوات] والتحالف"),
    ] {
        check_meant(&[], query, title, body);
    }
}

#[test]
fn a_document_names_entities_whatever_the_rules_are() {
    let entities = [
        meant("coalition", &["التحالف"], &["عسكري"], &[]),
        meant("iraq", &["العراق", "بغداد"], &[], &[]),
        meant("principle", &["السيادة"], &[], &[]),
    ];
    let rules = RuleSet::compile(&[] as &[Rule], &entities);
    let mut scratch = Scratch::default();
    for (title, body, expected) in [
        ("بغداد", "العراق والسيادة. التحالف.", vec![1, 2]),
        ("", "التحالف العسكري", vec![0]),
        ("", "", vec![]),
    ] {
        let found = rules.find(Document { title, body }, &mut scratch);
        assert_eq!(found.entities().collect::<Vec<_>>(), expected, "«{title}» «{body}»");
    }
}
