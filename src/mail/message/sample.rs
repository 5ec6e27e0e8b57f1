//! Stories that nobody published: what a message looks like before there is anything to tell.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lettre::Address;
use lettre::message::Mailbox;
use url::Url;
use uuid::Uuid;

use super::{
    Error, Flaw, Letter, Names, Notice, Occasion, Rendered, Report, Templates, notice, render, report,
};
use crate::alert::telling::{News, Sighting, Telling, Thread};
use crate::config::{Delivery, Language, Subscriber, Subscription};
use crate::fetch::watch::Warning;
use crate::links::Links;
use crate::rules::{Field, Severity};
use crate::store::{HeldEntry, Match, Span, Untold};

/// What a message may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Tell one story that is new.
    Alert,
    /// Go on with one that was told.
    FollowUp,
    /// Tell several.
    Digest,
}

/// An article that nobody published.
struct Article {
    outlet: &'static str,
    host: &'static str,
    title: &'static str,
    text: &'static str,
    /// The words that a rule is said to have matched.
    hit: &'static str,
    /// Minutes before now.
    age: i64,
}

const ARTICLES: [Article; 7] = [
    Article {
        outlet: "وكالة الرافد",
        host: "rafid.example",
        title: "بغداد تعلن جدولًا لانسحاب قوات التحالف من قاعدة عين الأسد",
        text: "عقد مجلس الوزراء جلسته الاعتيادية. وقال المتحدث باسم الحكومة إن انسحاب قوات التحالف من قاعدة عين الأسد يبدأ \
               في الأول من الشهر المقبل وينتهي خلال 90 يومًا، وإن رتلًا من شاحنات M1083 نقل أولى المعدات. ولم يذكر تفاصيل أخرى.",
        hit: "انسحاب قوات التحالف",
        age: 4,
    },
    Article {
        outlet: "صحيفة الضفاف",
        host: "difaf.example",
        title: "الحكومة العراقية: 90 يومًا لإتمام انسحاب قوات التحالف",
        text: "حددت الحكومة العراقية مهلة 90 يومًا لإتمام انسحاب قوات التحالف من غرب البلاد.",
        hit: "انسحاب قوات التحالف",
        age: 3,
    },
    Article {
        outlet: "شبكة الواحة",
        host: "waha.example",
        title: "بغداد تعلن جدولًا لانسحاب قوات التحالف من عين الأسد",
        text: "قال المتحدث باسم الحكومة إن انسحاب قوات التحالف من قاعدة عين الأسد يبدأ في الأول من الشهر المقبل.",
        hit: "انسحاب قوات التحالف",
        age: 2,
    },
    Article {
        outlet: "وكالة الرافد",
        host: "rafid.example",
        title: "العميد سالم الجنابي يتسلم قاعدة عين الأسد و1200 جندي يغادرون",
        text: "تسلم العميد سالم الجنابي إدارة قاعدة عين الأسد بعد مغادرة 1200 جندي. وأكد أن انسحاب قوات التحالف يسير كما خُطط له.",
        hit: "انسحاب قوات التحالف",
        age: 1,
    },
    Article {
        outlet: "Rivers Daily",
        host: "rivers.example",
        title: "Baghdad names a date for the coalition's departure",
        text: "The government said on Sunday that انسحاب قوات التحالف would be complete within 90 days.",
        hit: "انسحاب قوات التحالف",
        age: 2,
    },
    Article {
        outlet: "إذاعة السنابل",
        host: "sanabil.example",
        title: "البرلمان اللبناني يناقش سيادة الدولة على المعابر",
        text: "ناقش النواب مشروع قانون يؤكد سيادة الدولة على جميع المعابر، وأرجئ التصويت إلى جلسة الخميس.",
        hit: "سيادة الدولة",
        age: 35,
    },
    Article {
        outlet: "وكالة الجسر",
        host: "jisr.example",
        title: "رتل من 40 مركبة يغادر نحو الحدود في إطار إعادة الانتشار",
        text: "أفاد شهود بأن رتلًا من 40 مركبة، بينها ناقلات من طراز M1083، غادر نحو الحدود. وقال مصدر أمني إن إعادة انتشار القوات تُستكمل نهاية الأسبوع.",
        hit: "إعادة انتشار القوات",
        age: 50,
    },
];

/// Stories of a kind, for which these rules are said to hold, the first for the first story.
pub fn stories(kind: Kind, rules: &[&str], now: Timestamp) -> Vec<Telling> {
    let rule = |place: usize| rules.get(place).or(rules.first()).copied().unwrap_or("sample");
    let entry = |place: usize, of: usize| ARTICLES[place].entry(place, rule(of), now);
    let sighting = |place: usize, copy| ARTICLES[place].sighting(place, now, copy);
    let story = Telling {
        entries: vec![entry(0, 0), entry(1, 0), HeldEntry { copy_of: Some(1), ..entry(2, 0) }],
        outlets: 2,
        ..Telling::alone(entry(0, 0))
    };
    match kind {
        Kind::Alert => vec![story],
        Kind::FollowUp => vec![Telling {
            story: 1,
            entries: vec![with(entry(3, 0), rules.get(1)), entry(4, 0)],
            first: Some(sighting(0, false)),
            outlets: 3,
            followed: vec![sighting(0, false), sighting(1, false), sighting(2, true)],
            told_before: true,
            news: News {
                names: vec!["سالم الجنابي".to_owned()],
                numbers: vec!["1200".to_owned()],
                rules: rules.get(1).map(|rule| (*rule).to_owned()).into_iter().collect(),
                outlets: Some(3),
            },
        }],
        Kind::Digest => vec![story, Telling::alone(entry(5, 1)), Telling::alone(entry(6, 2))],
    }
}

