"""Log lines sent elsewhere: over TLS to a real listener, or to a local socket."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import json
import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vigie.base.clock import SystemClock
from vigie.base.errors import SettingsInvalid
from vigie.base.logging import configure_logging, get_logger
from vigie.base.settings_log import LogSettings
from vigie.base.syslog import MOST_WAITING, Syslog, message

AT = "2026-03-01T08:00:00Z"
FORM = re.compile(
    rb"<(\d{1,3})>1 (\S+) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) - (.*)", re.DOTALL
)


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "collector")])
    now = SystemClock().now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "collector.pem"
    path.write_bytes(secret + made.public_bytes(pem))
    return path


class Collector:
    """A listener for syslog over TLS that keeps what it hears."""

    def __init__(self, pem: Path, port: int = 0) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self._listener = context.wrap_socket(
            socket.create_server(("127.0.0.1", port)), server_side=True
        )
        self.port = self._listener.getsockname()[1]
        self.heard: list[bytes] = []
        self.something = threading.Condition()
        self._links: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._start(self._run)

    def _start(self, do: Callable[..., None], *about: socket.socket) -> None:
        self._threads.append(threading.Thread(target=do, args=about, daemon=True))
        self._threads[-1].start()

    def _run(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                if self._listener.fileno() < 0:
                    return
                continue
            self._links.append(link)
            self._start(self._read, link)

    def _read(self, link: socket.socket) -> None:
        try:
            with link, link.makefile("rb") as stream:
                while size := b"".join(iter(lambda: stream.read(1).strip(), b"")):
                    with self.something:
                        self.heard.append(stream.read(int(size)))
                        self.something.notify_all()
        except (OSError, ValueError):  # closed by the test while a frame was read
            return

    def wait_for(self, n: int) -> list[bytes]:
        with self.something:
            assert self.something.wait_for(lambda: len(self.heard) >= n, 20), self.heard
            return list(self.heard)

    def close(self) -> None:
        for one in (self._listener, *self._links):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(20)


def settings(port: int, ca: Path) -> LogSettings:
    return LogSettings(syslog=f"tls://127.0.0.1:{port}", syslog_ca_file=str(ca))


@given(
    body=st.dictionaries(st.text(max_size=5), st.text(max_size=50), max_size=4),
    severity=st.integers(0, 7),
    facility=st.sampled_from([13, 16]),
)
def test_every_message_is_one_line_of_rfc_5424(body, severity, facility):
    found = FORM.fullmatch(message(AT, body, facility=facility, severity=severity))

    assert found is not None
    assert int(found[1]) == facility * 8 + severity
    assert found[2] == AT.encode()
    assert json.loads(found[7]) == body
    assert all(32 <= byte < 127 for byte in found[0])


def test_log_lines_reach_another_system_over_tls(tmp_path, capsys):
    pem = certificate(tmp_path)
    with (
        closing(Collector(pem)) as collector,
        closing(Syslog(settings(collector.port, pem))) as out,
    ):
        configure_logging(level="INFO", json=True, also=out)
        get_logger("t").warning("feed silent", source="bikes\nforged")
        found = FORM.fullmatch(collector.wait_for(1)[0])
    configure_logging(level="WARNING", json=True)

    assert found is not None
    assert int(found[1]) == 16 * 8 + 4
    assert json.loads(found[7])["source"] == "bikes\\x0aforged"
    assert "feed silent" in capsys.readouterr().err


def test_a_collector_whose_certificate_nobody_trusts_hears_nothing(tmp_path):
    pem = certificate(tmp_path)
    (tmp_path / "other").mkdir()
    other = certificate(tmp_path / "other")
    with closing(Collector(pem)) as collector:
        with closing(Syslog(settings(collector.port, other))) as out:
            out.send(AT, {"a": 1}, facility=16, severity=6)
        assert collector.heard == []


def test_what_is_written_while_the_collector_is_away_comes_when_it_is_back(tmp_path):
    pem = certificate(tmp_path)
    with closing(Collector(pem)) as first, closing(Syslog(settings(first.port, pem))) as out:
        out.send(AT, {"n": 0}, facility=16, severity=6)
        first.wait_for(1)
        port = first.port
        first.close()
        for n in range(1, 4):
            out.send(AT, {"n": n}, facility=16, severity=6)
        with closing(Collector(pem, port)) as back:
            told = [json.loads(FORM.fullmatch(one)[7])["n"] for one in back.wait_for(3)]

    assert told == [1, 2, 3]


def test_what_cannot_wait_is_counted_and_told(tmp_path):
    pem = certificate(tmp_path)
    with closing(Collector(pem)) as first:
        port = first.port
    with closing(Syslog(settings(port, pem))) as out:
        for n in range(MOST_WAITING + 10):
            out.send(AT, {"n": n}, facility=16, severity=6)
        lost = out.lost
        assert 0 < lost <= 10
        with closing(Collector(pem, port)) as back:
            told = json.loads(FORM.fullmatch(back.wait_for(2)[0])[7])

    assert told == {"event": "log lines lost while away", "n": lost}


def test_a_socket_of_this_machine_serves_too(tmp_path):
    path = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(20)
        with closing(Syslog(LogSettings(syslog=f"unix:{path}"))) as out:
            out.send(AT, {"a": "b"}, facility=13, severity=6)
            found = FORM.fullmatch(listener.recv(9_000))

    assert found is not None
    assert int(found[1]) == 13 * 8 + 6


@pytest.mark.parametrize("address", ["udp://h:514", "tcp://h:514", "h:514", "tls://user@h"])
def test_there_is_no_address_in_clear(address):
    with pytest.raises(ValidationError):
        LogSettings(syslog=address)


def test_without_an_address_nothing_is_sent_and_a_missing_file_is_told(tmp_path):
    assert Syslog.of(LogSettings()) is None
    with pytest.raises(SettingsInvalid):
        Syslog(settings(1, tmp_path / "absent.pem"))
