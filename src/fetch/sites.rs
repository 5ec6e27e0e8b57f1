//! What is remembered of the robots.txt of sites: bounded in time, number and bytes. Asks nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Error;
use super::robots::Robots;

/// How long a robots.txt is believed, and how long one that could not be had is not asked for again.
const BELIEVED: Duration = Duration::from_hours(24);
const UNREACHED: Duration = Duration::from_mins(10);
/// Sites that are remembered, and bytes of what they ask; a feed may lead to thousands of sites of one owner.
const MOST_SITES: usize = 1_000;
const MOST_BYTES: usize = 8 << 20;

/// By origin.
#[derive(Default)]
pub(super) struct Sites {
    known: HashMap<String, Site>,
    bytes: usize,
}

struct Site {
    until: Instant,
    asks: Asks,
}

/// What a site asks of robots.
pub(super) type Asks = Result<Arc<Robots>, Unreached>;

/// Why its robots.txt could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreached(pub(super) Error);

impl Sites {
    /// What is believed of an origin, if it was asked lately.
    pub(super) fn get(&self, origin: &str) -> Option<Asks> {
        self.known.get(origin).filter(|site| site.until > Instant::now()).map(|site| site.asks.clone())
    }

    /// Remembers what came of asking; whatever is too old goes, and all else where that leaves no room.
    pub(super) fn put(&mut self, origin: String, asks: Asks) {
        let bytes = size(&asks);
        if self.known.len() >= MOST_SITES || self.bytes + bytes > MOST_BYTES {
            self.known.retain(|_, site| site.until > Instant::now());
            self.bytes = self.known.values().map(|site| size(&site.asks)).sum();
        }
        if self.known.len() >= MOST_SITES || self.bytes + bytes > MOST_BYTES {
            self.known.clear();
            self.bytes = 0;
        }
        let until = Instant::now() + if asks.is_ok() { BELIEVED } else { UNREACHED };
        if let Some(before) = self.known.insert(origin, Site { until, asks }) {
            self.bytes -= size(&before.asks);
        }
        self.bytes += bytes;
    }
}

fn size(asks: &Asks) -> usize {
    asks.as_ref().map_or(0, |robots| robots.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let rules = format!("User-agent: *\n{}", format!("Disallow: /{}\n", "أ".repeat(400)).repeat(500));
        let robots = Arc::new(Robots::parse(rules.as_bytes(), "rasid"));
        assert!(robots.bytes() > 1_000_000, "{}", robots.bytes());
        let mut sites = Sites::default();
        for n in 0..100 {
            let origin = format!("https://{n}.example");
            sites.put(origin.clone(), Ok(Arc::clone(&robots)));
            sites.put(origin.clone(), Ok(Arc::clone(&robots)));
            assert!(sites.get(&origin).is_some());
            let held: usize = sites.known.values().map(|site| size(&site.asks)).sum();
            assert!(held == sites.bytes && held <= MOST_BYTES, "{held}");
        }
        for n in 0..3_000 {
            sites.put(n.to_string(), Err(Unreached(Error::Gone)));
            assert!(sites.known.len() <= MOST_SITES);
        }
        assert!(sites.get("2999") == Some(Err(Unreached(Error::Gone))) && sites.get("elsewhere").is_none());
    }
}
