//! Every stored entry of a stretch through rules, on all cores: what is asked of each in, the answers of
//! each thread out.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;

use indicatif::ProgressBar;

use super::{Failure, search};
use crate::config::Config;
use crate::rules::{Entity, Need, Rule};
use crate::store::sqlite::Archive;
use crate::store::{Archived, Numbers, Stretch};

/// Entries that a thread takes at once, so that none reads for long at one moment of the database: what a
/// daemon writes meanwhile could not be cleared away.
const PIECE: i64 = 4_096;

/// Where there are so many rules at most, the index is asked for the entries that may be meant.
const FEW: usize = 50;

/// Entries to be looked at.
#[derive(Debug)]
pub(super) struct Sweep<'a> {
    pub(super) database: &'a Path,
    pub(super) stretch: Stretch,
    pub(super) numbers: Numbers,
    pub(super) need: Need,
    pub(super) bar: ProgressBar,
}

impl Sweep<'_> {
    /// Calls `each` with every entry that may have what is needed; each thread has a state of its own.
    pub(super) fn run<T: Send>(
        &self,
        make: impl Fn() -> T + Sync,
        each: impl Fn(&mut T, &Archived) + Sync,
    ) -> Result<Vec<T>, Failure> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let next = AtomicI64::new(self.numbers.last);
        let work = || -> Result<T, Failure> {
            let archive = search::open(self.database)?;
            let mut state = make();
            while let Some(piece) = self.piece(&next, cores) {
                self.look(&archive, piece, |entry| each(&mut state, entry))?;
            }
            Ok(state)
        };
        let ends: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        self.bar.finish_and_clear();
        let broken = |_| Failure::new(super::Exit::Software, "a thread that evaluates rules has broken");
        ends.into_iter().map(|end| end.map_err(broken)?).collect()
    }

    /// The next entries to be looked at, from the newest to the oldest.
    fn piece(&self, next: &AtomicI64, cores: usize) -> Option<Numbers> {
        let all = self.numbers.last - self.numbers.first + 1;
        let size = match self.need {
            Need::Nothing => PIECE,
            // Asking the index costs the same for many entries as for few.
            _ => (all / i64::try_from(cores).unwrap_or(1) + 1).max(PIECE),
        };
        let last = next.fetch_sub(size, Ordering::Relaxed);
        let piece = Numbers { first: (last - size + 1).max(self.numbers.first), last };
        (last >= self.numbers.first).then_some(piece)
    }

    fn look(
        &self,
        archive: &Archive,
        piece: Numbers,
        mut each: impl FnMut(&Archived),
    ) -> Result<(), Failure> {
        let mut passed = piece.last;
        let count = |from: i64, to: i64| self.bar.inc(u64::try_from(from - to).unwrap_or_default());
        let looked = archive.look(&self.need, &self.stretch, piece, |entry| {
            count(passed, entry.id);
            passed = entry.id;
            each(&entry);
            ControlFlow::Continue(())
        });
        count(passed, piece.first - 1);
        Ok(looked?)
    }
}

/// What one of these rules needs to hold, where they are few.
pub(super) fn need<'r>(rules: impl ExactSizeIterator<Item = &'r Rule>, entities: &[Entity]) -> Need {
    if rules.len() > FEW {
        return Need::Nothing;
    }
    rules.map(|rule| Need::of(&rule.condition, entities)).fold(Need::Any(Vec::new()), Need::or)
}

/// Leaves of a config's rules those that were named, all where none were.
pub(super) fn keep_rules(config: &mut Config, named: &[String]) -> Result<(), Failure> {
    let rules = &mut config.matching.rules;
    if let Some(unknown) = named.iter().find(|id| !rules.iter().any(|rule| rule.id == **id)) {
        let message = format!("no rule is called `{unknown}`; the config names its rules by `id`");
        return Err(Failure::new(super::Exit::Usage, message));
    }
    if !named.is_empty() {
        rules.retain(|rule| named.contains(&rule.id));
    }
    Ok(())
}
