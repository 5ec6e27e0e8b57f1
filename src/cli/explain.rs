//! An explanation, for people: a tree of findings in, lines out.
//!
//! First the sentences with what matched, then the clauses, each with its verdict. A word that was
//! found is taken apart; a clause that does not hold says why, and of several sides that do not hold
//! only those are shown that came nearest.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::excerpt::{self, Look, Place, isolated, left_to_right, told};
use crate::rules::explain::{Anatomy, ClauseKind, Explanation, Finding, Hit, Reason};
use crate::rules::{Document, Field};

/// Characters of a clause that are shown.
const CLAUSE: usize = 96;
/// Forms of one term, and sides of one OR, that are shown.
const MOST: usize = 6;

const GREEN: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const RED: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
const FAINT: Style = Style::new().dimmed();

/// Draws why a rule holds or does not, `margin` before every line.
pub(super) fn draw(
    explanation: &Explanation,
    document: Document<'_>,
    margin: &str,
    look: Look,
    out: &mut impl Write,
) -> io::Result<()> {
    for sentence in excerpt::marked(document, &places(explanation), look) {
        writeln!(out, "{margin}{}", sentence.text)?;
    }
    let mut drawing = Drawing { look, out };
    let root = &explanation.root;
    let inner = matches!(root.kind, ClauseKind::And | ClauseKind::Or) && root.because.is_none();
    if inner { drawing.parts(root, margin) } else { drawing.finding(root, margin) }
}

/// What is worth marking: what makes the rule hold; of a rule that does not hold, the nearest pair of a NEAR.
fn places(explanation: &Explanation) -> Vec<Place> {
    let mut places: Vec<Place> =
        explanation.places().iter().map(|&(field, start, end, _)| (field, start, end)).collect();
    if !explanation.root.holds {
        blamed(&explanation.root, &mut |hit| places.push((hit.field, hit.start, hit.end)));
    }
    places.sort_unstable();
    places.dedup();
    places
}

fn blamed(finding: &Finding, visit: &mut impl FnMut(&Hit)) {
    match finding.because.as_ref().map(|because| &because.reason) {
        Some(Reason::Distance { left, right, .. }) => [left, right].into_iter().for_each(visit),
        Some(Reason::Elsewhere { hit } | Reason::Forbidden { hit: Some(hit) }) => visit(hit),
        _ => nearest(finding).into_iter().for_each(|part| blamed(part, visit)),
    }
}

/// The parts of what does not hold that are to blame: of an OR those that came nearest.
fn nearest(finding: &Finding) -> Vec<&Finding> {
    let failed = finding.parts.iter().filter(|part| !part.holds);
    if finding.kind != ClauseKind::Or {
        return failed.collect();
    }
    let best = finding.parts.iter().map(|part| part.progress).max().unwrap_or_default();
    failed.filter(|part| part.progress >= best).take(MOST).collect()
}

struct Drawing<'w, W> {
    look: Look,
    out: &'w mut W,
}

