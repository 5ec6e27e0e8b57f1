//! E-mail addresses, as they are put into an envelope.

use lettre::Address;
use lettre::message::Mailbox;

use super::web::host;
use crate::config::problem::Wrong;

/// A bare address such as `amal@example.org`; a domain in letters of its own becomes its ASCII form.
pub(in crate::config) fn address(written: &str) -> Result<Address, Wrong> {
    let wrong = |message: &str| Err(Wrong::new(message).hint("write it as \"name@example.org\""));
    if written.contains(['<', '>']) {
        return wrong("only the address itself stands here, without a name or < >");
    }
    let Some((user, domain)) = written.rsplit_once('@') else {
        return wrong("not an e-mail address: it has no @");
    };
    if !user.is_ascii() {
        return wrong("not an e-mail address that every relay takes: only ASCII may stand before the @");
    }
    let literal = domain.starts_with('[');
    let domain = if literal {
        domain.to_owned()
    } else {
        host(domain).map_or(domain.to_owned(), |host| host.to_string())
    };
    let address = if written.len() > 254 { None } else { Address::new(user, domain).ok() };
    address.map_or_else(|| wrong("not an e-mail address"), Ok)
}

/// An address, or a name and an address such as `راصد <rasid@example.org>`.
pub(in crate::config) fn mailbox(written: &str) -> Result<Mailbox, Wrong> {
    let written = written.trim();
    let Some((name, rest)) = written.rsplit_once('<') else {
        return Ok(Mailbox::new(None, address(written)?));
    };
    let Some(inner) = rest.strip_suffix('>') else {
        return Err(Wrong::new("not an e-mail address: the > is missing")
            .hint("write it as \"name <name@example.org>\""));
    };
    let name = name.trim();
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let name = (!name.is_empty()).then(|| name.to_owned());
    Ok(Mailbox::new(name, address(inner)?))
}
