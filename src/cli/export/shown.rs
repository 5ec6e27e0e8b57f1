//! An entry that matched, as strangers may see it: clean text, names of ours that last, no secret.

use jiff::Timestamp;
use url::Url;

use crate::store::Matched;

/// Characters of an entry's text that a feed shows.
const SHOWN: usize = 600;

/// What people call an entity.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// The first of its names.
    pub(super) name: String,
    /// Its item there, such as `Q42`.
    pub(super) wikidata: Option<String>,
}

/// An entity that an entry names.
#[derive(Debug)]
pub(super) struct Named {
    /// In the words of Wikidata where it is known there.
    pub(super) scheme: String,
    /// In the config.
    pub(super) id: String,
    /// The id where the config has lost it.
    pub(super) name: String,
}

/// An entry for which a rule held.
#[derive(Debug)]
pub(super) struct Shown {
    /// Stays the same when the database is made anew.
    pub(super) id: String,
    /// The feed's id in the config.
    pub(super) feed: String,
    /// What people call the feed.
    pub(super) outlet: String,
    /// The feed's address, where it has one.
    pub(super) source: Option<String>,
    pub(super) title: String,
    pub(super) url: Option<String>,
    /// Plain text; empty where it was too old to be kept.
    pub(super) text: String,
    pub(super) published: Option<Timestamp>,
    pub(super) fetched: Timestamp,
    pub(super) entities: Vec<Named>,
}

impl Shown {
    pub(super) fn of(entry: Matched, outlet: &str, entity: impl Fn(&str) -> Option<Entity>) -> Shown {
        let names = &entry.facets;
        let names = format!("{:016x}{:016x}{:016x}", names.guid, names.link, names.title);
        Shown {
            id: urn(&["entry", &entry.feed, &names]),
            outlet: clean(outlet),
            source: public(&entry.source),
            title: clean(&entry.title),
            url: entry.url.as_deref().map(clean),
            text: clean(&entry.text),
            published: entry.published,
            fetched: entry.fetched,
            entities: entry.entities.iter().map(|id| named(id, entity(id))).collect(),
            feed: entry.feed,
        }
    }

    /// The beginning of the text as HTML.
    pub(super) fn html(&self) -> String {
        html(&cut(&self.text))
    }
}

fn named(id: &str, entity: Option<Entity>) -> Named {
    let (name, wikidata) = entity.map_or((id.to_owned(), None), |entity| (entity.name, entity.wikidata));
    let scheme =
        wikidata.map_or_else(|| urn(&["entity", id]), |item| format!("https://www.wikidata.org/wiki/{item}"));
    Named { scheme, id: id.to_owned(), name: clean(&name) }
}

/// A name of ours that stays the same when the database is made anew.
pub(super) fn urn(parts: &[&str]) -> String {
    let encoded = parts.iter().map(|part| url::form_urlencoded::byte_serialize(part.as_bytes()).collect());
    let encoded: Vec<String> = encoded.collect();
    format!("urn:rasid:{}", encoded.join(":")).replace('+', "%20")
}

/// A feed's address as strangers may see it: keys tend to stand in the query or before the host.
fn public(source: &str) -> Option<String> {
    let mut url = Url::parse(source).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.set_query(None);
    url.set_fragment(None);
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url.into())
}

/// The beginning of a text, cut between words.
fn cut(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(SHOWN) else {
        return text.trim().to_owned();
    };
    let whole = text[..end].rfind(char::is_whitespace).unwrap_or(end);
    format!("{}…", text[..whole].trim())
}

/// Plain text as paragraphs of HTML, each of which finds its own direction.
fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let blocks = paragraphs.map(|paragraph| paragraph.replace('\n', "<br>"));
    blocks.flat_map(|block| ["<p dir=\"auto\">".to_owned(), block, "</p>".to_owned()]).collect()
}

/// Without the characters that XML forbids.
pub(super) fn clean(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(allowed).filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}
