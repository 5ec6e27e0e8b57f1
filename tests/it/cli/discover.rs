//! `rasid feeds discover`: a page in, its feeds out.

use serde_json::{Value, json};

use super::{json, place, with};
use crate::support::daemon::rss;
use crate::support::http::{Reply, Server};
use crate::support::program::run;

const ITEMS: &[(&str, &str, &str)] = &[("1", "بيان", "نص.")];
const ATOM: &str = "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='ar'><title>رياضة</title><entry><id>a</id>\
    <title>مباراة</title><updated>2026-11-20T10:00:00Z</updated></entry></feed>";

fn found(web: &Server, path: &str) -> Vec<Value> {
    let ended = with(&place(""), &["feeds", "discover", &web.url(path), "--format", "json"]);
    assert_eq!((ended.code, &*ended.stderr), (0, ""));
    json(&ended)["feeds"].as_array().expect("a list").clone()
}

fn urls(found: &[Value]) -> Vec<(&str, &str)> {
    found
        .iter()
        .map(|feed| (feed["how"].as_str().expect("how"), feed["url"].as_str().expect("a URL")))
        .collect()
}

#[test]
fn what_the_page_names_comes_first_and_everything_listed_was_read() {
    let web = Server::start();
    let page = r#"<!DOCTYPE html><html><head><title><link rel=alternate type=application/rss+xml href=/in-title></title>
        <base href="/ar/">
        <!-- <link rel="alternate" type="application/rss+xml" href="/in-comment"> -->
        <script>"<link rel=alternate type=application/rss+xml href=/in-script>"</script>
        <LINK REL='Alternate nofollow' TYPE='application/RSS+xml; charset=utf-8' HREF='main.xml?a=1&amp;b=2#x' title="أخبار">
        <link rel="alternate" type="application/atom+xml" href="sport.xml">
        <link rel="alternate" type="application/json+oembed" href="/oembed">
        <link rel="alternate" hreflang="en" href="/en">
        <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
        <link rel="alternate" type="application/rss+xml" href="/broken.xml">
        <link rel="stylesheet" href="/style.rss"></head>
        <body><a href="/politics/rss">سياسة</a><a href="/about">من نحن</a></body>"#;
    web.route("/", Reply::ok(page).header("Content-Type", "text/html; charset=utf-8"));
    web.feed("/ar/main.xml", &rss(ITEMS));
    web.route("/ar/sport.xml", Reply::ok(ATOM));
    web.feed("/politics/rss", &rss(&[("9", "سياسة", "نص.")]));
    web.feed("/feed", &rss(ITEMS)); // the same feed at a usual place
    web.route("/rss.xml", Reply::redirect(301, "/atom.xml"));
    web.feed("/atom.xml", &rss(&[("5", "قديم", "نص.")]));
    let found = found(&web, "/");
    let at = |path: &str| web.url(path);
    let (main, sport, politics, atom) =
        (at("/ar/main.xml?a=1&b=2"), at("/ar/sport.xml"), at("/politics/rss"), at("/atom.xml"));
    let expected = [("declared", &*main), ("declared", &*sport), ("linked", &*politics), ("guessed", &*atom)];
    assert_eq!(urls(&found), expected);
    assert_eq!(
        (&found[1]["format"], &found[1]["title"], &found[1]["language"]),
        (&json!("atom"), &json!("رياضة"), &json!("ar"))
    );
    assert_eq!((&found[1]["entries"], &found[1]["newest"]), (&json!(1), &json!("2026-11-20T10:00:00Z")));
    for never in ["/in-title", "/in-comment", "/in-script", "/oembed", "/en", "/style.rss", "/about"] {
        assert!(web.asked(never).is_empty(), "{never} is no feed");
    }
    assert!(web.most_at_once() <= 2, "a site is asked politely");
}

