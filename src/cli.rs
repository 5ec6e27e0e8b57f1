//! The commands: what was typed in, text on stdout and an exit code out. One file a command.
//!
//! Every command writes its answer to the writer it is given and returns a [`Failure`] instead of
//! printing an error, so that the exit code and the one line on stderr are decided in one place.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod backtest;
mod check;
mod db;
mod excerpt;
mod expand;
mod explain;
mod export;
mod feeds;
mod fetch;
mod lines;
mod lint;
mod mail;
mod manual;
mod matches;
mod outbox;
mod parse;
mod period;
mod precision;
mod probe;
mod progress;
mod rescan;
mod run;
mod screen;
mod search;
mod stats;
mod status;
mod stories;
mod subscribers;
mod sweep;
mod try_query;

/// Watches Arabic news feeds, matches your rules and mails who asked (راصد).
///
/// Start with `rasid check --config config.toml`, then `rasid run --config config.toml`.
#[derive(Debug, Parser)]
#[command(name = "rasid", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Poll the feeds, match the rules, mail the alerts, until SIGTERM or SIGINT
    Run(RunArgs),
    /// Show how the running daemon is doing, on one screen
    Status(status::StatusArgs),
    /// Say everything that is wrong with a config; touches nothing else
    Check(ConfigArg),
    /// Read a feed and print it as JSON
    Parse(ParseArgs),
    /// Poll one feed and show all that was met on the way; nothing is written
    Fetch(FetchArgs),
    /// Run a config's rules over documents, one JSON object a line
    Match(MatchArgs),
    /// Work with rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Work with feeds
    #[command(subcommand)]
    Feeds(FeedsCommand),
    /// Work with stories: entries that tell one event
    #[command(subcommand)]
    Stories(stories::StoriesCommand),
    /// Write what matched: a feed a rule for readers, or rows for programs and spreadsheets
    Export(export::ExportArgs),
    /// Look at messages that wait, were sent or failed, and try them again or end them
    #[command(subcommand)]
    Outbox(outbox::OutboxCommand),
    /// Search what is stored, in the query language of the rules; the newest first
    Search(search::SearchArgs),
    /// See how a mail looks, and whether one arrives
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Write the man pages and the shell completions into a directory
    Manual(manual::ManualArgs),
    /// How much came, by rule, feed and day
    Stats(stats::StatsArgs),
    /// Who is written to, what they chose, and the administrator's word on it
    #[command(subcommand)]
    Subscribers(subscribers::SubscribersCommand),
    /// Copy, restore, check and shrink the database
    #[command(subcommand)]
    Db(db::DbCommand),
    /// What the exit codes mean
    #[command(long_about = Exit::TABLE)]
    ExitCodes,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Try a query on plain text: which sentences match, and why
    Try(TryArgs),
    /// Show every form that a term accepts, and what it does not accept
    Expand(ExpandArgs),
    /// Say what deserves a look in the rules of a config: floods, contradictions, what does nothing
    Lint(LintArgs),
    /// Say what a changed config would have matched in the archive; nothing is sent or written
    Backtest(backtest::BacktestArgs),
    /// Keep what rules match in the archive, without telling anybody, or in one digest
    Rescan(rescan::RescanArgs),
    /// How often each rule was right, by what subscribers said of its alerts; what runs away or is silent
    Precision(precision::PrecisionArgs),
}

#[derive(Debug, Args)]
struct ExpandArgs {
    /// Terms as rules write them: `قوات`, `=قوات`, `~انسحاب`, `تحال*`, `"قوات التحالف"`
    #[arg(value_name = "TERM", required = true)]
    words: Vec<String>,
    /// How to print the forms
    #[arg(long, value_enum, default_value = "text")]
    format: MatchFormat,
}

#[derive(Debug, Args)]
struct LintArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Also what is only good manners, such as a rule without `should_match`
    #[arg(long)]
    pedantic: bool,
}

