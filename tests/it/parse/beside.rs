//! The reader beside `rss` and `feed-rs` on clean feeds: where all three read, they read the same.

use rasid::feed::Entry;

use super::feed_of;

const RSS2: &str = include_str!("../../fixtures/feed/clean-rss2.xml");
const RSS1: &str = include_str!("../../fixtures/feed/clean-rss1.rdf");
const RSS0: &str = include_str!("../../fixtures/feed/rss-0.91.xml");
const ATOM: &str = include_str!("../../fixtures/feed/clean-atom.xml");
const JSON: &str = include_str!("../../fixtures/feed/clean-feed.json");

type Shows = fn(&Entry, &feed_rs::model::Entry) -> bool;

/// Where ours is meant to differ: what, in which feed, and how an entry shows it.
const MEANT: [(&str, Shows); 3] = [
    ("feed-rs invents an id where none is given or RDF gives one; ours is the address", |ours, _| {
        ours.url.as_deref() == Some(&*ours.id)
    }),
    ("feed-rs keeps markup in a headline; ours is plain text", |_, theirs| {
        theirs.title.as_ref().is_some_and(|title| title.content.contains('<'))
    }),
    ("feed-rs takes no dc:subject for a category", |_, theirs| theirs.categories.is_empty()),
];

fn is_meant(difference: usize, ours: &Entry, theirs: &feed_rs::model::Entry) -> bool {
    MEANT[difference].1(ours, theirs)
}

#[test]
fn rss_reads_the_same() {
    for text in [RSS2, RSS1, RSS0] {
        let (ours, theirs) = (feed_of(text), rss::Channel::read_from(text.as_bytes()).expect("clean"));
        assert_eq!(ours.title.as_deref(), Some(theirs.title()));
        assert_eq!(ours.link.as_deref(), Some(theirs.link()));
        assert_eq!(ours.entries.len(), theirs.items().len());
        for (ours, theirs) in ours.entries.iter().zip(theirs.items()) {
            assert_eq!(Some(&*ours.title), theirs.title());
            assert_eq!(ours.url.as_deref(), theirs.link());
            assert_eq!(ours.summary.as_deref(), theirs.description());
            assert_eq!(ours.content.as_deref(), theirs.content());
            assert!(theirs.guid().is_none_or(|guid| guid.value() == ours.id));
            // rss keeps Dublin Core apart.
            let subjects = theirs.dublin_core_ext().map(|it| it.subjects().to_vec()).unwrap_or_default();
            let categories = theirs.categories().iter().map(|it| it.name().to_owned()).chain(subjects);
            assert!(categories.eq(ours.categories.iter().cloned()));
        }
    }
}

#[test]
fn feed_rs_reads_the_same() {
    for text in [RSS2, RSS1, RSS0, ATOM, JSON] {
        let (ours, theirs) = (feed_of(text), feed_rs::parser::parse(text.as_bytes()).expect("clean"));
        assert_eq!(ours.title, theirs.title.map(|it| it.content));
        assert_eq!(ours.entries.len(), theirs.entries.len());
        for (ours, theirs) in ours.entries.iter().zip(&theirs.entries) {
            assert!(ours.id == theirs.id || is_meant(0, ours, theirs), "{} {}", ours.id, theirs.id);
            let title = theirs.title.as_ref().map(|it| &*it.content).unwrap_or_default();
            assert!(ours.title == title || is_meant(1, ours, theirs), "{} {title}", ours.title);
            let seconds = ours.published.map(jiff::Timestamp::as_second);
            assert_eq!(seconds, theirs.published.map(|it| it.timestamp()));
            let authors: Vec<_> = theirs.authors.iter().filter_map(|it| it.name.as_deref()).collect();
            assert_eq!(ours.authors, authors);
            let categories: Vec<_> = theirs.categories.iter().map(|it| &*it.term).collect();
            assert!(ours.categories == categories || is_meant(2, ours, theirs), "{:?}", ours.categories);
        }
    }
}
