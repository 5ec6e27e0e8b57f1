//! `rasid match`: a config and documents in, one line a document out: the rules that hold, and where.
//!
//! Documents are JSON Lines; lines of nothing but white space are passed over, though they count.
//! What came before a malformed line is printed. With `--explain` the rules say why as well.

use std::io::{self, IsTerminal, Write};

use super::excerpt::{Look, isolated, printable};
use super::lines::{Id, Lines, Text};
use super::{Exit, Failure, MatchArgs, MatchFormat, check, excerpt, explain, lines, open};
use crate::config::{self, Matching};
use crate::rules::explain::{Explainer, Explanation};
use crate::rules::{self, Field, Found, RuleSet, Scratch};

/// Up to so many rules are all explained, whether anything of them stands or not.
const FEW: usize = 10;

pub(super) fn run(args: &MatchArgs, out: &mut impl Write) -> Result<(), Failure> {
    let matching = config::load_matching(&args.config.config).map_err(|report| check::refused(&report))?;
    let why = Why::new(args, &matching)?;
    let compiled;
    let rules = match &why {
        Some(why) => why.explainer.rules(),
        None => {
            compiled = RuleSet::compile(&matching.rules, &matching.entities);
            &compiled
        }
    };
    let format = args.format.unwrap_or(match why {
        Some(_) if io::stdout().is_terminal() => MatchFormat::Text,
        _ => MatchFormat::Json,
    });
    let mut lines = Lines::new(open(args.file.as_deref())?);
    let mut scratch = Scratch::default();
    let mut answers = Answers { rules, matching: &matching, line: Vec::new() };
    while let Some((number, line)) = lines.next(out)? {
        let document: Line<'_> = lines::parse(number, line, out)?;
        let explained = why.as_ref().map(|why| why.explain(document.as_given(), &mut scratch));
        let found = rules.find(document.as_given(), &mut scratch);
        match format {
            MatchFormat::Json => {
                let line = answers.line(&document.id.0, found, explained.as_deref());
                out.write_all(line.map_err(|error| Failure::new(Exit::Software, error.to_string()))?)?;
            }
            MatchFormat::Text => match explained {
                Some(explained) => print_why(&document, found, &explained, &matching, out)?,
                None => print(&document, found, rules, &matching, out)?,
            },
        }
    }
    Ok(())
}

/// What `--explain` asks for.
struct Why {
    explainer: Explainer,
    rules: Vec<usize>,
    /// Only rules of which something stands.
    touched: bool,
}

impl Why {
    fn new(args: &MatchArgs, matching: &Matching) -> Result<Option<Why>, Failure> {
        if !args.explain {
            return Ok(None);
        }
        let all = 0..matching.rules.len();
        let rules: Vec<usize> = match &args.rule {
            None => all.collect(),
            Some(id) => all.filter(|&rule| matching.rules[rule].id == *id).collect(),
        };
        if let (Some(id), []) = (&args.rule, &rules[..]) {
            let message = format!("no rule is called `{id}`; the config names its rules by `id`");
            return Err(Failure::new(Exit::Usage, message));
        }
        let explainer = Explainer::new(&matching.rules, &matching.entities);
        let touched = args.rule.is_none() && rules.len() > FEW;
        Ok(Some(Why { explainer, rules, touched }))
    }

    fn explain(&self, document: rules::Document<'_>, scratch: &mut Scratch) -> Vec<Explanation> {
        let explain = |&rule: &usize| self.explainer.explain(rule, document, scratch);
        let explained = self.rules.iter().filter_map(explain);
        explained.filter(|explained| explained.touched || !self.touched).collect()
    }
}

/// One document as it comes.
#[derive(serde::Deserialize)]
#[serde(expecting = "an object such as {\"id\":\"1\",\"title\":\"…\",\"body\":\"…\"}")]
struct Line<'a> {
    #[serde(borrow)]
    id: Id<'a>,
    #[serde(borrow, default)]
    title: Text<'a>,
    #[serde(borrow, default)]
    body: Text<'a>,
}

