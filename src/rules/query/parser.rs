//! The grammar of queries: tokens in, a tree or problems out.
//!
//! ```text
//! or   = and { OR and }         and  = not { [AND] not }         not = [NOT] near
//! near = atom { (NEAR/n | ONEAR/n) atom }
//! atom = term | field:atom | ATLEAST/n(or) | SENTENCE(or) | PARAGRAPH(or) | ( or )
//! ```
//!
//! After a problem the parser goes on, so that one look shows them all.

use std::ops::Range;

use super::Problems;
use super::lexer::Token;
use crate::rules::Field;
use crate::rules::condition::{Link, Node, NodeKind, Place};

/// Parentheses and fields that may stand inside one another.
const DEEPEST: usize = 64;

/// Parses a whole query. `None` only where a problem was added.
pub(super) fn parse(tokens: &[(Token, Range<usize>)], end: usize, problems: &mut Problems) -> Option<Node> {
    let mut parser = Parser { tokens, at: 0, end, depth: 0, problems };
    if tokens.is_empty() {
        parser.problems.add(0..end, "the query is empty".to_owned(), "write a word or a phrase");
        return None;
    }
    let mut root = parser.or();
    while parser.peek().is_some() {
        // Only a parenthesis that closes nothing stops the grammar at the top.
        let range = parser.next_range();
        let hint = "remove it, or open one before it";
        parser.problems.add(range, "this parenthesis closes nothing".to_owned(), hint);
        parser.at += 1;
        if parser.peek().is_some() {
            root = parser.or().or(root);
        }
    }
    root
}

struct Parser<'a> {
    tokens: &'a [(Token, Range<usize>)],
    at: usize,
    /// Of the query, in bytes.
    end: usize,
    depth: usize,
    problems: &'a mut Problems,
}