#[derive(Debug, Subcommand)]
enum FeedsCommand {
    /// How every feed is doing, the one in most trouble first
    List(FeedsListArgs),
    /// Find the feeds of a site: those its page names, and those where most sites have them
    Discover(DiscoverArgs),
    /// Turn the OPML of another reader into [[feeds]] for a config
    Import(ImportArgs),
    /// Write the feeds of a config as OPML, for other readers
    Export(ConfigArg),
}

#[derive(Debug, Args)]
struct ConfigArg {
    /// The config file (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// Poll every feed once, now, deliver what is due, and end
    #[arg(long)]
    once: bool,
}

#[derive(Debug, Args)]
struct ParseArgs {
    /// The feed; standard input where absent or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// The HTTP Content-Type it came with, such as `text/xml; charset=windows-1256`
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Where it came from: relative links are resolved against it
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Also say what was mended, one line a note, on standard error
    #[arg(long)]
    notes: bool,
}

#[derive(Debug, Args)]
struct FetchArgs {
    /// An address, or the id of a feed in the config
    #[arg(value_name = "URL|FEED-ID")]
    feed: String,
    /// The config whose feeds and [fetch] hold; the defaults without it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

#[derive(Debug, Args)]
struct FeedsListArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// How to print it
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
}

#[derive(Debug, Args)]
struct DiscoverArgs {
    /// A page of the site, such as `https://news.example/`
    #[arg(value_name = "URL")]
    url: String,
    /// The config whose [fetch] holds; feeds that it has already are marked
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to print them
    #[arg(long, value_enum, default_value_t)]
    format: Layout,
    /// Print them as [[feeds]] for a config
    #[arg(long, conflicts_with = "format")]
    toml: bool,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// The OPML file; standard input where `-`
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A config: what it has already is left out, and its ids are not used again
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write them into this new file instead of standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Ask every feed once; those that fail become comments
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Layout {
    /// For people
    #[default]
    Text,
    /// One object, for programs
    Json,
}

#[derive(Debug, Args)]
struct MatchArgs {
    #[command(flatten)]
    config: ConfigArg,
    /// How to print what matched: json, but with --explain on a terminal text
    #[arg(long, value_enum)]
    format: Option<MatchFormat>,
    /// Say why: each clause with the words it found, or what kept it from holding
    ///
    /// Explained are the rules that match and those of which a part stands; all of them where they
    /// are ten or fewer. With JSON each object gains a member `explain`.
    #[arg(long)]
    explain: bool,
    /// Explain only this rule, whatever stands
    #[arg(long, value_name = "ID", requires = "explain")]
    rule: Option<String>,
    /// Documents, one `{"id":…,"title":…,"body":…}` a line; standard input where absent or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MatchFormat {
    /// One object a line, for programs
    Json,
    /// For people
    Text,
}

#[derive(Debug, Args)]
struct TryArgs {
    /// In the query language of the rules, such as 'سحب NEAR/3 القوات'
    query: String,
    /// Say also which clause found what, each word taken apart
    #[arg(long)]
    explain: bool,
    /// Plain text; standard input where absent or `-`
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// How a command can end; sysexits where they fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done, also when nothing matched.
    Done = 0,
    /// The input could not be used.
    Unusable = 1,
    /// The command line is wrong.
    Usage = 2,
    /// A line of data is malformed.
    Data = 65,
    /// An input file cannot be opened.
    NoInput = 66,
    /// The relay did not take a mail.
    Unavailable = 69,
    /// Something that should not happen happened.
    Software = 70,
    /// Reading, writing or the database failed.
    Io = 74,
    /// Another rasid holds the database.
    Busy = 75,
    /// The config is wrong.
    Config = 78,
}

impl Exit {
    const TABLE: &str = "\
Exit codes:
  0   done, also when nothing matched
  1   the input could not be used (parse: not a feed)
  2   the command line is wrong
  65  a line of the input is malformed; its number is in the message
  66  an input file cannot be opened
  69  the relay cannot be used or did not take the mail; its reply is in the message
  70  something that should not happen happened; please report it
  74  reading, writing or the database failed
  75  another rasid holds the database; try again when it has ended
  78  the config is wrong; `rasid check` says where";
}

/// Why a command could not do it, and how to exit.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    text: Text,
}

