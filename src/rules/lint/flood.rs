//! Terms that stand in nearly every article, where one of them alone makes a rule hold.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::{quoted, warning};
use crate::rules::Problem;
use crate::rules::condition::{Node, NodeKind, Place};
use crate::rules::term::{Kind, Term};
use crate::text::fold::{self, Letter};
use crate::text::word::{Layout, Words};

/// Letters of a word, and of a prefix, under which it stands for too much.
const SHORT_WORD: usize = 1;
const SHORT_PREFIX: usize = 3;

/// Warns of the terms of which each alone is enough for the rule.
pub(super) fn of_condition(node: &Node, warnings: &mut Vec<Problem>) {
    match &node.kind {
        NodeKind::Term(term) => warnings.extend(of_term(term, node.place)),
        NodeKind::Or(parts) => parts.iter().for_each(|part| of_condition(part, warnings)),
        NodeKind::And(parts) => {
            // What is denied narrows nothing down that stands everywhere.
            let mut asked = parts.iter().filter(|part| !matches!(part.kind, NodeKind::Not(_)));
            if let (Some(only), None) = (asked.next(), asked.next()) {
                of_condition(only, warnings);
            }
        }
        NodeKind::Sentence(part) | NodeKind::Paragraph(part) => of_condition(part, warnings),
        // A common word in a headline is rarer; counts, distances and scores say what they want.
        _ => {}
    }
}

/// A warning where the term is short or common.
pub(super) fn of_term(term: &Term, place: Place) -> Option<Problem> {
    if term.kind() == Kind::Entity {
        return None;
    }
    let mut words = Words::default();
    words.read(term.text(), Layout::Line);
    if words.words().len() != 1 {
        return None;
    }
    let letters = words.letters(0);
    let hint = "ask for more beside it: a phrase, `a NEAR/5 b`, SENTENCE(a & b)";
    let message = match term.kind() {
        Kind::Prefix if letters.len() < SHORT_PREFIX => {
            format!("{} begins very many words: the rule will flood", quoted(term))
        }
        Kind::Prefix => return None,
        _ if letters.len() <= SHORT_WORD && is_arabic(term.text()) => {
            format!("{} is so short that much will look like it: the rule will flood", quoted(term))
        }
        _ if is_common(letters) => {
            format!("{} stands in very many articles: the rule will flood", quoted(term))
        }
        _ => return None,
    };
    Some(warning(place, message, hint))
}

/// Of other scripts and of digits, what is short is an abbreviation or a date.
fn is_arabic(text: &str) -> bool {
    text.chars().any(|c| ('\u{620}'..='\u{64A}').contains(&c))
}

fn is_common(letters: &[Letter]) -> bool {
    static WORDS: LazyLock<HashSet<Vec<Letter>>> = LazyLock::new(|| {
        let mut words = Words::default();
        words.read(COMMON, Layout::Line);
        let all = 0..words.words().len();
        all.map(|word| words.letters(word).to_vec()).collect()
    });
    let article = [fold::fold('ا').letter(), fold::fold('ل').letter()];
    let bare = match letters {
        [first, second, rest @ ..] if [Some(*first), Some(*second)] == article => rest,
        _ => letters,
    };
    WORDS.contains(letters) || WORDS.contains(bare)
}

/// Words that every newsroom writes every day, without the article.
const COMMON: &str = "
    في من على إلى عن مع أن إن أو لا ما لم لن قد كل بعض غير بين بعد قبل حتى عند منذ خلال حول ضد دون هذا هذه
    ذلك تلك التي الذي الذين هو هي هم كان كانت يكون ليس كما لكن أيضا أكثر أول آخر جديد كبير
    قال قالت يقول تقول أعلن أعلنت أكد أكدت أضاف أضافت أشار أوضح ذكر ذكرت أفاد أفادت تم يتم جاء صرح
    يوم أمس اليوم غدا أسبوع شهر سنة عام ساعة وقت الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت
    رئيس وزير حكومة دولة بلد بلاد شعب مجلس لجنة هيئة وزارة مسؤول مصدر بيان تصريح خبر أخبار تقرير وكالة صحيفة
    قناة شخص ناس مواطن رجل عدد مليون ألف نسبة دولار منطقة مدينة محافظة عاصمة جانب طرف عمل قرار اجتماع
    مؤتمر زيارة لقاء قضية ملف مشروع خطة برنامج اتفاق موقف حق حل أزمة وضع أمر شيء طريق نظام
    العرب عربي دولي محلي وطني سياسي العالم
";
