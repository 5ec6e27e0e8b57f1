//! How far a long command is, on a terminal alone.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on stderr that counts `what` up to `all`; hidden where stderr is no terminal.
pub(super) fn bar(all: usize, what: &'static str) -> ProgressBar {
    let all = u64::try_from(all).unwrap_or(u64::MAX);
    let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::stderr());
    // The template is fixed; a wrong one would show the library's own.
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}, {elapsed}") {
        bar.set_style(style);
    }
    bar.with_message(what)
}
