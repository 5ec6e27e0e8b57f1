//! What the rest of this room collects: a problem is bytes of the file, a key, and words.

use std::ops::Range;

/// Bytes of the file.
pub(super) type Span = Range<usize>;

/// Past this many nobody reads on.
const KEPT: usize = 500;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The config is refused.
    Error,
    /// The config is used, but something about it deserves a look.
    Warning,
}

/// One problem, before it is drawn.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) level: Level,
    /// Absent where the file as a whole is meant.
    pub(super) span: Option<Span>,
    /// The dotted path of the key concerned; empty where there is none.
    pub(super) key: String,
    /// What happened, lower case, no full stop, no secret.
    pub(super) message: String,
    /// What to do.
    pub(super) hint: Option<String>,
    /// Another place that belongs to it, and the words before its line number.
    pub(super) earlier: Option<usize>,
    pub(super) earlier_was: &'static str,
}

impl Found {
    /// An error of the file as a whole.
    pub(super) fn error(message: impl Into<String>) -> Found {
        Found {
            level: Level::Error,
            span: None,
            key: String::new(),
            message: message.into(),
            hint: None,
            earlier: None,
            earlier_was: "",
        }
    }

    /// An error at a place.
    pub(super) fn at(key: impl Into<String>, span: &Span, message: impl Into<String>) -> Found {
        Found { span: Some(span.clone()), key: key.into(), ..Found::error(message) }
    }

    /// Only a warning.
    pub(super) fn warning(self) -> Found {
        Found { level: Level::Warning, ..self }
    }

    /// With what to do.
    pub(super) fn hint(self, hint: impl Into<String>) -> Found {
        Found { hint: Some(hint.into()), ..self }
    }

    /// With what to do, where something is known.
    pub(super) fn maybe_hint(self, hint: Option<String>) -> Found {
        Found { hint, ..self }
    }

    /// With the place that was there before: `was` stands before the line number.
    pub(super) fn earlier(self, was: &'static str, span: &Span) -> Found {
        Found { earlier: Some(span.start), earlier_was: was, ..self }
    }
}

/// Why a single value cannot be meant: words without a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>) -> Wrong {
        Wrong { message: message.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Wrong {
        Wrong { hint: Some(hint.into()), ..self }
    }

    pub(super) fn at(self, key: impl Into<String>, span: &Span) -> Found {
        Found::at(key, span, self.message).maybe_hint(self.hint)
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<Found>,
    beyond: usize,
    errors: bool,
}

impl Problems {
    /// Adds one.
    pub(super) fn push(&mut self, found: Found) {
        self.errors |= found.level == Level::Error;
        if self.found.len() < KEPT {
            self.found.push(found);
        } else {
            self.beyond += 1;
        }
    }

    /// The value, or the problem added and nothing.
    pub(super) fn take<T>(
        &mut self,
        result: Result<T, Wrong>,
        key: impl FnOnce() -> String,
        span: &Span,
    ) -> Option<T> {
        result.map_err(|wrong| self.push(wrong.at(key(), span))).ok()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len() + self.beyond
    }

    /// Counts errors that nobody will read.
    pub(super) fn count(&mut self, more: usize) {
        self.errors = true;
        self.beyond += more;
    }

    /// Whether there are so many that more would not be kept.
    pub(super) fn are_plenty(&self) -> bool {
        self.found.len() >= KEPT
    }

    /// Whether the config is to be refused.
    pub(super) fn are_errors(&self) -> bool {
        self.errors
    }

    /// Those that were kept, and how many more there were.
    pub(super) fn into_parts(self) -> (Vec<Found>, usize) {
        (self.found, self.beyond)
    }
}

impl From<Found> for Problems {
    fn from(found: Found) -> Problems {
        let mut problems = Problems::default();
        problems.push(found);
        problems
    }
}
