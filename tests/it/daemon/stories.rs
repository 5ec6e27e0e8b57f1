//! One event is one mail, and what follows of it a thread: through the built program.

use std::fmt::Write as _;

use mail_parser::{HeaderValue, Message, MessageParser};

use crate::store::words::peek;
use crate::support::daemon::{Daemon, Place, Settings, eventually, rss};
use crate::support::http::Server;
use crate::support::smtp::{Mail, SmtpServer};

type Report = (&'static str, &'static str);

/// What an agency sent of an event that we made up.
const AGENCY: Report = (
    "حريق في مستودع للحبوب بميناء أم قصر يصيب 7 عمال",
    "قال مدير الدفاع المدني في البصرة إن حريقا اندلع فجر اليوم في مستودع للحبوب داخل ميناء أم قصر وأصاب 7 عمال بحروق، وإن فرق \
     الإطفاء سيطرت عليه بعد ساعات. وأمر محافظ البصرة بفتح تحقيق في سبب الحريق، وعلقت إدارة الميناء تفريغ السفن في الرصيف الرابع.",
);
/// The same under another headline.
const COPY: Report = ("إصابة 7 عمال بحريق في ميناء أم قصر", AGENCY.1);
/// The same event in other words.
const REPORT: Report = (
    "إصابة 7 عمال في حريق بمستودع حبوب في ميناء أم قصر",
    "أصيب 7 عمال بحروق فجر اليوم في حريق اندلع داخل مستودع للحبوب في ميناء أم قصر في البصرة، بحسب الدفاع المدني. وعلقت إدارة \
     الميناء العمل في الرصيف الرابع، وفتحت السلطات تحقيقا في سبب الحريق.",
);
/// What followed: a number that nobody had.
const MORE: Report = (
    "ارتفاع عدد مصابي حريق ميناء أم قصر إلى 12 عاملا",
    "ارتفع عدد المصابين في حريق مستودع الحبوب بميناء أم قصر في البصرة إلى 12 عاملا، بحسب الدفاع المدني. ولا يزال التحقيق في سبب \
     الحريق مستمرا، واستأنفت إدارة الميناء العمل في الرصيف الرابع.",
);
/// Another event.
const OTHER: Report = (
    "جامعة الموصل تفتتح حريق الذاكرة معرضا لمخطوطات نادرة",
    "افتتحت جامعة الموصل معرضا يضم عشرات المخطوطات النادرة التي أنقذها طلبة وأساتذة من مكتبتها المركزية قبل سنوات، ويستمر المعرض \
     أسبوعين في قاعة المكتبة الجديدة بحضور باحثين من جامعات عربية.",
);

const OUTLETS: [&str; 5] = ["ash", "bab", "dar", "had", "waw"];

/// A web server with five outlets that have told nothing of interest yet, and a relay.
struct World {
    web: Server,
    relay: SmtpServer,
    place: Place,
    told: std::cell::RefCell<Vec<Vec<(String, Report)>>>,
}

impl World {
    fn new(more: &str) -> World {
        let (web, relay) = (Server::start(), SmtpServer::start());
        let mut settings = Settings::new(&relay.url())
            .more("[[rules]]\nid = \"fire\"\ntitle = \"الحرائق\"\nany = [\"حريق\"]")
            .more("[[rules]]\nid = \"works\"\ntitle = \"الموانئ\"\nany = [\"استأنف\"]")
            .more(more);
        for outlet in OUTLETS {
            settings = settings.feed(outlet, &web.url(&format!("/{outlet}.xml")));
        }
        let told = std::cell::RefCell::new(vec![Vec::new(); OUTLETS.len()]);
        let world = World { web, relay, place: Place::new(&settings), told };
        for outlet in OUTLETS {
            world.serve(outlet);
        }
        world
    }

    /// The default: one subscriber to everything, `[stories]` with these keys.
    fn with(stories: &str) -> World {
        World::new(&format!("[stories]\n{stories}\n{}", subscriber("amal", "")))
    }

    /// A daemon that has polled every outlet once.
    fn start(&self) -> Daemon {
        let running = self.place.start();
        running.wait_log_times(&["feed read"], OUTLETS.len());
        running
    }

    fn serve(&self, outlet: &str) {
        let at = OUTLETS.iter().position(|known| *known == outlet).expect("an outlet");
        let told = self.told.borrow();
        let items: Vec<_> =
            told[at].iter().map(|(guid, (title, text))| (guid.as_str(), *title, *text)).collect();
        let quiet = format!("{outlet}-0");
        let items: Vec<_> = [(quiet.as_str(), "طقس معتدل", "نص.")].into_iter().chain(items).collect();
        self.web.feed(&format!("/{outlet}.xml"), &rss(&items));
    }

