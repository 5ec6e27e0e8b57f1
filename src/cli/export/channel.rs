//! A rule's matches as an RSS 2.0 channel: values in, a channel out. Pure.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use rss::extension::dublincore::DublinCoreExtension;
use rss::{Category, Channel, Guid, Item, Source};
use url::Url;

use crate::store::Matched;

/// Characters of an entry's text that an item shows.
const SHOWN: usize = 600;

/// What people call an entity.
#[derive(Debug, Clone)]
pub(super) struct Entity {
    /// The first of its names.
    pub(super) name: String,
    /// Its item there, such as `Q42`.
    pub(super) wikidata: Option<String>,
}

/// The channel of a rule. `entries` are its matches, newest first; `outlet` says what people call
/// the feed of one, `entity` what is known of an entity that one names.
pub(super) fn of(
    rule: &str,
    title: &str,
    entries: &[Matched],
    outlet: impl Fn(&Matched) -> String,
    entity: impl Fn(&str) -> Option<Entity>,
) -> Channel {
    Channel {
        title: clean(title),
        // A channel must have a link, and a rule has no page on the web.
        link: urn(&["rule", rule]),
        description: clean(&format!("ما رصده راصد من أخبار توافق القاعدة «{title}»")),
        language: Some("ar".into()),
        generator: Some(concat!("rasid ", env!("CARGO_PKG_VERSION")).into()),
        last_build_date: entries.iter().map(|entry| entry.fetched).max().and_then(date),
        items: entries.iter().map(|entry| item(entry, &outlet(entry), &entity)).collect(),
        ..Channel::default()
    }
}

fn item(entry: &Matched, outlet: &str, entity: impl Fn(&str) -> Option<Entity>) -> Item {
    let names = &entry.facets;
    let names = format!("{:016x}{:016x}{:016x}", names.guid, names.link, names.title);
    let publisher = DublinCoreExtension { creators: vec![clean(outlet)], ..DublinCoreExtension::default() };
    Item {
        title: Some(clean(&entry.title)),
        link: entry.url.as_deref().map(clean),
        description: Some(html(&cut(&entry.text))),
        guid: Some(Guid { value: urn(&["entry", &entry.feed, &names]), permalink: false }),
        categories: entry.entities.iter().map(|id| category(id, entity(id))).collect(),
        pub_date: date(entry.published.unwrap_or(entry.fetched)),
        source: public(&entry.source).map(|url| Source { url, title: Some(clean(outlet)) }),
        dublin_core_ext: Some(publisher),
        ..Item::default()
    }
}

/// An entity, in the words of Wikidata where it is known there; by its id where the config has lost it.
fn category(id: &str, entity: Option<Entity>) -> Category {
    let (name, wikidata) = entity.map_or((id.to_owned(), None), |entity| (entity.name, entity.wikidata));
    let domain =
        wikidata.map_or_else(|| urn(&["entity", id]), |item| format!("https://www.wikidata.org/wiki/{item}"));
    Category { name: clean(&name), domain: Some(domain) }
}

/// A name of ours that stays the same when the database is made anew.
fn urn(parts: &[&str]) -> String {
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

fn date(time: Timestamp) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()
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
    let text = clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let blocks = paragraphs.map(|paragraph| paragraph.replace('\n', "<br>"));
    blocks.flat_map(|block| ["<p dir=\"auto\">".to_owned(), block, "</p>".to_owned()]).collect()
}

/// Without the characters that XML forbids.
fn clean(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(allowed).filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}
