//! The built program: run to its end, or held running.

use std::io::Write;
use std::process::{Command, Stdio};

/// How a run ended and what it printed.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; −1 where a signal ended it.
    pub code: i32,
    /// All of stdout; panics in `run` where it is not UTF-8.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
}

/// The built program with these arguments.
pub fn rasid(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rasid"));
    command.args(args).env_remove("RUST_LOG").env_remove("JOURNAL_STREAM").env_remove("NOTIFY_SOCKET");
    command
}

/// Runs the program to its end with `input` on standard input.
pub fn run(args: &[&str], input: &[u8]) -> Ended {
    let mut child = rasid(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_vec();
    // Written aside, so that a program that prints before it has read all cannot deadlock with us.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input); // a program that does not want it all closes its end
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