#[test]
fn a_page_that_lists_feeds_is_followed_once() {
    let web = Server::start();
    web.route("/", Reply::status(403));
    web.route("/rss", Reply::ok("<html><a href='/feeds/one.rss'>1</a><a href=/feeds/list>2</a></html>"));
    web.feed("/feeds/one.rss", &rss(ITEMS));
    web.route("/feeds/list", Reply::ok("<html><a href=/feeds/deep.rss>3</a></html>"));
    assert_eq!(urls(&found(&web, "/")), [("linked", &*web.url("/feeds/one.rss"))]);
    assert!(web.asked("/feeds/deep.rss").is_empty());
}

#[test]
fn a_feed_is_its_own_answer() {
    let web = Server::start();
    web.feed("/x.xml", &rss(ITEMS));
    assert_eq!(urls(&found(&web, "/x.xml")), [("itself", &*web.url("/x.xml"))]);
    assert!(web.asked("/feed").is_empty());
}

#[test]
fn a_page_in_a_legacy_encoding_is_read() {
    let web = Server::start();
    let page = "<meta charset=windows-1256><title>السيادة اليوم</title><link rel=alternate type=text/xml href=/سيادة.xml>";
    let (bytes, ..) = encoding_rs::WINDOWS_1256.encode(page);
    web.route("/", Reply::ok(bytes.into_owned()));
    web.feed("/%D8%B3%D9%8A%D8%A7%D8%AF%D8%A9.xml", &rss(ITEMS));
    assert_eq!(found(&web, "/").len(), 1);
}

#[test]
fn toml_is_ready_for_a_config_and_marks_what_that_has() {
    let web = Server::start();
    let page = "<link rel=alternate type=application/rss+xml href=/a.xml><link rel=alternate type=application/rss+xml href=/b.xml>";
    web.route("/", Reply::ok(page));
    web.feed("/a.xml", &rss(ITEMS));
    let hostile =
        "<rss><channel><title>a\"]]\n\u{202e}[smtp] 'x'</title><item><title>x</title></item></channel></rss>";
    web.route("/b.xml", Reply::ok(hostile));
    let known = place(&format!("[[feeds]]\nid = \"feed\"\nurl = \"{}\"", web.url("/a.xml")));
    let ended = with(&known, &["feeds", "discover", &web.url("/"), "--toml"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stdout.starts_with("# the config has it already as \"feed\"\n[[feeds]]\n"),
        "{}",
        ended.stdout
    );
    let other = place(&ended.stdout);
    let checked = with(&other, &["check"]);
    assert!(checked.stdout.contains("2 feeds"), "{} {}", checked.stderr, ended.stdout);
    let text = with(&known, &["feeds", "discover", &web.url("/")]).stdout;
    assert!(text.contains("the config has it as feed") && text.contains("named by the page"), "{text}");
}

#[test]
fn nothing_found_and_nothing_reached_are_failures_that_say_what_to_do() {
    let web = Server::start();
    web.route("/", Reply::ok("<html>لا شيء هنا</html>"));
    let ended = with(&place(""), &["feeds", "discover", &web.url("/")]);
    assert_eq!((ended.code, ended.stderr.contains("no feed found")), (1, true), "{}", ended.stderr);
    let refused = run(&["feeds", "discover", &web.url("/")], b"");
    assert_eq!((refused.code, refused.stderr.contains("loopback")), (1, true), "{}", refused.stderr);
    assert_eq!(run(&["feeds", "discover", "file:///etc/passwd"], b"").code, 2);
    web.route("/", Reply::redirect(302, "http://169.254.169.254/"));
    assert_eq!(run(&["feeds", "discover", &web.url("/")], b"").code, 1);
}

#[test]
fn a_page_of_any_depth_or_length_is_read_in_time() {
    let web = Server::start();
    let nested = "<div>".repeat(200_000) + "<link rel=alternate type=application/rss+xml href=/a.xml>";
    web.route("/", Reply::ok(nested + &"<a href=/rss/x.rss>".repeat(10_000)));
    web.feed("/a.xml", &rss(ITEMS));
    assert_eq!(urls(&found(&web, "/")), [("declared", &*web.url("/a.xml"))]);
}