impl Line<'_> {
    fn as_given(&self) -> rules::Document<'_> {
        rules::Document { title: &self.title.0, body: &self.body.0 }
    }
}

/// The line that is printed for one document. Written by hand, because at many matches a document
/// the names of the members, escaped again each time, would cost more than the matching.
struct Answers<'a> {
    rules: &'a RuleSet,
    matching: &'a Matching,
    line: Vec<u8>,
}

impl Answers<'_> {
    fn line(
        &mut self,
        id: &str,
        found: Found<'_>,
        explained: Option<&[Explanation]>,
    ) -> serde_json::Result<&[u8]> {
        let line = &mut self.line;
        line.clear();
        line.extend(b"{\"id\":");
        serde_json::to_writer(&mut *line, id)?;
        line.extend(b",\"matches\":[");
        for (number, (rule, spans)) in found.iter().enumerate() {
            line.extend(if number == 0 { &b"{\"rule\":"[..] } else { b",{\"rule\":" });
            serde_json::to_writer(&mut *line, &self.matching.rules[rule].id)?;
            line.extend(b",\"spans\":[");
            for (number, span) in spans.iter().enumerate() {
                line.extend(if number == 0 { &b"{"[..] } else { b",{" });
                line.extend(match span.field {
                    Field::Title => &b"\"field\":\"title\",\"start\":"[..],
                    Field::Body => b"\"field\":\"body\",\"start\":",
                });
                serde_json::to_writer(&mut *line, &span.start)?;
                line.extend(b",\"end\":");
                serde_json::to_writer(&mut *line, &span.end)?;
                line.extend(b",\"term\":");
                serde_json::to_writer(&mut *line, self.rules.term(span.term))?;
                line.push(b'}');
            }
            line.extend(b"]}");
        }
        line.push(b']');
        if let Some(explained) = explained {
            line.extend(b",\"explain\":");
            let named = explained
                .iter()
                .map(|explanation| Named { rule: &self.matching.rules[explanation.rule].id, explanation });
            serde_json::to_writer(&mut *line, &named.collect::<Vec<_>>())?;
        }
        line.extend(b"}\n");
        Ok(line)
    }
}

/// An explanation as JSON has it.
#[derive(serde::Serialize)]
struct Named<'a> {
    rule: &'a str,
    #[serde(flatten)]
    explanation: &'a Explanation,
}

/// For people: the document, and under each rule the words in their sentence.
fn print(
    document: &Line<'_>,
    found: Found<'_>,
    rules: &RuleSet,
    matching: &Matching,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let look = Look::of_stdout();
    let mut matched = found.iter().peekable();
    let id = printable(&document.id.0);
    if matched.peek().is_none() {
        return Ok(writeln!(out, "{id}: nothing matches")?);
    }
    writeln!(out, "{id}:")?;
    for (number, spans) in matched {
        writeln!(out, "  {}", heading(&matching.rules[number]))?;
        for line in excerpt::sentences(document.as_given(), spans, rules, look) {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

/// For people: the document, and under each rule why it matches or does not.
fn print_why(
    document: &Line<'_>,
    found: Found<'_>,
    explained: &[Explanation],
    matching: &Matching,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let look = Look::of_stdout();
    let id = printable(&document.id.0);
    let (held, all) = (found.iter().count(), matching.rules.len());
    let rules = if all == 1 { "rule" } else { "rules" };
    writeln!(out, "{id}: {held} of {all} {rules} match{}", if held == 1 { "es" } else { "" })?;
    for explanation in explained {
        let verdict = if explanation.root.holds { "matches" } else { "does not match" };
        writeln!(out, "  {} {verdict}", heading(&matching.rules[explanation.rule]))?;
        explain::draw(explanation, document.as_given(), "    ", look, out)?;
    }
    Ok(())
}

fn heading(rule: &rules::Rule) -> String {
    let id = printable(&rule.id);
    rule.title.as_ref().map_or(id.clone(), |title| format!("{} ({id})", isolated(title)))
}
