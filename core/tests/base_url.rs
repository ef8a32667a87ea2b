//! Accepted base URLs are parsed alike by the `url` crate (the WHATWG standard, as in browsers and Node) and by
//! `http::Uri`. The vectors (`request-base-url.json`) check the same for every host.

use hudhud::zagely::GetAccount;
use hudhud::{CallOptions, KeyPair, Zagely};
use proptest::prelude::*;

const ROUTE: &str = "/api/v1/me";

/// Returns the URL that a request with this base goes to, or `None` if the base is refused.
fn sent_to(base: &str) -> Option<String> {
    let zagely = Zagely::new(KeyPair::new("pk_test", "sk_test").unwrap());
    let zagely = zagely.base_url(base).ok()?;
    Some(zagely.request(&GetAccount::new(), &CallOptions::new()).unwrap().url)
}

/// Fails if one of the two libraries parses an accepted URL differently from its text.
fn read_alike(base: &str) {
    let Some(sent) = sent_to(base) else { return };
    let (scheme, rest) = sent.split_once("://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap());
    let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
        Some((host, port)) => (host, port.parse().unwrap()),
        None => (authority, if scheme == "https" { 443 } else { 80 }),
    };
    assert!(path.ends_with(ROUTE), "{sent}");

    let url = url::Url::parse(&sent).unwrap_or_else(|error| panic!("the crate url refuses {sent}: {error}"));
    assert_eq!((url.scheme(), url.port_or_known_default()), (scheme, Some(port)), "{sent}");
    assert_eq!((url.path(), url.query(), url.fragment()), (path, None, None), "{sent}");
    assert_eq!((url.username(), url.password()), ("", None), "{sent}");
    // An IPv6 address can be written in several ways, so the addresses are compared instead of the texts.
    match (url.host(), host.strip_prefix('[')) {
        (Some(url::Host::Ipv6(address)), Some(host)) => {
            assert_eq!(host.trim_end_matches(']').parse(), Ok(address), "{sent}");
        }
        _ => assert_eq!(url.host_str(), Some(host), "{sent}"),
    }
    // Unencrypted HTTP is accepted only for this machine, because requests contain keys.
    if scheme == "http" {
        let loopback = match url.host().unwrap() {
            url::Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            url::Host::Ipv4(address) => address.is_loopback(),
            url::Host::Ipv6(address) => address.is_loopback(),
        };
        assert!(loopback, "{sent}");
    }

    let uri: http::Uri =
        sent.parse().unwrap_or_else(|error| panic!("the crate http refuses {sent}: {error}"));
    assert_eq!((uri.scheme_str(), uri.host()), (Some(scheme), Some(host)), "{sent}");
    assert_eq!((uri.port_u16().unwrap_or(port), uri.path(), uri.query()), (port, path, None), "{sent}");
}

