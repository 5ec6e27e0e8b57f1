//! What a mail looks like to a parser that is not ours, and to a reader.

mod excerpt;
mod hostile;
mod notice;
mod story;
mod templates;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mail_parser::{Message, MessageParser, MimeHeaders};
use rasid::alert::telling::{Telling, Thread};
use rasid::config::{Delivery, Feed, Language, Source, Subscriber, Subscription};
use rasid::links::Links;
use rasid::mail::message::{Letter, Names, Rendered, Templates, render};
use rasid::rules::{Condition, Field, Rule, Severity, Within};
use rasid::store::{HeldEntry, Match, Span};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0123_4567_89ab_4cde_8f01_2345_6789_abcd);

fn subscriber(language: Language) -> Subscriber {
    Subscriber {
        email: "amal@example.org".parse().unwrap(),
        rules: Subscription::All,
        delivery: Delivery::Immediate,
        timezone: TimeZone::get("Asia/Baghdad").unwrap(),
        language,
        quiet_hours: None,
        max_per_hour: None,
        min_severity: Severity::Low,
    }
}

fn condition(phrase: &str) -> Condition {
    Condition::from_query(&format!("\"{phrase}\""), Within::Document).expect("a query")
}

fn names() -> Names {
    let rule = |id: &str, title: &str| Rule { title: Some(title.into()), ..Rule::new(id, condition(title)) };
    let rules = [
        rule("troop-redeployment", "إعادة انتشار القوات"),
        rule("sovereignty", "السيادة"),
        rule("coalition", "التحالف الدولي"),
        Rule { severity: Severity::High, ..rule("high", "مهمة") },
        Rule { severity: Severity::Urgent, ..rule("urgent", "ملحة") },
        Rule { severity: Severity::Low, ..rule("low", "هامشية") },
    ];
    let feed = Feed {
        id: "ina".into(),
        source: Source::File("samples/ina.xml".into()),
        title: Some("وكالة الأنباء العراقية".into()),
        interval: None,
        tags: Vec::new(),
        full_text: false,
    };
    Names::new(&rules, &[feed])
}

/// The first places of `terms` in title and text, as a rule's match.
fn matched(rule: &str, title: &str, text: &str, terms: &[&str]) -> Match {
    let mut spans = Vec::new();
    for (field, content) in [(Field::Title, title), (Field::Body, text)] {
        for term in terms {
            for (at, _) in content.match_indices(term).take(20) {
                let start = content[..at].chars().count() as u32;
                let end = start + term.chars().count() as u32;
                spans.push(Span { field, start, end, term: (*term).into() });
            }
        }
    }
    Match { rule: rule.into(), spans }
}

fn entry(title: &str, text: &str, rules: &[(&str, &[&str])]) -> HeldEntry {
    HeldEntry {
        id: 1,
        feed: "ina".into(),
        feed_title: Some("INA".into()),
        title: title.into(),
        url: Some("https://ina.example/news/12?a=1&b=2".into()),
        text: text.into(),
        published: Some("2026-11-23T08:05:00Z".parse().unwrap()),
        fetched: "2026-11-23T08:06:00Z".parse().unwrap(),
        held: "2026-11-23T08:06:02Z".parse().unwrap(),
        copy_of: None,
        matches: rules.iter().map(|(rule, terms)| matched(rule, title, text, terms)).collect(),
    }
}

/// A message about stories, with what is particular of it.
#[derive(Clone, Copy)]
struct Told<'a> {
    language: Language,
    stories: &'a [Telling],
    thread: Option<&'a Thread>,
    /// Below this address, if any.
    public_url: Option<&'a str>,
    delivery: fn() -> Delivery,
    trial: bool,
}

