//! How a story is told: who told it first and who else did, what is new of it, and what one may do about it.

use jiff::Timestamp;
use proptest::prelude::*;
use rasid::alert::telling::{News, Sighting, Telling, Thread};
use rasid::config::{Delivery, Language};
use rasid::store::HeldEntry;

use super::{ID, Told, entry, read, withdrawal};

const HERE: Option<&str> = Some("https://rasid.news.example");

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

/// An entry of another outlet.
fn by(outlet: &str, title: &str, time: &str, url: &str) -> HeldEntry {
    let mut entry = entry(title, "", &[("coalition", &["التحالف"])]);
    entry.feed = outlet.into();
    entry.feed_title = Some(outlet.into());
    entry.published = Some(at(time));
    entry.url = Some(url.into());
    entry
}

fn sighting(outlet: &str, title: &str, time: &str) -> Sighting {
    Sighting {
        feed: outlet.into(),
        feed_title: None,
        time: at(time),
        title: title.into(),
        url: Some(format!("https://{outlet}.example/1")),
        copy: false,
    }
}

fn told_by_three() -> Telling {
    let copy = by("waha", "التحالف يغادر", "2026-11-23T08:07:00Z", "https://waha.example/7");
    Telling {
        entries: vec![
            withdrawal(),
            by("difaf", "التحالف يحدد موعدًا", "2026-11-23T08:06:00Z", "https://difaf.example/3"),
            HeldEntry { copy_of: Some(1), ..copy },
        ],
        outlets: 2,
        ..Telling::alone(withdrawal())
    }
}

#[test]
fn a_story_is_told_once_with_all_who_tell_it() {
    let read = read(&Told::new(&[told_by_three()]).mail());
    for promised in [
        "أول من نشر: وكالة الأنباء العراقية، 11:05 · مصدران مستقلان",
        "ونشره أيضًا:",
        "• التحالف يحدد موعدًا — \u{2068}difaf\u{2069}، 11:06\r\n  https://difaf.example/3",
        "• التحالف يغادر — \u{2068}waha\u{2069}، 11:07 (نص واحد)\r\n  https://waha.example/7",
    ] {
        assert!(read.text.contains(promised), "no {promised} in {}", read.text);
    }
    assert!(read.html.contains("نص واحد") && read.html.matches("<li").count() == 2, "{}", read.html);
    assert!(read.html.contains("<mark") && !read.text.contains("خبر واحد"), "{}", read.text);
    assert_eq!(read.raw.matches("entry=1 published=2026-11-23T08:05:00.000Z").count(), 1, "{}", read.raw);
}

#[test]
fn a_story_names_who_was_first_also_where_that_is_not_told_now() {
    let first = Some(sighting("rafid", "أول خبر", "2026-11-22T20:00:00Z"));
    let followed = (1..=14).map(|n| sighting("rafid", &format!("سابق {n}"), "2026-11-22T20:00:00Z"));
    let story = Telling { first, followed: followed.collect(), outlets: 11, ..Telling::alone(withdrawal()) };
    let arabic = read(&Told::new(std::slice::from_ref(&story)).mail());
    for promised in [
        "أول من نشر: \u{2068}rafid\u{2069}، 22 تشرين الثاني/نوفمبر 2026، 23:00 · 11 مصدرًا مستقلًا",
        "سبق أن وصلك من: \u{2068}rafid\u{2069} 22 تشرين الثاني/نوفمبر 2026، 23:00",
        "و4 مواد أخرى",
    ] {
        assert!(arabic.text.contains(promised), "no {promised} in {}", arabic.text);
    }
    assert!(!arabic.text.contains("سابق 14"), "what was told is not told again");
    let english = read(&Told { language: Language::En, ..Told::new(&[story]) }.mail());
    for promised in ["First told by: rafid, 22 November 2026, 23:00 · 11 independent outlets", "and 4 others"]
    {
        assert!(english.text.contains(promised), "no {promised} in {}", english.text);
    }
}

fn follow_up() -> Telling {
    Telling {
        story: 1,
        told_before: true,
        first: Some(sighting("rafid", "أول خبر", "2026-11-22T20:00:00Z")),
        news: News {
            names: vec!["سالم الجنابي".into(), "سعيد\u{202e}\r\nBcc: x".into()],
            numbers: vec!["1200".into()],
            rules: vec!["sovereignty".into()],
            outlets: Some(3),
        },
        ..told_by_three()
    }
}

fn thread(ids: usize) -> Thread {
    let references = (0..ids).map(|n| format!("{n}@news.example")).collect();
    Thread {
        references, subject: "بغداد تعلن جدول الانسحاب — التحالف الدولي".into()
    }
}

