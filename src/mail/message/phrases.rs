//! The mail's own words, in each language that a subscriber may choose.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
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
    /// Before the titles of the rules that hold for a story.
    pub rules: &'static str,
    /// Before the outlet that told a story first.
    pub first: &'static str,
    /// Before the other entries of a story that this message tells.
    pub also: &'static str,
    /// Before the outlets of which earlier messages told.
    pub earlier: &'static str,
    /// After an entry whose text repeats another's.
    pub copy: &'static str,
    /// Before the reason for which this mail was sent.
    pub why: &'static str,
    /// Before the name of the time zone.
    pub zone: &'static str,
    /// Mutes a story.
    pub mute: &'static str,
    /// Asks whether a rule was right, before the two answers.
    pub judge: &'static str,
    /// It was.
    pub relevant: &'static str,
    /// It was not.
    pub irrelevant: &'static str,
    /// Before the sender's address, to which one writes where there are no links.
    pub leave: &'static str,
    /// At the head of a message that goes on with a story.
    #[serde(skip)]
    pub follow_up: &'static str,
    /// Before what a story's new entries add to it.
    #[serde(skip)]
    pub news: News,
    /// Pauses for a day.
    #[serde(skip)]
    pub pause: &'static str,
    /// Switches to one message a day.
    #[serde(skip)]
    pub digest: &'static str,
    /// Ends all mail.
    #[serde(skip)]
    pub unsubscribe: &'static str,
    /// Before the subject of a message that only shows how one looks.
    #[serde(skip)]
    pub trial: &'static str,
    /// The same at its head.
    #[serde(skip)]
    pub trial_says: &'static str,
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

/// What stands before each kind of news.
#[derive(Debug, Clone)]
pub(super) struct News {
    pub rules: &'static str,
    pub names: &'static str,
    pub numbers: &'static str,
    pub outlets: &'static str,
}

