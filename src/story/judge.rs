//! The two questions: does an entry repeat another, and does it tell the same event? Candidates in, an answer out.
//!
//! Both are answered by weighing [`Signals`] (a logistic model whose weights were fitted to pairs of news that people
//! had judged). A copy is sure of its story; any other entry joins that of the entry it is most like.

use super::gist::Text;
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
pub fn place(window: &mut Window, text: &Text) -> Verdict {
    let (mut nearest, mut repeated) = (None, None);
    let (mut best, mut best_copy) = (SAME, COPY);
    let candidates = window.candidates(&text.gist, &text.lists);
    for entry in candidates.into_iter().filter_map(|place| window.at(place)) {
        let signals = Signals::of(&text.gist, &entry.gist);
        let copy = copy(&signals);
        if copy > best_copy && may_copy(&signals) {
            (repeated, best_copy) = (Some((entry.story, entry.key)), copy);
        }
        let same = same(&signals) - distance(window, entry.story, text.gist.minute);
        if same > best {
            (nearest, best) = (Some(entry.story), same);
        }
    }
    match repeated {
        Some((story, key)) => Verdict { story: Some(story), copy_of: Some(key) },
        None => Verdict { story: nearest, copy_of: None },
    }
}

/// What speaks against a story from which the entry is far: log odds for each third of the window after the first,
/// counted from where the story's entries lie on average, and everything after the last. So a story may grow as long
/// as it is told, while what comes back every day in the same words does not run on for ever.
fn distance(window: &Window, story: i64, minute: i32) -> f32 {
    let away = window.centre(story).map_or(0, |centre| minute.saturating_sub(centre).saturating_abs());
    let thirds = away as f32 * 3.0 / window.minutes().max(1) as f32;
    if thirds > 3.0 { f32::INFINITY } else { (thirds - 1.0).max(0.0) }
}

/// From here on an entry tells the same event, as log odds.
const SAME: f32 = 1.0;
/// From here on it repeats the other's text.
const COPY: f32 = 0.25;
/// So much of one of two texts is in the other where it is a copy; who tells one event in few words repeats less.
const REPEATED: f32 = 0.34;

/// Whether enough is repeated, and the headlines do not speak of two different names: greetings to two heads of state.
fn may_copy(signals: &Signals) -> bool {
    signals.contained >= REPEATED && signals.other_name < 2.0
}

/// How sure it is that two entries tell one event, as log odds.
pub fn same(signals: &Signals) -> f32 {
    4.3 * signals.head
        + 3.3 * signals.title
        + 1.4 * signals.title_least
        + 0.75 * signals.rarest
        + 1.4 * signals.title_name
        - 0.75 * signals.other_name
        - 0.95 * signals.other_number
        - 0.19 * signals.hours
        - 1.4 * signals.outlet
        - 5.7
}

/// How sure it is that both go back to one text, as log odds.
pub fn copy(signals: &Signals) -> f32 {
    4.4 * signals.contained + 5.2 * signals.contained_least + 2.8 * signals.head
        - 1.3 * signals.other_name
        - 0.37 * signals.hours
        - 1.9 * signals.outlet
        - 3.8
}
