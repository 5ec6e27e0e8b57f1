//! The config as it was written: every value with its place, of the right type, not yet understood.

use super::document::{Text, Written};
use super::problem::{Found, Span};
use super::table::{Kind, Place, Table};

/// A list of texts.
pub(super) type Texts<'a> = Written<Vec<Text<'a>>>;

/// `[storage]`
pub(super) struct Storage<'a> {
    pub(super) path: Option<Text<'a>>,
    pub(super) keep_entries: Option<Text<'a>>,
    pub(super) keep_matches: Option<Text<'a>>,
    pub(super) keep_messages: Option<Text<'a>>,
    pub(super) max_size: Option<Text<'a>>,
    pub(super) backup_dir: Option<Text<'a>>,
    pub(super) backup_keep: Option<Written<i64>>,
}

/// `[fetch]`
#[derive(Default)]
pub(super) struct Fetch<'a> {
    pub(super) interval: Option<Text<'a>>,
    pub(super) min_interval: Option<Text<'a>>,
    pub(super) max_interval: Option<Text<'a>>,
    pub(super) timeout: Option<Text<'a>>,
    pub(super) max_body: Option<Text<'a>>,
    pub(super) max_entries: Option<Written<i64>>,
    pub(super) concurrency: Option<Written<i64>>,
    pub(super) per_host: Option<Written<i64>>,
    pub(super) host_spacing: Option<Text<'a>>,
    pub(super) user_agent: Option<Text<'a>>,
    pub(super) allow_private: Option<bool>,
    pub(super) allow_networks: Option<Texts<'a>>,
    pub(super) proxy: Option<Text<'a>>,
}

/// `[smtp]`
pub(super) struct Smtp<'a> {
    pub(super) url: Option<Text<'a>>,
    pub(super) from: Option<Text<'a>>,
    pub(super) password_file: Option<Text<'a>>,
    pub(super) tls: Option<Text<'a>>,
    pub(super) retry_min: Option<Text<'a>>,
    pub(super) retry_max: Option<Text<'a>>,
    pub(super) give_up: Option<Text<'a>>,
}

/// `[http]`
#[derive(Default)]
pub(super) struct Http<'a> {
    pub(super) listen: Option<Text<'a>>,
    pub(super) public_url: Option<Text<'a>>,
    pub(super) signup: Option<Written<bool>>,
    pub(super) token: Option<Text<'a>>,
    pub(super) token_file: Option<Text<'a>>,
}

/// `[alerts]`
#[derive(Default)]
pub(super) struct Alerts<'a> {
    pub(super) group_wait: Option<Text<'a>>,
    pub(super) operator: Option<Text<'a>>,
}

/// `[stories]`
#[derive(Default)]
pub(super) struct Stories<'a> {
    pub(super) enabled: Option<bool>,
    pub(super) window: Option<Text<'a>>,
    pub(super) follow_up_after: Option<Text<'a>>,
    pub(super) outlets: Option<Written<i64>>,
}

/// `[mail]`
#[derive(Default)]
pub(super) struct Mail<'a> {
    pub(super) templates: Option<Text<'a>>,
}

/// One of `[[feeds]]`
pub(super) struct Feed<'a> {
    pub(super) place: Place<'a>,
    pub(super) id: Option<Text<'a>>,
    pub(super) url: Option<Text<'a>>,
    pub(super) path: Option<Text<'a>>,
    pub(super) title: Option<Text<'a>>,
    pub(super) interval: Option<Text<'a>>,
    pub(super) tags: Option<Texts<'a>>,
    pub(super) full_text: Option<bool>,
    pub(super) headers: Vec<(Text<'a>, Text<'a>)>,
    pub(super) user: Option<Text<'a>>,
    pub(super) password_file: Option<Text<'a>>,
}

/// One of `[[entities]]`
pub(super) struct Entity<'a> {
    pub(super) place: Place<'a>,
    pub(super) id: Option<Text<'a>>,
    pub(super) kind: Option<Text<'a>>,
    pub(super) names: Option<Texts<'a>>,
    pub(super) needs: Option<Texts<'a>>,
    pub(super) unless: Option<Texts<'a>>,
    pub(super) wikidata: Option<Text<'a>>,
}

