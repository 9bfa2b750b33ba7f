"""Messages of the 15-18 hub as its JSON schemas write them: the EDXL-DE envelope and its header.

OASIS EDXL-DE 2.0 in the profile of Hub Santé and NexSIS; bodies are those of the CISU models.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

ORGANISATION = "fr.fire.bmpm"
HEALTH = "fr.health.samu130"
MOST_IN_A_FILE = 4_000
Body = dict[str, Any]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _address(organisation: str) -> Body:
    return {"name": organisation.rpartition(".")[2], "URI": f"hubex:{organisation}"}


def message(
    number: str,
    body: Body,
    *,
    sent: str,
    expires: str,
    kind: str = "Report",
    status: str = "Actual",
) -> Body:
    """Return a body in its header and its envelope, from the brigade to the ambulance service.

    Args:
        number: Unique number of the message.
        body: The message's own name and what it says.
        sent: Instant it is sent, ISO 8601 with its offset.
        expires: Instant until which it is worth delivering, the same.
        kind: ``Report``, ``Update`` or ``Cancel``.
        status: ``Actual``, or ``Exercise`` for a drill.
    """
    identifier = f"{ORGANISATION}_{number}"
    held = {
        "messageId": identifier,
        "sender": _address(ORGANISATION),
        "sentAt": sent,
        "kind": kind,
        "status": status,
        "recipient": [_address(HEALTH)],
        **body,
    }
    return {
        "distributionID": identifier,
        "senderID": ORGANISATION,
        "dateTimeSent": sent,
        "dateTimeExpires": expires,
        "distributionStatus": status,
        "distributionKind": kind,
        "descriptor": {
            "language": "fr-FR",
            "explicitAddress": {
                "explicitAddressScheme": "hubex",
                "explicitAddressValue": HEALTH,
            },
        },
        "content": [{"jsonContent": {"embeddedJsonContent": {"message": held}}}],
    }


def one(document: Body) -> bytes:
    """Return one message as it is sent."""
    return _ENCODER.encode(document).encode("utf-8")


def archive(documents: Iterable[Body]) -> bytes:
    """Return messages as a JSON array, one a line: how a day or a month of them is kept."""
    return b"[\n" + b",\n".join(one(document) for document in documents) + b"\n]\n"


def parts(name: str, documents: Sequence[Body]) -> Iterator[tuple[str, slice, bytes]]:
    """Yield the archives of a month, none too large: name, which messages, content."""
    for number, start in enumerate(range(0, len(documents), MOST_IN_A_FILE), start=1):
        held = slice(start, start + MOST_IN_A_FILE)
        yield f"{name}_{number}.json", held, archive(documents[held])
