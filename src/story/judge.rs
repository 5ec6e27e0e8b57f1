//! The two questions: does an entry repeat another, and does it tell the same event? Candidates in, an answer out.
//!
//! Both are answered by weighing [`Signals`] (a logistic model whose weights were fitted to pairs of news that people
//! had judged). A copy is sure of its story; any other entry joins that of the entry it is most like.

use super::gist::Gist;
use super::signals::Signals;
use super::window::Window;

/// What was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The story it belongs to; none where it begins one.
    pub story: Option<i64>,
    /// The key of the entry that it repeats.
    pub copy_of: Option<i64>,
}

/// Decides about an entry.
pub fn place(window: &mut Window, gist: &Gist) -> Verdict {
    let (mut nearest, mut repeated) = (None, None);
    let (mut best, mut best_copy) = (SAME, COPY);
    for entry in window.candidates(gist) {
        let signals = Signals::of(gist, &entry.gist);
        let (same, copy) = (same(&signals), copy(&signals));
        if copy > best_copy {
            (repeated, best_copy) = (Some((entry.story, entry.key)), copy);
        }
        if same > best {
            (nearest, best) = (Some(entry.story), same);
        }
    }
    match repeated {
        Some((story, key)) => Verdict { story: Some(story), copy_of: Some(key) },
        None => Verdict { story: nearest, copy_of: None },
    }
}

/// From here on an entry tells the same event, as log odds.
const SAME: f32 = 0.0;
/// From here on it repeats the other's text.
const COPY: f32 = 0.0;

/// How sure it is that two entries tell one event.
pub fn same(signals: &Signals) -> f32 {
    2.7 * signals.words + 6.5 * signals.head + 3.3 * signals.title + 1.3 * signals.title_least
        - 0.16 * signals.hours
        - 1.2 * signals.outlet
        - 5.0
}

/// How sure it is that both go back to one text.
pub fn copy(signals: &Signals) -> f32 {
    3.4 * signals.shared.sqrt() + 3.0 * signals.contained + 5.5 * signals.words
        - 0.29 * signals.hours
        - 1.3 * signals.outlet
        - 6.6
}
