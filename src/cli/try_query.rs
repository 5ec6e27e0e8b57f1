//! `rasid rules try`: a query and plain text in, the sentences that match out, or why none does.
//!
//! A query that is wrong is drawn with its place and a hint; it came on the command line, so the
//! exit code is that of a wrong usage.

use std::io::{Read, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Exit, Failure, TryArgs, excerpt, explain, open};
use crate::rules::explain::Explainer;
use crate::rules::{At, Condition, Document, Problem, Rule, Scratch, Within};

/// The most text that is read.
const LARGEST: u64 = 64 << 20;

pub(super) fn run(args: &TryArgs, out: &mut impl Write) -> Result<(), Failure> {
    let condition = Condition::from_query(&args.query, Within::Document)
        .map_err(|problems| Failure::drawn(Exit::Usage, draw(&args.query, &problems)))?;
    if let Some((id, at)) = condition.entities().into_iter().next() {
        let problem = Problem {
            at,
            message: format!("there is no entity `{id}` here: entities are defined in a config"),
            hint: Some("try one of its names instead".to_owned()),
        };
        return Err(Failure::drawn(Exit::Usage, draw(&args.query, &[problem])));
    }
    let rule = Rule::new("query", condition);
    let explainer = Explainer::new(&[rule], &[]);
    let text = read(args)?;
    let mut scratch = Scratch::default();
    let document = Document { title: "", body: &text };
    let look = excerpt::Look::of_stdout();
    let found = explainer.rules().find(document, &mut scratch);
    let lines: Vec<String> = found
        .iter()
        .flat_map(|(_, spans)| excerpt::sentences(document, spans, explainer.rules(), look))
        .collect();
    if !args.explain {
        lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    }
    if lines.is_empty() {
        writeln!(out, "nothing matches")?;
    }
    if (args.explain || lines.is_empty())
        && let Some(explanation) = explainer.explain(0, document, &mut scratch)
    {
        explain::draw(&explanation, document, if lines.is_empty() { "  " } else { "" }, look, out)?;
    }
    Ok(())
}

fn read(args: &TryArgs) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = open(args.file.as_deref())?.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::new(Exit::Io, format!("cannot read the text: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::new(Exit::Unusable, format!("the text is longer than {LARGEST} bytes")));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to() + 1;
        Failure::new(Exit::Unusable, format!("the text is not UTF-8 at byte {place}; convert it first"))
    })
}

/// Every problem with the query, the place under a caret, and what to do.
pub(super) fn draw(query: &str, problems: &[Problem]) -> String {
    let reports: Vec<Vec<Group<'_>>> = problems
        .iter()
        .map(|problem| {
            let range = match &problem.at {
                At::Query(range) => range.clone(),
                _ => 0..query.len(),
            };
            let place = AnnotationKind::Primary.span(range);
            let snippet = Snippet::source(query).path("the query").annotation(place);
            let mut group = Level::ERROR.primary_title(problem.message.as_str()).element(snippet);
            if let Some(hint) = &problem.hint {
                group = group.element(Level::HELP.message(hint.as_str()));
            }
            vec![group]
        })
        .collect();
    let renderer = Renderer::plain();
    reports.iter().map(|report| renderer.render(report)).collect::<Vec<_>>().join("\n\n")
}
