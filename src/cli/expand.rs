//! `rasid rules expand`: every form that a term accepts, by group, and what it does not accept.

use std::io::Write;

use anstyle::Style;

use super::excerpt::{Look, isolated};
use super::{Exit, ExpandArgs, Failure, MatchFormat};
use crate::rules::expand::{self, Expanded, Expansion, Group, Inflection};

const BOLD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

pub(super) fn run(args: &ExpandArgs, out: &mut impl Write) -> Result<(), Failure> {
    let mut expansions = Vec::with_capacity(args.words.len());
    for word in &args.words {
        expansions.push(expand::expand(word).map_err(|problem| {
            let hint = problem.hint.map_or_else(String::new, |hint| format!("; {hint}"));
            Failure::new(Exit::Usage, format!("{}{hint}", problem.message))
        })?);
    }
    match args.format {
        MatchFormat::Json => {
            for expansion in &expansions {
                serde_json::to_writer(&mut *out, expansion).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
        }
        MatchFormat::Text => {
            for (number, expansion) in expansions.iter().enumerate() {
                if number > 0 {
                    writeln!(out)?;
                }
                print(expansion, out)?;
            }
        }
    }
    Ok(())
}

fn print(expansion: &Expansion, out: &mut impl Write) -> std::io::Result<()> {
    let look = Look::of_stdout();
    let reach = match expansion.level {
        "exact" => "this form alone",
        "family" => "all words of its family",
        "prefix" => "every word that begins so, also after و ف and after ب ك ل ال بال كال لل س",
        _ => "its inflections",
    };
    writeln!(out, "{}: {reach}", look.paint(BOLD, &isolated(&expansion.term)))?;
    for word in &expansion.words {
        let margin = if expansion.words.len() > 1 {
            writeln!(out, "  {}", isolated(&word.word))?;
            "    "
        } else {
            "  "
        };
        print_word(word, margin, look, out)?;
    }
    Ok(())
}

fn print_word(word: &Expanded, margin: &str, look: Look, out: &mut impl Write) -> std::io::Result<()> {
    for (number, group) in word.groups.iter().enumerate() {
        if !group.lemma.is_empty() && (number == 0 || word.groups[number - 1].lemma != group.lemma) {
            writeln!(out, "{margin}{}", look.paint(FAINT, &format!("of {}:", isolated(group.lemma))))?;
        }
        let mut line = listed(&group.forms);
        if !group.with_pronoun.is_empty() {
            let and = if group.forms.is_empty() { "" } else { "; " };
            line = format!("{line}{and}with a pronoun {}", listed(&group.with_pronoun));
        }
        writeln!(out, "{margin}{:<12}{line}{}", name(group.kind), look.paint(FAINT, &before(group)))?;
    }
    let mut reasons: Vec<&str> = word.not.iter().map(|missed| missed.why).collect();
    reasons.dedup();
    for why in reasons {
        let forms = word.not.iter().filter(|missed| missed.why == why).map(|missed| missed.form.clone());
        let forms: Vec<String> = forms.collect();
        writeln!(out, "{margin}{:<12}{}  {}", "but not", listed(&forms), look.paint(FAINT, why))?;
    }
    Ok(())
}

fn listed(forms: &[String]) -> String {
    isolated(&forms.join("، "))
}

fn before(group: &Group) -> String {
    let proclitics: Vec<&str> = ["و", "ف"].into_iter().chain(group.proclitics.iter().copied()).collect();
    format!("  after {}", isolated(&proclitics.join(" ")))
}

fn name(kind: Inflection) -> &'static str {
    match kind {
        Inflection::AsWritten => "as written",
        Inflection::Singular => "singular",
        Inflection::Feminine => "feminine",
        Inflection::Dual => "dual",
        Inflection::Plural => "plural",
        Inflection::Perfect => "perfect",
        Inflection::Imperfect => "imperfect",
    }
}
