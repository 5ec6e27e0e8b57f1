//! Asking every feed of an import once, as politely as a poll: what fails becomes a comment.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::cli::feeds::written::Written;
use crate::cli::fetch::advice;
use crate::cli::{Failure, probe, progress};
use crate::config::{self, Config};
use crate::fetch::Fetcher;
use crate::fetch::host::{Hosts, Standing, Turn};

/// No feed may take longer, whatever `timeout` of the section fetch says.
const EACH: Duration = Duration::from_secs(20);
/// Feeds that wait or are asked at one time; an import may list tens of thousands.
const AT_ONCE: usize = 512;

/// What was learnt of one feed: the title that it gives itself, or why it cannot be read.
type Learnt = Result<Option<String>, String>;

pub(super) fn check(feeds: &mut [Written], config: Option<&Config>) -> Result<(), Failure> {
    let mut settings = probe::settings(config);
    settings.timeout = settings.timeout.min(EACH);
    let (fetcher, hosts) = (probe::fetcher(&settings)?, Hosts::new(&settings));
    let bar = progress::bar(feeds.len(), "feeds asked");
    let all = async {
        let mut asking = JoinSet::new();
        let mut next = 0;
        while next < feeds.len() || !asking.is_empty() {
            while next < feeds.len() && asking.len() < AT_ONCE {
                let (url, place) = (feeds[next].url.clone(), next);
                let (fetcher, hosts) = (fetcher.clone(), hosts.clone());
                asking.spawn(async move { (place, ask(&url, &fetcher, hosts, settings.max_entries).await) });
                next += 1;
            }
            if let Some(Ok((place, learnt))) = asking.join_next().await {
                bar.inc(1);
                take(&mut feeds[place], learnt);
            }
        }
    };
    probe::runtime()?.block_on(all);
    bar.finish_and_clear();
    Ok(())
}

async fn ask(url: &str, fetcher: &Fetcher, hosts: Hosts, max_entries: usize) -> Learnt {
    let feed = config::feed_at(url)?;
    let mut turn = Turn::among(hosts, Standing::Good);
    let probe = probe::in_turn(fetcher, &feed, max_entries, &mut turn).await;
    match probe.reading {
        Ok(reading) => Ok(reading.feed.title),
        Err(trouble) => Err(format!("{trouble}; {}", advice(&trouble))),
    }
}

fn take(feed: &mut Written, learnt: Learnt) {
    match learnt {
        Ok(title) => feed.title = feed.title.take().or(title),
        Err(why) => {
            feed.off = true;
            feed.note = Some(why);
        }
    }
}
