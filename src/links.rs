//! Signed links: what a subscriber may do from a mail, as an address on the web, and back. Pure.
//!
//! In come the public address, a key, a subscriber's name and what the link is for; out comes a URL
//! whose token says it, and from a token that came back what it says. A token is short, opaque and
//! carries no address: whom it is for stands in it as a keyed hash of [`alert::name`](crate::alert::name),
//! which only finds somebody among names that are known anyway. Nothing here asks whether that name
//! still subscribes, or changes anything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use url::Url;

/// The first byte of every token; another one is another layout.
const VERSION: u8 = 1;

/// Bytes of the hash that stands for a name: two of a billion names share one by a chance of 10⁻¹¹.
const HANDLE: usize = 12;

/// Bytes of the signature: half of SHA-256, as RFC 2104 allows, and beyond any guessing.
const SIGNATURE: usize = 16;

/// What keeps hashes of names and signatures apart under one key.
const NAMING: &[u8] = b"rasid name\0";
const SIGNING: &[u8] = b"rasid link\0";

/// The path under which all links lie, before the token.
pub const PATH: &str = "/s/";

/// Makes links and reads their tokens. Never shows the key.
#[derive(Clone)]
pub struct Links {
    /// Scheme and authority, without a slash at the end.
    base: String,
    key: [u8; 32],
}

/// Whom a link is for: equal for equal names under one key, and nothing else can be told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle([u8; HANDLE]);

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// End all mail.
    Unsubscribe,
    /// No mail for a day.
    Pause,
    /// One mail a day instead of many.
    Digest,
    /// Nothing more of one story.
    Mute {
        /// The id of its first entry.
        story: i64,
    },
    /// Say whether an entry was worth an alert.
    Judge {
        /// The store's number of the entry.
        entry: i64,
        /// What is said of it.
        relevant: bool,
    },
    /// Confirm that who signed up has this address.
    Confirm {
        /// The store's number of the sign-up.
        signup: i64,
    },
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Whom it is for.
    pub who: Handle,
    /// What it is for.
    pub action: Action,
}

impl Links {
    /// Links below `public_url`, signed with a key that only this installation has.
    pub fn new(public_url: &Url, key: [u8; 32]) -> Links {
        Links { base: public_url.as_str().trim_end_matches('/').to_owned(), key }
    }

    /// Ends all mail; also what RFC 8058 has clients POST to.
    pub fn unsubscribe(&self, subscriber: &str) -> String {
        self.link(subscriber, Action::Unsubscribe)
    }

    /// Pauses for a day.
    pub fn pause(&self, subscriber: &str) -> String {
        self.link(subscriber, Action::Pause)
    }

    /// Switches to one mail a day.
    pub fn digest(&self, subscriber: &str) -> String {
        self.link(subscriber, Action::Digest)
    }

    /// Mutes a story, named by the id of its first entry.
    pub fn mute(&self, subscriber: &str, story: i64) -> String {
        self.link(subscriber, Action::Mute { story })
    }

    /// Says of an entry, by the store's number, whether it was worth an alert.
    pub fn judge(&self, subscriber: &str, entry: i64, relevant: bool) -> String {
        self.link(subscriber, Action::Judge { entry, relevant })
    }

    /// Confirms a sign-up.
    pub fn confirm(&self, subscriber: &str, signup: i64) -> String {
        self.link(subscriber, Action::Confirm { signup })
    }

    /// Where a link for `action` leads.
    pub fn link(&self, subscriber: &str, action: Action) -> String {
        let token = self.token(&Token { who: self.handle(subscriber), action });
        format!("{}{PATH}{token}", self.base)
    }

    /// What a token says; `None` where any of it was not written under this key.
    pub fn read(&self, token: &str) -> Option<Token> {
        // A token that is longer than any is not worth decoding.
        let bytes = (token.len() <= 64).then(|| URL_SAFE_NO_PAD.decode(token).ok())??;
        let (said, signature) = bytes.split_at_checked(bytes.len().checked_sub(SIGNATURE)?)?;
        self.mac(SIGNING, said).verify_truncated_left(signature).ok()?;
        let (&[version, kind], rest) = said.split_first_chunk()?;
        let (&who, argument) = rest.split_first_chunk::<HANDLE>()?;
        let action = match (kind, argument) {
            (1, []) => Action::Unsubscribe,
            (2, []) => Action::Pause,
            (3, []) => Action::Digest,
            (4, story) => Action::Mute { story: i64::from_be_bytes(story.try_into().ok()?) },
            (6, entry) => Action::Judge { entry: i64::from_be_bytes(entry.try_into().ok()?), relevant: true },
            (7, entry) => {
                Action::Judge { entry: i64::from_be_bytes(entry.try_into().ok()?), relevant: false }
            }
            (5, signup) => Action::Confirm { signup: i64::from_be_bytes(signup.try_into().ok()?) },
            _ => return None,
        };
        (version == VERSION).then_some(Token { who: Handle(who), action })
    }

    /// What stands for a name in tokens.
    pub fn handle(&self, subscriber: &str) -> Handle {
        let hash = self.mac(NAMING, subscriber.as_bytes()).finalize().into_bytes();
        let mut handle = [0; HANDLE];
        handle.copy_from_slice(&hash[..HANDLE]);
        Handle(handle)
    }

