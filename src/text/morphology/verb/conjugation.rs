//! Conjugation: the principal parts of a verb in, its stems with their endings out.
//!
//! What the two parts end in says the class of the verb, whatever its Form: strong, doubled
//! (geminate), hollow, defective, with a hamza last (Wright I, §§ 120–182; Ryding, ch. 21–32).
//! Every class has one stem before endings that begin with a vowel and another before those that
//! begin with a consonant; the imperfect has a shorter one in the jussive.

use super::passive;
use super::stems::{Stems, Tense, alone, any, fold, with_object};
use crate::text::fold::Letter;
use crate::text::lexicon::verbs::{self, Entry};
use crate::text::morphology::ending::Ending::{
    self, An, Bare, Both, BothWomen, In, Maqsura, She, They, Un, We, Women, YouAll, YouTwo, YouWoman,
    YouWomen,
};
use crate::text::morphology::ending::Readings;

/// Perfect endings that begin with a vowel, or none: قال قالت قالتا قالوا قالا.
const VOWEL: Readings = any(&[Bare, She, They]).or(alone(&[Both, BothWomen]));
/// Perfect endings that begin with a consonant: قلت قلنا قلتم قلتما قلتن قلن.
const CONSONANT: Readings = any(&[She, We, YouAll]).or(alone(&[YouTwo, YouWomen, Women]));
/// The same on a stem of two letters, which with a pronoun would look like any noun: قمت, not قمتهم.
const CONSONANT_SHORT: Readings = alone(&[She, We, YouAll, YouTwo]);
/// Imperfect endings that begin with a vowel, or none: يقول يقولان يقولون يقولوا تقولين.
const IMPERFECT: Readings = any(&[Bare, Un, They]).or(alone(&[An, Both, In, YouWoman]));
/// Perfect endings that a noun has too: عرض, عرضه, عرضا.
const LIKE_NOUN: Readings = any(&[Bare, Women]).or(alone(&[Both]));
const WOMEN: Readings = alone(&[Women]);
/// All that can stand before an object.
const ALL: &[Ending] = &[Bare, She, They, We, YouAll, Un];
/// Endings before which a defective stem loses its last radical: رموا, يرمون, ترمين.
const LOSING: Readings = any(&[Un, They]).or(alone(&[In]));

/// The two forms that a dictionary gives, as characters without marks.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    /// Third person masculine singular.
    pub(super) perfect: Vec<char>,
    /// The same, from its ي.
    pub(super) imperfect: Vec<char>,
    /// Whether the last radical is written once for two: مدّ.
    pub(super) doubled: bool,
    /// Whether it is known to have no object, and so no passive.
    pub(super) intransitive: bool,
    /// Whether the middle radical is doubled: Forms II and V.
    pub(super) second: bool,
    /// Its line of the lexicon.
    pub(super) entry: Option<Entry>,
}

pub(super) const SHADDA: char = '\u{651}';

impl From<&Entry> for Parts {
    /// The lexicon writes the shadda of doubled verbs.
    fn from(entry: &Entry) -> Parts {
        let bare = |text: &str| text.chars().filter(|&c| c != SHADDA).collect();
        let doubled = entry.perfect.ends_with(SHADDA);
        let (perfect, imperfect): (Vec<char>, Vec<char>) = (bare(entry.perfect), bare(entry.imperfect));
        // The masdar of transitives is like قول (Wright I, § 196); those of motion have a causative.
        let like_act = |masdar: &str| matches!(masdar.chars().collect::<Vec<_>>()[..], [_, 'و' | 'ي', _]);
        let causative = || verbs::by_perfect(&fold(&[&['أ'], &perfect[..]].concat())).next().is_some();
        let intransitive = perfect.len() == 3 && !entry.masdars().any(like_act) && causative();
        let second = entry.perfect.trim_end_matches(SHADDA).contains(SHADDA);
        Parts { perfect, imperfect, doubled, intransitive, second, entry: Some(*entry) }
    }
}

