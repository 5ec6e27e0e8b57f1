//! What `~word` matches: the verb, its masdars and its participles, from any of them.

use rasid::rules::{Condition, Within};

use super::marked::{check, places, rule_set};

/// Words of one family, each of which finds all of its forms, and words that are no part of it.
const FAMILIES: &[(&str, &str, &str)] = &[
    (
        "انسحب انسحاب منسحب",
        "انسحب انسحبت ينسحب سينسحبون الانسحاب وانسحابها انسحابات المنسحبة المنسحبون منسحبين",
        "سحب سحاب يسحب",
    ),
    ("نفّذ تنفيذ منفّذ", "نفذ نفذت ينفذ سينفذها تنفيذ التنفيذ لتنفيذه المنفذ منفذو", "نفوذ نافذ استنفذ"),
    ("قال قائل", "قال قيل يقول قلنا القول قولهم القائل قائلا مقول", "مقال نقل"),
    ("أعلن إعلان معلن", "أعلن أعلنت يعلن الإعلان إعلانات إعلانه المعلن معلنا", "علني علانية"),
    ("استقال استقالة مستقيل", "استقال استقلت يستقيل الاستقالة استقالته المستقيل مستقيلون", "استقلال"),
    ("رأى رؤية", "رأى يرون رأيت رؤية الرؤية رؤيته", "مرآة"),
    ("كتب كاتب مكتوب", "كتب كتبت يكتب كتابة الكتابة كاتب الكاتب مكتوب المكتوبة", "مكتبة"),
    ("شارك مشاركة مشارك", "شارك شاركت يشارك المشاركة مشاركته المشاركون المشاركين", "شركة شريك"),
    ("تلقى", "تلقى تلقت يتلقون متلق المتلقي المتلقين", "لقاء"),
    ("استنمر استنمار مستنمر", "استنمرت يستنمر الاستنمار مستنمرون", "نمر"),
    ("نفط", "نفط النفط نفطي النفطية نفطها", "نفد"),
];

#[test]
fn a_family_is_found_from_each_of_its_words() {
    let mut wrong = Vec::new();
    for (words, forms, others) in FAMILIES {
        for word in words.split_whitespace() {
            let condition =
                Condition::from_query(&format!("~{word}"), Within::Document).expect("a sound query");
            let rules = rule_set(condition, &[]);
            let matches = |form: &&str| !places(&rules, "", form).is_empty();
            let missed = forms.split_whitespace().filter(|form| !matches(form));
            wrong.extend(missed.map(|form| format!("~{word} ↛ {form}")));
            wrong.extend(others.split_whitespace().filter(matches).map(|other| format!("~{word} → {other}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_words_of_a_phrase_have_their_families_each() {
    check("~\"انسحب قوات\"", "[انسحاب القوات] و [المنسحبة قواتها] لا انسحاب قائد من قوات");
    check("~«انسحاب» NEAR/2 ~نفط", "[ينسحبون] من حقول [النفط] لا سحب");
}
