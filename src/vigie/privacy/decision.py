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
    """A question to the charter.

    Attributes:
        role: Who.
        dataset: To what.
        verb: To do what.
        purpose: What for; empty takes the first purpose of the role that opens it.
        reason: Why, in words.
        last_reason: What the same person said the last time a reason was required.
        partner: Partner service of the account, or empty.
        limits: What a delegation leaves of the partner's rights.
        at_us: Now, epoch µs.
        glasses: Glasses broken by the same person.
        fact: The one fact asked for, or empty.
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
    if not purposes:
        return Decision("role_unknown")
    if ask.dataset not in PLANES:
        return Decision("dataset_unknown")
    if ask.verb not in _VERBS:
        return Decision("verb_unknown")
    if ask.purpose:
        if ask.purpose not in _PURPOSES:
            return Decision("purpose_unknown")
        if ask.purpose not in purposes:
            return Decision("purpose_not_of_role")
        purposes = (Purpose(ask.purpose),)
    for purpose in purposes:
        grant = charter.cells.get((ask.role, purpose, ask.dataset, Verb(ask.verb)))
        if grant is not None:
            return _granted(charter, ask, purpose, grant)
    return _through_glass(ask, purposes[0])


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
    for glass in ask.glasses if ask.verb == Verb.CONSULT else ():
        open_now = glass.dataset == ask.dataset and glass.opened_us <= ask.at_us < glass.until_us
        if open_now and (glass.zone or (glass.fact and glass.fact == ask.fact)):
            limits = Limits(zones=frozenset({glass.zone}) if glass.zone else None)
            found = Grant(frozenset(CLASSES), "exact", 0, limits.within(ask.limits))
            return Decision("break_glass", purpose, found)
    return Decision("not_in_charter", purpose)
