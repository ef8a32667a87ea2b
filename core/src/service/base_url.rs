//! Base URLs: the part of the URL grammar that every HTTP library reads alike.
//!
//! RFC 3986 and the WHATWG standard allow much that libraries disagree about. `http://evil.com%2f.localhost` is a
//! different host for different libraries. Some libraries refuse `https://a|b`, but only when a request is sent.
//! `/a/../b` is a different path for different libraries. A base URL that some library repairs, decodes, drops or
//! refuses is refused here, before a key can reach another host.

use alloc::string::String;
use core::net::{Ipv4Addr, Ipv6Addr};

use super::punycode::{self, Direction};
use crate::error::Error;

/// Checks a base URL and returns its normal form: scheme and host in lower case, no slash at the end.
///
/// # Errors
/// `invalid_request` for `base_url`.
pub(crate) fn normalize(text: &str) -> Result<String, Error> {
    parse(text).map_err(|fault| Error::invalid("base_url", fault))
}

fn parse(text: &str) -> Result<String, &'static str> {
    let scheme = |name: &'static str| {
        let (start, rest) = text.split_at_checked(name.len())?;
        start.eq_ignore_ascii_case(name).then_some((name, rest))
    };
    let Some((scheme, rest)) = scheme("https://").or_else(|| scheme("http://")) else {
        return Err(
            "The base URL must begin with https://, or with http:// for a server on this machine, such as \
                    http://127.0.0.1:8080.",
        );
    };
    if !text.is_ascii() {
        return Err(
            "The base URL has a character that is not ASCII: write its host in punycode (xn--…) and its \
                    path percent-encoded.",
        );
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("The base URL has a space or a control character: remove it.");
    }
    if rest.contains(['?', '#', '@', '\\']) {
        return Err("The base URL must have no query, fragment, backslash or user name.");
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.trim_end_matches('/');
    let (host, port) = split_port(authority)?;
    let host = host.to_ascii_lowercase();
    let host_kind = check_host(&host)?;
    if let Some(port) = port {
        check_port(port)?;
    }
    if scheme == "http://" && host_kind != Host::Loopback {
        return Err("The base URL must begin with https://; http:// would send the keys unencrypted.");
    }
    check_path(path)?;
    let port = port.map_or(["", ""], |port| [":", port]).concat();
    Ok([scheme, &host, &port, path].concat())
}

/// Splits an authority into its host and its port.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), &'static str> {
    let end = match authority.strip_prefix('[') {
        // The brackets belong to the host.
        Some(rest) => {
            rest.find(']').ok_or("The base URL's IPv6 address must end with a bracket, as in [::1].")? + 2
        }
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at(end);
    match rest.strip_prefix(':') {
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err("Only a colon and a port may follow the base URL's IPv6 address."),
    }
}

fn check_port(port: &str) -> Result<(), &'static str> {
    let legal = port.bytes().all(|byte| byte.is_ascii_digit()) && !port.starts_with('0');
    // Some libraries read an empty port, `080` or `+80` as a number, and others do not.
    match port.parse::<u16>() {
        Ok(_) if legal => Ok(()),
        _ => Err("The base URL's port must be a number from 1 to 65535, without a leading zero."),
    }
}

#[derive(PartialEq)]
enum Host {
    /// This machine. Requests to it do not leave it.
    Loopback,
    Other,
}

