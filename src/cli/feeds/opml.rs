//! OPML: the list of feeds that readers exchange. [`read()`] is as tolerant as a browser, `write` strict.

mod read;
mod write;

pub(super) use read::{Listed, Reading, read};
pub(super) use write::write;
