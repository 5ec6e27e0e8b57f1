//! `docs/rules.md`: every example does what its samples say, and every key is there.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support::program::{Ended, run};

const REST: &str =
    "\n[storage]\npath = \"rasid.db\"\n[smtp]\nurl = \"file:outbox\"\nfrom = \"rasid@example.org\"\n";

fn page() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md")).expect("the page is read")
}

/// What stands between ```` ```toml ```` and its end, block by block.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

fn check(files: &[(&str, &str)]) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    let config = folder.path().join("config.toml");
    assert!(Path::new(&config).exists());
    run(&["check", "--config", &config.display().to_string()], b"")
}

#[test]
fn every_example_holds() {
    let page = page();
    let (mut alone, mut files) = (0, Vec::new());
    for block in blocks(&page) {
        if let Some(name) = block.lines().next().and_then(|line| line.strip_prefix("# ")) {
            files.push((
                name,
                if name == "config.toml" { format!("{block}{REST}") } else { block.to_owned() },
            ));
            continue;
        }
        alone += 1;
        let ended = check(&[("config.toml", &format!("{block}{REST}"))]);
        assert_eq!(ended.code, 0, "{block}\n{}", ended.stderr);
        for rule in block.split("[[rules]]").skip(1) {
            assert!(rule.contains("should_match = ["), "an example that proves nothing:{rule}");
        }
    }
    assert!(alone > 8, "{alone} examples");
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let ended = check(&files);
    assert_eq!(ended.code, 0, "{files:?}\n{}", ended.stderr);
    assert!(ended.stdout.contains("1 rule, 1 entity"), "{}", ended.stdout);
}

/// A row of the table: a query in code, a text that it matches, a text that it does not.
fn row(line: &str) -> Option<[String; 3]> {
    let cells: Vec<String> = line
        .replace("\\|", "\u{1}")
        .split('|')
        .map(|cell| cell.trim().replace('\u{1}', "|").replace(" // ", "\n\n"))
        .collect();
    let [_, query, matches, other, _] = <[String; 5]>::try_from(cells).ok()?;
    let query = query.strip_prefix('`')?.strip_suffix('`')?.to_owned();
    (query.contains(|c: char| ('\u{600}'..'\u{700}').contains(&c))).then_some([query, matches, other])
}

#[test]
fn every_query_of_the_table_holds() {
    let page = page();
    let rows: Vec<_> = page.lines().filter_map(row).collect();
    assert!(rows.len() > 15, "{rows:?}");
    let mut config = String::new();
    for (number, [query, matches, other]) in rows.iter().enumerate() {
        let _ = writeln!(
            config,
            "[[rules]]\nid = \"{number}\"\nquery = '{query}'\nshould_match = ['''{matches}''']\nshould_not_match = ['''{other}''']"
        );
    }
    let ended = check(&[("config.toml", &format!("{config}{REST}"))]);
    assert_eq!(ended.code, 0, "{config}\n{}", ended.stderr);
}

#[test]
fn every_key_is_described() {
    let page = page();
    for section in ["rules", "entities"] {
        let asked = check(&[("config.toml", &format!("[[{section}]]\nxyzzyxyzzy = 1\n{REST}"))]);
        let hint = format!("[[{section}]] has ");
        let keys = asked.stderr.split(&hint).nth(1).and_then(|rest| rest.lines().next()).expect("the keys");
        for key in keys.split(", ") {
            assert!(page.contains(&format!("`{key}`")), "`{key}` of [[{section}]] is not described");
        }
    }
}
