//! The main text of a web page: HTML in, plain text out. Pure.
//!
//! What finds it (`dom_smoothie`, Readability's rules) builds a tree and is quadratic in its depth, so
//! that a page is first cut to a shape that costs nothing: well nested, of bounded depth and number of
//! elements, without scripts, styles and the formatting that a tree builder would repeat.

use dom_smoothie::{Config, Readability};

use crate::text::html;

mod shape;

/// Under so many characters there is no article, but a notice, a login or a script that would bring one.
const SHORTEST: usize = 120;
/// Characters that are kept of an article.
const LONGEST: usize = 200_000;
/// Paragraphs of the feed's own text under this length are too usual to be left out of the article.
const TELLING: usize = 24;

/// The main text of a page at `url`, paragraphs divided by blank lines; nothing where it has none.
pub fn text(page: &str, url: &str) -> Option<String> {
    let shaped = shape::shaped(page);
    let config =
        Config { disable_json_ld: true, max_elements_to_parse: shape::MOST_ELEMENTS, ..Config::default() };
    let found = Readability::new(shaped, Some(url), Some(config)).ok()?.parse().ok()?;
    let text = shape::restored(&html::text(&found.content));
    let text = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => &text[..end],
        None => &text,
    };
    (text.chars().count() >= SHORTEST).then(|| text.trim().to_owned())
}

/// The text of an entry with its article behind it. What stood before keeps its places; what the feed
/// said already is not said twice.
pub fn joined(entry: &str, article: &str) -> String {
    let said = |paragraph: &&str| paragraph.chars().count() >= TELLING && entry.contains(paragraph.trim());
    let fresh: Vec<&str> = article.split("\n\n").filter(|paragraph| !said(paragraph)).collect();
    let parts = [entry.to_owned(), fresh.join("\n\n")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str = "أعلنت قيادة القوات أن الوحدات المرابطة في القاعدة ستنسحب تباعا خلال الأسابيع المقبلة، وفق جدول اتفق عليه الطرفان. ";

    fn page(body: &str) -> String {
        let paragraph = SENTENCE.repeat(3);
        format!(
            "<!DOCTYPE html><html lang=ar><head><title>خبر</title><script>var a = '<p>لا</p>';</script></head><body>\
             <nav><ul><li><a href=/>الرئيسية</a><li><a href=/s>رياضة</a></ul></nav><div class=container>\
             <article class=post><h1>انسحاب القوات</h1><p>{paragraph}<p>{paragraph}<b>مهم</b> R&amp;D &lt;1 <a href=/x>رابط</a></p>{body}<p>{paragraph}</p></article>\
             <aside class=sidebar><h3>اقرأ أيضا</h3><ul><li><a href=/1>خبر آخر عن الطقس</a></ul></aside></div>\
             <footer>جميع الحقوق محفوظة</footer></body></html>"
        )
    }

    #[test]
    fn the_article_is_found_and_nothing_else() {
        let text = text(
            &page("<p>فقرة في الوسط عن السيادة الوطنية وعن مستقبل القاعدة الجوية بعد الانسحاب.</p>"),
            "https://site.example/1",
        )
        .unwrap();
        assert!(
            text.contains(SENTENCE.trim()) && text.contains("فقرة في الوسط") && text.contains("مهم"),
            "{text}"
        );
        for other in ["جميع الحقوق", "الطقس", "الرئيسية", "var a"] {
            assert!(!text.contains(other), "{other} in {text}");
        }
    }

    #[test]
    fn a_page_without_an_article_has_none() {
        for page in
            ["", "<html>", "<p>قصير</p>", "<script>render()</script><div id=app></div>", "كلمات بلا وسوم"]
        {
            assert_eq!(text(page, "https://site.example/1"), None, "{page}");
        }
    }

    #[test]
    fn hostile_pages_end_in_time() {
        let n = 200_000;
        let cases = [
            "<div>".repeat(n),
            "<b>".repeat(n),
            "<p><b id=1><i id=2>".repeat(n / 3),
            (0..n / 4).fold(String::new(), |all, n| all + "<p><font color=" + &n.to_string() + ">x"),
            "<table><tr><td>".repeat(n / 3),
            "<a href=x>".repeat(n),
            "<svg><math>".repeat(n / 2),
            "<div class=content><p>نص قصير".repeat(n / 4),
            "<ul><li>".repeat(n / 2),
            "<span>ا".repeat(n),
            "<div>ا، ب، ج</div>".repeat(n / 4),
            "<br>".repeat(n),
            "<select><option>".repeat(n / 2),
            "<template>".repeat(n),
            "<!--".repeat(n),
            format!("<p {}>", "a=b ".repeat(n)),
            "<".repeat(n),
            "</div>".repeat(n),
            "&".repeat(n),
        ];
        for case in cases {
            let whole = page(&case);
            let begun = std::time::Instant::now();
            let _ = text(&whole, "https://site.example/1");
            let took = begun.elapsed();
            let case: String = case.chars().take(20).collect();
            assert!(took < std::time::Duration::from_secs(30), "{took:?} for {case}…, which is not linear");
        }
    }

    #[test]
    fn what_the_feed_said_is_not_said_twice_and_keeps_its_places() {
        let lead = "انسحبت الوحدات من القاعدة الجوية أمس.";
        let joined_text = joined(lead, &format!("{lead}\n\nتفاصيل أخرى.\n\nأمس."));
        assert_eq!(joined_text, format!("{lead}\n\nتفاصيل أخرى.\n\nأمس."));
        assert_eq!((joined("", "أ"), joined("أ", "")), ("أ".to_owned(), "أ".to_owned()));
    }
}
