//! The drawing itself, as cargo and rustc draw.

use annotate_snippets::{AnnotationKind, Group, Level as Style, Origin, Renderer, Snippet};

use super::{Level, Problem};

/// A report stays under this many characters, so that it fits a screen, a log entry and a mail.
pub(super) const LONGEST: usize = 6_000;

/// Kept for the line that counts the rest.
const RESERVE: usize = 100;

/// Draws as many problems as fit: the first ones whole, then some as one line each, then a number.
pub(super) fn report(problems: &[Problem], beyond: usize, colour: bool, longest: usize) -> String {
    let lines: Vec<String> = problems.iter().map(one_line).collect();
    let mut left = longest - RESERVE;
    let mut rest: usize = lines.iter().map(|line| length(line)).sum();
    let mut drawn = String::new();
    let mut whole = true;
    let mut told = 0;
    for (problem, line) in problems.iter().zip(&lines) {
        let plain = if whole { draw(problem, false) } else { String::new() };
        rest -= length(line);
        // The rest must still fit as lines, or nearly nothing of it would be told.
        whole = whole && length(&plain) + rest.min(longest / 2) <= left;
        if whole {
            left -= length(&plain);
            drawn += &if colour { draw(problem, true) } else { plain };
        } else if length(line) <= left {
            left -= length(line);
            drawn += line;
        } else {
            break;
        }
        told += 1;
    }
    match problems.len() - told + beyond {
        0 => drawn,
        1 => drawn + "and 1 more problem\n",
        more => drawn + &format!("and {more} more problems\n"),
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn one_line(problem: &Problem) -> String {
    match problem.level {
        Level::Error => format!("error: {problem}\n"),
        Level::Warning => format!("warning: {problem}\n"),
    }
}

fn draw(problem: &Problem, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let drawn = renderer.render(&[group(problem)]) + "\n\n";
    let (Some(shown), Some((line, column))) = (&problem.shown, problem.position) else { return drawn };
    // What is shown may lack a secret or the start of a long line, so its own column is not the file's.
    let here = shown.text[..shown.mark.start].chars().count() + 1;
    let file = &problem.file;
    drawn.replacen(&format!("{file}:{line}:{here}"), &format!("{file}:{line}:{column}"), 1)
}

fn group(problem: &Problem) -> Group<'_> {
    let level = match problem.level {
        Level::Error => Style::ERROR,
        Level::Warning => Style::WARNING,
    };
    let mut title = level.primary_title(&problem.message);
    if !problem.key.is_empty() {
        title = title.id(&problem.key);
    }
    let mut group = Group::with_title(title);
    let (line, column) = problem.position.unwrap_or_default();
    group = match &problem.shown {
        Some(shown) => group.element(
            Snippet::source(&shown.text)
                .line_start(line)
                .path(&problem.file)
                .annotation(AnnotationKind::Primary.span(shown.mark.clone())),
        ),
        None if line > 0 => group.element(Origin::path(&problem.file).line(line).char_column(column)),
        None => group.element(Origin::path(&problem.file)),
    };
    if let Some(note) = &problem.note {
        group = group.element(Style::NOTE.message(note));
    }
    match &problem.hint {
        Some(hint) => group.element(Style::HELP.message(hint)),
        None => group,
    }
}
