//! The words of dates, as tables: spelled as [`super::token::normal`] spells them.

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// 1 to 12.
    Month(i8),
    /// Whether the hours count from noon.
    Afternoon(bool),
    /// The `T` of ISO 8601.
    TimeFollows,
    /// Days of the week, and words between the parts: a date is the same without them.
    Noise,
}

/// What a word says; `None` where it is no word of dates.
pub(super) fn lookup(word: &str) -> Option<Word> {
    if let Some(month) = month(word) {
        return Some(Word::Month(month));
    }
    Some(match word {
        "t" => Word::TimeFollows,
        "am" | "a" | "ص" | "صباحا" | "صباحاً" | "فجرا" => Word::Afternoon(false),
        "pm" | "p" | "م" | "مساء" | "مساءا" | "ظهرا" | "عصرا" | "ليلا" => {
            Word::Afternoon(true)
        }
        _ if NOISE.contains(&word) || is_weekday(word) => Word::Noise,
        _ => return None,
    })
}

const NOISE: [&str; 31] = [
    "at",
    "on",
    "of",
    "the",
    "st",
    "nd",
    "rd",
    "th",
    "m",
    "de",
    "年",
    "月",
    "日",
    "년",
    "월",
    "일",
    "del",
    "um",
    "uhr",
    "à",
    "يوم",
    "في",
    "الساعه",
    "ساعه",
    "بتوقيت",
    "توقيت",
    "الموافق",
    "عام",
    "سنه",
    "شهر",
    "و",
];

fn is_weekday(word: &str) -> bool {
    const ARABIC: [&str; 9] =
        ["السبت", "الاحد", "الاثنين", "الاتنين", "الثلاثاء", "الثلاثا", "الاربعاء", "الخميس", "الجمعه"];
    let english = match word.get(..3) {
        Some("mon") => "monday",
        Some("tue") => "tuesday",
        Some("wed") => "wednesday",
        Some("thu") => "thursday",
        Some("fri") => "friday",
        Some("sat") => "saturday",
        Some("sun") => "sunday",
        _ => return ARABIC.contains(&word),
    };
    english.starts_with(word) || word == "weds"
}

/// English months in full or cut after three letters or more, Arabic months in full.
fn month(word: &str) -> Option<i8> {
    let (number, name) = match word.get(..3) {
        Some("jan") => (1, "january"),
        Some("feb") => (2, "february"),
        Some("mar") => (3, "march"),
        Some("apr") => (4, "april"),
        Some("may") => (5, "may"),
        Some("jun") => (6, "june"),
        Some("jul") => (7, "july"),
        Some("aug") => (8, "august"),
        Some("sep") => (9, "september"),
        Some("oct") => (10, "october"),
        Some("nov") => (11, "november"),
        Some("dec") => (12, "december"),
        _ => return listed(word),
    };
    if name.starts_with(word) { Some(number) } else { listed(word) }
}

fn listed(word: &str) -> Option<i8> {
    let number = |months: &[&[&str]; 12]| months.iter().position(|names| names.contains(&word));
    let arabic = number(&ARABIC);
    let at = arabic.or_else(|| number(&ELSEWHERE)).or_else(|| {
        // Cut after three letters or more, as in «août», «Ağu», «авг».
        let cut = |months: &[&[&str]; 12]| {
            months.iter().position(|names| names.iter().any(|name| name.starts_with(word)))
        };
        (word.chars().count() >= 3 && !word.starts_with('ا')).then(|| cut(&ELSEWHERE)).flatten()
    })?;
    i8::try_from(at + 1).ok()
}

/// The months of the languages whose feeds stand beside Arabic ones, in full: French, German, Spanish,
/// Italian, Portuguese, Turkish, Russian (of a date), Greek, Hungarian, Persian, Kurdish in Latin
/// letters. None is another month when it is cut; marks above letters stay as they are.
const ELSEWHERE: [&[&str]; 12] = [
    &[
        "janvier",
        "januar",
        "jänner",
        "enero",
        "gennaio",
        "janeiro",
        "ocak",
        "января",
        "ιανουαρίου",
        "január",
        "ژانويه",
        "rêbendan",
    ],
    &[
        "février",
        "fevrier",
        "februar",
        "febrero",
        "febbraio",
        "fevereiro",
        "şubat",
        "февраля",
        "φεβρουαρίου",
        "február",
        "فوريه",
        "reşemî",
    ],
    &["mars", "märz", "marzo", "março", "mart", "марта", "μαρτίου", "március", "adar"],
    &["avril", "abril", "aprile", "nisan", "апреля", "απριλίου", "április", "اوريل"],
    &["mai", "mayo", "maggio", "maio", "mayıs", "мая", "μαΐου", "május", "مه", "gulan"],
    &["juin", "juni", "junio", "giugno", "junho", "haziran", "июня", "ιουνίου", "június", "ژوين"],
    &["juillet", "juli", "julio", "luglio", "julho", "temmuz", "июля", "ιουλίου", "július", "ژوييه"],
    &["août", "aout", "agosto", "ağustos", "августа", "αυγούστου", "augusztus"],
    &[
        "septembre",
        "septiembre",
        "settembre",
        "setembro",
        "eylül",
        "сентября",
        "σεπτεμβρίου",
        "szeptember",
        "سپتامبر",
    ],
    &[
        "octobre",
        "oktober",
        "octubre",
        "ottobre",
        "outubro",
        "ekim",
        "октября",
        "οκτωβρίου",
        "október",
        "اكتبر",
    ],
    &["novembre", "noviembre", "novembro", "kasım", "ноября", "νοεμβρίου", "نوامبر"],
    &[
        "décembre",
        "decembre",
        "dezember",
        "diciembre",
        "dicembre",
        "dezembro",
        "aralık",
        "декабря",
        "δεκεμβρίου",
        "دسامبر",
    ],
];

/// By month: Egypt and the Gulf; Iraq and the Levant; the Maghreb.
const ARABIC: [&[&str]; 12] = [
    &["يناير", "جانفي"],
    &["فبراير", "شباط", "فيفري"],
    &["مارس", "اذار"],
    &["ابريل", "نيسان", "افريل"],
    &["مايو", "ايار", "ماي"],
    &["يونيو", "يونيه", "حزيران", "جوان"],
    &["يوليو", "يوليه", "تموز", "جويليه", "يوليوز"],
    &["اغسطس", "اب", "اوت", "غشت"],
    &["سبتمبر", "ايلول", "شتنبر"],
    &["اكتوبر", "تشرين الاول"],
    &["نوفمبر", "نونبر"],
    &["ديسمبر", "دجنبر"],
];

/// The months of Iraq and the Levant whose names are two words.
pub(super) fn month_of_two(first: &str, second: &str) -> Option<i8> {
    let second = second.strip_prefix("ال").unwrap_or(second);
    match (first, second) {
        ("كانون", "ثاني") => Some(1),
        ("تشرين", "اول") => Some(10),
        ("تشرين", "ثاني") => Some(11),
        ("كانون", "اول") => Some(12),
        _ => None,
    }
}
