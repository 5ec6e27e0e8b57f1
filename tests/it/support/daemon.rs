//! The built program held running in a directory of its own, with signals, kills and restarts.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::program::rasid;

/// How long anything may take that is waited for.
const DEADLINE: Duration = Duration::from_secs(20);

/// A directory with a config, a database and perhaps an outbox.
pub struct Place {
    dir: TempDir,
}

/// A config for tests: fast, on loopback, built up piece by piece.
#[derive(Clone)]
pub struct Settings {
    smtp: String,
    fetch: String,
    alerts: String,
    rest: String,
}

impl Settings {
    /// One rule, `coalition`, and a relay.
    pub fn new(smtp_url: &str) -> Settings {
        Settings {
            smtp: format!(
                "url = \"{smtp_url}\"\nfrom = \"راصد <rasid@example.org>\"\nretry_min = \"1s\"\nretry_max = \"2s\"\n"
            ),
            fetch: "interval = \"1s\"\nmin_interval = \"1s\"\ntimeout = \"5s\"\nallow_private = true\n"
                .into(),
            alerts: "group_wait = \"1s\"\n".into(),
            rest: "[[rules]]\nid = \"coalition\"\ntitle = \"التحالف الدولي\"\nany = [\"التحالف الدولي\"]\n"
                .into(),
        }
    }

    /// A feed over HTTP.
    pub fn feed(self, id: &str, url: &str) -> Settings {
        self.more(&format!("[[feeds]]\nid = \"{id}\"\nurl = \"{url}\"\n"))
    }

    /// A subscriber to everything, at once.
    pub fn subscriber(self, email: &str) -> Settings {
        self.more(&format!(
            "[[subscribers]]\nemail = \"{email}\"\nrules = [\"*\"]\ntimezone = \"Asia/Baghdad\"\n"
        ))
    }

    /// Whole tables, such as a rule.
    pub fn more(mut self, tables: &str) -> Settings {
        self.rest.push_str(tables);
        self.rest.push('\n');
        self
    }

    /// Keys of `[fetch]`; one that is set already is replaced.
    pub fn fetch(mut self, key: &str, value: &str) -> Settings {
        set(&mut self.fetch, key, value);
        self
    }

    /// Keys of `[alerts]`.
    pub fn alerts(mut self, key: &str, value: &str) -> Settings {
        set(&mut self.alerts, key, value);
        self
    }

    /// As a file.
    pub fn toml(&self) -> String {
        let Settings { smtp, fetch, alerts, rest } = self;
        format!("[storage]\npath = \"rasid.db\"\n[smtp]\n{smtp}[fetch]\n{fetch}[alerts]\n{alerts}{rest}")
    }
}

fn set(section: &mut String, key: &str, value: &str) {
    let start = format!("{key} = ");
    *section =
        section.lines().filter(|line| !line.starts_with(&start)).fold(String::new(), |mut kept, line| {
            let _ = writeln!(kept, "{line}");
            kept
        });
    let _ = writeln!(section, "{start}{value}");
}

impl Place {
    /// A new directory with this config.
    pub fn new(settings: &Settings) -> Place {
        let place = Place { dir: tempfile::tempdir().expect("a directory") };
        place.configure(&settings.toml());
        place
    }

    /// Replaces the config; a daemon that runs sees it when it is told to reload.
    pub fn configure(&self, toml: &str) {
        std::fs::write(self.path("config.toml"), toml).expect("the config is written");
    }

    /// A file of the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// `rasid run`.
    pub fn start(&self) -> Daemon {
        Daemon::start(self.command(&["run"]))
    }

    /// `rasid run --once`, to its end; panics where it does not exit 0.
    pub fn once(&self) -> String {
        let ended = Daemon::start(self.command(&["run", "--once"])).wait();
        assert_eq!(ended.code, 0, "{}", ended.log);
        ended.log
    }

