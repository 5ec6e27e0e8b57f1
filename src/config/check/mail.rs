//! `[mail]`: the templates that an administrator puts in the place of rasid's own, read, compiled and
//! tried on sample messages.

use std::path::Path;

use crate::config::include::Source;
use crate::config::keys::nearest;
use crate::config::problem::{Found, Problems, Span};
use crate::config::{Mail, Surroundings, load, raw};
use crate::mail::message::{Flaw, TEMPLATES, Templates, sample};

/// Bytes of a template: a hundred times those of rasid.
const LARGEST: u64 = 1 << 20;

/// Files looked at in the folder of the templates.
const MOST: usize = 1_000;

const KEY: &str = "mail.templates";

/// `end` is where the first file that is read begins in the row of all texts; those files join `others`.
pub(super) fn mail(
    raw: &raw::Mail<'_>,
    around: &Surroundings,
    (end, others): (usize, &mut Vec<Source>),
    problems: &mut Problems,
) -> Option<Mail> {
    let Some(written) = &raw.templates else { return Some(Mail::default()) };
    let wrong = |message: String| {
        Found::at(KEY, &written.span, message)
            .hint("name the folder that holds the templates, such as \"templates\"")
    };
    if written.value.trim().is_empty() {
        problems.push(wrong("the path is empty".to_owned()));
        return None;
    }
    let folder = around.base.join(written.value.trim());
    let names = match names(&folder) {
        Ok(names) => names,
        Err(error) => {
            problems.push(wrong(format!("cannot look into {}: {error}", folder.display())));
            return None;
        }
    };
    for name in names.iter().filter(|name| !is_known(name)) {
        problems.push(stranger(name, &folder, &written.span));
    }
    let mut reading = Reading { folder: &folder, written: &written.span, end, sources: Vec::new(), problems };
    let known: Vec<&String> = names.iter().filter(|name| is_known(name)).collect();
    for name in &known {
        reading.read(name);
    }
    let sources = reading.sources;
    let templates = compiled(&sources, problems).filter(|_| sources.len() == known.len());
    others.extend(sources.into_iter().map(|(_, source)| source));
    templates.map(|templates| Mail { templates })
}

/// The names of the files in a folder that are templates, or could be meant as such.
fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder)?.take(MOST) {
        let name = file?.file_name().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|kind| kind == "html" || kind == "txt") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn is_known(name: &str) -> bool {
    TEMPLATES.iter().any(|(known, _)| *known == name)
}

fn stranger(name: &str, folder: &Path, span: &Span) -> Found {
    let known = TEMPLATES.iter().map(|(known, _)| *known);
    let hint = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("the templates are {}", known.collect::<Vec<_>>().join(", ")),
    };
    let message = format!("{} takes the place of no template", folder.join(name).display());
    Found::at(KEY, span, message).hint(hint).warning()
}

struct Reading<'r> {
    folder: &'r Path,
    /// Of the key.
    written: &'r Span,
    /// Where the next text begins.
    end: usize,
    /// By the name of the template.
    sources: Vec<(String, Source)>,
    problems: &'r mut Problems,
}

impl Reading<'_> {
    /// Reads a template, or says why not.
    fn read(&mut self, name: &str) {
        let path = self.folder.join(name);
        let file = path.display().to_string();
        // What is no file, such as a pipe, might never end.
        let read = match path.metadata() {
            Ok(metadata) if !metadata.is_file() => Err("it is no file".to_owned()),
            Ok(metadata) if metadata.len() > LARGEST => {
                Err(format!("no template is over {} MB", LARGEST >> 20))
            }
            _ => load::at_most(&path, LARGEST),
        };
        let bytes = match read {
            Ok(bytes) => bytes,
            Err(message) => {
                let found = Found::at(KEY, self.written, format!("cannot read {file}: {message}"));
                self.problems.push(found.maybe_hint(load::what_to_do(&path).map(Into::into)));
                return;
            }
        };
        let start = self.end;
        let (text, whole) = match std::str::from_utf8(&bytes) {
            Ok(text) => (text.to_owned(), true),
            Err(error) => {
                let at = start + error.valid_up_to();
                let found = Found::at(KEY, &(at..at), "the template is not UTF-8 from here on");
                self.problems.push(found.hint("save it as UTF-8"));
                (String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned(), false)
            }
        };
        self.end += text.len() + 1;
        self.sources.push((name.to_owned(), Source { file, text, start, whole }));
    }
}

/// The templates, if each of them can be compiled and tells every kind of message.
fn compiled(sources: &[(String, Source)], problems: &mut Problems) -> Option<Templates> {
    let own = |of: &(String, Source)| (of.0.clone(), of.1.text.clone());
    let tried = |own: Vec<(String, String)>| {
        let templates = Templates::replacing(own).map_err(|flaw| vec![flaw])?;
        let flaws = sample::try_out(&templates);
        if flaws.is_empty() { Ok(templates) } else { Err(flaws) }
    };
    // One by one first, since one that cannot be read hides what is wrong with the others.
    let whole = sources.iter().filter(|(_, source)| source.whole);
    let mut flaws: Vec<Flaw> = whole.filter_map(|source| tried(vec![own(source)]).err()).flatten().collect();
    let mut templates = None;
    if flaws.is_empty() {
        match tried(sources.iter().map(own).collect()) {
            Ok(all) => templates = Some(all),
            Err(together) => flaws = together,
        }
    }
    for flaw in &flaws {
        problems.push(found(flaw, sources));
    }
    templates.filter(|_| sources.iter().all(|(_, source)| source.whole))
}

/// A flaw at its line.
fn found(flaw: &Flaw, sources: &[(String, Source)]) -> Found {
    let hint = "docs/mail.md says what a template is given";
    let Some((_, source)) = sources.iter().find(|(name, _)| *name == flaw.template) else {
        return Found::error(format!("mail template {flaw}")).hint(hint);
    };
    let line = flaw.line.unwrap_or(1).max(1);
    let before: usize = source.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let text = source.text[before..].lines().next().unwrap_or_default();
    let start = source.start + before + (text.len() - text.trim_start().len());
    let span = start..(start + text.trim().len()).max(start);
    Found::at(KEY, &span, flaw.message.clone()).hint(hint)
}
