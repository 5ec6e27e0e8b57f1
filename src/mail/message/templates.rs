//! The templates: a view in, plain text and HTML out.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior, Value, escape_formatter};

use super::Error;
use super::report::View as Report;
use super::view::View;

const TEXT: (&str, &str) = ("alert.txt", include_str!("../../../templates/mail/alert.txt"));
const HTML: (&str, &str) = ("alert.html", include_str!("../../../templates/mail/alert.html"));

const OPERATOR: (&str, &str) = ("operator.txt", include_str!("../../../templates/mail/operator.txt"));

static BUILT_IN: LazyLock<Result<Environment<'static>, Error>> =
    LazyLock::new(|| environment([TEXT, HTML, OPERATOR]));

/// The text and the HTML of a message.
pub(super) fn render(view: &View) -> Result<(String, String), Error> {
    let view = Value::from(Serde(view));
    Ok((render_one(TEXT.0, &view)?, render_one(HTML.0, &view)?))
}

/// The text of a message to the operator.
pub(super) fn render_report(view: &Report) -> Result<String, Error> {
    render_one(OPERATOR.0, &Value::from(Serde(view)))
}

fn render_one(name: &'static str, view: &Value) -> Result<String, Error> {
    let environment = BUILT_IN.as_ref().map_err(Clone::clone)?;
    let template = environment.get_template(name).map_err(|e| error(name, &e))?;
    template.render(view).map_err(|e| error(name, &e))
}

fn environment(sources: [(&'static str, &'static str); 3]) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build().map_err(|e| error("syntax", &e))?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(write_escaped);
    for (name, source) in sources {
        environment.add_template(name, source).map_err(|e| error(name, &e))?;
    }
    Ok(environment)
}

fn error(name: &'static str, error: &minijinja::Error) -> Error {
    Error::Template { name, message: error.to_string() }
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
