//! The feeds that a page names: HTML in, addresses out. Linear in the page, whatever it holds; pure.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use url::Url;

use super::candidate::{Candidate, How};

/// Of each kind; a page may link to thousands.
const MOST: usize = 20;

/// What a page at `here` names: its declared feeds first, then links that look like one.
pub(super) fn candidates(html: &str, here: &Url) -> Vec<Candidate> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Links::default(), TokenizerOpts::default());
    // Scripts hand control back; nothing is to be done with them.
    while let html5ever::TokenizerResult::Script(()) = tokenizer.feed(&input) {}
    tokenizer.end();
    let Links { base, declared, linked } = tokenizer.sink;
    let base = base.into_inner().and_then(|base| here.join(&base).ok()).unwrap_or_else(|| here.clone());
    let of = |links: RefCell<Vec<String>>, how: How| {
        let urls = links.into_inner().into_iter().filter_map(|link| base.join(link.trim()).ok());
        let urls = urls.filter(|url| matches!(url.scheme(), "http" | "https"));
        urls.map(|url| Candidate { url: bare(url), how }).collect::<Vec<_>>()
    };
    let mut candidates = of(declared, How::Declared);
    candidates.extend(of(linked, How::Linked));
    candidates
}

/// Without userinfo and fragment: a page does not choose our credentials.
fn bare(mut url: Url) -> Url {
    url.set_fragment(None);
    let _ = url.set_username("").and_then(|()| url.set_password(None)); // http and https can have them
    url
}

#[derive(Default)]
struct Links {
    base: RefCell<Option<String>>,
    declared: RefCell<Vec<String>>,
    linked: RefCell<Vec<String>>,
}

impl TokenSink for Links {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind == TagKind::EndTag {
            return TokenSinkResult::Continue;
        }
        match &*tag.name {
            "base" => {
                let mut base = self.base.borrow_mut();
                *base = base.take().or_else(|| attribute(&tag, "href").map(str::to_owned));
            }
            "link" if is_feed(&tag) => push(&self.declared, attribute(&tag, "href")),
            "a" => push(&self.linked, attribute(&tag, "href").filter(|href| looks_like_a_feed(href))),
            "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
            "style" | "noframes" | "xmp" | "iframe" => return TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn push(links: &RefCell<Vec<String>>, href: Option<&str>) {
    let mut links = links.borrow_mut();
    if links.len() < MOST {
        links.extend(href.map(str::to_owned));
    }
}

fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
}

/// `<link rel="alternate" type="application/rss+xml">` and its like.
fn is_feed(tag: &Tag) -> bool {
    let rel = attribute(tag, "rel").unwrap_or_default();
    let rel = |word: &str| rel.split_ascii_whitespace().any(|found| found.eq_ignore_ascii_case(word));
    let kind = attribute(tag, "type").unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let typed = matches!(
        kind,
        "application/rss+xml"
            | "application/atom+xml"
            | "application/rdf+xml"
            | "application/feed+json"
            | "application/xml"
            | "text/xml"
            | "application/rss"
            | "application/atom"
            | "text/rss"
    );
    (rel("alternate") && typed) || rel("feed")
}

/// Whether a link's path ends as those of feeds do.
fn looks_like_a_feed(href: &str) -> bool {
    let path = href.split(['#', '?']).next().unwrap_or_default().trim_end_matches('/').to_ascii_lowercase();
    let mut steps = path.rsplit('/');
    let last = steps.next().unwrap_or_default();
    let name = last.split('.').next().unwrap_or_default();
    matches!(last.rsplit_once('.'), Some((_, "rss" | "atom" | "rdf" | "mrss")))
        || matches!(name, "feed" | "feeds" | "rss" | "atom")
        || steps.next().is_some_and(|folder| matches!(folder, "feed" | "feeds" | "rss" | "aljazeerarss"))
        || href.contains("feed=rss")
}
