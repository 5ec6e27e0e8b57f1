//! A message: held entries in, its bytes out, once and for all.
//!
//! The bytes are what the store keeps and every attempt sends: CRLF line ends, no line over 998
//! bytes, nothing but ASCII unless an address is not. What feeds wrote is hostile here: it reaches
//! headers without control, line break or direction mark, HTML escaped, and no link but `http` and
//! `https`. Nothing here asks the time, reads a file or sends.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use uuid::Uuid;

use crate::alert::telling::{Telling, Thread};
use crate::config::Subscriber;
use crate::store::HeldEntry;

mod bidi;
mod clean;
mod excerpt;
mod names;
mod phrases;
mod report;
mod subject;
mod templates;
mod view;

pub use names::Names;
pub use report::{Report, report};

/// The most entries that one message names; what is held beyond them goes into the next.
pub const MAX_ENTRIES: usize = 5000;

/// What a message is made of.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The sender.
    pub from: &'a Mailbox,
    /// Whom it is for, with zone and language.
    pub to: &'a Subscriber,
    /// What it tells, at most [`MAX_ENTRIES`] in all.
    pub stories: &'a [Telling],
    /// The mails that it follows.
    pub thread: Option<&'a Thread>,
    /// When it is made; its `Date`.
    pub created: Timestamp,
    /// Random; names the message for ever.
    pub id: Uuid,
}

impl<'a> Letter<'a> {
    /// Every entry that it tells.
    fn entries(&self) -> impl Iterator<Item = &'a HeldEntry> + Clone + use<'a> {
        self.stories.iter().flat_map(|story| &story.entries)
    }
}

/// A message whose bytes are fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The Message-ID without angle brackets; its domain is that of the sender.
    pub message_id: String,
    /// Headers and body as SMTP carries them, without dot-stuffing.
    pub bytes: Vec<u8>,
}

/// Why a message could not be made; the entries stay held.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A template does not hold together.
    #[error("mail template {name}: {message}")]
    Template {
        /// Its name.
        name: &'static str,
        /// What minijinja says.
        message: String,
    },
    /// The message could not be put together.
    #[error("mail to {to}: {message}")]
    Message {
        /// The subscriber.
        to: String,
        /// What lettre says.
        message: String,
    },
}

/// Renders a message that tells a subscriber of entries. The same letter gives the same bytes.
pub fn render(letter: &Letter<'_>, names: &Names) -> Result<Rendered, Error> {
    let domain = ascii_domain(letter.from.email.domain());
    let message_id = format!("{}@{domain}", letter.id);
    let view = view::view(letter, names, subject::subject(letter, names));
    let (text, html) = templates::render(&view)?;
    let alternatives = MultiPart::alternative()
        .boundary(format!("rasid-{}", letter.id.simple()))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(html));
    let failed = |message: String| Error::Message { to: letter.to.email.to_string(), message };
    let mut builder = Message::builder()
        .from(Mailbox::new(letter.from.name.clone(), ascii_address(&letter.from.email)))
        .to(Mailbox::new(None, ascii_address(&letter.to.email)))
        .subject(view.subject)
        .date(date(letter.created))
        .message_id(Some(format!("<{message_id}>")));
    for (name, value) in fixed_headers(letter, names, &domain) {
        let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|e| failed(e.to_string()))?;
        builder = builder.raw_header(HeaderValue::new(name, value));
    }
    let message = builder.multipart(alternatives).map_err(|e| failed(e.to_string()))?;
    Ok(Rendered { message_id, bytes: message.formatted() })
}

/// What tells programs that this is no person writing: nobody's vacation reply comes back.
fn fixed_headers(letter: &Letter<'_>, names: &Names, domain: &str) -> Vec<(&'static str, String)> {
    let rules = names.ids_of(letter.entries());
    let rules: Vec<String> =
        rules.iter().take(20).map(|id| clean::line(id, clean::Place::Header, 60)).collect();
    vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("Precedence", "list".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("List-Id", format!("rasid <rasid.{domain}>")),
        ("Content-Language", phrases::Phrases::of(letter.to.language).lang.to_owned()),
        ("X-Rasid-Rules", rules.join(", ")),
    ]
}

/// The address with its domain as DNS knows it, so that only a local part can ask for SMTPUTF8.
pub(crate) fn ascii_address(address: &Address) -> Address {
    Address::new(address.user(), ascii_domain(address.domain())).unwrap_or_else(|_| address.clone())
}

/// What lettre writes as `Date`; no clock that rasid runs by is before 1970.
fn date(created: Timestamp) -> SystemTime {
    SystemTime::try_from(created.max(Timestamp::UNIX_EPOCH)).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn ascii_domain(domain: &str) -> String {
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(ascii)) => ascii,
        _ => domain.to_owned(),
    }
}
