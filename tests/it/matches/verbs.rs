//! What a verb matches: its conjugation, and nothing that only looks like it.

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use rasid::rules::{Condition, Within};
use rasid::text::fold;
use rasid::text::lexicon::verbs::{self, Entry};
use rasid::text::morphology::analysis::{analyse, senses};
use rasid::text::morphology::ending::Pronoun;
use rasid::text::morphology::headwords::Kind;
use rasid::text::morphology::proclitic::Proclitic;
use rasid::text::morphology::verb::{self, Verb};
use rasid::text::morphology::{Level, Written};

use super::marked::{check, places, rule_set};

/// A verb, the forms that are its own, and words that are not.
const PARADIGMS: &[(&str, &str, &str)] = &[
    (
        "جلس",
        "جلس جلست جلسا جلستا جلسوا جلسن جلسنا جلستم جلستما جلسه جلسها جلسته جلسوه جلسوها جلسناها جلستموها وجلس فجلست \
         يجلس تجلس نجلس يجلسون يجلسوا يجلسان تجلسان تجلسين يجلسن يجلسه تجلسها نجلسها يجلسونها يجلسوه سيجلس ستجلس \
         وسيجلسون فسنجلس ليجلس ولتجلس لتجلسه يجلسني",
        "الجلس بجلس مجلسة بيجلس اليجلس كيجلس سجلست جالس المجلس",
    ),
    (
        "أعلن",
        "أعلن اعلن أعلنت أعلنوا اعلنتا أعلنا أعلناه وأعلنت أعلنته أعلنها يعلن تعلن يعلنون يعلنوا يعلنان سيعلن ستعلنه \
         ليعلن ويعلنها نعلن أُعلن يُعلَن",
        "الإعلان علني معلن العلن بأعلن",
    ),
    ("قرّر", "قرر قرّر قررت قرروا قررنا يقرر تقرر سيقررون يقرّره لتقررها", "القرار مقرر قرر2"),
    (
        "قال",
        "قال قيل قيلت يقال تقال قالت قالا قالتا قالوا قلت قلنا قلتم قالها قاله قالته قالوه يقول تقول نقول أقول يقولون يقولوا يقولان تقولين \
         يقولها سيقول ستقول ليقول يقل تقل يقلن وقال فقال",
        "سيقل القال مقال نقل بقال القول قلة قلتها",
    ),
    ("باع", "باع باعت باعوا بعت بعنا يبيع تبيع يبيعون يبع تبيعها باعها سيبيعونه", "بائع مبيع البعت"),
    ("خاف", "خاف خافت خفت خفنا يخاف تخاف يخافون يخف تخافه", "الخوف خفيف مخافة"),
    ("أقام", "أقام اقام أقامت أقاموا أقمت أقمنا أقامها يقيم تقيم يقيمون يقم يقيمها سيقيم", "مقيم الإقامة"),
    ("استقال", "استقال استقالت استقالوا استقلت استقلنا يستقيل تستقيل يستقيلون يستقل", "استقالة مستقيل"),
    ("التقى", "التقى التقت التقوا التقاه والتقينا يلتقي تلتقي يلتقون سيلتقيه", "لقاء الملتقى"),
    ("اختار", "اختار اختارت اختاروا اخترت اخترنا اختارته يختار تختار يختارون يختر يختاره", "اختيار مختار"),
    ("وصل", "وصل وصلت وصلوا وصلنا يصل تصل يصلون سيصل ستصلها ليصل", "وصال مواصل"),
    ("اتصل", "اتصل اتصلت اتصلوا اتصلنا يتصل تتصل يتصلون سيتصل", "اتصال متصل"),
    (
        "دعا",
        "دعا دعي دعيت يدعى دعت دعوا دعوت دعونا دعاه دعته دعتا يدعو تدعو ندعو يدعون يدعوا يدعوان تدعين يدعوه يدعونه يدع سيدعو لتدعو",
        "دعاء داعية مدعو الدعوة",
    ),
    ("رمى", "رمى رمت رموا رميت رمينا رماه رمته رموه رميا يرمي ترمي يرمون يرموا يرميان يرميه يرم", "مرمي رام"),
    ("بقي", "بقي بقيت بقوا بقينا بقيتا يبقى تبقى يبقون يبقوا يبقيان يبق سيبقى تبقين", "بقية الباقي يبقي"),
    ("أعطى", "أعطى أعطت أعطوا أعطيت أعطاه أعطته يعطي تعطي يعطون يعطيه يعط سيعطيها", "عطاء إعطاء معط"),
    ("استدعى", "استدعى استدعت استدعوا استدعاه استدعته يستدعي تستدعي يستدعون يستدع", "استدعاء"),
    ("تلقى", "تلقى تلقت تلقوا تلقيت تلقاه تلقته يتلقى تتلقى يتلقون يتلقاه يتلق", "التلقي متلق"),
    ("مدّ", "مد مدت مدوا مددت مددنا مده يمد تمد يمدون يمدها", "امتداد المدة مادة"),
    ("احتلّ", "احتل احتلت احتلوا احتللنا احتله يحتل تحتل يحتلون يحتلل سيحتلها", "احتلال محتل"),
    ("استمرّ", "استمر استمرت استمروا استمررت يستمر تستمر يستمرون سيستمر يستمرر", "استمرار مستمر"),
    ("رأى", "رأى رأت رأوا رأيت رأينا رآه رأته يرى ترى نرى يرون يروا يراه ستراها ير يريان", "رأي رؤية مرآة"),
    ("جاء", "جاء جاءت جاؤوا جاءوا جئت جئنا جاءه جاءته يجيء تجيء يجيئون يجئ", "مجيء"),
    ("سأل", "سأل سأله سألت سألوا يسأل تسأل يسألون يسأله سئل سئلت", "سؤال مسألة سائل"),
    (
        "بدأ",
        "بدأ بدأت بدأوا بدؤوا بدأنا بدآ يبدأ تبدأ يبدأون يبدؤون يبدؤوا يبدآن يبدأه يبدؤه ستبدأ لتبدأ",
        "بداية مبدأ ابتداء",
    ),
    ("أنشأ", "أنشأ أنشأت أنشؤوا أنشأها ينشئ ينشىء تنشئ ينشئون ينشئها أنشئ أنشئت ينشأ", "إنشاء منشأة"),
    ("أكّد", "أكد اكد أكدت أكدوا يؤكد تؤكد يوكد يؤكدون نؤكد سيؤكد ليؤكد", "تأكيد مؤكد الأكيد"),
    ("أخذ", "أخذ أخذت أخذوا يأخذ تأخذ ياخذ يأخذون يأخذه يؤخذ تؤخذ", "مأخذ المأخوذ"),
    ("وضع", "يضع يوضع توضع وضعت وضعوا", "موضع"),
    ("وجد", "وجد وجدت يجد يوجد توجد", "موجود"),
    ("شاهد", "شاهد شوهد شوهدت يشاهد", "مشاهد"),
    ("زار", "زار زارت زرت يزور يزر يزار زاره زارها", "زيارة زائر"),
    ("أشار", "أشار أشارت أشرت أشير يشير يشار ويشار تشر", "إشارة"),
    ("اشترى", "اشترى اشترت اشتراه اشتري اشتريت يشتري يشترى تشترى", "مشتر"),
    ("وفى", "وفى وفت وفوا وفيت وفينا يفي تفي يفون يوفى", "وفاة"),
    ("وعى", "وعى وعت وعوا وعينا يعي تعي يعون", "توعية"),
    ("نوى", "نوى نوت نووا نوينا ينوي تنوي ينوون سينوي", "نووي النواة"),
    ("أحيا", "أحيا أحيت أحيوا أحياه يحيي تحيي يحيون", "إحياء حياة"),
    ("استولى", "استولى استولت استولوا استوليت يستولي تستولي يستولون يستول", "استيلاء مستول"),
    ("انضمّ", "انضم انضمت انضموا انضممت ينضم تنضم ينضمون سينضم", "انضمام منضم"),
    ("أعدّ", "أعد أعدت أعدوا أعددت أعده يعد تعد يعدون يعدها سيعد", "إعداد معد"),
    ("انهار", "انهار انهارت انهاروا انهرت ينهار تنهار ينهارون", "انهيار منهار"),
    ("اصطدم", "اصطدم اصطدمت يصطدم تصطدم سيصطدمون", "اصطدام صدم"),
    ("ازداد", "ازداد ازدادت ازددنا يزداد تزداد يزدادون", "ازدياد زيادة"),
    ("استأنف", "استأنف استانف استأنفت يستأنف تستأنف يستأنفون سيستأنفها", "استئناف مستأنف"),
    ("آمن", "آمن آمنت آمنوا آمنا يؤمن تؤمن يؤمنون", "إيمان مؤمن"),
    ("أوقف", "أوقف أوقفت أوقفوا أوقفته يوقف توقف يوقفون سيوقفها", "إيقاف موقف"),
    ("وقّع", "وقع وقعت وقعوا يوقع توقع يوقعون سيوقعها وقعها", "موقع توقيع"),
    ("تآمر", "تآمر تآمرت تآمروا يتآمر تتآمر يتآمرون", "مؤامرة"),
    ("فاجأ", "فاجأ فاجأت فاجأوا فاجأه فاجأتهم يفاجئ تفاجئ يفاجئون فوجئ فوجئت", "مفاجأة مفاجئ"),
    ("لجأ", "لجأ لجأت لجأوا لجؤوا لجأنا يلجأ تلجأ يلجأون يلجؤون سيلجأ", "لاجئ ملجأ"),
    ("أساء", "أساء أساءت أساؤوا أسأت أسأنا يسيء تسيء يسيئون يسئ", "إساءة مسيء"),
    ("شاء", "شاء شاءت شاؤوا شئت شئنا يشاء تشاء يشاؤون يشأ", "مشيئة"),
    ("أتى", "أتى أتت أتوا أتيت أتاه يأتي تأتي يأتون سيأتي يأت", "الآتي"),
    ("نسي", "نسي نسيت نسوا نسينا نسيه ينسى تنسى ينسون ينساه", "نسيان"),
    ("احمرّ", "احمر احمرت احمروا احمررت يحمر تحمر", "احمرار"),
    ("سيطر", "سيطر سيطرت سيطروا سيطرنا يسيطر تسيطر يسيطرون ستسيطر وسيطر", "سيطرة مسيطر"),
    ("اطمأنّ", "اطمأن اطمأنت اطمأنوا اطمأننت يطمئن تطمئن يطمئنون", "اطمئنان"),
    ("ليس", "ليس ليست ليسوا لست لسنا لستم أليس وليس فليست", "يليس"),
    ("زال", "زال زالت زالوا يزال تزال يزول تزول مازال مازالت لايزال ولاتزال", "زوال الزال"),
];

