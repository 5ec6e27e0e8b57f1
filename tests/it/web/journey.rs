//! What the links of a mail do, and undo.

use crate::store::words::peek;
use crate::support::daemon::{Place, eventually, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;
use crate::support::visitor::{free_port, get, post, post_as};

use super::{AMAL, BADR, links, path, settings};

fn chosen(place: &Place, column: &str) -> bool {
    let count: i64 = peek(
        &place.path("rasid.db"),
        &format!("SELECT count(*) FROM subscribers WHERE name = '{AMAL}' AND {column} IS NOT NULL"),
    );
    count == 1
}

#[test]
fn each_link_shows_what_it_does_does_it_at_a_post_and_undoes_it() {
    let (relay, port) = (SmtpServer::start(), free_port());
    let place = Place::new(&settings(&relay, port));
    let running = place.start();
    running.wait_log(&["listening"]);
    let links = links(&place.path("rasid.db"), port);
    let cases = [
        (
            links.unsubscribe(AMAL),
            "unsubscribed",
            "ألغِ اشتراكي",
            "أُلغي اشتراكك",
            "أعد اشتراكي",
            "عاد اشتراكك",
        ),
        (links.pause(AMAL), "paused_until", "أوقف البريد", "حتى \u{2066}20", "استأنف الآن", "استؤنف البريد"),
        (
            links.digest(AMAL),
            "digest",
            "رسالة يومية",
            "رسالة واحدة في اليوم",
            "أعدها كما كانت",
            "عادت الرسائل",
        ),
    ];
    for (link, column, button, done, undo, undone) in cases {
        let path = path(&link);
        for _ in 0..2 {
            let page = get(port, path);
            assert_eq!(page.status, 200);
            assert!(page.body.contains(button) && page.body.contains("dir=\"rtl\""), "{}", page.body);
            assert!(!chosen(&place, column), "a GET changes nothing");
        }
        for _ in 0..2 {
            let page = post(port, path, "do=it");
            assert!(page.status == 200 && page.body.contains(done) && page.body.contains(undo), "{page:?}");
            assert!(chosen(&place, column));
        }
        let page = get(port, path);
        assert!(page.body.contains(undo) && !page.body.contains(button), "the way back: {}", page.body);
        for _ in 0..2 {
            let page = post(port, path, "do=undo");
            assert!(page.status == 200 && page.body.contains(undone), "{page:?}");
            assert!(!chosen(&place, column));
        }
    }
    post(port, path(&links.unsubscribe(AMAL)), "do=it");
    for (link, column) in [(links.pause(AMAL), "paused_until"), (links.digest(AMAL), "digest")] {
        let page = post(port, path(&link), "do=it");
        assert!(page.body.contains("أُلغي اشتراكك"), "{}", page.body);
        assert!(!chosen(&place, column), "who is unsubscribed has nothing to choose");
    }
    let page = get(port, path(&links.unsubscribe(BADR)));
    assert!(page.body.contains("Unsubscribe me") && page.body.contains("lang=\"en\""), "{}", page.body);
    assert_eq!(page.header("content-language"), Some("en"));
    let page = get(port, path(&links.unsubscribe("nobody@example.org")));
    assert!(page.status == 200 && page.body.contains("is not subscribed"), "{page:?}");
    assert!(!running.log().contains(path(&links.pause(AMAL))), "no link in the log");
    assert_eq!(running.stop().code, 0);
}

#[test]
fn one_click_of_a_mail_program_unsubscribes_without_a_cookie_and_outlives_a_restart() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص.")]));
    let place = Place::new(&settings(&relay, port).feed("a", &web.url("/a.xml")));
    let running = place.start();
    relay.wait_for(2);
    let links = links(&place.path("rasid.db"), port);
    let (amal, badr) = (links.unsubscribe(AMAL), links.unsubscribe(BADR));
    let answer = post(port, path(&amal), "List-Unsubscribe=One-Click");
    assert_eq!((answer.status, answer.header("set-cookie")), (200, None));
    running.kill();

    let running = place.start();
    web.feed("/a.xml", &rss(&[("2", "التحالف الدولي ثانية", "نص.")]));
    let mails = relay.wait_for(3);
    assert_eq!(mails[2].to, [BADR]);
    let multipart =
        "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    assert_eq!(post_as(port, path(&badr), "multipart/form-data; boundary=b", multipart).status, 200);
    web.feed("/a.xml", &rss(&[("3", "التحالف الدولي ثالثة", "نص.")]));
    running.wait_log(&["new=1"]);
    let why = "SELECT count(*) FROM alerts WHERE ended = 'unsubscribed' AND entry = 3";
    eventually("the alerts end", || (peek::<i64>(&place.path("rasid.db"), why) == 2).then_some(()));
    assert_eq!(running.stop().code, 0);
    assert_eq!(relay.log().mails().len(), 3);
}

