//! The SQL of telling entries apart: which stored entries may be those of a document.

use std::collections::HashSet;

use rusqlite::{CachedStatement, Connection, Params, Result, params};

use super::codec::facets;
use crate::feed::identity::{Facets, Print};
use crate::store::Known;

/// How many of the stored entries that share one facet are looked at.
const SHARING: usize = 64;

/// The stored entries of a feed that share a guid or a link with one of `document`, under every name
/// that they had; where most of it shares neither, also those that share a title.
pub(super) fn known(db: &Connection, feed: &str, document: &[Facets]) -> Result<Vec<Known>> {
    let mut id = db.prepare_cached("SELECT id FROM feeds WHERE name = ?1")?;
    let Some(feed) = id.query_map([feed], |row| row.get::<_, i64>(0))?.next().transpose()? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::with_capacity(document.len());
    by_name(db, ENTRIES, feed, document, &mut found)?;
    if db.prepare_cached("SELECT 1 FROM aliases WHERE feed = ?1")?.exists([feed])? {
        by_name(db, ALIASES, feed, document, &mut found)?;
    }
    if db.prepare_cached("SELECT 1 FROM tombstones WHERE feed = ?1")?.exists([feed])? {
        by_name(db, TOMBSTONES, feed, document, &mut found)?;
    }
    by_title(db, feed, document, &mut found)?;
    found.sort_unstable_by_key(|Known { entry, print: Print { facets, .. } }| {
        (*entry, facets.guid, facets.link, facets.title)
    });
    found.dedup();
    Ok(found)
}

/// A table of names, and how it is read.
type Names = (&'static str, &'static str);

const ENTRIES: Names = ("entries", "SELECT guid_facet, link_facet, title_facet, id, digest FROM entries");
const ALIASES: Names = (
    "aliases",
    "SELECT aliases.guid_facet, aliases.link_facet, aliases.title_facet, id, digest
     FROM aliases JOIN entries ON entries.id = entry",
);
/// Entries that are gone are known as well as those that are there.
const TOMBSTONES: Names =
    ("tombstones", "SELECT guid_facet, link_facet, title_facet, entry, digest FROM tombstones");

fn by_name(
    db: &Connection,
    (table, from): Names,
    feed: i64,
    document: &[Facets],
    found: &mut Vec<Known>,
) -> Result<()> {
    let sharing = |condition: &str| {
        let condition = condition.replace("{}", table);
        db.prepare_cached(&format!("{from} WHERE {table}.feed = ?1 AND {condition} LIMIT {SHARING}"))
    };
    let mut by_guid = sharing("{}.guid_facet = ?2")?;
    let mut by_guid_and_link = sharing("{}.guid_facet = ?2 AND {}.link_facet = ?3")?;
    let mut by_link = sharing("{}.link_facet = ?2")?;
    let mut by_link_and_title = sharing("{}.link_facet = ?2 AND {}.title_facet = ?3")?;
    let (mut guids, mut links) = (HashSet::new(), HashSet::new());
    for names in document {
        let [guid, link, title] = [names.guid, names.link, names.title].map(u64::cast_signed);
        // Where too many share one facet, two facets together find those that matter.
        if !guids.insert(guid) || collect(&mut by_guid, params![feed, guid], found)? {
            collect(&mut by_guid_and_link, params![feed, guid, link], found)?;
        }
        if !links.insert(link) || collect(&mut by_link, params![feed, link], found)? {
            collect(&mut by_link_and_title, params![feed, link, title], found)?;
        }
    }
    Ok(())
}

/// For a feed that has moved: what shares a title with those entries of which nothing else is known.
fn by_title(db: &Connection, feed: i64, document: &[Facets], found: &mut Vec<Known>) -> Result<()> {
    let guids: HashSet<u64> = found.iter().map(|known| known.print.facets.guid).collect();
    let links: HashSet<u64> = found.iter().map(|known| known.print.facets.link).collect();
    let unnamed: Vec<_> =
        document.iter().filter(|it| !guids.contains(&it.guid) && !links.contains(&it.link)).collect();
    if 2 * unnamed.len() <= document.len() {
        return Ok(());
    }
    for ((_, from), last) in [(ENTRIES, "id"), (TOMBSTONES, "entry")] {
        let mut statement = db.prepare_cached(&format!(
            "{from} WHERE feed = ?1 AND title_facet = ?2 ORDER BY {last} DESC LIMIT {SHARING}"
        ))?;
        for names in unnamed.iter().filter(|it| it.title != 0) {
            collect(&mut statement, params![feed, names.title.cast_signed()], found)?;
        }
    }
    Ok(())
}

/// Adds the answer to `found`; says whether it was cut.
fn collect(statement: &mut CachedStatement<'_>, asked: impl Params, found: &mut Vec<Known>) -> Result<bool> {
    let before = found.len();
    let known = statement.query_map(asked, |row| {
        let digest = row.get::<_, Option<i64>>(4)?.map_or(0, i64::cast_unsigned);
        Ok(Known { entry: row.get(3)?, print: Print { facets: facets(row, 0)?, digest } })
    })?;
    for known in known {
        found.push(known?);
    }
    Ok(found.len() - before >= SHARING)
}
