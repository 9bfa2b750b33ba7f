"""A geocoder over HTTP that speaks as the Base Adresse Nationale's does (``/search/?q=``).

Never sends an incident's address to the outside (law MIN-2): the service must be on this machine or
on a private network, unless the settings allow another in so many words. Answers are kept in
memory, refusals too; a service that is away is left alone for a while and costs nothing.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import stamina

from vigie.base.errors import SettingsInvalid
from vigie.base.logging import get_logger
from vigie.intake.outbound import (
    ANYWHERE,
    INSIDE,
    AddressRefused,
    addresses_of,
    checked_client,
)

TIMEOUT_S = 2.0
ATTEMPTS = 2
REMEMBERED = 100_000
LEAST_SCORE = 0.6
AWAY_S = 30.0
ACCURACY_M = {"housenumber": 15.0, "street": 150.0, "locality": 400.0, "municipality": 3_000.0}
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """Where an address is."""

    lon: float
    lat: float
    accuracy_m: float
    score: float
    label: str


def is_inside(host: str) -> bool:
    """Say whether every address of a host is of this machine or of a private network."""
    try:
        addresses_of(host, 0, INSIDE)
    except (OSError, AddressRefused):
        return False
    return True


class HttpGeocoder:
    """A BAN-compatible geocoder."""

    def __init__(self, url: str, *, outside: bool = False) -> None:
        """Prepare; nothing is sent before the first question.

        Raises:
            SettingsInvalid: When the address is not HTTP(S), or not inside and not allowed.
        """
        host = urlsplit(url).hostname
        if urlsplit(url).scheme not in {"http", "https"} or not host:
            raise SettingsInvalid(key="intake.geocoder_url", reason="http or https address")
        if not outside and not is_inside(host):
            raise SettingsInvalid(
                key="intake.geocoder_url", reason=f"{host} is not on a private network"
            )
        self._url = url.rstrip("/") + "/search/"
        allowed = ANYWHERE if outside else INSIDE
        self._client = checked_client(self._url, allowed, timeout_s=TIMEOUT_S)
        self._known: OrderedDict[str, Found | None] = OrderedDict()
        self._guard = threading.Lock()
        self._away_until_s = 0.0

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def locate(self, address: str | None, place_name: str | None) -> Found | None:
        """Return where an address is; None when it is not known well enough or nobody answers."""
        question = " ".join((address or place_name or "").split())
        if not question:
            return None
        with self._guard:
            if question in self._known:
                self._known.move_to_end(question)
                return self._known[question]
            if time.monotonic() < self._away_until_s:
                return None
        try:
            found = self._ask(question)
        except (httpx.HTTPError, AddressRefused, ValueError) as error:
            log.warning("geocoder does not answer", reason=type(error).__name__)
            with self._guard:
                self._away_until_s = time.monotonic() + AWAY_S
            return None
        with self._guard:
            self._known[question] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found

    def _ask(self, question: str) -> Found | None:
        for attempt in stamina.retry_context(
            on=httpx.TransportError, attempts=ATTEMPTS, wait_initial=0.05, wait_max=0.5
        ):
            with attempt:
                answer = self._client.get(self._url, params={"q": question, "limit": 1})
                answer.raise_for_status()
                return _read(answer.json())
        return None


def _read(document: Any) -> Found | None:
    """Return the best feature of a GeoJSON answer, if it is good enough.

    Raises:
        ValueError: When the answer has another shape.
    """
    try:
        features = document["features"]
        if not features:
            return None
        properties = features[0]["properties"]
        lon, lat = features[0]["geometry"]["coordinates"][:2]
        score = float(properties["score"])
        accuracy_m = ACCURACY_M.get(properties.get("type", ""), ACCURACY_M["municipality"])
        found = Found(float(lon), float(lat), accuracy_m, score, str(properties.get("label", "")))
    except (KeyError, IndexError, TypeError) as error:
        msg = "not a geocoder's answer"
        raise ValueError(msg) from error
    return found if score >= LEAST_SCORE else None
