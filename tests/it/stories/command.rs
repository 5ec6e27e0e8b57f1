//! `rasid stories group` through the built program.

use super::samples::{BRIDGE, BRIDGE_CUT, BRIDGE_TOLD, OTHER_BRIDGE, Report};
use crate::support::program::run;

fn line(id: &str, (outlet, after, title, body): Report) -> String {
    let published = super::grouped::hours(after).to_string();
    let object =
        serde_json::json!({"id": id, "outlet": outlet, "published": published, "title": title, "body": body});
    format!("{object}\n")
}

#[test]
fn one_line_an_entry() {
    let input = line("a", BRIDGE)
        + "\n"
        + &line("b", BRIDGE_CUT)
        + &line("c", BRIDGE_TOLD)
        + &line("d", OTHER_BRIDGE);
    let ended = run(&["stories", "group", "-"], input.as_bytes());
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let expected = [
        r#"{"id":"a","story":"a","copy_of":null}"#,
        r#"{"id":"b","story":"a","copy_of":"a"}"#,
        r#"{"id":"c","story":"a","copy_of":null}"#,
        r#"{"id":"d","story":"d","copy_of":null}"#,
    ];
    assert_eq!(ended.stdout.lines().collect::<Vec<_>>(), expected);
}

#[track_caller]
fn check_malformed(line: &str, what: &str) {
    let input = format!("{}{line}\n", self::line("a", BRIDGE));
    let ended = run(&["stories", "group"], input.as_bytes());
    assert_eq!((ended.code, ended.stdout.lines().count()), (65, 1));
    assert_eq!(ended.stderr, format!("rasid: line 2: {what}\n"));
}

#[test]
fn a_malformed_line_ends_it_with_its_number() {
    check_malformed("{", "EOF while parsing an object");
    check_malformed(r#"{"id":"b"}"#, "missing field `published` at column 10");
    check_malformed(
        r#"{"id":1,"published":"2026-03-02T06:00:00Z"}"#,
        "invalid type: integer `1`, expected a string at column 7",
    );
}

#[test]
fn a_file_that_is_not_there() {
    assert_eq!(run(&["stories", "group", "nowhere.jsonl"], b"").code, 66);
}
