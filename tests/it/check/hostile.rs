//! No bytes make it panic, hang or show a secret.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rasid::config::{self, Report, Surroundings};

use super::{check, completed};

const SECRET: &str = "hunter2";

/// A config with a secret in each place that can hold one.
fn secretive() -> String {
    completed(&format!(
        r#"[smtp]
url = "smtp://amal:{SECRET}@relay.example.org:587"
from = "rasid@example.org"
password = "{SECRET}"
[fetch]
interval = "10m"
[[feeds]]
id = "a"
url = "https://amal:{SECRET}@example.org/feed"
headers = {{ "X-Key" = "{SECRET}", Cookie = '{SECRET}' }}
[[feeds]]
id = "b"
url = "http://:{SECRET}@example.org/feed"
[feeds.headers]
Authorization = "Bearer {SECRET}"
[[rules]]
id = "r"
any = ["انسحاب", "سحب القوات"]
[[subscribers]]
email = "amal@example.org"
rules = ["*"]
"#
    ))
}

fn report(bytes: &[u8]) -> Report {
    let around = Surroundings { base: PathBuf::from("/nonexistent"), ..Surroundings::default() };
    let _ = config::read_matching(bytes, "config.toml", &around.base);
    match config::read(bytes, "config.toml", &around) {
        Ok(loaded) => loaded.warnings,
        Err(report) => report,
    }
}

fn pieces_of_toml() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        "=",
        "\"",
        "'",
        "\"\"\"",
        "'''",
        "\\",
        "#",
        "\n",
        "\r\n",
        " ",
        ",",
        ".",
        "[[rules]]\n",
        "[[feeds]]\n",
        "[smtp]\n",
        "[storage]\n",
        "[[subscribers]]\n",
        "id",
        "url",
        "any",
        "query",
        "headers",
        "rules",
        "names",
        "10m",
        "1e9",
        "-0",
        "0x",
        "true",
        "2026-01-01",
        "السيادة",
        "\u{202e}",
        "\u{feff}",
        "id = \"a\"\n",
        "url = \"https://a@b@c/\"\n",
        "any = [\"x\"]\n",
        "\u{0}",
        "\u{7f}",
        "é",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = report(&bytes).draw(true);
    }

    #[test]
    fn anything_made_of_toml(text in pieces_of_toml()) {
        let report = report(text.as_bytes());
        prop_assert!(report.draw(false).chars().count() < 6_000);
        for problem in report.problems() {
            if let Some((line, column)) = problem.position {
                let written = text.split('\n').nth(line - 1);
                prop_assert!(written.is_some_and(|written| column <= written.chars().count() + 1), "{}", problem);
            }
        }
    }

    /// Breaking a config in any one place shows no secret.
    #[test]
    fn a_broken_config_keeps_its_secrets(
        at in any::<prop::sample::Index>(), cut in 0_usize..6, put in prop::sample::select(vec!["", "\"", "'", "\n", "=", "[", "]", "}", "#", "@", "x", "\u{1}"]),
    ) {
        let config = secretive();
        let starts: Vec<usize> = config.char_indices().map(|(at, _)| at).collect();
        let start = *at.get(&starts);
        let end = config[start..].char_indices().nth(cut).map_or(config.len(), |(at, _)| start + at);
        let broken = format!("{}{put}{}", &config[..start], &config[end..]);
        // What is called otherwise cannot be known for a secret.
        let named = ["\npassword = ", "\nheaders = ", "[feeds.headers]", "\nAuthorization = "];
        prop_assume!(named.iter().all(|name| broken.contains(name)));
        let drawn = report(broken.as_bytes()).draw(false);
        prop_assert!(!drawn.contains(SECRET), "{}\n{}", broken, drawn);
    }
}

/// Refused within a few seconds and without a megabyte of words.
#[track_caller]
fn check_soon(what: &str, bytes: &[u8]) {
    let start = Instant::now();
    let ended = check(bytes);
    assert_eq!(ended.code, 78, "{what}: {}", ended.stderr);
    assert!(ended.stderr.chars().count() < 6_000, "{what}: {}", ended.stderr.chars().count());
    assert!(start.elapsed() < Duration::from_secs(5), "{what} took {:?}", start.elapsed());
}

#[test]
fn large_files_of_something_else_are_refused_soon() {
    check_soon("mistakes", "=\n".repeat(500_000).as_bytes());
    check_soon("a log", "Nov 23 21:36:21 host rasid[1]: feed ina: timeout\n".repeat(20_000).as_bytes());
    check_soon("brackets", "[".repeat(1_000_000).as_bytes());
    check_soon("open tables", "a={".repeat(300_000).as_bytes());
    check_soon("one deep key", format!("{}a = 1\n", "a.".repeat(300_000)).as_bytes());
    check_soon("one long line", format!("x = \"{}\n", "سيادة ".repeat(100_000)).as_bytes());
    check_soon("broken sections", "[[rules]]\nid = \n".repeat(20_000).as_bytes());
    check_soon(
        "unknown rules",
        completed(&format!(
            "[[subscribers]]\nemail = \"a@example.org\"\nrules = [{}]\n",
            "\"nothing\",".repeat(20_000)
        ))
        .as_bytes(),
    );
}
