//! Templates that an administrator puts in the place of rasid's own.

use rasid::alert::telling::Telling;
use rasid::mail::message::{Templates, sample};

use super::{Told, entry, read, withdrawal};

fn replacing(name: &str, source: &str) -> Templates {
    Templates::replacing(vec![(name.into(), source.into())]).unwrap()
}

#[test]
fn one_template_is_replaced_and_the_others_stay() {
    let html = "<html lang=\"{{ phrases.lang }}\"><body>{% for section in sections %}{% for card in section.cards %}\
        <h1>{{ subject }}</h1>{% endfor %}{% endfor %}</body></html>";
    let stories = [Telling::alone(entry("<b>خبر</b> & \"آخر\"", "", &[("coalition", &["خبر"])]))];
    let mail = Told::new(&stories).mail_with(&replacing("alert.html", html));
    assert_eq!(mail.flaws, []);
    let read = read(&mail);
    assert!(
        read.html.contains("<h1>&lt;b&gt;خبر&lt;/b&gt; &amp; &quot;آخر&quot; — التحالف الدولي</h1>"),
        "HTML is escaped: {}",
        read.html
    );
    assert!(read.text.contains("التحالف الدولي"), "{}", read.text);
}

#[test]
fn a_template_that_fails_gives_way_to_the_built_in_one() {
    let stories = [Telling::alone(withdrawal())];
    for (source, line, message) in [
        ("{{ subject }}\n{{ nothing.at.all }}", Some(2), "undefined value"),
        ("{{ subject }}\n\n{{ subject|nofilter }}", Some(3), "unknown filter: filter nofilter is unknown"),
        ("{% include 'elsewhere.txt' %}", Some(1), "template not found"),
        ("  \n", None, "it writes nothing"),
    ] {
        let mail = Told::new(&stories).mail_with(&replacing("alert.txt", source));
        let [flaw] = &mail.flaws[..] else { panic!("{:?}", mail.flaws) };
        assert_eq!((flaw.template.as_str(), flaw.line), ("alert.txt", line), "{flaw}");
        assert!(flaw.message.starts_with(message), "{flaw}");
        assert_eq!(read(&mail).text, read(&Told::new(&stories).mail()).text);
    }
}

#[test]
fn what_cannot_be_compiled_is_refused() {
    let flaw =
        Templates::replacing(vec![("alert.html".into(), "{{ subject }}\n{% if %}".into())]).unwrap_err();
    assert_eq!((flaw.template.as_str(), flaw.line), ("alert.html", Some(2)), "{flaw}");
}

#[test]
fn every_template_is_tried_on_every_kind_of_message() {
    assert_eq!(sample::try_out(&Templates::default()), []);
    for (name, source) in [
        (
            "alert.txt",
            "{% for section in sections %}{% for card in section.cards %}{% for fact in card.news %}{{ fact.lable }}{% endfor %}{{ subject }}{% endfor %}{% endfor %}",
        ),
        ("alert.html", "{% if controls %}{{ controls[9].url }}{% endif %}{{ subject }}"),
        ("operator.txt", "{{ feeds[0].name }}"),
        ("notice.txt", "{{ subject }}{% if action %}{{ action.link }}{% endif %}"),
        ("notice.html", "{{ heading }}"),
    ] {
        let flaws = sample::try_out(&replacing(name, source));
        assert!(
            !flaws.is_empty() && flaws.iter().all(|flaw| flaw.template == name && flaw.line == Some(1)),
            "{name}: {flaws:?}"
        );
    }
}
