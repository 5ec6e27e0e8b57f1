//! The one walk for every XML format: tokens in, a [`Feed`] out.
//!
//! A stack of our own says where the walk is. Ends that are missing are implied by what follows, ends
//! that match nothing are ignored, and each entry is kept as it closes, so that a document that breaks
//! off keeps all that came before the break.

use super::draft::{Draft, Slot};
use super::hints::Hints;
use super::names::{Field, Meaning, meaning};
use super::notes::Notes;
use super::scope::{Mark, Scope};
use super::xml::{Tag, Token, Tokens, split};
use super::{Feed, Format, Input, NotAFeed};

mod attributes;
mod field;
mod root;
mod value;

use attributes::Attributes;

/// Elements nested deeper than this are only counted.
const DEEPEST: usize = 64;

/// Reads an XML feed. `source` is the whole document, without control characters.
pub(super) fn read(source: &str, input: &Input<'_>, notes: &mut Notes) -> Result<(Feed, Hints), NotAFeed> {
    let mut walk = Walk::new(source, input, notes);
    while let Some(token) = walk.tokens.next() {
        match token {
            Token::Open(tag) => walk.open(tag)?,
            Token::Close(tag) => walk.close(tag.local()),
            Token::Text(_) | Token::Section(_) => {}
        }
        if walk.full() {
            break;
        }
    }
    walk.finish()
}

/// Where the walk is.
struct Walk<'a, 'n> {
    tokens: Tokens<'a>,
    scope: Scope<'a>,
    stack: Vec<Open<'a>>,
    /// Elements beyond [`DEEPEST`].
    deeper: usize,
    /// The name of the first element that is no feed's.
    stranger: Option<&'a str>,
    format: Option<Format>,
    /// The feed's own values.
    channel: Draft<'a>,
    language: Slot<String>,
    hints: Hints,
    /// The entry that is open.
    draft: Option<Draft<'a>>,
    entries: Vec<super::Entry>,
    most: usize,
    notes: &'n mut Notes,
}

/// An element that is open.
struct Open<'a> {
    local: &'a str,
    meaning: Meaning,
    outside: Mark,
}

impl<'a, 'n> Walk<'a, 'n> {
    fn new(source: &'a str, input: &Input<'_>, notes: &'n mut Notes) -> Walk<'a, 'n> {
        let mut scope = Scope::default();
        if let Some(base) = input.base_url {
            scope.rebase(base);
        }
        Walk {
            tokens: Tokens::new(source),
            scope,
            stack: Vec::new(),
            deeper: 0,
            stranger: None,
            format: None,
            channel: Draft::default(),
            language: Slot::default(),
            hints: Hints::default(),
            draft: None,
            entries: Vec::new(),
            most: input.max_entries,
            notes,
        }
    }

    fn open(&mut self, tag: Tag<'a>) -> Result<(), NotAFeed> {
        if self.meaning(tag.name) == Meaning::Item {
            self.close_for_item();
        }
        let outside = self.scope.mark();
        let attributes = Attributes::read(&tag, &mut self.scope);
        if self.format.is_none() {
            return self.before_root(tag, &attributes, outside);
        }
        match self.meaning(tag.name) {
            Meaning::Item => self.item(tag, &attributes, outside),
            Meaning::Field(field, rank) if !self.is_opaque() && self.has_room(field) => {
                self.field(&tag, &attributes, field, rank);
                self.scope.reset(outside);
            }
            Meaning::Channel if self.draft.is_none() => self.channel(tag, &attributes, outside),
            Meaning::Group if !self.is_opaque() => self.push(tag, Meaning::Group, outside),
            _ => self.push(tag, Meaning::Opaque, outside),
        }
        Ok(())
    }

