//! The SQL of polling: feeds, entries, matches and the alerts that they cause.

use rusqlite::{Connection, Result, Row, named_params, params};

use jiff::Timestamp;

use super::articles;
use super::codec::{Json, Lenient, Millis, list, time};
use super::edits;
use super::index;
use super::stories;
use crate::feed::identity::Print;
use crate::fetch::Validators;
use crate::fetch::watch::Warning;
use crate::store::{Committed, FeedState, Match, NewEntry, Poll};

/// Writes all that a poll brought; the caller's transaction holds it together.
pub(super) fn commit(db: &Connection, poll: &Poll) -> Result<Committed> {
    let feed = put_feed(db, &poll.state)?;
    let mut committed = Committed::default();
    for new in &poll.entries {
        if let Some(entry) = put_entry(db, feed, new, poll)? {
            committed.entries += 1;
            index::put(db, entry, &new.words)?;
            put_mentions(db, entry, &new.entities)?;
            committed.alerts += put_alerts(db, entry, &new.matches, &new.alerts, poll.fetched, poll.first)?;
            if let Some(owes) = poll.owes.as_ref().filter(|_| new.entry.url.is_some()) {
                articles::owe(db, feed, entry, owes, poll)?;
            }
        }
    }
    for (entry, facets) in &poll.aliases {
        edits::put_alias(db, feed, *entry, *facets)?;
    }
    let mut edits: Vec<_> = poll.edits.iter().collect();
    // In any other order each would begin a part of its own in the index.
    edits.sort_by_key(|edit| edit.entry);
    for edit in edits {
        if !edits::put_version(db, edit, poll)? {
            continue;
        }
        index::replace(db, edit.entry, &edit.new.words)?;
        put_mentions(db, edit.entry, &edit.new.entities)?;
        let NewEntry { matches, alerts, .. } = &edit.new;
        committed.alerts += put_alerts(db, edit.entry, matches, alerts, poll.fetched, false)?;
    }
    Ok(committed)
}

/// Writes the state of a feed and returns the feed's number.
pub(super) fn put_feed(db: &Connection, state: &FeedState) -> Result<i64> {
    db.prepare_cached(
        "INSERT INTO feeds (name, source, moved_to, etag, last_modified, next_poll, hold_until, gone,
                            failures, error, last_success, title, rhythm, watch, warning_kind,
                            warning, warned)
         VALUES (:name, :source, :moved_to, :etag, :last_modified, :next_poll, :hold_until, :gone,
                 :failures, :error, :last_success, :title, :rhythm, :watch, :warning_kind, :warning, :warned)
         ON CONFLICT (name) DO UPDATE SET
             source = excluded.source, moved_to = excluded.moved_to, etag = excluded.etag,
             last_modified = excluded.last_modified, next_poll = excluded.next_poll,
             hold_until = excluded.hold_until, gone = excluded.gone, failures = excluded.failures,
             error = excluded.error, last_success = excluded.last_success, title = excluded.title,
             rhythm = excluded.rhythm, watch = excluded.watch, warning = excluded.warning,
             warned = excluded.warned, warning_kind = excluded.warning_kind,
             -- Of another kind of warning the operator has not been told.
             told = CASE WHEN feeds.warning_kind IS excluded.warning_kind THEN feeds.told END
         RETURNING id",
    )?
    .query_row(
        named_params! {
            ":name": state.id,
            ":source": state.source,
            ":moved_to": state.moved_to,
            ":etag": state.validators.etag,
            ":last_modified": state.validators.last_modified,
            ":next_poll": Millis(state.next_poll),
            ":hold_until": state.hold_until.map(Millis),
            ":gone": state.gone,
            ":failures": state.failures,
            ":error": state.error,
            ":last_success": state.last_success.map(Millis),
            ":title": state.title,
            ":rhythm": Json(&state.rhythm),
            ":watch": Json(&state.watch),
            ":warning_kind": state.warning.as_ref().map(|warning| &warning.kind),
            ":warning": state.warning.as_ref().map(|warning| &warning.reason),
            ":warned": state.warning.as_ref().map(|warning| Millis(warning.since)),
        },
        |row| row.get(0),
    )
}

