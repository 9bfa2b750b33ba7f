"""What an instance of an alert rule sets: a form, a command line and a check, from one model."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vigie.judge.watched import Watched
from vigie.model.taxonomy import TAXONOMY

HOUR_S = 3_600
DAY_S = 86_400
MOST_HELD = 20_000
"""Of more facts within its look-back an instance knows the newest so many when it judges live."""


def known_kind(code: str) -> str:
    """Return a taxonomy code, the empty one for every kind.

    Raises:
        ValueError: When there is no such kind.
    """
    if code and TAXONOMY.find(code) is None:
        msg = "not a kind of the taxonomy"
        raise ValueError(msg)
    return code


class WatchParameters(BaseModel):
    """Base of what instances set; an unknown name is refused.

    Attributes:
        quiet_min: An instance rings once about a subject within so many minutes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    quiet_min: int = Field(
        15,
        ge=0,
        le=1_440,
        title="Silence après une alerte (min) / Quiet after an alert (min)",
        description="Une seule alerte par sujet pendant ce temps."
        " / One alert a subject within this time.",
    )

    def looks_back_s(self) -> int:
        """Return how many seconds before the first instant judged it must know."""
        return HOUR_S

    def kinds(self) -> tuple[str, ...]:
        """Return the kinds of facts it looks at, their branches included; the empty one is all."""
        return ("",)

    def least_severity(self) -> int:
        """Return the least severity of the facts it looks at; facts without one count as 1."""
        return 1

    def metric_read(self) -> str:
        """Return the metric of the measures that it looks at; empty where it looks at none."""
        return ""

    def most_held(self) -> int:
        """Return how many of the newest facts that it looks at are enough to judge by."""
        return MOST_HELD

    def declared_per_day(self) -> float | None:
        """Return the false alarms a day that it is set for; None where chance is no part of it."""
        return None

    def reached_per_day(self, seen: Watched) -> float | None:  # noqa: ARG002 -- of those by chance
        """Return the false alarms a day that its limits really give; None where unknown."""
        return None


class KindParameters(WatchParameters):
    """Parameters of a rule about facts of one kind, its branch included.

    Attributes:
        kind: Taxonomy code; empty for all.
        severity_min: Least severity of a fact; facts without one count as 1.
    """

    kind: str = Field("", max_length=80, title="Nature / Kind")
    severity_min: int = Field(
        1, ge=1, le=5, title="Gravité des faits au moins / Least severity of facts"
    )

    _kind = field_validator("kind")(known_kind)

    def kinds(self) -> tuple[str, ...]:
        """Return the kind."""
        return (self.kind,)

    def least_severity(self) -> int:
        """Return the least severity of a fact."""
        return self.severity_min
