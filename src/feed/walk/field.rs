//! From elements to the values of an entry or of the feed.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::Walk;
use super::attributes::Attributes;
use super::value::Reading;
use crate::feed::draft::{Draft, Rich};
use crate::feed::names::{Field, Meaning, Rank};
use crate::feed::xml::{Tag, Token, value};
use crate::feed::{Format, date, link};
use crate::text::html;

/// Sources of an entry's address, best first.
mod source {
    use super::Rank;
    pub(super) const LINK: Rank = 0;
    pub(super) const OTHER_TYPE: Rank = 1;
    pub(super) const PERMALINK: Rank = 2;
    pub(super) const ABOUT: Rank = 3;
    pub(super) const CONTENT: Rank = 4;
}

/// What RDF's own name for an item ranks as an id.
const ABOUT_ID: Rank = 1;
/// What a second summary ranks as content: any content proper is better.
const SECOND: Rank = 2;
/// What CDF's attribute of an item ranks as the time of a change: any element says it better.
const LASTMOD: Rank = 2;

impl<'a> Walk<'a, '_> {
    /// What the tag of an item says by itself.
    pub(super) fn begin(&self, draft: &mut Draft<'a>, attributes: &Attributes<'a>) {
        if let Some(about) = attributes.about.filter(|about| !about.trim().is_empty()) {
            let about = value(about);
            if let Some(address) = self.absolute(&about) {
                draft.link.offer(source::ABOUT, address);
            }
            draft.id.offer(ABOUT_ID, about);
        }
        if let Some(address) = attributes.href.and_then(|href| self.absolute(&value(href))) {
            draft.link.offer(source::LINK, address);
        }
        if let Some(time) = attributes.lastmod.and_then(|written| date::read(&value(written))) {
            draft.updated.offer(LASTMOD, time);
        }
    }

    /// What the tag of a channel says by itself: CDF gives it a base and a page.
    pub(super) fn begin_channel(&mut self, attributes: &Attributes<'a>) {
        if let Some(base) = attributes.base {
            self.scope.rebase(&value(base));
        }
        if let Some(address) = attributes.href.and_then(|href| self.absolute(&value(href))) {
            self.channel.link.offer(source::LINK, address);
        }
    }

    /// Reads a field's value and keeps it.
    pub(super) fn field(&mut self, tag: &Tag<'a>, attributes: &Attributes<'a>, field: Field, rank: Rank) {
        match field {
            Field::Title | Field::Summary | Field::Content => {
                let rich = self.rich(tag, attributes, field);
                self.keep_rich(field, rank, rich);
            }
            Field::Author => {
                let name = self.person(tag);
                self.draft().author(rank, &name);
            }
            Field::Link => self.link(tag, attributes),
            Field::Category => {
                let (text, _) = self.value(tag, field, Reading::Plain);
                let said = [attributes.term, attributes.text].into_iter().flatten().map(value);
                let label = attributes.label.map(value);
                let name = said.chain([text]).chain(label).find(|name| !name.trim().is_empty());
                self.draft().category(&name.unwrap_or_default());
            }
            Field::Keywords => {
                let (text, _) = self.value(tag, field, Reading::Plain);
                text.split([',', '،']).for_each(|name| self.draft().category(name));
            }
            Field::Hint(hint) => {
                let (text, _) = self.value(tag, field, Reading::Plain);
                self.hints.take(hint, &text);
            }
            Field::Id | Field::Published | Field::Updated | Field::Language => {
                let (text, _) = self.value(tag, field, Reading::Plain);
                let empty = text.trim().is_empty();
                if !empty {
                    self.keep_plain(field, rank, text, attributes);
                }
            }
        }
    }

    fn keep_rich(&mut self, field: Field, rank: Rank, rich: Rich<'a>) {
        if rich.is_blank() {
            return;
        }
        let draft = self.draft();
        match field {
            Field::Title => draft.title.offer(rank, rich),
            // What a second element of equal rank says is text, too.
            Field::Summary if draft.summary.has(rank) => draft.content.offer(SECOND, rich),
            Field::Summary => draft.summary.offer(rank, rich),
            _ => draft.content.offer(rank, rich),
        }
    }

    fn keep_plain(&mut self, field: Field, rank: Rank, text: Cow<'a, str>, attributes: &Attributes<'a>) {
        match field {
            Field::Id => {
                self.permalink(&text, attributes);
                self.draft().id.offer(rank, text);
            }
            Field::Language => self.language.offer(rank, text.trim().to_owned()),
            _ => match date::read(&text) {
                Some(time) if field == Field::Updated => self.draft().updated.offer(rank, time),
                Some(time) => self.draft().published.offer(rank, time),
                None => self.notes.add("a date that cannot be read"),
            },
        }
    }

    /// A guid is an address unless it denies it; an Atom id may be one.
    fn permalink(&mut self, text: &str, attributes: &Attributes<'a>) {
        let denied = attributes.permalink.is_some_and(|word| word.trim().eq_ignore_ascii_case("false"));
        let claimed = attributes.permalink.is_some() || text.trim_start().starts_with("http");
        if !denied
            && claimed
            && let Some(address) = self.absolute(text)
        {
            self.draft().link.offer(source::PERMALINK, address);
        }
    }

    fn link(&mut self, tag: &Tag<'a>, attributes: &Attributes<'a>) {
        let (text, _) = self.value(tag, Field::Link, Reading::Plain);
        let (raw, rank) = match attributes.href {
            Some(href) if !href.trim().is_empty() => {
                let rel = attributes.rel.map_or("alternate", str::trim);
                let rel = rel.rsplit('/').next().unwrap_or(rel); // also as the registry's full address
                if !rel.is_empty() && !rel.eq_ignore_ascii_case("alternate") {
                    return;
                }
                let html = attributes.kind.is_none_or(|kind| kind.contains("html"));
                let other = !html || (self.draft.is_none() && self.format != Some(Format::Atom));
                (value(href), if other { source::OTHER_TYPE } else { source::LINK })
            }
            _ => (text, source::LINK),
        };
        if raw.trim().is_empty() {
            return;
        }
        match self.absolute(&raw) {
            Some(address) => self.draft().link.offer(rank, address),
            None => self.notes.add("a link that is no web address"),
        }
    }

    /// A text construct of Atom, or an element of RSS, whose text is HTML.
    fn rich(&mut self, tag: &Tag<'a>, attributes: &Attributes<'a>, field: Field) -> Rich<'a> {
        let Some((reading, told)) = reading(self.format, attributes) else {
            let (carried, _) = self.value(tag, field, Reading::Plain);
            return carried_text(&carried).unwrap_or_else(|| {
                self.notes.add("content of a type that is no text is left out");
                Rich::Plain(Cow::Borrowed(""))
            });
        };
        if let Some(address) = attributes.src.and_then(|src| self.absolute(&value(src)))
            && field == Field::Content
        {
            self.draft().link.offer(source::CONTENT, address);
        }
        let (text, reading) = self.value(tag, field, reading);
        let html = match reading {
            Reading::Plain if told || !looks_like_html(&text) => return Rich::Plain(text),
            Reading::Inline => without_div(text),
            Reading::Plain | Reading::Html => text,
        };
        Rich::Html(if field == Field::Title { html } else { link::absolute_in(html, self.scope.base()) })
    }

    /// The name of a person: of the element `name` within where there is one, else the text.
    fn person(&mut self, tag: &Tag<'a>) -> String {
        let (mut text, mut name) = (String::new(), String::new());
        let mut inner = "";
        while let Some(token) = (!tag.empty).then(|| self.tokens.next()).flatten() {
            match token {
                Token::Text(raw) => keep(&html::unescape(raw), inner, &mut name, &mut text),
                Token::Section(raw) => keep(raw, inner, &mut name, &mut text),
                Token::Open(next) if self.is_after_person(&next) => {
                    self.tokens.give_back(token);
                    break;
                }
                Token::Open(next) => inner = if next.empty { "" } else { next.local() },
                Token::Close(end) if end.local().eq_ignore_ascii_case(tag.local()) => break,
                Token::Close(end) if self.innermost(end.local()).is_some() => {
                    self.tokens.give_back(token);
                    break;
                }
                Token::Close(_) => inner = "",
            }
        }
        if name.trim().is_empty() { name_of(text.trim()).to_owned() } else { name }
    }

    fn is_after_person(&self, tag: &Tag<'a>) -> bool {
        let meaning = self.meaning(tag.name);
        matches!(meaning, Meaning::Item | Meaning::Channel)
            || matches!(meaning, Meaning::Field(field, _) if field != Field::Author)
    }

    fn absolute(&self, raw: &str) -> Option<String> {
        link::absolute(raw, self.scope.base())
    }

    /// The entry that is open, else the feed.
    fn draft(&mut self) -> &mut Draft<'a> {
        self.draft.as_mut().unwrap_or(&mut self.channel)
    }
}

