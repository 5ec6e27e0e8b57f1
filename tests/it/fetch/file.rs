//! Feeds that stand on this machine.

use std::fs;
use std::os::unix::net::UnixListener;
use std::process::Command;

use rasid::fetch::{Answer, Error, Validators};

use super::{document, fetcher, local, not_modified};

#[tokio::test]
async fn a_file_is_read_when_it_has_changed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("تغذية.xml");
    let (fetcher, feed) = (fetcher(), local(&path));
    fs::write(&path, "<rss/>").unwrap();
    let first = document(fetcher.fetch(&feed, None, &Validators::default()).await);
    assert_eq!((&first.body[..], first.url, first.content_type), (&b"<rss/>"[..], None, None));
    assert!(first.validators.last_modified.is_some());
    not_modified(fetcher.fetch(&feed, None, &first.validators).await);

    // The same length, put in place as programs do that write beside and rename.
    let beside = directory.path().join("new");
    fs::write(&beside, "<RSS/>").unwrap();
    fs::rename(&beside, &path).unwrap();
    let second = document(fetcher.fetch(&feed, None, &first.validators).await);
    assert_eq!(&second.body[..], b"<RSS/>");
    not_modified(fetcher.fetch(&feed, None, &second.validators).await);

    // Written in place, with the old time set again.
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "<rss></rss>").unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    let third = document(fetcher.fetch(&feed, None, &second.validators).await);
    assert_eq!(&third.body[..], b"<rss></rss>");
}

#[tokio::test]
async fn what_is_no_file_is_said_and_does_not_block() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    assert!(Command::new("mkfifo").arg(path("fifo")).status().unwrap().success());
    let _listener = UnixListener::bind(path("socket")).unwrap();
    fs::create_dir(path("directory")).unwrap();
    std::os::unix::fs::symlink("loop", path("loop")).unwrap();
    let cases = [
        (path("missing.xml"), "no such file"),
        (path("directory"), "it is a directory, not a regular file"),
        (path("fifo"), "it is a FIFO"),
        (path("socket"), "it is a device or a socket"),
        (path("loop"), "too many"),
        ("/dev/zero".into(), "it is a device"),
    ];
    let fetcher = fetcher();
    for (path, reason) in cases {
        let answer = fetcher.fetch(&local(&path), None, &Validators::default()).await;
        let Err(Error::File(line)) = answer else { panic!("{}: {answer:?}", path.display()) };
        assert!(line.starts_with(&format!("{}: ", path.display())) && line.contains(reason), "{line}");
    }
}

#[tokio::test]
async fn a_file_is_under_the_same_cap() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("large.xml");
    for (length, fits) in [(1_000_000, true), (1_000_001, false)] {
        fs::write(&path, vec![b'x'; length]).unwrap();
        match fetcher().fetch(&local(&path), None, &Validators::default()).await {
            Ok(Answer::Document(document)) if fits => assert_eq!(document.body.len(), length),
            Err(error) if !fits => assert_eq!(error, Error::TooLarge(1_000_000)),
            other => panic!("{length}: {other:?}"),
        }
    }
}
