//! Nouns of a verb: principal parts in, masdars and participles out; and from such a noun back to its verb.
//!
//! Derived Forms make them regularly (Wright I, §§ 196–237; Ryding, ch. 5 and 6): the participles
//! have the imperfect with م for its prefix, the masdar a long ا before the last radical. Form I has
//! فاعل and مفعول, while its masdar is a fact of the lexicon.

use super::conjugation::{Parts, SHADDA};
use crate::text::lexicon::verbs::Entry;

/// Every masdar and participle, as it is spelled; a defective participle with and without its ي.
pub(super) fn nouns(parts: &Parts) -> Vec<String> {
    let mut nouns: Vec<String> = parts.entry.iter().flat_map(Entry::masdars).map(str::to_owned).collect();
    if nouns.is_empty() {
        nouns.extend(masdar(parts));
    }
    for participle in if is_first(parts) { of_first(parts) } else { of_derived(parts) } {
        if let [base @ .., 'ي'] = &participle[..]
            && base.len() > 2
        {
            nouns.push(base.iter().collect()); // متلق, whose plural is متلقون
        }
        nouns.push(participle.into_iter().collect());
    }
    nouns
}

/// Whether a verb is of Form I.
fn is_first(parts: &Parts) -> bool {
    match (&parts.perfect[..], &parts.imperfect[..]) {
        _ if parts.second => false,
        (['أ', ..], ['ي', second, ..]) if parts.doubled => matches!(second, 'أ' | 'ؤ'),
        ([first, ..], ['ي', 'ؤ', ..]) => *first != 'آ' && parts.perfect.len() <= 3,
        (perfect, _) => perfect.len() == if parts.doubled { 2 } else { 3 },
    }
}

/// فاعل and مفعول.
fn of_first(parts: &Parts) -> Vec<Vec<char>> {
    let third = parts.imperfect.iter().rev().nth(1).copied();
    match parts.perfect[..] {
        [a, b] => vec![vec![a, 'ا', b], vec!['م', a, b, 'و', b]],
        [a, 'ا', 'ء'] => vec![vec![a, 'ا', 'ئ', 'ي']],
        [a, 'ا', c] if third == Some('ي') => vec![vec![a, 'ا', 'ئ', c], vec!['م', a, 'ي', c]],
        [a, 'ا', c] => vec![vec![a, 'ا', 'ئ', c], vec!['م', a, 'و', c]],
        [a, b, 'ا'] => vec![active(a, b, 'ي'), vec!['م', a, b, 'و']],
        [a, b, 'ى' | 'ي'] => vec![active(a, b, 'ي'), vec!['م', a, b, 'ي']],
        [a, b, 'أ'] => vec![active(a, b, 'ئ'), vec!['م', a, b, 'و', 'ء']],
        [a, 'أ', c] => vec![vec![a, 'ا', 'ئ', c], vec!['م', a, 'ؤ', 'و', c]],
        [a, b, c] => vec![active(a, b, c), vec!['م', a, b, 'و', c]],
        _ => Vec::new(),
    }
}

fn active(a: char, b: char, c: char) -> Vec<char> {
    if a == 'أ' { vec!['آ', b, c] } else { vec![a, 'ا', b, c] }
}

/// م with what follows the prefix of the imperfect; the passive where its letters are others.
fn of_derived(parts: &Parts) -> Vec<Vec<char>> {
    let [_, body @ ..] = &parts.imperfect[..] else { return Vec::new() };
    let mut active = [&['م'], body].concat();
    let mut passive = active.clone();
    let last = active.len() - 1;
    match active[last] {
        'ى' => active[last] = 'ي',
        'ي' => passive[last] = 'ى',
        'ئ' => passive[last] = 'أ',
        _ if parts.is_hollow() => passive[last - 1] = 'ا',
        _ => {}
    }
    if active == passive { vec![active] } else { vec![active, passive] }
}

