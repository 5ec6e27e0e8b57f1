//! Reading feeds, beside `feed-rs` and `rss` in the same run; the inputs are made here.
//!
//! For looking: compare the columns of one run with each other, never with another run's.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::BytesCount;
use rasid::feed::{self, Input};
use rasid::text::html;

fn main() {
    divan::main();
}

/// A document by name.
#[derive(Clone, Copy)]
enum Kind {
    /// What most polls bring: 8.5 KB with escaped HTML.
    Rss,
    /// The same in windows-1256, declared.
    Windows1256,
    Atom,
    /// 4 MB with the whole articles in CDATA sections.
    LargeRss,
}

const KINDS: [&str; 4] = ["rss", "windows-1256", "atom", "large"];

impl Kind {
    fn named(name: &str) -> Kind {
        match name {
            "rss" => Kind::Rss,
            "windows-1256" => Kind::Windows1256,
            "atom" => Kind::Atom,
            _ => Kind::LargeRss,
        }
    }

    fn document(self) -> Vec<u8> {
        match self {
            Kind::Rss => rss(12, 2, false, "utf-8").into_bytes(),
            Kind::Windows1256 => {
                encoding_rs::WINDOWS_1256.encode(&rss(12, 2, false, "windows-1256")).0.into_owned()
            }
            Kind::Atom => atom(12).into_bytes(),
            Kind::LargeRss => rss(600, 30, true, "utf-8").into_bytes(),
        }
    }
}

const WORDS: [&str; 16] = [
    "القوات",
    "أعلنت",
    "انسحاب",
    "المدينة",
    "الحكومة",
    "بعد",
    "مفاوضات",
    "الحدود",
    "من",
    "وزارة",
    "الدفاع",
    "أن",
    "في",
    "السيادة",
    "التحالف",
    "اليوم",
];

/// Sentences of `words` words, always the same for the same `seed`.
fn sentence(seed: usize, words: usize) -> String {
    let word = |at: usize| WORDS[(seed * 7 + at * 5 + seed * at) % WORDS.len()];
    (0..words).map(word).collect::<Vec<_>>().join(" ") + "."
}

fn paragraphs(seed: usize, count: usize) -> String {
    (0..count).fold(String::new(), |mut html, at| {
        let _ = writeln!(
            html,
            "<p class=\"text\">{} <b>{}</b> &amp; 12&nbsp;%</p>",
            sentence(seed + at, 14),
            sentence(at, 4)
        );
        html
    })
}

fn rss(items: usize, length: usize, whole: bool, charset: &str) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"{charset}\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n<title>{}</title>\n<link>https://news.example/</link>\n<description>x</description>\n<language>ar</language>\n",
        sentence(1, 3)
    );
    for item in 0..items {
        let html = paragraphs(item, length);
        let _ = write!(
            text,
            "<item>\n  <title>{}</title>\n  <link>https://news.example/articles/{item}</link>\n  <guid isPermaLink=\"false\">news-{item}</guid>\n  <pubDate>Sat, 21 Nov 2026 10:{:02}:00 +0300</pubDate>\n  <dc:creator>{}</dc:creator>\n  <category>أخبار</category>\n",
            sentence(item, 9),
            item % 60,
            sentence(item, 2)
        );
        let _ = if whole {
            writeln!(
                text,
                "  <description>{}</description>\n  <content:encoded><![CDATA[{html}]]></content:encoded>\n</item>",
                sentence(item, 20)
            )
        } else {
            writeln!(text, "  <description>{}</description>\n</item>", html::escape(&html))
        };
    }
    text + "</channel>\n</rss>\n"
}

fn atom(entries: usize) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title><id>urn:x</id><updated>2026-11-21T10:00:00Z</updated>\n".to_owned();
    for entry in 0..entries {
        let _ = writeln!(
            text,
            "<entry><title>{}</title><id>urn:x:{entry}</id><link rel=\"alternate\" type=\"text/html\" href=\"https://news.example/{entry}\"/><updated>2026-11-21T10:00:00+03:00</updated><author><name>{}</name></author><content type=\"html\">{}</content></entry>",
            sentence(entry, 9),
            sentence(entry, 2),
            html::escape(&paragraphs(entry, 2))
        );
    }
    text + "</feed>\n"
}

fn bench(bencher: Bencher, name: &str, read: impl Fn(&[u8]) -> usize + Sync) {
    let document = Kind::named(name).document();
    bencher.counter(BytesCount::of_slice(&document)).bench(|| read(divan::black_box(&document)));
}

#[divan::bench(args = KINDS)]
fn rasid_feed(bencher: Bencher, name: &str) {
    bench(bencher, name, |bytes| {
        let input = Input {
            bytes,
            content_type: None,
            base_url: Some("https://news.example/feed"),
            max_entries: 5000,
        };
        feed::read(input).map_or(0, |reading| reading.feed.entries.len())
    });
}

#[divan::bench(args = KINDS)]
fn feed_rs(bencher: Bencher, name: &str) {
    bench(bencher, name, |bytes| ::feed_rs::parser::parse(bytes).map_or(0, |feed| feed.entries.len()));
}

/// Leaves HTML as it is, dates unread and Atom aside.
#[divan::bench(args = ["rss", "windows-1256", "large"])]
fn rss_crate(bencher: Bencher, name: &str) {
    bench(bencher, name, |bytes| ::rss::Channel::read_from(bytes).map_or(0, |channel| channel.items().len()));
}

/// HTML to text alone.
#[divan::bench(args = [2, 200])]
fn html_text(bencher: Bencher, count: usize) {
    let html = paragraphs(1, count);
    bencher.counter(BytesCount::of_str(&html)).bench(|| html::text(divan::black_box(&html)).len());
}
