//! Opening: made where absent, one at a time, brought forward; refused where it cannot be trusted.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rasid::fetch::schedule::Rhythm;
use rasid::store::sqlite::{Archive, OpenError, SqliteStore};
use rasid::store::{FeedState, Store};
use rusqlite::Connection;

use super::child::{Played, command};
use super::words::{AMAL, Home, alerting, at, entry, pack, peek, poll, state};

/// Bytes of a page of the database.
const PAGE: usize = 16384;

/// A database with feeds, entries, held and told alerts, closed.
async fn filled() -> Home {
    let home = Home::new();
    let store = home.open();
    let entries = (0..200).map(|number| alerting(number, &["a"], &[AMAL])).collect();
    store.commit(poll("ina", 1, entries)).await.unwrap();
    assert!(pack(&store, AMAL, "one@x", 2).await);
    store.commit(poll("ina", 3, vec![alerting(1000, &["a"], &[AMAL])])).await.unwrap();
    store.close().await.unwrap();
    home
}

fn refusal(path: &Path) -> OpenError {
    match SqliteStore::open(path) {
        Ok(_) => panic!("{} is opened", path.display()),
        Err(error) => error,
    }
}

/// The refusal says `says` in one line that names the file, and the file stays as it is.
#[track_caller]
fn is_refused(home: &Home, says: &str) {
    let before = fs::read(home.path()).ok();
    let error = refusal(&home.path()).to_string();
    assert!(error.contains(says) && error.contains("rasid.db") && !error.contains('\n'), "{error}");
    assert!(fs::read(home.path()).ok() == before, "nothing is changed");
}

#[tokio::test]
async fn a_database_is_made_where_there_is_none_for_its_owner_alone() {
    let home = Home::new();
    let store = home.open();
    store.commit(poll("ina", 1, vec![entry(1, &[])])).await.unwrap();
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let mode = fs::metadata(home.beside(suffix)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "rasid.db{suffix} is {mode:o}");
    }
    store.close().await.unwrap();
    let left: Vec<_> =
        fs::read_dir(home.path().parent().unwrap()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let empty = Home::new();
    fs::write(empty.path(), "").unwrap();
    empty.open().close().await.unwrap();
}

#[tokio::test]
async fn what_a_kill_left_of_making_a_database_is_in_nobodys_way() {
    let home = Home::new();
    fs::write(home.beside(".new"), "half of a database").unwrap();
    fs::write(home.beside(".new-journal"), "half of a journal").unwrap();
    home.open().close().await.unwrap();
    assert!(!home.beside(".new").exists());
}

#[tokio::test]
async fn one_store_at_a_time() {
    let home = Home::new();
    let store = home.open();
    let link = home.beside(".link");
    symlink(home.path(), &link).unwrap();
    for path in [&home.path(), &link] {
        let error = refusal(path);
        assert!(
            matches!(error, OpenError::Held { pid: Some(pid), .. } if pid == std::process::id()),
            "{error:?}"
        );
    }
    let refused = Played::of("opens", &home.path()).says().unwrap();
    assert!(refused.contains(&format!("another rasid (process {})", std::process::id())), "{refused}");
    store.close().await.unwrap();
    assert_eq!(Played::of("opens", &home.path()).says().as_deref(), Some("opened"));

    let mut holder = Played::of("holds", &home.path());
    assert_eq!(holder.says().as_deref(), Some("holding"));
    assert!(matches!(refusal(&home.path()), OpenError::Held { .. }));
    holder.kill();
    home.open().close().await.unwrap();
}

