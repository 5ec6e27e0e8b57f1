//! The SQL of polling: feeds, entries, matches and the alerts that they cause.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, Params, Result, named_params, params};

use super::articles;
use super::codec::{Json, Millis, facets, list, time};
use crate::feed::identity::Facets;
use crate::fetch::Validators;
use crate::store::{Committed, FeedState, Match, NewEntry, Poll};

/// How many of the stored entries that share one guid or one link are looked at.
const SHARING: usize = 64;

/// Writes all that a poll brought; the caller's transaction holds it together.
pub(super) fn commit(db: &Connection, poll: &Poll) -> Result<Committed> {
    let feed = put_feed(db, &poll.state)?;
    let mut committed = Committed::default();
    for new in &poll.entries {
        if let Some(entry) = put_entry(db, feed, new, poll)? {
            committed.entries += 1;
            put_mentions(db, entry, &new.entities)?;
            committed.alerts += put_alerts(db, entry, &new.matches, &new.alerts, poll.fetched, poll.first)?;
            if let Some(owes) = poll.owes.as_ref().filter(|_| new.entry.url.is_some()) {
                articles::owe(db, feed, entry, owes, poll)?;
            }
        }
    }
    Ok(committed)
}

/// Writes the state of a feed and returns the feed's number.
pub(super) fn put_feed(db: &Connection, state: &FeedState) -> Result<i64> {
    db.prepare_cached(
        "INSERT INTO feeds (name, source, moved_to, etag, last_modified, next_poll, hold_until, gone,
                            failures, error, last_success, title)
         VALUES (:name, :source, :moved_to, :etag, :last_modified, :next_poll, :hold_until, :gone,
                 :failures, :error, :last_success, :title)
         ON CONFLICT (name) DO UPDATE SET
             source = excluded.source, moved_to = excluded.moved_to, etag = excluded.etag,
             last_modified = excluded.last_modified, next_poll = excluded.next_poll,
             hold_until = excluded.hold_until, gone = excluded.gone, failures = excluded.failures,
             error = excluded.error, last_success = excluded.last_success, title = excluded.title
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
        },
        |row| row.get(0),
    )
}

/// Writes an entry and returns its number, or nothing where it is stored already.
fn put_entry(db: &Connection, feed: i64, new: &NewEntry, poll: &Poll) -> Result<Option<i64>> {
    let NewEntry { entry, facets, .. } = new;
    let added = db
        .prepare_cached(
            "INSERT INTO entries (feed, guid_facet, link_facet, title_facet, fetched, published, updated,
                                  guid, url, title, authors, categories, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
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
        "INSERT INTO matches (entry, rule, spans) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
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
            })
        })?
        .collect()
}

/// The stored entries of a feed that share a guid or a link with one of `document`.
pub(super) fn known(db: &Connection, feed: &str, document: &[Facets]) -> Result<Vec<Facets>> {
    let mut id = db.prepare_cached("SELECT id FROM feeds WHERE name = ?1")?;
    let Some(feed) = id.query_map([feed], |row| row.get::<_, i64>(0))?.next().transpose()? else {
        return Ok(Vec::new());
    };
    let mut by_guid = sharing(db, "guid_facet = ?2")?;
    let mut by_guid_and_link = sharing(db, "guid_facet = ?2 AND link_facet = ?3")?;
    let mut by_link = sharing(db, "link_facet = ?2")?;
    let mut by_link_and_title = sharing(db, "link_facet = ?2 AND title_facet = ?3")?;
    let (mut guids, mut links) = (HashSet::new(), HashSet::new());
    let mut found = Vec::with_capacity(document.len());
    for names in document {
        let [guid, link, title] = [names.guid, names.link, names.title].map(u64::cast_signed);
        // Where too many share one facet, two facets together find those that matter.
        if !guids.insert(guid) || collect(&mut by_guid, params![feed, guid], &mut found)? {
            collect(&mut by_guid_and_link, params![feed, guid, link], &mut found)?;
        }
        if !links.insert(link) || collect(&mut by_link, params![feed, link], &mut found)? {
            collect(&mut by_link_and_title, params![feed, link, title], &mut found)?;
        }
    }
    found.sort_unstable_by_key(|names| (names.guid, names.link, names.title));
    found.dedup();
    Ok(found)
}

/// The entries of feed `?1` that agree in what `condition` says.
fn sharing<'db>(db: &'db Connection, condition: &str) -> Result<CachedStatement<'db>> {
    db.prepare_cached(&format!(
        "SELECT guid_facet, link_facet, title_facet FROM entries WHERE feed = ?1 AND {condition} LIMIT {SHARING}"
    ))
}

/// Adds the answer to `found`; says whether it was cut.
fn collect(statement: &mut CachedStatement<'_>, asked: impl Params, found: &mut Vec<Facets>) -> Result<bool> {
    let before = found.len();
    for names in statement.query_map(asked, |row| facets(row, 0))? {
        found.push(names?);
    }
    Ok(found.len() - before >= SHARING)
}
