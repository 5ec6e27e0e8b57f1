//! `rasid match`: a config and documents in, one line a document out: the rules that hold, and where.
//!
//! Documents are JSON Lines; lines of nothing but white space are passed over, though they count.
//! What came before a malformed line is printed. With `--explain` the rules say why as well.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::excerpt::{Look, isolated, printable};
use super::{Exit, Failure, MatchArgs, MatchFormat, check, excerpt, explain, open};
use crate::config::{self, Matching};
use crate::rules::explain::{Explainer, Explanation};
use crate::rules::{self, Field, Found, RuleSet, Scratch};

/// The longest line that is read: far over any article, far under any memory.
const LONGEST_LINE: u64 = 64 << 20;

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
        let document = match parse(line) {
            Ok(document) => document,
            Err(what) => {
                out.flush()?;
                return Err(Failure::new(Exit::Data, format!("line {number}: {what}")));
            }
        };
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

fn parse(line: &[u8]) -> Result<Line<'_>, String> {
    // Several times as fast as the standard library where a text is not ASCII.
    let checked = encoding_rs::UTF_8.decode_without_bom_handling_and_without_replacement(line);
    let Some(Cow::Borrowed(line)) = checked else {
        return Err(format!("not UTF-8 at byte {}", encoding_rs::Encoding::utf8_valid_up_to(line) + 1));
    };
    serde_json::from_str(line).map_err(|error| {
        // Its place is a line of its own input, which is always the first.
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default();
        match error.column() {
            0 => what.to_owned(),
            column => format!("{what} at column {column}"),
        }
    })
}

/// A string, borrowed from the line where nothing in it is escaped.
struct Id<'a>(Cow<'a, str>);

/// A string; null is the empty one.
#[derive(Default)]
struct Text<'a>(Cow<'a, str>);

struct TextVisitor {
    null: bool,
}

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(if self.null { "a string or null" } else { "a string" })
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        if self.null { Ok(Cow::Borrowed("")) } else { Err(E::invalid_type(de::Unexpected::Unit, &self)) }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor { null: false }).map(Id)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor { null: true }).map(Text)
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

/// Lines of the input with their numbers, from 1.
struct Lines {
    input: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    fn new(input: Box<dyn Read>) -> Lines {
        Lines { input: BufReader::with_capacity(1 << 16, input), line: Vec::new(), number: 0 }
    }

    /// The next line that is not blank, without its end. What was printed leaves before we wait for
    /// input, so that the program can stand in a pipe that is fed by hand.
    fn next(&mut self, out: &mut impl Write) -> Result<Option<(u64, &[u8])>, Failure> {
        loop {
            if self.input.buffer().is_empty() {
                out.flush()?;
            }
            self.line.clear();
            self.number += 1;
            let read = (&mut self.input).take(LONGEST_LINE + 1).read_until(b'\n', &mut self.line);
            read.map_err(|error| Failure::new(Exit::Io, format!("cannot read the documents: {error}")))?;
            if self.line.is_empty() {
                return Ok(None);
            }
            if self.line.len() as u64 > LONGEST_LINE {
                out.flush()?;
                let what = format!("line {}: longer than {LONGEST_LINE} bytes", self.number);
                return Err(Failure::new(Exit::Data, what));
            }
            if self.number == 1 && self.line.starts_with("\u{FEFF}".as_bytes()) {
                self.line.drain(..3);
            }
            if !self.line.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some((self.number, &self.line)));
            }
        }
    }
}
