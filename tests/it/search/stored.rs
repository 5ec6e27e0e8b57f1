//! An archive of our own texts.

use rasid::store::{NewEntry, Poll, Store};
use rasid::text::key;

use crate::store::words::{Home, entry, poll};

/// Titles and texts, from the oldest to the newest.
pub(super) const TEXTS: [(&str, &str); 8] = [
    (
        "القوات الأجنبية تنسحب من قاعدتين",
        "أعلنت الوزارة أن القوات غادرت القاعدتين. وقال الناطق إن سحبها سيجري على مراحل.",
    ),
    ("برلمان وادان: لا مساومة على السيادة", "صوّت النوّاب على القانون، وحضر وليد الجلسة."),
    ("التحالف الدولي ينقل معداته", "نقلت قوات التحالف معدّاتها جنوبا. لم تنسحب بعد."),
    ("ارتفاع أسعار القمح", "قال وزير الزراعة إن المخزون يكفي عاما، وإن بيده الحلّ."),
    ("Wheat prices and COVID-19", "The minister spoke in Wadan; 2026 was dry."),
    (
        "انسحاب المنتخب من البطولة",
        "انسحب المنتخب بعد خلاف.\n\nقوات الأمن لم تتدخل. التحالف بين الناديين انتهى.",
    ),
    ("مسؤولون: شؤون الجرحى أولوية", "زار المسؤولون الجرحى، ووعدوهم بأدوية."),
    ("كلمة", "ببلدنا وبأيديهم كالبيان فليقل وسنسحبها للولد وللّه الأمر لأن بالبال ولبنان."),
];

/// As a poll brings it.
pub(super) fn new(number: u64, title: &str, text: &str) -> NewEntry {
    let mut new = entry(number, &[]);
    new.entry.title = title.into();
    new.entry.text = text.into();
    new.words = key::of_entry(title, text);
    new
}

/// The texts, each stored ten minutes after the one before it by a feed of its own.
pub(super) async fn archive(texts: &[(&str, &str)]) -> Home {
    let home = Home::new();
    let store = home.open();
    for (number, (title, text)) in texts.iter().enumerate() {
        let number = number as u64;
        let feed = if number.is_multiple_of(2) { "ina" } else { "nina" };
        let brought: Poll = poll(feed, 600 * number.cast_signed(), vec![new(number, title, text)]);
        store.commit(brought).await.unwrap();
    }
    store.close().await.unwrap();
    home
}
