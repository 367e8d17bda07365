//! Which addresses belong to the public internet: the special-purpose registries of IANA, read strictly.
//!
//! What is reserved, deprecated or leads to another address by translation counts as inside.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Not the internet (IANA IPv4 Special-Purpose Address Registry, multicast, class E): network and length of its prefix.
const INSIDE_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// What of the global unicast space is not the internet: IETF protocols (Teredo, benchmarking, ORCHID and others), documentation, 6to4.
const INSIDE_V6: [(u128, u32); 4] = [
    (0x2001 << 112, 23),
    (0x2001_0db8 << 96, 32),
    (0x2002 << 112, 16),
    (0x3fff << 112, 20),
];
/// All that IANA has given to the internet so far (RFC 4291 § 2.4): loopback, link-local, unique local and the rest lie outside.
const GLOBAL_UNICAST: (u128, u32) = (0x2 << 124, 3);
/// The well-known prefix behind which NAT64 shows IPv4 (RFC 6052 § 2.1).
const NAT64: (u128, u32) = (0x0064_ff9b << 96, 96);

/// Whether an address belongs to the public internet.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or_else(|| is_public_v6(ip), is_public_v4),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let within = |(network, length): ([u8; 4], u32)| (ip.to_bits() ^ u32::from_be_bytes(network)) >> (32 - length) == 0;
    !INSIDE_V4.into_iter().any(within)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let within = |(network, length): (u128, u32)| (ip.to_bits() ^ network) >> (128 - length) == 0;
    if within(NAT64) {
        let [.., a, b, c, d] = ip.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    within(GLOBAL_UNICAST) && !INSIDE_V6.into_iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::is_public;

    /// An address at the beginning and at the end of every range that is not the internet.
    const INSIDE: [&str; 62] = [
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::2",
        // IPv4-compatible, deprecated.
        "::8.8.8.8",
        "::127.0.0.1",
        // IPv4-mapped.
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        // IPv4-translated, deprecated.
        "::ffff:0:8.8.8.8",
        // NAT64: well-known with a private address in it, and for local use.
        "64:ff9b::10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::8.8.8.8",
        "64:ff9b:0:0:0:1:808:808",
        // Discard-only, and the dummy prefix beside it.
        "100::1",
        "100:0:0:1::1",
        // Teredo, benchmarking, AMT, ORCHID, ORCHIDv2, drones.
        "2001::1",
        "2001:0:7f00:1::1",
        "2001:2::1",
        "2001:3::1",
        "2001:10::1",
        "2001:20::1",
        "2001:30::1",
        "2001:1ff:ffff::1",
        "2001:db8::1",
        // 6to4, with a private address in it and without.
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2002:808:808::1",
        "3fff::1",
        "3fff:fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "ffff::1",
    ];

    const OUTSIDE: [&str; 20] = [
        "1.0.0.0",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:200::1",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "3ffe::1",
    ];

    #[test]
    fn no_special_range_is_the_internet_and_its_neighbours_are() {
        for ip in INSIDE {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in OUTSIDE {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }
}
