//! Which entry of a document is which stored entry: facets in, verdicts out.
//!
//! No facet alone can be trusted: guids repeat, rotate or are missing; links gain tracking
//! parameters or all lead to one page; titles are edited. An entry is therefore known by three hashes
//! together, and a facet counts as far as document and store show that it tells entries apart:
//!
//! - all three agree: the same entry;
//! - its guid is its own in the document and is stored: the same entry, if link or title agree too, or
//!   if the feed's guids nearly always prove right (an edit of title or link does not alert twice, nor one
//!   of both in a feed whose guids can be relied on);
//! - its guid is stored but says nothing, since other entries have it too or had it before: the same entry,
//!   if link and title agree, or if its link is its own and the feed's links mostly prove right;
//! - its guid is new: a new entry, unless most guids of the document are new while links and titles are
//!   stored. Then the guids have rotated, and links and titles decide as in the case before.
//!
//! A feed without guids has its links as ids, and the same rules hold.

use std::collections::{HashMap, HashSet};
use std::hash::Hasher;

use siphasher::sip::SipHasher13;

use super::Entry;

/// Three hashes that name an entry within its feed; they stay the same from release to release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Facets {
    /// Of the id as given.
    pub guid: u64,
    /// Of the address; 0 where there is none.
    pub link: u64,
    /// Of the title; 0 where it is empty.
    pub title: u64,
}

impl Facets {
    /// The facets of one entry.
    pub fn of(entry: &Entry) -> Facets {
        Facets {
            guid: hash(&entry.id),
            link: hash(entry.url.as_deref().unwrap_or_default()),
            title: hash(&entry.title),
        }
    }
}

/// SipHash-1-3 with a key of zeros: pinned by a test, since stored hashes outlive releases.
fn hash(text: &str) -> u64 {
    if text.is_empty() {
        return 0;
    }
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish().max(1)
}

/// Says which entries of a document are new, as ascending indices into `document`.
///
/// `known` is every stored entry of the same feed that shares a guid or a link with the document.
/// Entries of the document that agree in all three facets are one entry; the first counts. The time
/// is linear in both.
pub fn fresh(document: &[Facets], known: &[Facets]) -> Vec<usize> {
    let mut seen = HashSet::with_capacity(document.len());
    let items: Vec<(usize, Facets)> =
        document.iter().copied().enumerate().filter(|(_, facets)| seen.insert(*facets)).collect();
    if known.is_empty() {
        return items.into_iter().map(|(index, _)| index).collect();
    }
    let known = Known::of(known);
    let judge = Judge::new(&items, &known);
    items.into_iter().filter(|(_, facets)| !judge.is_known(*facets)).map(|(index, _)| index).collect()
}

/// What is stored, by what may be asked of it.
struct Known {
    all: HashSet<Facets>,
    guids: HashSet<u64>,
    links: HashSet<u64>,
    guid_and_link: HashSet<(u64, u64)>,
    guid_and_title: HashSet<(u64, u64)>,
    link_and_title: HashSet<(u64, u64)>,
}

impl Known {
    fn of(known: &[Facets]) -> Known {
        Known {
            all: known.iter().copied().collect(),
            guids: known.iter().map(|it| it.guid).collect(),
            links: known.iter().map(|it| it.link).filter(|link| *link != 0).collect(),
            guid_and_link: known.iter().filter(|it| it.link != 0).map(|it| (it.guid, it.link)).collect(),
            guid_and_title: known.iter().filter(|it| it.title != 0).map(|it| (it.guid, it.title)).collect(),
            link_and_title: known.iter().filter(|it| it.link != 0).map(|it| (it.link, it.title)).collect(),
        }
    }

    /// Whether a stored entry of this guid has the same link or the same title.
    fn guid_confirmed(&self, it: Facets) -> bool {
        self.guid_and_link.contains(&(it.guid, it.link)) || self.guid_and_title.contains(&(it.guid, it.title))
    }

    /// Whether a stored entry of this link has the same title.
    fn link_confirmed(&self, it: Facets) -> bool {
        self.link_and_title.contains(&(it.link, it.title))
    }
}

/// A document's entries beside what is stored.
struct Judge<'k> {
    known: &'k Known,
    /// How many entries of the document have this guid, and this link.
    guids: HashMap<u64, u32>,
    links: HashMap<u64, u32>,
    guids_prove_right: bool,
    links_prove_right: bool,
    rotated: bool,
}

impl<'k> Judge<'k> {
    fn new(items: &[(usize, Facets)], known: &'k Known) -> Judge<'k> {
        let mut judge = Judge {
            known,
            guids: HashMap::with_capacity(items.len()),
            links: HashMap::with_capacity(items.len()),
            guids_prove_right: false,
            links_prove_right: false,
            rotated: false,
        };
        for (_, it) in items {
            *judge.guids.entry(it.guid).or_default() += 1;
            *judge.links.entry(it.link).or_default() += 1;
        }
        let items = || items.iter().map(|(_, it)| *it);
        let stored_guids = items().filter(|it| judge.has_own_guid(*it) && known.guids.contains(&it.guid));
        judge.guids_prove_right = nearly_always(stored_guids.map(|it| known.guid_confirmed(it)));
        let stored_links = items().filter(|it| judge.has_own_link(*it) && known.links.contains(&it.link));
        judge.links_prove_right = mostly(stored_links.map(|it| known.link_confirmed(it)));
        judge.rotated = mostly(items().map(|it| !known.guids.contains(&it.guid)));
        judge
    }

    fn is_known(&self, it: Facets) -> bool {
        if self.known.all.contains(&it) {
            return true;
        }
        let guid_is_stored = self.known.guids.contains(&it.guid);
        let guid_says_so = guid_is_stored && self.has_own_guid(it);
        if guid_says_so && (self.known.guid_confirmed(it) || self.guids_prove_right) {
            return true;
        }
        (guid_is_stored || self.rotated) && self.link_decides(it)
    }

    fn link_decides(&self, it: Facets) -> bool {
        let stored = self.known.links.contains(&it.link);
        stored && (self.known.link_confirmed(it) || (self.links_prove_right && self.has_own_link(it)))
    }

    fn has_own_guid(&self, it: Facets) -> bool {
        self.guids.get(&it.guid) == Some(&1)
    }

    fn has_own_link(&self, it: Facets) -> bool {
        it.link != 0 && self.links.get(&it.link) == Some(&1)
    }
}

/// Whether more say yes than no.
fn mostly(votes: impl Iterator<Item = bool>) -> bool {
    let (yes, no) = count(votes);
    yes > no
}

/// Whether nine say yes for each that says no, and nine at least.
fn nearly_always(votes: impl Iterator<Item = bool>) -> bool {
    let (yes, no) = count(votes);
    yes >= 9 && yes >= 9 * no
}

fn count(votes: impl Iterator<Item = bool>) -> (usize, usize) {
    votes.fold((0, 0), |(yes, no), vote| if vote { (yes + 1, no) } else { (yes, no + 1) })
}
