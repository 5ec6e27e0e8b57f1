//! Nouns and adjectives: `LEMMA [FEMININE] [: PLURAL …]`.
//!
//! A feminine stands only where it is the same word, which it is with adjectives: `كبير ة : كبار`,
//! `أكبر كبرى : أكابر`; the feminine of a title is another line. Plurals are `ون` and `ات` for the
//! sound ones, broken plurals in full, since they cannot be told from the singular (Ryding, *A Reference
//! Grammar of Modern Standard Arabic*, 2005, ch. 7 §3). Defective nouns are written with their ي: قاضي.

/// One line.
#[derive(Debug, Clone, Copy)]
pub struct Noun {
    /// The singular, masculine where there are two.
    pub lemma: &'static str,
    /// `ة`, or the feminine in full.
    pub feminine: Option<&'static str>,
    plurals: &'static str,
}

impl Noun {
    /// `ون`, `ات`, or a broken plural in full.
    pub fn plurals(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.plurals.split_ascii_whitespace()
    }

    /// Whether this plural is listed.
    pub fn has(&self, plural: &str) -> bool {
        self.plurals().any(|listed| listed == plural)
    }
}

/// Every line of the file.
pub fn all() -> impl Iterator<Item = Noun> {
    super::lines(include_str!("nouns.txt")).map(parse)
}

fn parse(line: &'static str) -> Noun {
    let (head, plurals) = line.split_once(':').unwrap_or((line, ""));
    let mut head = head.split_ascii_whitespace();
    Noun { lemma: head.next().unwrap_or_default(), feminine: head.next(), plurals }
}
