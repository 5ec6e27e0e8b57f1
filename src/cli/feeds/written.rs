//! A feed as it is written into a config: values in, `[[feeds]]` out. Pure.

use std::io::{self, Write};

use crate::cli::screen;

/// One `[[feeds]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) id: String,
    pub(super) url: String,
    pub(super) title: Option<String>,
    pub(super) tags: Vec<String>,
    /// Stands above it as a comment.
    pub(super) note: Option<String>,
    /// Whether it is a comment itself.
    pub(super) off: bool,
}

/// Writes a table; what comes from outside is quoted, and without controls.
pub(super) fn toml(feed: &Written, out: &mut impl Write) -> io::Result<()> {
    if let Some(note) = &feed.note {
        writeln!(out, "# {}", screen::clean(note))?;
    }
    let off = if feed.off { "# " } else { "" };
    writeln!(out, "{off}[[feeds]]\n{off}id = {}\n{off}url = {}", quoted(&feed.id), quoted(&feed.url))?;
    if let Some(title) = feed.title.as_deref().map(screen::clean).filter(|title| !title.is_empty()) {
        writeln!(out, "{off}title = {}", quoted(&title))?;
    }
    if !feed.tags.is_empty() {
        let tags: Vec<String> = feed.tags.iter().map(|tag| quoted(tag)).collect();
        writeln!(out, "{off}tags = [{}]", tags.join(", "))?;
    }
    writeln!(out)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
