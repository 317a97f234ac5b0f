//! The address of a client, for the limit per client.

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, Request};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use tower_governor::GovernorError;
use tower_governor::key_extractor::KeyExtractor;

/// Tells clients apart by the address that is connected, or by the one that a trusted proxy names.
#[derive(Clone)]
pub(crate) struct Clients {
    pub(crate) proxy_header: Option<HeaderName>,
}

impl KeyExtractor for Clients {
    type Key = IpAddr;

    fn extract<T>(&self, request: &Request<T>) -> Result<IpAddr, GovernorError> {
        let named = self.proxy_header.as_ref().and_then(|header| named(request.headers(), header));
        let connected = || Some(request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip());
        named.or_else(connected).map(network_of).ok_or(GovernorError::UnableToExtractKey)
    }
}

/// Returns the address that the proxy in front of the demo added to the list. A client can write
/// everything before it.
fn named(headers: &HeaderMap, header: &HeaderName) -> Option<IpAddr> {
    let last = headers.get_all(header).iter().next_back()?.to_str().ok()?;
    let address = last.rsplit(',').next()?.trim();
    address.parse().ok().or_else(|| Some(address.parse::<SocketAddr>().ok()?.ip()))
}

/// Cuts off what a client can choose: in IPv6 it has all addresses with the same first 64 bits.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::Clients;
    use axum::extract::ConnectInfo;
    use axum::http::{HeaderName, Request};
    use std::net::SocketAddr;
    use tower_governor::key_extractor::KeyExtractor;

    const HEADER: HeaderName = HeaderName::from_static("x-forwarded-for");

    fn client(proxy_header: Option<HeaderName>, connected: &str, named: &[&str]) -> String {
        let connected: SocketAddr = connected.parse().unwrap();
        let mut request = Request::new(());
        request.extensions_mut().insert(ConnectInfo(connected));
        for value in named {
            request.headers_mut().append(HEADER, value.parse().unwrap());
        }
        Clients { proxy_header }.extract(&request).unwrap().to_string()
    }

    #[test]
    fn clients_are_told_apart_by_address_and_by_the_first_half_of_one_in_ipv6() {
        for (connected, known_as) in [
            ("192.0.2.1:1", "192.0.2.1"),
            ("192.0.2.2:1", "192.0.2.2"),
            ("[::ffff:192.0.2.2]:1", "192.0.2.2"),
            ("[2001:db8:1:2::1]:1", "2001:db8:1:2::"),
            ("[2001:db8:1:2:ffff:ffff:ffff:ffff]:1", "2001:db8:1:2::"),
            ("[2001:db8:1:3::1]:1", "2001:db8:1:3::"),
        ] {
            assert_eq!(client(None, connected, &["198.51.100.1"]), known_as);
        }
    }

    #[test]
    fn behind_a_trusted_proxy_the_last_address_counts_and_nothing_that_a_client_wrote() {
        for (named, known_as) in [
            (&["198.51.100.1"][..], "198.51.100.1"),
            (&["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
            (&["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
            (&["198.51.100.1:4711"], "198.51.100.1"),
            (&["203.0.113.9, 2001:db8:1:2::1"], "2001:db8:1:2::"),
            (&["[2001:db8:1:2::1]:4711"], "2001:db8:1:2::"),
            // No proxy sends these. All clients that do share the limit of their connection.
            (&["203.0.113.9, unknown"], "192.0.2.1"),
            (&[""], "192.0.2.1"),
            (&[], "192.0.2.1"),
        ] {
            assert_eq!(client(Some(HEADER), "192.0.2.1:1", named), known_as, "{named:?}");
        }
    }
}