/// Writes an entry and returns its number, or nothing where it is stored already or was.
fn put_entry(db: &Connection, feed: i64, new: &NewEntry, poll: &Poll) -> Result<Option<i64>> {
    let NewEntry { entry, print: Print { facets, digest }, .. } = new;
    let added = db
        .prepare_cached(
            "INSERT INTO entries (feed, guid_facet, link_facet, title_facet, fetched, published, updated,
                                  guid, url, title, authors, categories, text, digest)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
             WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE feed = ?1 AND guid_facet = ?2
                                                              AND link_facet = ?3 AND title_facet = ?4)
             ON CONFLICT (feed, guid_facet, link_facet, title_facet) DO NOTHING",
        )?
        .execute(params![
            feed,
            facets.guid.cast_signed(),
            facets.link.cast_signed(),
            facets.title.cast_signed(),
            Millis(poll.fetched),
            entry.published.map(Millis),
            entry.updated.map(Millis),
            entry.id,
            entry.url,
            entry.title,
            list(&entry.authors),
            list(&entry.categories),
            entry.text,
            digest.cast_signed(),
        ])?;
    Ok((added > 0).then(|| db.last_insert_rowid()))
}

/// Writes which entities an entry names.
pub(super) fn put_mentions(db: &Connection, entry: i64, entities: &[String]) -> Result<()> {
    if entities.is_empty() {
        return Ok(());
    }
    let mut mentions =
        db.prepare_cached("INSERT INTO mentions (entry, entity) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    entities.iter().try_for_each(|entity| mentions.execute(params![entry, entity]).map(drop))
}

/// Writes the matches of an entry and its alerts; returns how many alerts.
pub(super) fn put_alerts(
    db: &Connection,
    entry: i64,
    found: &[Match],
    told: &[(String, String)],
    held: Timestamp,
    first: bool,
) -> Result<usize> {
    if found.is_empty() {
        return Ok(0);
    }
    let mut matches = db.prepare_cached(
        "INSERT INTO matches (entry, rule, spans) VALUES (?1, ?2, ?3)
         ON CONFLICT (entry, rule) DO UPDATE SET spans = excluded.spans",
    )?;
    stories::want(db, entry)?;
    for found in found {
        matches.execute(params![entry, found.rule, Json(&found.spans)])?;
    }
    let mut alerts = db.prepare_cached(
        "INSERT INTO alerts (entry, rule, subscriber, held, first) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    let mut added = 0;
    for (subscriber, rule) in told {
        added += alerts.execute(params![entry, rule, subscriber, Millis(held), first])?;
    }
    Ok(added)
}

/// Every feed's state.
pub(super) fn feeds(db: &Connection) -> Result<Vec<FeedState>> {
    db.prepare("SELECT * FROM feeds ORDER BY id")?
        .query_map([], |row| {
            Ok(FeedState {
                id: row.get("name")?,
                source: row.get("source")?,
                moved_to: row.get("moved_to")?,
                validators: Validators { etag: row.get("etag")?, last_modified: row.get("last_modified")? },
                next_poll: row.get::<_, Millis>("next_poll")?.0,
                hold_until: time(row, "hold_until")?,
                gone: row.get("gone")?,
                failures: row.get("failures")?,
                error: row.get("error")?,
                last_success: time(row, "last_success")?,
                title: row.get("title")?,
                // What an earlier or a later rasid has learnt in another way is learnt anew.
                rhythm: row.get::<_, Option<Lenient<_>>>("rhythm")?.unwrap_or_default().0,
                watch: row.get::<_, Option<Lenient<_>>>("watch")?.unwrap_or_default().0,
                warning: warning(row)?,
            })
        })?
        .collect()
}

/// The warning of a feed's row, if there is one.
pub(super) fn warning(row: &Row<'_>) -> Result<Option<Warning>> {
    let (kind, reason) = (row.get("warning_kind")?, row.get("warning")?);
    let (Some(kind), Some(reason), Some(since)) = (kind, reason, time(row, "warned")?) else {
        return Ok(None);
    };
    Ok(Some(Warning { kind, reason, since }))
}