/// One of `[[rules]]`
pub(super) struct Rule<'a> {
    pub(super) place: Place<'a>,
    pub(super) span: Span,
    pub(super) id: Option<Text<'a>>,
    pub(super) title: Option<Text<'a>>,
    pub(super) any: Option<Texts<'a>>,
    pub(super) all: Option<Texts<'a>>,
    pub(super) none: Option<Texts<'a>>,
    pub(super) within: Option<Text<'a>>,
    pub(super) query: Option<Text<'a>>,
    pub(super) score: Option<Written<Vec<(Text<'a>, i64)>>>,
    pub(super) threshold: Option<Written<i64>>,
    pub(super) at_least: Option<Written<i64>>,
    pub(super) feeds: Option<Texts<'a>>,
    pub(super) tags: Option<Texts<'a>>,
    pub(super) languages: Option<Texts<'a>>,
    pub(super) severity: Option<Text<'a>>,
    pub(super) should_match: Option<Texts<'a>>,
    pub(super) should_not_match: Option<Texts<'a>>,
    /// Whether some of it was lost or of the wrong type.
    pub(super) whole: bool,
}

/// One of `[[subscribers]]`
pub(super) struct Subscriber<'a> {
    pub(super) place: Place<'a>,
    pub(super) span: Span,
    pub(super) email: Option<Text<'a>>,
    pub(super) rules: Option<Texts<'a>>,
    pub(super) delivery: Option<Text<'a>>,
    pub(super) digest_every: Option<Text<'a>>,
    pub(super) digest_at: Option<Texts<'a>>,
    pub(super) timezone: Option<Text<'a>>,
    pub(super) language: Option<Text<'a>>,
    pub(super) quiet_hours: Option<Text<'a>>,
    pub(super) max_per_hour: Option<Written<i64>>,
    pub(super) min_severity: Option<Text<'a>>,
    /// Whether no `digest_…` was lost to another mistake.
    pub(super) whole: bool,
}

impl<'a> Storage<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Storage<'a> {
        let storage = Storage {
            path: table.required("path", Kind::Text),
            keep_entries: table.text("keep_entries", Kind::Duration),
            keep_matches: table.text("keep_matches", Kind::Duration),
            keep_messages: table.text("keep_messages", Kind::Duration),
            max_size: table.text("max_size", Kind::Size),
            backup_dir: table.text("backup_dir", Kind::Text),
            backup_keep: table.number("backup_keep"),
        };
        table.finish();
        storage
    }
}

impl<'a> Fetch<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Fetch<'a> {
        let fetch = Fetch {
            interval: table.text("interval", Kind::Duration),
            min_interval: table.text("min_interval", Kind::Duration),
            max_interval: table.text("max_interval", Kind::Duration),
            timeout: table.text("timeout", Kind::Duration),
            max_body: table.text("max_body", Kind::Size),
            max_entries: table.number("max_entries"),
            concurrency: table.number("concurrency"),
            per_host: table.number("per_host"),
            host_spacing: table.text("host_spacing", Kind::Duration),
            user_agent: table.text("user_agent", Kind::Text),
            allow_private: table.flag("allow_private"),
            allow_networks: table.texts("allow_networks", Kind::Text),
            proxy: table.text("proxy", Kind::Text),
        };
        table.finish();
        fetch
    }
}

impl<'a> Smtp<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Smtp<'a> {
        let smtp = Smtp {
            url: table.required("url", Kind::Text),
            from: table.required("from", Kind::Text),
            password_file: table.text("password_file", Kind::Text),
            tls: table.text("tls", Kind::Text),
            retry_min: table.text("retry_min", Kind::Duration),
            retry_max: table.text("retry_max", Kind::Duration),
            give_up: table.text("give_up", Kind::Duration),
        };
        table.finish();
        smtp
    }
}

impl<'a> Http<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Http<'a> {
        let http = Http {
            listen: table.text("listen", Kind::Text),
            public_url: table.text("public_url", Kind::Text),
            signup: table.switch("signup"),
            token: table.text("token", Kind::Text),
            token_file: table.text("token_file", Kind::Text),
        };
        table.finish();
        http
    }
}

