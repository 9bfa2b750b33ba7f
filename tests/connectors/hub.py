"""What the tests of the 15-18 hub share."""

from __future__ import annotations

NAME = "rescue_cases"


def only(outcome, kind="facts"):
    assert outcome.rejected == {}
    (found,) = outcome.records[kind]
    return found


def shown(outcome):
    """Everything that may be kept or said, but for the payloads in quarantine."""
    params = [reject.params for reject in outcome.rejects]
    return str([outcome.records, outcome.notices, outcome.texts, params])