impl<'a> Told<'a> {
    fn new(stories: &'a [Telling]) -> Told<'a> {
        let (language, delivery) = (Language::Ar, || Delivery::Immediate);
        Told { language, stories, thread: None, public_url: None, delivery, trial: false }
    }

    fn mail(&self) -> Rendered {
        self.mail_with(&Templates::default())
    }

    fn mail_with(&self, templates: &Templates) -> Rendered {
        let from = "راصد <rasid@news.example>".parse().unwrap();
        let created: Timestamp = "2026-11-23T08:06:10Z".parse().unwrap();
        let to = Subscriber { delivery: (self.delivery)(), ..subscriber(self.language) };
        let links = self.public_url.map(|url| Links::new(&url.parse().unwrap(), [7; 32]));
        let letter = Letter {
            from: &from,
            to: &to,
            stories: self.stories,
            thread: self.thread,
            links: links.as_ref(),
            trial: self.trial,
            created,
            id: ID,
        };
        render(&letter, &names(), templates).unwrap()
    }
}

fn mail_in(language: Language, entries: &[HeldEntry]) -> Rendered {
    let stories: Vec<_> = entries.iter().cloned().map(Telling::alone).collect();
    Told { language, ..Told::new(&stories) }.mail()
}

fn mail(entries: &[HeldEntry]) -> Rendered {
    mail_in(Language::Ar, entries)
}

/// A mail as an independent parser reads it.
struct Read {
    subject: String,
    text: String,
    html: String,
    raw: String,
}

/// Parses a mail, and holds it to what every mail promises that tells stories.
#[track_caller]
fn read(mail: &Rendered) -> Read {
    let read = read_any(mail);
    let (head, _) = read.raw.split_once("\r\n\r\n").expect("headers and a body");
    for name in ["List-Id:", "List-Unsubscribe:", "Precedence: list", "X-Rasid-Latency:"] {
        assert_eq!(head.matches(&format!("\r\n{name}")).count(), 1, "{name} in {head}");
    }
    assert_eq!(read.subject, mail.subject);
    assert!(read.subject.chars().count() <= 84, "{:?}", read.subject);
    read
}

/// Parses a mail, and holds it to what every mail promises.
#[track_caller]
fn read_any(mail: &Rendered) -> Read {
    let raw = std::str::from_utf8(&mail.bytes).expect("ASCII");
    assert!(raw.is_ascii());
    for line in raw.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n']), "a bad line: {line:?}");
    }
    let (head, _) = raw.split_once("\r\n\r\n").expect("headers and a body");
    for word in head.split_whitespace().filter(|word| word.starts_with("=?")) {
        assert!(word.len() <= 75, "an encoded-word of {}: {word}", word.len());
    }
    let message = MessageParser::default().parse(&mail.bytes).expect("a mail");
    for name in ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"] {
        let count =
            message.headers().iter().filter(|header| header.name().eq_ignore_ascii_case(name)).count();
        assert_eq!(count, 1, "{name} in {head}");
    }
    let known = "From To Subject Date Message-ID MIME-Version Content-Type Auto-Submitted Precedence \
        X-Auto-Response-Suppress List-Id List-Unsubscribe List-Unsubscribe-Post References In-Reply-To \
        Content-Language X-Rasid-Rules X-Rasid-Latency";
    for header in message.headers() {
        assert!(
            known.split_whitespace().any(|name| name.eq_ignore_ascii_case(header.name())),
            "{} in {head}",
            header.name()
        );
    }
    assert_eq!(addresses(message.to()), ["amal@example.org"]);
    assert_eq!(addresses(message.from()), ["rasid@news.example"]);
    let subject = message.subject().expect("a subject").to_owned();
    assert!(!subject.chars().any(|c| c.is_control() || steers(c) || c == '\u{fffd}'), "{subject:?}");
    assert!(!subject.trim().is_empty(), "{subject:?}");
    let [text, html] = [part(&message, "plain"), part(&message, "html")];
    for body in [&text, &html] {
        assert!(!body.chars().any(|c| c.is_control() && c != '\n' && c != '\r'), "controls in {body:?}");
        assert_balanced(body);
    }
    assert!(!html.to_lowercase().contains("<script") && !html.contains("<img"), "{html}");
    for link in html.split("href=\"").skip(1) {
        assert!(link.starts_with("http://") || link.starts_with("https://"), "{link}");
    }
    Read { subject, text, html, raw: raw.to_owned() }
}

fn addresses(of: Option<&mail_parser::Address<'_>>) -> Vec<String> {
    of.expect("addresses").iter().map(|address| address.address().unwrap_or_default().to_owned()).collect()
}

fn part(message: &Message<'_>, subtype: &str) -> String {
    let mut parts = message.parts.iter().filter(|part| {
        part.content_type().is_some_and(|kind| kind.ctype() == "text" && kind.subtype() == Some(subtype))
    });
    let part = parts.next().expect("a part");
    assert!(parts.next().is_none(), "one part of a kind");
    part.text_contents().expect("text").to_owned()
}

