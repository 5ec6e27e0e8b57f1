//! The mail's own words, in each language that a subscriber may choose.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::config::Language;
use crate::rules::Severity;

/// What does not depend on the entries. Names are those the templates use.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Phrases {
    /// A BCP 47 tag.
    pub lang: &'static str,
    /// `rtl` or `ltr`.
    pub dir: &'static str,
    /// Before the time at which an entry was had, where the feed gives none to be believed.
    pub seen: &'static str,
    /// Before the titles of the rules that hold for an entry.
    pub rules: &'static str,
    /// Before the reason for which this mail was sent.
    pub why: &'static str,
    /// Before the name of the time zone.
    pub zone: &'static str,
    /// Before an entry for which a rule of severity `high` holds.
    #[serde(skip)]
    pub high: &'static str,
    /// The same for `urgent`.
    #[serde(skip)]
    pub urgent: &'static str,
    /// Where an entry has neither title nor text.
    #[serde(skip)]
    pub untitled: &'static str,
    /// Between items of a list, with its space.
    pub comma: &'static str,
}

const AR: Phrases = Phrases {
    lang: "ar",
    dir: "rtl",
    seen: "رُصد",
    rules: "القواعد:",
    why: "وصلتك هذه الرسالة من راصد لأنك طلبت متابعة:",
    zone: "الأوقات بحسب المنطقة الزمنية",
    high: "مهم",
    urgent: "عاجل",
    untitled: "(بلا عنوان)",
    comma: "، ",
};

const EN: Phrases = Phrases {
    lang: "en",
    dir: "ltr",
    seen: "seen",
    rules: "Rules:",
    why: "rasid sent you this because you asked to follow:",
    zone: "Times are in the zone",
    high: "Important",
    urgent: "Urgent",
    untitled: "(no title)",
    comma: ", ",
};

impl Phrases {
    /// Those of a language.
    pub(super) fn of(language: Language) -> &'static Phrases {
        match language {
            Language::Ar => &AR,
            Language::En => &EN,
        }
    }

    /// What is said of a severity; nothing where it is nothing special.
    pub(super) fn severity(&self, severity: Severity) -> Option<&'static str> {
        match severity {
            Severity::Low | Severity::Normal => None,
            Severity::High => Some(self.high),
            Severity::Urgent => Some(self.urgent),
        }
    }
}

/// So many entries, as a noun phrase.
pub(super) fn entries(language: Language, count: usize) -> String {
    match (language, count) {
        (Language::En, 1) => "1 report".to_owned(),
        (Language::En, _) => format!("{count} reports"),
        (Language::Ar, 1) => "خبر واحد".to_owned(),
        (Language::Ar, 2) => "خبران".to_owned(),
        // The counted noun follows the number's last two digits.
        (Language::Ar, _) => match count % 100 {
            3..=10 => format!("{count} أخبار"),
            11..=99 => format!("{count} خبرًا"),
            _ => format!("{count} خبر"),
        },
    }
}

/// The line at the head of the mail.
pub(super) fn heading(language: Language, count: usize) -> String {
    let entries = entries(language, count);
    match (language, count) {
        (Language::Ar, 1) => format!("{entries} يطابق ما تتابعه"),
        (Language::Ar, 2) => format!("{entries} يطابقان ما تتابعه"),
        (Language::Ar, _) => format!("{entries} تطابق ما تتابعه"),
        (Language::En, 1) => format!("{entries} matches what you follow"),
        (Language::En, _) => format!("{entries} match what you follow"),
    }
}

/// Date and time to the minute, months in both of the Arabic families.
pub(super) fn time(language: Language, time: Timestamp, zone: &TimeZone) -> String {
    let at = time.to_zoned_datetime(zone.clone());
    let months = match language {
        Language::Ar => &MONTHS_AR,
        Language::En => &MONTHS_EN,
    };
    let month =
        months.get(usize::from(at.month().unsigned_abs()).wrapping_sub(1)).copied().unwrap_or_default();
    let comma = Phrases::of(language).comma;
    format!("{} {month} {}{comma}{:02}:{:02}", at.day(), at.year(), at.hour(), at.minute())
}

const MONTHS_AR: [&str; 12] = [
    "كانون الثاني/يناير",
    "شباط/فبراير",
    "آذار/مارس",
    "نيسان/أبريل",
    "أيار/مايو",
    "حزيران/يونيو",
    "تموز/يوليو",
    "آب/أغسطس",
    "أيلول/سبتمبر",
    "تشرين الأول/أكتوبر",
    "تشرين الثاني/نوفمبر",
    "كانون الأول/ديسمبر",
];

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
