//! What the elements of all XML formats mean: one table of names.
//!
//! RSS and Atom elements share one vocabulary, since feeds mix them freely; the modules keep theirs,
//! so that a `media:title` is never taken for a headline that is there. Names are matched without case.

use super::hints::Hint;

/// Where a name comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vocabulary {
    /// RSS of every version, Atom of every version, RDF, and elements without a namespace.
    Core,
    /// Dublin Core elements.
    Dc,
    /// Dublin Core terms.
    DcTerms,
    /// The RSS content module.
    Content,
    /// Media RSS.
    Media,
    /// Podcasts.
    Itunes,
    /// XHTML.
    Xhtml,
    /// The syndication module.
    Syndication,
    /// Anything else.
    Foreign,
}

/// What an element means where entries are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The document's outermost element.
    Root,
    /// What holds the items.
    Channel,
    /// An item or entry.
    Item,
    /// A value.
    Field(Field, Rank),
    /// Its children count as its parent's.
    Group,
    /// Neither it nor what it holds says anything about the entry.
    Opaque,
}

/// Which source of a value is preferred; the lowest that is given wins, the first among equals.
pub(super) type Rank = u8;
/// From this rank on, a summary counts only where the entry has no other text at all.
pub(super) const ONLY_TEXT: Rank = 3;

/// A value of an entry or a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Link,
    Id,
    Summary,
    Content,
    Published,
    Updated,
    Author,
    Category,
    /// Categories with commas between them.
    Keywords,
    Language,
    /// What the feed says of its own pace.
    Hint(Hint),
}

impl Field {
    /// Whether the value may hold markup of its own.
    pub(super) const fn is_rich(self) -> bool {
        matches!(self, Field::Title | Field::Summary | Field::Content)
    }
}

/// Longer names are in no table.
const LONGEST: usize = 24;

/// What an element means, by its vocabulary and local name.
pub(super) fn meaning(vocabulary: Vocabulary, local: &str) -> Meaning {
    let mut buffer = [0; LONGEST];
    let Some(lower) = buffer.get_mut(..local.len()) else { return Meaning::Opaque };
    lower.copy_from_slice(local.as_bytes());
    lower.make_ascii_lowercase();
    let local = &*lower;
    match vocabulary {
        Vocabulary::Core => core(local),
        Vocabulary::Dc | Vocabulary::DcTerms => dublin_core(local),
        Vocabulary::Content if local == b"encoded" => Meaning::Field(Field::Content, 0),
        Vocabulary::Media => media(local),
        Vocabulary::Itunes => itunes(local),
        Vocabulary::Syndication if local == b"updateperiod" => Meaning::Field(Field::Hint(Hint::Period), 0),
        Vocabulary::Syndication if local == b"updatefrequency" => {
            Meaning::Field(Field::Hint(Hint::Frequency), 0)
        }
        Vocabulary::Xhtml if matches!(local, b"body" | b"div") => Meaning::Field(Field::Content, 1),
        // Yandex's, which Arabic outlets write too.
        Vocabulary::Foreign if local == b"full-text" => Meaning::Field(Field::Content, 1),
        _ => Meaning::Opaque,
    }
}

fn core(local: &[u8]) -> Meaning {
    match local {
        b"rss" | b"rdf" | b"feed" => Meaning::Root,
        b"channel" => Meaning::Channel,
        b"item" | b"entry" => Meaning::Item,
        b"title" => Meaning::Field(Field::Title, 0),
        b"link" => Meaning::Field(Field::Link, 0),
        b"guid" | b"id" => Meaning::Field(Field::Id, 0),
        b"description" | b"summary" => Meaning::Field(Field::Summary, 0),
        b"abstract" => Meaning::Field(Field::Summary, 1),
        b"content" => Meaning::Field(Field::Content, 0),
        b"body" | b"fulltext" | b"full-text" | b"fullitem" => Meaning::Field(Field::Content, 1),
        b"pubdate" | b"published" | b"issued" => Meaning::Field(Field::Published, 0),
        b"created" => Meaning::Field(Field::Published, 2),
        b"date" => Meaning::Field(Field::Published, 3),
        b"updated" | b"modified" => Meaning::Field(Field::Updated, 0),
        b"lastbuilddate" => Meaning::Field(Field::Updated, 1),
        b"author" => Meaning::Field(Field::Author, 0),
        b"category" => Meaning::Field(Field::Category, 0),
        b"language" => Meaning::Field(Field::Language, 0),
        b"ttl" => Meaning::Field(Field::Hint(Hint::Ttl), 0),
        b"skiphours" | b"skipdays" => Meaning::Group,
        b"hour" => Meaning::Field(Field::Hint(Hint::SkipHour), 0),
        b"day" => Meaning::Field(Field::Hint(Hint::SkipDay), 0),
        _ => Meaning::Opaque,
    }
}

fn dublin_core(local: &[u8]) -> Meaning {
    match local {
        b"title" => Meaning::Field(Field::Title, 1),
        b"identifier" => Meaning::Field(Field::Id, 2),
        b"description" => Meaning::Field(Field::Summary, 1),
        b"abstract" => Meaning::Field(Field::Summary, 2),
        b"date" | b"issued" => Meaning::Field(Field::Published, 1),
        b"created" => Meaning::Field(Field::Published, 2),
        b"modified" => Meaning::Field(Field::Updated, 1),
        b"creator" | b"author" => Meaning::Field(Field::Author, 0),
        b"subject" => Meaning::Field(Field::Category, 0),
        b"language" => Meaning::Field(Field::Language, 1),
        _ => Meaning::Opaque,
    }
}

fn media(local: &[u8]) -> Meaning {
    match local {
        b"group" | b"content" => Meaning::Group,
        b"title" => Meaning::Field(Field::Title, 3),
        b"description" => Meaning::Field(Field::Summary, ONLY_TEXT + 1),
        b"category" => Meaning::Field(Field::Category, 0),
        b"keywords" => Meaning::Field(Field::Keywords, 0),
        _ => Meaning::Opaque,
    }
}

fn itunes(local: &[u8]) -> Meaning {
    match local {
        b"title" => Meaning::Field(Field::Title, 2),
        b"summary" => Meaning::Field(Field::Summary, ONLY_TEXT),
        b"subtitle" => Meaning::Field(Field::Summary, ONLY_TEXT + 2),
        b"author" => Meaning::Field(Field::Author, 1),
        b"category" => Meaning::Field(Field::Category, 0),
        b"keywords" => Meaning::Field(Field::Keywords, 0),
        _ => Meaning::Opaque,
    }
}