/// Text that is carried as base64, in which writers put HTML.
fn carried_text(carried: &str) -> Option<Rich<'static>> {
    let letters: Vec<u8> = carried.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let text = String::from_utf8(BASE64.decode(letters).ok()?).ok()?;
    let controls = text.contains(|c: char| c.is_control() && !c.is_whitespace());
    (!controls).then_some(Rich::Html(Cow::Owned(text)))
}

/// How a value is written, and whether its tag says so; `None` where it is no text.
fn reading(format: Option<Format>, attributes: &Attributes<'_>) -> Option<(Reading, bool)> {
    let kind = attributes.kind.unwrap_or_default().trim().to_ascii_lowercase();
    let mode = attributes.mode.unwrap_or_default().trim().to_ascii_lowercase();
    let atom = format == Some(Format::Atom);
    Some(match &*kind {
        _ if mode == "base64" => return None,
        "html" | "text/html" if mode == "xml" => (Reading::Inline, true),
        "html" | "text/html" => (Reading::Html, true),
        kind if kind.ends_with("xhtml") || kind.ends_with("xml") => (Reading::Inline, true),
        "text" | "text/plain" if atom => (Reading::Plain, true),
        kind if atom && kind.contains('/') && !kind.starts_with("text/") => return None,
        _ if atom => (Reading::Plain, false),
        _ => (Reading::Html, false),
    })
}

