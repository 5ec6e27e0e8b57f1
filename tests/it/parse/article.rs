//! The text of a page, whatever the page.

use proptest::prelude::*;
use rasid::feed::article;

const PIECES: [&str; 34] = [
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<article class=post>",
    "</article>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<ul>",
    "<li>",
    "</ul>",
    "<a href='/x'>",
    "</a>",
    "<b>",
    "</b>",
    "<br>",
    "<br><br>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<svg>",
    "</svg>",
    "<math>",
    "<title>",
    "</title>",
    "<h1>",
    "</h1>",
    "<span id=\"a\" class='comment sidebar'>",
    "</span>",
    "انسحبت القوات من القاعدة، وأكدت الحكومة سيادة البلاد على أراضيها. ",
    "&amp; < > &lt;b&gt; \u{E000} ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_soup_of_tags_is_read_without_a_panic(pieces in prop::collection::vec(0..PIECES.len(), 0..120)) {
        let page: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        if let Some(text) = article::text(&page, "https://site.example/a/1") {
            let masked = text.chars().any(|c| ('\u{E000}'..='\u{E002}').contains(&c));
            prop_assert!(!masked);
            let before = "نص الخبر في المصدر.";
            prop_assert!(article::joined(before, &text).starts_with(before));
        }
    }
}