impl Parts {
    /// ليس, "is not", which has a perfect alone (Wright I, § 182).
    pub(super) fn is_not() -> Parts {
        Parts {
            perfect: vec!['ل', 'ي', 'س'],
            imperfect: Vec::new(),
            doubled: false,
            intransitive: true,
            second: false,
            entry: None,
        }
    }

    /// Whether it means "to go on" after a negation, which many write in one word: مازال, لايزال.
    pub(super) fn is_negated(&self) -> bool {
        const NEGATED: [(&str, &str); 3] = [("زال", "يزال"), ("برح", "يبرح"), ("فتئ", "يفتأ")];
        let is = |form: &[char], text: &str| form.iter().copied().eq(text.chars());
        NEGATED
            .iter()
            .any(|(perfect, imperfect)| is(&self.perfect, perfect) && is(&self.imperfect, imperfect))
    }

    /// Whether the middle radical is a long vowel: قال, أقام, استقال.
    pub(super) fn is_hollow(&self) -> bool {
        !self.doubled && matches!(self.perfect[..], [_, .., 'ا', last] if !matches!(last, 'ى' | 'ا'))
    }
}

/// How much of a conjugation is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of it.
    Whole,
    /// What no noun with the same letters has, and no rare form.
    Unmistakable,
    /// No rare form, and no passive: what a reader thinks of before another word.
    Likely,
}

/// Adds the stems of the active, and of the passive where it is spelled otherwise.
pub(super) fn conjugate(
    parts: &Parts,
    reach: Reach,
    stems: &mut Stems,
    is_other: &dyn Fn(&[Letter]) -> bool,
) {
    let mut conjugation = Conjugation { stems, reach, is_other, passive: false };
    conjugation.perfect(&parts.perfect, parts);
    conjugation.imperfect(&parts.imperfect, parts);
    if reach == Reach::Likely {
        return;
    }
    conjugation.passive = true;
    let (perfect, imperfect) = passive::of(parts);
    if let Some(perfect) = perfect.filter(|perfect| !is_other(&fold(perfect))) {
        conjugation.perfect(&perfect, parts);
    }
    if let Some(imperfect) = imperfect {
        conjugation.imperfect(&imperfect, parts);
    }
}

struct Conjugation<'a> {
    stems: &'a mut Stems,
    reach: Reach,
    /// Which has no object.
    passive: bool,
    is_other: &'a dyn Fn(&[Letter]) -> bool,
}

