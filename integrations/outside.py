"""Connections to the world outside: an address of our own network is hung up on before a byte is sent to it.

For hosts that we were told of, not for those that the operator set: theirs may stand wherever they like."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

# Addresses that carry an IPv4 address inside: RFC 6052 (the well-known prefix) and RFC 8215, of a NAT64.
NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))

Resolve = Callable[..., Any]
"""As ``socket.getaddrinfo``."""


class Inside(OSError):
    """The name leads into a network of ours: this machine, its neighbours, or its cloud's metadata."""


def connect_outside(
    address: tuple[str, int],
    timeout: float | None = None,
    source_address: tuple[str, int] | None = None,
    *,
    resolve: Resolve = socket.getaddrinfo,
) -> socket.socket:
    """As ``socket.create_connection``. Raises: Inside, OSError.

    The address that was looked at is the one that is connected to: asked twice, a name may give another answer."""
    host, port = address
    found = resolve(host, port, 0, socket.SOCK_STREAM)
    if any(is_inside(str(where[0])) for *_, where in found):
        raise Inside(f"{host} leads into our own network")
    failure = OSError(f"{host} has no address")
    for family, kind, protocol, _, where in found:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout)
            if source_address:
                connection.bind(source_address)
            connection.connect(where)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def is_inside(address: str) -> bool:
    """Whether it is anything but one machine of the public internet; what cannot be read is inside.

    >>> [is_inside(one) for one in ("127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "fe80::1%eth0", "52.1.2.3")]
    [True, True, True, True, False]
    """
    try:
        plain = _inner(ip_address(address.partition("%")[0]))
    except ValueError:
        return True
    return not plain.is_global or plain.is_multicast or plain.is_reserved


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