#[test]
fn a_follow_up_says_first_what_is_new() {
    let (stories, thread) = ([follow_up()], thread(3));
    let read = read(&Told { thread: Some(&thread), ..Told::new(&stories) }.mail());
    assert_eq!(read.subject, "Re: بغداد تعلن جدول الانسحاب — التحالف الدولي");
    let order = [
        "جديد في خبر تتابعه",
        "قواعد أخرى: السيادة",
        "أسماء جديدة: سالم الجنابي، ",
        "سعيد \u{2068}Bcc\u{2069}: \u{2068}x\u{2069}",
        "أرقام جديدة: 1200",
        "مصادر مستقلة حتى الآن: 3",
        "بغداد تعلن جدول انسحاب",
        "أول من نشر: \u{2068}rafid\u{2069}",
    ];
    let places: Vec<_> = order.iter().map(|words| read.text.find(words).expect(words)).collect();
    assert!(places.is_sorted(), "{}", read.text);
    let preheader = read.html.split_once("overflow:hidden\">").unwrap().1.split_once("</div>").unwrap().0;
    assert!(preheader.starts_with("قواعد أخرى: السيادة · أسماء جديدة: سالم الجنابي"), "{preheader}");
    for header in [
        "In-Reply-To: <2@news.example>\r\n",
        "References: <0@news.example> <1@news.example> <2@news.example>\r\n",
        &format!("Message-ID: <{ID}@news.example>\r\n"),
    ] {
        assert!(read.raw.contains(header), "no {header} in {}", read.raw);
    }
}

#[test]
fn a_thread_stays_one_however_long_it_gets() {
    let (stories, thread) = ([follow_up()], thread(5_000));
    let told = Told { thread: Some(&thread), ..Told::new(&stories) };
    let message = mail_parser::MessageParser::default();
    let mail = told.mail();
    read(&mail);
    let message = message.parse(&mail.bytes).unwrap();
    let references = message.references().as_text_list().unwrap();
    let ends = (references.first().unwrap().as_ref(), references.last().unwrap().as_ref());
    assert_eq!((references.len(), ends), (20, ("0@news.example", "4999@news.example")));
    assert_eq!(message.in_reply_to().as_text(), Some("4999@news.example"));
}

#[test]
fn what_is_no_message_id_reaches_no_header() {
    let references = ["a b@x", "a@x>\r\nBcc: <v@example.net", "", "good@news.example", "سي@x"];
    let references = references.iter().map(|id| (*id).to_owned()).collect();
    let thread = Thread { references, subject: "Re: Re: خبر\r\nBcc: v@example.net".into() };
    let stories = [follow_up()];
    let read = read(&Told { thread: Some(&thread), ..Told::new(&stories) }.mail());
    assert_eq!(read.subject, "Re: خبر Bcc: v@example.net");
    assert!(read.raw.contains("References: <good@news.example>\r\n"), "{}", read.raw);
}

