//! What a site asks of robots (RFC 9309): a robots.txt and our name in, whether an address may be asked
//! out. Pure. Feeds are published for robots and are asked whatever it says; this is for pages.

use std::fmt::Write;

use url::Url;

/// Bytes that are read, as the RFC allows.
pub(super) const LARGEST: usize = 500 * 1024;
/// Rules of our group, and bytes of one pattern.
const MOST_RULES: usize = 2_000;
const LONGEST_PATTERN: usize = 1_024;

/// The rules that are meant for us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Robots {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    pattern: String,
}

impl Robots {
    /// The groups for `agent`, the product of our User-Agent; where there are none, those for all.
    pub(super) fn parse(bytes: &[u8], agent: &str) -> Robots {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LARGEST)]);
        let (mut ours, mut all): (Option<Vec<Rule>>, Vec<Rule>) = (None, Vec::new());
        // Whom the group at hand is for, and whether its rules have begun.
        let (mut for_us, mut for_all, mut begun) = (false, false, true);
        for line in text.trim_start_matches('\u{FEFF}').split(['\n', '\r']) {
            let Some((key, value)) = line.split('#').next().unwrap_or_default().split_once(':') else {
                continue;
            };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match key.as_str() {
                "user-agent" => {
                    if std::mem::take(&mut begun) {
                        (for_us, for_all) = (false, false);
                    }
                    for_us |= product(value).eq_ignore_ascii_case(agent);
                    for_all |= value == "*";
                    if for_us {
                        ours.get_or_insert_default();
                    }
                }
                "allow" | "disallow" => {
                    begun = true;
                    let rule = (!value.is_empty() && value.len() <= LONGEST_PATTERN)
                        .then(|| Rule { allows: key == "allow", pattern: normal(value) });
                    for rules in [ours.as_mut().filter(|_| for_us), Some(&mut all).filter(|_| for_all)] {
                        let rules = rules.filter(|rules| rules.len() < MOST_RULES);
                        if let Some(rules) = rules {
                            rules.extend(rule.clone());
                        }
                    }
                }
                _ => {}
            }
        }
        Robots { rules: ours.unwrap_or(all) }
    }

    /// What it takes to remember them.
    pub(super) fn bytes(&self) -> usize {
        self.rules.iter().map(|rule| size_of::<Rule>() + rule.pattern.capacity()).sum()
    }

    /// The longest rule that fits decides, and of two that are as long the kinder one.
    pub(super) fn allow(&self, url: &Url) -> bool {
        let path = normal(&url[url::Position::BeforePath..url::Position::AfterQuery]);
        let fits = self.rules.iter().filter(|rule| fits(&rule.pattern, &path));
        fits.max_by_key(|rule| (rule.pattern.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }
}

/// The name that robots.txt calls a User-Agent by: its letters before the version.
pub(super) fn product(agent: &str) -> &str {
    let end = agent.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_'));
    &agent[..end.unwrap_or(agent.len())]
}

/// Percent escapes in upper case, other letters than ASCII escaped.
fn normal(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let bytes = path.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let escaped = (1..=2).any(|back| {
            let percent = at.checked_sub(back).is_some_and(|percent| bytes[percent] == b'%');
            percent && (back == 1 || bytes[at - 1] != b'%')
        });
        match byte {
            0x80.. => {
                let _ = write!(out, "%{byte:02X}"); // memory takes it
            }
            _ if escaped => out.push(char::from(byte.to_ascii_uppercase())),
            _ => out.push(char::from(byte)),
        }
    }
    out
}

/// `*` is anything, `$` at the end is the end. Each piece is looked for once, from left to right.
fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, whole) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return !whole || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if whole && pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(robots: &str, path: &str) -> bool {
        let url = Url::parse("https://site.example/").unwrap().join(path).unwrap();
        Robots::parse(robots.as_bytes(), "rasid").allow(&url)
    }

    #[test]
    fn rules_hold_as_the_rfc_says() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("", &["/", "/a?b"], &[]),
            ("User-agent: *\nDisallow:\n", &["/a"], &[]),
            ("User-agent: *\nDisallow: /\n", &[], &["/", "/a?b"]),
            (
                "user-AGENT:*\r\ndisallow : /a # all of it\r\nAllow: /a/b\r\n",
                &["/b", "/a/b/c"],
                &["/a", "/ab", "/a/c"],
            ),
            ("User-agent: *\nDisallow: /\n\nUser-agent: Rasid/1.0\nDisallow: /x", &["/a"], &["/x"]),
            (
                "User-agent: other\nUser-agent: rasid\nDisallow: /x\nUser-agent: third\nDisallow: /",
                &["/a"],
                &["/x"],
            ),
            (
                "User-agent: rasid\nDisallow: /x\nUser-agent: *\nDisallow: /\nUser-agent: rasid\nDisallow: /y",
                &["/a"],
                &["/x", "/y"],
            ),
            ("User-agent: rasidbot\nDisallow: /", &["/a"], &[]),
            (
                "User-agent: *\nDisallow: /*.php$\nAllow: /ok*.php$",
                &["/a.php?x", "/a.html", "/okay.php"],
                &["/a.php", "/x/y.php"],
            ),
            ("User-agent: *\nDisallow: /*?*print=1", &["/a?x=1"], &["/a?x=1&print=1"]),
            ("User-agent: *\nDisallow: /أخبار", &["/"], &["/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1"]),
            ("User-agent: *\nDisallow: /%d8%a3", &["/"], &["/%D8%A3"]),
            ("User-agent: *\nAllow: /a\nDisallow: /a", &["/a"], &[]),
            ("\u{FEFF}User-agent: *\nSitemap: x\nDisallow: /a", &[], &["/a"]),
            ("Disallow: /\nnonsense\n:::\n", &["/a"], &[]),
        ];
        for (robots, yes, no) in cases {
            for (paths, expected) in [(yes, true), (no, false)] {
                for path in *paths {
                    assert_eq!(allows(robots, path), expected, "{robots:?} {path}");
                }
            }
        }
        assert_eq!(product("rasid/0.1 (+mailto:x@y)"), "rasid");
    }

    #[test]
    fn a_hostile_file_costs_its_bytes() {
        let robots = format!("User-agent: *\n{}", format!("Disallow: /{}b\n", "*a".repeat(400)).repeat(600));
        assert!(allows(&robots, &format!("/{}", "a".repeat(8_000))));
    }
}
