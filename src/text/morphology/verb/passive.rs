//! The passive, where it is spelled otherwise than the active: principal parts in, those of the passive out.
//!
//! Most passives differ in vowels alone (كُتب, يُكتب). The letters change with a weak radical
//! (قيل يقال, دُعي يُدعى, يوضع), with a hamza (يؤخذ, سُئل, أُنشئ يُنشأ) and in Forms III and VI
//! (شوهد, تُبودل): Wright I, §§ 74, 147, 159, 171; Ryding, ch. 38.

use super::conjugation::Parts;

/// The principal parts of the passive that are not those of the active.
pub(super) fn of(parts: &Parts) -> (Option<Vec<char>>, Option<Vec<char>>) {
    if parts.doubled || parts.imperfect.is_empty() {
        return (None, None);
    }
    let other = |form: Vec<char>, active: &[char]| (form != active).then_some(form);
    let perfect = other(perfect(parts), &parts.perfect);
    let imperfect = other(imperfect(parts), &parts.imperfect);
    if is_intransitive(parts) { (None, None) } else { (perfect, imperfect) }
}

/// Those that move and become, whose passive is not used: Form I hollow, with a causative in Form IV.
fn is_intransitive(parts: &Parts) -> bool {
    parts.perfect.len() == 3 && parts.is_hollow() && parts.intransitive
}

fn perfect(parts: &Parts) -> Vec<char> {
    let mut perfect = parts.perfect.clone();
    match perfect[..] {
        [_, 'ا', _, _] => perfect[1] = 'و',                // شوهد
        ['ت', _, 'ا', _, _] => perfect[2] = 'و',           // تبودل
        [_, 'أ', last] if last != 'ى' => perfect[1] = 'ئ', // سئل
        _ => {}
    }
    let last = perfect.len() - 1;
    match perfect[last] {
        'ى' | 'ا' => perfect[last] = 'ي',
        'أ' => perfect[last] = 'ئ',
        _ if parts.is_hollow() => perfect[last - 1] = 'ي',
        _ => {}
    }
    perfect
}

fn imperfect(parts: &Parts) -> Vec<char> {
    let mut imperfect = match (&parts.perfect[..], &parts.imperfect[..]) {
        (['و', _, _], ['ي', second, rest @ ..]) if *second != 'و' => [&['ي', 'و', *second], rest].concat(), // يوضع
        (['أ', _, _], ['ي', 'أ', rest @ ..]) => [&['ي', 'ؤ'], rest].concat(), // يؤخذ
        (_, imperfect) => imperfect.to_vec(),
    };
    let last = imperfect.len() - 1;
    match imperfect[last] {
        'ي' | 'و' => imperfect[last] = 'ى',
        'ئ' => imperfect[last] = 'أ',
        _ if parts.is_hollow() => imperfect[last - 1] = 'ا',
        _ => {}
    }
    imperfect
}
