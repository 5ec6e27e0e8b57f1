//! `rasid export`: what matched, as RSS that other readers understand.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests, which clippy tells from tests

use std::fs;
use std::path::PathBuf;

use rasid::store::{NewEntry, Store};
use rss::Channel;

use crate::store::words::{Home, alerting, at, entry, poll};
use crate::support::program::{Ended, run};

const CONFIG: &str = r#"
[storage]
path = "rasid.db"
[smtp]
url = "file:out"
from = "rasid@example.org"
[[feeds]]
id = "ina"
url = "https://ina.example/rss"
title = "وكالة الأنباء العراقية"
[[entities]]
id = "coalition"
names = ["=التحالف الدولي", "قوات التحالف"]
wikidata = "Q18042948"
[[entities]]
id = "forces"
names = ["القوات <الأجنبية>"]
[[rules]]
id = "troops"
title = "إعادة انتشار القوات"
any = ["القوات"]
[[rules]]
id = "قواعد/جوية"
any = ["قاعدة"]
[[subscribers]]
email = "amal@example.org"
rules = ["*"]
"#;

fn config(home: &Home) -> String {
    let path = home.path().with_file_name("config.toml");
    fs::write(&path, CONFIG).unwrap();
    path.to_str().unwrap().to_owned()
}

async fn stored(home: &Home, feed: &str, source: &str, entries: Vec<NewEntry>) {
    let store = home.open();
    let mut brought = poll(feed, 60, entries);
    brought.state.source = source.into();
    store.commit(brought).await.unwrap();
    store.close().await.unwrap();
}

fn export(home: &Home, rule: &str) -> Ended {
    run(&["export", "--config", &config(home), "--format", "rss", "--rule", rule], b"")
}

fn channel(home: &Home, rule: &str) -> Channel {
    let ended = export(home, rule);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let second = feed_rs::parser::parse(ended.stdout.as_bytes()).expect("feed-rs reads it, too");
    let channel = Channel::read_from(ended.stdout.as_bytes()).expect("it is RSS");
    assert_eq!(second.entries.len(), channel.items.len());
    channel
}

#[tokio::test]
async fn a_rule_is_a_channel_newest_first() {
    let home = Home::new();
    let mut undated = alerting(2, &["troops"], &[]);
    undated.entry.published = None;
    let entries = vec![entry(1, &["troops"]), undated, entry(3, &["other"])];
    stored(&home, "ina", "https://user:secret@ina.example/rss?key=secret", entries).await;
    let channel = channel(&home, "troops");
    assert_eq!((channel.title.as_str(), channel.language.as_deref()), ("إعادة انتشار القوات", Some("ar")));
    assert!(channel.description.contains("«إعادة انتشار القوات»"), "{}", channel.description);
    let titles: Vec<_> = channel.items.iter().map(|item| item.title.as_deref().unwrap()).collect();
    assert_eq!(titles, ["الخبر رقم 2", "الخبر رقم 1"]);

    let item = &channel.items[1];
    assert_eq!(item.link.as_deref(), Some("https://news.example/1"));
    assert_eq!(item.description.as_deref(), Some("<p dir=\"auto\">انسحبت القوات من القاعدة رقم 1.</p>"));
    let source = item.source.as_ref().unwrap();
    assert_eq!(source.url, "https://ina.example/rss", "nothing secret is published");
    assert_eq!(source.title.as_deref(), Some("وكالة الأنباء العراقية"));
    assert_eq!(item.dublin_core_ext.as_ref().unwrap().creators, ["وكالة الأنباء العراقية"]);
    let dates: Vec<_> = channel.items.iter().map(|item| item.pub_date.clone().unwrap()).collect();
    let written =
        |second| jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at(second)).unwrap();
    assert_eq!(dates, [written(60), written(0)], "the time we had it stands in for one that is missing");
    let guids: Vec<_> = channel.items.iter().map(|item| item.guid.clone().unwrap()).collect();
    assert!(guids.iter().all(|guid| !guid.permalink && guid.value.starts_with("urn:rasid:entry:ina:")));
    assert_ne!(guids[0], guids[1]);

    let again = Home::new();
    stored(&again, "ina", "feeds/ina.xml", vec![entry(9, &["troops"]), entry(1, &["troops"])]).await;
    let again = self::channel(&again, "troops");
    assert_eq!(again.items[0].guid.as_ref(), Some(&guids[1]), "named alike by another database");
    assert_eq!(again.items[0].source, None, "a path is nobody's business");
}