fn steers(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// No override anywhere, and each isolate closed on its own line.
#[track_caller]
fn assert_balanced(body: &str) {
    for line in body.lines() {
        assert!(!line.contains(|c| matches!(c, '\u{202a}'..='\u{202e}')), "an override in {line:?}");
        let mut open = 0_i32;
        for c in line.chars() {
            match c {
                '\u{2066}'..='\u{2068}' => open += 1,
                '\u{2069}' => open -= 1,
                _ => {}
            }
            assert!(open >= 0, "{line:?}");
        }
        assert_eq!(open, 0, "an open isolate in {line:?}");
    }
}

fn withdrawal() -> HeldEntry {
    entry(
        "بغداد تعلن جدول انسحاب قوات التحالف من عين الأسد",
        "أعلنت الحكومة العراقية اليوم جدولاً زمنياً جديداً. وقال المتحدث إن قوات التحالف الدولي ستنسحب من قاعدة عين الأسد \
         قبل نهاية العام، وإن السيادة خط أحمر. ولم يذكر تفاصيل أخرى.",
        &[("coalition", &["قوات التحالف الدولي", "قوات التحالف"]), ("sovereignty", &["السيادة"])],
    )
}

#[test]
fn one_entry_is_told_in_full() {
    let read = read(&mail(&[withdrawal()]));
    assert_eq!(read.subject, "بغداد تعلن جدول انسحاب قوات التحالف من عين الأسد — السيادة، التحالف الدولي");
    for promised in [
        r#"<html lang="ar" dir="rtl">"#,
        r#"href="https://ina.example/news/12?a=1&amp;b=2""#,
        "قوات التحالف الدولي</mark> ستنسحب من قاعدة عين الأسد",
        "السيادة</mark> خط أحمر.</p>",
        "وكالة الأنباء العراقية",
        "23 تشرين الثاني/نوفمبر 2026، 11:05",
        "السيادة، التحالف الدولي",
        "ina.example</bdi>",
        "Asia/Baghdad",
    ] {
        assert!(read.html.contains(promised), "no {promised} in {}", read.html);
    }
    assert!(!read.html.contains("جدولاً زمنياً"), "a sentence that did not match is left out");
    for promised in [
        "بغداد تعلن جدول انسحاب قوات التحالف من عين الأسد",
        "*قوات التحالف الدولي* ستنسحب من قاعدة عين الأسد",
        "وكالة الأنباء العراقية · 23 تشرين الثاني/نوفمبر 2026، 11:05",
        "https://ina.example/news/12?a=1&b=2",
    ] {
        assert!(read.text.contains(promised), "no {promised} in {}", read.text);
    }
}

#[test]
fn what_matters_more_than_usual_is_said_first() {
    let told = |rules: &[&str]| {
        let rules: Vec<(&str, &[&str])> = rules.iter().map(|rule| (*rule, &["قوات"][..])).collect();
        entry("وصول قوات", "وصلت قوات.", &rules)
    };
    for (language, entries, subject, lines) in [
        (Language::Ar, vec![told(&["high"])], "مهم: وصول قوات — مهمة", &["مهم: وصول"][..]),
        (Language::Ar, vec![told(&["low"])], "وصول قوات — هامشية", &["وصول"]),
        (Language::Ar, vec![told(&["coalition"])], "وصول قوات — التحالف الدولي", &["وصول"]),
        (Language::En, vec![told(&["high", "urgent"])], "Urgent: وصول قوات — مهمة, ملحة", &["Urgent: "]),
        (
            Language::Ar,
            vec![told(&["low"]), told(&["urgent"]), told(&["high"])],
            "عاجل: 3 أخبار: مهمة، ملحة، هامشية",
            &["عاجل: وصول", "مهم: وصول", "\nوصول"],
        ),
    ] {
        let read = read(&mail_in(language, &entries));
        assert_eq!(read.subject, subject);
        for line in lines {
            assert!(read.text.replace("\r\n", "\n").contains(line), "no {line} in {}", read.text);
        }
        let marked = read.html.matches("border-radius:4px").count();
        assert_eq!(marked, lines.iter().filter(|line| line.contains(':')).count(), "{}", read.html);
    }
}

#[test]
fn headers_say_that_no_person_wrote_it() {
    let mail = mail(&[withdrawal()]);
    let read = read(&mail);
    assert_eq!(mail.message_id, format!("{ID}@news.example"));
    for header in [
        &format!("Message-ID: <{ID}@news.example>"),
        "Date: Mon, 23 Nov 2026 08:06:10 +0000",
        "Auto-Submitted: auto-generated",
        "Precedence: list",
        "List-Id: rasid <rasid.news.example>",
        "Content-Language: ar",
        "X-Rasid-Rules: sovereignty, coalition",
        "MIME-Version: 1.0",
    ] {
        assert!(read.raw.contains(&format!("{header}\r\n")), "no {header} in {}", read.raw);
    }
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    assert_eq!(mail(&[withdrawal()]), mail(&[withdrawal()]));
}

#[test]
fn english_words_for_who_wants_them() {
    let read = read(&mail_in(Language::En, &[withdrawal()]));
    for promised in
        [r#"<html lang="en" dir="ltr">"#, r#"dir="rtl""#, "23 November 2026, 11:05", "Rules:", "write to"]
    {
        assert!(read.html.contains(promised), "no {promised} in {}", read.html);
    }
}

#[test]
fn several_entries_stand_under_their_rules_newest_first() {
    let mut older = entry("تحالف أول", "", &[("coalition", &["تحالف"])]);
    older.published = Some("2026-11-22T08:05:00Z".parse().unwrap());
    let newer = entry("تحالف ثان", "", &[("coalition", &["تحالف"])]);
    let read = read(&mail(&[older, newer, withdrawal()]));
    assert_eq!(read.subject, "3 أخبار: السيادة، التحالف الدولي");
    let order =
        ["3 أخبار تطابق", "السيادة (خبر واحد)", "بغداد", "التحالف الدولي (خبران)", "تحالف ثان", "تحالف أول"];
    let places: Vec<_> = order.iter().map(|words| read.text.find(words).expect(words)).collect();
    assert!(places.is_sorted(), "{}", read.text);
}

#[test]
fn entries_are_counted_as_arabic_counts() {
    for (count, words) in [
        (2, "خبران:"),
        (3, "3 أخبار:"),
        (10, "10 أخبار:"),
        (11, "11 خبرًا:"),
        (99, "99 خبرًا:"),
        (100, "100 خبر:"),
        (103, "103 أخبار:"),
    ] {
        let entries: Vec<_> = (0..count).map(|_| entry("تحالف", "", &[("coalition", &["تحالف"])])).collect();
        assert!(read(&mail(&entries)).subject.starts_with(words), "{words}");
    }
}

#[test]
fn a_long_headline_is_cut_between_words() {
    let title = "إعادة انتشار القوات ".repeat(20);
    let read = read(&mail(&[entry(&title, "", &[("troop-redeployment", &["القوات"])])]));
    let (headline, rule) = read.subject.split_once(" — ").unwrap();
    assert_eq!(rule, "إعادة انتشار القوات");
    let kept = headline.strip_suffix('…').expect("an ellipsis");
    assert!(title.starts_with(kept) && title[kept.len()..].starts_with(' '), "{headline}");
}

#[test]
fn latin_words_stand_apart() {
    let title = "منظومة S-400 تصل، وشركة Lockheed Martin (F-35) ترد بنسبة 12.5% عام 2026";
    let read = read(&mail(&[entry(title, "", &[("coalition", &["منظومة"])])]));
    for run in ["S-400", "Lockheed Martin", "F-35", "12.5%"] {
        assert!(read.html.contains(&format!("<bdi dir=\"ltr\">{run}</bdi>")), "{run} in {}", read.html);
        assert!(read.text.contains(&format!("\u{2068}{run}\u{2069}")), "{run} in {}", read.text);
    }
    assert!(!read.text.contains("\u{2068}2026"));
}

/// Mails to look at, in `target/tmp`; `docs/pictures.sh` makes pictures of them.
#[test]
#[ignore = "writes mails for people to look at"]
fn samples_to_look_at() {
    let mut second = entry(
        "وزير الدفاع: منظومة S-400 خارج النقاش ونسبة الإنفاق 12.5%",
        "قال وزير الدفاع في مقابلة مع CNN إن السيادة العراقية ليست محل تفاوض، وإن نسبة الإنفاق بلغت 12.5% من الموازنة.",
        &[("sovereignty", &["السيادة العراقية"])],
    );
    second.feed = "cnn".into();
    second.feed_title = Some("CNN بالعربية".into());
    let third = entry(
        "رتل من القوات الأمريكية يغادر نحو إقليم كردستان",
        "أفاد مصدر أمني بأن رتلاً من القوات الأمريكية غادر قاعدة عين الأسد فجر اليوم متجهاً نحو إقليم كردستان، في إطار إعادة انتشار القوات التي أعلن عنها الشهر الماضي، فيما رافقت طائرات مروحية الرتل حتى حدود المحافظة ولم تصدر وزارة الدفاع بياناً بذلك حتى ساعة إعداد الخبر.",
        &[("troop-redeployment", &["القوات الأمريكية", "إعادة انتشار القوات"])],
    );
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let several = [withdrawal(), second, third];
    let many: Vec<_> = several.iter().cycle().take(120).cloned().collect();
    for (name, language, entries) in [
        ("one", Language::Ar, &several[..1]),
        ("several", Language::Ar, &several[..]),
        ("english", Language::En, &several[..]),
        ("many", Language::Ar, &many[..]),
    ] {
        std::fs::write(directory.join(format!("{name}.eml")), mail_in(language, entries).bytes).unwrap();
    }
}
