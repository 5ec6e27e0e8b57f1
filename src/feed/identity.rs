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
//!   stored. Then the guids have rotated, and links and titles decide as in the case before;
//! - neither guid nor link is stored: a new entry, unless that is so for most of the document while most of
//!   these have title and text of a stored entry. Then the feed has moved, and title and text decide.
//!
//! A feed without guids has its links as ids, and the same rules hold.

use std::collections::{HashMap, HashSet};

mod print;

pub use print::{Facets, Print};

/// What an entry of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// An entry that was never seen.
    New,
    /// The same as an entry before it in the document.
    Repeat,
    /// The stored entry at this place of what is known.
    Stored(usize),
}

/// Which entries of a document are which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// One for each entry of the document.
    pub verdicts: Vec<Verdict>,
    /// Its guids all changed at once, and some entry is known by link and title alone.
    pub rotated: bool,
    /// Its guids and links all changed at once, and some entry is known by title and text alone.
    pub moved: bool,
}

/// Says which entries of a document are new, as ascending indices into `document`.
///
/// `known` is every stored entry of the same feed that shares a guid or a link with the document.
pub fn fresh(document: &[Facets], known: &[Facets]) -> Vec<usize> {
    let prints = |facets: &[Facets]| -> Vec<Print> {
        facets.iter().map(|&facets| Print { facets, digest: 0 }).collect()
    };
    let verdicts = recognise(&prints(document), &prints(known)).verdicts;
    let new = verdicts.iter().enumerate().filter(|(_, verdict)| **verdict == Verdict::New);
    new.map(|(index, _)| index).collect()
}

/// Says of every entry of a document which it is.
///
/// `known` is every stored entry of the same feed that shares a guid or a link with the document, each
/// under every name that it had, and those of the same title where the rest of the document is unknown.
/// Entries of the document that agree in all three facets are one entry; the first counts. The time
/// is linear in both.
pub fn recognise(document: &[Print], known: &[Print]) -> Recognised {
    let mut seen = HashSet::with_capacity(document.len());
    let mut verdicts = vec![Verdict::Repeat; document.len()];
    let items: Vec<(usize, Print)> =
        document.iter().copied().enumerate().filter(|(_, print)| seen.insert(print.facets)).collect();
    let known = Known::of(known);
    let judge = Judge::new(&items, &known);
    let (mut rotated, mut moved) = (false, false);
    for (index, print) in items {
        let stored = judge.stored(print);
        rotated |= judge.rotated && stored.is_some() && !known.guids.contains_key(&print.facets.guid);
        let same = if stored.is_none() && judge.moved { known.same_words(print) } else { None };
        moved |= same.is_some();
        verdicts[index] = stored.or(same).map_or(Verdict::New, Verdict::Stored);
    }
    Recognised { verdicts, rotated, moved }
}

/// What is stored, by what may be asked of it: each answers with a place. Later places win.
struct Known {
    all: HashMap<Facets, usize>,
    guids: HashMap<u64, usize>,
    links: HashMap<u64, usize>,
    guid_and_link: HashMap<(u64, u64), usize>,
    guid_and_title: HashMap<(u64, u64), usize>,
    link_and_title: HashMap<(u64, u64), usize>,
    title_and_digest: HashMap<(u64, u64), usize>,
}

impl Known {
    fn of(known: &[Print]) -> Known {
        let places = || known.iter().map(|print| print.facets).enumerate();
        Known {
            all: places().map(|(place, it)| (it, place)).collect(),
            guids: places().map(|(place, it)| (it.guid, place)).collect(),
            links: places().filter(|(_, it)| it.link != 0).map(|(place, it)| (it.link, place)).collect(),
            guid_and_link: places()
                .filter(|(_, it)| it.link != 0)
                .map(|(place, it)| ((it.guid, it.link), place))
                .collect(),
            guid_and_title: places()
                .filter(|(_, it)| it.title != 0)
                .map(|(place, it)| ((it.guid, it.title), place))
                .collect(),
            link_and_title: places()
                .filter(|(_, it)| it.link != 0)
                .map(|(place, it)| ((it.link, it.title), place))
                .collect(),
            title_and_digest: known
                .iter()
                .enumerate()
                .filter(|(_, it)| it.facets.title != 0 && it.digest != 0)
                .map(|(place, it)| ((it.facets.title, it.digest), place))
                .collect(),
        }
    }

