//! Owns the question by which addresses a client reaches this machine. Opens no connection.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// This machine as the Android emulator sees it.
const EMULATOR: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 2, 2));

/// From where an address leads to this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewpoint {
    /// From this machine itself.
    ThisMachine,
    /// From phones and others on the same network.
    Network,
    /// From the Android emulator on this machine.
    Emulator,
}

/// The addresses that lead to what listens on `bind`, those of this machine itself first.
pub(crate) fn addresses(bind: IpAddr) -> Vec<(Viewpoint, IpAddr)> {
    of_interfaces(bind, &interfaces())
}

fn of_interfaces(bind: IpAddr, interfaces: &[IpAddr]) -> Vec<(Viewpoint, IpAddr)> {
    if !bind.is_unspecified() {
        let viewpoint = if bind.is_loopback() {
            Viewpoint::ThisMachine
        } else {
            Viewpoint::Network
        };
        let mut found = vec![(viewpoint, bind)];
        // The emulator's address leads to the loopback one.
        if bind == IpAddr::V4(Ipv4Addr::LOCALHOST) {
            found.push((Viewpoint::Emulator, EMULATOR));
        }
        return found;
    }
    let mut found = vec![(Viewpoint::ThisMachine, loopback(bind))];
    found.extend(
        interfaces
            .iter()
            .filter(|address| address.is_ipv4() == bind.is_ipv4() && is_stated(**address))
            .map(|address| (Viewpoint::Network, *address)),
    );
    if bind.is_ipv4() {
        found.push((Viewpoint::Emulator, EMULATOR));
    }
    found
}

/// The loopback address that leads to what listens on every address.
pub(crate) fn loopback(unspecified: IpAddr) -> IpAddr {
    match unspecified {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    }
}

/// Whether a URL can name it: a link-local IPv6 address says nothing without its interface.
fn is_stated(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => !four.is_loopback(),
        IpAddr::V6(six) => !six.is_loopback() && !six.is_unicast_link_local(),
    }
}

fn interfaces() -> Vec<IpAddr> {
    match if_addrs::get_if_addrs() {
        Ok(found) => found.iter().map(if_addrs::Interface::ip).collect(),
        Err(error) => {
            tracing::warn!(%error, "the addresses of this machine cannot be read");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_can_reach_the_address_is_named_with_it() {
        let interfaces: Vec<IpAddr> = ["127.0.0.1", "192.0.2.7", "::1", "fe80::1", "2001:db8::7"]
            .map(|address| address.parse().unwrap())
            .to_vec();
        let this = |address| (Viewpoint::ThisMachine, address);
        let network = |address| (Viewpoint::Network, address);
        let emulator = (Viewpoint::Emulator, "10.0.2.2");
        for (bind, expected) in [
            ("127.0.0.1", vec![this("127.0.0.1"), emulator]),
            ("::1", vec![this("::1")]),
            ("192.0.2.7", vec![network("192.0.2.7")]),
            (
                "0.0.0.0",
                vec![this("127.0.0.1"), network("192.0.2.7"), emulator],
            ),
            ("::", vec![this("::1"), network("2001:db8::7")]),
        ] {
            let expected: Vec<(Viewpoint, IpAddr)> = expected
                .into_iter()
                .map(|(from, address)| (from, address.parse().unwrap()))
                .collect();
            let found = of_interfaces(bind.parse().unwrap(), &interfaces);
            assert_eq!(found, expected, "{bind}");
        }
    }
}
