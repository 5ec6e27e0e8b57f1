//! How often one client may do what costs: a few times an hour by its address. Pure, but for what it remembers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The time over which it is counted.
const WINDOW: Duration = Duration::from_hours(1);

/// Clients remembered at most; where there are more, the newest are refused.
const CLIENTS: usize = 10_000;

/// Who came how often.
#[derive(Debug)]
pub(super) struct Limit {
    most: usize,
    came: Mutex<HashMap<IpAddr, Vec<Instant>>>,
}

impl Limit {
    /// So many times an hour.
    pub(super) fn new(most: usize) -> Limit {
        Limit { most, came: Mutex::default() }
    }

    /// Whether a client may do it once more; if so, that counts.
    ///
    /// What comes from this machine is passed on by a web server before us, whose own clients we
    /// cannot tell apart: they are limited together, elsewhere.
    pub(super) fn admit(&self, client: IpAddr, now: Instant) -> bool {
        let client = network(client);
        if client.is_loopback() {
            return true;
        }
        let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |times: &mut Vec<Instant>| {
            times.retain(|time| now.duration_since(*time) < WINDOW);
            !times.is_empty()
        };
        if came.len() >= CLIENTS {
            came.retain(|_, times| recent(times));
        }
        if came.len() >= CLIENTS && !came.contains_key(&client) {
            return false;
        }
        let times = came.entry(client).or_default();
        recent(times);
        let room = times.len() < self.most;
        if room {
            times.push(now);
        }
        room
    }
}

/// One household: an address of IPv4, or a /64 of IPv6.
fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) if !address.is_loopback() => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_admitted_a_few_times_an_hour() {
        let limit = Limit::new(2);
        let start = Instant::now();
        let cases = [
            ("192.0.2.1", 0, true),
            ("192.0.2.1", 1, true),
            ("192.0.2.1", 2, false),
            ("::ffff:192.0.2.1", 2, false),
            ("192.0.2.2", 2, true),
            ("2001:db8::1", 3, true),
            ("2001:db8::2", 3, true),
            ("2001:db8::3", 3, false),
            ("2001:db8:0:1::1", 3, true),
            ("127.0.0.1", 4, true),
            ("127.0.0.1", 4, true),
            ("127.0.0.1", 4, true),
            ("::1", 4, true),
            ("192.0.2.1", 3_599, false),
            ("192.0.2.1", 3_600, true),
            ("192.0.2.1", 3_600, false),
        ];
        for (client, second, expected) in cases {
            let now = start + Duration::from_secs(second);
            assert_eq!(limit.admit(client.parse().unwrap(), now), expected, "{client} at {second}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let limit = Limit::new(1);
        let now = Instant::now();
        let client = |n: u32| IpAddr::V4((0x0a00_0000 + n).into());
        assert!((0..CLIENTS as u32).all(|n| limit.admit(client(n), now)));
        assert!(!limit.admit(client(CLIENTS as u32), now));
        assert!(limit.admit(client(CLIENTS as u32), now + WINDOW));
        assert_eq!(limit.came.lock().unwrap().len(), 1);
    }
}
