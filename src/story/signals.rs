//! How alike two entries are: two gists in, a handful of numbers out, each of a kind that people can judge.

use super::gist::{Gist, Term, is_sampled};
use super::number;

/// What two entries have in common.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Signals {
    /// Cosine of the words of headline and lead.
    pub head: f32,
    /// What the rarest word that both heads have said when the earlier entry came: what is new is rarer than
    /// what comes back every day.
    pub rarest: f32,
    /// How much of a headline the other entry says, of that of which it says more.
    pub title: f32,
    /// The same of the other headline.
    pub title_least: f32,
    /// 1 where both headlines say the same name.
    pub title_name: f32,
    /// How many headlines, 0 to 2, say a name that the other entry has not got at all.
    pub other_name: f32,
    /// How many headlines, 0 to 2, say a number that the other entry has not got at all.
    pub other_number: f32,
    /// Which part of its text one repeats of the other, of that which repeats more.
    pub contained: f32,
    /// The same of that which repeats less.
    pub contained_least: f32,
    /// Hours between them, as ln(1 + hours).
    pub hours: f32,
    /// 1 where one outlet published both.
    pub outlet: f32,
}

impl Signals {
    /// Compares two entries, the later one first.
    pub fn of(a: &Gist, b: &Gist) -> Signals {
        let (head, rarest) = heads(a, b);
        let titles = [Title::of(a, b), Title::of(b, a)];
        let [first, second] = titles.map(|title| title.said);
        let (contained, contained_least) = runs(a, b);
        let minutes = (i64::from(a.minute) - i64::from(b.minute)).unsigned_abs();
        Signals {
            head,
            rarest,
            title: first.max(second),
            title_least: first.min(second),
            title_name: f32::from(titles[0].shares_name),
            other_name: titles.map(|title| f32::from(title.has_other_name)).iter().sum(),
            other_number: f32::from(has_other_number(a, b)) + f32::from(has_other_number(b, a)),
            contained,
            contained_least,
            hours: (minutes as f32 / 60.0).ln_1p(),
            outlet: f32::from(a.outlet == b.outlet),
        }
    }
}

/// The cosine of two heads, and the rarest word of both.
fn heads(a: &Gist, b: &Gist) -> (f32, f32) {
    let (mut both, mut rarest) = (0.0f32, 0.0f32);
    for (term, other) in common(a.head(), b.head(), Term::key) {
        both += term.idf() * other.idf();
        rarest = rarest.max(other.idf());
    }
    (if both > 0.0 { both / (a.head_norm * b.head_norm) } else { 0.0 }, rarest)
}

/// A headline beside another entry.
#[derive(Debug, Clone, Copy)]
struct Title {
    /// How much of it the other says.
    said: f32,
    shares_name: bool,
    has_other_name: bool,
}

impl Title {
    fn of(gist: &Gist, other: &Gist) -> Title {
        let (mut whole, mut said) = (0.0, 0.0);
        let mut title = Title { said: 0.0, shares_name: false, has_other_name: false };
        for term in gist.head().iter().filter(|term| term.in_title()) {
            let found = other.term(term.key());
            whole += term.idf();
            said += if found.is_some() { term.idf() } else { 0.0 };
            if term.is_name() {
                title.shares_name |= found.is_some_and(Term::in_title);
                title.has_other_name |= found.is_none();
            }
        }
        title.said = if whole > 0.0 { said / whole } else { 0.0 };
        title
    }
}

/// Whether a headline says a number that another entry has not got.
fn has_other_number(gist: &Gist, other: &Gist) -> bool {
    let has = |key: u32| other.numbers.iter().any(|number| number & number::KEY == key);
    gist.numbers.iter().any(|number| number & number::TITLE != 0 && !has(number & number::KEY))
}

/// Which part of the text of each is in the other: the larger part, and the smaller.
fn runs(a: &Gist, b: &Gist) -> (f32, f32) {
    let sampling = a.sampling.max(b.sampling);
    let all = [a, b].map(|gist| f32::from(gist.all_runs) / f32::from(1u16 << (sampling - gist.sampling)));
    let both = common(&a.runs, &b.runs, u32::from).filter(|(run, _)| is_sampled(u32::from(*run), sampling));
    let both = both.count() as f32;
    let part = |whole: f32| (both / whole.max(1.0)).min(1.0);
    (part(all[0].min(all[1])), part(all[0].max(all[1])))
}

/// What stands in both of two sorted lists.
fn common<'a, T: Copy>(
    a: &'a [T],
    b: &'a [T],
    key: impl Fn(T) -> u32 + 'a,
) -> impl Iterator<Item = (T, T)> + 'a {
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        while let (Some(&first), Some(&second)) = (a.get(i), b.get(j)) {
            let (one, other) = (key(first), key(second));
            // Without branches, as which of the two is less is anyone's guess.
            i += usize::from(one <= other);
            j += usize::from(other <= one);
            if one == other {
                return Some((first, second));
            }
        }
        None
    })
}