const AR: Phrases = Phrases {
    lang: "ar",
    dir: "rtl",
    seen: "رُصد",
    rules: "القواعد:",
    first: "أول من نشر:",
    also: "ونشره أيضًا:",
    earlier: "سبق أن وصلك من:",
    copy: "نص واحد",
    why: "وصلتك هذه الرسالة من راصد لأنك طلبت متابعة:",
    zone: "الأوقات بحسب المنطقة الزمنية",
    mute: "كتم هذا الخبر",
    judge: "هل يهمك هذا الخبر؟",
    relevant: "يهمني",
    irrelevant: "لا يهمني",
    leave: "لإلغاء الاشتراك راسل",
    follow_up: "جديد في خبر تتابعه",
    news: News {
        rules: "قواعد أخرى:",
        names: "أسماء جديدة:",
        numbers: "أرقام جديدة:",
        outlets: "مصادر مستقلة حتى الآن:",
    },
    pause: "إيقاف الرسائل يومًا",
    digest: "رسالة واحدة في اليوم",
    unsubscribe: "إلغاء الاشتراك",
    trial: "تجربة",
    trial_says: "هذه رسالة تجريبية تريك كيف تبدو رسائل راصد.",
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
    first: "First told by:",
    also: "Also told by:",
    earlier: "You were told of it by:",
    copy: "same text",
    why: "rasid sent you this because you asked to follow:",
    zone: "Times are in the zone",
    mute: "Mute this story",
    judge: "Is this relevant?",
    relevant: "Relevant",
    irrelevant: "Not relevant",
    leave: "To unsubscribe, write to",
    follow_up: "New in a story that you follow",
    news: News {
        rules: "More rules:",
        names: "New names:",
        numbers: "New numbers:",
        outlets: "Independent outlets by now:",
    },
    pause: "Pause for a day",
    digest: "One mail a day instead",
    unsubscribe: "Unsubscribe",
    trial: "Test",
    trial_says: "This is a test that shows how rasid's mails look.",
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

/// So many stories, as a noun phrase.
pub(super) fn stories(language: Language, count: usize) -> String {
    counted(
        language,
        count,
        &Noun {
            one: "خبر واحد", two: "خبران", few: "أخبار", many: "خبرًا", other: "خبر"
        },
        ["story", "stories"],
    )
}

/// So many entries of feeds.
pub(super) fn entries(language: Language, count: usize) -> String {
    let noun = Noun {
        one: "مادة واحدة", two: "مادتان", few: "مواد", many: "مادة", other: "مادة"
    };
    counted(language, count, &noun, ["report", "reports"])
}

/// So many others, that are not listed.
pub(super) fn others(language: Language, count: usize) -> String {
    let noun = Noun {
        one: "مادة أخرى",
        two: "مادتان أخريان",
        few: "مواد أخرى",
        many: "مادة أخرى",
        other: "مادة أخرى",
    };
    let others = counted(language, count, &noun, ["other", "others"]);
    match language {
        Language::Ar => format!("و{others}"),
        Language::En => format!("and {others}"),
    }
}

/// So many outlets of which none copied another.
pub(super) fn outlets(language: Language, count: usize) -> String {
    let noun = Noun {
        one: "مصدر مستقل واحد",
        two: "مصدران مستقلان",
        few: "مصادر مستقلة",
        many: "مصدرًا مستقلًا",
        other: "مصدر مستقل",
    };
    counted(language, count, &noun, ["independent outlet", "independent outlets"])
}

/// The line at the head of a message that tells several stories.
pub(super) fn heading(language: Language, told: usize, of: usize) -> String {
    let stories = stories(language, told);
    let of = if of > told { format!(" ({})", entries(language, of)) } else { String::new() };
    match (language, told) {
        (Language::Ar, 1) => format!("{stories}{of} يطابق ما تتابعه"),
        (Language::Ar, 2) => format!("{stories}{of} يطابقان ما تتابعه"),
        (Language::Ar, _) => format!("{stories}{of} تطابق ما تتابعه"),
        (Language::En, 1) => format!("{stories}{of} matches what you follow"),
        (Language::En, _) => format!("{stories}{of} match what you follow"),
    }
}

/// The forms of a noun as Arabic counts it.
struct Noun {
    one: &'static str,
    two: &'static str,
    few: &'static str,
    many: &'static str,
    other: &'static str,
}

/// A number with its noun; Arabic goes by the number's last two digits.
fn counted(language: Language, count: usize, arabic: &Noun, english: [&str; 2]) -> String {
    match (language, count, count % 100) {
        (Language::En, 1, _) => format!("1 {}", english[0]),
        (Language::En, ..) => format!("{count} {}", english[1]),
        (Language::Ar, 1, _) => arabic.one.to_owned(),
        (Language::Ar, 2, _) => arabic.two.to_owned(),
        (Language::Ar, _, 3..=10) => format!("{count} {}", arabic.few),
        (Language::Ar, _, 11..=99) => format!("{count} {}", arabic.many),
        (Language::Ar, ..) => format!("{count} {}", arabic.other),
    }
}

/// Date and time to the minute, months in both of the Arabic families.
pub(super) fn time(language: Language, time: Timestamp, zone: &TimeZone) -> String {
    let at = time.to_zoned_datetime(zone.clone());
    let comma = Phrases::of(language).comma;
    format!("{}{comma}{}", date(language, &at), clock(&at))
}

/// The same, without the date where that is `beside`'s.
pub(super) fn time_beside(language: Language, time: Timestamp, beside: Timestamp, zone: &TimeZone) -> String {
    let [at, other] = [time, beside].map(|time| time.to_zoned_datetime(zone.clone()));
    if at.date() == other.date() { clock(&at) } else { self::time(language, time, zone) }
}

fn clock(at: &ZonedDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

fn date(language: Language, at: &ZonedDateTime) -> String {
    let months = match language {
        Language::Ar => &MONTHS_AR,
        Language::En => &MONTHS_EN,
    };
    let month =
        months.get(usize::from(at.month().unsigned_abs()).wrapping_sub(1)).copied().unwrap_or_default();
    format!("{} {month} {}", at.day(), at.year())
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