#[tokio::test]
async fn what_a_feed_says_stays_text() {
    let home = Home::new();
    let mut hostile = entry(1, &["troops"]);
    hostile.entry.title = "]]> <b>عنوان</b> & \u{b}\u{1b}[31m\u{ffff}".into();
    hostile.entry.text = "<script>alert(1)</script>]]>\u{0}&amp;\nسطر\n\nفقرة".into();
    hostile.entry.url = None;
    stored(&home, "غريب", "https://x.example/", vec![hostile]).await;
    let channel = channel(&home, "troops");
    let item = &channel.items[0];
    assert_eq!(item.title.as_deref(), Some("]]> <b>عنوان</b> & [31m"));
    let paragraphs = "<p dir=\"auto\">&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;&amp;amp;<br>سطر</p>\
                      <p dir=\"auto\">فقرة</p>";
    assert_eq!(item.description.as_deref(), Some(paragraphs));
    assert_eq!(item.link, None);
    assert!(item.guid.as_ref().unwrap().value.is_ascii());
}

#[tokio::test]
async fn long_texts_are_cut_at_a_word_and_long_channels_at_the_newest() {
    let home = Home::new();
    let long = |number| {
        let mut new = entry(number, &["troops"]);
        new.entry.text = "انسحاب القوات ".repeat(200);
        new
    };
    stored(&home, "ina", "https://ina.example/rss", (0..250).map(long).collect()).await;
    let channel = channel(&home, "troops");
    assert_eq!(channel.items.len(), 200);
    assert_eq!(channel.items[0].title.as_deref(), Some("الخبر رقم 249"));
    let description = channel.items[0].description.as_deref().unwrap();
    assert!(description.ends_with(" القوات…</p>") || description.ends_with(" انسحاب…</p>"), "{description}");
    assert!((500..650).contains(&description.chars().count()));
}

#[tokio::test]
async fn a_directory_gets_a_file_a_rule_beside_a_running_daemon() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![entry(1, &["troops", "قواعد/جوية"])])).await.unwrap();
    let directory = home.path().with_file_name("public").join("rss");
    for _ in 0..2 {
        let ended = run(&["export", "--config", &config(&home), "--dir", directory.to_str().unwrap()], b"");
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        let mut files: Vec<PathBuf> =
            fs::read_dir(&directory).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        assert_eq!(files, [directory.join("troops.rss"), directory.join("قواعد%2Fجوية.rss")]);
        for file in files {
            assert!(ended.stdout.contains(file.to_str().unwrap()), "{}", ended.stdout);
            assert_eq!(Channel::read_from(fs::read(file).unwrap().as_slice()).unwrap().items.len(), 1);
        }
    }
    store.ping().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_exported_says_so() {
    let home = Home::new();
    let missing = export(&home, "troops");
    assert_eq!(missing.code, 66, "{}", missing.stderr);
    assert!(missing.stderr.contains("there is no database yet"), "{}", missing.stderr);
    assert!(!home.path().exists(), "reading makes nothing");

    home.open().close().await.unwrap();
    let unknown = export(&home, "troop");
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("no rule `troop`") && unknown.stderr.contains("troops"),
        "{}",
        unknown.stderr
    );
    assert_eq!(channel(&home, "troops").items.len(), 0, "nothing yet is a channel without items");

    fs::write(home.path(), "not a database\n".repeat(100)).unwrap();
    let garbage = export(&home, "troops");
    assert_eq!((garbage.code, garbage.stdout.as_str(), garbage.stderr.lines().count()), (74, "", 1));
}

#[tokio::test]
async fn the_entities_of_an_entry_are_its_categories() {
    let home = Home::new();
    let mut naming = entry(1, &["troops"]);
    naming.entities = ["forces", "coalition", "forgotten"].map(str::to_owned).to_vec();
    stored(&home, "ina", "https://ina.example/rss", vec![naming, entry(2, &["troops"])]).await;
    let channel = channel(&home, "troops");
    let categories = |item: &rss::Item| -> Vec<(String, Option<String>)> {
        item.categories.iter().map(|category| (category.name.clone(), category.domain.clone())).collect()
    };
    assert_eq!(categories(&channel.items[0]), []);
    let expected = [
        ("التحالف الدولي", "https://www.wikidata.org/wiki/Q18042948"),
        ("القوات <الأجنبية>", "urn:rasid:entity:forces"),
        ("forgotten", "urn:rasid:entity:forgotten"),
    ];
    assert_eq!(
        categories(&channel.items[1]),
        expected.map(|(name, domain)| (name.into(), Some(domain.into())))
    );
}

fn written(home: &Home, args: &[&str]) -> Ended {
    let ended = run(&[&["export", "--config", &config(home)], args].concat(), b"");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    ended
}

