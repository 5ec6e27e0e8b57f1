//! Every form that a term accepts, for who wants to see before she relies on it: a term in, its words
//! with their forms by group out; and what it does not accept though people may expect it.
//!
//! Endings are spelled out, what stands around a form is listed once a group: a noun has a hundred
//! thousand forms otherwise.

use serde::Serialize;

use super::term::Kind;
use super::{Problem, Term, condition};
use crate::text::morphology::analysis::{self, Family, Form};
use crate::text::morphology::ending::{Ending, Pronoun};
use crate::text::morphology::proclitic::Proclitic;
use crate::text::morphology::{Level, Sense};
use crate::text::word::{Layout, Words};

/// A term and what it accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expansion {
    /// As written.
    pub term: String,
    /// How far it reaches.
    pub level: &'static str,
    /// Its words, in order.
    pub words: Vec<Expanded>,
}

/// One word of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expanded {
    /// As written.
    pub word: String,
    /// What it accepts; empty for a prefix.
    pub groups: Vec<Group>,
    /// What it does not accept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<Missed>,
}

/// Forms of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The citation form of the lemma, where it is known and not the word itself.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub lemma: &'static str,
    /// Which kind.
    pub kind: Inflection,
    /// Each without anything around it.
    pub forms: Vec<String>,
    /// Those that a pronoun may follow, each with ه for all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with_pronoun: Vec<String>,
    /// What may stand before them; و and ف may stand before each of these, too.
    pub proclitics: Vec<&'static str>,
}

/// Kinds of forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Inflection {
    /// The form alone.
    AsWritten,
    /// دولة
    Singular,
    /// عراقية, of عراقي
    Feminine,
    /// دولتان
    Dual,
    /// مهندسون, دول
    Plural,
    /// سحب, سحبت
    Perfect,
    /// يسحب, تسحبون
    Imperfect,
}

/// A form that people may expect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missed {
    /// The form.
    pub form: String,
    /// Why it is none of the word's.
    pub why: &'static str,
}

/// Every form that a term accepts. A `*` at its end makes it a prefix, as in a query.
pub fn expand(written: &str) -> Result<Expansion, Problem> {
    let term = match written.trim().strip_suffix('*') {
        Some(stem) if !stem.trim().contains(char::is_whitespace) => {
            Term::new(Kind::Prefix, written.trim(), written.trim())
        }
        _ => Term::listed(written),
    };
    let term = term.map_err(|fault| condition::problem(condition::Place::Rule, fault))?;
    let (name, level) = match term.kind() {
        Kind::Exact => ("exact", Some(Level::Exact)),
        Kind::Inflected => ("inflected", Some(Level::Inflected)),
        Kind::Family => ("family", Some(Level::Loose)),
        Kind::Prefix => ("prefix", None),
        Kind::Entity => {
            let fault = (format!("`{}` is an entity", term.written()), "expand one of its names instead");
            return Err(condition::problem(condition::Place::Rule, fault));
        }
    };
    let words = words(term.text()).into_iter();
    let words = words.map(|word| match level {
        None => Expanded { word, groups: Vec::new(), not: Vec::new() },
        Some(level) => Expanded { groups: groups(&word, level), not: missed(&word, level), word },
    });
    Ok(Expansion { term: term.written().to_owned(), level: name, words: words.collect() })
}

fn words(text: &str) -> Vec<String> {
    let mut words = Words::default();
    words.read(text, Layout::Line);
    let chars: Vec<char> = text.chars().collect();
    let word =
        |word: &crate::text::word::Word| chars[word.start as usize..word.end as usize].iter().collect();
    words.words().iter().map(word).collect()
}

fn groups(word: &str, level: Level) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let senses = analysis::senses(word, level);
    let accepts = |form: &str| is_accepted(form, &senses);
    for family in analysis::forms(word, level) {
        for form in &family.forms {
            let kind = if level == Level::Exact { Inflection::AsWritten } else { kind(&family, form) };
            let lemma = if family.lemma == word { "" } else { family.lemma };
            let known = groups.iter().position(|group| (group.lemma, group.kind) == (lemma, kind));
            let place = known.unwrap_or_else(|| {
                let (forms, with_pronoun, proclitics) = (Vec::new(), Vec::new(), Vec::new());
                groups.push(Group { lemma, kind, forms, with_pronoun, proclitics });
                groups.len() - 1
            });
            groups[place].add(&family, form, accepts);
        }
    }
    in_order(groups)
}

/// By lemma as they came, then by kind; without those that say nothing that another does not.
fn in_order(groups: Vec<Group>) -> Vec<Group> {
    let covers = |one: &Group, other: &Group| {
        one.kind != other.kind
            && one.lemma == other.lemma
            && other.with_pronoun.iter().all(|form| one.with_pronoun.contains(form))
            && other.forms.iter().all(|form| one.forms.contains(form))
    };
    let is_new = |group: &Group| !groups.iter().any(|other| covers(other, group));
    let kept: Vec<bool> = groups.iter().map(is_new).collect();
    let first = |lemma: &str| groups.iter().position(|group| group.lemma == lemma);
    let keys: Vec<_> = groups.iter().map(|group| (first(group.lemma), group.kind)).collect();
    let mut ordered: Vec<_> = groups.into_iter().zip(kept).zip(keys).collect();
    ordered.sort_by_key(|&(_, key)| key);
    ordered.into_iter().filter(|((_, kept), _)| *kept).map(|((group, _), _)| group).collect()
}

