//! Any bytes are a page with an article or without: no panic, and its text stands behind the entry's.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rasid::feed::{article, page};

fuzz_target!(|bytes: &[u8]| {
    let html = page(bytes, None);
    let Some(text) = article::text(&html, "https://site.example/1") else { return };
    assert!(!text.is_empty());
    assert!(article::joined("نص قصير", &text).starts_with("نص قصير"));
});
