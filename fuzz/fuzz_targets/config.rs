//! Any bytes as a config: a verdict and a drawing, no panic, no control character out.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rasid::config::{Surroundings, read, read_matching};

fuzz_target!(|bytes: &[u8]| {
    let around = Surroundings { base: "/nonexistent".into(), ..Surroundings::default() };
    let report = match read(bytes, "config.toml", &around) {
        Ok(loaded) => loaded.warnings,
        Err(report) => report,
    };
    let drawn = report.draw(false);
    assert!(drawn.chars().count() < 6_000);
    assert!(!drawn.contains(|c: char| c.is_control() && c != '\n'), "{drawn:?}");
    let _ = read_matching(bytes, "config.toml", &around.base);
});
