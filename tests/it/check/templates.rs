//! `[mail] templates`: an administrator's templates are compiled and tried before they are in force.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use tempfile::TempDir;

use super::completed;
use crate::support::program::{Ended, run};

const REST: &str = "[[feeds]]\nid=\"z\"\npath=\"z\"\n[[rules]]\nid=\"r\"\nany=[\"تفاوض\"]\n\
    [[subscribers]]\nemail=\"z@example.org\"\nrules=[\"*\"]\n";

/// A folder with a config that names `folder`, and templates.
fn place(folder: &str, files: &[(&str, &[u8])]) -> TempDir {
    let place = tempfile::tempdir().expect("a folder");
    let config = format!("[mail]\ntemplates = \"{folder}\"\n{}", completed(REST));
    fs::write(place.path().join("config.toml"), config).expect("a config");
    for (name, text) in files {
        let file = place.path().join(name);
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(file, text).expect("a template");
    }
    place
}

fn check(place: &Path) -> Ended {
    let mut ended = run(&["check", "--config", &place.join("config.toml").display().to_string()], b"");
    ended.stderr = ended.stderr.replace(&place.display().to_string(), "DIR");
    ended
}

#[test]
fn sound_templates_are_accepted() {
    for (name, text) in [
        ("t/alert.txt", "{{ subject }}\n"),
        ("t/alert.html", "<p>{{ phrases.why }}</p>"),
        ("t/operator.txt", "{{ count }}: {% for feed in feeds %}{{ feed.id }} {{ feed.reason }}{% endfor %}"),
        ("t/notice.txt", "{% for paragraph in paragraphs %}{{ paragraph.plain }}{% endfor %}"),
        ("t/notice.html", "<p>{{ footer.plain }}</p>"),
        ("t/README", "anything"),
        ("t/alert.txt~", "{{"),
    ] {
        let ended = check(place("t", &[(name, text.as_bytes())]).path());
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{name}");
    }
}

#[test]
fn what_is_wrong_is_said_at_its_line() {
    let place = place(
        "mine/",
        &[
            ("mine/alert.html", b"<h1>{{ subject }}</h1>\n{% for section in sections %}\n{% endfi %}\n"),
            ("mine/alert.txt", b"{{ subject }}\n\n{{ headline }}\n"),
            ("mine/operator.txt", b"{{ count | shout }}\n"),
            ("mine/notice.txt", b"\xff\n"),
            ("mine/alret.txt", b""),
        ],
    );
    let ended = check(place.path());
    assert_eq!(ended.code, 78);
    assert_snapshot!(ended.stderr);
}

#[test]
fn one_template_that_fails_on_some_messages_is_said_at_its_line() {
    let text = "{{ subject }}\n{% for section in sections %}\n{% for card in section.cards %}\n\
        {{ card.first.outlet.plain }}\n{% endfor %}\n{% endfor %}\n";
    let ended = check(place("t", &[("t/alert.txt", text.as_bytes())]).path());
    assert_eq!(ended.code, 78);
    assert_snapshot!(ended.stderr);
}

#[test]
fn the_folder_must_be_one() {
    for (folder, words) in [
        ("", "the path is empty"),
        ("nowhere", "cannot look into DIR/nowhere: No such file or directory (os error 2)"),
        ("config.toml", "cannot look into DIR/config.toml: Not a directory (os error 20)"),
    ] {
        let ended = check(place(folder, &[]).path());
        assert!(ended.code == 78 && ended.stderr.contains(words), "{folder}: {}", ended.stderr);
        assert!(
            ended.stderr.contains("mail.templates") && ended.stderr.contains("config.toml:2:13"),
            "{}",
            ended.stderr
        );
    }
    let place = place("t", &[("t/alert.txt/x", b"")]);
    assert!(check(place.path()).stderr.contains("cannot read DIR/t/alert.txt: it is no file"));
}
