//! How problems are drawn: place, key, text concerned, hint; never a secret, never too long.

use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use rasid::config::{self, Report, Surroundings};

use super::{STORAGE, check, completed};
use crate::support::program::run;

/// What is said of a config that is refused.
#[track_caller]
fn refused(config: &str) -> Report {
    let around = Surroundings { base: PathBuf::from("/etc/rasid"), ..Surroundings::default() };
    match config::read(config.as_bytes(), "config.toml", &around) {
        Ok(_) => panic!("accepted: {config}"),
        Err(report) => report,
    }
}

/// The errors alone of a config that is refused.
#[track_caller]
fn drawn(part: &str) -> String {
    let config = completed(part)
        + "[[feeds]]\nid=\"z\"\npath=\"z\"\n[[rules]]\nid=\"z\"\nany=[\"z\"]\n[[subscribers]]\nemail=\"z@example.org\"\nrules=[\"*\"]\n";
    refused(&config).draw(false)
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(drawn("[fetch]\nintervall = \"10m\" # كل عشر دقائق\n"), @r##"
    error[fetch.intervall]: `intervall` is not a key of [fetch]
     --> config.toml:2:1
      |
    2 | intervall = "10m" # كل عشر دقائق
      | ^^^^^^^^^
      |
      = help: did you mean `interval`?
    "##);
}

#[test]
fn an_interval_under_the_floor() {
    assert_snapshot!(drawn("[[feeds]]\nid = \"ina\"\nurl = \"https://example.org/\"\ninterval = \"30s\"\n"), @r##"
    error[feeds.ina.interval]: 30s is under the min_interval of 1m
     --> config.toml:4:12
      |
    4 | interval = "30s"
      |            ^^^^^
      |
      = help: write "1m" or more, or lower `min_interval` in [fetch]
    "##);
}

#[test]
fn something_written_twice() {
    assert_snapshot!(drawn("[[rules]]\nid = \"السيادة\"\nany = [\"سيادة\"]\n\n[[rules]]\nid = \"السيادة\"\nany = [\"سيادة\"]\n"), @r##"
    error[rules[1].id]: another rule is called `السيادة`
     --> config.toml:6:6
      |
    6 | id = "السيادة"
      |      ^^^^^^^^^
      |
      = note: it is in line 2
      = help: give each rule an id of its own
    "##);
}

#[test]
fn a_sample_that_fails() {
    assert_snapshot!(drawn("[[rules]]\nid = \"r\"\nquery = 'سحب NEAR/2 قوات'\nshould_match = [\"سحب القوات\", \"سحب المال\"]\nshould_not_match = [\"نقل القوات\"]\n"), @r##"
    error[rules.r.should_match[1]]: the rule does not match this: `قوات`: does not stand in the text
     --> config.toml:4:31
      |
    4 | should_match = ["سحب القوات", "سحب المال"]
      |                               ^^^^^^^^^^^
    "##);
}

#[test]
fn names_of_feeds_that_do_not_exist() {
    assert_snapshot!(drawn("[[feeds]]\nid = \"ina\"\nurl = \"https://example.org/\"\ntags = [\"iraq\"]\n[[rules]]\nid = \"r\"\nany = [\"سحب\"]\nfeeds = [\"inaa\"]\ntags = [\"politics\"]\n"), @r##"
    error[rules.r.feeds[0]]: there is no feed `inaa`
     --> config.toml:8:10
      |
    8 | feeds = ["inaa"]
      |          ^^^^^^
      |
      = help: did you mean `ina`?

    error[rules.r.tags[0]]: no feed has the tag `politics`
     --> config.toml:9:9
      |
    9 | tags = ["politics"]
      |         ^^^^^^^^^^
      |
      = help: the tags of a rule are those of the feeds it is for: give a feed tags = ["politics"]
    "##);
}

#[test]
fn a_secret_is_three_stars() {
    let report = drawn(
        "[smtp]\nurl = \"smtp://amal:hunter2@relay.example.org:587x\" # amal:hunter2@\nfrom = \"r@example.org\"\npassword = \"hunter2\"\n",
    );
    assert!(!report.contains("hunter2"), "{report}");
    assert_snapshot!(report, @r##"
    error[smtp.url]: not a port
     --> config.toml:2:7
      |
    2 | url = "smtp://***@relay.example.org:587x" # ***@
      |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: write a number from 1 to 65535, such as 587

    error[smtp.password]: `password` is not a key of [smtp]
     --> config.toml:4:1
      |
    4 | password = ***
      | ^^^^^^^^
      |
      = help: write the user as in `smtp://user@relay`, and the password into `password_file`
    "##);
}

#[test]
fn a_secret_over_several_lines() {
    let report = drawn(
        "[[feeds]]\nid = \"a\"\nurl = \"https://example.org/\"\nheaders = { \"X-A\" = \"hunter2\",\n  \"X-B\" = 5,\n  \"X-C\" = \"hunter2\" }\ninterval = \"5\"\n",
    );
    assert!(!report.contains("hunter2"), "{report}");
    assert_snapshot!(report, @r##"
    error[feeds.a.headers.X-B]: expected a text, found a number
     --> config.toml:5:11
      |
    5 | ***
      | ^^^
      |
      = help: put it in quotes

    error[feeds.a.interval]: the duration has no unit
     --> config.toml:7:12
      |
    7 | interval = "5"
      |            ^^^
      |
      = help: write "5s" for seconds, or use m, h or d
    "##);
}

#[test]
fn a_mark_behind_a_secret_keeps_its_column() {
    let feed = "{ id = \"a\", url = \"https://amal:hunter2@example.org/\", interval = \"0s\" }";
    let report = refused(&format!("feeds = [{feed}]\n")).draw(false);
    assert!(report.contains("config.toml:1:76") && !report.contains("hunter2"), "{report}");
    assert!(report.contains("https://***@example.org/"), "{report}");
}

#[test]
fn broken_syntax_beside_a_wrong_value() {
    assert_snapshot!(drawn("[fetch]\ninterval = 10m\ntimeout = \"20\"\n"), @r##"
    error[fetch.interval]: not valid TOML: string values must be quoted, expected literal string
     --> config.toml:2:12
      |
    2 | interval = 10m
      |            ^^^
      |
      = help: put texts and durations in quotes, such as "10m"

    error[fetch.timeout]: the duration has no unit
     --> config.toml:3:11
      |
    3 | timeout = "20"
      |           ^^^^
      |
      = help: write "20s" for seconds, or use m, h or d
    "##);
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let long = "خبر ".repeat(400);
    let report = drawn(&format!(
        "rules = [{{ id = \"a\", title = \"{long}\", within = \"word\", any = [\"{long}\"] }}]\n"
    ));
    assert!(report.lines().all(|line| line.chars().count() < 130), "{report}");
    assert_snapshot!(report, @r##"
    error[rules.a.within]: `word` is no stretch of text
     --> config.toml:1:1643
      |
    1 | …خبر خبر خبر خبر خبر خبر ", within = "word", any = ["خبر خبر خبر خبر خبر خبر خبر خبر خبر خبر خبر …
      |                                      ^^^^^^
      |
      = help: write "document" or "paragraph" or "sentence"
    "##);
}

#[test]
fn control_and_direction_characters_are_shown_as_such() {
    let report = drawn(
        "[[feeds]]\nid = \"a\"\ntitle = \"\u{202e}gro.elpmaxe\u{200f}\u{7f}\"\nurl = \"ftp://\u{1b}[31m\u{202e}x\"\ntags = [\"\\u001b[2J\"]\n",
    );
    let hostile =
        |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c) || c == '\u{200f}';
    assert!(!report.contains(hostile), "{report:?}");
}

#[test]
fn many_problems_stay_under_six_thousand_characters() {
    for count in [5, 20, 60, 300, 5_000] {
        let rule = |i| format!("[[rules]]\nid = \"rule-{i}\"\nany = [\"سيادة\"]\nwithn = \"sentence\"\n");
        let rules = (0..count).map(rule).collect::<Vec<_>>().concat();
        let report = refused(&completed(&rules));
        let drawn = report.draw(false);
        assert!(drawn.chars().count() < 6_000, "{count}: {}", drawn.chars().count());
        let told = drawn.matches("`withn` is not a key").count();
        let more = drawn
            .lines()
            .last()
            .and_then(|line| line.strip_prefix("and ")?.split(' ').next()?.parse::<usize>().ok());
        // The warnings that there are no feeds and no subscribers are counted, too.
        assert!(told + more.unwrap_or(2) == count + 2, "{count}: {told} told, {more:?} more");
        assert!(told >= count.min(20), "{count}: {told} told");
    }
}

#[test]
fn colours_are_only_drawn_when_asked_for() {
    let report = refused("colour = 1\n");
    assert!(report.draw(true).contains('\u{1b}'));
    assert!(!report.draw(false).contains('\u{1b}'));
    assert!(!check(b"colour = 1\n").stderr.contains('\u{1b}'));
}

#[test]
fn one_line_a_problem_for_a_log() {
    let report = refused(&completed("[fetch]\ninterval = \"0s\"\n"));
    let problem = report.problems()[0].to_string();
    assert_eq!(
        problem,
        "config.toml:2:12: fetch.interval: a duration of zero is not allowed; the shortest is \"1s\""
    );
}

/// What is said of a file that cannot even be a config.
#[track_caller]
fn check_file(bytes: &[u8], place: &str, words: &str) {
    let ended = check(bytes);
    assert_eq!(ended.code, 78, "{ended:?}");
    assert!(ended.stderr.contains(place) && ended.stderr.contains(words), "{}", ended.stderr);
}

#[test]
fn files_that_are_no_config() {
    check_file(b"", "config.toml:1:1", "the config is empty");
    check_file(b"\xef\xbb\xbf", "config.toml:1:1", "the config is empty");
    check_file("# تعليق\n\n  # another\r\n".as_bytes(), "config.toml:1:1", "the config is empty");
    check_file(b"[storage]\npath = \"\xc7\xe1\"\n", "config.toml:2:9", "not UTF-8");
    check_file(b"\xff\xfe[\0s\0", "config.toml", "UTF-16");
    check_file(b"[storage]\nx\0\n", "config.toml:2:2", "NUL");
    check_file(&[0; 4096], "config.toml:1:1", "NUL");
}

#[test]
fn files_that_cannot_be_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let check = |file: &Path| run(&["check", "--config", &file.display().to_string()], b"");
    let missing = check(&directory.path().join("missing.toml"));
    assert_eq!(missing.code, 78);
    assert!(
        missing.stderr.contains("missing.toml") && missing.stderr.contains("No such file"),
        "{}",
        missing.stderr
    );
    let itself = check(directory.path());
    assert_eq!(itself.code, 78);
    assert!(itself.stderr.contains("is a directory"), "{}", itself.stderr);
}

#[test]
fn relative_to_nothing() {
    let around = Surroundings::default();
    let loaded = config::read(completed(STORAGE).as_bytes(), "config.toml", &around);
    assert_eq!(loaded.map(|loaded| loaded.config.storage.path).ok(), Some(PathBuf::from("rasid.db")));
}
