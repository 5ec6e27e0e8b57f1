//! Reading feeds: the contract of `rasid parse` through the built program, and the rooms `feed` and
//! `text::html` through their public faces.

use rasid::feed::{self, Entry, Feed, Input, Reading};

mod article;
mod beside;
mod dates;
mod encodings;
mod hints;
mod hostile;
mod html;
mod identity;
mod measured;
mod program;

/// Reads bytes as the daemon would, without a label.
fn read(bytes: &[u8]) -> Reading {
    feed::read(input(bytes)).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)))
}

fn input(bytes: &[u8]) -> Input<'_> {
    Input {
        bytes,
        content_type: None,
        base_url: Some("https://base.example/dir/feed.xml"),
        max_entries: 5000,
    }
}

fn feed_of(text: &str) -> Feed {
    read(text.as_bytes()).feed
}

/// The one entry of an RSS feed whose item holds `item`.
#[track_caller]
fn entry(item: &str) -> Entry {
    let mut feed = feed_of(&rss(&format!("<item>{item}</item>")));
    assert_eq!(feed.entries.len(), 1, "{item}");
    feed.entries.remove(0)
}

fn rss(items: &str) -> String {
    format!(
        "<rss version=\"2.0\"><channel><title>نشرة</title><link>https://a.example/</link>{items}</channel></rss>"
    )
}
