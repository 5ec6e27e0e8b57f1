//! What a feed says of its own pace.

use std::time::Duration;

use rasid::feed::Hints;

use super::read;

fn hints(channel: &str) -> Hints {
    let rss = format!(
        "<rss version='2.0'><channel><title>ر</title>{channel}<item><title>خبر</title><ttl>1</ttl></item></channel></rss>"
    );
    let reading = read(rss.as_bytes());
    assert_eq!(reading.feed.entries.len(), 1, "{channel}");
    reading.hints
}

#[test]
fn how_often_it_changes() {
    const SY: &str = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'";
    let cases = [
        ("", None),
        ("<ttl>30</ttl>", Some(30)),
        ("<ttl> 5 </ttl>", Some(5)),
        ("<ttl>0</ttl><ttl>soon</ttl><ttl/>", None),
        ("<ttl>99999999999999</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", Some(60)),
        (
            "<sy:updatePeriod> Daily\n</sy:updatePeriod><sy:updateFrequency> 4 </sy:updateFrequency>",
            Some(360),
        ),
        (
            "<sy:updateFrequency>0</sy:updateFrequency><sy:updatePeriod>weekly</sy:updatePeriod>",
            Some(7 * 1440),
        ),
        ("<sy:updatePeriod>never</sy:updatePeriod>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><ttl>10</ttl>", Some(10)),
        (&format!("<s:updatePeriod {}>hourly</s:updatePeriod>", SY.replace("sy=", "s=")), Some(60)),
        ("<x:ttl>10</x:ttl>", None),
    ];
    for (channel, minutes) in cases {
        assert_eq!(hints(channel).every(), minutes.map(Duration::from_mins), "{channel}");
    }
}

#[test]
fn when_it_rests() {
    let found = hints(
        "<skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>25</hour><hour>x</hour></skipHours>",
    );
    assert_eq!(found.skip_hours, 1 | 1 << 7);
    let found = hints("<skipDays><day>Friday</day><day>saturday</day><day>السبت</day></skipDays>");
    assert_eq!(found.skip_days, 1 << 4 | 1 << 5);
    // An entry's own elements of these names say nothing of the feed.
    let inside = "<item><title>آخر</title><skipHours><hour>3</hour></skipHours></item>";
    assert_eq!(
        read(format!("<rss version='2.0'><channel>{inside}</channel></rss>").as_bytes()).hints,
        Hints::default()
    );
}
