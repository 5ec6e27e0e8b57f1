//! Who is told of what.

use jiff::tz::TimeZone;
use rasid::alert::{Audience, name, severities};
use rasid::config::{Delivery, Language, Subscriber, Subscription};
use rasid::rules::{Condition, Rule, Severity, Within};

fn subscriber(email: &str, rules: &[&str]) -> Subscriber {
    let rules = match rules {
        ["*"] => Subscription::All,
        ids => Subscription::Rules(ids.iter().map(|id| (*id).to_owned()).collect()),
    };
    Subscriber {
        email: email.parse().unwrap(),
        rules,
        delivery: Delivery::Immediate,
        timezone: TimeZone::UTC,
        language: Language::Ar,
        quiet_hours: None,
        max_per_hour: None,
        min_severity: Severity::Low,
    }
}

#[test]
fn each_subscriber_is_told_of_what_they_asked_for_once() {
    let audience = Audience::new(
        &[
            subscriber("amal@Example.org", &["coalition", "sovereignty"]),
            subscriber("zain@example.org", &["*"]),
            subscriber("noor@example.org", &["sovereignty", "sovereignty"]),
        ],
        severities(&[]),
    );
    let check = |rules: &[&str], expected: &[(&str, &str)]| {
        let told = audience.of(rules.iter().copied());
        let told: Vec<_> = told.iter().map(|(who, rule)| (who.as_str(), rule.as_str())).collect();
        assert_eq!(told, expected);
    };
    check(&[], &[]);
    check(&["elsewhere"], &[("zain@example.org", "elsewhere")]);
    check(&["coalition"], &[("amal@example.org", "coalition"), ("zain@example.org", "coalition")]);
    check(
        &["sovereignty", "coalition"],
        &[
            ("amal@example.org", "sovereignty"),
            ("amal@example.org", "coalition"),
            ("zain@example.org", "sovereignty"),
            ("zain@example.org", "coalition"),
            ("noor@example.org", "sovereignty"),
        ],
    );
}

#[test]
fn a_rule_below_the_least_severity_alerts_nobody() {
    let rule = |id: &str, severity| Rule {
        id: id.into(),
        title: None,
        condition: Condition::from_query("خبر", Within::Document).unwrap(),
        limits: None,
        severity,
    };
    let rules =
        [rule("low", Severity::Low), rule("normal", Severity::Normal), rule("urgent", Severity::Urgent)];
    let with = |least| Subscriber { min_severity: least, ..subscriber("amal@example.org", &["*"]) };
    let check = |least: Severity, expected: &[&str]| {
        let audience = Audience::new(&[with(least)], severities(&rules));
        let told = audience.of(["low", "normal", "unknown", "urgent"]);
        assert_eq!(told.iter().map(|(_, rule)| rule.as_str()).collect::<Vec<_>>(), expected);
    };
    check(Severity::Low, &["low", "normal", "unknown", "urgent"]);
    check(Severity::Normal, &["normal", "unknown", "urgent"]);
    check(Severity::High, &["urgent"]);
    check(Severity::Urgent, &["urgent"]);
}

#[test]
fn a_subscriber_keeps_their_name_when_the_domain_changes_case() {
    assert_eq!(name(&"Amal@EXAMPLE.org".parse().unwrap()), "Amal@example.org");
}
