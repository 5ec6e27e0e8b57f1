//! NEAR and ONEAR: operands and a stretch of words in, the places that are part of a chain out.
//!
//! Partners stand in one field, do not overlap, and have at most so many words between their
//! nearest edges. A chain holds pair by pair. The cost follows the places, not the pairs of places.

use std::ops::Range;

use super::condition::Link;
use super::evaluate::{Evaluation, Place};
use super::program::Children;

/// Kept so that the next document need not allocate.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// The places of all operands, one operand after the other.
    pub(super) chain: Vec<Place>,
    /// Which of them are which operand's.
    pub(super) segments: Vec<Range<usize>>,
    edges: Edges,
}

impl Evaluation<'_> {
    /// Leaves in the buffers, for each operand of a NEAR, the places that are part of a chain.
    pub(super) fn chain(&mut self, operands: Children, links: u32, scope: &Range<u32>) -> bool {
        let mut chain = std::mem::take(&mut self.buffers.near.chain);
        let mut segments = std::mem::take(&mut self.buffers.near.segments);
        chain.clear();
        segments.clear();
        let found = self.program.children(operands).iter().all(|&operand| {
            let start = chain.len();
            let stands = self.holds(operand, scope, &mut chain);
            chain[start..].sort_unstable();
            segments.push(start..chain.len());
            stands
        }) && {
            let links = &self.program.links[links as usize..][..segments.len() - 1];
            self.keep_chained(&mut chain, &mut segments, links)
        };
        if !found {
            segments.clear();
        }
        self.buffers.near.chain = chain;
        self.buffers.near.segments = segments;
        found
    }

    /// From left to right and back, keeps what has a partner next door that was kept itself.
    fn keep_chained(&mut self, chain: &mut [Place], segments: &mut [Range<usize>], links: &[Link]) -> bool {
        let edges = &mut self.buffers.near.edges;
        for (left, link) in links.iter().enumerate() {
            edges.read(&chain[segments[left].clone()]);
            let reach = Reach { words: link.words, after: true, before: !link.ordered, body: self.body };
            edges.keep_partners(chain, &mut segments[left + 1], reach);
        }
        for (left, link) in links.iter().enumerate().rev() {
            edges.read(&chain[segments[left + 1].clone()]);
            let reach = Reach { words: link.words, after: !link.ordered, before: true, body: self.body };
            edges.keep_partners(chain, &mut segments[left], reach);
        }
        segments.iter().all(|segment| !segment.is_empty())
    }
}

/// Where the places of a NEAR operand begin and where they end, each ascending.
#[derive(Debug, Default)]
struct Edges {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

/// How far a partner may be, and on which side.
#[derive(Debug, Clone, Copy)]
struct Reach {
    words: u32,
    /// Whether this may come after its partner.
    after: bool,
    /// Whether this may come before its partner.
    before: bool,
    body: u32,
}

impl Edges {
    fn read(&mut self, places: &[Place]) {
        self.starts.clear();
        self.ends.clear();
        self.starts.extend(places.iter().map(|place| place.start));
        self.ends.extend(places.iter().map(|place| place.end));
        self.ends.sort_unstable();
    }

    /// Keeps the places of a segment that have one of these within reach in the same field.
    fn keep_partners(&self, chain: &mut [Place], segment: &mut Range<usize>, reach: Reach) {
        let mut kept = segment.start;
        for number in segment.clone() {
            let place = chain[number];
            if reach.after && self.has_before(place, reach) || reach.before && self.has_after(place, reach) {
                chain[kept] = place;
                kept += 1;
            }
        }
        segment.end = kept;
    }

    fn has_before(&self, place: Place, reach: Reach) -> bool {
        let field = if place.start < reach.body { 0 } else { reach.body };
        let nearest = self.ends.partition_point(|&end| end <= place.start);
        let nearest = nearest.checked_sub(1).map(|nearest| self.ends[nearest]);
        nearest.is_some_and(|end| end > field && place.start - end <= reach.words)
    }

    fn has_after(&self, place: Place, reach: Reach) -> bool {
        let nearest = self.starts.partition_point(|&start| start < place.end);
        let same_field = |start: u32| (start < reach.body) == (place.start < reach.body);
        self.starts.get(nearest).is_some_and(|&start| same_field(start) && start - place.end <= reach.words)
    }
}

/// For each place of the last operand of a chain, the shortest stretch that the nearest places of
/// the others make with it.
pub(super) fn hulls(buffers: &Buffers, links: &[Link], stretches: &mut Vec<Range<u32>>) {
    let Buffers { chain, segments, .. } = buffers;
    let first = stretches.len();
    let Some((head, rest)) = segments.split_first() else { return };
    stretches.extend(chain[head.clone()].iter().map(|place| place.start..place.end));
    let mut left = &chain[head.clone()];
    for (segment, link) in rest.iter().zip(links) {
        let right = &chain[segment.clone()];
        let reached: Vec<Range<u32>> = right
            .iter()
            .filter_map(|place| {
                let partners = nearest_partners(left, place, *link);
                let hull = |number: usize| {
                    let hull = &stretches[first + number];
                    hull.start.min(place.start)..hull.end.max(place.end)
                };
                partners.map(hull).min_by_key(|hull| hull.end - hull.start)
            })
            .collect();
        stretches.truncate(first);
        stretches.extend(reached);
        left = right;
    }
}

/// The numbers of those among the nearest `left` places, on each side, that a link binds to a place.
fn nearest_partners<'a>(left: &'a [Place], place: &'a Place, link: Link) -> impl Iterator<Item = usize> + 'a {
    /// More operands than this at one word are not told apart.
    const NEAREST: usize = 8;
    let middle = left.partition_point(|other| other.start < place.start);
    let around = middle.saturating_sub(NEAREST)..(middle + NEAREST).min(left.len());
    around.filter(move |&number| {
        let other = left[number];
        let comes_before = other.end <= place.start && place.start - other.end <= link.words;
        let comes_after = other.start >= place.end && other.start - place.end <= link.words;
        comes_before || comes_after && !link.ordered
    })
}
