//! One entry from HTTP to the received mail; and the first run that a newcomer sees.

use mail_parser::MessageParser;

use crate::support::daemon::{Place, Settings, eventually, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;

#[test]
fn an_article_becomes_a_mail_that_names_its_rules_and_shows_why() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let text =
        "قال المتحدث إن الاجتماع انتهى. وأكد أن للتحالف الدولي دورا في المرحلة المقبلة. ولم يذكر موعدا.";
    web.feed(
        "/news.xml",
        &rss(&[("1", "بيان عن سيادة البلاد", text), ("2", "مباراة ودية", "انتهت بالتعادل.")]),
    );
    let settings = Settings::new(&relay.url())
        .feed("agency", &web.url("/news.xml"))
        .more("[[rules]]\nid = \"sovereignty\"\ntitle = \"السيادة\"\nany = [\"سيادة\"]")
        .more("[[subscribers]]\nemail = \"amal@example.org\"\nrules = [\"coalition\", \"sovereignty\"]\ntimezone = \"Asia/Baghdad\"")
        .more("[[subscribers]]\nemail = \"badr@example.org\"\nrules = [\"coalition\"]\nlanguage = \"en\"");
    let daemon = Place::new(&settings);
    let running = daemon.start();

    let mails = relay.wait_for(2);
    for mail in &mails {
        assert_eq!(mail.from, "rasid@example.org");
    }
    let of = |address: &str| {
        let mails: Vec<_> = mails.iter().filter(|mail| mail.to == [address]).collect();
        assert_eq!(mails.len(), 1, "one message for {address}");
        MessageParser::default().parse(&mails[0].bytes).expect("a mail that an independent reader reads")
    };

    let amal = of("amal@example.org");
    let (plain, html) = (amal.body_text(0).expect("text"), amal.body_html(0).expect("HTML"));
    assert!(amal.subject().expect("a subject").contains("بيان عن سيادة البلاد"), "{:?}", amal.subject());
    for expected in
        ["بيان عن سيادة البلاد", "السيادة", "التحالف الدولي", "https://news.example/1", "وكالة الاختبار"]
    {
        assert!(plain.contains(expected), "{expected} is missing in:\n{plain}");
        assert!(html.contains(expected), "{expected} is missing in:\n{html}");
    }
    assert!(html.contains("dir=\"rtl\"") && html.contains("lang=\"ar\""));
    assert!(html.contains(">للتحالف الدولي</mark>"), "the whole written words are highlighted:\n{html}");
    assert!(!plain.contains("مباراة"), "what no rule matched is not told");
    assert!(amal.message_id().is_some_and(|id| id.ends_with("@example.org")));

    let badr = of("badr@example.org");
    assert!(
        !badr.body_text(0).expect("text").contains("السيادة"),
        "a rule that was not asked for is not named"
    );
    assert!(badr.body_html(0).expect("HTML").contains("lang=\"en\""));
    assert_eq!(running.stop().code, 0);
}

/// The default config with its sample feed alone, since a test must not ask the world's outlets.
fn offline_default(place: &Place) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let default = std::fs::read_to_string(root.join("config.toml")).expect("the default config");
    let offline: Vec<_> = default
        .split("\n[[")
        .filter(|table| !(table.starts_with("feeds]]") && table.lines().any(|line| line.starts_with("url"))))
        .collect();
    place.configure(&offline.join("\n[["));
    std::fs::create_dir(place.path("samples")).expect("a directory");
    for sample in std::fs::read_dir(root.join("samples")).expect("samples") {
        let sample = sample.expect("a sample").path();
        let name = sample.file_name().expect("a name").to_str().expect("UTF-8");
        std::fs::copy(&sample, place.path("samples").join(name)).expect("a copy");
    }
}

#[test]
fn the_default_config_puts_one_arabic_mail_with_all_three_topics_into_the_outbox_folder() {
    let place = Place::new(&Settings::new("file:outbox"));
    offline_default(&place);
    let running = place.start();
    let mails = eventually("a mail lies in the outbox folder", || {
        Some(place.emails()).filter(|mails| !mails.is_empty())
    });
    assert_eq!(mails.len(), 1);
    let mail = MessageParser::default().parse(&mails[0]).expect("a mail");
    let html = mail.body_html(0).expect("HTML");
    for topic in ["سيادة", "التحالف", "القوات"] {
        assert!(html.contains(topic), "{topic} is missing in:\n{html}");
    }
    assert_eq!(running.stop().code, 0);
}
