//! Feeds in, OPML 2.0 out. Pure.

use std::io::{self, Write};

use quick_xml::escape::escape;

use crate::cli::screen::clean;
use crate::config::{Feed, Source};

/// Writes what is read over HTTP; returns how many feeds are not, being files of this machine.
///
/// A feed lies in the folder of its first tag, since most readers know one level of them; all of its
/// tags are its categories. Headers and credentials stay here.
pub(in crate::cli::feeds) fn write(feeds: &[Feed], out: &mut impl Write) -> io::Result<usize> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<opml version=\"2.0\" xmlns:rasid=\"urn:rasid:opml\">")?;
    writeln!(out, "  <head><title>راصد</title></head>\n  <body>")?;
    let on_the_web: Vec<&Feed> =
        feeds.iter().filter(|feed| matches!(feed.source, Source::Web { .. })).collect();
    let mut folders: Vec<&str> = Vec::new();
    for feed in &on_the_web {
        let folder = feed.tags.first().map(String::as_str);
        folders.extend(folder.filter(|folder| !folders.contains(folder)));
    }
    let of = |folder: Option<&str>| {
        on_the_web
            .iter()
            .filter(move |feed| feed.tags.first().map(String::as_str) == folder)
            .copied()
            .collect::<Vec<_>>()
    };
    for feed in of(None) {
        outline(feed, "    ", out)?;
    }
    for folder in folders {
        writeln!(out, "    <outline text=\"{0}\" title=\"{0}\">", text(folder))?;
        of(Some(folder)).into_iter().try_for_each(|feed| outline(feed, "      ", out))?;
        writeln!(out, "    </outline>")?;
    }
    writeln!(out, "  </body>\n</opml>")?;
    Ok(feeds.len() - on_the_web.len())
}

fn outline(feed: &Feed, indent: &str, out: &mut impl Write) -> io::Result<()> {
    let title = text(feed.title.as_deref().unwrap_or(&feed.id));
    write!(out, "{indent}<outline type=\"rss\" text=\"{title}\"")?;
    if feed.title.is_some() {
        write!(out, " title=\"{title}\"")?;
    }
    write!(out, " xmlUrl=\"{}\"", text(&feed.source.address()))?;
    if !feed.tags.is_empty() {
        write!(out, " category=\"{}\"", text(&feed.tags.join(",")))?;
    }
    writeln!(out, " rasid:id=\"{}\"/>", text(&feed.id))
}

/// Fit for an attribute: on one line, without what XML forbids.
fn text(text: &str) -> String {
    escape(clean(text)).into_owned()
}
