//! What was wrong with a document and was mended, bounded in number.

use super::Note;

/// Notes past this number are only counted.
const MOST: usize = 50;

/// Gathers notes in document order; the same fault is told once.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Vec<Note>,
    more: usize,
}

impl Notes {
    pub(super) fn add(&mut self, note: impl Into<String>) {
        let note = Note(note.into());
        if self.list.contains(&note) {
            return;
        }
        if self.list.len() < MOST {
            self.list.push(note);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn into_vec(mut self) -> Vec<Note> {
        if self.more > 0 {
            self.list.push(Note(format!("{} more notes are left out", self.more)));
        }
        self.list
    }
}
