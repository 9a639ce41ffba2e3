"""Which addresses a redirect may lead to: those of the public internet, however they are spelt.

A server that is asked can point anywhere, also at this machine and at the network behind it. What
is configured may be there; what a redirect names may not. Names are looked up by whoever connects,
and may be answered differently each time, so it is the address of the connection that is judged.
"""

import ipaddress
import socket

from aiohttp import AddrInfoType
from yarl import URL

# Its addresses hold one of IPv4 in their last 32 bits (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotPublic(OSError):
    """Nothing was connected to. Without the address, so that several of them are one error."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's. What is no IP address is not.

    Numbers that only a resolver takes for an address, such as 127.1 or 2130706433, are none.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _inner(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _inner(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def may_be_public(host: str) -> bool:
    """False for an address that is not public, and for this machine's own name. Other names are
    judged once they are looked up.
    """
    host = host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return False
    is_name = ":" not in host and not host.replace(".", "").isdigit()
    return is_name or is_public(host)


def is_configured(asked: URL, target: URL) -> bool:
    """Whether a redirect stays where its request was sent on purpose: at the same host and port.

    Another port is where the request might go as well only on a host that is configured as one of
    this machine or of a private network: a name that was public could lead there by now.
    """
    return target.host == asked.host and (
        target.port == asked.port or not may_be_public(asked.host or "")
    )


def public_socket(address: AddrInfoType) -> socket.socket:
    """A socket for a connection to ``address``, as ``socket_factory`` of aiohttp's connector.

    Raises NotPublic. It is asked for every address that is tried, also for one that is written in
    the URL.
    """
    family, kind, protocol, _, place = address
    if not is_public(str(place[0]).partition("%")[0]):
        raise NotPublic
    return socket.socket(family, kind, protocol)
