//! The samples inside rules, for who wants to see a rule at work before anything was published.

use std::path::Path;

use serde::Deserialize;

use super::include;
use super::load;
use super::problem::Problems;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    #[serde(default)]
    should_match: Vec<String>,
}

/// The first text that a rule of a config that was accepted should match; with a blank line in it, a
/// headline and a text.
pub fn should_match(path: &Path, rule: &str) -> Option<String> {
    let bytes = load::at_most(path, load::LARGEST).ok()?;
    let text = load::decoded(&bytes).ok()?;
    let base = path.parent().unwrap_or(Path::new(""));
    let included = include::sources(text, path, base, &mut Problems::default());
    let texts = std::iter::once(text).chain(included.iter().map(|source| source.text.as_str()));
    texts
        .filter_map(|text| toml::from_str::<File>(text.trim_start_matches('\u{feff}')).ok())
        .flat_map(|file| file.rules)
        .find(|found| found.id == rule)
        .and_then(|found| found.should_match.into_iter().next())
}
