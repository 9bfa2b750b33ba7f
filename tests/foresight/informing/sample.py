"""Messages and acts that the tests of this folder are written with."""

from __future__ import annotations

from typing import Any

from vigie.desk.public_messages import MessageEntry
from vigie.foresight.informing.message import Message

HOUR_US = 3_600_000_000
NOW_US = 1_774_872_000_000_000
"""30 March 2026, 12:00 UTC."""


def message(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "title_fr": "Feu d’artifice au Vieux-Port",
        "title_en": "Fireworks at the Old Port",
        "text_fr": "La circulation est coupée de 20 h à minuit.",
        "text_en": "Roads are closed from 8 pm to midnight.",
        "advice_fr": "Prenez le métro.",
        "advice_en": "Take the metro.",
        "panel": ("VIEUX-PORT FERMÉ", "20H - MINUIT"),
        "category": "Safety",
        "response": "Avoid",
        "urgency": "Expected",
        "severity": "Moderate",
        "certainty": "Likely",
        "zone": "arrondissement:13201",
        "place": "1er arrondissement",
        "rings": (((5.36, 43.29), (5.38, 43.29), (5.38, 43.3), (5.36, 43.3), (5.36, 43.29)),),
        "onset_us": NOW_US + HOUR_US,
        "expires_us": NOW_US + 8 * HOUR_US,
    }
    return Message(**(values | changes))


def entry(
    number: int,
    act: str,
    hand: str,
    at_us: int = NOW_US,
    told: Message | None = None,
    message_id: str = "info-one",
) -> MessageEntry:
    told = told or message()
    return MessageEntry(
        message_id=message_id,
        number=number,
        act=act,
        content=told.to_json(),
        expires_us=told.expires_us,
        who=hand,
        hand=hand,
        role="planner",
        reason="",
        at_us=at_us,
    )


def published(*contents: Message, message_id: str = "info-one") -> list[MessageEntry]:
    """Return the acts of a message that was published with each of these contents."""
    found: list[MessageEntry] = []
    for told in contents:
        for act, hand in (("draft", "a"), ("submit", "a"), ("approve", "b"), ("publish", "b")):
            at = NOW_US + len(found) * 60_000_000
            found.append(entry(len(found) + 1, act, hand, at, told, message_id))
    return found
