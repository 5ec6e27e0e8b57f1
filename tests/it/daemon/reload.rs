//! SIGHUP: a good config takes over, a broken one changes nothing.

use crate::support::daemon::{Place, Settings, rss};
use crate::support::http::Server;
use crate::support::smtp::SmtpServer;

const ITEMS: &[(&str, &str, &str)] = &[("1", "التحالف الدولي يجتمع", "نص قصير.")];

#[test]
fn a_good_config_takes_over_feeds_rules_and_subscribers_without_asking_again() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    web.feed("/b.xml", &rss(&[("2", "بيان عن السيادة", "نص.")]));
    let settings = Settings::new(&relay.url())
        .fetch("interval", "\"1h\"")
        .feed("a", &web.url("/a.xml"))
        .subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    relay.wait_for(1);
    let more = settings
        .feed("b", &web.url("/b.xml"))
        .more("[[rules]]\nid = \"sovereignty\"\nany = [\"السيادة\"]")
        .subscriber("badr@example.org");
    place.configure(&more.toml());
    running.signal("HUP");
    let mails = relay.wait_for(3);
    assert!(mails[1..].iter().any(|mail| mail.to == ["badr@example.org"]));
    running.wait_log(&["the new config is in force"]);
    assert_eq!(running.stop().code, 0);
    assert_eq!(web.asked("/a.xml").len(), 1, "a feed that stays keeps its time");
}

#[test]
fn a_broken_config_is_refused_with_its_place_and_the_old_one_goes_on() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    relay.wait_for(1);
    for broken in [settings.toml().replace("interval", "intervall"), "[storage".into(), String::new()] {
        place.configure(&broken);
        running.signal("HUP");
    }
    running.wait_log(&["the new config is broken"]);
    std::fs::remove_file(place.path("config.toml")).expect("removed");
    running.signal("HUP");
    running.wait_log(&["the new config is broken"]);
    web.feed("/a.xml", &rss(&[ITEMS[0], ("2", "التحالف الدولي ثانية", "نص.")]));
    relay.wait_for(2);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn templates_are_read_again_and_a_broken_one_changes_nothing() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    let has = |mail: &[u8], words: &str| {
        let mail = mail_parser::MessageParser::default().parse(mail).expect("a mail");
        mail.body_text(0).expect("a text").contains(words)
    };
    let put = |text: &str| std::fs::write(place.path("templates/alert.txt"), text).expect("a template");
    std::fs::create_dir(place.path("templates")).expect("a folder");
    put("template one, {{ subject }}");
    place.configure(&format!("{}\n[mail]\ntemplates = \"templates\"\n", settings.toml()));
    let running = place.start();
    assert!(has(&relay.wait_for(1)[0].bytes, "template one"));
    put("template two, {{ subject }}");
    running.signal("HUP");
    running.wait_log(&["the new config is in force"]);
    put("template three, {{ subjects }}");
    running.signal("HUP");
    running.wait_log(&["the new config is broken", "alert.txt:1:"]);
    web.feed("/a.xml", &rss(&[ITEMS[0], ("2", "التحالف الدولي ثانية", "نص.")]));
    assert!(has(&relay.wait_for(2)[1].bytes, "template two"));
    assert_eq!(running.stop().code, 0);
}

#[test]
fn included_rules_are_read_again() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    place.configure(&format!("include = [\"rules-*.toml\"]\n{}", settings.toml()));
    let running = place.start();
    relay.wait_for(1);
    std::fs::write(place.path("rules-oil.toml"), "[[rules]]\nid = \"oil\"\nany = [\"النفط\"]\n")
        .expect("rules");
    running.signal("HUP");
    running.wait_log(&["the new config is in force", "rules=2"]);
    web.feed("/a.xml", &rss(&[ITEMS[0], ("2", "النفط", "نص.")]));
    relay.wait_for(2);
    std::fs::write(place.path("rules-oil.toml"), "[[rules]]\nid = \"oil\"\n").expect("rules");
    running.signal("HUP");
    running.wait_log(&["the new config is broken", "rules-oil.toml:1:1"]);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn rules_that_fail_their_samples_are_refused_while_the_old_ones_go_on() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    web.feed("/a.xml", &rss(ITEMS));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml")).subscriber("amal@example.org");
    let place = Place::new(&settings);
    let running = place.start();
    relay.wait_for(1);
    let failing = "[[rules]]\nid = \"oil\"\nany = [\"النفط\"]\nshould_match = [\"ارتفع سعر الغاز\"]";
    place.configure(&settings.clone().more(failing).toml());
    running.signal("HUP");
    running.wait_log(&[
        "the new config is broken",
        "rules.oil.should_match[0]",
        "`النفط`: does not stand in the text",
    ]);
    web.feed("/a.xml", &rss(&[ITEMS[0], ("2", "التحالف الدولي ثانية", "نص."), ("3", "النفط", "نص.")]));
    relay.wait_for(2);
    assert_eq!(running.stop().code, 0);
    let refused = crate::support::daemon::Daemon::start(place.command(&["run"])).wait();
    assert_eq!(refused.code, 78, "{}", refused.log);
    assert!(refused.log.contains("rules.oil.should_match[0]"), "{}", refused.log);
}

#[test]
fn a_removed_subscriber_gets_nothing_more_and_the_log_names_no_address() {
    let (web, relay) = (Server::start(), SmtpServer::start());
    relay.down();
    web.feed("/a.xml", &rss(ITEMS));
    let settings = Settings::new(&relay.url()).feed("a", &web.url("/a.xml"));
    let place = Place::new(&settings.clone().subscriber("amal@example.org"));
    let running = place.start();
    running.wait_log(&["the relay cannot be used"]);
    running.stop();
    place.configure(&settings.subscriber("badr@example.org").toml());
    relay.up();
    let running = place.start();
    running.wait_log(&["no longer a subscriber"]);
    web.feed("/a.xml", &rss(&[ITEMS[0], ("2", "التحالف الدولي ثانية", "نص.")]));
    relay.wait_for(1);
    let ended = running.stop();
    assert_eq!(relay.log().mails()[0].to, ["badr@example.org"]);
    let public: Vec<_> = ended.log.lines().filter(|line| !line.contains("DEBUG")).collect();
    assert!(!public.iter().any(|line| line.contains("amal@")), "{public:#?}");
}