async fn hostile(home: &Home) {
    let mut formula = entry(1, &["troops", "قواعد/جوية"]);
    formula.entry.title = "=HYPERLINK(\"https://evil.example\")".into();
    formula.entry.text = "سطر، \"مقتبس\"\nوآخر & <script>\u{0}".into();
    formula.entities = vec!["coalition".into(), "forces".into(), "lost".into()];
    let mut undated = entry(2, &["troops"]);
    (undated.entry.published, undated.entry.url) = (None, None);
    stored(home, "ina", "https://ina.example/rss", vec![formula, undated]).await;
}

#[tokio::test]
async fn a_rule_is_an_atom_feed() {
    let home = Home::new();
    hostile(&home).await;
    let ended = written(&home, &["--format", "atom", "--rule", "troops"]);
    let feed = feed_rs::parser::parse(ended.stdout.as_bytes()).expect("it is a feed");
    assert_eq!(feed.feed_type, feed_rs::model::FeedType::Atom);
    assert_eq!(feed.title.unwrap().content, "إعادة انتشار القوات");
    assert_eq!(feed.entries.len(), 2);
    let (undated, formula) = (&feed.entries[0], &feed.entries[1]);
    assert_eq!((undated.links.len(), undated.published), (0, None));
    assert_eq!(formula.title.as_ref().unwrap().content, "=HYPERLINK(\"https://evil.example\")");
    assert_eq!(formula.links[0].href, "https://news.example/1");
    assert_eq!(formula.authors[0].name.as_deref(), Some("وكالة الأنباء العراقية"));
    assert_eq!(formula.updated.unwrap().timestamp(), at(60).as_second());
    let summary = &formula.summary.as_ref().unwrap().content;
    assert!(summary.contains("وآخر &amp; &lt;script&gt;</p>"), "{summary}");
    let terms: Vec<_> = formula.categories.iter().map(|category| category.term.as_str()).collect();
    assert_eq!(terms, ["coalition", "forces", "lost"]);
    assert_eq!(formula.categories[0].scheme.as_deref(), Some("https://www.wikidata.org/wiki/Q18042948"));
    // Our own reader has the same, and ids that last.
    let rss = channel(&home, "troops");
    assert_eq!(rss.items[1].guid.as_ref().unwrap().value, formula.id);
}

#[tokio::test]
async fn rows_are_all_matches_of_all_rules() {
    let home = Home::new();
    hostile(&home).await;
    let ended = written(&home, &["--format", "jsonl"]);
    let lines: Vec<serde_json::Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |key: &str| lines.iter().map(|line| line[key].to_string()).collect::<Vec<_>>();
    assert_eq!(of("rule"), ["\"troops\"", "\"troops\"", "\"قواعد/جوية\""]);
    assert_eq!(of("url"), ["null", "\"https://news.example/1\"", "\"https://news.example/1\""]);
    assert_eq!(lines[1]["entities"], serde_json::json!(["coalition", "forces", "lost"]));
    assert_eq!(lines[1]["fetched"], at(60).to_string());
    assert_eq!(lines[1]["text"], "سطر، \"مقتبس\"\nوآخر & <script>");

    let ended = written(&home, &["--format", "csv"]);
    let table = ended.stdout.strip_prefix('\u{feff}').expect("Excel knows it by its mark");
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    assert_eq!(&rows.headers().unwrap()[0], "rule");
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(&rows[1][1], "إعادة انتشار القوات");
    assert_eq!(&rows[1][4], "'=HYPERLINK(\"https://evil.example\")", "a formula is text");
    assert_eq!(&rows[1][8], "التحالف الدولي; القوات <الأجنبية>; lost");
    assert!(rows[1][9].contains("\"مقتبس\"\nوآخر"), "{}", &rows[1][9]);
    assert!(table.lines().next().unwrap().starts_with("rule,rule_title,feed"));
}

#[tokio::test]
async fn only_what_is_young_enough_is_written() {
    let home = Home::new();
    hostile(&home).await;
    let rows = |since: &str| {
        written(&home, &["--format", "jsonl", "--rule", "troops", "--since", since]).stdout.lines().count()
    };
    let just = at(60).to_string();
    let later = at(61).to_string();
    assert_eq!((rows(&just), rows(&later), rows("2020-01-01")), (2, 0, 2));
    let files = home.path().with_file_name("files");
    let files = files.to_str().unwrap();
    let ended = written(&home, &["--format", "csv", "--dir", files, "--since", &just]);
    let names: Vec<_> = ended.stdout.lines().map(|line| line.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["troops.csv", "قواعد%2Fجوية.csv"]);
    assert_eq!(fs::read_to_string(format!("{files}/troops.csv")).unwrap().matches("\r\n").count(), 3);
    let refused = run(&["export", "--config", &config(&home), "--format", "atom"], b"");
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("--rule"), "{}", refused.stderr);
}
