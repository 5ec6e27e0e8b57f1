//! Arabic morphology: a word of a rule in, every stem it stands for and what each may wear out.
//!
//! The work is done when a rule is compiled. [`expand`] turns a word into stems, each with a
//! [`Paradigm`]; a word of a text is only cut by the grammar of [`proclitic`] and [`ending`], and looked up.
//! Shapes decide here, not words: what a word ends in says which endings it takes. Broken plurals,
//! conjugation and vetoes by a lexicon have their place in [`expand`] and [`is_whole`].

pub mod ending;
mod family;
pub mod proclitic;
pub mod verb;

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::fold::{self, Letter, letter};
use ending::Ending::{
    Accusative, An, At, Bare, ConstructA, ConstructI, ConstructTa, ConstructTi, ConstructU, In, Maqsura, Ta,
    Tan, Tin, Un,
};
use ending::{Paradigm, Pronoun, Readings};

const HAMZA: Letter = letter('ء');
const ALEF: Letter = letter('ا');
const TEH: Letter = letter('ت');
const LAM: Letter = letter('ل');
const MEEM: Letter = letter('م');
const NOON: Letter = letter('ن');
const HEH: Letter = letter('ه');
const WAW: Letter = letter('و');
const YEH: Letter = letter('ي');
const TEH_MARBUTA: Letter = letter('ة');

/// How far a word of a rule reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// `=word`: this form, with و ف ب ك ل ال and their combinations.
    Exact,
    /// A bare word: its inflections too.
    Inflected,
    /// `~word`: the inflections of its whole family.
    Loose,
}

/// Letters that a word stands for, and what they may wear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem {
    /// Folded; never empty.
    pub letters: Vec<Letter>,
    /// What may stand around them.
    pub paradigm: Paradigm,
}

/// A word as a rule writes it.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// As written.
    pub text: &'a str,
    /// Folded.
    pub letters: &'a [Letter],
    /// As in [`super::word::Word`].
    pub maqsura: bool,
}

const ALONE: Readings = Readings::of(&[Bare], Pronoun::None);
/// A form that is complete but for a pronoun.
const POSSESSED: Readings = ALONE.or(Readings::of(&[Bare], Pronoun::Any));
const MY: Readings = Readings::of(&[Bare], Pronoun::My);
const FEMININE: Readings = Readings::of(&[Ta], Pronoun::None);
/// A noun in ة, after which a pronoun finds a ت.
const TA_NOUN: Readings = FEMININE
    .or(Readings::of(&[At, Tan, Tin, ConstructTa, ConstructTi], Pronoun::None))
    .or(Readings::of(&[Ta, At, ConstructTa, ConstructTi], Pronoun::Any))
    .or(Readings::of(&[Ta, At], Pronoun::My));
/// A noun that ends in a consonant.
const NOUN: Readings = POSSESSED
    .or(MY)
    .or(Readings::of(&[Accusative, An, In, Un, At, ConstructU], Pronoun::None))
    .or(Readings::of(&[At, ConstructA, ConstructI, ConstructU], Pronoun::Any))
    .or(Readings::of(&[At], Pronoun::My));
/// A nisba: عراقي, عراقية, عراقيون.
const NISBA: Readings = POSSESSED
    .or(FEMININE)
    .or(Readings::of(&[Accusative, An, In, Un, At, Tan, Tin], Pronoun::None))
    .or(Readings::of(&[Ta, At], Pronoun::Any));

/// Every stem that a word of a rule stands for.
pub fn expand(word: Written<'_>, level: Level) -> Vec<Stem> {
    if level == Level::Loose {
        return family::stems(word);
    }
    let mut stems = Stems(Vec::new());
    stems.word(word, level);
    if let Some((text, letters)) = hamza_variants(word) {
        stems.word(Written { text: &text, letters: &letters, ..word }, level);
    }
    stems.0
}