/// Checks a host in lower case.
fn check_host(host: &str) -> Result<Host, &'static str> {
    let kind = |is_loopback| Ok(if is_loopback { Host::Loopback } else { Host::Other });
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: Ipv6Addr = address
            .parse()
            .map_err(|_| "The base URL's host in brackets must be an IPv6 address, as in [::1].")?;
        return kind(address.is_loopback());
    }
    if host.is_empty() {
        return Err("The base URL must have a host after the slashes.");
    }
    if host.len() > 253 {
        return Err("The base URL's host must have at most 253 characters.");
    }
    let mut labels = host.rsplit('.');
    let last = labels.next().unwrap_or_default();
    // Browsers and curl read all of these as IPv4 addresses: 127.1, 0x7f000001, 2130706433, 0177.0.0.1.
    let hex =
        last.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if hex || last.bytes().all(|byte| byte.is_ascii_digit()) && !last.is_empty() {
        let address: Result<Ipv4Addr, _> = host.parse();
        let address = address
            .map_err(|_| "The base URL's IPv4 address must be four decimal numbers, such as 127.0.0.1.")?;
        return kind(address.is_loopback());
    }
    // Java accepts no other name with dots as a host.
    if host.contains('.') && !last.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Err("The last part of the base URL's host must begin with a letter.");
    }
    let mut is_right_to_left = false;
    for label in host.split('.') {
        is_right_to_left |= check_label(label)? == Direction::RightToLeft;
    }
    // RFC 5893, which browsers and Node apply to the whole host.
    if is_right_to_left
        && host.split('.').any(|label| label.starts_with(|first: char| first.is_ascii_digit()))
    {
        return Err(
            "The base URL's host has a part in Arabic or Hebrew, so no other part may begin with a digit.",
        );
    }
    kind(last == "localhost")
}

/// Checks a label of a host name: letters, digits and hyphens.
fn check_label(label: &str) -> Result<Direction, &'static str> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if label.is_empty() {
        return Err("The base URL's host must not begin or end with a dot, or have two dots in a row.");
    }
    if !label.bytes().all(legal) || label.starts_with('-') || label.ends_with('-') || label.len() > 63 {
        return Err(
            "Each part of the base URL's host must be 1 to 63 letters, digits and hyphens, without a hyphen at \
             either end.",
        );
    }
    match label.strip_prefix("xn--") {
        Some(encoded) => {
            punycode::check(encoded).ok_or(
                "The base URL's host has a part that is not valid punycode (xn--…), or that contains letters which some HTTP \
                 libraries refuse.",
            )
        }
        None => Ok(Direction::LeftToRight),
    }
}

/// Checks a path without a slash at its end: no library may decode, encode or resolve its segments.
fn check_path(path: &str) -> Result<(), &'static str> {
    for segment in path.split('/').skip(1) {
        match segment {
            "" => return Err("The base URL's path has two slashes in a row: remove one of them."),
            "." => return Err("The base URL's path has the segment `.`: remove it."),
            ".." => return Err("The base URL's path has the segment `..`: write the path without it."),
            _ => {}
        }
        let mut bytes = segment.bytes();
        while let Some(byte) = bytes.next() {
            match byte {
                b'%' => check_escape(bytes.next(), bytes.next())?,
                _ if is_plain(byte) => {}
                _ => return Err("The base URL's path has a character that must be percent-encoded."),
            }
        }
    }
    Ok(())
}

/// Returns `true` for a byte that needs no escape in a path, in any library.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:".contains(&byte)
}

/// Checks the two digits that follow a `%`.
fn check_escape(high: Option<u8>, low: Option<u8>) -> Result<(), &'static str> {
    let digit = |byte: Option<u8>| match byte {
        Some(byte @ b'0'..=b'9') => Some(byte - b'0'),
        // Lower-case digits are refused, because some libraries change them to upper case.
        Some(byte @ b'A'..=b'F') => Some(byte - b'A' + 10),
        _ => None,
    };
    let (Some(high), Some(low)) = (digit(high), digit(low)) else {
        return Err("A % in the base URL's path must be followed by two hexadecimal digits in upper case.");
    };
    let byte = high << 4 | low;
    // Some libraries decode escapes that are not needed, such as that of a dot. Control characters would reach a log or
    // a header.
    if is_plain(byte) || byte == b'@' || byte.is_ascii_control() {
        return Err(
            "The base URL's path percent-encodes a character that needs no encoding (write it plainly) or a control character (remove it).",
        );
    }
    Ok(())
}
