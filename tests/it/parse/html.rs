//! HTML to plain text.

use std::borrow::Cow;

use proptest::prelude::*;
use rasid::text::html::{escape, line, text, unescape};

#[track_caller]
fn check(html: &str, expected: &str) {
    assert_eq!(text(html), expected, "{html}");
}

#[test]
fn plain_text_stays_as_it_is() {
    for plain in ["", "خبر", "سطر\nسطر\n\nفقرة", "a > b", "مسافتان  هنا", "5 < 7"] {
        check(plain, plain);
    }
    assert!(matches!(text("نص بلا وسوم"), Cow::Borrowed(_)));
    check("  حواف \n", "حواف");
    check("سطر\r\nسطر\rسطر", "سطر\nسطر\nسطر");
    check("أ &amp; ب\nج &lt;د&gt;", "أ & ب\nج <د>");
}

#[test]
fn blocks_make_paragraphs_and_breaks_make_lines() {
    check("<p>أ</p><p>ب</p>", "أ\n\nب");
    check("أ<p>ب", "أ\n\nب");
    check("<div><div>أ</div>\n ب</div>ج", "أ\n\nب\n\nج");
    check("<h2>عنوان</h2>نص", "عنوان\n\nنص");
    check("أ<br>ب<br/>ج<BR />د", "أ\nب\nج\nد");
    check("أ<br><br>ب", "أ\n\nب");
    check("<blockquote>أ</blockquote>ب<hr>ج", "أ\n\nب\n\nج");
    check("<p></p><p> </p><p>أ</p>", "أ");
    check("<x:p>أ</x:p>ب", "أ\n\nب");
}

#[test]
fn lists_and_tables() {
    check("قبل<ul><li>أ</li><li>ب<li>ج</ul>بعد", "قبل\n\nأ\nب\nج\n\nبعد");
    check("<table><tr><td>أ</td><td>ب</td></tr><tr><th>ج</th><td>د</td></tr></table>", "أ\tب\nج\tد");
}

#[test]
fn blanks_collapse_and_inline_markup_leaves_no_trace() {
    check("<b>أ</b><i>ب</i> <span>\n\t ج&nbsp;&nbsp;د </span>", "أب ج د");
    check("<pre>سطر\nسطر\n\nفقرة</pre>", "سطر\nسطر\n\nفقرة");
    check("أ&#10;<b>ب</b>", "أ ب");
}

#[test]
fn what_is_never_shown_is_left_out() {
    check(
        "أ<script>var a = '<p>x</p>';</script>ب<STYLE>p{}</style >ج<!-- <p>لا</p> -->د<template>هـ</template>",
        "أبجد",
    );
    check("<!DOCTYPE html><?xml version='1.0'?><p>أ</p>", "أ");
    check("<p><![CDATA[أ ]]>ب</p>", "أ ب");
    check("<svg:title/>أ<wbr>ب", "أب");
}

#[test]
fn references_resolve_and_what_is_none_stays() {
    check(
        "&lt;p&gt; &amp;amp; &eacute; &#1571; &#x628; &#x1F600; &unknown; &",
        "<p> &amp; é أ ب 😀 &unknown; &",
    );
    check("<a href='?a=1&b=2'>أ</a>&b=2 &copy=3 &#; &#x; &#99999999;", "أ&b=2 &copy=3 &#; &#x; \u{FFFD}");
    check("&#55357;&#56832;&#0;&#146;&#xD800;", "😀’\u{FFFD}");
    assert_eq!(unescape("AT&T &lt;"), "AT&T <");
}

#[test]
fn broken_markup_loses_no_text() {
    check("أ < ب <3 <= <> </> <عاجل> ج", "أ < ب <3 <= <> </> <عاجل> ج");
    check("<p>أ<p", "أ");
    check("<p>نص <a href=\"http://x", "نص");
    check("<p>x<y ثم <b>ب</b>", "x<y ثم ب");
    check("<p class=\"أ>ب</p> ج", "ب\n\nج");
    check("<p title=\"a > b\">أ</p>", "أ");
    check("<b>أ<!-- ب <b>ج", "أ ب ج");
    check("<b>أ</b><script>ب", "أب");
    check("<p it's>أ</p>ب", "أ\n\nب");
}

#[test]
fn headlines_are_one_line_and_keep_what_only_looks_like_markup() {
    for (html, expected) in [
        ("خبر <b>عاجل</b><br>الآن", "خبر عاجل الآن"),
        ("  سطر\n\tسطر\u{2028}سطر  ", "سطر سطر سطر"),
        ("Vec<T> و <foo@bar.example>", "Vec<T> و <foo@bar.example>"),
        ("أ&nbsp;&amp;<p>ب</p>", "أ & ب"),
        ("كما هو", "كما هو"),
        ("x<y", "x<y"),
    ] {
        assert_eq!(line(html), expected, "{html}");
    }
}

/// Each would take minutes if anything were searched for again and again.
#[test]
fn hostile_markup_costs_linear_time() {
    let size = 100_000;
    for piece in [
        "<",
        "<a ",
        "<a \"",
        "<a \">\" ",
        "<a =\"",
        "<!--",
        "<!-- >",
        "<script>",
        "<a href='",
        "&",
        "&#",
        "<div>",
        "</",
        "<![CDATA[",
        "<x=\">\"",
        "<p =\">\" ",
    ] {
        let html = format!("بداية <b>ن</b> {} نهاية", piece.repeat(size / piece.len()));
        assert!(text(&html).starts_with("بداية"), "{piece}");
        assert!(line(&html).starts_with("بداية"), "{piece}");
        unescape(&html);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn escaped_text_comes_back(plain in "[ -~\u{621}-\u{64A}،؟\n]{0,80}") {
        prop_assert_eq!(text(&escape(&plain)).into_owned(), plain.trim());
    }

    #[test]
    fn any_markup_gives_clean_text(html in "([<>&/!'\"=;#-]|p|br|script|a|div|style|td|\u{628}|\u{644}| |\n|CDATA|\\[|\\]){0,60}") {
        let plain = text(&html);
        prop_assert_eq!(plain.trim(), &*plain);
        let one = line(&html);
        prop_assert!(!one.contains(['\n', '\t']) && !one.contains("  "), "{:?}", one);
    }

    /// Letters outside of tags are never lost.
    #[test]
    fn letters_survive(words in prop::collection::vec("[\u{628}-\u{64A}]{1,6}", 1..8), tags in prop::collection::vec("</?(p|b|br|td|li|span|x)( [a-z]=\"[<>]?\")?>", 8)) {
        let html: String = words.iter().zip(&tags).flat_map(|(word, tag)| [&**word, &**tag]).collect();
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).collect::<String>();
        prop_assert_eq!(letters(&text(&html)), words.concat());
    }
}