#[test]
fn what_comes_during_a_pause_is_kept_and_told_in_one_message() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص.")]));
    let place = Place::new(&settings(&relay, port).feed("a", &web.url("/a.xml")));
    let running = place.start();
    relay.wait_for(2);
    let pause = links(&place.path("rasid.db"), port).pause(AMAL);
    assert_eq!(post(port, path(&pause), "do=it").status, 200);
    web.feed("/a.xml", &rss(&[("2", "التحالف الدولي ثانية", "نص.")]));
    relay.wait_for(3);
    web.feed("/a.xml", &rss(&[("3", "التحالف الدولي ثالثة", "نص.")]));
    let mails = relay.wait_for(4);
    assert!(mails[2..].iter().all(|mail| mail.to == [BADR]), "{mails:?}");
    assert_eq!(post(port, path(&pause), "do=undo").status, 200);
    let mails = relay.wait_for(5);
    let text = String::from_utf8_lossy(&mails[4].bytes);
    assert_eq!(mails[4].to, [AMAL]);
    for entry in ["https://news.example/2", "https://news.example/3"] {
        assert!(text.contains(entry), "{entry} is missing in {text}");
    }
    assert_eq!(running.stop().code, 0);
    assert_eq!(relay.log().mails().len(), 5);
}

#[test]
fn pages_move_with_the_config_and_a_place_that_is_taken_is_refused() {
    let (relay, port, other) = (SmtpServer::start(), free_port(), free_port());
    let place = Place::new(&settings(&relay, port));
    let running = place.start();
    running.wait_log(&["listening"]);
    let link = links(&place.path("rasid.db"), port).pause(AMAL);
    assert_eq!(get(port, path(&link)).status, 200);

    place.configure(&settings(&relay, other).toml());
    running.signal("HUP");
    running.wait_log_times(&["listening"], 2);
    assert_eq!(get(other, path(&link)).status, 200, "the links of old mails hold");
    eventually("the old place closes", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err().then_some(())
    });

    let taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    place.configure(&settings(&relay, port).toml());
    running.signal("HUP");
    running.wait_log(&["the old one stays in force", "cannot listen on 127.0.0.1"]);
    assert_eq!(get(other, path(&link)).status, 200);
    assert_eq!(running.stop().code, 0);

    let refused = crate::support::daemon::Daemon::start(place.command(&["run"])).wait();
    assert_eq!(refused.code, 74);
    let last = refused.log.lines().last().unwrap();
    assert!(last.starts_with("rasid: cannot listen on 127.0.0.1:") && last.contains("[http]"), "{last}");
    drop(taken);
}

#[test]
fn mail_that_waits_for_a_relay_ends_where_its_reader_unsubscribes() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص.")]));
    let place = Place::new(&settings(&relay, port).feed("a", &web.url("/a.xml")));
    relay.down();
    let running = place.start();
    running.wait_log(&["cannot be used"]);
    let unsubscribe = links(&place.path("rasid.db"), port).unsubscribe(AMAL);
    assert_eq!(post(port, path(&unsubscribe), "List-Unsubscribe=One-Click").status, 200);
    relay.up();
    running.wait_log(&["not wanted any more", "unsubscribed"]);
    let mails = relay.wait_for(1);
    assert_eq!(mails[0].to, [BADR]);
    assert_eq!(running.stop().code, 0);
    assert_eq!(relay.log().mails().len(), 1);
}

#[test]
fn a_muted_story_is_told_to_that_reader_no_more_and_others_are() {
    let text = "أعلن التحالف الدولي يوم الأربعاء أنه سلّم قاعدة الرمل الجوية إلى القوات المحلية بعد اجتماع دام ثلاث \
                ساعات في مدينة الناصرية، وقال المتحدث باسمه إن ٢٤٠ جنديا غادروا القاعدة على متن ست طائرات نقل.";
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يسلم قاعدة الرمل الجوية", text)]));
    web.feed("/b.xml", &rss(&[("0", "خبر آخر", "نص.")]));
    let settings = settings(&relay, port).feed("a", &web.url("/a.xml")).feed("b", &web.url("/b.xml"));
    let place = Place::new(&settings);
    let running = place.start();
    relay.wait_for(2);
    let database = place.path("rasid.db");
    let story: i64 = peek(&database, "SELECT story FROM placements");
    let mute = links(&database, port).mute(AMAL, story);
    assert_eq!(post(port, path(&mute), "do=it").status, 200);

    let copy = format!("{text} وأضاف المتحدث أن التسليم تم وفق الجدول.");
    web.feed("/b.xml", &rss(&[("2", "التحالف الدولي يسلّم قاعدة الرمل", &copy)]));
    let ended = |who: &str, how: &str| -> i64 {
        peek(&database, &format!("SELECT count(*) FROM alerts WHERE subscriber = '{who}' AND ended IS {how}"))
    };
    eventually("it ends for who muted it", || (ended(AMAL, "'muted'") == 1).then_some(()));
    assert_eq!((ended(BADR, "'muted'"), ended(BADR, "NULL")), (0, 2), "and for nobody else");
    web.feed("/a.xml", &rss(&[("3", "زلزال يضرب جزيرة بعيدة والتحالف الدولي يعرض المساعدة", "نص قصير.")]));
    eventually("another story is told", || {
        relay.log().mails()[2..].iter().any(|mail| mail.to == [AMAL]).then_some(())
    });
    assert_eq!(running.stop().code, 0);
}
