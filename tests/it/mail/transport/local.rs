//! Mail that leaves without a relay: a directory of files, and sendmail.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rasid::config::Transport;
use rasid::mail::transport::{Mailer, Timeouts};

use super::{BODY, expect, message, smtp};

#[tokio::test]
async fn files_are_whole_and_replace_themselves() {
    let directory = tempfile::tempdir().unwrap();
    let outbox = directory.path().join("mail/outbox");
    let mut mailer = Mailer::new(&smtp(Transport::File(outbox.clone()))).unwrap();
    let mut hostile = message("amal@example.org", BODY);
    hostile.message_id = "../../etc/x y\n@rasid.example".into();
    for message in [&message("amal@example.org", BODY), &message("amal@example.org", BODY), &hostile] {
        expect(&mailer.send(message).await, "accepted", "");
    }
    assert_eq!(
        names(&outbox),
        ["20261123T090000.250Z-.._.._etc_x_y_@rasid.example.eml", "20261123T090000.250Z-1@rasid.example.eml"]
    );
    let kept = std::fs::read(outbox.join("20261123T090000.250Z-1@rasid.example.eml")).unwrap();
    assert_eq!(String::from_utf8(kept).unwrap(), BODY);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&outbox), 0o700, "mails name people");
    assert_eq!(mode(&outbox.join("20261123T090000.250Z-1@rasid.example.eml")), 0o600);

    let file = directory.path().join("a file");
    std::fs::write(&file, "").unwrap();
    let mut mailer = Mailer::new(&smtp(Transport::File(file.clone()))).unwrap();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "a file");
}

#[tokio::test]
async fn sendmail_is_called_as_programs_expect_and_its_end_understood() {
    let cases = [
        ("exit 0", "accepted", "taken over"),
        ("echo try later >&2; exit 75", "deferred", "75: try later"),
        ("echo nobody of that name >&2; exit 67", "refused", "nobody of that name"),
        ("exit 69", "unavailable", "69"),
        ("exit 78", "refuses us", "78"),
        ("kill -9 $$", "unavailable", "signal"),
        ("head -c 1000000 /dev/zero >&2; exit 75", "deferred", "75"),
        ("sleep 60", "deferred", "not done within"),
    ];
    for (end, expected, says) in cases {
        let directory = tempfile::tempdir().unwrap();
        let path = program(directory.path(), end);
        let wait = Duration::from_millis(if end.starts_with("sleep") { 2_000 } else { 20_000 });
        let timeouts = Timeouts { end: wait, ..Timeouts::default() };
        let mut mailer = Mailer::new(&smtp(Transport::Sendmail(path))).unwrap().timeouts(timeouts);
        expect(&mailer.send(&message("-oQ/tmp@example.org", BODY)).await, expected, says);
        let read = |name| std::fs::read_to_string(directory.path().join(name)).unwrap();
        assert_eq!(read("arguments"), "-i|-f|rasid@rasid.example|--|-oQ/tmp@example.org|");
        assert_eq!(read("message"), BODY.replace("\r\n", "\n"));
    }
    let mut mailer = Mailer::new(&smtp(Transport::Sendmail("/nowhere/sendmail".into()))).unwrap();
    expect(&mailer.send(&message("amal@example.org", BODY)).await, "refuses us", "/nowhere/sendmail");
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A program that notes how it was called, reads the message and then does `end`.
fn program(directory: &Path, end: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = directory.join("sendmail");
    let script = format!(
        "#!/bin/sh\nprintf '%s|' \"$@\" > '{0}/arguments'\ncat > '{0}/message'\n{end}\n",
        directory.display()
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}