#[tokio::test]
async fn files_that_are_no_database_of_ours_are_refused() {
    let home = Home::new();
    fs::write(home.path(), "not a database\n".repeat(1000)).unwrap();
    is_refused(&home, "not a database");
    fs::write(home.path(), "x").unwrap();
    is_refused(&home, "not a database");

    let home = Home::new();
    Connection::open(home.path()).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    is_refused(&home, "belongs to another program");

    let home = Home::new();
    fs::create_dir(home.path()).unwrap();
    is_refused(&home, "not a file");

    let home = Home::new();
    symlink("/nowhere/rasid.db", home.path()).unwrap();
    is_refused(&home, "No such file");
    let error = refusal(Path::new("/nowhere/at/all/rasid.db")).to_string();
    assert!(error.starts_with("/nowhere/at/all: there is no such directory"), "{error}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let home = filled().await;
    Connection::open(home.path()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    is_refused(&home, "a newer rasid wrote this database (schema 99");
    assert!(matches!(Archive::open(&home.path()), Err(OpenError::Newer { found: 99, .. })));

    // Nor is the journal of a rasid that was killed touched.
    let home = Home::new();
    let mut killed = Played::of("works", &home.path());
    killed.says().unwrap();
    killed.kill();
    let newer = Connection::open(home.path()).unwrap();
    newer.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    let journal = fs::read(home.beside("-wal")).unwrap();
    is_refused(&home, "schema 99");
    assert!(!journal.is_empty() && fs::read(home.beside("-wal")).unwrap() == journal);
}

#[tokio::test]
async fn a_database_that_was_cut_is_refused() {
    let home = filled().await;
    let whole = fs::read(home.path()).unwrap();
    for length in [0, 1, 50, 4096, whole.len() / 2, whole.len() - PAGE, whole.len() - 1] {
        fs::write(home.path(), &whole[..length]).unwrap();
        is_refused(&home, "");
    }
    fs::write(home.path(), &whole).unwrap();
    home.open().close().await.unwrap();
}

#[tokio::test]
async fn a_database_whose_live_tables_are_damaged_is_refused() {
    let whole = filled().await;
    for table in ["feeds", "alerts", "alerts_held", "sqlite_schema"] {
        let home = Home::new();
        let mut bytes = fs::read(whole.path()).unwrap();
        let root =
            format!("SELECT max(coalesce(max(rootpage), 0), 1) FROM sqlite_schema WHERE name = '{table}'");
        let page = usize::try_from(peek::<i64>(&whole.path(), &root)).unwrap() - 1;
        // Past the file's own header, which fills the first hundred bytes.
        for byte in &mut bytes[page * PAGE + 100..(page + 1) * PAGE] {
            *byte ^= 0x5a;
        }
        for byte in bytes[page * PAGE..].iter_mut().take(if page > 0 { 100 } else { 0 }) {
            *byte ^= 0x5a;
        }
        fs::write(home.path(), bytes).unwrap();
        is_refused(&home, "damaged");
    }
    for gone in ["DROP INDEX alerts_held", "DROP TABLE alerts", "ALTER TABLE feeds DROP COLUMN title"] {
        let home = Home::new();
        fs::copy(whole.path(), home.path()).unwrap();
        Connection::open(home.path()).unwrap().execute_batch(gone).unwrap();
        is_refused(&home, "damaged (it lacks its ");
    }
}

#[tokio::test]
async fn a_database_that_has_lost_its_file_is_not_begun_anew() {
    let home = filled().await;
    fs::rename(home.path(), home.beside(".gone")).unwrap();
    fs::write(home.beside("-wal"), "a journal").unwrap();
    is_refused(&home, "its journal is there, the file itself is not");
    fs::remove_file(home.beside("-wal")).unwrap();
    home.open().close().await.unwrap();
}

#[test]
fn a_directory_that_cannot_be_written_is_refused() {
    let error = refusal(Path::new("/sys/rasid.db"));
    assert!(matches!(error, OpenError::ReadOnly { .. }), "{error:?}");
    assert!(error.to_string().starts_with("/sys/rasid.db"), "{error}");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_refused() {
    let home = filled().await;
    let directory = home.path().parent().unwrap().to_owned();
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(home.beside(".lock"), fs::Permissions::from_mode(0o666)).unwrap();
    // Root may write everything: the part is played by nobody, who may not look into target/ either.
    let (program, arguments, (key, value)) = command("opens", &home.path());
    let copy = home.beside(".test");
    fs::copy(program, &copy).unwrap();
    let mut nobody = Command::new(copy);
    nobody.args(arguments).env(key, value);
    if fs::metadata(home.path()).unwrap().permissions().readonly()
        && fs::File::options().append(true).open(home.path()).is_ok()
    {
        nobody.uid(65534);
    }
    let refused = Played::start(nobody).says().unwrap();
    assert!(refused.contains("rasid.db: cannot be written; "), "{refused}");
}

/// `tests/fixtures/store/v<n>.sql` is a database as the rasid of schema n left it.
#[tokio::test]
async fn every_earlier_schema_is_brought_forward_with_its_data() {
    let fresh = Home::new();
    fresh.open().close().await.unwrap();
    let newest: u32 = peek(&fresh.path(), "SELECT user_version FROM pragma_user_version");
    for version in 1..=newest {
        let home = Home::new();
        let fixture = format!("{}/tests/fixtures/store/v{version}.sql", env!("CARGO_MANIFEST_DIR"));
        Connection::open(home.path()).unwrap().execute_batch(&fs::read_to_string(fixture).unwrap()).unwrap();
        let store = home.open();
        let unlearnt = |state: FeedState| match version {
            ..4 => FeedState { rhythm: Rhythm::default(), warning: None, ..state },
            _ => state,
        };
        let feeds = [state("ina", 1), state("nina", 2)].map(unlearnt);
        assert_eq!(store.feeds().await.unwrap(), feeds);
        let names = entry(1, &[]).print.facets;
        let known = store.known("ina", &[names]).await.unwrap();
        assert_eq!(known.iter().map(|known| known.print.facets).collect::<Vec<_>>(), [names]);
        let held = store.held_for(AMAL, 10).await.unwrap();
        assert_eq!(held.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["الخبر رقم 3"]);
        assert_eq!(held[0].matches, alerting(3, &["troops"], &[]).matches);
        let due = store.due(at(100), 10).await.unwrap();
        assert_eq!(due.iter().map(|message| message.message_id.as_str()).collect::<Vec<_>>(), ["two@x"]);
        let waiting = store.waiting(AMAL, at(0), false).await.unwrap();
        assert_eq!(
            (waiting.last, waiting.stories.len()),
            (Some(at(20)), 0),
            "what wants a place waits for it"
        );
        let wants = store.unplaced(10).await.unwrap();
        assert_eq!(
            wants.iter().map(|entry| entry.entry).collect::<Vec<_>>(),
            if version < 9 { vec![1, 2, 3] } else { vec![3] }
        );
        store.close().await.unwrap();
        let archived = Archive::open(&home.path()).unwrap().matches("troops", None, 10).unwrap();
        let named: Vec<_> = archived.iter().map(|entry| entry.entities.join(" ")).collect();
        assert_eq!(named, if version < 2 { ["", "", ""] } else { ["coalition iraq", "", "iraq"] });
        assert_eq!(peek::<String>(&home.path(), "PRAGMA integrity_check"), "ok");
        let backup = home.beside(&format!(".v{version}.bak"));
        assert_eq!(backup.exists(), version < newest);
        if version < newest {
            assert_eq!(peek::<u32>(&backup, "SELECT user_version FROM pragma_user_version"), version);
            assert_eq!(peek::<i64>(&backup, "SELECT count(*) FROM entries"), 3);
        }
    }
}
