"""Who asks, as far as a request shows it: from which address, and from a page of our own or elsewhere."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

IPV6_PREFIX = 64
"""Bits that tell households apart in IPv6: whoever has one address has all that begin with these."""
LONGEST_NAME = 64
"""Characters of an address that is none, such as a test client's."""


def address_of(scope: Scope) -> str:
    """What limits count: the address, or the /64 network of one in IPv6.

    It is that of the connection; of what a proxy says only what uvicorn has taken over from one that is trusted.
    """
    client = scope.get("client")
    host = str(client[0]) if client else "unknown"
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:LONGEST_NAME]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, IPV6_PREFIX), strict=False))


def is_on_this_machine(scope: Scope, headers: Headers) -> bool:
    """Whether a program on this machine asks for itself: not one that passes on what it was asked."""
    client = scope.get("client")
    try:
        here = client is not None and ip_address(client[0]).is_loopback
    except ValueError:
        return False
    return here and not any(name in headers for name in ("x-forwarded-for", "x-real-ip", "forwarded"))


def comes_from_own_page(headers: Headers) -> bool:
    """Whether a script of our own pages sent it, as browsers say and scripts in them cannot change.

    A program can say so too, and gains what the pages give to anyone. Browsers before 2023 do not send Sec-Fetch-Site:
    of these the page's address is compared.
    """
    if (site := headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    page = headers.get("origin") or headers.get("referer", "")
    try:
        return bool(page) and urlsplit(page).netloc == headers.get("host", "")
    except ValueError:  # brackets that hold no address
        return False


def comes_from_elsewhere(headers: Headers) -> bool:
    """Whether the browser says that a page of another site sent it."""
    return headers.get("sec-fetch-site") == "cross-site"
