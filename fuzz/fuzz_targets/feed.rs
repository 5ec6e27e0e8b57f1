//! Any bytes are a feed or none: no panic, and what every entry promises.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rasid::feed::identity::{Facets, fresh};
use rasid::feed::{Input, read};

fuzz_target!(|bytes: &[u8]| {
    let input = Input { bytes, content_type: None, base_url: Some("https://base.example/feed"), max_entries: 100 };
    let Ok(reading) = read(input) else { return };
    assert!(reading.feed.entries.len() <= 100);
    for entry in &reading.feed.entries {
        assert!(!entry.id.is_empty());
        assert!(!entry.title.contains(char::is_control));
        assert!(entry.url.as_deref().is_none_or(|url| url.starts_with("http")));
    }
    let facets: Vec<_> = reading.feed.entries.iter().map(Facets::of).collect();
    assert!(fresh(&facets, &facets).is_empty());
});
