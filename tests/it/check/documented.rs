//! `docs/configuration.md`: every key of every section stands there, and its defaults are those of the program.

use std::fmt::Write as _;
use std::fs;

use rasid::config::{self, Surroundings};

use crate::support::program::run;

const SECTIONS: [&str; 11] = [
    "[storage]",
    "[fetch]",
    "[smtp]",
    "[http]",
    "[alerts]",
    "[stories]",
    "[mail]",
    "[[feeds]]",
    "[[rules]]",
    "[[entities]]",
    "[[subscribers]]",
];

/// What each section needs so that all its other keys may be left out.
fn least(section: &str) -> &'static str {
    match section {
        "[storage]" => "path = \"rasid.db\"\nbackup_dir = \"copies\"",
        "[smtp]" => "url = \"smtp://relay.example.org\"\nfrom = \"rasid@example.org\"",
        "[[feeds]]" => "id = \"one\"\nurl = \"https://one.example/feed\"",
        "[[rules]]" => "id = \"dam\"\nany = [\"سد\", \"@dam\"]",
        "[[entities]]" => "id = \"dam\"\nnames = [\"خزان\"]",
        "[[subscribers]]" => "email = \"amal@example.org\"\nrules = [\"*\"]",
        _ => "",
    }
}

fn page() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    fs::read_to_string(file).expect("the page is read")
}

/// What stands under a section's heading.
fn part<'p>(page: &'p str, section: &str) -> &'p str {
    let rest = page.split(&format!("\n## {section}\n")).nth(1).expect("the section is there");
    rest.split("\n## ").next().unwrap_or_default()
}

/// Keys and the default of a row of a table.
fn row(line: &str) -> Option<(Vec<&str>, &str)> {
    let cells: Vec<&str> = line.strip_prefix("| `")?.strip_suffix(" |")?.split(" | ").collect();
    let [keys, _, default] = cells[..] else { panic!("not three cells: {line}") };
    Some((keys.split(", ").map(|key| key.trim_matches('`')).collect(), default))
}

/// The keys of a section, as the program lists them to who wrote one that it does not have.
fn keys(section: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    fs::write(&file, format!("{section}\nxyzzyxyzzy = 1\n")).expect("a file");
    let asked = run(&["check", "--config", &file.display().to_string()], b"");
    let hint = format!("= help: {section} has ");
    let list = asked.stderr.split(&hint).nth(1).and_then(|rest| rest.lines().next());
    list.expect("the keys").split(", ").map(str::to_owned).collect()
}

#[test]
fn every_key_of_every_section_is_described_and_no_other() {
    let page = page();
    assert_eq!(page.matches("\n## ").count(), SECTIONS.len(), "a section more or less");
    for section in SECTIONS {
        let rows = part(&page, section).lines().filter_map(row);
        let mut described: Vec<String> = rows.flat_map(|(keys, _)| keys).map(str::to_owned).collect();
        let mut known = keys(section);
        described.sort();
        known.sort();
        assert_eq!(described, known, "{section}");
    }
}

#[test]
fn the_defaults_are_those_of_the_program() {
    let page = page();
    let (mut bare, mut full, mut stated) = (String::new(), String::new(), 0);
    for section in SECTIONS {
        let least = least(section);
        let mut spelled = String::new();
        for (keys, default) in part(&page, section).lines().filter_map(row) {
            let (&[key], Some(value)) = (&keys[..], default.strip_prefix('`')) else { continue };
            let value = value.split('`').next().unwrap_or_default();
            let _ = writeln!(spelled, "{key} = {value}");
            stated += 1;
        }
        let _ = writeln!(bare, "{section}\n{least}");
        let _ = write!(full, "{section}\n{least}\n{spelled}");
    }
    assert!(stated > 30, "{stated} defaults");
    let read = |text: &str| match config::read(text.as_bytes(), "config.toml", &Surroundings::default()) {
        Ok(loaded) => format!("{:#?}", loaded.config),
        Err(report) => panic!("{text}\n{report:?}"),
    };
    assert_same(&read(&bare), &read(&full));
}

/// The first line that differs says which default is wrong.
fn assert_same(bare: &str, full: &str) {
    for (left_out, written) in bare.lines().zip(full.lines()) {
        assert_eq!(left_out.trim(), written.trim(), "left out, and written as the page has it");
    }
    assert_eq!(bare, full);
}

#[test]
fn the_file_that_is_enough_is() {
    let page = page();
    let block = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a file");
    assert!(config::read(block.as_bytes(), "config.toml", &Surroundings::default()).is_ok(), "{block}");
}
