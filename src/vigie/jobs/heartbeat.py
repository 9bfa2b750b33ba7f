"""A dead man's switch: Vigie shows that it lives; whoever sees nothing any more raises the alarm.

A sign of life names the log and the number of things that are silent, nothing else. In a folder it
is one small file, written over: ``vigie heartbeat FOLDER`` on another machine says whether it is
too old. An address gets the same by POST.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from vigie.base.clock import now_us, to_rfc3339, to_us
from vigie.base.errors import NotFound, StoreBroken
from vigie.base.logging import get_logger
from vigie.base.settings_pulse import PulseSettings
from vigie.intake.outbound import AddressRefused, checked_client, scopes
from vigie.situation.home import Home

FILE = "vigie-heartbeat.json"
TIMEOUT_S = 8.0
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life.

    Attributes:
        origin: Name of the home's audit log: which Vigie it is.
        at_us: When, epoch µs.
        every_s: Seconds to the next one.
        silent: How many things should have been done and were not.
    """

    origin: str
    at_us: int
    every_s: int
    silent: int

    def as_json(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return {
            "origin": self.origin,
            "at": to_rfc3339(self.at_us),
            "every_s": self.every_s,
            "silent": self.silent,
        }


def beat(home: Home, silent: int) -> list[str]:
    """Show that this home is served; returns where that did not succeed.

    Args:
        home: The home.
        silent: How many things are silent.
    """
    pulse = home.settings.pulse
    sign = Beat(home.audit.public_key.name, now_us(home.clock), pulse.every_s, silent)
    text = json.dumps(sign.as_json())
    failed = []
    if pulse.folder:
        try:
            _write(Path(pulse.folder), text)
        except OSError as error:
            _log.warning("no sign of life", to="folder", reason=error.strerror)
            failed.append("folder")
    if pulse.url:
        try:
            _post(pulse, text)
        except (httpx.HTTPError, AddressRefused, OSError) as error:
            _log.warning("no sign of life", to="url", reason=type(error).__name__)
            failed.append("url")
    return failed


def _write(folder: Path, text: str) -> None:
    partial = folder / f"{FILE}.new"
    partial.write_text(f"{text}\n", "utf-8")
    partial.replace(folder / FILE)


def _post(pulse: PulseSettings, text: str) -> None:
    headers = {"Content-Type": "application/json"}
    allowed = scopes(private=pulse.private)
    with checked_client(pulse.url, allowed, timeout_s=TIMEOUT_S) as client:
        client.post(pulse.url, content=text.encode(), headers=headers).raise_for_status()


def last_beat(folder: Path) -> Beat:
    """Return the last sign of life in a folder.

    Raises:
        NotFound: When there never was one.
        StoreBroken: When it cannot be read.
    """
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
        at = to_us(datetime.fromisoformat(told["at"]))
        return Beat(str(told["origin"]), at, int(told["every_s"]), int(told["silent"]))
    except FileNotFoundError as error:
        raise NotFound(what="heartbeat", name=str(folder)) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreBroken(reason=f"{FILE}: {type(error).__name__}") from error