impl Group {
    /// Adds what may stand alone and before a pronoun, but for what is rather another word.
    fn add(&mut self, family: &Family, form: &Form, accepts: impl Fn(&str) -> bool) {
        let note = |list: &mut Vec<String>, text: String| {
            if !list.contains(&text) && accepts(&text) {
                list.push(text);
            }
        };
        let definite = !form.proclitics.contains(&Proclitic::Bare);
        if form.pronouns.contains(&Pronoun::None) {
            note(&mut self.forms, format!("{}{}", if definite { "ال" } else { "" }, form.text));
        }
        if let (true, Some(before)) = (form.pronouns.contains(&Pronoun::Any), form.ending.before_pronoun()) {
            let possessed = if form.ending == Ending::Bare { form.text.as_str() } else { &family.stem };
            let before = if form.ending == Ending::Bare { "" } else { before };
            note(&mut self.with_pronoun, format!("{possessed}{before}ه"));
        }
        for proclitic in form.proclitics.iter().flat_map(|proclitic| written(*proclitic)) {
            if !self.proclitics.contains(proclitic) {
                self.proclitics.push(proclitic);
            }
        }
    }
}

fn kind(family: &Family, form: &Form) -> Inflection {
    let is_verb = !form.proclitics.contains(&Proclitic::Preposition);
    if is_verb {
        let future = form.proclitics.contains(&Proclitic::Future);
        return if future { Inflection::Imperfect } else { Inflection::Perfect };
    }
    let has = |ending| family.forms.iter().any(|form| form.ending == ending);
    // What has another stem than its lemma is a broken plural.
    let bare = family.stem.strip_prefix("ال").filter(|bare| *bare == family.lemma).unwrap_or(&family.stem);
    let is_broken = !family.lemma.is_empty() && !family.lemma.starts_with(bare);
    match form.ending {
        Ending::An
        | Ending::Tan
        | Ending::Tin
        | Ending::ConstructA
        | Ending::ConstructTa
        | Ending::ConstructTi => Inflection::Dual,
        Ending::In | Ending::ConstructI if !has(Ending::Un) => Inflection::Dual,
        Ending::At | Ending::Un | Ending::In | Ending::ConstructU | Ending::ConstructI => Inflection::Plural,
        Ending::Ta if has(Ending::Bare) => Inflection::Feminine,
        Ending::Ta => Inflection::Singular,
        _ if is_broken || family.lemma.ends_with('ة') => Inflection::Plural,
        _ => Inflection::Singular,
    }
}

fn written(proclitic: Proclitic) -> &'static [&'static str] {
    match proclitic {
        Proclitic::Bare => &[],
        Proclitic::Preposition => &["ب", "ك"],
        Proclitic::Lam => &["ل"],
        Proclitic::Article => &["ال", "بال", "كال", "لل"],
        Proclitic::Future => &["س"],
    }
}

fn is_accepted(form: &str, senses: &[Sense]) -> bool {
    analysis::analyse(form, senses, true).is_some_and(|analysis| analysis.instead.is_none())
}

/// Other words that look like forms of this one.
fn missed(word: &str, level: Level) -> Vec<Missed> {
    if level != Level::Inflected {
        return Vec::new();
    }
    let senses = analysis::senses(word, level);
    let accepts = |form: &str| is_accepted(form, &senses);
    let stem = word.trim_end_matches(['ة', 'ا']);
    let mut missed = Vec::new();
    let candidates = [
        (format!("{word}ة"), "the feminine is another word"),
        (format!("{stem}ي"), "the nisba is another word"),
    ];
    for (form, why) in candidates {
        let is_word = analysis::forms(&form, level).iter().any(|family| family.lemma == form);
        if is_word && !accepts(&form) {
            missed.push(Missed { form, why });
        }
    }
    let family = of_family(word, accepts);
    let is_new = |form: &Missed| !missed.iter().any(|known: &Missed| known.form == form.form);
    let new: Vec<Missed> = family.into_iter().filter(is_new).collect();
    missed.extend(new);
    missed
}

/// The verb, masdar and participles of a word that is no form of them.
fn of_family(word: &str, accepts: impl Fn(&str) -> bool) -> Vec<Missed> {
    const MOST: usize = 8;
    let mut missed: Vec<Missed> = Vec::new();
    let mut is_derived = false;
    for family in analysis::forms(word, Level::Loose) {
        let Some(first) = family.forms.first() else { continue };
        // A noun that no lexicon knows was made up from the shape of the word.
        let made_up = family.lemma.is_empty() && first.proclitics.contains(&Proclitic::Preposition);
        let form = first.text.clone();
        if made_up || accepts(&form) || missed.iter().any(|known| known.form == form) {
            continue;
        }
        is_derived |= !family.lemma.is_empty();
        missed.push(Missed { form, why: "of its family: `~` finds it" });
    }
    // Without a derived noun the verb was guessed by its shape.
    missed.truncate(if is_derived { MOST } else { 0 });
    missed
}
