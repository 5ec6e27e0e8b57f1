//! Who is written to: the subscribers of the config and those who signed up in, with what each chose;
//! looked up by name and by rule.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::choices::{Standing, standing};
use super::{Audience, Severities, name};
use crate::config::Subscriber;
use crate::rules::Severity;
use crate::store::{Choices, Roll, Signup};

/// Everybody who is written to, and how.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Of the config in its order, then those who signed up.
    subscribers: Vec<Subscriber>,
    by_name: HashMap<String, usize>,
    /// Who asked for which rules.
    pub audience: Audience,
    /// What the store knows of them.
    pub roll: Arc<Roll>,
}

impl People {
    /// The subscribers of a config and what the store knows. Who stands in the config is taken from
    /// there, also where they signed up.
    pub fn new(config: &[Subscriber], roll: Arc<Roll>, severities: Severities) -> People {
        let mut subscribers = config.to_vec();
        let mut by_name: HashMap<_, _> =
            config.iter().enumerate().map(|(place, subscriber)| (name(&subscriber.email), place)).collect();
        for signup in &roll.signups {
            if let Some(subscriber) = signed_up(signup)
                && !by_name.contains_key(&signup.name)
            {
                by_name.insert(signup.name.clone(), subscribers.len());
                subscribers.push(subscriber);
            }
        }
        let audience = Audience::new(&subscribers, severities);
        People { subscribers, by_name, audience, roll }
    }

    /// By the name that [`name`] gives.
    pub fn subscriber(&self, name: &str) -> Option<&Subscriber> {
        self.by_name.get(name).map(|&place| &self.subscribers[place])
    }

    /// How somebody is written to at `now`; `None` for who is no subscriber.
    pub fn standing(&self, name: &str, now: Timestamp) -> Option<Standing<'_>> {
        Some(standing(self.subscriber(name)?, self.choices(name), now))
    }

    /// What somebody chose, who may be no subscriber any more.
    pub fn choices(&self, name: &str) -> Option<&Choices> {
        self.roll.choices.get(name)
    }

    /// The names of all subscribers and of all who ever chose something, each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let chose = self.roll.choices.keys().filter(|name| !self.by_name.contains_key(*name));
        self.by_name.keys().chain(chose).map(String::as_str)
    }
}

/// A subscriber as they described themselves; `None` where that is no address.
fn signed_up(signup: &Signup) -> Option<Subscriber> {
    Some(Subscriber {
        email: signup.email.parse().ok()?,
        rules: signup.wish.rules.clone(),
        delivery: signup.wish.delivery(),
        timezone: (signup.wish.timezone.as_deref())
            .and_then(|zone| TimeZone::get(zone).ok())
            .unwrap_or_else(TimeZone::system),
        language: signup.wish.language,
        quiet_hours: None,
        max_per_hour: None,
        min_severity: Severity::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Delivery, Language, Subscription};
    use crate::store::Wish;

    fn subscriber(email: &str, rules: Subscription) -> Subscriber {
        let (timezone, language) = (TimeZone::UTC, Language::Ar);
        let (quiet_hours, max_per_hour, min_severity) = (None, None, Severity::default());
        let (email, delivery) = (email.parse().unwrap(), Delivery::Immediate);
        Subscriber { email, rules, delivery, timezone, language, quiet_hours, max_per_hour, min_severity }
    }

    fn signup(email: &str, rules: &[&str]) -> Signup {
        let rules = Subscription::Rules(rules.iter().map(|rule| (*rule).to_owned()).collect());
        Signup {
            name: email.to_lowercase(),
            email: email.into(),
            wish: Wish { rules, daily: true, timezone: Some("Asia/Baghdad".into()), language: Language::En },
            confirmed: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn who_signed_up_stands_beside_the_config_which_comes_first() {
        let config = [subscriber("amal@example.org", Subscription::All)];
        let signups = vec![
            signup("amal@example.org", &["bases"]),
            signup("salim@example.org", &["bases"]),
            signup("no address", &["bases"]),
        ];
        let choices = HashMap::from([("zayd@example.org".to_owned(), Choices::default())]);
        let roll = Arc::new(Roll { choices, signups, ..Roll::default() });
        let people = People::new(&config, roll, Severities::default());

        assert_eq!(people.subscriber("amal@example.org").unwrap().rules, Subscription::All);
        let salim = people.subscriber("salim@example.org").unwrap();
        assert_eq!(salim.rules, Subscription::Rules(vec!["bases".into()]));
        assert_eq!(salim.timezone.iana_name(), Some("Asia/Baghdad"));
        assert!(matches!(&salim.delivery, Delivery::DigestAt(times) if times.len() == 1));
        assert!(people.subscriber("no address").is_none());
        assert!(people.standing("zayd@example.org", Timestamp::UNIX_EPOCH).is_none());
        let mut names: Vec<_> = people.names().collect();
        names.sort_unstable();
        assert_eq!(names, ["amal@example.org", "salim@example.org", "zayd@example.org"]);
        let told: Vec<_> = people.audience.of(["bases"]).into_iter().map(|(name, _)| name).collect();
        assert_eq!(told, ["amal@example.org", "salim@example.org"]);
    }
}
