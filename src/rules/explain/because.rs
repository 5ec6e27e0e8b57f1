//! Why a clause does not hold: what a program reads, and the sentence that people read.

use std::fmt;

use serde::Serialize;

use super::{Anatomy, Field, Hit};

/// A reason and its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Because {
    /// For programs.
    #[serde(flatten)]
    pub reason: Reason,
    /// For people: one line of English.
    pub text: String,
}

impl From<Reason> for Because {
    fn from(reason: Reason) -> Because {
        Because { text: reason.to_string(), reason }
    }
}

/// A stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A sentence.
    Sentence,
    /// A paragraph.
    Paragraph,
}

/// A term and the sentences or paragraphs that it stands in, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// As the rule writes it.
    pub term: String,
    /// Which field.
    pub field: Field,
    /// Numbers within the field, ascending.
    pub numbers: Vec<u32>,
}

/// Why a clause does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// A term stands nowhere.
    Absent,
    /// Of several terms none stands.
    NoneOf {
        /// How many there are.
        terms: usize,
    },
    /// It stands, but not in the field, sentence or paragraph that was looked at.
    Elsewhere {
        /// One place.
        hit: Hit,
    },
    /// It stands in the other field.
    OtherField {
        /// Where.
        stands: Field,
        /// Where it should.
        wanted: Field,
    },
    /// A word could be cut so that the term comes out, but is a word of its own.
    Whole {
        /// The word as written.
        word: String,
        /// The citation form of the word that it is.
        lemma: &'static str,
        /// How it would have been cut.
        cut: Anatomy,
    },
    /// A word that another sign would find.
    Level {
        /// The word as written.
        word: String,
        /// What to write instead.
        instead: String,
    },
    /// Words of a phrase that do not stand.
    Missing {
        /// As the rule writes them.
        words: Vec<String>,
    },
    /// All words of a phrase stand, but not one after the other in a sentence.
    Scattered,
    /// A longer name took the words.
    LongerName {
        /// The entity it belongs to.
        entity: String,
        /// The words as written.
        text: String,
    },
    /// A name stands, but nothing that it needs beside it.
    Needs {
        /// The name as written.
        text: String,
    },
    /// A name stands, but so does what makes it mean something else.
    Unless {
        /// The name as written.
        text: String,
        /// What makes it so, as written.
        context: String,
    },
    /// There is no such entity.
    UnknownEntity,
    /// A pair of NEAR is too far apart.
    Distance {
        /// The words between the nearest two.
        found: u32,
        /// How many there may be.
        most: u32,
        /// The left one of them in the text.
        left: Hit,
        /// The right one.
        right: Hit,
    },
    /// A pair of ONEAR stands in the other order.
    Order,
    /// A pair of NEAR overlaps or stands in two fields.
    Apart,
    /// Each pair of NEAR is near, but no chain goes through all.
    Chain,
    /// Its parts stand in different sentences or paragraphs.
    Divided {
        /// Which.
        unit: Unit,
        /// What stands where.
        standing: Vec<Standing>,
    },
    /// What may not stand does.
    Forbidden {
        /// The first place, where it has one.
        hit: Option<Hit>,
    },
    /// The weights of what stands do not reach the threshold.
    Score {
        /// What they add up to.
        reached: i64,
        /// What they have to.
        threshold: i64,
    },
    /// Too few places.
    Count {
        /// How many there are.
        found: u32,
        /// How many there must be.
        least: u32,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Absent => f.write_str("does not stand in the text"),
            Reason::NoneOf { terms } => write!(f, "none of the {terms} terms stands"),
            Reason::Elsewhere { hit } => {
                write!(f, "not here: it stands in sentence {} of the {}", hit.sentence, name(hit.field))
            }
            Reason::OtherField { stands, wanted } => {
                write!(f, "stands in the {}, the field is {}", name(*stands), name(*wanted))
            }
            Reason::Whole { word, lemma, cut } => {
                let which = if word == lemma { "one whole".to_owned() } else { isolated(lemma) };
                write!(f, "{} stands, which is {which}, not {cut}", isolated(word))
            }
            Reason::Level { word, instead } => {
                write!(f, "{} stands, which {} would match", isolated(word), isolated(instead))
            }
            Reason::Missing { words } => {
                let words: Vec<String> = words.iter().map(|word| isolated(word)).collect();
                let does = if words.len() == 1 { "does" } else { "do" };
                write!(f, "{} {does} not stand", words.join(" and "))
            }
            Reason::Scattered => f.write_str("its words stand, but not in a row within a sentence"),
            Reason::LongerName { entity, text } => {
                write!(f, "its name stands as part of a longer one: {} is @{entity}", isolated(text))
            }
            Reason::Needs { text } => {
                write!(f, "its name stands ({}), but none of its `needs` in that sentence", isolated(text))
            }
            Reason::Unless { text, context } => {
                let (text, context) = (isolated(text), isolated(context));
                write!(f, "its name stands ({text}), but so does {context} of its `unless`")
            }
            Reason::UnknownEntity => f.write_str("there is no such entity"),
            Reason::Distance { found, most, .. } => {
                let words = if *found == 1 { "word" } else { "words" };
                write!(f, "the distance was {found} {words}, at most {most} may stand between them")
            }
            Reason::Order => f.write_str("they stand near, but in the other order"),
            Reason::Apart => f.write_str("both stand, but in different fields or at the same words"),
            Reason::Chain => f.write_str("each pair stands near, but no chain goes through all of them"),
            Reason::Divided { unit, standing } => divided(f, *unit, standing),
            Reason::Forbidden { hit: Some(hit) } => {
                let (text, term) = (isolated(&hit.text), isolated(&hit.term));
                write!(f, "a word that it forbids stands: {text} (for {term})")
            }
            Reason::Forbidden { hit: None } => f.write_str("what it forbids holds"),
            Reason::Score { reached, threshold } => write!(f, "score {reached} of {threshold}"),
            Reason::Count { found, least } => write!(f, "found {found} of at least {least}"),
        }
    }
}

fn divided(f: &mut fmt::Formatter<'_>, unit: Unit, standing: &[Standing]) -> fmt::Result {
    const MOST: usize = 6;
    let unit = if unit == Unit::Sentence { "sentence" } else { "paragraph" };
    for (number, standing) in standing.iter().take(MOST).enumerate() {
        f.write_str(if number == 0 { "" } else { ", " })?;
        let numbers: Vec<String> = standing.numbers.iter().take(3).map(ToString::to_string).collect();
        let more = if standing.numbers.len() > numbers.len() { " …" } else { "" };
        write!(f, "{} in {unit} {}{more}", isolated(&standing.term), numbers.join(", "))?;
        if standing.field == Field::Title {
            f.write_str(" of the title")?;
        }
    }
    if standing.len() > MOST { write!(f, ", and {} more", standing.len() - MOST) } else { Ok(()) }
}

fn name(field: Field) -> &'static str {
    match field {
        Field::Title => "title",
        Field::Body => "body",
    }
}

/// Arabic within an English sentence, so that neither turns the other round.
pub(super) fn isolated(text: &str) -> String {
    let text = super::word::harmless(text);
    if text.is_ascii() { text } else { format!("\u{2068}{text}\u{2069}") }
}
