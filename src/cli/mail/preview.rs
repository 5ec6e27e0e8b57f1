//! `rasid mail preview`: a mail as it would look, for who writes rules and templates.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use lettre::Address;
use uuid::Uuid;

use super::{load, recipient, subject, unmade};
use crate::cli::{ConfigArg, Exit, Failure, one_line};
use crate::clock;
use crate::config::{Config, Language};
use crate::links::Links;
use crate::mail::message::sample::{self, Kind};
use crate::mail::message::{
    Flaw, Letter, Names, Notice, Occasion, Rendered, Words, notice, notice_words, render, words,
};

#[derive(Debug, Args)]
pub(in crate::cli) struct PreviewArgs {
    /// A rule's id, for the latest entry that matched, or the number of an entry; the first rule otherwise
    #[arg(value_name = "RULE|ENTRY")]
    what: Option<String>,
    #[command(flatten)]
    config: ConfigArg,
    /// What the mail does
    #[arg(long, value_enum, default_value_t)]
    kind: Shown,
    /// In which language; that of the subscriber otherwise
    #[arg(long, value_enum)]
    language: Option<Tongue>,
    /// For whom, with the settings that the config has for them; its first subscriber otherwise
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// Tell stories that nobody published, in which every part of a mail occurs
    #[arg(long)]
    sample: bool,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
struct Form {
    /// Print the HTML
    #[arg(long)]
    html: bool,
    /// Print subject and plain text; so it is without any of the three
    #[arg(long)]
    text: bool,
    /// Print the whole message, as a relay would get it
    #[arg(long)]
    eml: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Shown {
    /// Tells one story
    #[default]
    Alert,
    /// Goes on with a story that was told
    FollowUp,
    /// Tells several stories
    Digest,
    /// Asks who signed up to confirm it
    Confirmation,
    /// Tells the operator of an address that is not written to any more
    Suspension,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Tongue {
    /// Arabic
    Ar,
    /// English
    En,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Language {
        match tongue {
            Tongue::Ar => Language::Ar,
            Tongue::En => Language::En,
        }
    }
}

pub(super) fn run(args: &PreviewArgs, out: &mut impl Write) -> Result<(), Failure> {
    let config = load(&args.config)?;
    let (words, rendered) = match args.kind {
        Shown::Alert => alert(args, &config, Kind::Alert)?,
        Shown::FollowUp => alert(args, &config, Kind::FollowUp)?,
        Shown::Digest => alert(args, &config, Kind::Digest)?,
        Shown::Confirmation | Shown::Suspension => told(args, &config)?,
    };
    complain(&words.flaws);
    if args.form.eml {
        return Ok(out.write_all(&rendered.bytes)?);
    }
    if args.form.html {
        return Ok(out.write_all(words.html.as_bytes())?);
    }
    Ok(write!(out, "Subject: {}\n\n{}", words.subject, words.text)?)
}

/// A message as it says it, and as a relay gets it.
type Made = (Words, Rendered);

fn alert(args: &PreviewArgs, config: &Config, kind: Kind) -> Result<Made, Failure> {
    let created = clock::now();
    let asked =
        subject::Asked { what: args.what.as_deref(), kind, invent: args.sample, path: &args.config.config };
    let about = subject::find(&asked, config, created)?;
    if let Some(note) = &about.note {
        say(note);
    }
    let mut to = recipient(config, &address(args, config)?);
    to.language = args.language.map_or(to.language, Language::from);
    let names = Names::new(&config.matching.rules, &config.feeds);
    let links = links(config);
    let about_rule = about.stories.iter().flat_map(|story| &story.entries).flat_map(|entry| &entry.matches);
    let rules: Vec<&str> = about_rule.map(|matched| matched.rule.as_str()).take(1).collect();
    let earlier = sample::stories(Kind::Alert, &rules, created);
    let mut letter = Letter {
        from: &config.smtp.from,
        to: &to,
        stories: &earlier,
        thread: None,
        links: links.as_ref(),
        trial: false,
        created,
        id: Uuid::new_v4(),
    };
    let templates = &config.mail.templates;
    let first = words(&letter, &names, templates).map_err(|error| unmade(&error))?;
    let thread = sample::thread(kind, &first.subject);
    (letter.stories, letter.thread) = (&about.stories, thread.as_ref());
    let words = words(&letter, &names, templates).map_err(|error| unmade(&error))?;
    Ok((words, render(&letter, &names, templates).map_err(|error| unmade(&error))?))
}

fn told(args: &PreviewArgs, config: &Config) -> Result<Made, Failure> {
    let to = address(args, config)?;
    let link = links(config).map(|links| links.confirm(&crate::alert::name(&to), 1));
    let link = link.unwrap_or_else(|| "https://rasid.example.org/s/sample".to_owned());
    let gone: Address = "noor@example.net".parse().unwrap_or_else(|_| to.clone());
    let occasion = match args.kind {
        Shown::Suspension => Occasion::Suspended { address: &gone, reply: "550 5.1.1 no such user" },
        _ => Occasion::Confirm { link: &link, hours: 24 },
    };
    let notice_of = Notice {
        from: &config.smtp.from,
        to: &to,
        language: args.language.map_or_else(|| recipient(config, &to).language, Language::from),
        occasion,
        created: clock::now(),
        id: Uuid::new_v4(),
    };
    let templates = &config.mail.templates;
    let words = notice_words(&notice_of, templates).map_err(|error| unmade(&error))?;
    Ok((words, notice(&notice_of, templates).map_err(|error| unmade(&error))?))
}

/// Who was named, else the first subscriber.
fn address(args: &PreviewArgs, config: &Config) -> Result<Address, Failure> {
    let first = || config.subscribers.first().map(|subscriber| subscriber.email.clone());
    args.to.clone().or_else(first).ok_or_else(|| {
        Failure::new(Exit::Usage, "the config has no subscribers; say for whom with --to ADDRESS")
    })
}

/// Links that look like those of the daemon and do nothing: the key is nobody's.
pub(super) fn links(config: &Config) -> Option<Links> {
    config.http.public_url.as_ref().map(|url| Links::new(url, [0; 32]))
}

/// Says that templates failed.
pub(super) fn complain(flaws: &[Flaw]) {
    for flaw in flaws {
        say(&format!("a template failed, and rasid's own took its place: {flaw}"));
    }
}

/// A line to people, beside what is printed.
pub(super) fn say(line: &str) {
    // A closed stderr leaves nobody to tell.
    let _ = writeln!(io::stderr(), "rasid: {}", one_line(line));
}
