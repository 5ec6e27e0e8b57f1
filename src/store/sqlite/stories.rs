//! The SQL of stories: where matched entries stand, and what of their stories waits for whom.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::codec::{Json, Millis, list, time};
use crate::store::{Grouped, HeldAlert, HeldStory, Member, Novelty, Place, Placed, Story, Waiting};

/// Notes that a matched entry wants a place.
pub(super) fn want(db: &Connection, entry: i64) -> Result<()> {
    db.prepare_cached("INSERT INTO placements (entry) VALUES (?1) ON CONFLICT DO NOTHING")?
        .execute([entry])
        .map(drop)
}

/// The first entries that want a place, in their order.
pub(super) fn unplaced(db: &Connection, limit: usize) -> Result<Vec<Grouped>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    db.prepare_cached(
        "SELECT entries.id, feeds.name AS feed, entries.title, text, published, fetched, story, copy_of
         FROM placements JOIN entries ON entries.id = entry JOIN feeds ON feeds.id = entries.feed
         WHERE story IS NULL ORDER BY entry LIMIT ?1",
    )?
    .query_map([limit], |row| grouped(db, row))?
    .collect()
}

/// Entries that were placed since, behind `after`, in their order.
pub(super) fn placed(db: &Connection, since: Timestamp, after: i64, limit: usize) -> Result<Vec<Grouped>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    db.prepare_cached(
        "SELECT entries.id, feeds.name AS feed, entries.title, text, published, fetched, story, copy_of
         FROM placements JOIN entries ON entries.id = entry JOIN feeds ON feeds.id = entries.feed
         WHERE placements.entry > ?1 AND placed >= ?2 ORDER BY entry LIMIT ?3",
    )?
    .query_map(params![after, Millis(since), limit], |row| grouped(db, row))?
    .collect()
}

fn grouped(db: &Connection, row: &Row<'_>) -> Result<Grouped> {
    let entry = row.get("id")?;
    let mut mentions = db.prepare_cached("SELECT entity FROM mentions WHERE entry = ?1 ORDER BY entity")?;
    let entities = mentions.query_map([entry], |row| row.get(0))?.collect::<Result<_>>()?;
    let story: Option<i64> = row.get("story")?;
    let copy_of = row.get("copy_of")?;
    Ok(Grouped {
        entry,
        feed: row.get("feed")?,
        title: row.get("title")?,
        text: row.get("text")?,
        published: time(row, "published")?,
        fetched: row.get::<_, Millis>("fetched")?.0,
        entities,
        place: story.map(|story| Place { story, copy_of }),
    })
}

/// Writes where entries stand; one that stands somewhere stays there.
pub(super) fn place(db: &Connection, entries: &[Placed], at: Timestamp) -> Result<()> {
    let mut statement = db.prepare_cached(
        "UPDATE placements SET story = ?2, copy_of = ?3, placed = ?4, outlet = ?5, names = ?6, numbers = ?7
         WHERE entry = ?1 AND story IS NULL",
    )?;
    for Placed { entry, place, novelty } in entries {
        let (names, numbers) = (list(&novelty.names), list(&novelty.numbers));
        statement.execute(params![
            entry,
            place.story,
            place.copy_of,
            Millis(at),
            novelty.outlet,
            names,
            numbers
        ])?;
    }
    Ok(())
}

/// What waits for a subscriber, story by story, and what they were sent since `sent_since`. With `alone`
/// every entry is a story of its own, of which nothing was told.
pub(super) fn waiting(
    db: &Connection,
    subscriber: &str,
    sent_since: Timestamp,
    alone: bool,
) -> Result<Waiting> {
    let mut statement = db.prepare_cached(
        "SELECT alerts.entry, rule, held, first, coalesce(story, alerts.entry) AS story, outlet,
                names IS NOT NULL OR numbers IS NOT NULL AS news
         FROM alerts LEFT JOIN placements ON placements.entry = alerts.entry
         WHERE subscriber = ?1 AND message IS NULL AND ended IS NULL
           -- What wants a place is told when it has one.
           AND (?2 OR alerts.entry NOT IN (SELECT entry FROM placements WHERE story IS NULL))
         ORDER BY alerts.entry, rule",
    )?;
    let mut rows = statement.query(params![subscriber, alone])?;
    let mut stories: BTreeMap<i64, HeldStory> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let entry = row.get("entry")?;
        let story = if alone { entry } else { row.get("story")? };
        let new = || HeldStory { story, told: Vec::new(), alerts: Vec::new() };
        stories.entry(story).or_insert_with(new).alerts.push(HeldAlert {
            entry,
            rule: row.get("rule")?,
            held: row.get::<_, Millis>("held")?.0,
            first_poll: row.get("first")?,
            told: false,
            news: row.get("news")?,
            outlet: row.get("outlet")?,
        });
    }
    if !alone {
        stories.values_mut().try_for_each(|story| tell(db, subscriber, story))?;
    }
    let stories = stories.into_values().collect();
    let (sent, last) = sent(db, subscriber, sent_since)?;
    Ok(Waiting { stories, sent, last })
}

/// Adds what a subscriber was told of a story.
fn tell(db: &Connection, subscriber: &str, story: &mut HeldStory) -> Result<()> {
    for (entry, rule) in told(db, subscriber, story.story)? {
        story.alerts.iter_mut().filter(|alert| alert.entry == entry).for_each(|alert| alert.told = true);
        if !story.told.contains(&rule) {
            story.told.push(rule);
        }
    }
    Ok(())
}

