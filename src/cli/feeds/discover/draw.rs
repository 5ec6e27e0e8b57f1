//! What was found, for people.

use std::io::{self, Write};

use super::candidate::How;
use super::found::Found;
use crate::cli::screen::Screen;

/// Columns of a line that holds a stranger's text.
const WIDE: usize = 110;

pub(super) fn draw(feeds: &[Found], out: &mut impl Write) -> io::Result<()> {
    let screen = Screen::of_stdout();
    for (number, feed) in feeds.iter().enumerate() {
        let how = match feed.how {
            How::Itself => "the address itself",
            How::Declared => "named by the page",
            How::Linked => "linked on the page",
            How::Guessed => "a usual place",
        };
        let format = format!("{:?}", feed.format).to_lowercase();
        let newest = feed
            .newest
            .as_ref()
            .map_or_else(|| ", no dates".into(), |newest| format!(", the newest of {newest}"));
        let language = feed.language.as_deref().map(|language| format!(", {}", screen.text(language, 12)));
        let mended = if feed.notes == 0 { String::new() } else { format!(", {} things mended", feed.notes) };
        let known = feed.known.as_ref().map(|id| format!("; the config has it as {}", screen.text(id, 40)));
        writeln!(
            out,
            "{}. {}",
            number + 1,
            screen.text(feed.title.as_deref().unwrap_or("(no title)"), WIDE)
        )?;
        writeln!(out, "   {}", screen.text(&feed.url, WIDE * 4))?;
        writeln!(
            out,
            "   {format}{}, {} entries{newest}{mended}; {how}{}",
            language.unwrap_or_default(),
            feed.entries,
            known.unwrap_or_default()
        )?;
    }
    Ok(())
}
