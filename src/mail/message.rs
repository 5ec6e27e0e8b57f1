//! A message: stories in, its bytes out, once and for all.
//!
//! The bytes are what the store keeps and every attempt sends: CRLF line ends, no line over 998
//! bytes, nothing but ASCII unless an address is not. What feeds wrote is hostile here: it reaches
//! headers without control, line break or direction mark, HTML escaped, and no link but `http` and
//! `https`. Nothing here asks the time, reads a file or sends; the templates of an administrator
//! were read with the config.

use jiff::Timestamp;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use uuid::Uuid;

use crate::alert::telling::{Telling, Thread};
use crate::config::Subscriber;
use crate::links::Links;
use crate::store::HeldEntry;

mod bidi;
mod clean;
mod excerpt;
mod headers;
mod names;
mod notice;
mod phrases;
mod report;
pub mod sample;
mod subject;
mod templates;
mod view;

pub(crate) use headers::ascii_address;
pub use names::Names;
pub use notice::{Notice, Occasion, notice, notice_words};
pub use report::{Report, report};
pub use templates::{Flaw, TEMPLATES, Templates};

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
    /// What its controls lead to; without a public address there are none.
    pub links: Option<&'a Links>,
    /// Whether it only shows how a message looks, and says so.
    pub trial: bool,
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

    /// The story that it goes on with, where it does nothing else.
    fn follow_up(&self) -> Option<&'a Telling> {
        match self.stories {
            [story] if story.told_before => Some(story),
            _ => None,
        }
    }
}

/// A message whose bytes are fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The Message-ID without angle brackets; its domain is that of the sender.
    pub message_id: String,
    /// As people read it; a later message of its thread answers it.
    pub subject: String,
    /// Headers and body as SMTP carries them, without dot-stuffing.
    pub bytes: Vec<u8>,
    /// What is wrong with an administrator's template, whose place the built-in one took.
    pub flaws: Vec<Flaw>,
}

/// What a message says, before it is put into bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// As people read it.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// As of [`Rendered::flaws`].
    pub flaws: Vec<Flaw>,
}

/// Why a message could not be made; the entries stay held.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// A built-in template does not hold together.
    #[error("mail template {0}")]
    Template(Flaw),
    /// The message could not be put together.
    #[error("mail to {to}: {message}")]
    Message {
        /// The subscriber.
        to: String,
        /// What lettre says.
        message: String,
    },
}

/// Renders a message that tells a subscriber of stories. The same letter gives the same bytes.
///
/// Where an administrator's template fails, the built-in one takes its place, so that the alert leaves.
pub fn render(letter: &Letter<'_>, names: &Names, templates: &Templates) -> Result<Rendered, Error> {
    let domain = headers::ascii_domain(letter.from.email.domain());
    let message_id = format!("{}@{domain}", letter.id);
    let Words { subject, text, html, flaws } = words(letter, names, templates)?;
    let more = headers::alert(letter, names, &domain);
    let begun = headers::begin(letter.from, &letter.to.email, &subject, letter.created, &message_id);
    let message = headers::with(begun, more)
        .and_then(|builder| builder.multipart(both(&letter.id, text, html)).map_err(|e| e.to_string()))
        .map_err(|message| Error::Message { to: letter.to.email.to_string(), message })?;
    Ok(Rendered { message_id, subject, bytes: message.formatted(), flaws })
}

/// What [`render`] would say.
pub fn words(letter: &Letter<'_>, names: &Names, templates: &Templates) -> Result<Words, Error> {
    let view = view::view(letter, names, subject::subject(letter, names));
    let mut flaws = Vec::new();
    let text = templates.render(templates::TEXT, &view, &mut flaws)?;
    let html = templates.render(templates::HTML, &view, &mut flaws)?;
    Ok(Words { subject: view.subject, text, html, flaws })
}

/// A body as plain text and as HTML.
fn both(id: &Uuid, text: String, html: String) -> MultiPart {
    MultiPart::alternative()
        .boundary(format!("rasid-{}", id.simple()))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(text))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(html))
}
