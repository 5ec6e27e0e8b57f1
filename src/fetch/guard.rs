//! The guard: the only place that says which address may be reached.
//!
//! In comes an address, out comes whether and why not. Names are judged by the addresses that are
//! really connected, as [`resolve`](super::resolve) lets only admitted ones through. Address literals never
//! reach a resolver and are judged in the URL, before the first request and on every redirect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use url::{Host, Url};

use super::Error;

/// Which addresses may be reached.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allow_private: bool,
    allowed: Arc<[Network]>,
}

/// A network that is allowed although it is not public, such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    length: u32,
}

impl Guard {
    /// Admits public addresses and those of `allowed`; with `allow_private` every address.
    pub fn new(allow_private: bool, allowed: Vec<Network>) -> Self {
        Self { allow_private, allowed: allowed.into() }
    }

    /// Whether `address` may be reached; the error says what it is instead of public.
    pub fn admit(&self, address: IpAddr) -> Result<(), &'static str> {
        if self.allow_private || self.allowed.iter().any(|network| network.holds(address)) {
            return Ok(());
        }
        judge(address)
    }

    /// Whether `url` may be asked: its scheme, and its host where that is an address already.
    pub fn check(&self, url: &Url) -> Result<(), Error> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::Refused(format!("{}: is neither http nor https", url.scheme())));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(Error::Refused("an address without a host".into())),
        };
        self.admit(address).map_err(|why| Error::Refused(format!("{address} is {why}")))
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => same_prefix_v4(network, address, self.length),
            (IpAddr::V6(network), IpAddr::V6(address)) => same_prefix_v6(network, address, self.length),
            _ => false,
        }
    }
}

/// `ADDRESS/LENGTH`, or an address alone.
impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, length) = text.split_once('/').unwrap_or((text, ""));
        let address: IpAddr = address.parse().map_err(|_| "not an address such as 10.0.0.0/8")?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let length = if length.is_empty() { Some(width) } else { length.parse().ok() };
        let length = length.filter(|length| *length <= width).ok_or("not a prefix length such as /8")?;
        Ok(Self { address, length })
    }
}

/// Says of any address whether it is public; the error says what it is instead.
///
/// An IPv6 address that carries an IPv4 address is judged by that one.
pub fn judge(address: IpAddr) -> Result<(), &'static str> {
    match address {
        IpAddr::V4(address) => judge_v4(address),
        IpAddr::V6(address) => judge_v6(address),
    }
}

fn judge_v4(address: Ipv4Addr) -> Result<(), &'static str> {
    let row = V4.iter().find(|(network, length, _)| same_prefix_v4(*network, address, *length));
    row.map_or(Ok(()), |(_, _, what)| Err(what))
}

fn judge_v6(address: Ipv6Addr) -> Result<(), &'static str> {
    let row = V6.iter().find(|(network, length, _)| same_prefix_v6(*network, address, *length));
    match row.map(|(_, _, verdict)| verdict) {
        Some(Forbidden(what)) => Err(what),
        Some(Carries(shift)) => judge_v4(Ipv4Addr::from_bits((address.to_bits() >> shift) as u32)),
        Some(Public) => Ok(()),
        None => Err("not a global unicast address (RFC 4291)"),
    }
}

fn same_prefix_v4(a: Ipv4Addr, b: Ipv4Addr, length: u32) -> bool {
    (a.to_bits() ^ b.to_bits()).checked_shr(32 - length).unwrap_or(0) == 0
}

fn same_prefix_v6(a: Ipv6Addr, b: Ipv6Addr, length: u32) -> bool {
    (a.to_bits() ^ b.to_bits()).checked_shr(128 - length).unwrap_or(0) == 0
}

/// Each network with its prefix length and what it is for; the first that holds decides.
const V4: &[(Ipv4Addr, u32, &str)] = &[
    (v4(0, 0, 0), 8, "this host or network (RFC 1122)"),
    (v4(10, 0, 0), 8, "a private address (RFC 1918)"),
    (v4(100, 64, 0), 10, "an address shared behind a carrier (RFC 6598)"),
    (v4(127, 0, 0), 8, "a loopback address (RFC 1122)"),
    (v4(169, 254, 0), 16, "a link-local address (RFC 3927)"),
    (v4(172, 16, 0), 12, "a private address (RFC 1918)"),
    (v4(192, 0, 0), 24, "an address for protocol assignments (RFC 6890)"),
    (v4(192, 0, 2), 24, "an address for documentation (RFC 5737)"),
    (v4(192, 88, 99), 24, "an address of former 6to4 relays (RFC 7526)"),
    (v4(192, 168, 0), 16, "a private address (RFC 1918)"),
    (v4(198, 18, 0), 15, "an address for benchmarks (RFC 2544)"),
    (v4(198, 51, 100), 24, "an address for documentation (RFC 5737)"),
    (v4(203, 0, 113), 24, "an address for documentation (RFC 5737)"),
    (v4(224, 0, 0), 4, "a multicast address (RFC 5771)"),
    (Ipv4Addr::BROADCAST, 32, "the broadcast address (RFC 919)"),
    (v4(240, 0, 0), 4, "a reserved address (RFC 1112)"),
];

enum Verdict {
    Forbidden(&'static str),
    /// An IPv4 address stands so many bits from the right.
    Carries(u32),
    Public,
}
use Verdict::{Carries, Forbidden, Public};

const V6: &[(Ipv6Addr, u32, Verdict)] = &[
    (v6(0, 0, 0), 128, Forbidden("the unspecified address (RFC 4291)")),
    (Ipv6Addr::LOCALHOST, 128, Forbidden("a loopback address (RFC 4291)")),
    (Ipv4Addr::UNSPECIFIED.to_ipv6_mapped(), 96, Carries(0)), // IPv4-mapped: RFC 4291, 2.5.5.2
    (v6(0, 0, 0), 96, Forbidden("an IPv4-compatible address (RFC 4291)")),
    (v6(0x64, 0xff9b, 0), 96, Carries(0)), // NAT64: RFC 6052
    (v6(0x64, 0xff9b, 1), 48, Forbidden("an address of a local translator (RFC 8215)")),
    (v6(0x2001, 0, 0), 32, Forbidden("a Teredo address (RFC 4380)")), // it carries two, one of them masked
    (v6(0x2001, 0, 0), 23, Forbidden("an address for protocol assignments (RFC 2928)")),
    (v6(0x2001, 0xdb8, 0), 32, Forbidden("an address for documentation (RFC 3849)")),
    (v6(0x2002, 0, 0), 16, Carries(80)), // 6to4: RFC 3056
    (v6(0x3fff, 0, 0), 20, Forbidden("an address for documentation (RFC 9637)")),
    (v6(0x2000, 0, 0), 3, Public), // all that the IANA has given out: RFC 4291, 2.4
    (v6(0xfc00, 0, 0), 7, Forbidden("a private address (RFC 4193)")),
    (v6(0xfe80, 0, 0), 10, Forbidden("a link-local address (RFC 4291)")),
    (v6(0xfec0, 0, 0), 10, Forbidden("a site-local address (RFC 3879)")),
    (v6(0xff00, 0, 0), 8, Forbidden("a multicast address (RFC 4291)")),
];

const fn v4(a: u8, b: u8, c: u8) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, 0)
}

const fn v6(a: u16, b: u16, c: u16) -> Ipv6Addr {
    Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)
}