/// The entries of a story of which a subscriber was told, each with a rule.
fn told(db: &Connection, subscriber: &str, story: i64) -> Result<Vec<(i64, String)>> {
    db.prepare_cached(
        // By way of the matches, so that the rows of other subscribers are not read.
        "SELECT alerts.entry, alerts.rule
         FROM (SELECT entry FROM placements WHERE story = ?1 UNION SELECT ?1) AS member
         CROSS JOIN matches ON matches.entry = member.entry
         CROSS JOIN alerts ON alerts.entry = matches.entry AND alerts.rule = matches.rule
                              AND alerts.subscriber = ?2
         WHERE message IS NOT NULL ORDER BY 1, 2",
    )?
    .query_map(params![story, subscriber], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// When a subscriber's alerts of late were made into messages, and the latest of all: what the operator or
/// somebody who signs up is told is none.
fn sent(db: &Connection, subscriber: &str, since: Timestamp) -> Result<(Vec<Timestamp>, Option<Timestamp>)> {
    let mut sent = db.prepare_cached(
        "SELECT created FROM messages
         WHERE subscriber = ?1 AND created > ?2 AND message_id NOT LIKE 'report.%' AND message_id NOT LIKE 'notice.%'
         ORDER BY created",
    )?;
    let sent: Vec<Timestamp> = sent
        .query_map(params![subscriber, Millis(since)], |row| row.get::<_, Millis>(0).map(|at| at.0))?
        .collect::<Result<_>>()?;
    let last = match sent.last() {
        Some(last) => Some(*last),
        None => db
            .prepare_cached(
                "SELECT created FROM messages
                 WHERE subscriber = ?1 AND message_id NOT LIKE 'report.%' AND message_id NOT LIKE 'notice.%'
                 ORDER BY created DESC LIMIT 1",
            )?
            .query_row([subscriber], |row| row.get::<_, Millis>(0).map(|at| at.0))
            .optional()?,
    };
    Ok((sent, last))
}

/// Stories as they are for a subscriber, in the order asked for.
pub(super) fn stories(db: &Connection, subscriber: &str, stories: &[i64]) -> Result<Vec<Story>> {
    stories.iter().map(|story| read(db, subscriber, *story)).collect()
}

/// The most entries of a story that are looked at, the first ones.
const MOST: u32 = 1_000;

fn read(db: &Connection, subscriber: &str, story: i64) -> Result<Story> {
    let messages = messages(db, subscriber, story)?;
    let entries = db
        .prepare_cached(
            "SELECT entries.id, feeds.name AS feed, feeds.title AS feed_title, entries.title, url, published,
                    fetched, copy_of, outlet, names, numbers,
                    EXISTS (SELECT 1 FROM matches CROSS JOIN alerts
                            ON alerts.entry = matches.entry AND alerts.rule = matches.rule AND subscriber = ?2
                            WHERE matches.entry = entries.id AND message IS NOT NULL) AS told
             FROM placements JOIN entries ON entries.id = entry JOIN feeds ON feeds.id = entries.feed
             WHERE story = ?1 ORDER BY entry LIMIT ?3",
        )?
        .query_map(params![story, subscriber, MOST], member)?
        .collect::<Result<_>>()?;
    let subject = match messages.first() {
        Some((message, _)) => db
            .prepare_cached("SELECT subject FROM subjects WHERE message = ?1")?
            .query_row([message], |row| row.get(0))
            .optional()?,
        None => None,
    };
    let mut rules: Vec<String> = told(db, subscriber, story)?.into_iter().map(|(_, rule)| rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let messages = messages.into_iter().map(|(_, message_id)| message_id).collect();
    Ok(Story { story, entries, told: rules, messages, subject })
}

fn member(row: &Row<'_>) -> Result<Member> {
    let texts = |column: &str| -> Result<Vec<String>> {
        Ok(row.get::<_, Option<Json<Vec<String>>>>(column)?.map(|list| list.0).unwrap_or_default())
    };
    Ok(Member {
        entry: row.get("id")?,
        feed: row.get("feed")?,
        feed_title: row.get("feed_title")?,
        title: row.get("title")?,
        url: row.get("url")?,
        published: time(row, "published")?,
        fetched: row.get::<_, Millis>("fetched")?.0,
        copy: row.get::<_, Option<i64>>("copy_of")?.is_some(),
        novelty: Novelty { names: texts("names")?, numbers: texts("numbers")?, outlet: row.get("outlet")? },
        told: row.get("told")?,
    })
}

/// The messages that told a subscriber of a story, the first first: number, Message-ID.
fn messages(db: &Connection, subscriber: &str, story: i64) -> Result<Vec<(i64, String)>> {
    db.prepare_cached(
        "SELECT id, message_id FROM messages WHERE id IN
            (SELECT message
             FROM (SELECT entry FROM placements WHERE story = ?1 UNION SELECT ?1) AS member
             CROSS JOIN matches ON matches.entry = member.entry
             CROSS JOIN alerts ON alerts.entry = matches.entry AND alerts.rule = matches.rule
                                  AND alerts.subscriber = ?2)
         ORDER BY id",
    )?
    .query_map(params![story, subscriber], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}