/// Whether text that is not said to be HTML is HTML nevertheless: it ends an element, or breaks a line.
fn looks_like_html(text: &str) -> bool {
    text.contains('<')
        && [
            "</p>",
            "</a>",
            "</div>",
            "</span>",
            "</b>",
            "</i>",
            "</em>",
            "</strong>",
            "</li>",
            "<br",
            "<p>",
            "<img ",
        ]
        .iter()
        .any(|mark| text.contains(mark))
}

/// Without the `div` that Atom wraps around markup.
fn without_div(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some(range) = inside_div(&text) else { return text };
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}

/// What the one `div` that is all of `text` holds.
fn inside_div(text: &str) -> Option<Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let tag =
        Tag::first(&text[start..]).filter(|tag| tag.local().eq_ignore_ascii_case("div") && !tag.empty)?;
    let start = start + tag.markup.len();
    let mut depth = 1;
    for at in memchr::memchr_iter(b'<', &text.as_bytes()[start..]) {
        let rest = &text[start + at + 1..];
        if let Some(end) = rest.strip_prefix('/').and_then(|rest| rest.strip_prefix(tag.name)) {
            depth -= 1;
            if depth == 0 {
                return (end.trim() == ">").then_some(start..start + at);
            }
        } else if rest
            .strip_prefix(tag.name)
            .is_some_and(|rest| rest.starts_with([' ', '>', '\n', '\t', '\r']))
        {
            depth += 1;
        }
    }
    None
}

/// Adds to a person's name or, outside of any element within, to the text.
fn keep(words: &str, inner: &str, name: &mut String, text: &mut String) {
    if inner.is_empty() {
        text.push_str(words);
    } else if inner.eq_ignore_ascii_case("name") && name.trim().is_empty() {
        name.push_str(words.trim());
    }
}

/// The name in `mail (name)`, `name (mail)` and `name <mail>`; else all of it.
fn name_of(text: &str) -> &str {
    let parted = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
    let parted = parted.or_else(|| text.strip_suffix('>').and_then(|text| text.rsplit_once('<')));
    let Some((before, within)) = parted else { return text };
    let (before, within) = (before.trim(), within.trim());
    match (before.contains('@'), within.contains('@')) {
        (true, false) if !within.is_empty() => within,
        (false, true) if !before.is_empty() => before,
        _ => text,
    }
}
