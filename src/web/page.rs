//! Pages: what they say in, HTML out. The templates are in `templates/web`; they need no script.

use std::sync::LazyLock;

use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::phrases::{self, Phrases};
use crate::config::Language;

const STYLE: &str = include_str!("../../templates/web/style.css");

const TEMPLATES: [(&str, &str); 2] = [
    ("page.html", include_str!("../../templates/web/page.html")),
    ("signup.html", include_str!("../../templates/web/signup.html")),
];

static ENVIRONMENT: LazyLock<Result<Environment<'static>, minijinja::Error>> = LazyLock::new(environment);

/// A page that says something, and perhaps does something at the press of a button.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Page {
    lang: &'static str,
    dir: &'static str,
    pub(super) title: String,
    pub(super) paragraphs: Vec<String>,
    /// A stranger's words.
    pub(super) quoted: Option<String>,
    pub(super) deed: Option<Form>,
    /// What can be ticked beside the deed.
    pub(super) boxes: Vec<Tick>,
    /// The way back.
    pub(super) back: Option<Form>,
    also_label: &'static str,
    pub(super) also: Vec<Form>,
    /// The same in another language.
    other: Option<Box<Page>>,
}

/// A button.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Form {
    /// Where it posts to.
    pub(super) path: String,
    /// What it posts.
    pub(super) name: &'static str,
    pub(super) label: &'static str,
}

/// Something to be ticked.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tick {
    /// What it posts, as `rule`.
    pub(super) value: String,
    pub(super) label: String,
    /// At first.
    pub(super) ticked: bool,
}

impl Page {
    /// A page in a language.
    pub(super) fn new(phrases: &'static Phrases, title: &str, paragraphs: Vec<String>) -> Page {
        Page {
            lang: phrases.lang,
            dir: phrases.dir,
            title: title.to_owned(),
            paragraphs,
            quoted: None,
            deed: None,
            boxes: Vec::new(),
            back: None,
            also_label: phrases.also,
            also: Vec::new(),
            other: None,
        }
    }

    /// With the same in another language below, for those of whom no language is known.
    pub(super) fn and(self, other: Page) -> Page {
        Page { other: Some(Box::new(other)), ..self }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        render("page.html", self.lang, &self)
    }
}

/// The answer that holds a template's page; a template that fails is said and nothing else.
pub(super) fn render(template: &'static str, lang: &'static str, view: &impl Serialize) -> Response {
    let rendered = (ENVIRONMENT.as_ref())
        .map_err(ToString::to_string)
        .and_then(|known| known.get_template(template).map_err(|error| error.to_string()))
        .and_then(|template| template.render(Value::from(Serde(view))).map_err(|error| error.to_string()));
    match rendered {
        Ok(html) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
                (CONTENT_LANGUAGE, HeaderValue::from_static(lang)),
            ];
            (headers, html).into_response()
        }
        Err(reason) => {
            tracing::error!(template, reason, "a page could not be made; please report it");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page that says what is wrong, in both languages, and nothing of who asked.
pub(super) fn error(status: StatusCode) -> Response {
    let said = |phrases: &'static Phrases| {
        let (title, text) = phrases.error(status);
        Page::new(phrases, title, vec![text.to_owned()])
    };
    let page = said(phrases::of(Language::Ar)).and(said(phrases::of(Language::En)));
    (status, page).into_response()
}

/// For a path under which there is nothing.
pub(super) async fn nowhere() -> Response {
    error(StatusCode::NOT_FOUND)
}

/// For a path that is only read, or only written to.
pub(super) async fn other_method() -> Response {
    error(StatusCode::METHOD_NOT_ALLOWED)
}

/// The one style that browsers are told to apply.
pub(super) fn style_hash() -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(STYLE)))
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_global("style", STYLE);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}