#[test]
fn controls_are_links_where_there_is_a_public_address() {
    let stories = [told_by_three(), Telling::alone(entry("خبر ثان", "", &[("coalition", &["خبر"])]))];
    let told = Told { public_url: HERE, ..Told::new(&stories) };
    let immediate = read(&told.mail());
    let links = |text: &str| text.matches("https://rasid.news.example/s/").count();
    // Pause, digest, unsubscribe; for each story relevant or not, and mute. The header holds one more.
    assert_eq!((links(&immediate.text), links(&immediate.html)), (9, 9), "{}", immediate.text);
    for label in ["كتم هذا الخبر", "لا يهمني", "إيقاف الرسائل يومًا", "رسالة واحدة في اليوم", "إلغاء الاشتراك"]
    {
        assert!(immediate.text.contains(label) && immediate.html.contains(label), "{label}");
    }
    assert!(immediate.raw.contains("List-Unsubscribe: <https://rasid.news.example/s/"), "{}", immediate.raw);
    assert!(immediate.raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(!immediate.text.contains("راسل"));

    let digest = || Delivery::DigestEvery(std::time::Duration::from_hours(24));
    let digest = read(&Told { delivery: digest, ..told }.mail());
    assert!(!digest.text.contains("رسالة واحدة في اليوم"), "who has a digest needs no switch to one");

    let loopback = read(&Told { public_url: Some("http://127.0.0.1:8080"), ..told }.mail());
    assert!(loopback.raw.contains("List-Unsubscribe: <http://127.0.0.1:8080/s/"), "{}", loopback.raw);
    assert!(!loopback.raw.contains("One-Click"), "RFC 8058 is for https");

    let none = read(&Told { public_url: None, ..told }.mail());
    let header = "List-Unsubscribe: <mailto:rasid@news.example?subject=unsubscribe>\r\n";
    assert!(none.raw.contains(header) && !none.raw.contains("One-Click"), "{}", none.raw);
    assert!(none.text.contains("لإلغاء الاشتراك راسل rasid@news.example"), "{}", none.text);
    assert!(!none.html.contains("/s/") && !none.html.contains("mailto:"), "{}", none.html);
}

#[test]
fn a_digest_counts_stories_and_what_they_are_told_by() {
    let stories = [told_by_three(), Telling::alone(entry("خبر ثان", "", &[("coalition", &["خبر"])]))];
    let arabic = read(&Told::new(&stories).mail());
    assert_eq!(arabic.subject, "خبران: السيادة، التحالف الدولي");
    assert!(arabic.text.starts_with("خبران (4 مواد) يطابقان ما تتابعه\r\n"), "{}", arabic.text);
    let preheader = arabic.html.split_once("overflow:hidden\">").unwrap().1.split_once("</div>").unwrap().0;
    assert!(preheader.ends_with(" · خبر ثان"), "{preheader}");
    let english = read(&Told { language: Language::En, ..Told::new(&stories) }.mail());
    assert!(english.text.starts_with("2 stories (4 reports) match what you follow\r\n"), "{}", english.text);
}

#[test]
fn a_trial_says_that_it_is_one() {
    let stories = [told_by_three()];
    let read = read(&Told { trial: true, ..Told::new(&stories) }.mail());
    assert!(read.subject.starts_with("تجربة: بغداد تعلن"), "{}", read.subject);
    assert!(read.text.starts_with("هذه رسالة تجريبية"), "{}", read.text);
}

#[test]
fn latency_is_said_of_the_first_entry_of_each_story() {
    let mut unknown = entry("خبر", "", &[("coalition", &["خبر"])]);
    (unknown.id, unknown.published) = (9, None);
    let mail = Told::new(&[told_by_three(), Telling::alone(unknown)]).mail();
    let message = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
    let said = message.header("X-Rasid-Latency").unwrap().as_text().unwrap().to_owned();
    assert_eq!(
        said.split_whitespace().collect::<Vec<_>>().join(" "),
        "entry=1 published=2026-11-23T08:05:00.000Z fetched=2026-11-23T08:06:00.000Z \
         matched=2026-11-23T08:06:02.000Z queued=2026-11-23T08:06:10.000Z, \
         entry=9 fetched=2026-11-23T08:06:00.000Z matched=2026-11-23T08:06:02.000Z \
         queued=2026-11-23T08:06:10.000Z"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    /// Whatever outlets, headlines, names and earlier subjects hold, a mail keeps every promise that `read` looks at.
    #[test]
    fn any_story_makes_a_sound_mail(
        words in proptest::collection::vec("\\PC{0,40}|[\\x00-\\x{10FFFF}]{0,30}|[ا-ي ]{0,200}", 8),
        urls in proptest::collection::vec("https?://[a-z.@:/\"<> ا-ي]{0,40}|\\PC{0,30}", 3),
        ids in proptest::collection::vec("[a-z0-9.@]{0,30}|\\PC{0,20}|[\\x00-\\x{10FFFF}]{0,10}", 0..40),
        outlets in any::<u32>(),
        time in -377_705_023_201_i64..253_402_207_200,
        (english, linked, copy, told_before) in any::<(bool, bool, bool, bool)>(),
    ) {
        let time = Timestamp::from_second(time).unwrap();
        let seen = |title: &str, url: &str| Sighting {
            feed: words[0].clone(), feed_title: Some(words[1].clone()), time, title: title.into(), url: Some(url.into()), copy,
        };
        let mut other = entry(&words[2], &words[3], &[("sovereignty", &[])]);
        other.url = Some(urls[0].clone());
        other.copy_of = copy.then_some(1);
        let story = Telling {
            story: 1,
            entries: vec![withdrawal(), other],
            first: Some(seen(&words[4], &urls[1])),
            outlets,
            followed: vec![seen(&words[4], &urls[1]), seen(&words[5], &urls[2])],
            told_before,
            news: News {
                names: words.clone(), numbers: words.clone(), rules: words[..2].to_vec(), outlets: Some(outlets),
            },
        };
        let thread = Thread { references: ids, subject: words[6].clone() + &words[7] };
        let stories = [story];
        let language = if english { Language::En } else { Language::Ar };
        let public_url = linked.then_some("https://rasid.news.example");
        let thread = told_before.then_some(&thread);
        read(&Told { language, thread, public_url, ..Told::new(&stories) }.mail());
    }
}

#[test]
fn plain_text_reads_well() {
    let stories = [follow_up()];
    let thread = thread(1);
    let told = Told { thread: Some(&thread), ..Told::new(&stories) };
    insta::assert_snapshot!("follow_up_ar", read(&told.mail()).text.replace('\r', ""));
    let stories = [told_by_three(), Telling::alone(entry("خبر ثان", "وصل خبر.", &[("high", &["خبر"])]))];
    let told = Told { language: Language::En, ..Told::new(&stories) };
    insta::assert_snapshot!("digest_en", read(&told.mail()).text.replace('\r', ""));
}
