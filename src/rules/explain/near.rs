//! NEAR: the places that are part of a chain, or which link of it is too long.

use std::ops::Range;

use super::walk::{Walk, mean};
use super::{ClauseKind, Finding, Reason};
use crate::rules::condition::Link;
use crate::rules::evaluate::Place;
use crate::rules::program::{Children, Clause};

impl Walk<'_> {
    pub(super) fn near(
        &mut self,
        clause: Clause,
        operands: Children,
        links: u32,
        scope: &Range<u32>,
    ) -> Finding {
        let (holds, mut places) = self.judge(clause, scope);
        let mut finding = self.bare(clause, ClauseKind::Near, holds);
        if holds {
            places.sort_unstable();
            places.dedup();
            finding.hits = places.iter().map(|place| self.hit(place)).collect();
            return finding;
        }
        let operands = self.children(operands);
        let placed: Vec<Vec<Place>> = operands.iter().map(|&operand| self.judge(operand, scope).1).collect();
        finding.parts = operands.iter().map(|&operand| self.finding(operand, scope)).collect();
        finding.progress = mean(&finding.parts) * 9 / 10;
        if placed.iter().all(|places| !places.is_empty()) {
            let links = &self.evaluation.program.links[links as usize..][..operands.len() - 1];
            let broken =
                placed.windows(2).zip(links).find_map(|(pair, &link)| self.broken(&pair[0], &pair[1], link));
            finding.because = Some(broken.unwrap_or(Reason::Chain).into());
        }
        finding
    }

    /// Why no left place is bound to a right one; nothing where one is.
    fn broken(&self, left: &[Place], right: &[Place], link: Link) -> Option<Reason> {
        let body = self.evaluation.body;
        let pairs = || left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
        let beside = |left: &Place, right: &Place| {
            let apart = left.end <= right.start || right.end <= left.start;
            apart && (left.start < body) == (right.start < body)
        };
        let gap = |left: &Place, right: &Place| {
            if left.end <= right.start { right.start - left.end } else { left.start - right.end }
        };
        let in_order = |left: &Place, right: &Place| !link.ordered || left.end <= right.start;
        let near =
            pairs().filter(|(left, right)| beside(left, right)).min_by_key(|(left, right)| gap(left, right));
        let Some((first, second)) = near else { return Some(Reason::Apart) };
        let ordered = pairs().filter(|(left, right)| beside(left, right) && in_order(left, right));
        match ordered.min_by_key(|(left, right)| gap(left, right)) {
            Some((left, right)) if gap(left, right) <= link.words => None,
            None | Some(_) if gap(first, second) <= link.words => Some(Reason::Order),
            None => Some(Reason::Order),
            Some((left, right)) => {
                let (first, second) = if left.start < right.start { (left, right) } else { (right, left) };
                let (most, found) = (link.words, gap(left, right));
                Some(Reason::Distance { found, most, left: self.hit(first), right: self.hit(second) })
            }
        }
    }
}