/// The letters that a word may begin with where a rule says `letters*`.
pub fn prefixes(letters: &[Letter]) -> Vec<Vec<Letter>> {
    match letters {
        [stem @ .., TEH_MARBUTA | HEH] => [TEH_MARBUTA, HEH].map(|last| [stem, &[last]].concat()).to_vec(),
        _ => vec![letters.to_vec()],
    }
}

/// Whether these letters are one word that only looks as if it wore something.
pub fn is_whole(letters: &[Letter]) -> bool {
    static WORDS: LazyLock<HashSet<Vec<Letter>, BuildHasherDefault<Fnv>>> =
        LazyLock::new(|| WHOLE.split_whitespace().map(letters_of).collect());
    WORDS.contains(letters)
}

/// FNV-1a: a few instructions for a word, and nobody else chooses what is in [`WHOLE`].
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Fnv {
        Fnv(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
        }
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

struct Stems(Vec<Stem>);

impl Stems {
    fn word(&mut self, word: Written<'_>, level: Level) {
        if is_whole(word.letters) {
            self.add(word.letters, Paradigm::of(ALONE)); // what is one whole is not found by its parts
        }
        if let [ALEF, LAM, rest @ ..] = word.letters
            && is_whole(word.letters)
        {
            let lams: &[Letter] = if rest.first() == Some(&LAM) { &[LAM] } else { &[LAM, LAM] };
            self.add(&[lams, rest].concat(), Paradigm::of(ALONE)); // لله, للذين
        }
        let without_article = without_article(word);
        match level {
            Level::Exact => {
                self.exact(word.letters, |paradigm| paradigm);
                if let Some(letters) = without_article {
                    self.exact(letters, Paradigm::definite_only);
                }
            }
            Level::Inflected | Level::Loose => {
                match without_article {
                    Some(letters) => self.by_shape(Written { letters, ..word }),
                    None => self.inflected(word),
                }
                if without_article.is_some() {
                    self.add(word.letters, Paradigm::of(POSSESSED)); // التزام is no تزام with an article
                }
            }
        }
    }

    fn exact(&mut self, letters: &[Letter], limit: impl Fn(Paradigm) -> Paradigm) {
        match letters {
            [stem @ .., TEH_MARBUTA | HEH] if !stem.is_empty() => {
                self.add(stem, limit(Paradigm::of(FEMININE)));
            }
            _ => self.add(letters, limit(Paradigm::of(ALONE))),
        }
    }

    fn inflected(&mut self, word: Written<'_>) {
        match verb::of(word) {
            Some(verb) if verb.is_only_verb(word) => {
                self.written(word);
                self.verb(verb.stems());
            }
            Some(verb) => {
                self.by_shape(word);
                self.verb(verb.unmistakable());
            }
            None => self.by_shape(word),
        }
    }

    /// The form itself, of a verb.
    fn written(&mut self, word: Written<'_>) {
        match word.letters {
            [base @ .., YEH] if word.maqsura => {
                self.add(base, Paradigm::verb(Readings::of(&[Maqsura], Pronoun::None)));
            }
            letters => self.add(letters, Paradigm::verb(ALONE)),
        }
    }

    /// The stems of a verb, and its forms that would otherwise be found by their parts alone.
    fn verb(&mut self, stems: Vec<Stem>) {
        for stem in stems {
            for whole in
                stem.paradigm.endings().map(|ending| [&stem.letters[..], &letters_of(ending)].concat())
            {
                if whole.len() > stem.letters.len() && is_whole(&whole) {
                    self.add(&whole, Paradigm::verb(ALONE));
                }
            }
            self.add(&stem.letters, stem.paradigm);
        }
    }

    /// What a word ends in says what it may wear.
    fn by_shape(&mut self, word: Written<'_>) {
        let letters = word.letters;
        match letters {
            [stem @ .., TEH_MARBUTA] if stem.len() >= 2 => self.ta_noun(stem),
            [stem @ .., YEH] if word.maqsura && stem.len() >= 2 => self.maqsura_noun(stem),
            [stem @ .., HEH] if stem.len() >= 2 => {
                self.noun(letters); // وجه
                self.ta_noun(stem); // حكومه, as many write حكومة
            }
            [.., ALEF, TEH] if letters.len() == 4 => self.add(letters, Paradigm::of(NOUN.or(MY))), // قوات, نبات
            [.., ALEF, TEH] if letters.len() > 4 => self.add(letters, Paradigm::of(POSSESSED.or(MY))),
            [stem @ .., ALEF, HAMZA] if stem.len() >= 2 => {
                self.add(letters, Paradigm::of(NOUN));
                let long = Readings::of(&[At, An, In], Pronoun::None);
                self.add(&[stem, &[ALEF, WAW]].concat(), Paradigm::of(long)); // صحراوات
            }
            [.., ALEF] => self.add(letters, Paradigm::of(POSSESSED.or(MY))),
            [.., YEH] if letters.len() >= 4 => self.add(letters, Paradigm::of(NISBA)),
            _ => self.noun(letters),
        }
    }

    fn noun(&mut self, letters: &[Letter]) {
        let mut readings = NOUN;
        if letters.len() >= 4 {
            readings = readings.or(Readings::of(&[Bare], Pronoun::Me));
        }
        if is_adjective(letters) {
            readings = readings.or(FEMININE);
        }
        self.add(letters, Paradigm::of(readings).with_future(future(letters)));
    }

    fn ta_noun(&mut self, stem: &[Letter]) {
        self.add(stem, Paradigm::of(TA_NOUN));
        if let [root @ .., ALEF] = stem {
            for third in [WAW, YEH] {
                self.add(&[root, &[third]].concat(), Paradigm::of(Readings::of(&[At], Pronoun::None))); // قنوات, فتيات
            }
        }
    }

    /// مستشفى, مستشفيات, مستشفاهم.
    fn maqsura_noun(&mut self, stem: &[Letter]) {
        let alone = ALONE.or(Readings::of(&[At, An, In], Pronoun::None));
        self.add(&[stem, &[YEH]].concat(), Paradigm::of(alone));
        let possessed = Readings::of(&[Bare], Pronoun::Any).or(MY);
        self.add(&[stem, &[ALEF]].concat(), Paradigm::of(possessed));
    }

    fn add(&mut self, letters: &[Letter], paradigm: Paradigm) {
        let stem = Stem { letters: letters.to_vec(), paradigm };
        if !self.0.contains(&stem) {
            self.0.push(stem);
        }
    }
}

/// The shapes of adjectives, which have a feminine: مسلح, شامل, كبير. Of other nouns ة makes another
/// noun: كتاب, كتابة.
fn is_adjective(letters: &[Letter]) -> bool {
    matches!(letters, [MEEM, _, _, _, ..] | [_, ALEF, _, _] | [_, _, YEH, _])
}

/// A word with the shape of an imperfect verb may follow the س of the future.
fn future(letters: &[Letter]) -> Readings {
    match letters {
        [.., ALEF, TEH | HAMZA] | [.., YEH, NOON] => Readings::NONE,
        [YEH | TEH | NOON, _, _, ..] => POSSESSED,
        _ => Readings::NONE,
    }
}

/// What follows ال in a word that begins with it, unless its alef has a hamza.
fn without_article(word: Written<'_>) -> Option<&[Letter]> {
    match word.letters {
        [ALEF, LAM, rest @ ..] if rest.len() >= 2 && !is_whole(word.letters) => {
            if verb::is_listed(word) {
                return None; // التزم, التقى
            }
            let first = word.text.chars().find(|&c| fold::fold(c).letter().is_some());
            (!matches!(first, Some('أ' | 'إ' | 'آ'))).then_some(rest)
        }
        _ => None,
    }
}

/// Spellings of a hamza in which more changes than its seat.
fn hamza_variants(word: Written<'_>) -> Option<(String, Vec<Letter>)> {
    match word.letters {
        [stem @ .., YEH, HAMZA] => Some((word.text.to_owned(), [stem, &[HAMZA]].concat())), // شيء, شئ
        [stem @ .., HAMZA] if word.text.ends_with('ئ') => {
            Some((word.text.to_owned(), [stem, &[YEH, HAMZA]].concat()))
        }
        _ if word.text.contains(['ؤ', 'ئ']) => {
            let bare = word.text.replace('ؤ', "و").replace('ئ', "ي"); // مسؤول, مسوول
            let letters = letters_of(&bare);
            Some((bare, letters))
        }
        _ => None,
    }
}

fn letters_of(text: &str) -> Vec<Letter> {
    text.chars().filter_map(|c| fold::fold(c).letter()).collect()
}

/// Words that news is full of and that the grammar would cut in two.
const WHOLE: &str = "
    الله الى الا الذي التي الذين اللذان اللتان اللاتي اللواتي الان
    بعد بعض بين بينما بدون بدل بل بلا بان بما بذلك بهذا بهذه بها به بهم بنا بك بي
    كل كان كانت كانوا كما كذلك كي كيف كم كلا كلتا كامل كاملة كبير كبيرة كبار كبرى كثير كثيرة كتب كتاب كلم
    لن لم لما لكن لدى لدي لذلك لذا لهذا لهذه لها له لهم لنا لك لي لو لولا ليس ليست لقد لان لعل لاجل
    سوف سوى سيد سيدة سادة سنة سنوات سبب سبق سعر سكان سلاح سلام سوق سوريا سوري سورية
    فقط فقد فوق فان فانه في فيه فيها فيهم فيما فكر فرد فرق فعل فريق فئة فترة
    وقت وقد وفد وفق وزن وجه وحدة وحده وضع وطن ولا ولد ولو وما وهو وهي وان ومن
    هذا هذه هناك هنا هم هما هن انه انها انهم اننا لانه لانها منه منها منهم منا عنه عنها عنهم
    عليه عليها عليهم علينا اليه اليها اليهم الينا لديه لديها لديهم معه معها معهم معنا
    بعيد بعيدة بارز بارزة بليغ باهظ بطل بحر بحث برنامج بلد بلاد بيان بيت بناء بنك بشر بشكل
    لبنان لجنة لغة لقاء ليبيا ليل ليلة لون لوحة
    ليبيا روسيا تركيا ايطاليا المانيا بريطانيا استراليا اسبانيا ماليزيا اندونيسيا اوكرانيا رومانيا بلغاريا
    ارمينيا جورجيا نيجيريا اثيوبيا موريتانيا تنزانيا كولومبيا كينيا صربيا كرواتيا البانيا مقدونيا سلوفينيا
    قانون مليون بليون تلفزيون زيتون عيون شؤون قرون ديون سجون فنون ثمانون عشرون
    مكان زمان لسان انسان سلطان برلمان ميدان بستان عنوان عدوان اعلان لجان سكان جيران نيران الوان
    ثمين سفين يمين حين دين عين طين سنين فلسطين ملايين قوانين مساكين بساتين مجانين
    نبات بنات وفاة حياة فتاة قناة ذات مات بات فات
    عراقي سوري لبناني مصري اردني فلسطيني اسرائيلي يمني سعودي كويتي قطري بحريني اماراتي عماني ايراني تركي ليبي
    تونسي جزائري مغربي سوداني افغاني باكستاني هندي صيني ياباني روسي فرنسي الماني ايطالي بريطاني اسباني امريكي
    اميركي عربي اسلامي اوروبي افريقي اسيوي غربي شرقي شمالي جنوبي دولي محلي وطني سياسي اقتصادي عسكري امني
    تجاري مالي نفطي حكومي رئاسي وزاري برلماني انتخابي قانوني دستوري جوي بحري بري رقمي شعبي ديني مدني ثقافي
    علمي طبي صحي رياضي اعلامي صحفي استثماري صناعي زراعي تعليمي تاريخي استثنائي عادي
    بحرين مكتبة مدينة سفينة طريقة حقيقة نتيجة جزيرة عاصمة قائمة جامعة دائرة
";
