//! `rasid mail`: previews out of the archive and out of samples, and a mail through the relay.

use mail_parser::MessageParser;

use super::{place, with};
use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::Server;
use crate::support::program::Ended;
use crate::support::smtp::{Rule, SmtpServer, Step};

const SAMPLES: &str = "[[rules]]\nid = \"pull-out\"\ntitle = \"الانسحاب\"\nany = [\"انسحاب الكتيبة\"]\n\
    should_match = [\"انسحاب الكتيبة غدًا\\n\\nيبدأ انسحاب الكتيبة فجر الغد. ثم لا شيء.\"]\n";

/// What `rasid mail preview` prints with these arguments.
fn preview(place: &Place, args: &[&str]) -> Ended {
    with(place, &[&["mail", "preview"], args].concat())
}

#[track_caller]
fn printed(ended: &Ended) -> &str {
    assert_eq!(ended.code, 0, "{ended:?}");
    &ended.stdout
}

#[test]
fn a_preview_tells_the_latest_entry_of_a_rule_or_the_one_that_is_named() {
    let web = Server::start();
    web.feed(
        "/a.xml",
        &rss(&[("1", "التحالف الدولي يجتمع", "قديم."), ("2", "بيان من التحالف الدولي", "جديد.")]),
    );
    let place = Place::new(
        &Settings::new("file:outbox").feed("a", &web.url("/a.xml")).subscriber("amal@example.org"),
    );
    place.once();
    let latest = preview(&place, &["coalition"]);
    let told = printed(&latest);
    assert_eq!(latest.stderr, "");
    let (one, other) = ("التحالف الدولي يجتمع", "بيان من التحالف الدولي");
    assert!(told.contains(one) != told.contains(other), "one of them: {told}");
    let named = ["1", "2"].map(|id| preview(&place, &[id]));
    assert!(named.iter().any(|ended| printed(ended).contains(one)));
    assert!(named.iter().any(|ended| printed(ended).contains(other)));
    assert!(
        printed(&preview(&place, &["coalition", "--kind", "digest"]))
            .starts_with("Subject: خبران: التحالف الدولي\n")
    );

    let html = preview(&place, &["coalition", "--html"]);
    assert!(printed(&html).starts_with("<!DOCTYPE html>\n<html lang=\"ar\" dir=\"rtl\">"), "{}", html.stdout);
    let eml = preview(&place, &["coalition", "--eml", "--language", "en", "--to", "noor@example.net"]);
    let message = MessageParser::default().parse(printed(&eml).as_bytes()).expect("a mail");
    assert_eq!(message.to().and_then(|to| to.first()).and_then(|to| to.address()), Some("noor@example.net"));
    assert!(message.body_text(0).expect("a text").contains("Rules:"));

    for (what, words) in [
        ("9", "no rule held for an entry 9"),
        ("coalitions", "neither a rule nor an entry's number; the rules are coalition"),
    ] {
        let ended = preview(&place, &[what]);
        assert!(ended.code != 0 && ended.stderr.contains(words) && ended.stdout.is_empty(), "{ended:?}");
    }
    assert_eq!(web.asked("/a.xml").len(), 1, "a preview asks nobody");
}

