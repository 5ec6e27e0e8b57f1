//! Function words, alone and grown together with a preposition or a pronoun: بذلك, عليهم.

/// Every word of the file.
pub fn all() -> impl Iterator<Item = &'static str> {
    super::lines(include_str!("particles.txt"))
}
