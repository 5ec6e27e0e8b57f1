//! `include`: rules and entities in files of their own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use insta::assert_snapshot;
use tempfile::TempDir;

use super::completed;
use crate::support::program::{Ended, run};

const PEOPLE: &str =
    "[[feeds]]\nid=\"z\"\npath=\"z\"\n[[subscribers]]\nemail=\"z@example.org\"\nrules=[\"*\"]\n";

/// A folder with a config that begins with `top`, and other files.
fn folder(top: &str, files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "config.toml", &format!("{}{PEOPLE}", completed(&format!("{top}\n"))));
    for (name, text) in files {
        put(folder.path(), name, text);
    }
    folder
}

fn put(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
    fs::write(file, text).expect("a file");
}

fn rasid(command: &str, folder: &Path, input: &str) -> Ended {
    run(&[command, "--config", &folder.join("config.toml").display().to_string()], input.as_bytes())
}

fn rule(id: &str, terms: &str) -> String {
    format!("[[rules]]\nid = \"{id}\"\nany = [{terms}]\n")
}

/// What `check` says, the folder left out.
#[track_caller]
fn refused(folder: &TempDir) -> String {
    let ended = rasid("check", folder.path(), "");
    assert_eq!(ended.code, 78, "{}{}", ended.stdout, ended.stderr);
    ended.stderr.replace(&folder.path().display().to_string(), "DIR")
}

