//! The attributes that say something, read once a tag.

use crate::feed::scope::Scope;
use crate::feed::xml::{Tag, split, value};

/// Raw values, references unresolved.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Attributes<'a> {
    pub(super) href: Option<&'a str>,
    pub(super) rel: Option<&'a str>,
    pub(super) kind: Option<&'a str>,
    pub(super) mode: Option<&'a str>,
    pub(super) src: Option<&'a str>,
    pub(super) term: Option<&'a str>,
    pub(super) label: Option<&'a str>,
    /// The name of a category of podcasts.
    pub(super) text: Option<&'a str>,
    pub(super) about: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    /// CDF's own, which is no `xml:base`.
    pub(super) base: Option<&'a str>,
    pub(super) lastmod: Option<&'a str>,
    pub(super) permalink: Option<&'a str>,
    pub(super) language: Option<&'a str>,
    /// Whether the namespace of RSS 0.90 is declared.
    pub(super) netscape: bool,
}

impl<'a> Attributes<'a> {
    /// Reads a tag's attributes; what it declares goes into `scope`.
    pub(super) fn read(tag: &Tag<'a>, scope: &mut Scope<'a>) -> Attributes<'a> {
        let mut read = Attributes::default();
        let mut base = None;
        for (name, raw) in tag.attributes() {
            let (prefix, local) = split(name);
            if prefix == "xmlns" || name == "xmlns" {
                let bound = if prefix.is_empty() { "" } else { local };
                read.netscape |= raw.to_ascii_lowercase().contains("my.netscape.com/rdf/simple/0.9");
                scope.declare(bound, &value(raw));
            } else if prefix == "xml" {
                match local {
                    "base" => base = Some(raw),
                    "lang" => read.language = Some(raw.trim()).filter(|language| !language.is_empty()),
                    _ => {}
                }
            } else if let Some(slot) = read.slot(local) {
                slot.get_or_insert(raw);
            }
        }
        if let Some(base) = base {
            scope.rebase(&value(base));
        }
        read
    }

    fn slot(&mut self, local: &str) -> Option<&mut Option<&'a str>> {
        let is = |known: &str| local.eq_ignore_ascii_case(known);
        Some(match local.len() {
            3 if is("rel") => &mut self.rel,
            3 if is("src") => &mut self.src,
            4 if is("href") => &mut self.href,
            4 if is("type") => &mut self.kind,
            4 if is("mode") => &mut self.mode,
            4 if is("term") => &mut self.term,
            4 if is("text") => &mut self.text,
            4 if is("base") => &mut self.base,
            5 if is("label") => &mut self.label,
            5 if is("about") => &mut self.about,
            7 if is("version") => &mut self.version,
            7 if is("lastmod") => &mut self.lastmod,
            11 if is("isPermaLink") => &mut self.permalink,
            _ => return None,
        })
    }
}
