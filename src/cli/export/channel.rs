//! A rule's matches as an RSS 2.0 channel: values in, a channel out. Pure.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use rss::extension::dublincore::DublinCoreExtension;
use rss::{Category, Channel, Guid, Item, Source};

use super::shown::{Named, Shown, clean, urn};

/// The channel of a rule. `entries` are its matches, newest first.
pub(super) fn of(rule: &str, title: &str, entries: &[Shown]) -> Channel {
    Channel {
        title: clean(title),
        // A channel must have a link, and a rule has no page on the web.
        link: urn(&["rule", rule]),
        description: clean(&format!("ما رصده راصد من أخبار توافق القاعدة «{title}»")),
        language: Some("ar".into()),
        generator: Some(concat!("rasid ", env!("CARGO_PKG_VERSION")).into()),
        last_build_date: entries.iter().map(|entry| entry.fetched).max().and_then(date),
        items: entries.iter().map(item).collect(),
        ..Channel::default()
    }
}

fn item(entry: &Shown) -> Item {
    let publisher =
        DublinCoreExtension { creators: vec![entry.outlet.clone()], ..DublinCoreExtension::default() };
    let source = |url: &String| Source { url: url.clone(), title: Some(entry.outlet.clone()) };
    Item {
        title: Some(entry.title.clone()),
        link: entry.url.clone(),
        description: Some(entry.html()),
        guid: Some(Guid { value: entry.id.clone(), permalink: false }),
        categories: entry.entities.iter().map(category).collect(),
        pub_date: date(entry.published.unwrap_or(entry.fetched)),
        source: entry.source.as_ref().map(source),
        dublin_core_ext: Some(publisher),
        ..Item::default()
    }
}

fn category(named: &Named) -> Category {
    Category { name: named.name.clone(), domain: Some(named.scheme.clone()) }
}

fn date(time: Timestamp) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()
}
