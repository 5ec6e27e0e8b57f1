//! Namespaces and base addresses in scope: what attributes declare in, vocabularies and bases out.

use url::Url;

use super::link::LONGEST;
use super::names::Vocabulary;

/// Declarations past this number in scope at once are not remembered.
const MOST: usize = 64;

/// Prefixes as most feeds use them, also without declaring them.
const USUAL: [(&str, Vocabulary); 18] = [
    ("", Vocabulary::Core),
    ("rss", Vocabulary::Core),
    ("atom", Vocabulary::Core),
    ("atom10", Vocabulary::Core),
    ("a10", Vocabulary::Core),
    ("rdf", Vocabulary::Core),
    ("dc", Vocabulary::Dc),
    ("dcterms", Vocabulary::DcTerms),
    ("dct", Vocabulary::DcTerms),
    ("content", Vocabulary::Content),
    ("media", Vocabulary::Media),
    ("itunes", Vocabulary::Itunes),
    ("googleplay", Vocabulary::Itunes),
    ("sy", Vocabulary::Syndication),
    ("xhtml", Vocabulary::Xhtml),
    ("xh", Vocabulary::Xhtml),
    ("html", Vocabulary::Xhtml),
    ("body", Vocabulary::Xhtml),
];

/// Beginnings of namespace names, lower case and without scheme and `www.`.
const NAMESPACES: [(&str, Vocabulary); 14] = [
    ("w3.org/2005/atom", Vocabulary::Core),
    ("purl.org/atom/ns#", Vocabulary::Core),
    ("purl.org/rss/1.0/modules/content", Vocabulary::Content),
    ("purl.org/rss/1.0/modules/syndication", Vocabulary::Syndication),
    ("purl.org/rss/1.0/modules/", Vocabulary::Foreign),
    ("purl.org/rss/", Vocabulary::Core),
    ("purl.org/dc/elements/1.", Vocabulary::Dc),
    ("purl.org/dc/terms", Vocabulary::DcTerms),
    ("my.netscape.com/", Vocabulary::Core),
    ("w3.org/1999/02/22-rdf-syntax-ns", Vocabulary::Core),
    ("w3.org/1999/xhtml", Vocabulary::Xhtml),
    ("search.yahoo.com/mrss", Vocabulary::Media),
    ("itunes.com/dtds/podcast-1.0.dtd", Vocabulary::Itunes),
    ("google.com/schemas/play-podcasts", Vocabulary::Itunes),
];

/// The declarations in scope, innermost last.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    prefixes: Vec<(&'a str, Vocabulary)>,
    bases: Vec<Url>,
}

/// How much was in scope before an element opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Mark {
    prefixes: usize,
    bases: usize,
}

impl<'a> Scope<'a> {
    pub(super) fn mark(&self) -> Mark {
        Mark { prefixes: self.prefixes.len(), bases: self.bases.len() }
    }

    /// Forgets what was declared since `mark`.
    pub(super) fn reset(&mut self, mark: Mark) {
        self.prefixes.truncate(mark.prefixes);
        self.bases.truncate(mark.bases);
    }

    /// Learns from an attribute `xmlns` (where `prefix` is empty) or `xmlns:prefix`. A namespace of
    /// nobody's leaves the prefix its usual meaning.
    pub(super) fn declare(&mut self, prefix: &'a str, namespace: &str) {
        let lower = namespace.trim().to_ascii_lowercase();
        let name =
            lower.trim_start_matches("http://").trim_start_matches("https://").trim_start_matches("www.");
        let known = NAMESPACES.iter().find(|(start, _)| name.starts_with(start));
        if let Some((_, vocabulary)) = known {
            self.bind(prefix, *vocabulary);
        }
    }

    pub(super) fn bind(&mut self, prefix: &'a str, vocabulary: Vocabulary) {
        if self.prefixes.len() < MOST {
            self.prefixes.push((prefix, vocabulary));
        }
    }

    /// What names with this prefix belong to.
    pub(super) fn vocabulary(&self, prefix: &str) -> Vocabulary {
        let declared = self.prefixes.iter().rev().find(|(known, _)| *known == prefix);
        let usual = || USUAL.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix));
        declared.or_else(usual).map_or(Vocabulary::Foreign, |(_, vocabulary)| *vocabulary)
    }

    /// Learns from `xml:base`, itself relative to what is in scope. Every relative address copies its
    /// base, so that a base is bounded as addresses are.
    pub(super) fn rebase(&mut self, base: &str) {
        if base.len() > LONGEST || self.bases.len() >= MOST {
            return;
        }
        let resolved = match self.base() {
            Some(outer) => outer.join(base),
            None => Url::parse(base),
        };
        if let Ok(url) = resolved
            && url.as_str().len() <= LONGEST
        {
            self.bases.push(url);
        }
    }

    /// What relative addresses are relative to.
    pub(super) fn base(&self) -> Option<&Url> {
        self.bases.last()
    }
}
