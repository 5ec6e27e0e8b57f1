//! SENTENCE and PARAGRAPH: those in which a clause holds, or how it is divided among them.

use std::ops::Range;

use super::walk::Walk;
use super::{ClauseKind, Finding, Hit, Reason, Standing, Unit};
use crate::rules::program::Clause;

impl Walk<'_> {
    /// A clause that has to hold in one sentence or paragraph.
    pub(super) fn unit(&mut self, clause: Clause, part: u32, unit: Unit, scope: &Range<u32>) -> Finding {
        let (holds, _) = self.judge(clause, scope);
        let kind = if unit == Unit::Sentence { ClauseKind::Sentence } else { ClauseKind::Paragraph };
        let mut finding = self.bare(clause, kind, holds);
        let part = self.evaluation.clause(part);
        let mut best: Option<Finding> = None;
        let mut at = scope.start;
        while at < scope.end {
            let stretch = self.evaluation.stretch(clause, at, scope);
            at = stretch.end;
            if holds {
                if self.judge(part, &stretch).0 {
                    finding.parts.push(self.finding(part, &stretch));
                }
                continue;
            }
            let here = self.finding(part, &stretch);
            if best.as_ref().is_none_or(|best| here.progress > best.progress) {
                best = Some(here);
            }
        }
        if holds {
            return finding;
        }
        let whole = self.finding(part, scope);
        let divided =
            best.as_ref().is_some_and(|best| best.progress > 0 && !best.holds && is_elsewhere(best));
        if whole.holds || divided {
            let mut places = Vec::new();
            standing_places(&whole, &mut places);
            finding.because = Some(Reason::Divided { unit, standing: self.standing(&places, unit) }.into());
            finding.progress = best.map_or(0, |best| best.progress).max(500);
        } else {
            let best = best.filter(|best| best.progress > 0).unwrap_or(whole);
            finding.progress = best.progress;
            finding.parts.push(best);
        }
        finding
    }

    /// In which sentences or paragraphs some terms stand.
    fn standing(&self, hits: &[&Hit], unit: Unit) -> Vec<Standing> {
        let mut all: Vec<Standing> = Vec::new();
        for hit in hits {
            let (term, field) = (hit.term.clone(), hit.field);
            let number = self.number(hit.word, unit);
            match all.iter_mut().find(|standing| standing.term == term && standing.field == field) {
                Some(standing) if standing.numbers.contains(&number) => {}
                Some(standing) => standing.numbers.push(number),
                None => all.push(Standing { term, field, numbers: vec![number] }),
            }
        }
        for standing in &mut all {
            standing.numbers.sort_unstable();
        }
        all
    }
}

/// Where everything stands that is asked for, whether the clause holds or not.
fn standing_places<'f>(finding: &'f Finding, hits: &mut Vec<&'f Hit>) {
    if finding.kind != ClauseKind::Not {
        hits.extend(&finding.hits);
        finding.parts.iter().for_each(|part| standing_places(part, hits));
    }
}

/// Whether all that is missing here stands elsewhere.
fn is_elsewhere(finding: &Finding) -> bool {
    match (&finding.because, finding.kind) {
        _ if finding.holds => true,
        (Some(because), _) => matches!(because.reason, Reason::Elsewhere { .. }),
        (None, ClauseKind::Or) => finding.parts.iter().any(is_elsewhere),
        (None, _) => finding.parts.iter().all(is_elsewhere),
    }
}