#[test]
fn a_preview_tells_a_story_of_the_archive_whole_or_how_it_went_on() {
    let text = "أعلن التحالف الدولي في بيان صدر صباح اليوم أنه سلّم قاعدة الحبانية الجوية إلى القوات العراقية بعد استكمال نقل \
        المعدات والأفراد منها، وقال المتحدث باسمه إن التسليم جاء بموجب الجدول الزمني المتفق عليه مع الحكومة في بغداد.";
    let web = Server::start();
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يسلّم قاعدة الحبانية للقوات العراقية", text)]));
    let settings =
        Settings::new("file:outbox").feed("rafid", &web.url("/a.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    place.once();
    web.feed("/b.xml", &rss(&[("9", "التحالف الدولي يسلّم قاعدة الحبانية", text)]));
    place.configure(&settings.feed("waha", &web.url("/b.xml")).toml());
    place.once();
    let whole = preview(&place, &["coalition"]);
    let told = printed(&whole);
    assert!(
        told.starts_with("Subject: التحالف الدولي يسلّم قاعدة الحبانية للقوات العراقية — التحالف الدولي\n"),
        "{told}"
    );
    assert!(told.contains("أول من نشر: ") && told.contains("(نص واحد)"), "{told}");
    let went_on = preview(&place, &["coalition", "--kind", "follow-up"]);
    assert!(printed(&went_on).contains("جديد في خبر تتابعه"), "{}", went_on.stdout);
    assert!(went_on.stderr.is_empty() && !went_on.stdout.contains("rafid.example/news"), "{went_on:?}");
    let first = preview(&place, &["1", "--kind", "follow-up"]);
    assert!(first.code == 1 && first.stderr.contains("follows another"), "{first:?}");
}

#[test]
fn without_matches_a_preview_tells_samples_and_says_so() {
    let place = place(SAMPLES);
    let sample = preview(&place, &["pull-out", "--to", "amal@example.org"]);
    let told = printed(&sample);
    assert!(told.starts_with("Subject: انسحاب الكتيبة غدًا — الانسحاب\n"), "{told}");
    assert!(told.contains("يبدأ *انسحاب الكتيبة* فجر الغد.\n"), "{told}");
    assert!(
        sample.stderr.contains("the archive holds no match of `pull-out`; the mail tells its should_match"),
        "{}",
        sample.stderr
    );
    assert!(!place.path("rasid.db").exists(), "a preview makes no database");

    let invented = preview(&place, &["coalition", "--to", "amal@example.org"]);
    assert!(
        printed(&invented).contains("القواعد: التحالف الدولي")
            && invented.stderr.contains("nobody published"),
        "{invented:?}"
    );
    let asked = preview(&place, &["pull-out", "--to", "amal@example.org", "--sample", "--kind", "follow-up"]);
    assert!(printed(&asked).starts_with("Subject: Re: ") && asked.stderr.is_empty(), "{asked:?}");

    for (kind, words) in [("confirmation", "أكّد اشتراكك"), ("suspension", "أوقف الإرسال إلى noor@example.net")]
    {
        let ended = preview(&place, &["--to", "amal@example.org", "--kind", kind]);
        assert!(printed(&ended).contains(words), "{}", ended.stdout);
    }
    let nobody = preview(&place, &["pull-out"]);
    assert!(nobody.code == 2 && nobody.stderr.contains("--to ADDRESS"), "{nobody:?}");
}

#[test]
fn a_preview_has_the_subscribers_language_controls_and_templates() {
    let place = place(&format!(
        "{SAMPLES}[http]\npublic_url = \"https://rasid.example.org\"\n[mail]\ntemplates = \".\"\n\
         [[subscribers]]\nemail = \"amal@example.org\"\nrules = [\"*\"]\nlanguage = \"en\"\n"
    ));
    let usual = preview(&place, &["pull-out"]);
    assert!(printed(&usual).contains("Unsubscribe: https://rasid.example.org/s/"), "{}", usual.stdout);
    std::fs::write(place.path("alert.txt"), "mine: {{ subject }}\n").expect("a template");
    let mine = preview(&place, &["pull-out"]);
    assert!(printed(&mine).ends_with("\n\nmine: انسحاب الكتيبة غدًا — الانسحاب\n"), "{}", mine.stdout);
}

/// `rasid mail test` with this relay.
fn sent(relay: &SmtpServer) -> Ended {
    let place = Place::new(&Settings::new(&relay.url()));
    with(&place, &["mail", "test", "admin@example.net"])
}

#[test]
fn a_test_mail_goes_through_the_relay_and_its_reply_is_said() {
    let relay = SmtpServer::start();
    let ended = sent(&relay);
    let port = relay.port();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(
        ended.stdout,
        format!(
            "accepted (without TLS): 127.0.0.1:{port}: 250 2.0.0 taken
"
        )
    );
    let mails = relay.log().mails();
    let [mail] = &mails[..] else { panic!("one mail: {mails:?}") };
    assert_eq!(
        (mail.to.clone(), mail.from.as_str()),
        (vec!["admin@example.net".to_owned()], "rasid@example.org")
    );
    let message = MessageParser::default().parse(&mail.bytes).expect("a mail");
    assert!(message.subject().expect("a subject").starts_with("تجربة: "), "{:?}", message.subject());
    assert_eq!(relay.log().faults, Vec::<String>::new());
}

#[test]
fn why_a_test_mail_was_not_taken_is_said() {
    let refused = |rule: Rule, words: &str| {
        let relay = SmtpServer::start();
        relay.script(rule);
        let ended = sent(&relay);
        assert_eq!((ended.code, ended.stdout.as_str()), (69, ""), "{ended:?}");
        assert!(ended.stderr.lines().count() == 1 && ended.stderr.contains(words), "{}", ended.stderr);
    };
    refused(Rule::at(Step::Rcpt).say("550 5.1.1 no such user"), "refused (without TLS): 127.0.0.1:");
    refused(
        Rule::at(Step::Rcpt).say("450 4.2.0 try again later"),
        "put off, as a mail of the daemon would be",
    );
    refused(Rule::at(Step::End).say("554 5.6.0 it looks like spam"), "554 5.6.0 it looks like spam");
    let relay = SmtpServer::start();
    relay.down();
    let ended = sent(&relay);
    assert!(ended.code == 69 && ended.stderr.contains("cannot be used"), "{ended:?}");
    let usage = with(&place(""), &["mail", "test", "not an address"]);
    assert_eq!(usage.code, 2, "{usage:?}");
}

#[test]
fn a_test_mail_goes_where_the_daemons_would() {
    let place = place("");
    let ended = with(&place, &["mail", "test", "admin@example.net"]);
    assert!(ended.code == 0 && ended.stdout.starts_with("accepted: written to "), "{ended:?}");
    assert_eq!(place.path("outbox").read_dir().expect("an outbox").count(), 1);
}
