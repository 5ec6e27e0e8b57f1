//! `rasid search`, as it is typed.

use std::fs;

use super::stored::{TEXTS, archive};
use crate::store::words::Home;
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
[[feeds]]
id = "quiet"
url = "https://quiet.example/rss"
[[entities]]
id = "coalition"
names = ["=التحالف الدولي", "قوات التحالف"]
[[rules]]
id = "troops"
any = ["القوات"]
[[subscribers]]
email = "amal@example.org"
rules = ["*"]
"#;

fn search(home: &Home, arguments: &[&str]) -> Ended {
    let config = home.path().with_file_name("config.toml");
    fs::write(&config, CONFIG).unwrap();
    run(&[&["search", "--config", config.to_str().unwrap()], arguments].concat(), b"")
}

fn lines(ended: &Ended) -> Vec<serde_json::Value> {
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn found(home: &Home, arguments: &[&str]) -> Vec<i64> {
    lines(&search(home, arguments)).iter().map(|line| line["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_query_finds_what_a_rule_would_the_newest_first() {
    let home = archive(&TEXTS).await;
    for (arguments, expected) in [
        (&["القوات"][..], &[6, 3, 1][..]),
        (&["القوات", "--limit", "2"], &[6, 3]),
        (&["القوات", "--limit", "0"], &[6, 3, 1]),
        (&["القوات", "--feed", "nina"], &[6]),
        (&["القوات", "--feed", "quiet"], &[]),
        (&["القوات", "--since", "2000-01-01", "--until", "2026-09-20"], &[]),
        (&["القوات", "--since", "2026-09-21T13:00:00Z"], &[6, 3, 1]),
        (&["القوات NOT التحالف"], &[1]),
        (&["@coalition"], &[3]),
        (&["title:القوات"], &[1]),
        (&["SENTENCE(القوات التحالف)"], &[3]),
        (&["قوات NEAR/3 الأمن"], &[6]),
        (&["=انسحاب"], &[6]),
        (&["يسحب"], &[8, 1]),
        (&["مسئولين"], &[7]),
        (&["ولد"], &[8]),
        (&["وليد"], &[2]),
        (&["covid"], &[5]),
        (&["COVID NEAR/0 19"], &[5]),
        (&["وز*"], &[4, 1]),
        (&["ا*", "--limit", "1"], &[8]),
        (&["بركان"], &[]),
    ] {
        assert_eq!(found(&home, arguments), expected, "{arguments:?}");
    }
}

#[tokio::test]
async fn a_line_says_where_the_words_stand() {
    let home = archive(&TEXTS).await;
    let lines = lines(&search(&home, &["\"قوات التحالف\"", "--limit", "1"]));
    let line = &lines[0];
    assert_eq!(line["outlet"], "وكالة الأنباء العراقية");
    assert_eq!(
        line["spans"],
        serde_json::json!([{"field": "body", "start": 5, "end": 17, "term": "قوات التحالف"}])
    );
    let text: String = line["text"].as_str().unwrap().chars().skip(5).take(12).collect();
    assert_eq!(text, "قوات التحالف");
    assert_eq!(line["url"], "https://news.example/2");
    assert!(line["fetched"].as_str().unwrap().ends_with('Z'), "{line}");
}

#[tokio::test]
async fn people_see_the_sentences_with_their_words_marked() {
    let home = archive(&TEXTS).await;
    let ended = search(&home, &["القوات", "--text", "--limit", "2"]);
    assert_eq!(ended.code, 0);
    let shown: Vec<&str> = ended.stdout.lines().filter(|line| line.contains('[')).map(str::trim).collect();
    assert_eq!(shown, ["[قوات] الأمن لم تتدخل.", "نقلت [قوات] التحالف معدّاتها جنوبا."]);
    assert!(ended.stdout.contains("وكالة الأنباء العراقية"), "{}", ended.stdout);
    assert_eq!(search(&home, &["بركان", "--text"]).stdout, "nothing matches\n");
}

#[tokio::test]
async fn what_cannot_be_searched_is_said() {
    let home = archive(&TEXTS[..1]).await;
    for (arguments, code, says) in [
        (&["القوات AND"][..], 2, "the query"),
        (&["@nobody"], 2, "the config has no entity `nobody`"),
        (&["NOT القوات"], 2, "positive"),
        (&["القوات", "--feed", "nobody"], 2, "no feed is called `nobody`"),
        (&["القوات", "--since", "yesterday"], 2, "write 7d, 12h or 30m before now"),
    ] {
        let ended = search(&home, arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{arguments:?}");
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
    }
    let nothing = search(&Home::new(), &["القوات"]);
    assert_eq!(nothing.code, 66, "{}", nothing.stderr);
}
