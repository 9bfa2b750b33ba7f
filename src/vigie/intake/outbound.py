"""Outgoing calls: which addresses a feed may lead to, checked where the connection is made.

A name is resolved once, every address it has is judged, and the connection goes to an address that
was judged: a name that answers differently a moment later (DNS rebinding) leads nowhere else.
Certificates and the ``Host`` header still speak of the name. Reference: OWASP, Server-Side Request
Forgery Prevention; IANA special-purpose address registries (RFC 6890).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Literal

import httpx

from vigie.base.errors import SettingsInvalid, VigieError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Scope = Literal[
    "public", "private", "loopback", "link_local", "multicast", "unspecified", "reserved"
]
Resolve = Callable[[str, int], Sequence[str]]
"""From host and port: its addresses as text."""

OUTSIDE: frozenset[Scope] = frozenset({"public"})
"""What a feed may lead to unless its settings say more."""
ANYWHERE: frozenset[Scope] = frozenset({"public", "private", "loopback"})
"""What a feed with ``private = true`` may lead to; never the services of a link (metadata)."""
INSIDE: frozenset[Scope] = frozenset({"private", "loopback"})
"""This machine and private networks only: what must not leave the house."""

_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")


class AddressRefused(VigieError):
    """A feed's host leads to an address that its settings do not allow."""

    code = "address_refused"
    http_status = 502


def scopes(*, private: bool) -> frozenset[Scope]:
    """Return what a feed may lead to."""
    return ANYWHERE if private else OUTSIDE


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one stands for (mapped, NAT64, 6to4, compatible)."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def scope_of(address: Address) -> Scope:
    """Return what kind of place an address is; an IPv4 address in IPv6 clothes is itself."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return scope_of(inner)
        if address.is_site_local:
            return "private"
    found: Scope = "public"
    if address.is_unspecified:
        found = "unspecified"
    elif address.is_loopback:
        found = "loopback"
    elif address.is_link_local:
        found = "link_local"
    elif address.is_multicast:
        found = "multicast"
    elif address in _THIS_NETWORK or address.is_reserved:
        found = "reserved"
    elif address in _SHARED or address.is_private or not address.is_global:
        found = "private"
    return found


def parse_address(text: str) -> Address | None:
    """Return an address written in the one usual way, or None; a zone (``%eth0``) is left out."""
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def is_disguised(host: str) -> bool:
    """Say whether a host is an IPv4 address in an unusual spelling (decimal, octal, hex, short)."""
    if parse_address(host) is not None:
        return False
    try:
        socket.inet_aton(host.rstrip("."))
    except (OSError, UnicodeError, ValueError):
        return False
    return True


def check_host(host: str, allowed: frozenset[Scope], *, key: str) -> None:
    """Refuse, before anything is asked of the network, a host that can only be refused.

    Raises:
        SettingsInvalid: When it is an address that is not allowed, or one in disguise.
    """
    if is_disguised(host):
        raise SettingsInvalid(key=key, reason=f"{host[:80]}: unusual spelling of an address")
    address = parse_address(host)
    if address is not None and scope_of(address) not in allowed:
        raise SettingsInvalid(key=key, reason=f"{host[:80]}: {scope_of(address)} (private = true?)")


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host.

    Raises:
        OSError: When it has none now.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def addresses_of(
    host: str, port: int, allowed: frozenset[Scope], ask: Resolve = resolve
) -> list[Address]:
    """Return the addresses of a host, all judged; one that is not allowed refuses the host.

    Raises:
        AddressRefused: When any address is not allowed (an answer that mixes inside and outside is
            how rebinding looks), or there is none.
        OSError: When the name cannot be resolved now.
    """
    try:
        found = [parse_address(text) for text in ask(host, port)]
    except UnicodeError as error:
        raise AddressRefused(host=host[:80], scope="name") from error
    judged = [address for address in found if address is not None]
    if not judged or len(judged) != len(found):
        raise AddressRefused(host=host[:80], scope="unknown")
    for address in judged:
        if scope_of(address) not in allowed:
            raise AddressRefused(host=host[:80], scope=scope_of(address))
    return judged


class CheckedTransport(httpx.BaseTransport):
    """HTTP to one host, at addresses that were judged when the connection is made."""

    def __init__(
        self,
        url: str,
        allowed: frozenset[Scope],
        *,
        ask: Resolve = resolve,
        verify: ssl.SSLContext | None = None,
        inner: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is resolved before the first request.

        Args:
            url: Address of the feed: its host is the only one spoken to.
            allowed: Scopes of addresses it may have.
            ask: Resolver.
            verify: Certificates trusted; the system's by default.
            inner: What sends a request whose host is an address.
        """
        self._host = httpx.URL(url).raw_host.decode("ascii")
        self._allowed = allowed
        self._ask = ask
        trusted = verify or httpx.create_ssl_context(trust_env=False)
        self._inner = inner or httpx.HTTPTransport(verify=trusted, trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._inner.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to a judged address of its host, the next one if nobody answers there.

        Raises:
            AddressRefused: When host or address is not allowed.
            httpx.TransportError: When the name or every address fails.
        """
        host = request.url.raw_host.decode("ascii")
        if host != self._host:
            raise AddressRefused(host=host[:80], scope="host")
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            judged = addresses_of(host, port, self._allowed, self._ask)
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        for address in judged[:-1]:
            try:
                return self._send(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return self._send(request, judged[-1])

    def _send(self, request: httpx.Request, address: Address) -> httpx.Response:
        extensions = dict(request.extensions)
        if parse_address(self._host) is None:
            extensions["sni_hostname"] = self._host
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,
            stream=request.stream,
            extensions=extensions,
        )
        return self._inner.handle_request(pinned)


def checked_client(url: str, allowed: frozenset[Scope], *, timeout_s: float) -> httpx.Client:
    """Return a client that follows no redirect, reads no proxy setting and judges addresses."""
    return httpx.Client(
        timeout=timeout_s,
        follow_redirects=False,
        trust_env=False,
        transport=CheckedTransport(url, allowed),
    )
