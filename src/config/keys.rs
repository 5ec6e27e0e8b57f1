//! The names of all sections and keys, for those who meant one and wrote another.

/// A section, the key by which its items are called, and its keys.
struct Section {
    name: &'static str,
    name_key: Option<&'static str>,
    keys: &'static [&'static str],
}

const SECTIONS: [Section; 11] = [
    Section {
        name: "storage",
        name_key: None,
        keys: &[
            "path",
            "keep_entries",
            "keep_matches",
            "keep_messages",
            "max_size",
            "backup_dir",
            "backup_keep",
        ],
    },
    Section {
        name: "fetch",
        name_key: None,
        keys: &[
            "interval",
            "min_interval",
            "max_interval",
            "timeout",
            "max_body",
            "max_entries",
            "concurrency",
            "per_host",
            "host_spacing",
            "user_agent",
            "allow_private",
            "allow_networks",
            "proxy",
        ],
    },
    Section {
        name: "smtp",
        name_key: None,
        keys: &["url", "from", "password_file", "tls", "retry_min", "retry_max", "give_up"],
    },
    Section {
        name: "http",
        name_key: None,
        keys: &["listen", "public_url", "signup", "token", "token_file"],
    },
    Section { name: "alerts", name_key: None, keys: &["group_wait", "operator"] },
    Section { name: "stories", name_key: None, keys: &["enabled", "window", "follow_up_after", "outlets"] },
    Section { name: "mail", name_key: None, keys: &["templates"] },
    Section {
        name: "feeds",
        name_key: Some("id"),
        keys: &[
            "id",
            "url",
            "path",
            "title",
            "interval",
            "tags",
            "full_text",
            "headers",
            "user",
            "password_file",
        ],
    },
    Section {
        name: "entities",
        name_key: Some("id"),
        keys: &["id", "kind", "names", "needs", "unless", "wikidata"],
    },
    Section {
        name: "rules",
        name_key: Some("id"),
        keys: &[
            "id",
            "title",
            "any",
            "all",
            "none",
            "within",
            "query",
            "score",
            "threshold",
            "at_least",
            "feeds",
            "tags",
            "languages",
            "severity",
            "should_match",
            "should_not_match",
        ],
    },
    Section {
        name: "subscribers",
        name_key: Some("email"),
        keys: &[
            "email",
            "rules",
            "delivery",
            "digest_every",
            "digest_at",
            "timezone",
            "language",
            "quiet_hours",
            "max_per_hour",
            "min_severity",
        ],
    },
];

/// Names compared at most for one suggestion.
const COMPARED: usize = 5_000;

/// The section of this name, if it is known.
pub(super) fn section(name: &str) -> Option<&'static str> {
    SECTIONS.iter().find(|section| section.name == name).map(|section| section.name)
}

/// Whether a section is written `[[name]]`, once for each item.
pub(super) fn is_list(section: &str) -> bool {
    name_of(section).is_some()
}

/// A section's header as it is written, `[smtp]` or `[[feeds]]`.
pub(super) fn header(section: &str) -> String {
    if is_list(section) { format!("[[{section}]]") } else { format!("[{section}]") }
}

/// The key by which an item of a section is called.
pub(super) fn name_of(section: &str) -> Option<&'static str> {
    find(section).and_then(|section| section.name_key)
}

/// What may have been meant by a key that its section does not have.
pub(super) fn unknown_key(section: &str, key: &str) -> Option<String> {
    let known = find(section)?;
    if let Some(near) = nearest(key, known.keys.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    if section == "smtp" && ["password", "pass", "user", "username"].contains(&key) {
        return Some(
            "write the user as in `smtp://user@relay`, and the password into `password_file`".into(),
        );
    }
    if key == "include" {
        return Some("`include` stands at the top of the file, before the first section".into());
    }
    if key == "password" {
        return Some("write it into a file of its own and name that in `password_file`".into());
    }
    belongs_to(key).or_else(|| Some(format!("{} has {}", header(section), known.keys.join(", "))))
}

/// What may have been meant by a section that does not exist.
pub(super) fn unknown_section(name: &str) -> Option<String> {
    let near = nearest(name, SECTIONS.iter().map(|section| section.name).chain(["include"]));
    if near == Some("include") {
        return Some("did you mean `include`?".into());
    }
    near.map(|near| format!("did you mean {}?", header(near))).or_else(|| belongs_to(name))
}

/// How a missing key could be written.
pub(super) fn example(section: &str, key: &str) -> Option<String> {
    let example = match (section, key) {
        ("storage", "path") => "path = \"rasid.db\"",
        ("smtp", "url") => "url = \"smtp://relay.example.org\", or url = \"file:outbox\" to look first",
        ("smtp", "from") => "from = \"rasid@example.org\"",
        ("feeds", "id") => "id = \"ina\"",
        ("entities" | "rules", "id") => "id = \"coalition\"",
        ("entities", "names") => "names = [\"التحالف الدولي\"]",
        ("subscribers", "email") => "email = \"amal@example.org\"",
        ("subscribers", "rules") => "rules = [\"*\"] for all of them",
        _ => return None,
    };
    Some(format!("add {example}"))
}

/// The name most like `written`, if any is like it.
pub(super) fn nearest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |name: &str| name.to_lowercase().replace('-', "_");
    let written = plain(written);
    let length = written.chars().count();
    let allowed = (length / 3).max(1);
    names
        .filter(|name| name.chars().count().abs_diff(length) <= allowed)
        .take(COMPARED)
        .map(|name| (strsim::osa_distance(&written, &plain(name)), name))
        .filter(|(distance, name)| *distance <= allowed && *distance < name.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

fn find(section: &str) -> Option<&'static Section> {
    SECTIONS.iter().find(|known| known.name == section)
}

fn belongs_to(key: &str) -> Option<String> {
    let homes: Vec<_> = SECTIONS
        .iter()
        .filter(|section| section.keys.contains(&key))
        .map(|section| header(section.name))
        .collect();
    (!homes.is_empty()).then(|| format!("`{key}` belongs to {}", homes.join(" or ")))
}
