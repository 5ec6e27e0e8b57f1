//! The templates: a view in, plain text or HTML out. An administrator may put others in their place,
//! one by one; what is wrong with those is said, and never keeps a message from being made.

use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value, escape_formatter};
use serde::Serialize;

use super::Error;

pub(super) const TEXT: &str = "alert.txt";
pub(super) const HTML: &str = "alert.html";
pub(super) const OPERATOR: &str = "operator.txt";
pub(super) const NOTICE_TEXT: &str = "notice.txt";
pub(super) const NOTICE_HTML: &str = "notice.html";

macro_rules! built_in {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../templates/mail/", $name)))
    };
}

/// Every template by its name, as it comes with rasid.
pub const TEMPLATES: [(&str, &str); 5] = [
    built_in!("alert.txt"),
    built_in!("alert.html"),
    built_in!("operator.txt"),
    built_in!("notice.txt"),
    built_in!("notice.html"),
];

static BUILT_IN: LazyLock<Result<Environment<'static>, Flaw>> = LazyLock::new(|| environment(Vec::new()));

/// The templates in force: those that come with rasid, some of them replaced.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    /// All of them, where some are replaced.
    own: Option<Arc<Environment<'static>>>,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Its name.
    pub template: String,
    /// From 1, where one is concerned.
    pub line: Option<usize>,
    /// What minijinja says, in one line.
    pub message: String,
}

impl Templates {
    /// The templates of rasid with these in place of those that have their names.
    pub fn replacing(own: Vec<(String, String)>) -> Result<Templates, Flaw> {
        if own.is_empty() {
            return Ok(Templates::default());
        }
        Ok(Templates { own: Some(Arc::new(environment(own)?)) })
    }

    /// A template with what it is given; where an administrator's fails, that of rasid, and a flaw more.
    pub(super) fn render(
        &self,
        name: &'static str,
        view: &impl Serialize,
        flaws: &mut Vec<Flaw>,
    ) -> Result<String, Error> {
        let view = Value::from(Serde(view));
        if let Some(own) = &self.own {
            match render(own, name, &view) {
                Ok(text) => return Ok(text),
                Err(flaw) => flaws.push(flaw),
            }
        }
        let built_in = BUILT_IN.as_ref().map_err(|flaw| Error::Template(flaw.clone()))?;
        render(built_in, name, &view).map_err(Error::Template)
    }
}

fn render(environment: &Environment<'static>, name: &'static str, view: &Value) -> Result<String, Flaw> {
    let template = environment.get_template(name).map_err(|error| flaw(name, &error))?;
    let text = template.render(view).map_err(|error| flaw(name, &error))?;
    if text.trim().is_empty() {
        return Err(Flaw { template: name.to_owned(), line: None, message: "it writes nothing".to_owned() });
    }
    Ok(text)
}

fn environment(own: Vec<(String, String)>) -> Result<Environment<'static>, Flaw> {
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build().map_err(|error| flaw("syntax", &error))?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(write_escaped);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| flaw(name, &error))?;
    }
    for (name, source) in own {
        environment.add_template_owned(name.clone(), source).map_err(|error| flaw(&name, &error))?;
    }
    Ok(environment)
}

/// What minijinja says: of an error in an included template, that one.
fn flaw(name: &str, error: &minijinja::Error) -> Flaw {
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    Flaw {
        template: error.name().unwrap_or(name).to_owned(),
        line: error.line(),
        message: format!("{}{detail}", error.kind()),
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.template)?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))?;
        write!(f, ": {}", self.message)
    }
}

/// As minijinja escapes HTML, but for the slash, whose escape would make every link unreadable to
/// whoever looks at the source.
fn write_escaped(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let html = matches!(state.auto_escape(), AutoEscape::Html);
    let Some(text) = value.as_str().filter(|_| html && !value.is_safe()) else {
        return escape_formatter(out, state, value);
    };
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.write_str(&text[written..at])?;
        out.write_str(escape)?;
        written = at + 1;
    }
    Ok(out.write_str(&text[written..])?)
}