    /// An outlet publishes; its link ends in the outlet and the number of the report.
    fn publish(&self, outlet: &str, report: Report) {
        let at = OUTLETS.iter().position(|known| *known == outlet).expect("an outlet");
        let number = self.told.borrow()[at].len() + 1;
        self.told.borrow_mut()[at].push((format!("{outlet}-{number}"), report));
        self.serve(outlet);
    }

    /// Until so many entries are stored that match.
    fn matched(&self, entries: i64) {
        let sql = "SELECT count(DISTINCT entry) FROM matches";
        let stored = || (peek::<i64>(&self.place.path("rasid.db"), sql) == entries).then_some(());
        eventually("the entries are stored", stored);
    }

    fn mails(&self, count: usize) -> Vec<Told> {
        self.relay.wait_for(count).iter().map(Told::of).collect()
    }
}

fn subscriber(name: &str, keys: &str) -> String {
    let mut table = format!("[[subscribers]]\nemail = \"{name}@example.org\"\ntimezone = \"UTC\"\n{keys}\n");
    if !keys.contains("rules") {
        let _ = writeln!(table, "rules = [\"*\"]");
    }
    table
}

/// What matters of a mail.
#[derive(Debug)]
struct Told {
    to: String,
    id: String,
    subject: String,
    references: Vec<String>,
    text: String,
    /// The reports that it links, such as `ash-1`, each once.
    links: Vec<String>,
}

impl Told {
    fn of(mail: &Mail) -> Told {
        let parsed = MessageParser::default().parse(&mail.bytes).expect("a mail");
        let text = parsed.body_text(0).expect("text").into_owned();
        let mut links: Vec<String> = text
            .split_whitespace()
            .filter_map(|word| word.strip_prefix("https://news.example/").map(str::to_owned))
            .collect();
        links.sort();
        links.dedup();
        Told {
            to: mail.to[0].clone(),
            id: parsed.message_id().expect("a Message-ID").to_owned(),
            subject: parsed.subject().expect("a subject").to_owned(),
            references: references(&parsed),
            text,
            links,
        }
    }

    #[track_caller]
    fn follows(&self, before: &[&Told]) {
        let ids: Vec<_> = before.iter().map(|told| told.id.clone()).collect();
        assert_eq!(self.references, ids, "{self:#?}");
        assert_eq!(self.subject, format!("Re: {}", before[0].subject));
    }
}

