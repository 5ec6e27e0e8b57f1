//! Ids for feeds that have none: a title and an address in, a name that is short, readable and unlike
//! every other out. The same feed gets the same id wherever that is free. Pure.

use std::collections::HashSet;

use url::{Host, Url};

use crate::config::Config;

/// Characters of an id that was made.
const LONGEST: usize = 40;
/// Characters of an id that a config takes.
const LONGEST_KEPT: usize = 200;
/// Hosts that carry many sites, each under a name of its own.
const SHARED: [&str; 12] = [
    "blogspot",
    "wordpress",
    "substack",
    "tumblr",
    "medium",
    "github",
    "gitlab",
    "netlify",
    "pages",
    "wixsite",
    "weebly",
    "livejournal",
];
/// Labels that say nothing of whose a host is.
const PLAIN: [&str; 14] = [
    "www", "www2", "web", "m", "rss", "feed", "feeds", "feeds2", "xml", "news", "static", "cdn", "arabic",
    "ar",
];
/// Second-level names of countries, as in `co.uk`.
const SECOND_LEVEL: [&str; 8] = ["com", "co", "net", "org", "gov", "edu", "ac", "gob"];

/// The ids that are taken.
#[derive(Debug, Default)]
pub(super) struct Ids(HashSet<String>);

impl Ids {
    /// Those of a config are taken.
    pub(super) fn beside(config: Option<&Config>) -> Ids {
        let feeds = config.map(|config| config.feeds.as_slice()).unwrap_or_default();
        Ids(feeds.iter().map(|feed| feed.id.clone()).collect())
    }

    /// This id, if it is free.
    pub(super) fn keep(&mut self, id: Option<&str>) -> Option<String> {
        let id = id.filter(|id| id.chars().count() <= LONGEST_KEPT)?;
        self.0.insert(id.to_owned()).then(|| id.to_owned())
    }

    /// An id for the feed of this title at this address.
    pub(super) fn make(&mut self, title: Option<&str>, url: &str) -> String {
        let url = Url::parse(url).ok();
        let host = url.as_ref().and_then(of_host).unwrap_or_else(|| "feed".into());
        let path =
            url.as_ref().map(|url| slug(url.path(), |c| c.is_ascii_alphanumeric())).unwrap_or_default();
        let latin = title.map(|title| slug(title, |c| c.is_ascii_alphanumeric()));
        // A title in another script leaves a stray word or two of Latin letters.
        let latin = latin.filter(|latin| title.is_some_and(|title| latin.len() * 2 > title.chars().count()));
        let own = title.map(|title| slug(title, char::is_alphanumeric));
        let behind = |part: Option<String>| {
            part.filter(|part| !part.is_empty()).map(|part| cut(&format!("{host}-{part}")))
        };
        let wishes = [latin, Some(host.clone()), behind(own), behind(Some(path))];
        let free = |id: &String| id.len() > 1 && !self.0.contains(id);
        let id = wishes.into_iter().flatten().find(free).unwrap_or_else(|| self.numbered(&host));
        self.0.insert(id.clone());
        id
    }

    fn numbered(&self, host: &str) -> String {
        let mut number = 2_u64;
        loop {
            let id = format!("{host}-{number}");
            if !self.0.contains(&id) {
                return id;
            }
            number += 1;
        }
    }
}

/// What people call a host: `bbci` of `feeds.bbci.co.uk`.
fn of_host(url: &Url) -> Option<String> {
    let Some(Host::Domain(domain)) = url.host() else { return None };
    let mut labels: Vec<&str> = domain.split('.').filter(|label| !label.is_empty()).collect();
    if labels.len() > 1 {
        let country = labels.pop().is_some_and(|top| top.len() == 2);
        if country && labels.len() > 1 && labels.last().is_some_and(|label| SECOND_LEVEL.contains(label)) {
            labels.pop();
        }
    }
    if labels.len() > 1 && labels.last().is_some_and(|label| SHARED.contains(label)) {
        labels.pop();
    }
    let telling = labels.iter().rev().find(|label| !PLAIN.contains(label)).or(labels.last())?;
    Some(cut(telling)).filter(|label| !label.is_empty())
}

/// Words of the letters that `keep` keeps, in lower case, joined by `-`.
fn slug(text: &str, keep: impl Fn(char) -> bool) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !keep(c)).filter(|word| !word.is_empty());
    cut(&words.collect::<Vec<_>>().join("-"))
}

/// Not longer than an id may be, cut between words where that leaves enough.
fn cut(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST) else { return text.to_owned() };
    let head = &text[..end];
    let whole = head.rfind('-').filter(|at| *at > end / 2).unwrap_or(end);
    head[..whole].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_readable_and_each_once() {
        let cases = [
            (None, "https://feeds.bbci.co.uk/arabic/rss.xml", "bbci"),
            (Some("BBC Arabic"), "https://feeds.bbci.co.uk/arabic/rss.xml", "bbc-arabic"),
            (Some("الجزيرة نت"), "https://www.aljazeera.net/rss", "aljazeera"),
            (Some("الجزيرة: اقتصاد"), "https://www.aljazeera.net/rss/eco", "aljazeera-الجزيرة-اقتصاد"),
            (Some("الجزيرة: اقتصاد"), "https://www.aljazeera.net/rss/eco", "aljazeera-rss-eco"),
            (Some("الجزيرة: اقتصاد"), "https://www.aljazeera.net/rss/eco", "aljazeera-2"),
            (None, "https://arabic.rt.com/rss/", "rt"),
            (None, "https://qalam.blogspot.com/feeds/posts/default", "qalam"),
            (None, "http://127.0.0.1:8080/a.xml", "feed"),
            (Some("---"), "http://[::1]/", "feed-2"),
            (Some("x"), "not a url", "feed-x"),
        ];
        let mut ids = Ids::default();
        for (title, url, expected) in cases {
            assert_eq!(ids.make(title, url), expected, "{title:?} {url}");
        }
        let long = Ids::default().make(Some(&"word ".repeat(40)), "https://a.example/");
        assert!(long.len() <= LONGEST && long.ends_with("word"), "{long}");
    }
}