#[test]
fn verbs_are_conjugated() {
    let mut wrong = Vec::new();
    for (verb, forms, others) in PARADIGMS {
        let condition = Condition::from_query(verb, Within::Document).expect("the query is sound");
        let rules = rule_set(condition, &[]);
        let matches = |word: &&str| !places(&rules, "", word).is_empty();
        wrong.extend(
            forms.split_whitespace().filter(|form| !matches(form)).map(|form| format!("{verb} ↛ {form}")),
        );
        wrong.extend(others.split_whitespace().filter(matches).map(|other| format!("{verb} → {other}")));
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_name_that_is_a_verb() {
    check("مارس", "[مارس] [ومارس] و [يمارس] و [مارست] و [ستمارسها] لا تمرس");
    check("حلب", "[حلب] و [بحلب] لا يحلب");
    check("أشرف", "[أشرف] لا يشرف ولا أشرفت");
}

#[test]
fn a_verb_that_no_lexicon_has_is_conjugated_by_its_shape() {
    check("استنمر", "[استنمر] [استنمرت] [يستنمر] [سيستنمرون] لا استنمار ولا مستنمر");
    check("انزرف", "[انزرفت] [ينزرف] [انزرفوا] لا انزراف");
    check("اكتفلت", "اكتفال");
    check("تلظى", "[تلظت] [يتلظى] [تلظوا]");
    check("زكّف", "[زكف] [يزكف] [زكفوها] لا تزكيف");
}

fn verb_of(text: &str) -> Option<Verb> {
    let letters: Vec<u8> = text.chars().filter_map(|c| fold::fold(c).letter()).collect();
    verb::of(Written { text, letters: &letters, maqsura: text.ends_with('ى') })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever the conjugation makes is found as a form of that verb, unless it is more likely another word.
    #[test]
    fn every_form_is_found(entry in select(verbs::all().collect::<Vec<_>>()), which in any::<Index>()) {
        let verb = verb_of(entry.perfect).expect("a verb of the lexicon");
        let stems = verb.unmistakable();
        let stem = which.get(&stems);
        let condition = Condition::from_query(entry.perfect, Within::Document).expect("the query is sound");
        let rules = rule_set(condition, &[]);
        let senses = senses(entry.perfect, Level::Inflected);
        prop_assume!(senses.iter().all(|sense| sense.kind != Kind::Name)); // علا is taken for the name
        for (ending, _) in stem.paradigm.readings(Proclitic::Bare).pairs().filter(|&(_, pronoun)| pronoun == Pronoun::None) {
            let form = fold::written(&stem.letters) + ending.written();
            for form in [format!("و{form}"), form] {
                let found = analyse(&form, &senses, false);
                prop_assert!(found.is_some(), "{} ↛ {}", entry.perfect, form);
                let is_verb = found.is_some_and(|found| found.instead.is_none());
                prop_assert_eq!(!places(&rules, "", &form).is_empty(), is_verb, "{} and {}", entry.perfect, form);
            }
        }
    }
}

#[test]
fn the_lexicon_of_verbs_is_sound() {
    let letters =
        |text: &str| text.replace('\u{651}', "").chars().all(|c| ('ء'..='ي').contains(&c) && c != 'ـ');
    let mut seen = HashSet::new();
    for entry in verbs::all() {
        let Entry { perfect, imperfect, .. } = entry;
        assert!(seen.insert((perfect, imperfect)), "{perfect} {imperfect} stands twice");
        assert!(imperfect.starts_with('ي'), "{imperfect} is no imperfect");
        for word in [perfect, imperfect].into_iter().chain(entry.masdars()) {
            assert!(letters(word) && word.chars().count() >= 2, "{word} of {perfect} is no word");
        }
        let doubled = |text: &str| text.ends_with('\u{651}');
        assert_eq!(doubled(perfect), doubled(imperfect), "{perfect} {imperfect}");
        let stems = verb_of(perfect).expect("it is a verb").stems();
        assert!((4..=40).contains(&stems.len()), "{perfect} has {} stems", stems.len());
    }
    assert!(seen.len() > 2_000, "the file is whole");
}