/// The rules in force, in their order, told by a text that each of them matches.
#[track_caller]
fn in_force(folder: &TempDir) -> Vec<String> {
    let checked = rasid("check", folder.path(), "");
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    let ended = rasid("match", folder.path(), "{\"id\":\"1\",\"body\":\"التحالف\"}");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let answer: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let rules = answer["matches"].as_array().expect("a list").iter();
    rules.map(|found| found["rule"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn files_come_in_the_order_of_the_patterns_and_of_their_names() {
    let name = |id: &str| rule(id, "\"@e\"");
    let folder = folder(
        "include = [\"rules/*.toml\", \"more/one.toml\", 'rules/b.toml', \"config.toml*\", \"more/t[wx]o.tom?\"]",
        &[
            ("rules/b.toml", &name("b")),
            ("rules/a.toml", &name("a")),
            ("rules/.hidden.toml", "[storage]"),
            ("rules/b.toml~", "[storage]"),
            ("rules/deep/c.toml", "[storage]"),
            ("more/one.toml", &format!("\u{feff}{}", name("one").replace('\n', "\r\n"))),
            ("more/two.toml", "# nothing yet\n"),
            ("more/txo.toml", "[[entities]]\nid = \"e\"\nnames = [\"التحالف\"]\n"),
        ],
    );
    fs::create_dir(folder.path().join("rules/folder.toml")).expect("a folder");
    assert_eq!(in_force(&folder), ["a", "b", "one"]);
}

#[test]
fn absolute_patterns_and_folders_with_strange_names() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    put(elsewhere.path(), "x.toml", &rule("x", "\"التحالف\""));
    let pattern = elsewhere.path().join("*.toml");
    let folder = folder(&format!("include = [\"{}\"]", pattern.display()), &[]);
    assert_eq!(in_force(&folder), ["x"]);
    let strange = folder.path().join("[ab]*");
    put(&strange, "rules/a.toml", &rule("a", "\"التحالف\""));
    put(&strange, "config.toml", &completed("include = [\"rules/*\"]\n"));
    let ended = rasid("match", &strange, "{\"id\":\"1\",\"body\":\"التحالف\"}");
    assert!(ended.stdout.contains("\"rule\":\"a\""), "{} {}", ended.stdout, ended.stderr);
}

#[test]
fn a_file_is_read_once_and_links_go_in_no_circle() {
    let folder = folder("include = [\"*.toml\", \"links/*\"]", &[("a.toml", &rule("a", "\"التحالف\""))]);
    fs::create_dir(folder.path().join("links")).expect("a folder");
    symlink("../a.toml", folder.path().join("links/again.toml")).expect("a link");
    symlink("../config.toml", folder.path().join("links/config.toml")).expect("a link");
    symlink("..", folder.path().join("links/up")).expect("a link");
    assert_eq!(in_force(&folder), ["a"]);
    symlink("loop.toml", folder.path().join("links/loop.toml")).expect("a link");
    let report = refused(&folder);
    assert!(report.contains("error[include[1]]: cannot read DIR/links/loop.toml"), "{report}");
}

#[test]
fn a_problem_names_the_file_and_its_line() {
    let folder = folder(
        "include = [\"rules/*.toml\"]\n[[rules]]\nid = \"twice\"\nany = [\"x\"]",
        &[
            ("rules/a.toml", "# قواعد\n[[rules]]\nid = \"broken\"\nquery = '(سحب'\n"),
            ("rules/b.toml", "[[rules]]\nid = \"twice\"\nany = [\"@nobody\"]\n\n[[rules]]\nany = [\"x\"]\n"),
            ("rules/c.toml", "[[rules]]\nid = \"x\nany = 3\n"),
        ],
    );
    assert_snapshot!(refused(&folder), @r##"
    error[rules.broken.query]: this parenthesis is not closed
     --> DIR/rules/a.toml:4:10
      |
    4 | query = '(سحب'
      |          ^
      |
      = help: close it with `)`

    error[rules[0].id]: another rule is called `twice`
     --> DIR/rules/b.toml:2:6
      |
    2 | id = "twice"
      |      ^^^^^^^
      |
      = note: it is in line 3 of DIR/config.toml
      = help: give each rule an id of its own

    error[rules[1].id]: `id` is missing
     --> DIR/rules/b.toml:5:1
      |
    5 | [[rules]]
      | ^^^^^^^^^
      |
      = help: add id = "coalition"

    error[rules.id]: not valid TOML: invalid basic string, expected `"`
     --> DIR/rules/c.toml:2:8
      |
    2 | id = "x
      |        ^
      |
      = help: close the text with " on the same line

    error[rules[0].any]: expected a list of texts, found a number
     --> DIR/rules/c.toml:3:7
      |
    3 | any = 3
      |       ^
    "##);
}

#[test]
fn what_cannot_stand_in_an_included_file() {
    let folder = folder(
        "include = [\"rules.toml\"]",
        &[(
            "rules.toml",
            "include = [\"more.toml\"]\n[storage]\npath = \"x\"\n[[feeds]]\nid = \"a\"\n[[rule]]\nid = \"r\"\n",
        )],
    );
    let report = refused(&folder);
    for (place, words) in [
        ("rules.toml:1:1", "error[include]: an included file cannot include others"),
        ("rules.toml:2:2", "error[storage]: [storage] cannot stand in an included file"),
        ("rules.toml:4:3", "error[feeds]: [[feeds]] cannot stand in an included file"),
        ("rules.toml:6:3", "error[rule]: there is no section [[rule]]"),
    ] {
        assert!(report.contains(place) && report.contains(words), "{words} {report}");
    }
    assert_eq!(report.matches("error[").count(), 4, "{report}");
}

/// A config that begins with `include` is refused, and says so.
#[track_caller]
fn check_refused(include: &str, expected: &[&str]) {
    let report = refused(&folder(include, &[("rules/a.toml", ""), ("rules/b.toml", "")]));
    for words in expected {
        assert!(report.contains(words), "no {words} in {report}");
    }
    assert_eq!(report.matches("error[").count(), expected.len(), "{report}");
}

#[test]
fn patterns_that_mean_nothing() {
    check_refused("include = \"rules.toml\"", &["error[include]: expected a list of texts, found a text"]);
    check_refused(
        "include = [\"\", 3]",
        &["error[include[0]]: the pattern is empty", "error[include[1]]: expected a text, found a number"],
    );
    check_refused(
        "include = [\"rules/**/*.toml\"]",
        &["error[include[0]]: `**` would look into every folder"],
    );
    check_refused("include = [\"rules/[a.toml\"]", &["error[include[0]]: `rules/[a.toml` is no pattern"]);
    check_refused(
        "include = [\"rules.toml\"]",
        &["error[include[0]]: cannot read DIR/rules.toml: No such file"],
    );
    check_refused("include = [\"rules\"]", &["error[include[0]]: cannot read DIR/rules: it is a folder"]);
    check_refused("include = [\"/dev/zero\"]", &["error[include[0]]: cannot read /dev/zero: it is no file"]);
    check_refused("include = [\"config.toml\"]", &["error[include[0]]: the config cannot include itself"]);
    check_refused(
        "[alerts]\ninclude = [\"x\"]",
        &["error[alerts.include]: `include` is not a key of [alerts]"],
    );
    check_refused("includes = [\"x\"]", &["error[includes]: `includes` stands in no section"]);
}

#[test]
fn a_pattern_that_matches_nothing_is_a_warning() {
    let folder = folder("include = [\"nothing/*.toml\"]\n[[rules]]\nid = \"a\"\nany = [\"التحالف\"]", &[]);
    let ended = rasid("check", folder.path(), "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("warning[include[0]]: no file matches `nothing/*.toml`"),
        "{}",
        ended.stderr
    );
    assert_eq!(in_force(&folder), ["a"]);
}

#[test]
fn files_that_are_no_text() {
    let folder = folder("include = [\"a.toml\", \"b.toml\", \"c.toml\"]", &[]);
    fs::write(folder.path().join("a.toml"), b"[[rules]]\nid = \"\xc7\xe1\"\n").expect("a file");
    fs::write(folder.path().join("b.toml"), b"[[rules]]\n\0\n").expect("a file");
    fs::write(folder.path().join("c.toml"), b"\xff\xfe[\0").expect("a file");
    let report = refused(&folder);
    for (place, words) in [("a.toml:2:7", "not UTF-8"), ("b.toml:2:1", "NUL"), ("c.toml:1:1", "UTF-16")] {
        assert!(report.contains(place) && report.contains(words), "{words} {report}");
    }
    assert_eq!(report.matches("error:").count(), 3, "{report}");
}

#[test]
fn samples_in_included_files_are_run_with_the_entities_of_all() {
    let sampled = "[[rules]]\nid = \"a\"\nany = [\"@e\"]\nshould_match = [\"التحالف\", \"العراق\"]\n";
    let entity = "[[entities]]\nid = \"e\"\nnames = [\"التحالف\"]\n";
    let folder = folder("include = [\"a.toml\", \"b.toml\"]", &[("a.toml", sampled), ("b.toml", entity)]);
    let report = refused(&folder);
    assert!(report.contains("error[rules.a.should_match[1]]") && report.contains("a.toml:4:28"), "{report}");
    assert_eq!(report.matches("error[").count(), 1, "{report}");
}
