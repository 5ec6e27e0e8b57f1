//! Rules that are meant for some feeds only, and what is asked for by their tags.

use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;

const TEXT: &str = "أعلن التحالف الدولي سحب مستشاريه من القاعدة.";
const PERSIAN: &str =
    "ائتلاف بین‌المللی گفت که نیروهایش از پایگاه خارج می‌شوند چون کار پایان یافت. التحالف الدولي";

/// The rules that a mail says it tells of.
fn rules(bytes: &[u8]) -> Vec<String> {
    let mail = mail_parser::MessageParser::default().parse(bytes).expect("a mail");
    let rules = mail.header("X-Rasid-Rules").and_then(|value| value.as_text()).expect("rules").to_owned();
    let mut rules: Vec<String> = rules.split(", ").map(str::to_owned).collect();
    rules.sort();
    rules
}

fn rule(id: &str, keys: &str) -> String {
    format!("[[rules]]\nid = \"{id}\"\nany = [\"التحالف الدولي\"]\n{keys}\n")
}

fn feed(web: &Server, id: &str, tags: &str) -> String {
    format!("[[feeds]]\nid = \"{id}\"\nurl = \"{}\"\ntags = [{tags}]\n", web.url(&format!("/{id}.xml")))
}

#[test]
fn rules_look_at_the_feeds_they_are_meant_for() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    let arabic = rss(&[("1", "خبر", TEXT)]);
    web.feed("/a.xml", &arabic);
    web.feed("/b.xml", &arabic.replace("<channel>", "<channel><language>en-us</language>"));
    web.feed(
        "/c.xml",
        &rss(&[("1", "خبر", PERSIAN)]).replace("<channel>", "<channel><language>fa</language>"),
    );
    let subscriber = |name: &str, rules: &str| {
        format!("[[subscribers]]\nemail = \"{name}@example.org\"\nrules = [{rules}]\n")
    };
    let settings = Settings::new(&relay.url())
        .fetch("interval", "\"1h\"")
        .more(&feed(&web, "a", "\"iraq\", \"agency\""))
        .more(&feed(&web, "b", "\"iraq\""))
        .more(&feed(&web, "c", ""))
        .more(&rule("only-a", "feeds = [\"a\"]"))
        .more(&rule("iraq", "tags = [\"iraq\"]"))
        .more(&rule("agency", "tags = [\"agency\"]\nfeeds = [\"a\", \"b\"]"))
        .more(&rule("arabic", "languages = [\"ar\"]"))
        .more(&rule("persian", "languages = [\"fa\", \"ur\"]"))
        .more(&subscriber("a", "\"only-a\", \"agency\""))
        .more(&subscriber("b", "\"#iraq\""))
        .more(&subscriber("c", "\"persian\""))
        .more(&subscriber("d", "\"*\""));
    let place = Place::new(&settings);
    place.once();
    let mut told: Vec<(String, Vec<String>, usize)> = (relay.log().mails().iter())
        .map(|mail| {
            let text = String::from_utf8_lossy(&mail.bytes);
            let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).expect("a mail");
            let entries = parsed.body_text(0).expect("text").matches("news.example/1").count();
            assert!(text.contains("X-Rasid-Rules"));
            (mail.to[0].clone(), rules(&mail.bytes), entries)
        })
        .collect();
    told.sort();
    let expected = [
        ("a@example.org", &["agency", "only-a"][..], 1),
        ("b@example.org", &["iraq"], 2),
        ("c@example.org", &["persian"], 1),
        ("d@example.org", &["agency", "arabic", "coalition", "iraq", "only-a", "persian"], 3),
    ];
    let expected = expected.map(|(to, rules, entries)| {
        (to.to_owned(), rules.iter().map(|rule| (*rule).to_owned()).collect::<Vec<_>>(), entries)
    });
    assert_eq!(told, expected);
}

#[test]
fn what_an_entry_names_is_kept_with_it() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed(
        "/a.xml",
        &rss(&[("1", "التحالف الدولي في بغداد", TEXT), ("2", "بغداد", "لا شيء"), ("3", "خبر", "لا شيء")]),
    );
    let settings = Settings::new(&relay.url())
        .feed("a", &web.url("/a.xml"))
        .more("[[entities]]\nid = \"iraq\"\nnames = [\"العراق\", \"بغداد\"]")
        .more("[[entities]]\nid = \"coalition\"\nnames = [\"التحالف الدولي\"]\nunless = [\"انتخابي\"]");
    let place = Place::new(&settings);
    place.once();
    let db = rusqlite::Connection::open(place.path("rasid.db")).expect("the database");
    let named = "SELECT entries.guid || ' ' || group_concat(entity) FROM
        (SELECT * FROM mentions ORDER BY entity) JOIN entries ON entries.id = entry GROUP BY guid ORDER BY guid";
    let mut named = db.prepare(named).expect("a query");
    let named: Result<Vec<String>, _> = named.query_map([], |row| row.get(0)).expect("rows").collect();
    assert_eq!(named.expect("texts"), ["1 coalition,iraq", "2 iraq"]);
}
