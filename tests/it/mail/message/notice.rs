//! Messages that tell of no story.

use rasid::config::Language;
use rasid::mail::message::{Notice, Occasion, Rendered, Templates, notice};

use super::{ID, Read, read_any};

fn about(language: Language, occasion: Occasion<'_>) -> Rendered {
    let from = "راصد <rasid@news.example>".parse().unwrap();
    let to = "amal@example.org".parse().unwrap();
    let created = "2026-11-23T08:06:10Z".parse().unwrap();
    notice(&Notice { from: &from, to: &to, language, occasion, created, id: ID }, &Templates::default())
        .unwrap()
}

#[test]
fn who_signs_up_confirms_it_by_a_link() {
    let link = "https://rasid.news.example/s/token";
    let occasion = Occasion::Confirm { link, hours: 24 };
    for (language, lang, subject, words) in [
        (Language::Ar, "ar", "أكّد اشتراكك في تنبيهات راصد", "إن لم تطلب ذلك فأهمل هذه الرسالة"),
        (
            Language::En,
            "en",
            "Confirm your subscription to alerts from rasid",
            "If it was not you, ignore this mail",
        ),
    ] {
        let Read { subject: said, text, html, raw } = read_any(&about(language, occasion));
        assert_eq!(said, subject);
        for body in [&text, &html] {
            assert!(body.contains(words) && body.contains(link) && body.contains("24"), "{body}");
        }
        assert!(text.contains("amal@example.org"), "{text}");
        assert!(
            raw.contains(&format!("Content-Language: {lang}\r\n"))
                && raw.contains("Auto-Submitted: auto-generated")
        );
        assert!(!raw.contains("List-"), "it is no mail of a list: {raw}");
    }
}

#[test]
fn the_operator_hears_of_a_suspension() {
    let address = "noor@example.net".parse().unwrap();
    let reply = "550 5.1.1\r\nBcc: v@example.net \u{202e}<script>";
    for language in [Language::Ar, Language::En] {
        let read = read_any(&about(language, Occasion::Suspended { address: &address, reply }));
        assert!(read.subject.contains("noor@example.net"), "{}", read.subject);
        let text = read.text.replace(['\u{2068}', '\u{2069}'], "");
        for promised in ["550 5.1.1 Bcc: v@example.net", "rasid subscribers resume"] {
            assert!(text.contains(promised), "no {promised} in {}", read.text);
        }
        assert!(!read.html.contains("<script") && read.html.contains("script"), "{}", read.html);
    }
}
