//! The same entry under other names, and the same name over another text.

use std::fmt::Write as _;

use mail_parser::MessageParser;

use crate::support::daemon::{Daemon, Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;

struct World {
    web: Server,
    relay: SmtpServer,
    running: Daemon,
    _place: Place,
}

/// A daemon that has told of this document.
fn world(document: &str) -> World {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", document);
    let settings = Settings::new(&relay.url())
        .feed("a", &web.url("/a.xml"))
        .more("[[rules]]\nid = \"bases\"\nany = [\"قواعد\"]")
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    relay.wait_for(1);
    World { web, relay, running, _place: place }
}

impl World {
    /// Serves another document until it was read.
    fn serve(&self, document: &str) {
        self.web.feed("/a.xml", document);
        self.web.wait_for("/a.xml", self.web.asked("/a.xml").len() + 3);
    }

    fn told(&self) -> Vec<String> {
        let text = |bytes: &[u8]| {
            let mail = MessageParser::default().parse(bytes).expect("a mail");
            mail.body_text(0).expect("text").into_owned()
        };
        self.relay.log().mails().iter().map(|mail| text(&mail.bytes)).collect()
    }
}

/// A feed of these entries, whose guids and links are made by `guid` and `link`.
fn feed(numbers: std::ops::Range<usize>, guid: &str, link: &str) -> String {
    let mut items = String::new();
    for n in numbers.rev() {
        let _ = write!(
            items,
            "<item><guid isPermaLink='false'>{guid}{n}</guid><link>{link}{n}</link><title>التحالف الدولي: البيان {n}</title>\
             <description>نص البيان رقم {n}.</description></item>"
        );
    }
    format!("<rss version='2.0'><channel><title>وكالة</title>{items}</channel></rss>")
}

#[test]
fn guids_that_all_change_are_held_and_stay_known_while_new_entries_come() {
    let link = "https://news.example/";
    let world = world(&feed(0..8, "a", link));
    world.serve(&feed(0..8, "b", link));
    world.running.wait_log(&["WARN", "ids all changed at once", "link and title"]);
    for n in 1..=8 {
        world.serve(&feed(n..8 + n, "b", link));
    }
    world.relay.wait_for(2);
    let told = world.told();
    world.running.stop();
    let all = told.concat();
    for n in 0..16 {
        let line = format!("التحالف الدولي: البيان {n}");
        assert_eq!(all.lines().filter(|found| found.trim() == line).count(), 1, "entry {n} in:\n{all}");
    }
}

#[test]
fn a_feed_that_moves_to_another_host_is_held() {
    let world = world(&feed(0..6, "https://old.example/", "https://old.example/"));
    world.serve(&feed(0..7, "https://new.example/a/", "https://new.example/a/"));
    world.running.wait_log(&["WARN", "ids all changed at once", "title and text"]);
    world.relay.wait_for(2);
    let told = world.told();
    world.running.stop();
    assert_eq!(told.len(), 2);
    assert!(told[1].contains("البيان 6") && !told[1].contains("البيان 5"), "{}", told[1]);
}

#[test]
fn an_edit_alerts_only_for_rules_that_had_not_matched_before() {
    let text = "اجتمع الأعضاء في العاصمة وناقشوا ما جرى في الأسبوع الماضي.";
    let world = world(&rss(&[("1", "التحالف الدولي يجتمع", text), ("2", "خبر عن الطقس", "غائم جزئيا.")]));
    // A counter, another sentence, a mistake in the title: kept or not, nothing to tell.
    for edit in [format!("{text} (120 قراءة)"), format!("{text} وسيعودون إلى الاجتماع بعد غد في المكان نفسه.")]
    {
        world.serve(&rss(&[("1", "التحالف الدولي يجتمع", &edit), ("2", "خبر عن الطقس", "غائم جزئيا.")]));
    }
    assert_eq!(world.told().len(), 1);
    let edit = format!("{text} وتحدثوا عن قواعد عسكرية.");
    world.serve(&rss(&[("1", "التحالف الدولي يجتمع ثانية", &edit), ("2", "خبر عن الطقس", "غائم جزئيا.")]));
    world.relay.wait_for(2);
    world.serve(&rss(&[
        ("1", "التحالف الدولي يجتمع ثانية", &format!("{edit} وقواعد أخرى هنا وهناك.")),
        ("2", "خبر عن الطقس", "ممطر."),
    ]));
    let told = world.told();
    let ended = world.running.stop();
    assert_eq!(told.len(), 2, "{}", ended.log);
    assert!(told[1].contains("bases") && told[1].contains("*قواعد* عسكرية"), "{}", told[1]);
    assert!(!told[1].contains("الطقس"));
}
