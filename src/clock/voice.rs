//! Who is one and the same witness under several names. Pure.
//!
//! A server has one clock, however many names lead to it; and whoever runs a domain can make as many names and addresses below it as they
//! like. So names that one address answers for have one voice between them, and so have names below one registrable parent.

use std::net::IpAddr;

use super::Testimony;

/// Endings below which a country lets others register: `gov.al`, `co.uk`.
const PUBLIC: [&str; 9] = ["ac", "co", "com", "edu", "gob", "gov", "net", "org", "rks"];

/// For each witness the number of its voice: those that are one have the same.
pub fn voices(witnesses: &[Testimony]) -> Vec<usize> {
    let mut voices: Vec<usize> = (0..witnesses.len()).collect();
    for (one, witness) in witnesses.iter().enumerate() {
        for (other, earlier) in witnesses[..one].iter().enumerate() {
            if are_one(witness, earlier) {
                let (from, to) = (voices[one], voices[other]);
                voices.iter_mut().filter(|voice| **voice == from).for_each(|voice| *voice = to);
            }
        }
    }
    voices
}

fn are_one(one: &Testimony, other: &Testimony) -> bool {
    if one.shared || other.shared {
        return one.shared && other.shared;
    }
    let same_address = one.ip.is_some() && one.ip == other.ip;
    same_address || parent(&one.name) == parent(&other.name)
}

/// What somebody had to register for a name to exist: its last two labels, three below a country's public ending. Cut too short, a witness
/// too few is heard; that errs on the side of waiting.
fn parent(name: &str) -> &str {
    let host = without_port(name);
    if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return host;
    }
    let labels = if has_public_ending(host) { 3 } else { 2 };
    match host.rmatch_indices('.').nth(labels - 1) {
        Some((dot, _)) => &host[dot + 1..],
        None => host,
    }
}

fn without_port(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => name,
    }
}

fn has_public_ending(host: &str) -> bool {
    let mut labels = host.rsplit('.');
    let (last, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    last.len() == 2 && PUBLIC.contains(&second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn voices_of(witnesses: &[(&str, Option<&str>, bool)]) -> Vec<usize> {
        let said: Vec<Testimony> = witnesses
            .iter()
            .map(|(name, ip, shared)| Testimony {
                name: (*name).to_owned(),
                ip: ip.map(|ip| ip.parse().unwrap()),
                at: DateTime::UNIX_EPOCH,
                shared: *shared,
            })
            .collect();
        voices(&said)
    }

    #[test]
    fn names_that_one_address_answers_for_are_one() {
        let (one, two) = (Some("192.0.2.1"), Some("192.0.2.2"));
        assert_eq!(
            voices_of(&[("a.example", one, false), ("b.example.org", one, false), ("c.net", two, false)]),
            [0, 0, 2]
        );
        assert_eq!(voices_of(&[("a.example", None, false), ("b.org", None, false)]), [0, 1]);
        assert_eq!(voices_of(&[("127.0.0.1:1", one, false), ("127.0.0.1:2", one, false)]), [0, 0]);
    }

    #[test]
    fn names_below_one_parent_are_one() {
        let named = |names: &[&str]| voices_of(&names.iter().map(|name| (*name, None, false)).collect::<Vec<_>>());
        assert_eq!(
            named(&["www.example.org", "time.example.org:123", "example.org", "example.com"]),
            [0, 0, 0, 3]
        );
        assert_eq!(named(&["kk.rks-gov.net", "pr.rks-gov.net", "rks-gov.com"]), [0, 0, 2]);
        assert_eq!(named(&["tirana.gov.al", "www.tirana.gov.al", "durres.gov.al"]), [0, 0, 2]);
        assert_eq!(
            named(&["192.0.2.1", "192.0.2.2", "[::1]:80", "[::2]:80", "localhost"]),
            [0, 1, 2, 3, 4]
        );
    }

    #[test]
    fn who_is_one_with_two_makes_them_one() {
        let (one, two) = (Some("192.0.2.1"), Some("192.0.2.2"));
        let voices = voices_of(&[("a.example", one, false), ("b.net", two, false), ("www.a.example", two, false)]);
        assert!(voices.iter().all(|voice| *voice == voices[0]), "{voices:?}");
    }

    #[test]
    fn the_database_is_nobody_else() {
        assert_eq!(
            voices_of(&[("database", Some("192.0.2.1"), true), ("a.example", Some("192.0.2.1"), false)]),
            [0, 1]
        );
    }
}
