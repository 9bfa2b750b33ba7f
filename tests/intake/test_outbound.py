"""Where a feed may lead: every spelling of an inner address is one, and the checked one is used."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, SystemClock
from vigie.base.errors import SettingsInvalid
from vigie.base.settings import PolledUrl
from vigie.intake import outbound
from vigie.intake.outbound import (
    ANYWHERE,
    INSIDE,
    OUTSIDE,
    AddressRefused,
    CheckedTransport,
    addresses_of,
    check_host,
    is_disguised,
    parse_address,
    scope_of,
)
from vigie.intake.polling import Poller
from vigie.intake.service import Intake

NOT_PUBLIC_4 = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
]  # fmt: skip
NOT_PUBLIC_6 = ["::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
                "2001:db8::/32", "100::/64"]  # fmt: skip
NEVER = {"link_local", "multicast", "unspecified", "reserved"}


def within(networks: list[str]) -> st.SearchStrategy[Any]:
    """Draw an address of one of the networks."""
    return st.sampled_from([ipaddress.ip_network(one) for one in networks]).flatmap(
        lambda network: st.integers(0, network.num_addresses - 1).map(lambda n: network[n])
    )


inner_4 = within(NOT_PUBLIC_4)
any_4 = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)


@given(st.one_of(inner_4, within(NOT_PUBLIC_6)))
def test_no_inner_address_is_taken_for_a_public_one(address: Any) -> None:
    assert scope_of(address) != "public"


@given(any_4)
def test_an_ipv4_address_in_ipv6_clothes_is_itself(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for clothes in (0xFFFF << 32, 0x64_FF9B << 96, 0x2002 << 112):
        shift = 80 if clothes == 0x2002 << 112 else 0
        dressed = ipaddress.IPv6Address(clothes | number << shift)
        assert scope_of(dressed) == scope_of(address)


@given(any_4)
def test_every_spelling_of_an_address_but_the_usual_is_a_disguise(
    address: ipaddress.IPv4Address,
) -> None:
    n = int(address)
    octal = ".".join(f"0{part:o}" for part in address.packed)
    spellings = [str(n), hex(n), f"0{n:o}" if n else "00", octal, f"{n >> 24}.{n & 0xFFFFFF}"]
    assert all(is_disguised(one) for one in spellings)
    assert not is_disguised(str(address))
    with pytest.raises(SettingsInvalid):
        check_host(spellings[0], ANYWHERE, key="k")


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("0.0.0.0", "unspecified"), ("::", "unspecified"), ("127.9.9.9", "loopback"),
        ("::1", "loopback"), ("169.254.169.254", "link_local"), ("fe80::1%eth0", "link_local"),
        ("224.0.0.1", "multicast"), ("ff02::1", "multicast"), ("10.1.2.3", "private"),
        ("100.64.0.1", "private"), ("fd00::1", "private"), ("255.255.255.255", "reserved"),
        ("0.1.2.3", "reserved"), ("::ffff:127.0.0.1", "loopback"), ("[::1]", "loopback"),
        ("::ffff:169.254.169.254", "link_local"), ("64:ff9b::7f00:1", "loopback"),
        ("8.8.8.8", "public"), ("2606:4700::1111", "public"),
    ],
)  # fmt: skip
def test_known_addresses(text: str, scope: str) -> None:
    address = parse_address(text)
    assert address is not None
    assert scope_of(address) == scope
    assert (scope in ANYWHERE) == (scope not in NEVER)


@pytest.mark.parametrize("name", ["example.org", "1.example", "", "host-1", "é.fr", "x" * 300])
def test_a_name_is_no_disguise(name: str) -> None:
    assert not is_disguised(name)
    check_host(name, OUTSIDE, key="k")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x", "http://[::1]/x", "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/",
        "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://169.254.169.254/",
    ],
)  # fmt: skip
def test_an_inner_address_needs_the_setting(intake: Intake, clock: FixedClock, url: str) -> None:
    with pytest.raises(SettingsInvalid):
        Poller(url, "log", intake._journal, clock)


def test_the_setting_is_off_unless_said() -> None:
    assert PolledUrl(url="http://x", connector="probe").private is False


@given(st.lists(st.one_of(inner_4, any_4), min_size=1, max_size=4))
def test_one_address_that_is_not_allowed_refuses_the_host(addresses: list[Any]) -> None:
    texts = [str(one) for one in addresses]
    if any(scope_of(one) != "public" for one in addresses):
        with pytest.raises(AddressRefused):
            addresses_of("feed.example", 80, OUTSIDE, lambda _host, _port: texts)
    else:
        assert addresses_of("feed.example", 80, OUTSIDE, lambda _h, _p: texts) == addresses


def test_what_is_no_address_refuses_the_host() -> None:
    for answer in ([], ["nonsense"], ["8.8.8.8", "nonsense"]):
        with pytest.raises(AddressRefused):
            addresses_of("feed.example", 80, OUTSIDE, lambda _h, _p, answer=answer: answer)


# --- The transport -----------------------------------------------------------------------------


class Wire(httpx.BaseTransport):
    """Keeps what would be sent; some addresses do not answer."""

    def __init__(self, silent: tuple[str, ...] = ()) -> None:
        self.sent: list[httpx.Request] = []
        self._silent = silent

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if request.url.host in self._silent:
            raise httpx.ConnectError("nobody", request=request)
        return httpx.Response(200, content=b"ok")


def client(wire: Wire, answers: list[list[str]], url: str = "https://feed.example:8443/a?b=c"):
    """Make a client whose resolver gives one answer after the other."""
    transport = CheckedTransport(url, OUTSIDE, ask=lambda _h, _p: answers.pop(0), inner=wire)
    return httpx.Client(transport=transport, trust_env=False)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    wire = Wire()
    rebinding = [["93.184.215.14"], ["127.0.0.1"]]
    with client(wire, rebinding) as one:
        assert one.get("https://feed.example:8443/a?b=c").text == "ok"
        assert len(rebinding) == 1  # resolved once
        sent = wire.sent[0]
        assert str(sent.url) == "https://93.184.215.14:8443/a?b=c"
        assert sent.headers["host"] == "feed.example:8443"
        assert sent.extensions["sni_hostname"] == "feed.example"
        with pytest.raises(AddressRefused):
            one.get("https://feed.example:8443/a?b=c")
    assert len(wire.sent) == 1


def test_the_next_checked_address_is_tried_when_one_is_silent() -> None:
    wire = Wire(silent=("2606:4700::1111",))
    with client(wire, [["2606:4700::1111", "93.184.215.14"]]) as one:
        assert one.get("https://feed.example:8443/").status_code == 200
    assert [request.url.host for request in wire.sent] == ["2606:4700::1111", "93.184.215.14"]


def test_another_host_is_never_spoken_to() -> None:
    wire = Wire()
    with client(wire, [["93.184.215.14"]]) as one, pytest.raises(AddressRefused):
        one.get("https://other.example/")
    assert wire.sent == []


def test_a_name_that_does_not_resolve_is_a_transport_error() -> None:
    def fails(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    transport = CheckedTransport("http://feed.example/", OUTSIDE, ask=fails, inner=Wire())
    one = httpx.Client(transport=transport, trust_env=False)
    with one, pytest.raises(httpx.ConnectError):
        one.get("http://feed.example/")


def certificate(folder: Path, name: str) -> Path:
    """Write a key and a self-signed certificate for a name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = SystemClock().now()
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + cert.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(("called", "trusted"), [("feed.example", True), ("else.example", False)])
def test_certificate_and_host_speak_of_the_name(tmp_path: Path, called: str, trusted: bool) -> None:
    pem = certificate(tmp_path, "feed.example")
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers["Host"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"https://{called}:{server.server_port}/"
    trust = ssl.create_default_context(cafile=str(pem))
    transport = CheckedTransport(url, ANYWHERE, ask=lambda _h, _p: ["127.0.0.1"], verify=trust)
    try:
        with httpx.Client(transport=transport, trust_env=False) as one:
            if trusted:
                assert one.get(url).status_code == 200
            else:
                with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
                    one.get(url)
    finally:
        server.shutdown()
        server.server_close()
    assert names == [called]
    assert heard == ([f"{called}:{server.server_port}"] if trusted else [])


def test_a_polled_name_that_leads_inside_is_refused_and_says_so(
    intake: Intake, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(0, 0, 0, "", (address, 80)) for address in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_, **__: found)
    poller = Poller("http://feed.example/x", "log", intake._journal, clock)
    fetched = poller.poll()
    poller.close()
    assert (fetched.taken, fetched.reason) == (False, "address_refused")


def test_the_names_of_this_machine_resolve_inside() -> None:
    assert {scope_of(one) for one in addresses_of("localhost", 80, INSIDE)} == {"loopback"}
    assert outbound.scopes(private=False) == OUTSIDE