    /// A token without the address before it.
    pub fn token(&self, token: &Token) -> String {
        let (kind, argument) = match token.action {
            Action::Unsubscribe => (1, None),
            Action::Pause => (2, None),
            Action::Digest => (3, None),
            Action::Mute { story } => (4, Some(story)),
            Action::Confirm { signup } => (5, Some(signup)),
            Action::Judge { entry, relevant: true } => (6, Some(entry)),
            Action::Judge { entry, relevant: false } => (7, Some(entry)),
        };
        let mut bytes = vec![VERSION, kind];
        bytes.extend(token.who.0);
        bytes.extend(argument.map(i64::to_be_bytes).into_iter().flatten());
        let signature = self.mac(SIGNING, &bytes).finalize().into_bytes();
        bytes.extend(&signature[..SIGNATURE]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn mac(&self, purpose: &[u8], said: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.padded_key());
        mac.update(purpose);
        mac.update(said);
        mac
    }

    /// The key on a whole block, as HMAC fills it up anyway: then no length can be wrong.
    fn padded_key(&self) -> hmac::digest::Key<Hmac<Sha256>> {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..self.key.len()].copy_from_slice(&self.key);
        block
    }
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Links").field("base", &self.base).field("key", &"***").finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMAL: &str = "amal@example.org";

    fn links(key: u8) -> Links {
        Links::new(&Url::parse("https://alerts.example.org").unwrap(), [key; 32])
    }

    fn token(link: &str) -> &str {
        link.strip_prefix("https://alerts.example.org/s/").unwrap()
    }

    #[test]
    fn a_link_says_what_it_was_made_for_and_for_whom() {
        let links = links(1);
        let cases = [
            (links.unsubscribe(AMAL), Action::Unsubscribe),
            (links.pause(AMAL), Action::Pause),
            (links.digest(AMAL), Action::Digest),
            (links.mute(AMAL, 7), Action::Mute { story: 7 }),
            (links.mute(AMAL, i64::MAX), Action::Mute { story: i64::MAX }),
            (links.judge(AMAL, 7, true), Action::Judge { entry: 7, relevant: true }),
            (links.judge(AMAL, 7, false), Action::Judge { entry: 7, relevant: false }),
            (links.confirm(AMAL, -1), Action::Confirm { signup: -1 }),
        ];
        for (link, action) in cases {
            let read = links.read(token(&link)).unwrap();
            assert_eq!(read, Token { who: links.handle(AMAL), action });
            assert!(token(&link).len() <= 51, "{link}");
            assert_eq!(links.token(&read), token(&link), "one token a meaning");
        }
        assert_ne!(links.handle(AMAL), links.handle("salim@example.org"));
    }

    #[test]
    fn the_signature_is_hmac_sha256_and_stays_the_same_from_release_to_release() {
        // Mails of years ago hold these: no change of code may change them.
        assert_eq!(
            links(7).mute(AMAL, 42),
            "https://alerts.example.org/s/AQRZ2bzTcTrXrY4weUUAAAAAAAAAKlUIyD5BHaaIYTFSPdXvo6Y"
        );
    }

    #[test]
    fn no_address_can_be_read_from_a_link() {
        let link = links(1).mute(AMAL, 7);
        let bytes = URL_SAFE_NO_PAD.decode(token(&link)).unwrap();
        for part in [&b"amal"[..], b"example"] {
            assert!(!link.trim_start_matches("https://alerts.example.org").contains("amal"));
            assert!(!bytes.windows(part.len()).any(|window| window == part));
        }
        assert!(!format!("{:?}", links(1)).contains("1, 1"), "nor the key from a log");
    }

    #[test]
    fn whatever_was_not_signed_with_this_key_says_nothing() {
        let links = links(1);
        let good = token(&links.mute(AMAL, 7)).to_owned();
        let foreign = super::tests::links(2).mute(AMAL, 7);
        let mut wrong: Vec<String> =
            ["", "A", "../../etc/passwd", "AQ==", "é", token(&foreign)].map(Into::into).into();
        wrong.extend((0..good.len()).map(|cut| good[..cut].to_owned()));
        wrong.extend(["A", "=", "%00", " "].map(|more| format!("{good}{more}")));
        wrong.push("A".repeat(100_000));
        // Each bit of each byte turned, the signature's too.
        let bytes = URL_SAFE_NO_PAD.decode(&good).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            wrong.push(URL_SAFE_NO_PAD.encode(forged));
        }
        // A signature over something that is no layout of ours, and one cut to nothing.
        for said in [&[2, 1][..], &[VERSION, 9], &[VERSION, 1], &[]] {
            let mut bytes = said.to_vec();
            bytes.extend(&links.mac(SIGNING, said).finalize().into_bytes()[..SIGNATURE]);
            wrong.push(URL_SAFE_NO_PAD.encode(bytes));
        }
        for token in wrong {
            assert_eq!(links.read(&token), None, "{token}");
        }
        assert!(links.read(&good).is_some());
    }
}
