//! Boilerplate: runs of words in, out of them those that any entry might have.
//!
//! Greetings to heads of state, verdicts, forecasts and bylines come in the same words each time, and two that share
//! them are not copies. A run that several entries had which repeat no other is such a formula. Counts are kept in
//! a table of fixed size, in which a stray run may be taken for another now and then, and they fade.

/// Counters, a power of two: several for each run of a busy window's.
const COUNTERS: usize = 1 << 21;
/// Entries that make a formula.
const OFTEN: u8 = 4;
/// After so many runs all counts are halved.
const FADE_AFTER: u32 = 1 << 22;

/// How often runs of words were met in entries that repeat no other.
#[derive(Debug)]
pub struct Formulas {
    counts: Box<[u8]>,
    learnt: u32,
}

impl Default for Formulas {
    fn default() -> Formulas {
        Formulas { counts: vec![0; COUNTERS].into(), learnt: 0 }
    }
}

impl Formulas {
    /// Whether a run is one.
    pub fn has(&self, run: u32) -> bool {
        self.counts[run as usize % COUNTERS] >= OFTEN
    }

    /// Counts the runs of an entry that repeats no other, each given once.
    pub fn learn(&mut self, runs: &[u32]) {
        for &run in runs {
            let count = &mut self.counts[run as usize % COUNTERS];
            *count = count.saturating_add(1);
        }
        self.learnt += runs.len() as u32;
        if self.learnt >= FADE_AFTER {
            self.learnt /= 2;
            self.counts.iter_mut().for_each(|count| *count /= 2);
        }
    }
}
