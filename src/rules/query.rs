//! The query language: text in, a tree of conditions or every problem with its bytes out.
//!
//! [`lexer`] cuts the text into tokens, [`parser`] is the grammar. No query makes either fail or
//! use more stack than its 64 levels.

mod lexer;
mod parser;

use std::ops::Range;

use super::condition::{Node, Place};
use super::{At, Problem};

/// Parses a query.
pub(super) fn parse(query: &str) -> Result<Node, Vec<Problem>> {
    let mut problems = Problems::default();
    let tokens = lexer::tokens(query, &mut problems);
    match parser::parse(&tokens, query.len(), &mut problems) {
        Some(root) if problems.problems.is_empty() => Ok(root),
        _ => Err(problems.problems),
    }
}

/// What is wrong so far.
#[derive(Default)]
struct Problems {
    problems: Vec<Problem>,
    /// Whether enough was said.
    hushed: bool,
}

impl Problems {
    /// A query that is wrong everywhere need not be told everything.
    const MOST: usize = 20;

    fn add(&mut self, range: Range<usize>, message: String, hint: &str) {
        if !self.hushed && self.problems.len() < Problems::MOST {
            self.problems.push(Problem { at: At::Query(range), message, hint: Some(hint.to_owned()) });
        }
    }

    fn add_at(&mut self, place: Place, message: String, hint: &str) {
        if let At::Query(range) = place.into() {
            self.add(range, message, hint);
        }
    }

    /// Nothing more will be said.
    fn hush(&mut self) {
        self.hushed = true;
    }
}
