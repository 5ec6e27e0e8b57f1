//! One term of a rule: what was written in, what it asks for out.
//!
//! A term is a word, a phrase, `=exact`, `~family`, `prefix*` or `@entity`. It keeps what was written, because
//! that is what a match is reported as. Nothing here folds or looks up a word; that is [`compile`]'s.
//!
//! [`compile`]: super::compile

use crate::text::fold;
use crate::text::morphology::{Level, Written};
use crate::text::word::{Layout, Words};

/// A word, a phrase, `=exact`, `~family`, `prefix*` or `@entity`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    written: Box<str>,
    kind: Kind,
}

/// How a term is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Words with their inflections.
    Inflected,
    /// `=`: these forms.
    Exact,
    /// `~`: words with their families.
    Family,
    /// `*`: any word that begins so.
    Prefix,
    /// `@`: any name of an entity.
    Entity,
}

impl Kind {
    /// How far each word reaches; none where it need only begin so.
    pub(super) fn level(self) -> Option<Level> {
        match self {
            Kind::Prefix => None,
            Kind::Exact => Some(Level::Exact),
            Kind::Family => Some(Level::Loose),
            Kind::Inflected | Kind::Entity => Some(Level::Inflected),
        }
    }
}

/// What is wrong with a term: what happened, and what to do.
pub(super) type Fault = (String, &'static str);

impl Term {
    /// Reads one entry of a list: everything but a leading `=`, `~` or `@` is text.
    pub(super) fn listed(written: &str) -> Result<Term, Fault> {
        let trimmed = written.trim_matches(|c: char| c.is_whitespace() || fold::is_invisible(c));
        let kind = match trimmed.chars().next() {
            Some('=') => Kind::Exact,
            Some('@') => Kind::Entity,
            Some('~') => Kind::Family,
            _ => Kind::Inflected,
        };
        Term::new(kind, trimmed, written)
    }

    /// `text` with its sign, `=`, `~` or `@` before or `*` after it; reported as `written`.
    pub(super) fn new(kind: Kind, text: &str, written: &str) -> Result<Term, Fault> {
        let term = Term { written: written.into(), kind };
        let content = term.text();
        if kind == Kind::Entity {
            return match content {
                "" => Err(("`@` names no entity".to_owned(), "write the entity's id after it: `@id`")),
                _ => Ok(term),
            };
        }
        if fold::has_letters(content) {
            return Ok(term);
        }
        let hint = "write a word or a phrase";
        match text {
            "" => Err(("the term is empty".to_owned(), hint)),
            _ => Err((format!("`{}` holds no letter or digit", shown(text)), hint)),
        }
    }

    /// How the term is to be taken.
    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// As written in the rule; a phrase of a query without its quotes.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Calls `found` with each word that is asked for, in order: how it is to be taken, and as it was written.
    pub(super) fn each_word<'t>(
        &'t self,
        words: &mut Words,
        mut found: impl FnMut(Kind, Written<'_>, &'t str),
    ) {
        let text = self.text();
        words.clear();
        words.read(text, Layout::Line);
        let count = words.words().len();
        for (number, word) in words.words().iter().enumerate() {
            let kind = match self.kind {
                Kind::Prefix if number + 1 < count => Kind::Inflected,
                kind => kind,
            };
            let (letters, maqsura) = (words.letters(number), word.maqsura);
            let text = words.text_of(number, text);
            found(kind, Written { text, letters, maqsura }, text);
        }
    }

    /// What was written without its sign; for an entity its id.
    pub(super) fn text(&self) -> &str {
        let written = self.written.trim_matches(|c: char| c.is_whitespace() || fold::is_invisible(c));
        match self.kind {
            Kind::Inflected => written,
            Kind::Exact => written.strip_prefix('=').unwrap_or(written),
            Kind::Family => written.strip_prefix('~').unwrap_or(written),
            Kind::Entity => written.strip_prefix('@').unwrap_or(written),
            Kind::Prefix => written.strip_suffix('*').unwrap_or(written),
        }
    }
}

/// A piece of what was written, short enough for one line.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let mut shown: String =
        text.chars().filter(|&c| !fold::is_invisible(c) && !c.is_control()).take(MOST + 1).collect();
    if let Some((cut, _)) = shown.char_indices().nth(MOST) {
        shown.truncate(cut);
        shown.push('…');
    }
    shown
}
