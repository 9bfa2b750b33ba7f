"""What may be done, and what for: two closed lists.

A purpose that is not here does not exist: a new one is a change of this file, seen and discussed by
whoever reviews it (law reference, 1: function creep).
"""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """What is done to data; the six of directive (EU) 2016/680, article 25 (LED-1)."""

    COLLECT = "collect"
    ALTER = "alter"
    CONSULT = "consult"
    DISCLOSE = "disclose"
    COMBINE = "combine"
    ERASE = "erase"


class Purpose(StrEnum):
    """What data is used for.

    Attributes:
        LIVE_RESPONSE: Appreciating the situation now and answering it.
        EVENT_PLANNING: Preparing uses of public space and the means they take.
        ANALYSIS: Statistics, evaluation, forecast, of places and hours.
        SOURCE_OPERATION: Keeping feeds right: mapping, quarantine, retry.
        INQUIRY: What a judicial requisition names, and nothing else.
        OVERSIGHT: Checking lawfulness: audit, retention, rights of the persons concerned.
        PUBLIC_INFORMATION: What anybody may know.
        ADMINISTRATION: Accounts, rights, settings.
    """

    LIVE_RESPONSE = "live_response"
    EVENT_PLANNING = "event_planning"
    ANALYSIS = "analysis"
    SOURCE_OPERATION = "source_operation"
    INQUIRY = "inquiry"
    OVERSIGHT = "oversight"
    PUBLIC_INFORMATION = "public_information"
    ADMINISTRATION = "administration"
