//! What rasid knows about single words: a file for each kind, one word a line, read once.
//!
//! [`verbs`] holds the verbs of the news with their principal parts. Nothing here knows how a word
//! is inflected; that is [`super::morphology`].

pub mod verbs;
