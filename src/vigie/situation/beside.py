"""What an analysis reads beside facts, as far as the rights of who asks go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vigie.analyse.analysis import Analysis
from vigie.analyse.running import Keep
from vigie.situation.caller import Caller
from vigie.situation.home import Home


def ask_beside(
    home: Home, caller: Caller, analysis: Analysis, subject: Mapping[str, Any]
) -> dict[str, Keep]:
    """Ask for each kind of record that the analysis reads beside facts.

    Returns:
        By kind, what leaves of a table of it the rows and fields that may be seen.

    Raises:
        Forbidden: When the charter does not open one of them.
    """
    return {kind: home.rights.ask(caller, kind, subject=subject).rows for kind in analysis.beside}
