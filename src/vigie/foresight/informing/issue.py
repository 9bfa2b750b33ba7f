"""What the public is told of one message at an instant, and who tells it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vigie.foresight.informing.message import Message
from vigie.foresight.informing.standing import Standing

ALERT, UPDATE, CANCEL = "Alert", "Update", "Cancel"
EXERCISE, TEST, ACTUAL = "Exercise", "Test", "Actual"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who tells the public.

    Attributes:
        name: Name of the city.
        sender: Sender of CAP, without blank, comma, ``<`` and ``&``.
        status: Status of CAP: Exercise, Test or Actual.
        address: Scheme and host that links begin with; empty for links of the same host.
        timezone: Zone of the times told.
    """

    name: str
    sender: str
    status: str
    address: str
    timezone: str

    @property
    def real(self) -> bool:
        """Whether what is told is meant: neither an exercise nor a test."""
        return self.status == ACTUAL


@dataclass(frozen=True, slots=True)
class Issue:
    """One message as the public is told it.

    Attributes:
        identifier: Identifier of CAP; another for every publication.
        type: Alert, Update or Cancel.
        sent_us: When it was published or withdrawn, epoch µs.
        message: What is told, or what is taken back.
        references: Identifiers of the earlier publications, and when they were sent.
    """

    identifier: str
    type: str
    sent_us: int
    message: Message
    references: tuple[tuple[str, int], ...] = ()


def issue_at(standing: Standing, at_us: int) -> Issue | None:
    """Return what the public is told of a message at an instant; None for nothing."""
    told, cancelled = standing.public_at(at_us), standing.cancelled_at(at_us)
    entry = told or cancelled
    if entry is None:
        return None
    earlier = [one for one in standing.published if one.number != entry.number]
    return Issue(
        identifier=f"{entry.message_id}.{entry.number}",
        type=CANCEL if cancelled is not None else UPDATE if earlier else ALERT,
        sent_us=entry.at_us,
        message=Message.of_json(standing.published[-1].content),
        references=tuple((f"{one.message_id}.{one.number}", one.at_us) for one in earlier),
    )


SEVERITY_ORDER = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")


def in_order(issues: Iterable[Issue]) -> list[Issue]:
    """Return issues as they are read: what holds before what is taken back, the gravest first."""
    return sorted(
        issues,
        key=lambda one: (
            one.type == CANCEL,
            SEVERITY_ORDER.index(one.message.severity),
            -one.sent_us,
            one.identifier,
        ),
    )
