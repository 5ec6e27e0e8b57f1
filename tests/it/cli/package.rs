//! What a package is made of: man pages, completions, the config for a server.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::program::run;

#[test]
fn every_command_has_a_man_page_and_every_shell_its_completions() {
    let dir = tempfile::tempdir().expect("a directory");
    let ended = run(&["manual", dir.path().join("new").to_str().expect("UTF-8")], b"");
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
    let read = |name: &str| fs::read_to_string(dir.path().join("new").join(name)).expect(name);
    for (page, says) in [
        ("rasid.1", "rasid\\-run(1)"),
        ("rasid-run.1", "\\-\\-once"),
        ("rasid-rules-lint.1", "\\-\\-pedantic"),
        ("rasid-exit-codes.1", "78  the config is wrong"),
    ] {
        let page = read(&format!("man/{page}"));
        assert!(page.contains(says), "{says} is missing in:\n{page}");
    }
    for shell in ["rasid.bash", "_rasid", "rasid.fish"] {
        assert!(read(&format!("completions/{shell}")).contains("discover"), "{shell}");
    }
}

#[test]
fn where_it_cannot_write_it_says_so() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let ended = run(&["manual", file.path().to_str().expect("UTF-8")], b"");
    assert_eq!(ended.code, 74);
    assert!(ended.stderr.starts_with("rasid: cannot write into "), "{}", ended.stderr);
}

/// `packaging/config` fails where config.toml has moved on without it.
#[test]
fn the_packaged_config_is_the_default_one_for_a_server() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let default = fs::File::open(root.join("config.toml")).expect("config.toml");
    let made = Command::new(root.join("packaging/config")).stdin(default).output().expect("it runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let config = String::from_utf8(made.stdout).expect("UTF-8");
    for (line, stands) in [
        ("path = \"/var/lib/rasid/rasid.db\"", true),
        ("url = \"file:/var/lib/rasid/outbox\"", true),
        ("include = [\"rules/*.toml\"]", true),
        ("id = \"sample\"", false),
    ] {
        assert_eq!(config.contains(line), stands, "{line}");
    }

    let dir = tempfile::tempdir().expect("a directory");
    let here = config.replace("/var/lib/rasid", dir.path().to_str().expect("UTF-8"));
    fs::write(dir.path().join("config.toml"), here).expect("written");
    fs::create_dir(dir.path().join("rules")).expect("made");
    fs::copy(root.join("packaging/rules/own.toml"), dir.path().join("rules/own.toml")).expect("copied");
    let config = dir.path().join("config.toml");
    let ended = run(&["check", "--config", config.to_str().expect("UTF-8")], b"");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
}
