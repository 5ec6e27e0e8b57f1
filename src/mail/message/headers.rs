//! Headers: what programs on the way and mail clients go by.

use std::fmt::Write;
use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MessageBuilder};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::clean::{self, Place};
use super::phrases::Phrases;
use super::{Letter, Names};
use crate::alert;
use crate::store::HeldEntry;

/// Rules, and first entries of stories, that headers name.
const NAMED: usize = 20;

/// Messages that `References` names: the first, and the last of the others.
const REFERENCES: usize = 20;

/// What every message has.
pub(super) fn begin(
    from: &Mailbox,
    to: &Address,
    subject: &str,
    created: Timestamp,
    message_id: &str,
) -> MessageBuilder {
    Message::builder()
        .from(Mailbox::new(from.name.clone(), ascii_address(&from.email)))
        .to(Mailbox::new(None, ascii_address(to)))
        .subject(subject)
        .date(date(created))
        .message_id(Some(format!("<{message_id}>")))
}

/// The same with more headers; the error is what lettre says.
pub(super) fn with(
    mut builder: MessageBuilder,
    headers: Vec<(&'static str, String)>,
) -> Result<MessageBuilder, String> {
    for (name, value) in headers {
        let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| error.to_string())?;
        builder = builder.raw_header(HeaderValue::new(name, value));
    }
    Ok(builder)
}

/// What tells programs that this is no person writing: nobody's vacation reply comes back.
pub(super) fn automatic() -> Vec<(&'static str, String)> {
    vec![("Auto-Submitted", "auto-generated".to_owned()), ("X-Auto-Response-Suppress", "All".to_owned())]
}

/// Those of a message that tells a subscriber of stories.
pub(super) fn alert(letter: &Letter<'_>, names: &Names, domain: &str) -> Vec<(&'static str, String)> {
    let rules = names.ids_of(letter.entries());
    let rules: Vec<String> = rules.iter().take(NAMED).map(|id| clean::line(id, Place::Header, 60)).collect();
    let mut headers = automatic();
    headers.extend([
        ("Precedence", "list".to_owned()),
        ("List-Id", format!("rasid <rasid.{domain}>")),
        ("Content-Language", Phrases::of(letter.to.language).lang.to_owned()),
        ("X-Rasid-Rules", rules.join(", ")),
        ("X-Rasid-Latency", latency(letter)),
    ]);
    headers.extend(unsubscribe(letter));
    headers.extend(thread(letter));
    headers
}

/// How to end it, for mail clients: a link that they may POST to, else a mail to the sender.
fn unsubscribe(letter: &Letter<'_>) -> Vec<(&'static str, String)> {
    const LIST_UNSUBSCRIBE: &str = "List-Unsubscribe";
    let Some(links) = letter.links else {
        let from = ascii_address(&letter.from.email);
        let user = utf8_percent_encode(from.user(), NON_ALPHANUMERIC);
        return vec![(LIST_UNSUBSCRIBE, format!("<mailto:{user}@{}?subject=unsubscribe>", from.domain()))];
    };
    let link = links.unsubscribe(&alert::name(&letter.to.email));
    // RFC 8058 is for https alone.
    let one_click = link.starts_with("https://");
    let mut headers = vec![(LIST_UNSUBSCRIBE, format!("<{link}>"))];
    headers.extend(one_click.then(|| ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())));
    headers
}

/// The mails that it follows, so that clients show one conversation.
fn thread(letter: &Letter<'_>) -> Vec<(&'static str, String)> {
    let sound = |id: &&String| {
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte))
    };
    let ids: Vec<&String> =
        letter.thread.iter().flat_map(|thread| &thread.references).filter(sound).collect();
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Vec::new() };
    let later = &ids[1..];
    let later = &later[later.len().saturating_sub(REFERENCES - 1)..];
    let references: Vec<String> = std::iter::once(first).chain(later).map(|id| format!("<{id}>")).collect();
    vec![("In-Reply-To", format!("<{last}>")), ("References", references.join(" "))]
}

/// When the first entry of each story was published, had, matched and put into this message.
fn latency(letter: &Letter<'_>) -> String {
    let leads = letter.stories.iter().filter_map(|story| story.entries.first());
    let mut said = String::new();
    for HeldEntry { id, published, fetched, held, .. } in leads.take(NAMED) {
        let separator = if said.is_empty() { "" } else { ", " };
        let published = published.map(|published| format!(" published={published:.3}")).unwrap_or_default();
        let queued = letter.created;
        // Writing to a string cannot fail.
        let _ = write!(
            said,
            "{separator}entry={id}{published} fetched={fetched:.3} matched={held:.3} queued={queued:.3}"
        );
    }
    said
}

/// The address with its domain as DNS knows it, so that only a local part can ask for SMTPUTF8.
pub(crate) fn ascii_address(address: &Address) -> Address {
    Address::new(address.user(), ascii_domain(address.domain())).unwrap_or_else(|_| address.clone())
}

pub(super) fn ascii_domain(domain: &str) -> String {
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(ascii)) => ascii,
        _ => domain.to_owned(),
    }
}

/// What lettre writes as `Date`; no clock that rasid runs by is before 1970.
fn date(created: Timestamp) -> SystemTime {
    SystemTime::try_from(created.max(Timestamp::UNIX_EPOCH)).unwrap_or(SystemTime::UNIX_EPOCH)
}
