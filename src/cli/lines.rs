//! JSON Lines: bytes in, one object a line out, each with its number.
//!
//! Lines of nothing but white space are passed over, though they count. A line that is no such object ends the
//! command with exit code 65 and its number.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::{Exit, Failure};

/// The longest line that is read: far over any article, far under any memory.
const LONGEST_LINE: u64 = 64 << 20;

/// Lines of the input with their numbers, from 1.
pub(super) struct Lines {
    input: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    pub(super) fn new(input: Box<dyn Read>) -> Lines {
        Lines { input: BufReader::with_capacity(1 << 16, input), line: Vec::new(), number: 0 }
    }

    /// The next line that is not blank, without its end. What was printed leaves before we wait for
    /// input, so that the program can stand in a pipe that is fed by hand.
    pub(super) fn next(&mut self, out: &mut impl Write) -> Result<Option<(u64, &[u8])>, Failure> {
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

/// What a line says; what was printed before leaves ahead of the complaint.
pub(super) fn parse<'a, T: Deserialize<'a>>(
    number: u64,
    line: &'a [u8],
    out: &mut impl Write,
) -> Result<T, Failure> {
    match read(line) {
        Ok(value) => Ok(value),
        Err(what) => {
            out.flush()?;
            Err(Failure::new(Exit::Data, format!("line {number}: {what}")))
        }
    }
}

fn read<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, String> {
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
pub(super) struct Id<'a>(pub(super) Cow<'a, str>);

/// A string; null is the empty one.
#[derive(Default)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

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