/// The masdar of a derived Form.
fn masdar(parts: &Parts) -> Option<String> {
    let perfect = &parts.perfect[..];
    let long = |first: &[char], last: char| match last {
        'ى' | 'أ' => [first, &['ا', 'ء']].concat(),
        last => [first, &['ا', last]].concat(),
    };
    let masdar = match perfect {
        _ if is_first(parts) => return None,
        ['ت', before @ .., 'ى'] => [&['ت'], before, &['ي']].concat(), // تلقي
        ['ت', ..] => perfect.to_vec(),                                // تقدم
        [a, b, 'ى'] if parts.second => vec!['ت', *a, *b, 'ي', 'ة'],   // تسمية
        [a, b, 'أ'] if parts.second => vec!['ت', *a, *b, 'ئ', 'ة'],   // تهنئة
        [a, b, c] if parts.second => vec!['ت', *a, *b, 'ي', *c],      // تنفيذ
        [_, 'ا', _, 'ى'] => [&['م'], &perfect[..3], &['ا', 'ة']].concat(), // مناداة
        [_, 'ا', ..] => [&['م'], perfect, &['ة']].concat(),           // مفاوضة
        ['أ', first, 'ا', last] => vec!['إ', *first, 'ا', *last, 'ة'], // إقامة
        ['أ', 'و', second, last] => long(&['إ', 'ي', *second], *last), // إيقاف
        ['أ', before @ .., last] if parts.doubled => [&['إ'], before, &[*last, 'ا', *last]].concat(), // إعداد
        ['أ', before @ .., last] => long(&[&['إ'], before].concat(), *last), // إعلان
        ['ا', 'س', 'ت', a, 'ا', last] => vec!['ا', 'س', 'ت', *a, 'ا', *last, 'ة'], // استقالة
        ['ا', 'س', 'ت', 'و', before @ .., last] => long(&[&['ا', 'س', 'ت', 'ي'], before].concat(), *last),
        ['ا', before @ .., 'ا', last] => [&['ا'], before, &['ي', 'ا', *last]].concat(), // اختيار
        ['ا', .., last] if parts.doubled => [perfect, &['ا', *last]].concat(),          // احتلال
        ['ا', before @ .., last] => long(&[&['ا'], before].concat(), *last),            // انسحاب
        _ => [perfect, &['ة']].concat(),                                                // عسكرة
    };
    Some(masdar.into_iter().collect())
}

/// The perfects that a noun may belong to by its shape.
pub(super) fn verbs_of(noun: &[char]) -> Vec<String> {
    let spelled = |parts: &[&[char]]| vec![parts.concat().into_iter().collect()];
    let second = |a: &char, b: &char, c: char| vec![[*a, *b, SHADDA, c].into_iter().collect()];
    match noun {
        [first @ .., 'ا', 'ء'] if first.len() >= 3 && matches!(first[0], 'ا') => spelled(&[first, &['ى']]),
        ['إ', first @ .., 'ا', 'ء'] => spelled(&[&['أ'], first, &['ى']]), // إعطاء
        ['إ', 'ي', b, 'ا', c] => spelled(&[&['أ', 'و', *b, *c]]),         // إيقاف
        ['إ', a, 'ا', c, 'ة'] => spelled(&[&['أ', *a, 'ا', *c]]),         // إقامة
        ['إ', a, b, 'ا', c] => spelled(&[&['أ', *a, *b, *c]]),            // إعلان
        ['ا', 'س', 'ت', a, 'ا', c, 'ة'] => spelled(&[&['ا', 'س', 'ت', *a, 'ا', *c]]), // استقالة
        ['ا', 'س', 'ت', a, b, 'ا', c] => spelled(&[&['ا', 'س', 'ت', *a, *b, *c]]), // استنكار
        ['ا', 'ن', a, b, 'ا', c] => spelled(&[&['ا', 'ن', *a, *b, *c]]),  // انسحاب
        ['ا', a, t @ ('ت' | 'ط' | 'د'), 'ي', 'ا', c] => spelled(&[&['ا', *a, *t, 'ا', *c]]), // اختيار
        ['ا', a, t @ ('ت' | 'ط' | 'د'), b, 'ا', c] => spelled(&[&['ا', *a, *t, *b, *c]]), // اقتراح
        ['ت', a, b, 'ي', 'ة'] => second(a, b, 'ى'),                       // تسمية
        ['ت', a, b, 'ي', c] => second(a, b, *c),                          // تنفيذ
        ['م', 'س', 'ت', body @ ..] if body.len() == 3 => spelled(&[&['ا', 'س', 'ت'], body]), // مستنكر
        ['م', 'ت', a, 'ا', b, c] => spelled(&[&['ت', *a, 'ا', *b, *c]]),  // متفاوض
        ['م', a, 'ا', b, c, 'ة'] => spelled(&[&[*a, 'ا', *b, *c]]),       // مفاوضة
        ['م', a, b, 'و', c] => spelled(&[&[*a, *b, *c]]),                 // مكتوب
        ['م', 'ن', a, b, c] => spelled(&[&['ا', 'ن', *a, *b, *c]]),       // منسحب
        ['م', a, t @ ('ت' | 'ط' | 'د'), b, c] => spelled(&[&['ا', *a, *t, *b, *c]]), // مقترح
        ['م', 'ت', a, b, c] => vec![['ت', *a, *b, SHADDA, *c].into_iter().collect()], // متمسك
        ['م', a, b, mark, c] if *mark == SHADDA => second(a, b, *c),      // منفّذ
        [a, 'ا', b, c] if !matches!(c, 'ي' | 'ة') => spelled(&[&[*a, *b, *c]]), // كاتب
        _ => Vec::new(),
    }
}
