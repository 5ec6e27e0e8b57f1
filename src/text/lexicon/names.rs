//! Proper names: `NAME [= OTHER SPELLING …] [: NISBA …]`.
//!
//! A name is written with its article where it always has it: العراق. Its nisba is another word, for
//! who looks for a country does not look for all that is called after it.

/// One line.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    spellings: &'static str,
    nisbas: &'static str,
}

impl Name {
    /// How it is spelled, the commonest way first.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.spellings.split_ascii_whitespace().filter(|&part| part != "=")
    }

    /// Its nisba, in as many spellings.
    pub fn nisbas(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.nisbas.split_ascii_whitespace()
    }
}

/// Every line of the file.
pub fn all() -> impl Iterator<Item = Name> {
    super::lines(include_str!("names.txt")).map(|line| {
        let (spellings, nisbas) = line.split_once(':').unwrap_or((line, ""));
        Name { spellings, nisbas }
    })
}
