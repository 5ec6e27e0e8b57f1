//! `rasid feeds import` and `export`: from other readers, and to them.

use super::{place, with};
use crate::support::daemon::{Place, rss};
use crate::support::http::{Reply, Server};
use crate::support::program::{Ended, run};

fn import(place: &Place, opml: &[u8], more: &[&str]) -> Ended {
    std::fs::write(place.path("feeds.opml"), opml).expect("written");
    let file = place.path("feeds.opml");
    with(place, &[&["feeds", "import", file.to_str().expect("UTF-8")], more].concat())
}

/// The feeds that a printed config holds: id, URL, title, tags.
#[track_caller]
fn feeds(toml: &str) -> Vec<(String, String, String, Vec<String>)> {
    let parsed: toml::Table = toml.parse().unwrap_or_else(|error| panic!("{error}:\n{toml}"));
    let text = |value: Option<&toml::Value>| value.and_then(|it| it.as_str()).unwrap_or_default().to_owned();
    let feeds = parsed.get("feeds").and_then(|feeds| feeds.as_array()).cloned().unwrap_or_default();
    let tags = |feed: &toml::Value| {
        let tags = feed.get("tags").and_then(|tags| tags.as_array()).cloned().unwrap_or_default();
        tags.iter().map(|tag| text(Some(tag))).collect()
    };
    feeds
        .iter()
        .map(|feed| (text(feed.get("id")), text(feed.get("url")), text(feed.get("title")), tags(feed)))
        .collect()
}