impl<W: Write> Drawing<'_, W> {
    fn finding(&mut self, finding: &Finding, margin: &str) -> io::Result<()> {
        let mark = if finding.holds { self.look.paint(GREEN, "✓") } else { self.look.paint(RED, "✗") };
        let clause = left_to_right(&shortened(&finding.brief));
        let deeper = format!("{margin}  ");
        let weight = finding.weight.map_or(String::new(), |weight| format!("{weight:+} "));
        let line = format!("{margin}{mark} {weight}{clause}");
        let forms = forms(finding);
        match (&finding.because, finding.kind, &forms[..]) {
            (Some(because), ..) => writeln!(self.out, "{line}: {}", told(&because.text))?,
            (None, ClauseKind::Not, _) => {
                writeln!(self.out, "{line}{}", self.look.paint(FAINT, ", as asked"))?;
            }
            (None, ClauseKind::Term | ClauseKind::Entity, [only]) => {
                let as_written = only[0].text == finding.clause && only[0].name.is_none();
                let form = if as_written { self.at(only) } else { format!(": {}", self.form(only)) };
                return writeln!(self.out, "{line}{form}");
            }
            _ => writeln!(self.out, "{line}")?,
        }
        let named = finding.kind == ClauseKind::Near;
        for form in forms.iter().take(MOST) {
            let term = if named { isolated(&form[0].term) + ": " } else { String::new() };
            writeln!(self.out, "{deeper}{term}{}", self.form(form))?;
        }
        match forms.len().saturating_sub(MOST) {
            0 => {}
            more => writeln!(self.out, "{deeper}… and {more} more forms")?,
        }
        if let Some(Reason::Distance { left, right, .. }) =
            finding.because.as_ref().map(|because| &because.reason)
        {
            for hit in [left, right] {
                writeln!(self.out, "{deeper}{}: {}", isolated(&hit.term), self.form(&[hit]))?;
            }
            return Ok(());
        }
        self.parts(finding, &deeper)
    }

    fn parts(&mut self, finding: &Finding, margin: &str) -> io::Result<()> {
        if finding.kind == ClauseKind::Not {
            return Ok(()); // what was forbidden is told already
        }
        let shown: Vec<&Finding> = match (finding.holds, finding.kind) {
            (true, _) => finding.parts.iter().filter(|part| part.holds).collect(),
            (false, ClauseKind::Or) => nearest(finding),
            (false, ClauseKind::Score) => finding.parts.iter().filter(|part| part.holds).collect(),
            (false, _) => finding.parts.iter().collect(),
        };
        for part in shown.iter().take(MOST * 2) {
            // A sentence's own AND, a field's own OR: the line above has said what they are.
            let told = matches!(part.kind, ClauseKind::And | ClauseKind::Or)
                && !matches!(finding.kind, ClauseKind::And | ClauseKind::Or)
                && part.because.is_none();
            if told { self.parts(part, margin)? } else { self.finding(part, margin)? }
        }
        match shown.len().saturating_sub(MOST * 2) {
            0 => Ok(()),
            more => writeln!(self.out, "{margin}… and {more} more"),
        }
    }

    /// One form in which a term stands, taken apart, and where it does.
    fn form(&self, same: &[&Hit]) -> String {
        let Some(hit) = same.first() else { return String::new() };
        let mut line = isolated(&hit.text);
        let parts: Vec<String> =
            hit.words.iter().filter(|word| is_cut(word)).map(|word| told(&word.to_string())).collect();
        if !parts.is_empty() {
            line = format!("{line} = {}", parts.join(", "));
        }
        let mut folded: Vec<String> =
            hit.words.iter().flat_map(|word| &word.folded).map(|text| isolated(text)).collect();
        folded.dedup();
        if !folded.is_empty() {
            line = format!("{line} ({})", folded.join(", "));
        }
        if let Some(name) = hit.name.as_ref().filter(|name| **name != hit.text) {
            line = format!("{line} ← {}", isolated(name));
        }
        line + &self.at(same)
    }

    fn at(&self, same: &[&Hit]) -> String {
        let mut at: Vec<String> = same.iter().take(3).map(|hit| place(hit)).collect();
        if same.len() > at.len() {
            at.push(format!("and {} more", same.len() - at.len()));
        }
        format!("  {}", self.look.paint(FAINT, &at.join(", ")))
    }
}

/// The places of a finding, those of one form together.
fn forms(finding: &Finding) -> Vec<Vec<&Hit>> {
    let mut forms: Vec<Vec<&Hit>> = Vec::new();
    for hit in &finding.hits {
        match forms.iter_mut().find(|form| form[0].term == hit.term && form[0].text == hit.text) {
            Some(form) => form.push(hit),
            None => forms.push(vec![hit]),
        }
    }
    forms
}

/// Whether there is more to see than a ة.
fn is_cut(word: &Anatomy) -> bool {
    let ends = !matches!(word.ending.as_str(), "" | "ة" | "ه");
    !word.proclitics.is_empty() || ends || !word.pronoun.is_empty()
}

fn place(hit: &Hit) -> String {
    match hit.field {
        Field::Title => format!("title {}–{}", hit.start, hit.end),
        Field::Body => format!("body {}–{}, sentence {}", hit.start, hit.end, hit.sentence),
    }
}

fn shortened(clause: &str) -> String {
    match clause.char_indices().nth(CLAUSE) {
        None => clause.to_owned(),
        Some((end, _)) => {
            let cut = clause[..end].rfind(' ').unwrap_or(end);
            format!("{} …", clause[..cut].trim_end())
        }
    }
}
