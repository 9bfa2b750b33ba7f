"""The decision: one pure function from a charter and a question to yes or no, with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vigie.privacy.charter import ANYWHERE, CLASSES, OWN, PLANES, Charter, Grant, Limits
from vigie.privacy.purposes import Purpose, Verb

LEAST_REASON = 15
"""Fewest characters of a reason (LED-2)."""

REVIEW_US = 24 * 3_600_000_000
"""Within this time of its breaking, a glass must be reviewed."""

_VERBS = frozenset(Verb)
_PURPOSES = frozenset(Purpose)


@dataclass(frozen=True, slots=True)
class Glass:
    """A broken glass: one dataset in one zone (``zoning:zone_id``) or one fact, for a while.

    Times are epoch µs; ``reviewed_us`` is 0 until the review.
    """

    dataset: str
    opened_us: int
    until_us: int
    zone: str = ""
    fact: str = ""
    reviewed_us: int = 0

    def overdue(self, at_us: int) -> bool:
        """Say whether nobody has reviewed it in time: its account is then locked."""
        return not self.reviewed_us and at_us >= self.opened_us + REVIEW_US


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to the charter: may ``role`` do ``verb`` to ``dataset``, for ``purpose``?

    An empty purpose takes the first of the role that opens it. ``last_reason`` is what the same
    person said the last time a reason was due; ``partner`` the service of the account and
    ``limits`` what a delegation leaves of its rights; ``glasses`` those the same person broke;
    ``fact`` the one fact asked for; ``at_us`` now.
    """

    role: str
    dataset: str
    verb: str
    purpose: str = ""
    reason: str = ""
    last_reason: str = ""
    partner: str = ""
    limits: Limits = ANYWHERE
    at_us: int = 0
    glasses: tuple[Glass, ...] = ()
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: why (``granted``, ``break_glass`` or what is missing), for which purpose, what.

    ``grant`` is None when refused.
    """

    why: str
    purpose: Purpose | None = None
    grant: Grant | None = None


def decide(charter: Charter, ask: Ask) -> Decision:
    """Answer a question; whatever is unknown or not said is refused."""
    purposes = charter.roles.get(ask.role, ())
    for why, holds in (
        ("role_unknown", bool(purposes)),
        ("dataset_unknown", ask.dataset in PLANES),
        ("verb_unknown", ask.verb in _VERBS),
        ("purpose_unknown", not ask.purpose or ask.purpose in _PURPOSES),
        ("purpose_not_of_role", not ask.purpose or ask.purpose in purposes),
    ):
        if not holds:
            return Decision(why)
    for purpose in (Purpose(ask.purpose),) if ask.purpose else purposes:
        grant = charter.cells.get((ask.role, purpose, ask.dataset, Verb(ask.verb)))
        if grant is not None:
            return _granted(charter, ask, purpose, grant)
    return _through_glass(ask, Purpose(ask.purpose or purposes[0]))


def _granted(charter: Charter, ask: Ask, purpose: Purpose, grant: Grant) -> Decision:
    limits = grant.limits
    if limits.sources == OWN:
        if ask.partner not in charter.partners:
            return Decision("partner_unknown", purpose)
        limits = limits._replace(sources=None).within(charter.partners[ask.partner])
    if grant.reason and len(" ".join(ask.reason.split())) < LEAST_REASON:
        return Decision("reason_required", purpose)
    if grant.reason and same_reason(ask.reason, ask.last_reason):
        return Decision("reason_repeated", purpose)
    return Decision("granted", purpose, replace(grant, limits=limits.within(ask.limits)))


def same_reason(one: str, other: str) -> bool:
    """Say whether two reasons are the same but for spaces and capitals."""
    return one.casefold().split() == other.casefold().split()


def _through_glass(ask: Ask, purpose: Purpose) -> Decision:
    broken = [
        one
        for one in ask.glasses
        if one.dataset == ask.dataset and one.opened_us <= ask.at_us < one.until_us
    ]
    by_fact = any(one.fact and one.fact == ask.fact for one in broken)
    zones = frozenset(one.zone for one in broken if one.zone)
    if ask.verb != Verb.CONSULT or not (by_fact or zones):
        return Decision("not_in_charter", purpose)
    limits = ask.limits.within(Limits(zones=None if by_fact else zones))
    return Decision("break_glass", purpose, Grant(frozenset(CLASSES), "exact", 0, limits))
