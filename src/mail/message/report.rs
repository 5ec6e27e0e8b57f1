//! The message to the operator: what deserves a look in, its bytes out.

use jiff::Timestamp;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use serde::Serialize;
use uuid::Uuid;

use super::clean::{Place, line};
use super::templates::{OPERATOR, Templates};
use super::{Error, Rendered, headers};
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
pub fn report(report: &Report<'_>, templates: &Templates) -> Result<Rendered, Error> {
    let count = report.feeds.len();
    let rows = report.feeds.iter().take(NAMED).map(|Untold { feed, title, warning }| Row {
        id: line(feed, Place::Body, 200),
        title: title.as_ref().map(|title| line(title, Place::Body, 100)),
        reason: line(&warning.reason, Place::Body, 300),
        since: format!("{:.0}", warning.since),
    });
    let view = View { count, feeds: rows.collect(), more: count.saturating_sub(NAMED) };
    let mut flaws = Vec::new();
    let text = templates.render(OPERATOR, &view, &mut flaws)?;
    let subject = match report.feeds {
        [one] => {
            format!("rasid: {}", line(&format!("{}: {}", one.feed, one.warning.reason), Place::Header, 120))
        }
        _ => format!("rasid: {count} feeds deserve a look"),
    };
    let domain = headers::ascii_domain(report.from.email.domain());
    let message_id = format!("{REPORT}{}@{domain}", report.id);
    let begun = headers::begin(report.from, report.to, &subject, report.created, &message_id);
    let message = headers::with(begun, headers::automatic())
        .and_then(|builder| builder.header(ContentType::TEXT_PLAIN).body(text).map_err(|e| e.to_string()))
        .map_err(|message| Error::Message { to: report.to.to_string(), message })?;
    Ok(Rendered { message_id, subject, bytes: message.formatted(), flaws })
}