fn references(mail: &Message<'_>) -> Vec<String> {
    match mail.references() {
        HeaderValue::Text(one) => vec![one.to_string()],
        HeaderValue::TextList(list) => list.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn one_event_by_five_outlets_is_one_mail_that_counts_them() {
    let world = World::with("");
    for (outlet, report) in OUTLETS.iter().zip([AGENCY, COPY, COPY, REPORT, OTHER]) {
        world.publish(outlet, report);
    }
    let running = world.start();
    let mail = &world.mails(1)[0];
    running.wait_log(&["message made", "entries=5", "stories=2"]);
    assert_eq!(mail.links, ["ash-1", "bab-1", "dar-1", "had-1", "waw-1"], "{}", mail.text);
    assert!(mail.text.contains("مصدران مستقلان"), "copies count once: {}", mail.text);
    assert!(mail.references.is_empty() && !mail.subject.starts_with("Re:"));
    assert_eq!(running.stop().code, 0);
    assert_eq!(world.relay.log().mails().len(), 1);
}

#[test]
fn a_new_number_leaves_at_once_in_the_thread_and_takes_along_what_waited() {
    let world = World::with("");
    let running = world.start();
    world.publish("ash", AGENCY);
    world.mails(1);
    world.publish("bab", COPY);
    world.publish("dar", REPORT);
    world.matched(3);
    world.publish("had", MORE);
    let mails = world.mails(2);
    mails[1].follows(&[&mails[0]]);
    assert_eq!(mails[1].links, ["bab-1", "dar-1", "had-1"], "{}", mails[1].text);
    assert!(mails[1].text.contains("12"), "{}", mails[1].text);
    let place = |what: &str| mails[1].text.find(what).expect("told");
    assert!(place(MORE.0) < place(COPY.0), "what is new comes first: {}", mails[1].text);
    // Another event is another mail.
    world.publish("waw", OTHER);
    let mails = world.mails(3);
    assert_eq!((mails[2].links.as_slice(), mails[2].references.len()), (&["waw-1".to_owned()][..], 0));
    assert_eq!(running.stop().code, 0);
}

#[test]
fn reports_with_nothing_new_come_together_after_a_while() {
    let world = World::with("follow_up_after = \"3s\"");
    let running = world.start();
    world.publish("ash", AGENCY);
    world.mails(1);
    world.publish("bab", COPY);
    world.publish("dar", REPORT);
    let mails = world.mails(2);
    mails[1].follows(&[&mails[0]]);
    let sql = "SELECT (SELECT max(created) FROM messages) - min(held) FROM alerts WHERE message = 2";
    let waited: i64 = peek(&world.place.path("rasid.db"), sql);
    assert!((3000..5000).contains(&waited), "{waited} ms");
    // Both came within the three seconds, or the other has its own three.
    let mails = if mails[1].links.len() < 2 { world.mails(3) } else { mails };
    let told: Vec<_> = mails[1..].iter().flat_map(|mail| mail.links.clone()).collect();
    assert_eq!(told.len(), 2, "each once: {mails:#?}");
    assert_eq!(running.stop().code, 0);
}

#[test]
fn the_third_independent_outlet_is_news() {
    let world = World::with("");
    let running = world.start();
    world.publish("ash", AGENCY);
    world.mails(1);
    world.publish("bab", REPORT);
    world.matched(2);
    world.publish("dar", COPY);
    world.matched(3);
    assert_eq!(world.relay.log().mails().len(), 1);
    world.publish("had", (COPY.0, "أفاد الدفاع المدني بأن 7 عمال أصيبوا بحروق حين شب حريق فجر اليوم في مستودع حبوب داخل ميناء أم قصر في البصرة، وأن السلطات تحقق في سبب الحريق بينما توقف تفريغ السفن في الرصيف الرابع."));
    let mails = world.mails(2);
    mails[1].follows(&[&mails[0]]);
    assert_eq!(mails[1].links, ["bab-1", "dar-1", "had-1"], "{}", mails[1].text);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn another_rule_is_told_at_once_to_who_asked_for_it() {
    let people = subscriber("amal", "")
        + &subscriber("badr", "rules = [\"fire\"]")
        + &subscriber("zayd", "rules = [\"works\"]");
    let world = World::new(&people);
    let running = world.start();
    world.publish("ash", MORE);
    let mails = world.mails(3);
    assert!(mails.iter().all(|mail| mail.links == ["ash-1"] && mail.references.is_empty()), "{mails:#?}");
    assert!(mails.iter().all(|mail| mail.text.contains("الحرائق") != mail.to.starts_with("zayd")));

    let world = World::new(&people);
    running.stop();
    let running = world.start();
    world.publish("ash", AGENCY);
    world.mails(2);
    // Nothing new but the rule.
    world.publish("bab", (COPY.0, "قال مدير الدفاع المدني في البصرة إن حريقا اندلع فجر اليوم في مستودع للحبوب داخل ميناء أم قصر وأصاب 7 عمال بحروق، وإن فرق الإطفاء سيطرت عليه بعد ساعات. وأمر محافظ البصرة بفتح تحقيق في سبب الحريق، واستأنفت إدارة الميناء تفريغ السفن في الرصيف الرابع."));
    let mails = world.mails(4);
    let of = |who: &str| mails.iter().filter(|mail| mail.to.starts_with(who)).collect::<Vec<_>>();
    let (amal, badr, zayd) = (of("amal"), of("badr"), of("zayd"));
    assert_eq!((amal.len(), badr.len(), zayd.len()), (2, 1, 1), "{mails:#?}");
    amal[1].follows(&[amal[0]]);
    assert!(zayd[0].references.is_empty() && zayd[0].links.contains(&"bab-1".to_owned()));
    assert_eq!(running.stop().code, 0);
}

#[test]
fn stories_survive_a_stop_and_a_kill() {
    let world = World::with("follow_up_after = \"4s\"");
    let running = world.start();
    world.publish("ash", AGENCY);
    world.mails(1);
    running.stop();
    world.publish("bab", COPY);
    let running = world.start_again();
    world.matched(2);
    running.kill();
    let held: i64 = peek(&world.place.path("rasid.db"), "SELECT min(held) FROM alerts WHERE message IS NULL");
    let running = world.start_again();
    let mails = world.mails(2);
    mails[1].follows(&[&mails[0]]);
    assert_eq!(mails[1].links, ["bab-1"]);
    let sent: i64 = peek(&world.place.path("rasid.db"), "SELECT max(created) FROM messages");
    assert!((4000..6000).contains(&(sent - held)), "no timer begins anew: {}", sent - held);
    let recorded = "SELECT count(*) FROM messages WHERE state = 'sent'";
    eventually("both are recorded as sent", || {
        (peek::<i64>(&world.place.path("rasid.db"), recorded) == 2).then_some(())
    });
    running.kill();
    world.publish("dar", MORE);
    let running = world.start_again();
    let mails = world.mails(3);
    mails[2].follows(&[&mails[0], &mails[1]]);
    assert_eq!(mails[2].links, ["dar-1"]);
    assert_eq!(running.stop().code, 0);
    assert_eq!(world.relay.log().mails().len(), 3, "nothing repeats");
}

#[test]
fn a_round_by_hand_leaves_follow_ups_their_time() {
    let world = World::with("follow_up_after = \"1h\"");
    world.publish("ash", AGENCY);
    world.place.once();
    world.publish("bab", COPY);
    world.place.once();
    assert_eq!(world.relay.log().mails().len(), 1);
    world.publish("dar", MORE);
    world.place.once();
    let mails = world.mails(2);
    mails[1].follows(&[&mails[0]]);
    assert_eq!(mails[1].links, ["bab-1", "dar-1"]);
}

#[test]
fn without_stories_every_match_stands_alone() {
    let world = World::with("enabled = false");
    let running = world.start();
    world.publish("ash", AGENCY);
    world.mails(1);
    world.publish("bab", COPY);
    let mails = world.mails(2);
    assert_eq!(mails[1].links, ["bab-1"]);
    assert!(mails[1].references.is_empty() && !mails[1].subject.starts_with("Re:"), "{mails:#?}");
    assert_eq!(running.stop().code, 0);
}

impl World {
    /// A daemon that goes on with what was stored.
    fn start_again(&self) -> Daemon {
        let running = self.place.start();
        running.wait_log(&["started"]);
        running
    }
}

/// Quiet hours around now: from an hour ago for two hours.
fn quiet_now() -> String {
    let now = rasid::clock::now();
    let time = |hours: i64| (now + jiff::SignedDuration::from_hours(hours)).strftime("%H:%M").to_string();
    format!("quiet_hours = \"{}-{}\"", time(-1), time(1))
}

#[test]
fn quiet_hours_let_through_what_is_urgent() {
    let urgent = "[[rules]]\nid = \"more\"\nany = [\"12\"]\nseverity = \"urgent\"\n";
    let people = subscriber("amal", &quiet_now()) + &subscriber("badr", "");
    let world = World::new(&format!("{urgent}{people}"));
    let running = world.start();
    world.publish("ash", OTHER);
    let mails = world.mails(1);
    assert_eq!(mails[0].to, "badr@example.org");
    world.publish("bab", MORE);
    let mails = world.mails(3);
    let amal: Vec<_> = mails.iter().filter(|mail| mail.to.starts_with("amal")).collect();
    assert_eq!((amal.len(), amal[0].links.as_slice()), (1, &["bab-1".to_owned()][..]), "{mails:#?}");
    assert_eq!(running.stop().code, 0);
}

#[test]
fn more_than_an_hour_may_see_waits_visibly() {
    let people = subscriber("amal", "max_per_hour = 1\nmin_severity = \"normal\"") + &subscriber("badr", "");
    let world = World::new(&people);
    let running = world.start();
    world.publish("ash", OTHER);
    world.mails(2);
    world.publish("bab", AGENCY);
    let mails = world.mails(3);
    assert!(mails[2].to.starts_with("badr"));
    world.publish("dar", MORE);
    let mails = world.mails(4);
    assert!(mails[3].to.starts_with("badr"));
    running.stop();
    world.place.once();
    assert_eq!(world.relay.log().mails().len(), 4, "neither a restart nor a round by hand makes room");
    let held = "SELECT count(DISTINCT entry) FROM alerts WHERE message IS NULL AND ended IS NULL AND subscriber LIKE 'amal%'";
    assert_eq!(peek::<i64>(&world.place.path("rasid.db"), held), 2);
    // An hour later both leave in one message.
    let db = rusqlite::Connection::open(world.place.path("rasid.db")).expect("a database");
    db.execute("UPDATE messages SET created = created - 3600000", []).expect("aged");
    drop(db);
    world.place.once();
    let mails = world.mails(5);
    assert_eq!(mails[4].links, ["bab-1", "dar-1"], "{mails:#?}");
}
