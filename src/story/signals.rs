//! How alike two entries are: two gists in, a handful of numbers out, each of a kind that people can judge.

use super::gist::{Gist, Term};
use super::number;

/// What two entries have in common; `a` is the later one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signals {
    /// Cosine of all telling words, headline and lead weighing more.
    pub words: f32,
    /// Cosine of the words of headline and lead.
    pub head: f32,
    /// Of the text that repeats more of the other: which part of its runs of words.
    pub contained: f32,
    /// Which part of the runs of both is common.
    pub shared: f32,
    /// How much of a headline the other entry says, of that which says more.
    pub title: f32,
    /// The same of that which says less.
    pub title_least: f32,
    /// What rare words they share, as a logarithm.
    pub rare: f32,
    /// What names they share, as a logarithm.
    pub names: f32,
    /// How many numbers they share, as a logarithm.
    pub numbers: f32,
    /// 1 where both say numbers in headline or lead, and neither has one of the other's.
    pub conflict: f32,
    /// Hours between them, as a logarithm.
    pub hours: f32,
    /// 1 where one outlet published both.
    pub outlet: f32,
    /// The shorter text's length by the longer one's.
    pub length: f32,
}

/// Rarer than one entry in so many, as [`Term::idf`] says it.
const RARE: f32 = 4.5;
const RARE_NAME: f32 = 3.5;

impl Signals {
    /// Compares two entries.
    pub fn of(a: &Gist, b: &Gist) -> Signals {
        let mut signals = Signals::default();
        signals.compare_terms(&a.terms, &b.terms);
        signals.compare_shingles(a, b);
        signals.compare_numbers(&a.numbers, &b.numbers);
        let minutes = (i64::from(a.minute) - i64::from(b.minute)).unsigned_abs();
        signals.hours = (minutes as f32 / 60.0).ln_1p();
        signals.outlet = f32::from(a.outlet == b.outlet);
        let (least, most) = (a.words.min(b.words), a.words.max(b.words));
        signals.length = f32::from(least) / f32::from(most.max(1));
        signals
    }

    fn compare_terms(&mut self, a: &[Term], b: &[Term]) {
        let (mut all, mut head) = ([0.0f32; 3], [0.0f32; 3]);
        let mut titles = [(0.0f32, 0.0f32); 2]; // of each headline: the whole, and what the other says
        let (mut rare, mut names) = (0.0, 0.0);
        for (term, other) in joined(a, b, |term| term.key()) {
            let weights = [term, other].map(|term| term.map_or(0.0, Term::weight));
            add(&mut all, weights);
            let weights = [term, other].map(|term| term.filter(|term| term.in_head()).map_or(0.0, Term::idf));
            add(&mut head, weights);
            for (mine, title) in [term, other].into_iter().zip(&mut titles) {
                if let Some(mine) = mine.filter(|term| term.in_title()) {
                    title.0 += mine.idf();
                    title.1 += if term.is_some() && other.is_some() { mine.idf() } else { 0.0 };
                }
            }
            if let (Some(term), Some(_)) = (term, other) {
                rare += (term.idf() - RARE).max(0.0);
                if term.is_name() {
                    names += (term.idf() - RARE_NAME).max(0.0);
                }
            }
        }
        self.words = cosine(all);
        self.head = cosine(head);
        let [first, second] = titles.map(|(whole, said)| if whole > 0.0 { said / whole } else { 0.0 });
        self.title = first.max(second);
        self.title_least = first.min(second);
        self.rare = f32::ln_1p(rare);
        self.names = f32::ln_1p(names);
    }

    fn compare_shingles(&mut self, a: &Gist, b: &Gist) {
        let sampling = u32::from(a.sampling.max(b.sampling));
        let (mut of_a, mut of_b, mut both) = (0.0f32, 0.0f32, 0.0f32);
        for (one, other) in joined(&a.shingles, &b.shingles, |shingle| shingle) {
            if one.or(other).is_some_and(|shingle| shingle.trailing_zeros() >= sampling) {
                of_a += f32::from(one.is_some());
                of_b += f32::from(other.is_some());
                both += f32::from(one.is_some() && other.is_some());
            }
        }
        self.contained = both / of_a.min(of_b).max(1.0);
        self.shared = both / (of_a + of_b - both).max(1.0);
    }

    fn compare_numbers(&mut self, a: &[u32], b: &[u32]) {
        let is_head = |number: &u32| number & !number::KEY != 0;
        let (mut shared, mut met) = (0.0f32, false);
        for (one, other) in joined(a, b, |number| number & number::KEY) {
            if let (Some(one), Some(other)) = (one, other) {
                shared += 1.0;
                met |= is_head(&one) || is_head(&other);
            }
        }
        self.numbers = shared.ln_1p();
        let both = a.iter().any(is_head) && b.iter().any(is_head);
        self.conflict = f32::from(both && !met);
    }
}

fn add(sums: &mut [f32; 3], [a, b]: [f32; 2]) {
    sums[0] += a * b;
    sums[1] += a * a;
    sums[2] += b * b;
}

fn cosine([both, a, b]: [f32; 3]) -> f32 {
    if both > 0.0 { both / (a * b).sqrt() } else { 0.0 }
}

/// Goes through two sorted lists together: what stands in one, in the other, in both.
fn joined<'a, T: Copy>(
    mut a: &'a [T],
    mut b: &'a [T],
    key: impl Fn(T) -> u32 + 'a,
) -> impl Iterator<Item = (Option<T>, Option<T>)> + 'a {
    std::iter::from_fn(move || {
        let (first, second) = (a.first().copied(), b.first().copied());
        let order = match (first, second) {
            (None, None) => return None,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(first), Some(second)) => key(first).cmp(&key(second)),
        };
        let (in_a, in_b) = (order.is_le(), order.is_ge());
        a = &a[usize::from(in_a)..];
        b = &b[usize::from(in_b)..];
        Some((first.filter(|_| in_a), second.filter(|_| in_b)))
    })
}