impl Conjugation<'_> {
    fn perfect(&mut self, perfect: &[char], parts: &Parts) {
        match perfect {
            [.., last] if parts.doubled => {
                self.past(perfect, VOWEL);
                self.before_consonant(&[perfect, &[*last]].concat()); // مددت
            }
            [base @ .., 'ى'] => {
                self.past(base, any(&[She, They]).or(alone(&[Maqsura, BothWomen]))); // رمى رمت رموا
                self.past(&[base, &['ا']].concat(), with_object(&[Bare])); // رماه
                self.before_consonant(&[base, &['ي']].concat()); // رميت
                self.past(&[base, &['ي']].concat(), alone(&[Both]));
            }
            [base @ .., 'ا'] => {
                let third = if parts.imperfect.ends_with(&['و']) { 'و' } else { 'ي' };
                self.past(perfect, any(&[Bare])); // دعا دعاه
                self.past(base, any(&[She, They]).or(alone(&[BothWomen]))); // دعت دعوا
                self.before_consonant(&[base, &[third]].concat()); // دعوت
                self.past(&[base, &[third]].concat(), alone(&[Both]));
            }
            [base @ .., 'ي'] => {
                self.past(perfect, any(&[Bare, She]).or(alone(&[Both, BothWomen]))); // بقي بقيت
                self.before_consonant(perfect);
                self.past(base, any(&[They])); // بقوا
            }
            [first @ .., 'ا' | 'ي', last] if parts.is_hollow() => {
                self.past(perfect, VOWEL); // قال قالت
                let last = match (last, first.len()) {
                    ('ء', 1) => 'ئ', // جئت
                    ('ء', _) => 'أ', // أضأت
                    _ => *last,
                };
                self.before_consonant(&[first, &[last]].concat()); // قلت
            }
            ['ل', 'ي', 'س'] => {
                self.past(perfect, VOWEL);
                self.past(&['أ', 'ل', 'ي', 'س'], VOWEL); // the question أليس
                self.before_consonant(&['ل', 'س']);
            }
            _ => {
                self.past(perfect, VOWEL);
                self.before_consonant(perfect);
            }
        }
    }

    /// A last ن is written once with the ن of نا: كنا.
    fn before_consonant(&mut self, stem: &[char]) {
        match stem {
            [_, 'ن'] => self.past(stem, alone(&[Both])),
            [before @ .., 'ن'] => self.past(before, any(&[We])),
            _ => {}
        }
        self.past(stem, if stem.len() > 2 { CONSONANT } else { CONSONANT_SHORT });
    }

    fn past(&mut self, stem: &[char], readings: Readings) {
        let readings = match self.reach {
            Reach::Unmistakable if !self.passive => readings.without(LIKE_NOUN),
            _ => readings,
        };
        self.stems.perfect(stem, self.of_voice(readings));
    }

    fn of_voice(&self, readings: Readings) -> Readings {
        if self.passive { readings.without(with_object(ALL)) } else { readings }
    }

    fn imperfect(&mut self, imperfect: &[char], parts: &Parts) {
        let [_, body @ ..] = imperfect else { return };
        match body {
            [.., last] if parts.doubled => {
                self.add(body, IMPERFECT, Tense::Imperfect);
                self.add(&[body, &[*last]].concat(), alone(&[Bare]).or(WOMEN), Tense::Jussive); // يمدد
            }
            [base @ .., 'ي'] => {
                self.add(body, any(&[Bare]).or(alone(&[An, Both, Women])), Tense::Imperfect); // يرمي يرميان
                self.defective(base, Readings::NONE);
            }
            [base @ .., 'ى'] => {
                self.add(&[base, &['ي']].concat(), alone(&[An, Both, Women]), Tense::Imperfect); // يبقيان
                self.add(&[base, &['ا']].concat(), with_object(&[Bare]), Tense::Imperfect); // يراه
                self.defective(base, alone(&[Maqsura]));
            }
            [base @ .., 'و'] => {
                self.add(body, any(&[Bare]).or(alone(&[An, Both, Women])), Tense::Imperfect); // يدعو يدعوان
                self.defective(base, Readings::NONE);
            }
            [base @ .., 'ا'] => {
                self.add(body, any(&[Bare]), Tense::Imperfect); // يحيا
                self.add(base, LOSING, Tense::Imperfect);
            }
            [first @ .., 'ا' | 'و' | 'ي', last] if parts.is_hollow() => {
                self.add(body, IMPERFECT, Tense::Imperfect); // يقول
                let last = match (last, body) {
                    ('ء', [.., 'ا', _]) => 'أ', // يشأ
                    ('ء', _) => 'ئ',            // يجئ
                    _ => *last,
                };
                self.add(&[first, &[last]].concat(), any(&[Bare]).or(WOMEN), Tense::Jussive); // يقل يقلن
            }
            _ => self.add(body, IMPERFECT.or(WOMEN), Tense::Imperfect),
        }
    }

    /// What has lost its last radical: يرمون, and the jussive يرم.
    fn defective(&mut self, base: &[char], more: Readings) {
        self.add(base, LOSING.or(more), Tense::Imperfect);
        self.add(base, alone(&[Bare]), Tense::Jussive);
    }

    /// The first persons and the jussive are rare in news and give way to other words with the same
    /// letters; a jussive of two letters is known by its ي alone.
    fn add(&mut self, body: &[char], readings: Readings, tense: Tense) {
        let (is_other, reach, passive) = (self.is_other, self.reach, self.passive);
        let short = tense == Tense::Jussive && body.len() < 2;
        self.stems.imperfect(tense, body, self.of_voice(readings), |person, form| {
            let first = matches!(person, 'أ' | 'ن');
            let rare = tense == Tense::Jussive || first;
            !rare
                || !(first && passive)
                    && reach == Reach::Whole
                    && (person == 'ي' || !short && !is_other(&fold(form)))
        });
    }
}
