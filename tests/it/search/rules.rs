//! `rasid rules backtest` and `rasid rules rescan`, as they are typed.

use std::fs;

use rasid::store::Store;
use serde_json::{Value, json};

use super::stored::{TEXTS, archive};
use crate::store::words::{AMAL, Home, alerting, peek, poll};
use crate::support::program::{Ended, run};

/// A config whose rule `troops` asks for these words.
fn config(home: &Home, name: &str, rules: &str, delivery: &str) -> String {
    let path = home.path().with_file_name(name);
    let text = format!(
        r#"
[storage]
path = "rasid.db"
[smtp]
url = "file:out"
from = "rasid@example.org"
[[feeds]]
id = "ina"
path = "ina.xml"
tags = ["state"]
{rules}
[[subscribers]]
email = "amal@example.org"
rules = ["*"]
{delivery}
"#
    );
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const TROOPS: &str = "[[rules]]\nid = \"troops\"\nany = [\"القوات\"]\n";
const STATE: &str =
    "[[rules]]\nid = \"state\"\nany = [\"القوات\"]\ntags = [\"state\"]\nlanguages = [\"ar\"]\n";

fn backtest(config: &str, arguments: &[&str]) -> Ended {
    run(&[&["rules", "backtest", "--config", config], arguments].concat(), b"")
}

fn rescan(config: &str, arguments: &[&str]) -> Ended {
    run(&[&["rules", "rescan", "--config", config, "--since", "2000-01-01"], arguments].concat(), b"")
}

#[track_caller]
fn object(ended: &Ended) -> Value {
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    serde_json::from_str(&ended.stdout).unwrap()
}

/// Rule, matched, gained, lost.
fn counts(report: &Value) -> Vec<(String, u64, u64, u64)> {
    let count = |rule: &Value, key: &str| rule[key].as_u64().unwrap();
    let rules = report["rules"].as_array().unwrap().iter();
    rules
        .map(|rule| {
            let name = rule["rule"].as_str().unwrap().to_owned();
            (name, count(rule, "matched"), count(rule, "gained"), count(rule, "lost"))
        })
        .collect()
}

#[tokio::test]
async fn a_backtest_says_what_a_config_gains_and_loses_and_writes_nothing() {
    let home = archive(&TEXTS).await;
    let store = home.open();
    // Stored for a rule whose words it has not.
    store.commit(poll("ina", 90_000, vec![alerting(50, &["troops", "gone"], &[AMAL])])).await.unwrap();
    store.close().await.unwrap();
    let both = config(&home, "new.toml", &format!("{TROOPS}{STATE}"), "");
    let before = fs::read(home.path()).unwrap();
    let report = object(&backtest(&both, &[]));
    let row = |rule: &str, matched, gained, lost| (rule.to_owned(), matched, gained, lost);
    let expected = [row("troops", 4, 3, 0), row("state", 3, 3, 0), row("gone", 0, 0, 1)];
    assert_eq!(counts(&report), expected, "{report}");
    assert_eq!((&report["against"], &report["entries"]), (&json!("stored"), &json!(9)));
    let newest = &report["rules"][0]["samples"][0];
    assert_eq!((&newest["change"], &newest["id"]), (&json!("gained"), &json!(6)));
    // Ten minutes apart each entry is a mail of its own.
    let mails =
        json!([{"subscriber": AMAL, "mails": 4, "entries": 4, "mails_before": 1, "entries_before": 1}]);
    assert_eq!(report["subscribers"], mails);
    let days: u64 = report["rules"][0]["days"]
        .as_object()
        .unwrap()
        .values()
        .map(|day| day["matched"].as_u64().unwrap())
        .sum();
    assert_eq!(days, 4);

    let digest = config(&home, "digest.toml", TROOPS, "delivery = \"digest\"\ndigest_every = \"1h\"");
    assert_eq!(object(&backtest(&digest, &[]))["subscribers"][0]["mails"], 2);

    let only = object(&backtest(&both, &["--rule", "state", "--since", "2000-01-01"]));
    assert_eq!(counts(&only), [row("state", 3, 3, 0)]);
    let narrow = TROOPS.replace("القوات", "=القوات");
    let narrow = config(&home, "narrow.toml", &narrow, "");
    let against = object(&backtest(&narrow, &["--against", &both]));
    assert_eq!(counts(&against), [row("troops", 2, 0, 2), row("state", 0, 0, 3)], "{against}");
    let none = object(&backtest(&both, &["--until", "2001-01-01"]));
    assert_eq!((&none["entries"], &none["subscribers"]), (&json!(0), &json!([])));

    assert!(fs::read(home.path()).unwrap() == before, "nothing is written");
    let text = backtest(&both, &["--text"]);
    assert!(text.stdout.contains("9 entries looked at, against what is stored"), "{}", text.stdout);
    assert!(text.stdout.contains("  + ") && text.stdout.contains("  - "), "{}", text.stdout);
    assert_eq!(backtest(&both, &["--rule", "nobody"]).code, 2);
}

#[tokio::test]
async fn a_rescan_keeps_matches_once_and_tells_nobody() {
    let home = archive(&TEXTS).await;
    let both = config(&home, "config.toml", &format!("{TROOPS}{STATE}"), "");
    let kept = object(&rescan(&both, &["--rule", "state"]));
    assert_eq!(kept, json!({"entries": 8, "found": 2, "matches": 2, "alerts": 0}));
    let stored = "SELECT group_concat(entry || ' ' || rule || ' ' || (spans != '[]'), ', ') FROM matches";
    assert_eq!(peek::<String>(&home.path(), stored), "1 state 1, 3 state 1");
    let kept = object(&rescan(&both, &[]));
    assert_eq!((&kept["matches"], &kept["alerts"]), (&json!(3), &json!(0)));
    let again = object(&rescan(&both, &["--digest"]));
    assert_eq!((&again["matches"], &again["alerts"]), (&json!(0), &json!(0)), "it is kept already");
    assert_eq!(peek::<i64>(&home.path(), "SELECT count(*) FROM alerts"), 0);
    let ended = run(&["rules", "rescan", "--config", &both], b"");
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("--since"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_rescan_with_a_digest_is_one_message() {
    let home = archive(&TEXTS).await;
    let config = config(&home, "config.toml", TROOPS, "");
    fs::write(
        home.path().with_file_name("ina.xml"),
        "<rss version='2.0'><channel><title>a</title></channel></rss>",
    )
    .unwrap();
    // The daemon is running meanwhile.
    let store = home.open();
    let kept = object(&rescan(&config, &["--digest"]));
    assert_eq!(kept, json!({"entries": 8, "found": 3, "matches": 3, "alerts": 3}));
    assert_eq!(store.held_for(AMAL, 10).await.unwrap().len(), 3);
    store.close().await.unwrap();
    let ended = run(&["run", "--once", "--config", &config], b"");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(fs::read_dir(home.path().with_file_name("out")).unwrap().count(), 1);
}
