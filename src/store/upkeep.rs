//! Forgetting what is old, in the store's words.

use jiff::Timestamp;

/// What may go. Held alerts, open messages and what these need stay in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Entries that came before lose their text, those that matched nothing go.
    pub entries: Option<Timestamp>,
    /// Entries that came before go with what matched.
    pub matches: Option<Timestamp>,
    /// Messages of before lose their bytes.
    pub messages: Option<Timestamp>,
    /// Where the database fills more bytes than this, the oldest goes whatever its age,
    pub size: u64,
    /// but not what came after this.
    pub spared: Timestamp,
}

/// What one step of forgetting did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    /// Entries that lost their text.
    pub stripped: usize,
    /// Entries that went; their names stay.
    pub buried: usize,
    /// Messages that lost their bytes, or went.
    pub messages: usize,
    /// Whether another step may find more.
    pub more: bool,
}

impl std::ops::AddAssign for Pruned {
    fn add_assign(&mut self, step: Pruned) {
        self.stripped += step.stripped;
        self.buried += step.buried;
        self.messages += step.messages;
        self.more = step.more;
    }
}

/// Bytes on the disk, without the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Space {
    /// The file.
    pub file: u64,
    /// Of the file, what is free for what comes.
    pub free: u64,
}

impl Space {
    /// What is stored.
    pub fn used(self) -> u64 {
        self.file.saturating_sub(self.free)
    }
}

/// Work that is done now and then, by the name under which its last time is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Forgetting what is old.
    Prune,
    /// The daily copy.
    Backup,
}