impl<'a> Alerts<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Alerts<'a> {
        let alerts = Alerts {
            group_wait: table.text("group_wait", Kind::Duration),
            operator: table.text("operator", Kind::Text),
        };
        table.finish();
        alerts
    }
}

impl<'a> Stories<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Stories<'a> {
        let stories = Stories {
            enabled: table.flag("enabled"),
            window: table.text("window", Kind::Duration),
            follow_up_after: table.text("follow_up_after", Kind::Duration),
            outlets: table.number("outlets"),
        };
        table.finish();
        stories
    }
}

impl<'a> Mail<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Mail<'a> {
        let mail = Mail { templates: table.text("templates", Kind::Text) };
        table.finish();
        mail
    }
}

impl<'a> Feed<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Feed<'a> {
        if table.is_whole() && !table.has("url") && !table.has("path") {
            let found = Found::at(table.place.key("url"), &table.span, "a feed needs a `url` or a `path`");
            table.problem(found.hint("add url = \"https://…\", or path = \"….xml\" for a local file"));
        }
        let feed = Feed {
            id: table.required("id", Kind::Text),
            url: table.text("url", Kind::Text),
            path: table.text("path", Kind::Text),
            title: table.text("title", Kind::Text),
            interval: table.text("interval", Kind::Duration),
            tags: table.texts("tags", Kind::Text),
            full_text: table.flag("full_text"),
            headers: table.pairs("headers"),
            user: table.text("user", Kind::Text),
            password_file: table.text("password_file", Kind::Text),
            place: table.place.clone(),
        };
        table.finish();
        feed
    }
}

impl<'a> Entity<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Entity<'a> {
        table.require("names");
        let entity = Entity {
            id: table.required("id", Kind::Text),
            kind: table.text("kind", Kind::Text),
            names: table.texts("names", Kind::Text),
            needs: table.texts("needs", Kind::Text),
            unless: table.texts("unless", Kind::Text),
            wikidata: table.text("wikidata", Kind::Text),
            place: table.place.clone(),
        };
        table.finish();
        entity
    }
}

impl<'a> Rule<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Rule<'a> {
        let before = table.problems();
        let rule = Rule {
            id: table.required("id", Kind::Text),
            title: table.text("title", Kind::Text),
            any: table.texts("any", Kind::Text),
            all: table.texts("all", Kind::Text),
            none: table.texts("none", Kind::Text),
            query: table.text("query", Kind::Query),
            score: table.weights("score"),
            threshold: table.number("threshold"),
            at_least: table.number("at_least"),
            whole: table.is_whole() && table.problems() == before,
            within: table.text("within", Kind::Text),
            feeds: table.texts("feeds", Kind::Text),
            tags: table.texts("tags", Kind::Text),
            languages: table.texts("languages", Kind::Text),
            severity: table.text("severity", Kind::Text),
            should_match: table.texts("should_match", Kind::Sample),
            should_not_match: table.texts("should_not_match", Kind::Sample),
            place: table.place.clone(),
            span: table.span.clone(),
        };
        table.finish();
        rule
    }
}

impl<'a> Subscriber<'a> {
    pub(super) fn read(mut table: Table<'a, '_>) -> Subscriber<'a> {
        table.require("rules");
        let before = table.problems();
        let digest_every = table.text("digest_every", Kind::Duration);
        let digest_at = table.texts("digest_at", Kind::TimeOfDay);
        let whole = table.is_whole() && table.problems() == before;
        let subscriber = Subscriber {
            email: table.required("email", Kind::Text),
            rules: table.texts("rules", Kind::Text),
            delivery: table.text("delivery", Kind::Text),
            digest_every,
            digest_at,
            timezone: table.text("timezone", Kind::Text),
            language: table.text("language", Kind::Text),
            quiet_hours: table.text("quiet_hours", Kind::Hours),
            max_per_hour: table.number("max_per_hour"),
            min_severity: table.text("min_severity", Kind::Text),
            place: table.place.clone(),
            span: table.span.clone(),
            whole,
        };
        table.finish();
        subscriber
    }
}
