//! `rasid manual`: man pages and shell completions, out of the definition that reads the command line.
//!
//! Packages are made with it; who installed with cargo has it at hand.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Exit, Failure};

#[derive(Debug, Args)]
pub(super) struct ManualArgs {
    /// Gets `man/*.1` and `completions/*`; made where it is missing
    #[arg(value_name = "DIRECTORY")]
    directory: PathBuf,
}

pub(super) fn run(args: &ManualArgs) -> Result<(), Failure> {
    write(args).map_err(|error| {
        Failure::new(Exit::Io, format!("cannot write into {}: {error}", args.directory.display()))
    })
}

fn write(args: &ManualArgs) -> io::Result<()> {
    let (man, completions) = (args.directory.join("man"), args.directory.join("completions"));
    fs::create_dir_all(&man)?;
    fs::create_dir_all(&completions)?;
    clap_mangen::generate_to(Cli::command(), man)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut Cli::command(), "rasid", &completions)?;
    }
    Ok(())
}