    /// An entry ends the one before, and whatever was left open since the feed began.
    fn close_for_item(&mut self) {
        if self.draft.is_some() {
            self.notes.add("an entry without its end tag");
        }
        let holds = |open: &Open<'_>| matches!(open.meaning, Meaning::Root | Meaning::Channel);
        let keep = self.stack.iter().rposition(holds).map_or(0, |at| at + 1);
        self.pop_to(keep);
        self.end_entry();
    }

    fn channel(&mut self, tag: Tag<'a>, attributes: &Attributes<'a>, outside: Mark) {
        self.begin_channel(attributes);
        self.push(tag, Meaning::Channel, outside);
    }

    fn item(&mut self, tag: Tag<'a>, attributes: &Attributes<'a>, outside: Mark) {
        let mut draft = Draft::default();
        self.begin(&mut draft, attributes);
        self.draft = Some(draft);
        if tag.empty {
            self.end_entry();
        }
        self.push(tag, Meaning::Item, outside);
    }

    fn close(&mut self, local: &str) {
        let Some(at) = self.innermost(local) else {
            self.deeper = self.deeper.saturating_sub(1);
            return;
        };
        if self.deeper > 0 && self.stack[at].meaning == Meaning::Opaque {
            self.deeper -= 1;
            return;
        }
        self.pop_to(at);
    }

    /// The innermost open element of this name.
    fn innermost(&self, local: &str) -> Option<usize> {
        self.stack.iter().rposition(|open| open.local.eq_ignore_ascii_case(local))
    }

    fn push(&mut self, tag: Tag<'a>, meaning: Meaning, outside: Mark) {
        if tag.empty {
            self.scope.reset(outside);
        } else if self.stack.len() < DEEPEST {
            self.stack.push(Open { local: tag.local(), meaning, outside });
        } else {
            self.scope.reset(outside);
            self.deeper += 1;
            self.notes.add("elements nested too deep are not looked into");
        }
    }

    /// Closes every open element from `keep` on.
    fn pop_to(&mut self, keep: usize) {
        let Some(outermost) = self.stack.get(keep) else { return };
        self.scope.reset(outermost.outside);
        self.deeper = 0;
        let had_entry = self.stack[keep..].iter().any(|open| open.meaning == Meaning::Item);
        self.stack.truncate(keep);
        if had_entry {
            self.end_entry();
        }
    }

    fn end_entry(&mut self) {
        let Some(draft) = self.draft.take() else { return };
        let entry = draft.finish(self.notes);
        self.entries.push(entry);
    }

    fn full(&mut self) -> bool {
        // One more is read before the rest is left out, since only then something is.
        let full = self.entries.len() > self.most;
        if full {
            self.entries.truncate(self.most);
            self.notes.add(format!("more than {} entries; the rest is left out", self.most));
        }
        full
    }

    fn meaning(&self, name: &str) -> Meaning {
        let (prefix, local) = split(name);
        meaning(self.scope.vocabulary(prefix), local)
    }

    fn is_opaque(&self) -> bool {
        self.deeper > 0 || self.stack.last().is_some_and(|open| open.meaning == Meaning::Opaque)
    }

    /// Whether the value is wanted here: a feed's own description, say, is not.
    fn has_room(&self, field: Field) -> bool {
        match field {
            Field::Title | Field::Link | Field::Language => true,
            Field::Hint(_) => self.draft.is_none(),
            _ => self.draft.is_some(),
        }
    }

    fn finish(mut self) -> Result<(Feed, Hints), NotAFeed> {
        if self.draft.take().is_some() {
            self.notes.add("the document breaks off within an entry, which is left out");
        } else if !self.stack.is_empty() && self.entries.len() < self.most {
            self.notes.add("the document breaks off");
        }
        let Some(format) = self.format else { return Err(root::nothing(self.stranger)) };
        let title = self.channel.title.take().map(|title| title.title(self.notes));
        let feed = Feed {
            format,
            title: title.filter(|title| !title.is_empty()),
            link: self.channel.link.take(),
            language: self.language.take(),
            entries: self.entries,
        };
        Ok((feed, self.hints))
    }
}
