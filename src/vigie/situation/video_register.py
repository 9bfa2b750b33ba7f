"""The register of recordings for who oversees it: drawn from the audit at each reading."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vigie.audit.line import Line
from vigie.audit.reading import stored_lines
from vigie.audit.record import from_text
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.watch.recording.register import rows_of


def read_register(home: Home, caller: Caller, *, newest: int = 0) -> list[dict[str, Any]]:
    """Return the register: recordings made, destroyed, held, handed on (CSI R252-11), oldest first.

    Args:
        home: The home.
        caller: Who oversees.
        newest: Only so many of the newest rows; 0 for all.

    Raises:
        Forbidden: The charter does not open it.
    """
    home.rights.ask(caller, "retention", Verb.CONSULT, {"register": "recordings"})
    rows = [one.told() for one in rows_of(_lines(home))]
    return rows[-newest:] if newest else rows


def _lines(home: Home) -> Iterator[tuple[int, Line]]:
    for index, stored in stored_lines(home.audit, 0, home.audit.count()):
        try:
            yield index, from_text(stored.text)
        except ValueError:  # not as it was written: the verification of the audit names it
            continue
