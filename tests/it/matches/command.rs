//! `rasid match` and `rasid rules try` through the built program.

use std::fs;

use tempfile::TempDir;

use crate::support::program::{Ended, run};

const CONFIG: &str = r#"
[[entities]]
id = "coalition"
names = ["التحالف الدولي", "قوات التحالف"]

[[rules]]
id = "second \"quoted\""
any = ["@coalition"]

[[rules]]
id = "first"
title = "النفط"
query = 'title:نفط OR "أسعار النفط"'
"#;

fn matching(arguments: &[&str], input: &[u8]) -> Ended {
    let directory = TempDir::new().unwrap();
    let config = directory.path().join("config.toml");
    fs::write(&config, CONFIG).unwrap();
    let all = [&["match", "--config", config.to_str().unwrap()], arguments].concat();
    run(&all, input)
}

/// Without the signs that isolate Arabic within a line.
pub(super) fn without_signs(text: &str) -> String {
    text.replace(['\u{2066}', '\u{2068}', '\u{2069}'], "")
}

#[track_caller]
fn lines(input: &str, expected: &[&str]) {
    let ended = matching(&[], input.as_bytes());
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert_eq!(ended.stdout.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn one_line_a_document_also_where_nothing_matches() {
    lines(
        concat!(
            r#"{"id":"1","title":"نفط","body":"قوات التحالف"}"#,
            "\n",
            r#"{"id":"2"}"#,
            "\n",
            r#"{"id":"\u0033","body":null,"title":"\u0627\u0644\u0646\u0641\u0637","extra":[{}]}"#,
        ),
        &[
            concat!(
                r#"{"id":"1","matches":["#,
                r#"{"rule":"second \"quoted\"","spans":[{"field":"body","start":0,"end":12,"term":"@coalition"}]},"#,
                r#"{"rule":"first","spans":[{"field":"title","start":0,"end":3,"term":"نفط"}]}]}"#,
            ),
            r#"{"id":"2","matches":[]}"#,
            r#"{"id":"3","matches":[{"rule":"first","spans":[{"field":"title","start":0,"end":5,"term":"نفط"}]}]}"#,
        ],
    );
}

#[test]
fn scores_counts_and_contexts_are_the_programs_too() {
    let config = r#"
[[entities]]
id = "party"
names = ["القوات اللبنانية", "القوات"]
needs = ["حزب", "نائب"]
[[entities]]
id = "troops"
names = ["القوات"]
unless = ["حزب", "نائب"]
[[rules]]
id = "score"
score = { "انسحاب" = 3, "@troops" = 2, "تدريب" = -2 }
threshold = 5
[[rules]]
id = "twice"
any = ["@party", "انسحاب"]
at_least = 2
"#;
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("config.toml");
    fs::write(&file, config).unwrap();
    let matched = |body: &str| {
        let input = serde_json::json!({ "id": "1", "body": body }).to_string();
        let ended = run(&["match", "--config", file.to_str().unwrap()], input.as_bytes());
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        let answer: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        let spans = |found: &serde_json::Value| {
            let spans = found["spans"].as_array().unwrap().iter();
            let span = |span: &serde_json::Value| {
                format!("{}-{} {}", span["start"], span["end"], span["term"].as_str().unwrap())
            };
            spans.map(span).collect::<Vec<_>>().join(", ")
        };
        let rules = answer["matches"].as_array().unwrap().iter();
        rules
            .map(|found| format!("{}: {}", found["rule"].as_str().unwrap(), spans(found)))
            .collect::<Vec<_>>()
    };
    assert_eq!(matched("انسحاب القوات"), ["score: 0-6 انسحاب, 7-13 @troops"]);
    assert_eq!(matched("انسحاب نائب القوات"), ["twice: 0-6 انسحاب, 12-18 @party"]);
    assert_eq!(matched("انسحاب القوات من التدريب"), [""; 0]);
    assert_eq!(matched("حزب القوات اللبنانية"), [""; 0]);
    assert_eq!(matched("حزب القوات اللبنانية وانسحاب"), ["twice: 4-20 @party, 21-28 انسحاب"]);
}

#[test]
fn blank_lines_line_ends_and_a_mark_at_the_beginning_are_fine() {
    lines(
        "\u{FEFF}{\"id\":\"1\"}\r\n\r\n  \n{\"id\":\"2\"}\n",
        &[r#"{"id":"1","matches":[]}"#, r#"{"id":"2","matches":[]}"#],
    );
    lines("", &[]);
}

#[test]
fn a_malformed_line_ends_it_after_what_came_before() {
    for (line, what) in [
        ("{", "EOF"),
        ("nonsense", "expected"),
        ("[]", "an object such as"),
        ("{}", "missing field `id`"),
        (r#"{"id":7}"#, "expected a string"),
        (r#"{"id":null}"#, "expected a string"),
        (r#"{"id":"x","body":["a"]}"#, "expected a string or null"),
        (r#"{"id":"x"} {"id":"y"}"#, "trailing"),
        (r#"{"id":"x","body":"\ud800"}"#, "column"),
    ] {
        let input = format!("{{\"id\":\"1\"}}\n\n{line}\n{{\"id\":\"3\"}}\n");
        let ended = matching(&[], input.as_bytes());
        assert_eq!(ended.code, 65, "{line}: {}", ended.stderr);
        assert_eq!(ended.stdout, "{\"id\":\"1\",\"matches\":[]}\n", "{line}");
        assert!(
            ended.stderr.starts_with("rasid: line 3: ") && ended.stderr.contains(what),
            "{line}: {}",
            ended.stderr
        );
        assert_eq!(ended.stderr.lines().count(), 1, "{line}: {}", ended.stderr);
    }
    let ended = matching(&[], b"{\"id\":\"\xFF\"}\n");
    assert_eq!(ended.code, 65);
    assert!(ended.stderr.contains("line 1: not UTF-8 at byte 8"), "{}", ended.stderr);
}

#[test]
fn documents_come_from_a_file_too() {
    let directory = TempDir::new().unwrap();
    let documents = directory.path().join("documents.jsonl");
    fs::write(&documents, "{\"id\":\"1\"}\n").unwrap();
    assert_eq!(matching(&[documents.to_str().unwrap()], b"").stdout, "{\"id\":\"1\",\"matches\":[]}\n");
    assert_eq!(matching(&["-"], b"{\"id\":\"2\"}").stdout, "{\"id\":\"2\",\"matches\":[]}\n");
    let missing = matching(&["/nowhere/at/all"], b"");
    assert_eq!((missing.code, missing.stdout.as_str()), (66, ""));
    assert!(missing.stderr.contains("/nowhere/at/all"), "{}", missing.stderr);
}

#[test]
fn the_text_format_marks_words_in_their_sentence() {
    let body = "سكت الوزير. قالت قوات التحالف\\u001b إنها باقية. انتهى";
    let input = format!("{{\"id\":\"1\",\"body\":\"{body}\"}}\n{{\"id\":\"2\"}}\n");
    let ended = matching(&["--format", "text"], input.as_bytes());
    assert_eq!(
        without_signs(&ended.stdout),
        "1:\n  second \"quoted\"\n    قالت [قوات التحالف]  إنها باقية.  ← @coalition\n2: nothing matches\n"
    );
    assert_eq!(ended.code, 0);
}

#[test]
fn a_config_that_is_wrong_is_said_so() {
    let directory = TempDir::new().unwrap();
    let config = directory.path().join("config.toml");
    fs::write(&config, "[[rules]]\nid = \"x\"\nquery = '(قوات'\n").unwrap();
    let ended = run(&["match", "--config", config.to_str().unwrap()], b"");
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""));
    assert!(ended.stderr.contains("this parenthesis is not closed"), "{}", ended.stderr);
}

#[test]
fn a_query_is_tried_on_plain_text() {
    let text = "وصلت القوات الأميركية.\nأعلن الوزير سحب كل القوات من العراق. انتهى";
    let ended = run(&["rules", "try", "سحب NEAR/2 القوات"], text.as_bytes());
    assert_eq!(without_signs(&ended.stdout), "أعلن الوزير [سحب] كل [القوات] من العراق.  ← القوات، سحب\n");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let nothing = run(&["rules", "try", "نفط"], text.as_bytes());
    assert_eq!(without_signs(&nothing.stdout), "nothing matches\n  ✗ نفط: does not stand in the text\n");
    assert_eq!(nothing.code, 0);
}

#[test]
fn a_query_that_is_wrong_is_drawn() {
    let ended = run(&["rules", "try", "(سحب NEAR القوات"], b"");
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    for part in ["NEAR needs a number", "NEAR/5", "^^^^", "this parenthesis is not closed", "close it with"] {
        assert!(ended.stderr.contains(part), "{part} in {}", ended.stderr);
    }
    let entity = run(&["rules", "try", "@coalition"], b"");
    assert_eq!(entity.code, 2);
    assert!(entity.stderr.contains("no entity `coalition`"), "{}", entity.stderr);
    let binary = run(&["rules", "try", "نفط"], b"\xFF\xFE");
    assert_eq!(binary.code, 1);
    assert!(binary.stderr.contains("not UTF-8"), "{}", binary.stderr);
}
