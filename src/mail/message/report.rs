//! The message to the operator: what deserves a look in, its bytes out.

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use serde::Serialize;
use uuid::Uuid;

use super::clean::{Place, line};
use super::{Error, Rendered, ascii_address, ascii_domain, date, templates};
use crate::store::{REPORT, Untold};

/// Feeds that one message names; of the others it says how many.
const NAMED: usize = 200;

/// What a message to the operator is made of.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The sender.
    pub from: &'a Mailbox,
    /// Whom it is for.
    pub to: &'a Address,
    /// What it tells, at least one.
    pub feeds: &'a [Untold],
    /// When it is made; its `Date`.
    pub created: Timestamp,
    /// Random; names the message for ever.
    pub id: Uuid,
}

/// What the template sees.
#[derive(Serialize)]
pub(super) struct View {
    count: usize,
    feeds: Vec<Row>,
    more: usize,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: Option<String>,
    reason: String,
    since: String,
}

/// Renders a message that tells the operator of feeds.
pub fn report(report: &Report<'_>) -> Result<Rendered, Error> {
    let count = report.feeds.len();
    let rows = report.feeds.iter().take(NAMED).map(|Untold { feed, title, warning }| Row {
        id: line(feed, Place::Body, 200),
        title: title.as_ref().map(|title| line(title, Place::Body, 100)),
        reason: line(&warning.reason, Place::Body, 300),
        since: format!("{:.0}", warning.since),
    });
    let text =
        templates::render_report(&View { count, feeds: rows.collect(), more: count.saturating_sub(NAMED) })?;
    let subject = match report.feeds {
        [one] => {
            format!("rasid: {}", line(&format!("{}: {}", one.feed, one.warning.reason), Place::Header, 120))
        }
        _ => format!("rasid: {count} feeds deserve a look"),
    };
    let domain = ascii_domain(report.from.email.domain());
    let message_id = format!("{REPORT}{}@{domain}", report.id);
    let failed = |message: String| Error::Message { to: report.to.to_string(), message };
    let mut builder = Message::builder()
        .from(Mailbox::new(report.from.name.clone(), ascii_address(&report.from.email)))
        .to(Mailbox::new(None, ascii_address(report.to)))
        .subject(subject)
        .date(date(report.created))
        .message_id(Some(format!("<{message_id}>")))
        .header(ContentType::TEXT_PLAIN);
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")] {
        let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|e| failed(e.to_string()))?;
        builder = builder.raw_header(HeaderValue::new(name, value.to_owned()));
    }
    let message = builder.body(text).map_err(|e| failed(e.to_string()))?;
    Ok(Rendered { message_id, bytes: message.formatted() })
}
