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

const NOISE: [&str; 20] = [
    "at",
    "on",
    "of",
    "the",
    "st",
    "nd",
    "rd",
    "th",
    "m",
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
    const ENGLISH: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let short = |day: &&str| word.len() >= 3 && day.starts_with(word);
    ENGLISH.iter().any(short) || word == "thur" || word == "weds" || ARABIC.contains(&word)
}

fn month(word: &str) -> Option<i8> {
    let english = |name: &&str| word.len() >= 3 && name.starts_with(word);
    let at = ENGLISH.iter().position(|name| english(name));
    let at = at.or_else(|| ARABIC.iter().position(|names| names.contains(&word)));
    at.and_then(|at| i8::try_from(at + 1).ok())
}

const ENGLISH: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
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
