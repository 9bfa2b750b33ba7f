"""With whom a home speaks, judged when it is opened: encrypted, or on this machine, or refused.

SFTP is encrypted by its nature, certificates are judged where connections are made
(``intake.outbound``). The exceptions stand in ``clear_hosts``, by name; there is no fallback.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from vigie.audit.line import Line
from vigie.base.clock import to_rfc3339
from vigie.base.errors import SettingsInvalid
from vigie.base.settings import Settings
from vigie.base.syslog import FACILITY_AUDIT, SEVERITIES, Syslog
from vigie.desk.database import database_url

VERIFIED = frozenset({"verify-ca", "verify-full"})
"""Modes of PostgreSQL that neither fall back to clear text nor trust an unknown server."""


def is_this_machine(host: str) -> bool:
    """Say whether a host is this machine: no host (a socket), a loopback address, ``localhost``."""
    if host in {"", "localhost"} or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _addresses(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield every address of the settings that is spoken to over HTTP, with its key."""
    yield "oidc.issuer", settings.oidc.issuer
    yield "lake.bucket.endpoint", settings.lake.bucket.endpoint
    yield "intake.geocoder_url", settings.intake.geocoder_url
    yield "pulse.url", settings.pulse.url
    for feed in settings.intake.poll:
        yield "intake.poll.url", feed.url
    for witness in settings.audit.witnesses:
        yield "audit.witnesses.url", witness.url


def in_clear(settings: Settings, home: Path) -> Iterator[tuple[str, str]]:
    """Yield each connection to another machine that is not encrypted: its setting and the host."""
    for key, url in _addresses(settings):
        parts = urlsplit(url)
        if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
            yield key, parts.hostname or ""
    for feed in settings.intake.mqtt:
        if not feed.tls and not is_this_machine(feed.host):
            yield "intake.mqtt.tls", feed.host
    for server in settings.nats.servers:
        if server.startswith("nats:") and not is_this_machine(urlsplit(server).hostname or ""):
            yield "nats.servers", urlsplit(server).hostname or ""
    yield from _database(database_url(home, settings.desk))


def _database(url: str) -> Iterator[tuple[str, str]]:
    about = make_url(url)
    if about.get_backend_name() != "postgresql":
        return
    told = os.environ.get  # libpq takes from there what the address leaves out
    if (about.query.get("sslmode") or told("PGSSLMODE", "")) in VERIFIED:
        return
    named = [about.host, about.query.get("host"), about.query.get("hostaddr")]
    if not any(named):
        named = [told("PGHOST"), told("PGHOSTADDR")]
    for one in named:
        several = (one,) if isinstance(one, str) else one or ()
        for host in ",".join(several).split(","):
            alone = host.partition(":")[0] if host.count(":") == 1 else host
            if not is_this_machine(alone):
                yield "desk.url, sslmode", alone


def refuse_clear(settings: Settings, home: Path) -> None:
    """Refuse settings by which something would cross a network in clear.

    Raises:
        SettingsInvalid: With the setting and the host, unless ``clear_hosts`` names the host.
    """
    for key, host in in_clear(settings, home):
        if host not in settings.clear_hosts:
            raise SettingsInvalid(key=key, reason=f"{host[:80]}: not encrypted (clear_hosts)")


def teller(elsewhere: Syslog) -> Callable[[int, Line], None]:
    """Return what tells another system of an audit line: who did what, never why or which."""

    def tell(index: int, line: Line) -> None:
        elsewhere.send(
            to_rfc3339(line.at_us),
            {
                "line": index,
                "verb": str(line.verb),
                "who": line.who,
                "role": line.role,
                "purpose": str(line.purpose),
                "dataset": line.dataset,
                "act": str(line.subject.get("act", "")),
                "outcome": line.outcome,
            },
            facility=FACILITY_AUDIT,
            severity=SEVERITIES["warning" if line.outcome == "refused" else "info"],
        )

    return tell