    /// The program with this config.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = rasid(args);
        command.arg("--config").arg(self.path("config.toml"));
        command.env("RUST_LOG", "debug,hyper=info,reqwest=info,h2=info");
        command
    }

    /// The `.eml` files of the outbox folder.
    pub fn emails(&self) -> Vec<Vec<u8>> {
        let Ok(files) = std::fs::read_dir(self.path("outbox")) else { return Vec::new() };
        let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        paths.sort();
        paths.iter().map(|path| std::fs::read(path).expect("a mail")).collect()
    }
}

/// A running program and what it logs.
pub struct Daemon {
    child: Child,
    log: Arc<Log>,
    reader: Option<std::thread::JoinHandle<()>>,
}

#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grown: Condvar,
}

/// How a daemon ended.
#[derive(Debug)]
pub struct Ended {
    /// −1 where a signal ended it.
    pub code: i32,
    /// All it logged.
    pub log: String,
    /// Since it was asked to.
    pub took: Duration,
}

impl Daemon {
    /// Starts a command and reads its log beside.
    pub fn start(mut command: Command) -> Daemon {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the daemon starts");
        let stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
        let log = Arc::new(Log::default());
        let kept = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                kept.lines.lock().expect("the log").push(line);
                kept.grown.notify_all();
            }
        });
        Daemon { child, log, reader: Some(reader) }
    }

    /// Waits until a line holds all of `parts`; panics with the log where none comes.
    #[track_caller]
    pub fn wait_log(&self, parts: &[&str]) -> &Daemon {
        self.wait_log_times(parts, 1)
    }

    /// Waits until so many lines do.
    #[track_caller]
    pub fn wait_log_times(&self, parts: &[&str], times: usize) -> &Daemon {
        let fits = |line: &&String| parts.iter().all(|part| line.contains(part));
        let lines = self.log.lines.lock().expect("the log");
        let (lines, timeout) = (self.log.grown)
            .wait_timeout_while(lines, DEADLINE, |lines| lines.iter().filter(fits).count() < times)
            .expect("the log");
        assert!(!timeout.timed_out(), "no {times} lines with {parts:?} in:\n{}", lines.join("\n"));
        self
    }

    /// All that was logged so far.
    pub fn log(&self) -> String {
        self.log.lines.lock().expect("the log").join("\n")
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name, such as `HUP`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().expect("kill runs");
        assert!(sent.success(), "the daemon is gone:\n{}", self.log());
    }

    /// Asks it to end and waits.
    pub fn stop(self) -> Ended {
        self.signal("TERM");
        self.wait()
    }

    /// kill −9.
    pub fn kill(self) -> Ended {
        self.signal("KILL");
        self.wait()
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Ended {
        let begin = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => break status,
                None if begin.elapsed() > DEADLINE => panic!("it does not end:\n{}", self.log()),
                None => std::thread::park_timeout(Duration::from_millis(5)),
            }
        };
        let took = begin.elapsed();
        self.reader.take().expect("once").join().expect("the reader ends");
        Ended { code: status.code().unwrap_or(-1), log: self.log(), took }
    }
}

impl Drop for Daemon {
    /// A test that fails leaves nothing running, and shows what was logged.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the daemon's log:\n{}", self.log());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for a condition; panics where it does not come true.
#[track_caller]
pub fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(begin.elapsed() < DEADLINE, "never: {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// An RSS feed of items, each a guid, a title and a text; every link is made from the guid.
pub fn rss(items: &[(&str, &str, &str)]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>وكالة الاختبار</title>\
         <link>https://news.example/</link><description>للاختبار</description>",
    );
    for (guid, title, text) in items {
        let _ = write!(
            xml,
            "<item><guid isPermaLink=\"false\">{guid}</guid><link>https://news.example/{guid}</link>\
             <title>{title}</title><description>{text}</description></item>"
        );
    }
    xml + "</channel></rss>"
}
