//! Entries of one event: articles in, the story that each belongs to, what it repeats and what it adds out.
//!
//! A [`Grouper`] sees entries one by one and decides at once. [`stem`] makes one word of all its forms, [`idf`] and
//! [`formula`] learn from the stream which words and runs of words say little, [`gist`] keeps what matters of a text, [`window`] finds
//! the few entries that a new one may belong to, [`signals`] compares two of them, [`judge`] decides, and [`news`]
//! says what an entry adds. Two questions are asked apart: does it repeat a text, and does it tell the same event?
//! Memory is bounded by the window and by [`MOST_ENTRIES`]. Nothing here asks the time, and nothing can fail.

#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss)] // counts and minutes, all small, become weights

pub mod formula;
pub mod gist;
pub mod idf;
pub mod judge;
pub mod news;
pub mod number;
pub mod short;
pub mod signals;
pub mod stem;
pub mod window;

use std::time::Duration;

use jiff::Timestamp;

use gist::{Reader, Text};
use window::{Entry, Window};

/// Entries in the window at most; the oldest leave first.
pub const MOST_ENTRIES: usize = 200_000;

/// An entry as it is grouped.
#[derive(Debug, Clone, Copy)]
pub struct Article<'a> {
    /// Who published it: the feed's id.
    pub outlet: &'a str,
    /// When.
    pub time: Timestamp,
    /// The headline, as plain text.
    pub title: &'a str,
    /// The text, as much as there is of it.
    pub body: &'a str,
    /// The ids of the configured entities that it names.
    pub names: &'a [String],
}

/// Where an entry belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The key of the story's first entry; its own where it begins one.
    pub story: i64,
    /// The entry of the same story whose text it repeats.
    pub copy_of: Option<i64>,
    /// What it adds to its story.
    pub news: News,
}

/// What an entry adds to its story. Of a story's first entry everything is new, and nothing is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// Entities by id, other names as written, that no earlier entry of the story had.
    pub names: Vec<String>,
    /// Numbers as written that no earlier entry of the story had.
    pub numbers: Vec<String>,
    /// It made its outlet the n-th that tells the story independently; a copy of another outlet's text does not count,
    /// nor does an outlet that counts already.
    pub independent: Option<u32>,
}

/// Groups entries into stories.
#[derive(Debug)]
pub struct Grouper {
    reader: Reader,
    window: Window,
}

impl Grouper {
    /// `window` is how far apart two entries of a story may be that have nothing between them.
    pub fn new(window: Duration) -> Grouper {
        Grouper { reader: Reader::default(), window: Window::new(window) }
    }

    /// Places the next entry. `key` names it in what is answered; keys are never used twice.
    pub fn place(&mut self, key: i64, article: &Article<'_>) -> Placement {
        let text = self.reader.read(article);
        self.window.leave(text.gist.minute);
        let verdict = judge::place(&mut self.window, &text);
        let story = verdict.story.unwrap_or(key);
        let news = self.hold(key, text, story, verdict.copy_of);
        Placement { story, copy_of: verdict.copy_of, news }
    }

    /// Takes an entry back that was placed before, as after a restart; in the order in which they were placed.
    pub fn restore(&mut self, key: i64, article: &Article<'_>, story: i64, copy_of: Option<i64>) {
        let text = self.reader.read(article);
        self.window.leave(text.gist.minute);
        self.hold(key, text, story, copy_of);
    }

    fn hold(&mut self, key: i64, text: Text, story: i64, copy_of: Option<i64>) -> News {
        let (news, outlets) = news::of(&text, copy_of.is_some(), &self.window, story);
        if copy_of.is_none() {
            self.reader.learn(&text);
        }
        let independent = news.independent.is_some();
        self.window.add(Entry { key, story, outlets, independent, gist: text.gist }, &text.lists);
        news
    }

    /// How many entries are in the window.
    pub fn entries(&self) -> usize {
        self.window.len()
    }
}
