//! What is wrong with a rule: the place in what was written, and every problem at once.

use rasid::rules::{At, Condition, Lists, Term, Within};

/// A query, what its problems say, and the text that each points at.
#[track_caller]
fn check(query: &str, expected: &[(&str, &str)]) {
    let problems = Condition::from_query(query, Within::Document).expect_err(query);
    let found: Vec<(String, String)> = problems
        .into_iter()
        .map(|problem| {
            assert!(problem.hint.is_some(), "{query}: a hint belongs to «{}»", problem.message);
            match problem.at {
                At::Query(range) => (problem.message, query[range].to_owned()),
                at => panic!("{query}: a problem of a query is in the query, not at {at:?}"),
            }
        })
        .collect();
    assert_eq!(found.len(), expected.len(), "{query}: {found:#?}");
    for ((message, text), (part, place)) in found.iter().zip(expected) {
        assert!(message.contains(part), "{query}: «{message}» does not say «{part}»");
        assert_eq!(text, place, "{query}: {message}");
    }
}

#[test]
fn queries() {
    check("", &[("empty", "")]);
    check("  ", &[("empty", "  ")]);
    check("(قوات", &[("not closed", "(")]);
    check("قوات)", &[("closes nothing", ")")]);
    check("قوات ()", &[("nothing stands between", "()")]);
    check("\"قوات", &[("does not end", "\"قوات")]);
    check("\"\" قوات", &[("phrase is empty", "\"\"")]);
    check("\"...\"", &[("no letter", "\"...\"")]);
    check("قوات ـــ", &[("no letter", "ـــ")]);
    check("قوات NEAR عراق", &[("NEAR needs a number", "NEAR")]);
    check("قوات NEAR/x عراق", &[("NEAR needs a number", "NEAR/x")]);
    check("قوات ONEAR/ عراق", &[("ONEAR needs a number", "ONEAR/")]);
    check("قوات NEAR/99999999999 عراق", &[("out of range", "NEAR/99999999999")]);
    check("ATLEAST(قوات)", &[("ATLEAST needs a number", "ATLEAST")]);
    check("ATLEAST/0(قوات)", &[("out of range", "ATLEAST/0")]);
    check("ATLEAST/2 قوات", &[("ATLEAST needs parentheses", "ATLEAST/2")]);
    check("SENTENCE قوات", &[("SENTENCE needs parentheses", "SENTENCE")]);
    check("قوات near/5 عراق", &[("not an operator", "near/5")]);
    check("(قوات عراق) NEAR/2 بغداد", &[("NEAR cannot take this", "قوات عراق")]);
    check("قوات NEAR/2 SENTENCE(بغداد)", &[("NEAR cannot take this", "SENTENCE(بغداد)")]);
    check("قوات NEAR/2 (بغداد NEAR/2 عراق)", &[("NEAR cannot take this", "بغداد NEAR/2 عراق")]);
    check("قوات NEAR/2", &[("missing at the end", "")]);
    check("OR قوات", &[("on its left", "OR")]);
    check("قوات AND", &[("missing at the end", "")]);
    check("قوات OR OR عراق", &[("missing before", "OR")]);
    check("titel:قوات", &[("no field `titel`", "titel:")]);
    check("title:", &[("missing at the end", "")]);
    check("~", &[("no letter", "~")]);
    check("~قوا*", &[("both a family and a prefix", "~قوا*")]);
    check("=~ عراق", &[("no letter", "=~")]);
    check("@ عراق", &[("names no entity", "@")]);
    check("ق*ت", &[("can only end a word", "ق*ت")]);
    check("*", &[("no letter", "*")]);
    check("=قوا*", &[("both exact and a prefix", "=قوا*")]);
    check("-قوات", &[("hyphen", "-قوات")]);
}