#[test]
fn folders_become_tags_and_the_tables_pass_the_check() {
    let opml = r#"<?xml version="1.0"?><opml version="1.1"><head><title>x</title></head><body>
      <outline text="وكالات"><outline title="العراق" text="عراق">
        <outline type="rss" text="وكالة &quot;وادان&quot;" xmlUrl="https://wadan.example/rss?a=1&amp;b=2" category="/سياسة,وكالات"/>
      </outline>
      <outline TEXT="Plain News" XMLURL=https://www.plain-news.example/feed></outline></outline>
      <outline text="بلا مجلد" xmlUrl="feed://third.example/&x.xml"/>
      <outline text="again" xmlUrl="https://www.plain-news.example/feed" category="two"/>
      <outline text="رابط" type="link" url="https://link.example/"/>
      <outline text="known" xmlUrl="https://known.example/rss"/>
      <outline text="bad" xmlUrl="javascript:alert(1)"/>
      <outline text="secret" xmlUrl="https://user:hunter2@secret.example/"/>"#;
    let place = place("[[feeds]]\nid = \"third\"\nurl = \"https://known.example/rss\"");
    let ended = import(&place, opml.as_bytes(), &[]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let own = |id: &str, url: &str, title: &str, tags: &[&str]| {
        (
            id.to_owned(),
            url.to_owned(),
            title.to_owned(),
            tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>(),
        )
    };
    let expected = [
        own("wadan", "https://wadan.example/rss?a=1&b=2", "وكالة \"وادان\"", &["وكالات", "العراق", "سياسة"]),
        own("plain-news", "https://www.plain-news.example/feed", "Plain News", &["وكالات", "two"]),
        own("third-بلا-مجلد", "http://third.example/&x.xml", "بلا مجلد", &[]),
        own("secret", "https://secret.example/", "secret", &[]),
    ];
    assert_eq!(feeds(&ended.stdout), expected);
    assert!(
        !ended.stdout.contains("hunter2") && ended.stdout.contains("# its user and password were left out")
    );
    assert!(ended.stderr.contains("left out bad") && !ended.stderr.contains("hunter2"), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .ends_with("4 feeds, 1 in the config already, 1 listed twice, 1 without a usable address\n"),
        "{}",
        ended.stderr
    );
    let whole = std::fs::read_to_string(place.path("config.toml")).expect("read") + &ended.stdout;
    place.configure(&whole);
    assert!(with(&place, &["check"]).stdout.contains("5 feeds"));
    assert_eq!(feeds(&import(&place, opml.as_bytes(), &[]).stdout), [], "all of them are known now");
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    let tables = "[[feeds]]\nid = \"أ\"\nurl = \"https://a.example/?q=<x>&y=\\\"1\\\"\"\ntitle = \"عنوان <b> & 'c'\"\ntags = [\"العراق\", \"وكالات\"]\n\
        [[feeds]]\nid = \"b\"\nurl = \"https://b.example/\"\n[[feeds]]\nid = \"c\"\nurl = \"https://c.example/\"\ntitle = \"c\"\ntags = [\"العراق\"]\n";
    let from = place(&(tables.to_owned() + "[[feeds]]\nid = \"file\"\npath = \"x.xml\"\n"));
    let exported = with(&from, &["feeds", "export"]);
    assert_eq!(
        (exported.code, exported.stderr.contains("left out 1 with a `path`")),
        (0, true),
        "{}",
        exported.stderr
    );
    let mut reader = quick_xml::Reader::from_str(&exported.stdout);
    while !matches!(reader.read_event().expect("well-formed"), quick_xml::events::Event::Eof) {}
    let mut imported = feeds(&import(&place(""), exported.stdout.as_bytes(), &[]).stdout);
    let mut before = feeds(tables);
    // A feed without a title is called by its id there, and its address is written as it is asked.
    before[0].1 = "https://a.example/?q=%3Cx%3E&y=%221%22".into();
    before[1].2 = "b".into();
    imported.sort();
    before.sort();
    assert_eq!(imported, before);
}

#[test]
fn hostile_files_are_read_in_time_or_refused() {
    let place = place("");
    let ok = |opml: &str, expected: usize| {
        let ended = import(&place, opml.as_bytes(), &[]);
        assert_eq!((ended.code, feeds(&ended.stdout).len()), (0, expected), "{}", ended.stderr);
        ended
    };
    let deep = "<outline text='م'>".repeat(200_000) + "<outline text='t' xmlUrl='https://a.example/'/>";
    assert!(feeds(&ok(&format!("<opml>{deep}</opml>"), 1).stdout)[0].3.len() <= 8);
    let laughs = "<!DOCTYPE opml [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]><opml>\
        <outline text='&b;&f;' xmlUrl='https://a.example/'/></opml>";
    let laughed = ok(laughs, 1);
    assert!(!laughed.stdout.contains("haha") && !laughed.stdout.contains("root:"), "{}", laughed.stdout);
    let hostile = "<opml><outline text='a\u{1b}[2J\u{202e}\n]] [smtp]' xmlUrl='https://a.example/'/><outline xmlUrl='https://b.example/'";
    let shown = ok(hostile, 1).stdout;
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
    let many: String = (0..60_000)
        .fold("<opml>".into(), |all, n| all + &format!("<outline xmlUrl='https://a.example/{n}'/>"));
    assert!(ok(&many, 50_000).stderr.contains("10000 beyond"));
    let (legacy, ..) = encoding_rs::WINDOWS_1256.encode("<?xml version='1.0' encoding='windows-1256'?><opml><outline text='وكالة الأنباء' xmlUrl='https://a.example/'/></opml>");
    assert_eq!(feeds(&import(&place, &legacy, &[]).stdout)[0].2, "وكالة الأنباء");
    for no_opml in ["", "<rss><channel/></rss>", "{}", "\u{0}\u{1}"] {
        let ended = import(&place, no_opml.as_bytes(), &[]);
        assert_eq!(
            (ended.code, &*ended.stdout, ended.stderr.lines().count()),
            (1, "", 1),
            "{}",
            ended.stderr
        );
    }
    assert_eq!(run(&["feeds", "import", "/nowhere.opml"], b"").code, 66);
    assert_eq!(feeds(&run(&["feeds", "import", "-"], deep.as_bytes()).stdout).len(), 1);
}

#[test]
fn a_file_that_exists_is_never_written() {
    let place = place("");
    let opml = b"<opml><outline xmlUrl='https://a.example/'/></opml>";
    let into = place.path("new.toml");
    let into = into.to_str().expect("UTF-8");
    assert_eq!(import(&place, opml, &["--output", into]).code, 0);
    let written = std::fs::read_to_string(into).expect("written");
    assert_eq!(feeds(&written).len(), 1);
    let again = import(&place, opml, &["--output", into]);
    assert_eq!((again.code, again.stderr.contains("it exists")), (74, true), "{}", again.stderr);
    assert_eq!(std::fs::read_to_string(into).expect("read"), written);
}

#[test]
fn with_a_check_what_fails_becomes_a_comment() {
    let web = Server::start();
    web.feed("/a.xml", &rss(&[("1", "خبر", "نص.")]));
    web.route("/html", Reply::ok("<html>"));
    let opml = format!(
        "<opml><outline xmlUrl='{}'/><outline text='صفحة' xmlUrl='{}'/></opml>",
        web.url("/a.xml"),
        web.url("/html")
    );
    let ended = import(&place(""), opml.as_bytes(), &["--check"]);
    let found = feeds(&ended.stdout);
    assert_eq!((found.len(), &*found[0].2), (1, "وكالة الاختبار"), "{}", ended.stdout);
    assert!(
        ended.stdout.contains("# not a feed") && ended.stdout.contains("# [[feeds]]"),
        "{}",
        ended.stdout
    );
    assert!(ended.stderr.contains("1 failing"), "{}", ended.stderr);
}