impl Parser<'_> {
    fn or(&mut self) -> Option<Node> {
        let start = self.start();
        let mut sides = vec![self.and()];
        while self.take(&Token::Or) {
            sides.push(self.and());
        }
        self.join(sides, NodeKind::Or, start)
    }

    fn and(&mut self) -> Option<Node> {
        let start = self.start();
        let mut parts = vec![self.not()];
        loop {
            match self.peek() {
                None | Some(Token::Or | Token::Close) => break,
                Some(Token::And) => self.at += 1,
                Some(_) => {}
            }
            parts.push(self.not());
        }
        self.join(parts, NodeKind::And, start)
    }

    fn not(&mut self) -> Option<Node> {
        let start = self.start();
        let mut denied = false;
        while self.take(&Token::Not) {
            denied = !denied;
        }
        let node = self.near()?;
        let place = self.since(start);
        Some(if denied { Node { kind: NodeKind::Not(Box::new(node)), place } } else { node })
    }

    fn near(&mut self) -> Option<Node> {
        let start = self.start();
        let mut operands = vec![self.atom()];
        let mut links = Vec::new();
        while let Some(&Token::Near(link)) = self.peek() {
            self.at += 1;
            links.push(link);
            operands.push(self.atom());
        }
        self.chain(operands, links, start)
    }

    fn chain(&mut self, operands: Vec<Option<Node>>, links: Vec<Link>, start: usize) -> Option<Node> {
        let mut operands: Vec<Node> = operands.into_iter().collect::<Option<_>>()?;
        if links.is_empty() {
            return operands.pop();
        }
        for operand in operands.iter().filter(|operand| !is_operand(operand)) {
            let message = "NEAR cannot take this: it joins places in the text".to_owned();
            let hint = "use words, phrases, prefixes, entities, or a parenthesised OR of these";
            self.problems.add_at(operand.place, message, hint);
        }
        Some(Node { kind: NodeKind::Near(operands, links), place: self.since(start) })
    }

    fn atom(&mut self) -> Option<Node> {
        let range = self.next_range();
        let Some(token) = self.peek().cloned() else {
            self.missing(range);
            return None;
        };
        let place = Place::Query(range.start as u32, range.end as u32);
        match token {
            Token::Term(term) => {
                self.at += 1;
                Some(Node { kind: NodeKind::Term(term), place })
            }
            Token::Broken => {
                self.at += 1;
                None
            }
            Token::Open => self.group(range),
            Token::Field(field) => self.field(field, range),
            Token::Sentence => self.function("SENTENCE", range, NodeKind::Sentence),
            Token::Paragraph => self.function("PARAGRAPH", range, NodeKind::Paragraph),
            Token::AtLeast(count) => self.function("ATLEAST", range, |node| NodeKind::AtLeast(count, node)),
            Token::And | Token::Or | Token::Not | Token::Near(_) | Token::Close => {
                self.missing(range);
                // Where an operand is missing its operator is read by the caller; two in a row are not.
                if !matches!(token, Token::Or | Token::Close) {
                    self.at += 1;
                }
                None
            }
        }
    }

    /// `NAME(…)`
    fn function(
        &mut self,
        name: &str,
        range: Range<usize>,
        kind: impl FnOnce(Box<Node>) -> NodeKind,
    ) -> Option<Node> {
        if matches!(self.tokens.get(self.at + 1), Some((Token::Open, _))) {
            let open = self.tokens[self.at + 1].1.clone();
            self.at += 1;
            let node = self.group(open)?;
            return Some(Node { kind: kind(Box::new(node)), place: self.since(range.start) });
        }
        let message = format!("{name} needs parentheses");
        self.problems.add(range, message, "put what it is about in parentheses after it");
        self.at += 1;
        None
    }

    /// `field:atom`
    fn field(&mut self, field: Field, range: Range<usize>) -> Option<Node> {
        self.at += 1;
        let node = self.deeper(range.clone(), Parser::atom)?;
        Some(Node { kind: NodeKind::Field(field, Box::new(node)), place: self.since(range.start) })
    }

    fn deeper(&mut self, range: Range<usize>, inner: fn(&mut Self) -> Option<Node>) -> Option<Node> {
        if self.depth == DEEPEST {
            self.too_deep(range);
            return None;
        }
        self.depth += 1;
        let node = inner(self);
        self.depth -= 1;
        node
    }

    /// `( … )`, from its opening parenthesis.
    fn group(&mut self, open: Range<usize>) -> Option<Node> {
        self.at += 1;
        if self.take(&Token::Close) {
            let range = open.start..self.place_before();
            self.problems.add(
                range,
                "nothing stands between these parentheses".to_owned(),
                "write a word or a phrase",
            );
            return None;
        }
        let node = self.deeper(open.clone(), Parser::or);
        if !self.take(&Token::Close) {
            self.problems.add(open, "this parenthesis is not closed".to_owned(), "close it with `)`");
        }
        node
    }

    /// Says so once; nothing that follows would be understood.
    fn too_deep(&mut self, range: Range<usize>) {
        let message = format!("the query is nested over {DEEPEST} deep");
        self.problems.add(range, message, "split it into several rules");
        self.problems.hush();
        self.at = self.tokens.len();
    }

    fn missing(&mut self, range: Range<usize>) {
        let before = self.at.checked_sub(1).map(|before| &self.tokens[before]);
        let message = match before {
            None | Some((Token::Open, _)) => "this needs something on its left",
            Some(_) if self.peek().is_none() => "something is missing at the end",
            Some(_) => "something is missing before this",
        };
        self.problems.add(range, message.to_owned(), "write a word or a phrase on both sides of an operator");
    }

    fn join(
        &mut self,
        parts: Vec<Option<Node>>,
        join: fn(Vec<Node>) -> NodeKind,
        start: usize,
    ) -> Option<Node> {
        let parts: Vec<Node> = parts.into_iter().collect::<Option<_>>()?;
        Some(Node::one_or(parts, join, self.since(start)))
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn start(&self) -> usize {
        self.next_range().start
    }

    /// The bytes of the next token; the end of the query where there is none.
    fn next_range(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.end..self.end, |(_, range)| range.clone())
    }

    /// Where the token just read ends.
    fn place_before(&self) -> usize {
        self.at.checked_sub(1).and_then(|before| self.tokens.get(before)).map_or(0, |(_, range)| range.end)
    }

    fn since(&self, start: usize) -> Place {
        Place::Query(start as u32, self.place_before().max(start) as u32)
    }
}

/// Whether NEAR can measure from it.
fn is_operand(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Term(_) => true,
        NodeKind::Field(_, part) => is_operand(part),
        NodeKind::Or(parts) => parts.iter().all(is_operand),
        _ => false,
    }
}