    /// A stored entry of this guid that has the same link or the same title.
    fn guid_confirmed(&self, it: Facets) -> Option<usize> {
        let by_link = self.guid_and_link.get(&(it.guid, it.link));
        by_link.or_else(|| self.guid_and_title.get(&(it.guid, it.title))).copied()
    }

    /// A stored entry of this link that has the same title.
    fn link_confirmed(&self, it: Facets) -> Option<usize> {
        self.link_and_title.get(&(it.link, it.title)).copied()
    }

    /// A stored entry that says the same, word for word.
    fn same_words(&self, print: Print) -> Option<usize> {
        self.title_and_digest.get(&(print.facets.title, print.digest)).copied()
    }

    fn has_name_of(&self, it: Facets) -> bool {
        self.guids.contains_key(&it.guid) || self.links.contains_key(&it.link)
    }
}

/// So many entries have to agree before a feed is taken to have moved.
const FEWEST_MOVED: usize = 3;

/// A document's entries beside what is stored.
#[allow(clippy::struct_excessive_bools)] // each is a verdict of its own
struct Judge<'k> {
    known: &'k Known,
    /// How many entries of the document have this guid, and this link.
    guids: HashMap<u64, u32>,
    links: HashMap<u64, u32>,
    guids_prove_right: bool,
    links_prove_right: bool,
    rotated: bool,
    moved: bool,
}

impl<'k> Judge<'k> {
    fn new(items: &[(usize, Print)], known: &'k Known) -> Judge<'k> {
        let mut judge = Judge {
            known,
            guids: HashMap::with_capacity(items.len()),
            links: HashMap::with_capacity(items.len()),
            guids_prove_right: false,
            links_prove_right: false,
            rotated: false,
            moved: false,
        };
        for (_, Print { facets: it, .. }) in items {
            *judge.guids.entry(it.guid).or_default() += 1;
            *judge.links.entry(it.link).or_default() += 1;
        }
        let prints = items;
        let items = || prints.iter().map(|(_, print)| print.facets);
        let stored_guids = items().filter(|it| judge.has_own_guid(*it) && known.guids.contains_key(&it.guid));
        judge.guids_prove_right = nearly_always(stored_guids.map(|it| known.guid_confirmed(it).is_some()));
        let stored_links = items().filter(|it| judge.has_own_link(*it) && known.links.contains_key(&it.link));
        judge.links_prove_right = mostly(stored_links.map(|it| known.link_confirmed(it).is_some()));
        judge.rotated = mostly(items().map(|it| !known.guids.contains_key(&it.guid)));
        let unnamed =
            || prints.iter().map(|(_, print)| *print).filter(|print| !known.has_name_of(print.facets));
        let same = unnamed().filter(|print| known.same_words(*print).is_some()).count();
        judge.moved =
            same >= FEWEST_MOVED && 2 * same > unnamed().count() && 2 * unnamed().count() > prints.len();
        judge
    }

    /// The place of the stored entry that this is.
    fn stored(&self, print: Print) -> Option<usize> {
        let it = print.facets;
        if let Some(place) = self.known.all.get(&it) {
            return Some(*place);
        }
        let of_guid = self.known.guids.get(&it.guid).copied();
        if of_guid.is_some() && self.has_own_guid(it) {
            let confirmed = self.known.guid_confirmed(it);
            if confirmed.is_some() || self.guids_prove_right {
                return confirmed.or(of_guid);
            }
        }
        if of_guid.is_some() || self.rotated { self.link_decides(it) } else { None }
    }

    fn link_decides(&self, it: Facets) -> Option<usize> {
        let of_link = self.known.links.get(&it.link).copied()?;
        let confirmed = self.known.link_confirmed(it);
        confirmed.or_else(|| (self.links_prove_right && self.has_own_link(it)).then_some(of_link))
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
