"""How much one account may ask for: a bucket of tokens for each account, purpose and kind of route.

A bucket holds what a person may ask at once and fills evenly. The bounds are far above what the
console asks; they stop a program that would copy the city through somebody's account.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from vigie.base.clock import Clock, now_us
from vigie.base.errors import TooManyRequests
from vigie.base.settings_limits import LimitSettings
from vigie.situation.caller import Caller

_MINUTE_US = 60_000_000
_MOST_BUCKETS = 20_000
_EXPORTS = ("/api/export",)
_SEARCHES = (
    "/api/facts",
    "/api/near",
    "/api/quarantine",
    "/api/analyses/{name}",
    "/api/audit",
    "/ogc/collections/{collection_id}/items",
)


def kind_of(route: str) -> str:
    """Return the kind of a route by its path: ``export``, ``search`` or ``read``."""
    if route in _EXPORTS:
        return "export"
    return "search" if route in _SEARCHES else "read"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_us: int


class Buckets:
    """The buckets of the accounts that asked lately; the longest silent is forgotten first."""

    def __init__(self, settings: LimitSettings, clock: Clock) -> None:
        self._clock = clock
        self._per_minute = {
            "read": settings.reads_per_minute,
            "search": settings.searches_per_minute,
            "export": settings.exports_per_minute,
        }
        self._buckets: OrderedDict[tuple[str, str, str], _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: Caller, route: str) -> None:
        """Take a token from the bucket of a caller, its purpose and the kind of a route.

        Raises:
            TooManyRequests: It is empty.
        """
        kind = kind_of(route)
        most = self._per_minute[kind]
        at = now_us(self._clock)
        key = (caller.name, caller.purpose, kind)
        with self._lock:
            bucket = self._buckets.pop(key, None) or _Bucket(most, at)
            self._buckets[key] = bucket
            filled = bucket.tokens + max(0, at - bucket.at_us) * most / _MINUTE_US
            bucket.tokens, bucket.at_us = min(float(most), filled), at
            if bucket.tokens < 1:
                wait_us = (1 - bucket.tokens) * _MINUTE_US / most
                raise TooManyRequests(retry_s=int(wait_us // 1_000_000) + 1)
            bucket.tokens -= 1
            while len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
