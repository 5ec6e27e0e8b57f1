//! What deserves a look in rules that are sound: through `rasid rules lint`, `check` and `run`.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use super::{SMTP, STORAGE, check, completed, expected, fixtures, problems};
use crate::support::program::{Ended, run};

fn lint(file: &Path, arguments: &[&str]) -> Ended {
    run(&[&["rules", "lint", "--config", &file.display().to_string()], arguments].concat(), b"")
}

#[test]
fn every_bad_rule_is_warned_of_and_no_other() {
    let mut files: Vec<_> =
        fs::read_dir(fixtures().join("lint")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let fixture = fs::read_to_string(&file).unwrap();
        let expected = expected(&fixture);
        let ended = lint(&file, &[]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", file.display());
        let mut warnings = problems(&ended.stdout, "warning");
        warnings.sort();
        let same = expected.len() == warnings.len()
            && expected.iter().zip(&warnings).all(|(expected, warning)| {
                (expected.line, &expected.key) == (warning.line, &warning.key)
                    && warning.words.contains(&expected.words)
            });
        assert!(same, "{}: expected {expected:#?}, not\n{}", file.display(), ended.stdout);
    }
}

#[test]
fn the_default_config_leaves_nothing_to_say() {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml");
    let ended = lint(&config, &[]);
    assert_eq!(ended.stdout, format!("{}: nothing to say\n", config.display()));
}

const PART: &str =
    "[[rules]]\nid = \"r\"\nany = [\"سيادة\", \"السيادة\"]\nshould_match = [\"سيادة الدولة\"]\n";

#[test]
fn drawn_as_check_draws() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("config.toml");
    fs::write(&file, PART.replace("should_match", "should_not_match").replace("سيادة الدولة", "نفط"))
        .unwrap();
    let drawn =
        lint(&file, &["--pedantic"]).stdout.replace(&directory.path().display().to_string(), "DIRECTORY");
    assert_snapshot!(drawn, @r#"
    warning[rules.r.should_match]: this rule has no `should_match`
     --> DIRECTORY/config.toml:1:1
      |
    1 | [[rules]]
      | ^^^^^^^^^
      |
      = help: add a sentence that it is meant for: `check` then sees to it that it is found

    warning[rules.r.any[0]]: `سيادة` is found by `السيادة` already
     --> DIRECTORY/config.toml:3:8
      |
    3 | any = ["سيادة", "السيادة"]
      |        ^^^^^^^
      |
      = help: leave it out: a word stands for its inflections

    DIRECTORY/config.toml: 2 warnings
    "#);
    fs::write(&file, "[[rules]]\nid = \"r\"\nany = [\"!\"]\n").unwrap();
    let ended = lint(&file, &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""), "an error is an error");
}

#[test]
fn check_warns_too_and_accepts() {
    let feeds = "[[feeds]]\nid = \"a\"\npath = \"a.xml\"\n[[subscribers]]\nemail = \"a@example.org\"\nrules = [\"*\"]\n";
    let ended = check(completed(&format!("{PART}{feeds}")).as_bytes());
    assert_eq!(ended.code, 0);
    let warnings = problems(&ended.stderr, "warning");
    assert_eq!(warnings.len(), 1, "{}", ended.stderr);
    assert!(warnings[0].words.contains("already"), "{}", ended.stderr);
    let broken = check(format!("{PART}{feeds}{STORAGE}{SMTP}nonsense = 1\n").as_bytes());
    assert_eq!(broken.code, 78);
    assert!(!broken.stderr.contains("already"), "errors come first: {}", broken.stderr);
}
