//! The words that news uses, as data: four files in, what each line says of a word out.
//!
//! The files are plain text, one word a line, `#` before a comment; they are part of the program.
//! What follows from a line, its forms, is [`super::morphology`]'s affair. Tests read every line.

pub mod names;
pub mod nouns;
pub mod particles;
pub mod verbs;

/// The lines of a file that say something, without white space around them.
fn lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