/// The mail that a message of a kind follows; its subject is that of the first.
pub fn thread(kind: Kind, subject: &str) -> Option<Thread> {
    let thread = Thread { references: vec!["sample@rasid.invalid".to_owned()], subject: subject.to_owned() };
    (kind == Kind::FollowUp).then_some(thread)
}

/// An entry for which another rule holds, too.
fn with(mut entry: HeldEntry, rule: Option<&&str>) -> HeldEntry {
    let more = rule
        .zip(entry.matches.first())
        .map(|(rule, found)| Match { rule: (*rule).to_owned(), ..found.clone() });
    entry.matches.extend(more);
    entry
}

impl Article {
    fn entry(&self, place: usize, rule: &str, now: Timestamp) -> HeldEntry {
        let minutes = |minutes| now.checked_sub(SignedDuration::from_mins(minutes)).unwrap_or(now);
        let fetched = now.checked_sub(SignedDuration::from_secs(20)).unwrap_or(now);
        HeldEntry {
            id: i64::try_from(place).unwrap_or_default() + 1,
            feed: self.host.to_owned(),
            feed_title: Some(self.outlet.to_owned()),
            title: self.title.to_owned(),
            url: Some(self.url(place)),
            text: self.text.to_owned(),
            published: Some(minutes(self.age)),
            fetched,
            held: fetched,
            copy_of: None,
            matches: vec![Match { rule: rule.to_owned(), spans: self.spans() }],
        }
    }

    fn sighting(&self, place: usize, now: Timestamp, copy: bool) -> Sighting {
        // What was told before is older than what is told now.
        let age = SignedDuration::from_mins(60 + self.age);
        Sighting {
            feed: self.host.to_owned(),
            feed_title: Some(self.outlet.to_owned()),
            time: now.checked_sub(age).unwrap_or(now),
            title: self.title.to_owned(),
            url: Some(self.url(place)),
            copy,
        }
    }

    fn url(&self, place: usize) -> String {
        format!("https://{}/news/{}", self.host, 1200 + place)
    }

    /// Where the matched words stand.
    fn spans(&self) -> Vec<Span> {
        let of = |field, text: &str| {
            let found = text.find(self.hit)?;
            // A span covers whole words.
            let word = text[..found].rfind(' ').map_or(0, |space| space + 1);
            let end = text[..found + self.hit.len()].chars().count();
            let [start, end] = [text[..word].chars().count(), end].map(|at| u32::try_from(at).ok());
            Some(Span { field, start: start?, end: end?, term: self.hit.to_owned() })
        };
        [of(Field::Title, self.title), of(Field::Body, self.text)].into_iter().flatten().collect()
    }
}

/// What is wrong with the templates of an administrator, as messages of every kind tell it.
pub fn try_out(templates: &Templates) -> Vec<Flaw> {
    let (Ok(from), Ok(to)) = ("rasid@example.org".parse(), "amal@example.org".parse()) else {
        return Vec::new();
    };
    let trial = Trial { from: &from, to: &to, templates };
    let mut flaws: Vec<Flaw> = [Language::Ar, Language::En]
        .into_iter()
        .flat_map(|language| {
            let alerts = [Kind::Alert, Kind::FollowUp, Kind::Digest].map(|kind| trial.alert(kind, language));
            alerts.into_iter().chain(trial.others(language))
        })
        .flat_map(|made| made.map(|rendered| rendered.flaws).unwrap_or_default())
        .collect();
    flaws.sort_by(|a, b| (&a.template, a.line, &a.message).cmp(&(&b.template, b.line, &b.message)));
    flaws.dedup();
    flaws
}

/// Messages that nobody receives.
struct Trial<'a> {
    from: &'a Mailbox,
    to: &'a Address,
    templates: &'a Templates,
}

impl Trial<'_> {
    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn alert(&self, kind: Kind, language: Language) -> Result<Rendered, Error> {
        let to = Subscriber {
            email: self.to.clone(),
            rules: Subscription::All,
            delivery: Delivery::Immediate,
            timezone: TimeZone::UTC,
            quiet_hours: None,
            max_per_hour: None,
            min_severity: Severity::Low,
            language,
        };
        let links = Url::parse("https://rasid.example.org").ok().map(|url| Links::new(&url, [0; 32]));
        let (stories, thread) = (stories(kind, &[], Self::NOW), thread(kind, "sample"));
        let letter = Letter {
            from: self.from,
            to: &to,
            stories: &stories,
            thread: thread.as_ref(),
            // One kind without, as where there is no public address.
            links: links.as_ref().filter(|_| kind != Kind::Digest),
            trial: kind == Kind::Alert,
            created: Self::NOW,
            id: Uuid::nil(),
        };
        render(&letter, &Names::default(), self.templates)
    }

    fn others(&self, language: Language) -> Vec<Result<Rendered, Error>> {
        let Trial { from, to, templates } = *self;
        let of = |occasion| Notice { from, to, language, occasion, created: Self::NOW, id: Uuid::nil() };
        let confirm = of(Occasion::Confirm { link: "https://rasid.example.org/s/sample", hours: 24 });
        let suspended = of(Occasion::Suspended { address: to, reply: "550 5.1.1 no such user" });
        let warning =
            Warning { kind: "silent".into(), reason: "nothing new for 3 days".into(), since: Self::NOW };
        let feeds = [Untold { feed: "sample".into(), title: None, warning }];
        let told = Report { from, to, feeds: &feeds, created: Self::NOW, id: Uuid::nil() };
        vec![notice(&confirm, templates), notice(&suspended, templates), report(&told, templates)]
    }
}
