//! "Relevant" and "not relevant": asked by a page, kept by a POST, counted by `rasid rules precision`.

use serde_json::Value;

use crate::support::daemon::{Place, rss};
use crate::support::http::Server;
use crate::support::program;
use crate::support::smtp::SmtpServer;
use crate::support::visitor::{free_port, get, post};

use super::{AMAL, BADR, links, path, settings};

/// Hits, judgements and those that said "relevant", of each rule that brought something.
fn counted(place: &Place) -> Vec<(String, u64, u64, u64)> {
    let config = place.path("config.toml").display().to_string();
    let ended = program::run(&["rules", "precision", "--config", &config, "--format", "json"], b"");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let number = |row: &Value, key: &str| row[key].as_u64().unwrap();
    let row = |row: &Value| {
        let weeks = row["by_week"].as_array().unwrap();
        assert_eq!(weeks.iter().map(|week| number(week, "judged")).sum::<u64>(), number(row, "judged"));
        let id = row["rule"].as_str().unwrap().to_owned();
        (id, number(row, "hits"), number(row, "judged"), number(row, "relevant"))
    };
    report["rules"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn a_rule_that_is_not_there_is_answered_with_those_that_are() {
    let place = Place::new(&settings(&SmtpServer::start(), free_port()));
    let config = place.path("config.toml").display().to_string();
    let ended = program::run(&["rules", "precision", "--config", &config, "--rule", "none"], b"");
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("the config has no rule `none`; it has "), "{}", ended.stderr);
}

#[test]
fn a_judgement_is_asked_kept_changed_taken_back_and_counted() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع", "نص.")]));
    let place = Place::new(&settings(&relay, port).feed("a", &web.url("/a.xml")));
    let running = place.start();
    let mails = relay.wait_for(2);
    let links = links(&place.path("rasid.db"), port);
    let [right, wrong] = [true, false].map(|relevant| links.judge(AMAL, 1, relevant));
    let mail = mails.iter().find(|mail| mail.to == [AMAL]).unwrap();
    let parsed = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
    for body in [parsed.body_html(0).unwrap(), parsed.body_text(0).unwrap()] {
        assert!(body.contains(&right) && body.contains(&wrong), "both are offered: {body}");
    }
    let rule = counted(&place)[0].0.clone();

    for _ in 0..2 {
        let page = get(port, path(&right));
        assert!(page.status == 200 && page.body.contains("نعم، خبر يهمني"), "{page:?}");
        assert!(page.body.contains("التحالف الدولي يجتمع"), "what it is about: {}", page.body);
        assert_eq!(counted(&place), [(rule.clone(), 1, 0, 0)], "a GET keeps nothing");
    }
    for _ in 0..2 {
        let page = post(port, path(&right), "do=it");
        assert!(page.status == 200 && page.body.contains("سُجّل رأيك"), "{page:?}");
        assert_eq!(counted(&place), [(rule.clone(), 1, 1, 1)], "once, however often");
    }
    post(port, path(&links.judge(BADR, 1, false)), "do=it");
    assert_eq!(counted(&place), [(rule.clone(), 1, 2, 1)]);
    post(port, path(&wrong), "do=it");
    assert_eq!(counted(&place), [(rule.clone(), 1, 2, 0)], "the last word counts");
    let page = post(port, path(&wrong), "do=undo");
    assert!(page.body.contains("مُحي رأيك"), "{}", page.body);
    assert_eq!(counted(&place), [(rule, 1, 1, 0)]);

    for nobody in [links.judge("nobody@example.org", 1, true), links.judge(AMAL, 99, true)] {
        let before = counted(&place);
        let page = post(port, path(&nobody), "do=it");
        assert!(matches!(page.status, 200 | 404), "{page:?}");
        assert_eq!(counted(&place), before, "no entry that was not told, and nobody who was not");
    }
    assert_eq!(running.stop().code, 0);
}

#[test]
fn where_several_rules_brought_an_entry_the_ticked_ones_are_meant() {
    let (web, relay, port) = (Server::start(), SmtpServer::start(), free_port());
    web.feed("/a.xml", &rss(&[("1", "التحالف الدولي يجتمع في بغداد", "نص.")]));
    let place = Place::new(
        &settings(&relay, port)
            .feed("a", &web.url("/a.xml"))
            .more("[[rules]]\nid = \"baghdad\"\ntitle = \"أخبار بغداد\"\nany = [\"بغداد\"]"),
    );
    let running = place.start();
    relay.wait_for(2);
    let wrong = links(&place.path("rasid.db"), port).judge(AMAL, 1, false);
    let page = get(port, path(&wrong));
    assert!(page.body.contains("أخبار بغداد") && page.body.contains("value=\"baghdad\""), "{}", page.body);
    let judged = |id: &str| counted(&place).into_iter().find(|row| row.0 == id).unwrap().2;
    let page = post(port, path(&wrong), "do=it");
    assert!(page.body.contains("value=\"baghdad\""), "none is ticked: asked again");
    assert!(page.body.contains("اختر قاعدة واحدة على الأقل"), "and why: {}", page.body);
    assert_eq!(judged("baghdad"), 0);
    post(port, path(&wrong), "do=it&rule=baghdad&rule=%27%29%3B--&rule=unknown");
    assert_eq!(counted(&place).iter().map(|row| row.2).sum::<u64>(), 1);
    assert_eq!(judged("baghdad"), 1);
    let right = links(&place.path("rasid.db"), port).judge(AMAL, 1, true);
    let page = get(port, path(&right));
    let ticked = |id: &str| page.body.contains(&format!("value=\"{id}\" checked"));
    assert!(ticked("coalition") && !ticked("baghdad"), "what was said stays unless ticked: {}", page.body);
    assert_eq!(running.stop().code, 0);
}
