//! A program that takes a message on standard input, as sendmail does.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use lettre::Address;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Verdict, connect, reply};

/// Bytes of what the program complains that are read.
const COMPLAINT: u64 = 4096;

/// The program.
#[derive(Debug)]
pub(super) struct Program {
    path: PathBuf,
}

impl Program {
    pub(super) fn new(path: PathBuf) -> Program {
        Program { path }
    }

    /// Runs the program to its end, or kills it when it takes longer than `wait`.
    pub(super) async fn send(&self, from: &Address, to: &Address, bytes: &[u8], wait: Duration) -> Verdict {
        let arguments = [OsStr::new("-i"), "-f".as_ref(), from.as_ref(), "--".as_ref(), to.as_ref()];
        let spawned = Command::new(&self.path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => return Verdict::RelayRefusesUs(self.say(&error.to_string())),
        };
        match timeout(wait, feed(&mut child, bytes)).await {
            Ok(Ok((status, complaint))) => self.judge(status, &complaint),
            Ok(Err(error)) => Verdict::RelayUnavailable(self.say(&error.to_string())),
            Err(_) => {
                // Waits for its end as well; a failure means that it has ended.
                let _ = child.kill().await;
                Verdict::MessageDeferred(self.say(&format!("not done within {}", connect::seconds(wait))))
            }
        }
    }

    /// What an exit status means, by sysexits.
    fn judge(&self, status: ExitStatus, complaint: &str) -> Verdict {
        let reason = self.say(format!("{status}: {complaint}").trim_end_matches([' ', ':']));
        match status.code() {
            Some(0) => Verdict::Accepted(self.say("taken over")),
            Some(75) => Verdict::MessageDeferred(reason), // EX_TEMPFAIL
            Some(65 | 67 | 68) => Verdict::MessageRefused(reason), // EX_DATAERR, EX_NOUSER, EX_NOHOST
            Some(64 | 77 | 78 | 126 | 127) => Verdict::RelayRefusesUs(reason), // EX_USAGE, EX_NOPERM, EX_CONFIG, no program
            _ => Verdict::RelayUnavailable(reason),
        }
    }

    fn say(&self, text: &str) -> String {
        reply::one_line(&format!("{}: {text}", self.path.display()))
    }
}

/// Hands over the message and hears the program out.
async fn feed(child: &mut Child, bytes: &[u8]) -> io::Result<(ExitStatus, String)> {
    let stdin = child.stdin.take();
    let stderr = child.stderr.take();
    // Local line ends, which is what such programs read.
    let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
    let write = async {
        if let Some(mut stdin) = stdin {
            // A program that wants no more says why by its exit status.
            let _ = stdin.write_all(&bytes).await;
            let _ = stdin.shutdown().await;
        }
    };
    let listen = async {
        let mut complaint = Vec::new();
        if let Some(mut stderr) = stderr {
            let _ = (&mut stderr).take(COMPLAINT).read_to_end(&mut complaint).await;
            let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
        }
        complaint
    };
    let ((), complaint) = tokio::join!(write, listen);
    let status = child.wait().await?;
    Ok((status, String::from_utf8_lossy(&complaint).into_owned()))
}
