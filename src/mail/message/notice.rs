//! Messages that tell of no story: a short text, perhaps with one link, for a subscriber or the operator.

use jiff::Timestamp;
use lettre::Address;
use lettre::message::Mailbox;
use serde::Serialize;
use uuid::Uuid;

use super::bidi::{self, Shown};
use super::clean::{self, Place};
use super::phrases::Phrases;
use super::templates::{NOTICE_HTML, NOTICE_TEXT, Templates};
use super::{Error, Rendered, Words, both, headers};
use crate::config::Language;

/// What a notice is made of.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The sender.
    pub from: &'a Mailbox,
    /// Whom it is for.
    pub to: &'a Address,
    /// Of its words.
    pub language: Language,
    /// What it says.
    pub occasion: Occasion<'a>,
    /// When it is made; its `Date`.
    pub created: Timestamp,
    /// Random; names the message for ever.
    pub id: Uuid,
}

/// What a notice says.
#[derive(Debug, Clone, Copy)]
pub enum Occasion<'a> {
    /// To who signed up, or to somebody in whose name another did: nothing happens without the link.
    Confirm {
        /// What confirms it: `http` or `https`.
        link: &'a str,
        /// How long the link holds.
        hours: u32,
    },
    /// To the operator: an address is not written to any more.
    Suspended {
        /// The subscriber.
        address: &'a Address,
        /// What the relay said last.
        reply: &'a str,
    },
}

/// What the templates see.
#[derive(Debug, Serialize)]
pub(super) struct View {
    phrases: &'static Phrases,
    subject: String,
    /// One after the other.
    paragraphs: Vec<Shown>,
    /// What to follow.
    action: Option<Action>,
    /// In small letters.
    footer: Shown,
}

#[derive(Debug, Serialize)]
struct Action {
    label: &'static str,
    url: String,
    host: String,
}

/// What an occasion says.
struct Said {
    subject: String,
    paragraphs: Vec<String>,
    action: &'static str,
    footer: &'static str,
}

/// Renders a notice. The same notice gives the same bytes.
pub fn notice(notice: &Notice<'_>, templates: &Templates) -> Result<Rendered, Error> {
    let Words { subject, text, html, flaws } = notice_words(notice, templates)?;
    // The prefix tells it from messages that tell alerts, which `max_per_hour` counts.
    let message_id = format!("notice.{}@{}", notice.id, headers::ascii_domain(notice.from.email.domain()));
    let mut more = headers::automatic();
    more.push(("Content-Language", Phrases::of(notice.language).lang.to_owned()));
    let begun = headers::begin(notice.from, notice.to, &subject, notice.created, &message_id);
    let message = headers::with(begun, more)
        .and_then(|builder| builder.multipart(both(&notice.id, text, html)).map_err(|e| e.to_string()))
        .map_err(|message| Error::Message { to: notice.to.to_string(), message })?;
    Ok(Rendered { message_id, subject, bytes: message.formatted(), flaws })
}

/// What [`notice`] would say.
pub fn notice_words(notice: &Notice<'_>, templates: &Templates) -> Result<Words, Error> {
    let view = view(notice);
    let mut flaws = Vec::new();
    let text = templates.render(NOTICE_TEXT, &view, &mut flaws)?;
    let html = templates.render(NOTICE_HTML, &view, &mut flaws)?;
    Ok(Words { subject: view.subject, text, html, flaws })
}

fn view(notice: &Notice<'_>) -> View {
    let said = match notice.language {
        Language::Ar => arabic(&notice.occasion, notice.to),
        Language::En => english(&notice.occasion, notice.to),
    };
    let link = match notice.occasion {
        Occasion::Confirm { link, .. } => url::Url::parse(link).ok(),
        Occasion::Suspended { .. } => None,
    };
    View {
        phrases: Phrases::of(notice.language),
        subject: clean::line(&said.subject, Place::Header, 120),
        paragraphs: said.paragraphs.iter().map(|text| shown(text)).collect(),
        action: link.map(|link| Action {
            label: said.action,
            host: link.host_str().unwrap_or_default().to_owned(),
            url: link.into(),
        }),
        footer: shown(said.footer),
    }
}

fn shown(text: &str) -> Shown {
    let text: Vec<clean::Marked> = clean::line(text, Place::Body, 500).chars().map(|c| (c, false)).collect();
    bidi::show(&text, "")
}

fn arabic(occasion: &Occasion<'_>, to: &Address) -> Said {
    match occasion {
        Occasion::Confirm { hours, .. } => Said {
            subject: "أكّد اشتراكك في تنبيهات راصد".to_owned(),
            paragraphs: vec![
                format!("طُلب اشتراك العنوان {to} في تنبيهات راصد الإخبارية."),
                format!("إن كنت صاحب الطلب فأكّده بالرابط الآتي، وهو صالح {hours} ساعة:"),
            ],
            action: "أؤكّد الاشتراك",
            footer: "إن لم تطلب ذلك فأهمل هذه الرسالة: لن تصلك رسائل أخرى.",
        },
        Occasion::Suspended { address, reply } => Said {
            subject: format!("راصد: أوقف الإرسال إلى {address}"),
            paragraphs: vec![
                format!(
                    "رُفضت الرسائل إلى {address} رفضًا دائمًا مدة ثلاثة أيام ولم يُقبل منها شيء، فأوقف راصد الإرسال إليه."
                ),
                format!("آخر ما قاله الخادم: {reply}"),
                format!("تنبيهاته محفوظة. متى صلح العنوان: rasid subscribers resume {address}"),
            ],
            action: "",
            footer: "يكتب راصد مرة واحدة عن كل عنوان يوقفه.",
        },
    }
}

fn english(occasion: &Occasion<'_>, to: &Address) -> Said {
    match occasion {
        Occasion::Confirm { hours, .. } => Said {
            subject: "Confirm your subscription to alerts from rasid".to_owned(),
            paragraphs: vec![
                format!("Somebody asked that {to} receive news alerts from rasid."),
                format!("If that was you, confirm it with this link, which holds for {hours} hours:"),
            ],
            action: "Confirm the subscription",
            footer: "If it was not you, ignore this mail: no other will follow.",
        },
        Occasion::Suspended { address, reply } => Said {
            subject: format!("rasid: no more mail to {address}"),
            paragraphs: vec![
                format!(
                    "Mail to {address} was refused for good over three days, and none was accepted; rasid has stopped writing there."
                ),
                format!("What the relay said last: {reply}"),
                format!(
                    "The alerts are kept. When the address works again: rasid subscribers resume {address}"
                ),
            ],
            action: "",
            footer: "rasid writes once of each address that it stops writing to.",
        },
    }
}