#[test]
fn something_has_to_stand() {
    check("NOT قوات", &[("positive term", "NOT قوات")]);
    check("قوات OR NOT عراق", &[("positive term", "NOT عراق")]);
    check("قوات (عراق OR NOT بغداد)", &[("positive term", "NOT بغداد")]);
    check("NOT (قوات OR عراق)", &[("positive term", "NOT (قوات OR عراق)")]);
    check("SENTENCE(NOT قوات)", &[("positive term", "SENTENCE(NOT قوات)")]);
    check("NOT قوات NOT عراق", &[("positive term", "NOT قوات NOT عراق")]);
    check("NOT قوات OR !عراق", &[("positive term", "NOT قوات"), ("positive term", "!عراق")]);
}

#[test]
fn all_at_once() {
    check(
        "titel:قوات NEAR عراق OR ـ OR (=بغداد*",
        &[
            ("no field", "titel:"),
            ("needs a number", "NEAR"),
            ("no letter", "ـ"),
            ("both exact", "=بغداد*"),
            ("not closed", "("),
        ],
    );
}

#[test]
fn nesting_ends_at_sixty_four() {
    let nested = |open: &str, depth: usize| {
        format!("{}قوات{}", open.repeat(depth), ")".repeat(depth * open.matches('(').count()))
    };
    for open in ["(", "SENTENCE(", "NOT NOT ("] {
        assert!(Condition::from_query(&nested(open, 64), Within::Document).is_ok(), "{open}");
        for depth in [65, 100_000] {
            let problems = Condition::from_query(&nested(open, depth), Within::Document).unwrap_err();
            assert_eq!(problems.len(), 1, "{open} {depth}: {problems:?}");
            assert!(problems[0].message.contains("nested over 64 deep"), "{problems:?}");
        }
    }
    assert!(Condition::from_query(&nested("title:", 100_000), Within::Document).is_err());
    assert!(Condition::from_query(&nested("!", 100_000), Within::Document).is_ok());
}

#[test]
fn lists() {
    let problems = |lists: Lists<'_>| -> Vec<(At, String)> {
        let problems = Condition::from_lists(lists, Within::Document).unwrap_err();
        problems.into_iter().map(|problem| (problem.at, problem.message)).collect()
    };
    let all_wrong = problems(Lists { any: &["قوات", ""], all: &["…"], none: &["~…", "@"] });
    let places: Vec<_> = all_wrong.iter().map(|(at, _)| at.clone()).collect();
    assert_eq!(places, [At::Any(1), At::All(0), At::None(0), At::None(1)], "{all_wrong:?}");
    let nothing = problems(Lists { none: &["عراق"], ..Lists::default() });
    assert_eq!(nothing.len(), 1);
    assert_eq!(nothing[0].0, At::Rule);
    assert!(nothing[0].1.contains("positive term"));
}

#[test]
fn names() {
    for wrong in ["", " ", "…", "@other", "~اسم"] {
        assert!(Term::name(wrong).is_err(), "{wrong}");
    }
    for right in ["اسم", "=اسم", "اسم طويل", "F-16"] {
        assert!(Term::name(right).is_ok(), "{right}");
    }
}

#[test]
fn entities_are_named_with_their_place() {
    let query = "@a OR (x NEAR/2 @\"b c\")";
    let places = Condition::from_query(query, Within::Sentence).unwrap().entities();
    let places: Vec<_> = places
        .into_iter()
        .map(|(id, at)| match at {
            At::Query(range) => (id, query[range].to_owned()),
            at => panic!("{at:?}"),
        })
        .collect();
    assert_eq!(places, [("a".into(), "@a".into()), ("b c".into(), "@\"b c\"".to_owned())]);
    let lists = Lists { any: &["x", "@a"], all: &["@b"], none: &["@c"] };
    let places = Condition::from_lists(lists, Within::Document).unwrap().entities();
    assert_eq!(places, [("a".into(), At::Any(1)), ("b".into(), At::All(0)), ("c".into(), At::None(0))]);
}
