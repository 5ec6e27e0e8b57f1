//! `rasid parse` as its users see it.

use std::path::Path;

use serde_json::Value;

use crate::support::program::run;

const BASE: &str = "https://base.example/dir/feed.xml";

/// Every fixture is read as the file of the same name with `.expected` says.
#[test]
fn fixtures_are_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feed");
    let mut checked = 0;
    for file in std::fs::read_dir(folder).expect("the fixtures are there") {
        let path = file.expect("readable").path();
        let expected = path.with_added_extension("expected");
        if !expected.exists() {
            assert!(
                path.extension().is_some_and(|it| it == "expected"),
                "{} expects nothing",
                path.display()
            );
            continue;
        }
        let name = path.to_str().expect("UTF-8");
        let ended = run(&["parse", name, "--base-url", BASE], b"");
        assert_eq!((ended.code, &*ended.stderr), (0, ""), "{name}");
        let printed: Value = serde_json::from_str(&ended.stdout).expect(name);
        let expected = std::fs::read_to_string(expected).expect("readable");
        let expected: Value = serde_json::from_str(&expected).expect(name);
        assert_eq!(printed, expected, "{name}\nprinted: {printed:#}");
        checked += 1;
    }
    assert!(checked > 20, "only {checked} fixtures");
}

#[test]
fn the_object_has_the_keys_of_the_contract_in_its_order() {
    let feed = "<rss version='2.0'><channel><title>t</title><item><title>a</title></item></channel></rss>";
    let ended = run(&["parse"], feed.as_bytes());
    let keys = ["format", "title", "link", "language", "entries"];
    let entry_keys =
        ["id", "url", "title", "summary", "content", "text", "published", "updated", "authors", "categories"];
    let mut from = 0;
    for key in keys.iter().chain(&entry_keys) {
        let key = format!("\"{key}\":");
        let at = ended.stdout[from..]
            .find(&key)
            .unwrap_or_else(|| panic!("{key} not in its place: {}", ended.stdout));
        from += at;
    }
    assert_eq!(ended.stdout.lines().count(), 1);
    for null in ["link", "language", "url", "summary", "content", "published", "updated"] {
        assert!(ended.stdout.contains(&format!("\"{null}\":null")), "{null}: {}", ended.stdout);
    }
}

#[test]
fn the_content_type_and_the_base_are_used() {
    let (bytes, _, _) = encoding_rs::ISO_8859_15
        .encode("<rss><channel><item><title>prix: 5 €</title><link>n/1</link></item></channel></rss>");
    let ended = run(
        &[
            "parse",
            "-",
            "--content-type",
            "text/xml; charset=ISO-8859-15",
            "--base-url",
            "https://b.example/x/y",
        ],
        &bytes,
    );
    assert!(ended.stdout.contains("\"title\":\"prix: 5 €\""), "{}", ended.stdout);
    assert!(ended.stdout.contains("\"url\":\"https://b.example/x/n/1\""), "{}", ended.stdout);
}

#[track_caller]
fn fails(args: &[&str], stdin: &[u8], told: &str) {
    let ended = run(args, stdin);
    assert_eq!((ended.code, &*ended.stdout), (1, ""), "{args:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{:?}", ended.stderr);
    assert!(ended.stderr.contains(told), "{:?} does not say {told:?}", ended.stderr);
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
}

#[test]
fn what_is_no_feed_ends_with_1_and_one_line() {
    fails(&["parse"], b"", "it is empty");
    fails(&["parse"], b"  \n", "it is empty");
    fails(&["parse"], b"<!DOCTYPE html><html><body><rss></rss></body></html>", "an HTML page");
    fails(&["parse"], b"{\"items\": [1]}", "no JSON Feed");
    fails(&["parse"], b"{\"version\": \"https://jsonfeed.org/version/1.1\"}", "no JSON Feed");
    fails(&["parse"], b"[1, 2", "JSON");
    fails(&["parse"], b"<opml version='2.0'><body/></opml>", "<opml>");
    fails(&["parse"], b"only words", "no RSS, Atom or JSON Feed");
    fails(&["parse"], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "not a feed");
    fails(&["parse"], b"<?xml version='1.0'?><\nr\n>", "not a feed");
    fails(&["parse", "/nowhere/at/all.xml"], b"", "/nowhere/at/all.xml");
    fails(&["parse", "/"], b"", "cannot read /");
}

#[test]
fn notes_say_on_stderr_what_was_mended_and_leave_stdout_alone() {
    let broken = "<rss version='2.0'><channel><title>a & b</title><item><title>x</title></channel>";
    let plain = run(&["parse"], broken.as_bytes());
    assert_eq!((plain.code, &*plain.stderr), (0, ""));
    let noted = run(&["parse", "--notes"], broken.as_bytes());
    assert_eq!((noted.code, &noted.stdout), (0, &plain.stdout));
    assert!(noted.stderr.lines().count() > 0, "{}", noted.stderr);
    assert!(noted.stderr.lines().all(|line| line.starts_with("note: ")), "{}", noted.stderr);
    let clean = "<rss version='2.0'><channel><title>a</title></channel></rss>";
    assert_eq!(run(&["parse", "--notes"], clean.as_bytes()).stderr, "");
    let lie = run(
        &["parse", "--notes", "--content-type", "text/xml; charset=windows-1256"],
        "<rss version='2.0'><channel><title>سيادة</title></channel></rss>".as_bytes(),
    );
    assert!(lie.stderr.contains("windows-1256"), "{}", lie.stderr);
}