#[test]
fn unambiguous_base_urls_are_accepted() {
    for (base, expected) in [
        ("https://zagely.com", "https://zagely.com"),
        ("https://zagely.com/", "https://zagely.com"),
        ("https://zagely.com//", "https://zagely.com"),
        ("HTTPS://Example.COM:8443/A/b", "https://example.com:8443/A/b"),
        ("https://a", "https://a"),
        ("https://1a", "https://1a"),
        ("https://4.example", "https://4.example"),
        ("https://r3---sn.example", "https://r3---sn.example"),
        ("https://a:1", "https://a:1"),
        ("https://a:65535", "https://a:65535"),
        ("https://a:443", "https://a:443"),
        ("https://192.0.2.1", "https://192.0.2.1"),
        ("https://[2001:DB8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
        ("https://[::ffff:192.0.2.1]", "https://[::ffff:192.0.2.1]"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://xn--ngbe9e0a", "https://xn--ngbe9e0a"),
        ("https://xn--11b5bs3a9aj6g.example", "https://xn--11b5bs3a9aj6g.example"),
        ("https://a/-._~!$&'()*+,;=:", "https://a/-._~!$&'()*+,;=:"),
        ("https://a/%C3%A9/%2F%25%20", "https://a/%C3%A9/%2F%25%20"),
        ("https://a/...", "https://a/..."),
        ("http://localhost", "http://localhost"),
        ("http://LOCALHOST:8080/x/", "http://localhost:8080/x"),
        ("http://api.localhost", "http://api.localhost"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.255.255.254", "http://127.255.255.254"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[0:0:0:0:0:0:0:1]"),
    ] {
        assert_eq!(sent_to(base), Some(format!("{expected}{ROUTE}")), "{base}");
        read_alike(base);
    }
}

#[test]
fn invalid_and_ambiguous_base_urls_are_refused() {
    let long_label = format!("https://{}", "a".repeat(64));
    let long_host = format!("https://{}com", "abcdefg.".repeat(32));
    for base in [
        // A missing or other scheme, or too few slashes.
        "",
        "zagely.com",
        "//zagely.com",
        "ftp://zagely.com",
        "https:zagely.com",
        "https:/zagely.com",
        "httpss://a",
        "javascript:https://a",
        " https://a",
        "\u{feff}https://a",
        // No host.
        "https://",
        "https:///x",
        "https://:443",
        "https://.",
        "https://?x",
        // Forbidden characters.
        "https://a b",
        "https://a ",
        "https://a\t",
        "https://a\n",
        "https://a/\r\nX: y",
        "https://a\0",
        "https://a\u{7f}",
        "https://a|b",
        "https://a%",
        "https://a%20b",
        "https://a%2eb",
        "https://%61",
        "https://a^b",
        "https://a`b",
        "https://a{b}",
        "https://a<b>",
        "https://a\"b",
        "https://a'b",
        "https://a!b",
        "https://a$b",
        "https://a&b",
        "https://a(b)",
        "https://a*b",
        "https://*.a",
        "https://a,b",
        "https://a;b",
        "https://a=b",
        "https://a+b",
        "https://a~b",
        "https://a_b",
        "https://_a.example",
        "https://a\\b",
        "https://a/b\\c",
        "https://é.example",
        "https://bücher.example",
        "https://a。example",
        "https://ａ.example",
        "https://a\u{ad}b",
        "https://a\u{200b}b",
        "https://①",
        "https://zagely.com/é",
        // User names, queries and fragments.
        "https://u@a",
        "https://u:p@a",
        "https://@a",
        "https://a@b/c",
        "https://a/b@c",
        "https://a/?q",
        "https://a?",
        "https://a#",
        "https://a/#f",
        // Invalid host names.
        "https://.a",
        "https://a.",
        "https://a..b",
        "https://-a",
        "https://a-",
        "https://a.-b.c",
        "https://a.b-.c",
        "https://a.1b",
        long_label.as_str(),
        long_host.as_str(),
        // Texts that only look like host names.
        "https://xn--",
        "https://xn--a",
        "https://xn--a.example",
        "https://xn--99999999",
        "https://xn--abc-",
        "https://XN--A",
        // Addresses in forms that only some libraries support.
        "https://1",
        "https://127.1",
        "https://0x7f.1",
        "https://0x7f000001",
        "https://2130706433",
        "https://0177.0.0.1",
        "https://127.0.0.01",
        "https://127.0.0.256",
        "https://1.2.3",
        "https://1.2.3.4.5",
        "https://a.0x",
        "https://a.1",
        "https://127.0.0.1.",
        "https://[]",
        "https://[::1",
        "https://::1",
        "https://[::g]",
        "https://[1::2::3]",
        "https://[::1%25eth0]",
        "https://[::1%eth0]",
        "https://[::1]x",
        "https://[::1]:",
        "https://[v1.a]",
        "https://[127.0.0.1]",
        "https://[::00001]",
        "https://a[::1]",
        // Invalid ports.
        "https://a:",
        "https://a:/",
        "https://a:0",
        "https://a:00",
        "https://a:080",
        "https://a:+80",
        "https://a:-1",
        "https://a:65536",
        "https://a:99999999999999999999",
        "https://a:8_0",
        "https://a:port",
        "https://a:80:80",
        "https://a:0x50",
        // Invalid paths.
        "https://a/b c",
        "https://a/%",
        "https://a/%2",
        "https://a/%zz",
        "https://a/%2x/",
        "https://a/%c3",
        "https://a/|",
        "https://a/^",
        "https://a/{b}",
        "https://a/`",
        "https://a/\"",
        "https://a/<",
        "https://a/[b]",
        "https://a/%2e",
        "https://a/%2E%2E/b",
        "https://a/%41",
        "https://a/%7E",
        "https://a/%00",
        "https://a/%0A",
        "https://a/%7F",
        "https://a/%40",
        "https://a/%3B",
        "https://a//b",
        "https://a/b//c",
        "https://a/.",
        "https://a/..",
        "https://a/../b",
        "https://a/b/./c",
        "https://a/b/../",
        // Unencrypted HTTP to other machines.
        "http://zagely.com",
        "http://192.168.1.10",
        "http://0.0.0.0",
        "http://[::2]",
        "http://[::]",
        "http://[::ffff:127.0.0.1]",
        "http://127.0.0.1.evil.com",
        "http://localhost.evil.com",
        "http://evil.com%2f.localhost",
        "http://evil.com/.localhost",
        "http://localhost@evil.com",
        "http://localhost:80@evil.com",
        "http://evil.com#.localhost",
        "http://evil.com?.localhost",
        "http://evil.com\\.localhost",
        "http://evil.com:80.localhost",
        "http://localhost.",
        "http://notlocalhost",
        "http://evil.com\u{2215}.localhost",
        "http://evil.com%00.localhost",
        "http://evil.com%5c.localhost",
        "http://.localhost",
        "http://128.0.0.1",
        "http://126.255.255.255",
        "http://127.1",
        "http://2130706433",
        "http://017700000001",
    ] {
        assert_eq!(sent_to(base), None, "{base:?} is accepted");
    }
}

#[test]
fn only_unambiguous_paths_are_accepted_as_app_prefix() {
    let with = |prefix: &str| Zagely::new(KeyPair::new("pk_x", "sk_x").unwrap()).app_prefix(prefix);
    for prefix in ["", "/", "/api", "/api/v1/", "/a-b._~c"] {
        assert!(with(prefix).is_ok(), "{prefix}");
    }
    for prefix in [
        "api",
        "//api",
        "/api//v1",
        "/.",
        "/api/../x",
        "/a b",
        "/a%2e",
        "/a?b",
        "/a#b",
        "/a\\b",
        "/é",
        "\\api",
    ] {
        assert!(with(prefix).is_err(), "{prefix}");
    }
}

/// Generates URLs that are nearly valid: valid parts with a few invalid characters.
fn nearly() -> impl Strategy<Value = String> {
    let scheme = prop_oneof!["https://", "http://", "HTTPS://", "https:/", ""];
    let host = prop_oneof![
        "[a-z0-9-]{1,6}(\\.[a-z0-9-]{1,6}){0,3}",
        "[0-9]{1,3}(\\.[0-9]{1,3}){0,4}",
        "0x[0-9a-f]{0,8}",
        "\\[[0-9a-f:.]{2,12}\\]",
        "(localhost|127\\.0\\.0\\.1|\\[::1\\])",
        "[a-z]{1,4}[%|_~!$&'()*+,;=@\\\\/?#. ][a-z0-9.]{0,4}\\.localhost",
        Just("xn--bcher-kva.example".to_owned()),
    ];
    let port = prop_oneof!["", ":[0-9]{0,6}", ":[+-]?[0-9]{1,3}"];
    let path = prop_oneof![
        "",
        "(/[a-zA-Z0-9%._~!$&'()*+,;=:@|^\\\\-]{0,6}){0,4}",
        "(/(\\.{1,3}|%[0-9A-Fa-f]{2}){0,3}){0,3}"
    ];
    (scheme, host, port, path).prop_map(|(scheme, host, port, path)| [scheme, host, port, path].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accepted_base_urls_are_parsed_alike(base in nearly()) {
        read_alike(&base);
    }

    #[test]
    fn a_base_url_with_one_changed_character_is_refused_or_parsed_alike(at in 0usize..40, letter in any::<char>()) {
        for base in ["https://gateway.example:8443/a%2Fb/c", "http://127.0.0.1:8080/x", "http://[::1]:80/x", "http://api.localhost/v"] {
            let mut letters: Vec<char> = base.chars().collect();
            let at = at % letters.len();
            letters[at] = letter;
            read_alike(&letters.iter().collect::<String>());
            letters.insert(at, letter);
            read_alike(&letters.iter().collect::<String>());
        }
    }

    #[test]
    fn any_text_is_refused_or_parsed_alike(rest in ".{0,30}", path in "[ -~]{0,20}") {
        read_alike(&format!("https://{rest}"));
        read_alike(&format!("http://{rest}.localhost/{path}"));
        read_alike(&format!("https://a/{path}"));
    }
}
