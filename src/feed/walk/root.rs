//! Before the first element of a feed: which format it is, or why it is none.

use super::attributes::Attributes;
use super::{Open, Walk};
use crate::feed::names::{Meaning, Vocabulary};
use crate::feed::scope::Mark;
use crate::feed::xml::{Tag, split};
use crate::feed::{Format, NotAFeed};

/// From here on the language of the document's own attributes counts last.
const ATTRIBUTE: u8 = 2;

impl<'a> Walk<'a, '_> {
    /// Elements that are no feed's (an error message of the script before the document, say) are
    /// passed over.
    pub(super) fn before_root(
        &mut self,
        tag: Tag<'a>,
        attributes: &Attributes<'a>,
        outside: Mark,
    ) -> Result<(), NotAFeed> {
        let (prefix, local) = split(tag.name);
        if local.eq_ignore_ascii_case("html") && self.stranger.is_none() {
            return Err(NotAFeed("it is an HTML page".into()));
        }
        let Some(format) = format(local, attributes) else {
            self.stranger.get_or_insert(local);
            self.scope.reset(outside);
            return Ok(());
        };
        if let Some(stranger) = self.stranger {
            self.notes.add(format!("the feed begins after <{}>", shown(stranger)));
        }
        self.format = Some(format);
        if let Some(language) = attributes.language {
            self.language.offer(ATTRIBUTE, language.to_owned());
        }
        // A root that declares a module's namespace as its own does not mean it.
        for prefix in ["", prefix] {
            if self.scope.vocabulary(prefix) != Vocabulary::Core {
                self.scope.bind(prefix, Vocabulary::Core);
            }
        }
        if local.eq_ignore_ascii_case("entry") {
            self.item(tag, attributes, outside);
        } else if !tag.empty {
            if local.eq_ignore_ascii_case("channel") {
                self.begin_channel(attributes);
            }
            self.stack.push(Open { local, meaning: Meaning::Root, outside });
        }
        Ok(())
    }
}

fn format(local: &str, attributes: &Attributes<'_>) -> Option<Format> {
    let is = |name: &str| local.eq_ignore_ascii_case(name);
    if is("rss") {
        let old = attributes.version.is_some_and(|version| version.trim().starts_with("0.9"));
        return Some(if old { Format::Rss0 } else { Format::Rss2 });
    }
    if is("rdf") {
        return Some(if attributes.netscape { Format::Rss0 } else { Format::Rss1 });
    }
    if is("feed") || is("entry") {
        return Some(Format::Atom);
    }
    // Without an outer element: cut off, or of the age before RSS.
    is("channel").then_some(Format::Rss0)
}

/// Why a document without a feed's root is none.
pub(super) fn nothing(stranger: Option<&str>) -> NotAFeed {
    NotAFeed(match stranger {
        Some(name) => format!("its outermost element is <{}>, not rss, RDF or feed", shown(name)),
        None => "there is no RSS, Atom or JSON Feed in it".into(),
    })
}

/// A name that a stranger wrote, short enough for a line.
fn shown(name: &str) -> &str {
    &name[..name.floor_char_boundary(40)]
}
