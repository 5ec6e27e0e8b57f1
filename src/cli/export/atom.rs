//! A rule's matches as an Atom feed (RFC 4287): values in, XML out. Pure.

use std::io;

use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::shown::{Named, Shown, clean, urn};

type Xml = Writer<Vec<u8>>;

/// The feed of a rule. `entries` are its matches, newest first.
pub(super) fn of(rule: &str, title: &str, entries: &[Shown]) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let updated = entries.iter().map(|entry| entry.fetched).max().unwrap_or(Timestamp::UNIX_EPOCH);
    xml.create_element("feed")
        .with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "ar")])
        .write_inner_content(|xml| {
            text(xml, "title", &clean(title))?;
            text(xml, "subtitle", &clean(&format!("ما رصده راصد من أخبار توافق القاعدة «{title}»")))?;
            text(xml, "id", &urn(&["rule", rule]))?;
            text(xml, "updated", &updated.to_string())?;
            xml.create_element("generator")
                .with_attribute(("version", env!("CARGO_PKG_VERSION")))
                .write_text_content(BytesText::new("rasid"))?;
            entries.iter().try_for_each(|entry| self::entry(xml, entry))
        })?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn entry(xml: &mut Xml, entry: &Shown) -> io::Result<()> {
    xml.create_element("entry")
        .write_inner_content(|xml| {
            text(xml, "title", &entry.title)?;
            text(xml, "id", &entry.id)?;
            text(xml, "updated", &entry.fetched.to_string())?;
            if let Some(published) = entry.published {
                text(xml, "published", &published.to_string())?;
            }
            if let Some(url) = &entry.url {
                xml.create_element("link")
                    .with_attributes([("rel", "alternate"), ("href", url.as_str())])
                    .write_empty()?;
            }
            xml.create_element("author").write_inner_content(|xml| text(xml, "name", &entry.outlet))?;
            entry.entities.iter().try_for_each(|named| category(xml, named))?;
            xml.create_element("summary")
                .with_attribute(("type", "html"))
                .write_text_content(BytesText::new(&entry.html()))
                .map(drop)
        })
        .map(drop)
}

fn category(xml: &mut Xml, named: &Named) -> io::Result<()> {
    let attributes =
        [("term", named.id.as_str()), ("scheme", named.scheme.as_str()), ("label", named.name.as_str())];
    xml.create_element("category").with_attributes(attributes).write_empty().map(drop)
}

fn text(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text)).map(drop)
}
