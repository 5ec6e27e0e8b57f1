//! Arabic text and rules out of a seed: words of roots and patterns, common words often, rare ones
//! seldom, clitics as news has them. The same seed gives the same on every machine.

/// A small generator of numbers (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// True in so many of a hundred.
    pub(crate) fn percent(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }
}

const FUNCTION: [&str; 16] = [
    "في", "من", "على", "إلى", "عن", "أن", "إن", "التي", "الذي", "هذا", "هذه", "بعد", "قبل", "مع", "كان",
    "بين",
];
const ROOT: [char; 24] = [
    'ب', 'ت', 'ج', 'ح', 'خ', 'د', 'ر', 'ز', 'س', 'ش', 'ص', 'ض', 'ط', 'ع', 'غ', 'ف', 'ق', 'ك', 'ل', 'م', 'ن',
    'ه', 'و', 'ي',
];
/// 1, 2 and 3 stand for the letters of the root.
const PATTERNS: [&str; 14] = [
    "123",
    "1ا23",
    "12ي3",
    "م12و3",
    "م123ة",
    "12ا3ة",
    "ت12ي3",
    "ا12ا3",
    "است12ا3",
    "م1ا23",
    "12و3",
    "123ي",
    "ا1ت2ا3",
    "من123",
];

/// Words from the commonest to the rarest.
pub(crate) struct Vocabulary {
    words: Vec<String>,
    /// How likely a text goes so far down the list, cumulated.
    weights: Vec<u64>,
}

/// Words of the list that texts are made of; the others stand only in rules.
const SPOKEN: usize = 12_000;

impl Vocabulary {
    pub(crate) fn new(size: usize, random: &mut Random) -> Vocabulary {
        let mut known = std::collections::HashSet::new();
        let mut words = Vec::with_capacity(size);
        while words.len() < size {
            let root = [(); 3].map(|()| ROOT[random.below(ROOT.len())]);
            let word: String = random
                .pick(&PATTERNS)
                .chars()
                .map(|c| c.to_digit(10).map_or(c, |place| root[place as usize - 1]))
                .collect();
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut total = 0;
        let weights = (1..=SPOKEN as u64).map(|rank| {
            total += 1_000_000_000 / (rank + 3);
            total
        });
        Vocabulary { weights: weights.collect(), words }
    }

    /// From the commonest to the rarest.
    pub(crate) fn word(&self, rank: usize) -> &str {
        &self.words[rank]
    }

    fn spoken(&self, random: &mut Random) -> &str {
        let at = random.next() % self.weights[SPOKEN - 1];
        &self.words[self.weights.partition_point(|&weight| weight < at).min(SPOKEN - 1)]
    }

    /// For a rule: one in a hundred is common.
    fn sought(&self, random: &mut Random) -> &str {
        let place = if random.percent(1) {
            15 + random.below(600)
        } else {
            8_000 + random.below(self.words.len() - 8_000)
        };
        &self.words[place]
    }
}

/// A text of about this many words.
pub(crate) fn text(words: usize, vocabulary: &Vocabulary, random: &mut Random) -> String {
    let mut text = String::new();
    for number in 1..=words {
        if random.percent(36) {
            text.push_str(random.pick(&FUNCTION));
        } else {
            let proclitic = match random.below(100) {
                0..30 => "ال",
                30..38 => "و",
                38..43 => "ب",
                43..47 => "ل",
                47..50 => "وال",
                50..53 => "بال",
                53..56 => "لل",
                _ => "",
            };
            text.push_str(proclitic);
            text.push_str(vocabulary.spoken(random));
            if proclitic.len() <= 2 && random.percent(8) {
                text.push_str(random.pick(&["ه", "ها", "هم", "ين", "ات"]));
            }
        }
        match number {
            _ if number % 90 == 0 => text.push_str(".\n\n"),
            _ if number % 18 == 0 => text.push_str(". "),
            _ if random.percent(4) => text.push_str("، "),
            _ => text.push(' '),
        }
    }
    text
}

/// One rule of the workload: what is to be any, none, and whether within a sentence.
pub(crate) struct Rule {
    pub(crate) any: Vec<String>,
    pub(crate) all: Vec<String>,
    pub(crate) none: Vec<String>,
    pub(crate) in_sentence: bool,
}

/// 60 % any of one to three words, 25 % phrases of two, 10 % two words in a sentence, 5 % any and none.
pub(crate) fn rules(count: usize, vocabulary: &Vocabulary, random: &mut Random) -> Vec<Rule> {
    (0..count)
        .map(|_| {
            let mut rule = Rule { any: vec![], all: vec![], none: vec![], in_sentence: false };
            let kind = random.below(100);
            let mut word = || vocabulary.sought(random).to_owned();
            match kind {
                0..60 => rule.any = (0..=kind % 3).map(|_| word()).collect(),
                60..85 => rule.any = vec![format!("{} {}", word(), word())],
                85..95 => {
                    rule.all = vec![word(), word()];
                    rule.in_sentence = true;
                }
                _ => {
                    rule.any = vec![word(), word()];
                    rule.none = vec![word()];
                }
            }
            rule
        })
        .collect()
}
