//! `rasid rules expand`: what a term accepts is what it matches, and what it does not is not.

use insta::assert_snapshot;
use rasid::rules::expand::{self, Inflection};
use rasid::rules::{Condition, Document, Rule, RuleSet, Scratch, Within};

use crate::support::program::run;

/// A term, a kind of its forms, and some of them.
#[track_caller]
fn accepts(term: &str, kind: Inflection, some: &[&str]) {
    let expansion = expand::expand(term).expect("a sound term");
    let groups = expansion.words[0].groups.iter().filter(|group| group.kind == kind);
    let forms: Vec<&String> = groups.flat_map(|group| &group.forms).collect();
    for form in some {
        assert!(forms.iter().any(|known| known == form), "{form} is not among {forms:?} of {term}");
    }
}

#[test]
fn forms_stand_in_their_group() {
    accepts("دولة", Inflection::Singular, &["دولة"]);
    accepts("دولة", Inflection::Plural, &["دول"]);
    accepts("دولة", Inflection::Dual, &["دولتان", "دولتين"]);
    accepts("مهندس", Inflection::Plural, &["مهندسون", "مهندسين"]);
    accepts("عراقي", Inflection::Feminine, &["عراقية"]);
    accepts("وزراء", Inflection::Singular, &["وزير"]);
    accepts("ينسحب", Inflection::Imperfect, &["ينسحب", "تنسحبون"]);
    accepts("ينسحب", Inflection::Perfect, &["انسحبوا"]);
    accepts("~انسحاب", Inflection::Imperfect, &["ينسحب"]);
    accepts("=قوات", Inflection::AsWritten, &["قوات"]);
}

#[test]
fn what_is_said_is_what_is_matched() {
    for term in ["دولة", "قوات", "مهندس", "ينسحب", "~انسحاب", "=قوات", "=القوات", "لبنان", "عراقي", "حكومات"]
    {
        let condition = Condition::from_query(term, Within::Document).unwrap();
        let rules = RuleSet::compile(&[Rule::new("r", condition)], &[]);
        let matches = |text: &str| {
            // Who writes ة means ه where she writes that.
            let body = format!("{text} غدوة");
            !rules.matches(Document { title: "", body: &body }, &mut Scratch::default()).is_empty()
        };
        let expansion = expand::expand(term).unwrap();
        let word = &expansion.words[0];
        for form in word.groups.iter().flat_map(|group| group.forms.iter().chain(&group.with_pronoun)) {
            assert!(matches(form), "{term} does not match {form}");
        }
        for missed in &word.not {
            assert!(!matches(&missed.form), "{term} matches {}", missed.form);
        }
    }
}

#[test]
fn drawn_for_people_and_programs() {
    let ended = run(&["rules", "expand", "دولة", "=قوات التحالف", "تحال*"], b"");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert_snapshot!(ended.stdout, @r#"
    دولة: its inflections
      singular    دولة; with a pronoun دولته  after و ف ب ك ل ال بال كال لل
      dual        دولتان، دولتين، دولتا، دولتي; with a pronoun دولتاه، دولتيه  after و ف ب ك ل ال بال كال لل
      plural      دول، دولا; with a pronoun دوله  after و ف ب ك ل ال بال كال لل
      but not     دولي  the nisba is another word

    =قوات التحالف: this form alone
      قوات
        of قوة:
        as written  قوات  after و ف ب ك ل ال بال كال لل
      التحالف
        of تحالف:
        as written  التحالف  after و ف ال بال كال لل ب ك ل

    تحال*: every word that begins so, also after و ف and after ب ك ل ال بال كال لل س
    "#);
    let ended = run(&["rules", "expand", "--format", "json", "=قوات"], b"");
    assert_snapshot!(ended.stdout, @r#"{"term":"=قوات","level":"exact","words":[{"word":"قوات","groups":[{"lemma":"قوة","kind":"as_written","forms":["قوات"],"proclitics":["ب","ك","ل","ال","بال","كال","لل"]}]}]}"#);
}

#[test]
fn what_is_no_term_is_refused() {
    for (term, what) in [("@coalition", "is an entity"), ("!", "holds no letter"), ("", "the term is empty")]
    {
        let ended = run(&["rules", "expand", term], b"");
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{term}");
        assert!(ended.stderr.contains(what), "{term}: {}", ended.stderr);
    }
}
