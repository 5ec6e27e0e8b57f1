//! `rasid run`: the daemon, or one round of it.

use std::path::Path;
use std::time::Duration;

use tokio::runtime;

use super::{Exit, Failure, RunArgs, check};
use crate::config;
use crate::daemon::{self, Active, Signals};
use crate::logging;
use crate::store::sqlite::{OpenError, SqliteStore};

/// What still runs on threads when the daemon has ended is left behind after so long.
const STRAGGLERS: Duration = Duration::from_millis(200);

pub(super) fn run(args: &RunArgs) -> Result<(), Failure> {
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("rasid")
        .build()
        .map_err(|error| Failure::new(Exit::Software, format!("cannot start threads: {error}")))?;
    let ended = runtime.block_on(serve(&args.config.config, args.once));
    runtime.shutdown_timeout(STRAGGLERS);
    ended
}

async fn serve(path: &Path, once: bool) -> Result<(), Failure> {
    // Before anything is read or opened, so that no signal finds the system's default in place.
    let mut signals = Signals::new()
        .map_err(|error| Failure::new(Exit::Software, format!("cannot listen for signals: {error}")))?;
    let loaded = config::load(path).map_err(|report| check::refused(&report))?;
    logging::start();
    for warning in loaded.warnings.problems() {
        let warning = warning.to_string();
        tracing::warn!(warning = %logging::safe_whole(&warning), "the config deserves a look");
    }
    let storage = loaded.config.storage.path.clone();
    let active = Active::new(loaded.config, None).map_err(|message| Failure::new(Exit::Config, message))?;
    let open = storage.clone();
    // Opening may wait for a backup's lock; a signal need not.
    let store = tokio::select! {
        opened = tokio::task::spawn_blocking(move || SqliteStore::open(&open)) => {
            opened.map_err(|_| Failure::new(Exit::Software, "opening the database failed unexpectedly"))?
        }
        () = signals.end() => return Ok(()),
    };
    let store = store.map_err(|error| refused(&error))?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), database = %storage.display(), "started");
    let ended = if once {
        daemon::once(store, active, signals).await
    } else {
        daemon::run(store, active, path, signals).await
    };
    ended.map_err(|error| match error {
        daemon::Error::Store(_) | daemon::Error::Listen(_) => Failure::new(Exit::Io, error.to_string()),
        daemon::Error::Task(_) => Failure::new(Exit::Software, error.to_string()),
    })
}

fn refused(error: &OpenError) -> Failure {
    let exit = match error {
        OpenError::Held { .. } => Exit::Busy,
        _ => Exit::Io,
    };
    Failure::new(exit, error.to_string())
}
