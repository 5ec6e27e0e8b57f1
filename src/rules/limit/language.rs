//! The language of an entry: what its feed says and the letters of its text in, whether it may be
//! one of some languages out.
//!
//! Feeds inherit `en-us` from the program that writes them, so the letters have a say: a language
//! that is not written in them is not believed. Where the feed says nothing to be believed, Arabic
//! letters are Arabic unless they are those of Persian or Urdu; Latin letters may be any language
//! that is written in them.

use super::Origin;

/// Letters looked at: a headline and the beginning of a text tell.
const LOOKED_AT: usize = 600;

/// Languages that are written in Arabic letters.
const ARABIC: [&str; 13] =
    ["ar", "ara", "fa", "fas", "per", "ur", "urd", "ps", "pus", "ckb", "ku", "ug", "sd"];

/// Languages that are written neither in Arabic nor in Latin letters, as far as news feeds name them.
const NEITHER: [&str; 19] = [
    "he", "ru", "uk", "bg", "sr", "mk", "be", "el", "hy", "ka", "am", "ti", "hi", "bn", "ta", "th", "zh",
    "ja", "ko",
];

/// Letters of Persian that Arabic does not write; Urdu writes them, too.
const PERSIAN: [char; 6] = ['پ', 'چ', 'ژ', 'گ', 'ک', 'ی'];
/// Letters of Urdu alone.
const URDU: [char; 7] = ['ٹ', 'ڈ', 'ڑ', 'ں', 'ے', 'ہ', 'ھ'];

/// Whether the language of an entry is, or may be, one of these.
pub(super) fn is_one_of(languages: &[String], origin: &Origin<'_>) -> bool {
    let letters = Letters::of(origin);
    let declared = origin.language.map(primary).filter(|language| letters.may_be(language));
    match (declared, letters.script()) {
        (Some(declared), _) => languages.contains(&declared),
        (None, Some(Script::Arabic)) => languages.iter().any(|language| same(language, letters.guess())),
        (None, Some(Script::Latin)) => languages.iter().any(|language| is_latin(language)),
        (None, None) => false,
    }
}

/// `ar` of `AR-iq`, and two letters for the languages whose three are in use.
fn primary(declared: &str) -> String {
    let first = declared.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    for short in ["ar", "fa", "ur"] {
        if same(&first, short) {
            return short.to_owned();
        }
    }
    first
}

fn same(language: &str, short: &str) -> bool {
    let long: &[&str] = match short {
        "ar" => &["ara"],
        "fa" => &["fas", "per"],
        _ => &["urd"],
    };
    language == short || long.contains(&language)
}

fn is_latin(language: &str) -> bool {
    !ARABIC.contains(&language) && !NEITHER.contains(&language)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Arabic,
    Latin,
}

/// How often letters of each kind stand in an entry.
#[derive(Default)]
struct Letters {
    arabic: usize,
    persian: usize,
    urdu: usize,
    latin: usize,
    other: usize,
}

impl Letters {
    fn of(origin: &Origin<'_>) -> Letters {
        let mut letters = Letters::default();
        let all = origin.title.chars().chain(origin.text.chars()).filter(|c| c.is_alphabetic());
        for c in all.take(LOOKED_AT) {
            match c {
                'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' => letters.latin += 1,
                '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{FB50}'..='\u{FEFC}' => {
                    letters.arabic += 1;
                    letters.urdu += usize::from(URDU.contains(&c));
                    letters.persian += usize::from(PERSIAN.contains(&c));
                }
                _ => letters.other += 1,
            }
        }
        letters
    }

    /// That of most letters; none where most are of another, or there are none.
    fn script(&self) -> Option<Script> {
        let most = self.arabic.max(self.latin).max(self.other);
        match most {
            0 => None,
            most if most == self.arabic => Some(Script::Arabic),
            most if most == self.latin => Some(Script::Latin),
            _ => None,
        }
    }

    /// Whether a text in these letters may be in a language.
    fn may_be(&self, language: &str) -> bool {
        match self.script() {
            Some(Script::Arabic) => ARABIC.contains(&language),
            Some(Script::Latin) => is_latin(language) && !language.is_empty(),
            None => true,
        }
    }

    /// Among the languages of Arabic letters. A name from Iran does not make a text Persian.
    fn guess(&self) -> &'static str {
        match self.arabic {
            all if self.urdu * 50 > all => "ur",
            all if self.persian * 50 > all => "fa",
            _ => "ar",
        }
    }
}