#[derive(Debug)]
enum Text {
    /// What happened, to what, and what to do.
    Line(String),
    /// Drawn already, such as a report on a config.
    Drawn(String),
}

impl Failure {
    /// `message` says what happened, to what, and what to do, in one line.
    pub fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, text: Text::Line(message.into()) }
    }

    /// `report` goes to stderr as it is.
    pub fn drawn(exit: Exit, report: impl Into<String>) -> Failure {
        Failure { exit, text: Text::Drawn(report.into()) }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        // A reader that has seen enough, as `head` has, is no failure.
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::new(Exit::Done, ""),
            _ => Failure::new(Exit::Io, format!("cannot write: {error}")),
        }
    }
}

impl From<crate::store::Error> for Failure {
    fn from(error: crate::store::Error) -> Failure {
        Failure::new(Exit::Io, error.to_string())
    }
}

/// Runs what was typed.
pub fn main() -> ExitCode {
    let cli = Cli::parse(); // exits with 2 by itself
    let mut out = io::BufWriter::new(io::stdout().lock());
    let result = dispatch(cli.command, &mut out).and_then(|()| out.flush().map_err(Failure::from));
    match result {
        Ok(()) => ExitCode::from(Exit::Done as u8),
        Err(Failure { exit, text }) => {
            // A closed stderr leaves nobody to tell.
            let _ = match text {
                Text::Line(line) if line.is_empty() => Ok(()),
                Text::Line(line) => writeln!(io::stderr(), "rasid: {}", one_line(&line)),
                Text::Drawn(report) => writeln!(io::stderr(), "{}", report.trim_end()),
            };
            ExitCode::from(exit as u8)
        }
    }
}

fn dispatch(command: Command, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Status(args) => status::run(&args, out),
        Command::Check(args) => check::run(&args, out),
        Command::Parse(args) => parse::run(&args, out),
        Command::Fetch(args) => fetch::run(&args, out),
        Command::Match(args) => matches::run(&args, out),
        Command::Rules(RulesCommand::Try(args)) => try_query::run(&args, out),
        Command::Feeds(command) => feeds::run(&command, out),
        Command::Rules(RulesCommand::Expand(args)) => expand::run(&args, out),
        Command::Rules(RulesCommand::Lint(args)) => lint::run(&args, out),
        Command::Stories(command) => stories::run(&command, out),
        Command::Outbox(command) => outbox::run(&command, out),
        Command::Rules(RulesCommand::Backtest(args)) => backtest::run(&args, out),
        Command::Rules(RulesCommand::Precision(args)) => precision::run(&args, out),
        Command::Rules(RulesCommand::Rescan(args)) => rescan::run(&args, out),
        Command::Search(args) => search::run(&args, out),
        Command::Mail(command) => mail::run(&command, out),
        Command::Export(args) => export::run(&args, out),
        Command::Manual(args) => manual::run(&args),
        Command::Stats(args) => stats::run(&args, out),
        Command::Subscribers(command) => subscribers::run(&command, out),
        Command::Db(command) => db::run(&command, out),
        Command::ExitCodes => Ok(writeln!(out, "{}", Exit::TABLE)?),
    }
}

/// Opens the input that was named, standard input where none was.
fn open(file: Option<&Path>) -> Result<Box<dyn Read>, Failure> {
    match file {
        None => Ok(Box::new(io::stdin().lock())),
        Some(path) if path == Path::new("-") => Ok(Box::new(io::stdin().lock())),
        Some(path) => match File::open(path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => {
                Err(Failure::new(Exit::NoInput, format!("cannot open {}: {error}", path.display())))
            }
        },
    }
}

/// An error may quote what a stranger wrote: no line breaks, no terminal controls.
fn one_line(message: &str) -> String {
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
