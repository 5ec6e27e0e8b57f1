//! `rasid stats`: how much came, by rule, feed and day.

use rasid::store::{NewEntry, Poll, Store};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::store::words::{Home, entry, poll, state};
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
id = "silent"
url = "https://silent.example/rss"
[[rules]]
id = "troops"
title = "إعادة انتشار القوات"
any = ["القوات"]
[[rules]]
id = "never"
any = ["قاعدة"]
[[subscribers]]
email = "amal@example.org"
rules = ["*"]
"#;

const DAY: i64 = 86_400_000;

fn stats(home: &Home, args: &[&str]) -> Ended {
    let config = home.path().with_file_name("config.toml");
    std::fs::write(&config, CONFIG).unwrap();
    let config = config.display().to_string();
    let ended = run(&[&["stats", "--config", &config], args].concat(), b"");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    ended
}

/// Entries 1 to 3 of today, 4 and 5 of three days ago, 6 of 40 days ago; even numbers match.
async fn archive() -> Home {
    let home = Home::new();
    let store = home.open();
    let entries: Vec<NewEntry> =
        (1..=6).map(|number| entry(number, if number % 2 == 0 { &["troops"] } else { &[] })).collect();
    store.commit(Poll { entries, ..poll("ina", 1, vec![]) }).await.unwrap();
    store.commit(Poll::of_state(state("gone", 1), crate::store::words::at(1))).await.unwrap();
    store.commit(poll("gone", 1, vec![entry(9, &["lost"])])).await.unwrap();
    store.close().await.unwrap();
    let db = Connection::open(home.path()).unwrap();
    let now = "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)";
    db.execute_batch(&format!(
        "UPDATE entries SET fetched = {now}; UPDATE entries SET fetched = fetched - 3 * {DAY} WHERE id IN (4, 5);
         UPDATE entries SET fetched = fetched - 40 * {DAY} WHERE id = 6"
    ))
    .unwrap();
    home
}

#[tokio::test]
async fn counts_stand_by_rule_and_by_feed_a_day_a_column() {
    let home = archive().await;
    let ended = stats(&home, &["--since", "4d", "--format", "json"]);
    let stats: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(stats["days"].as_array().unwrap().len(), 5);
    let troops = &stats["rules"][0];
    assert_eq!((&troops["rule"], &troops["matches"]), (&json!("troops"), &json!(2)));
    assert_eq!(troops["by_day"], json!([0, 1, 0, 0, 1]));
    assert_eq!(troops["feeds"], json!([{"feed": "ina", "matches": 2}]));
    let rules: Vec<_> = stats["rules"].as_array().unwrap().iter().map(|row| &row["rule"]).collect();
    assert_eq!(
        rules,
        ["troops", "lost", "never"],
        "also those that are silent, and that the config has lost"
    );
    let ina = &stats["feeds"][0];
    assert_eq!(ina["by_day"], json!([0, 2, 0, 0, 3]));
    assert_eq!((&ina["entries"], &ina["matches"]), (&json!(5), &json!(2)));
    let feeds: Vec<_> = stats["feeds"].as_array().unwrap().iter().map(|row| &row["feed"]).collect();
    assert_eq!(feeds, ["ina", "gone", "silent"]);
}

#[tokio::test]
async fn a_chart_is_drawn_for_people() {
    let home = archive().await;
    let ended = stats(&home, &["--since", "45d"]);
    let line = |name: &str| {
        let line = ended.stdout.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("no {name} in\n{}", ended.stdout)).to_owned()
    };
    assert!(line("إعادة انتشار القوات").ends_with(" █"), "{}", ended.stdout);
    let words: Vec<_> = line("إعادة انتشار القوات").split_whitespace().map(str::to_owned).collect();
    assert_eq!(words[3..5], ["3", "1"], "matches, and those of today");
    assert!(line("silent").trim_end().ends_with("0         0"), "{}", ended.stdout);
    assert!(!stats(&home, &["--by", "rule"]).stdout.contains("FEED"));
    assert!(!stats(&home, &["--by", "feed"]).stdout.contains("RULE"));
}
