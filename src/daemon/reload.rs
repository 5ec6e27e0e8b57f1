//! Reading the config again: a good one is put in force, a broken one leaves the old one there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::serve::Doors;
use super::{Active, Shared};
use crate::config::{self, Config, Report};
use crate::logging::safe_whole;
use crate::store::Store;
use crate::systemd;

/// Reads the config at `path` and puts it in force, or says why the old one stays.
pub(super) async fn reload<S: Store>(path: &Path, shared: &Shared<S>, doors: &mut Doors) {
    systemd::reloading();
    let before = shared.active();
    match read(path.to_owned(), Arc::clone(&before)).await {
        Ok(new) => match doors.take(&new.config.http).await {
            Ok(door) => {
                shared.vitals.reloaded(None);
                shared.register.replace(&new);
                doors.change(door, shared);
                log_changes(&before, &new);
            }
            Err(problem) => {
                shared.vitals.reloaded(Some(problem.to_string()));
                let problem = problem.to_string();
                tracing::error!(problem = %safe_whole(&problem), "the new config cannot hold; the old one stays in force");
            }
        },
        Err(why) => {
            shared.vitals.reloaded(why.first().cloned());
            for problem in why {
                let problem = safe_whole(&problem);
                tracing::error!(%problem, "the new config is broken; the old one stays in force");
            }
        }
    }
    systemd::ready();
}

/// Reading and compiling take their time with many rules, so not on the tasks' threads.
async fn read(path: PathBuf, before: Arc<Active>) -> Result<Active, Vec<String>> {
    let read = tokio::task::spawn_blocking(move || {
        let loaded = config::load(&path).map_err(|report| lines(&report))?;
        Active::new(loaded.config, Some(&before)).map_err(|error| vec![error])
    });
    read.await.unwrap_or_else(|_| Err(vec!["reading it failed unexpectedly; please report it".into()]))
}

fn lines(report: &Report) -> Vec<String> {
    report.problems().iter().map(ToString::to_string).collect()
}

fn log_changes(old: &Active, new: &Active) {
    if old.config.storage.path != new.config.storage.path {
        tracing::warn!("storage.path changed: that needs a restart, the old database stays in use");
    }
    let feeds = difference(&old.config, &new.config, |config| {
        config.feeds.iter().map(|feed| (feed.id.clone(), format!("{feed:?}"))).collect()
    });
    let subscribers = difference(&old.config, &new.config, |config| {
        let row = |subscriber: &config::Subscriber| (subscriber.email.to_string(), format!("{subscriber:?}"));
        config.subscribers.iter().map(row).collect()
    });
    tracing::info!(
        feeds_added = feeds.added,
        feeds_removed = feeds.removed,
        feeds_changed = feeds.changed,
        subscribers_added = subscribers.added,
        subscribers_removed = subscribers.removed,
        subscribers_changed = subscribers.changed,
        rules = new.rules.count(),
        "the new config is in force"
    );
}

struct Difference {
    added: usize,
    removed: usize,
    changed: usize,
}

fn difference(old: &Config, new: &Config, rows: impl Fn(&Config) -> HashMap<String, String>) -> Difference {
    let (old, new) = (rows(old), rows(new));
    Difference {
        added: new.keys().filter(|key| !old.contains_key(*key)).count(),
        removed: old.keys().filter(|key| !new.contains_key(*key)).count(),
        changed: new.iter().filter(|(key, row)| old.get(*key).is_some_and(|was| was != *row)).count(),
    }
}
