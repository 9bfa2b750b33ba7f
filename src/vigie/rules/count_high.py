"""More facts of a kind stand in a sliding window than somebody set as a limit."""

from __future__ import annotations

from pydantic import Field, model_validator
from shapely import Point

from vigie.judge.episodes import episodes, rolling
from vigie.judge.parameters import DAY_S, MOST_HELD, KindParameters
from vigie.judge.rule import Finding, Rule
from vigie.judge.watched import MINUTE_US, Facts, Watched
from vigie.judge.wording import duration


class CountParameters(KindParameters):
    """A number of facts, the window they stand in, and where the alert may ring again."""

    window_min: int = Field(60, ge=1, le=1_440, title="Fenêtre (min) / Window (min)")
    on: int = Field(5, ge=1, le=100_000, title="Sonne à partir de / Rings from")
    off: int = Field(2, ge=0, le=100_000, title="Se réarme à / Re-arms at")

    @model_validator(mode="after")
    def _ordered(self) -> CountParameters:
        if self.off >= self.on:
            msg = "off: below on"
            raise ValueError(msg)
        return self

    def looks_back_s(self) -> int:
        """Return a day and the window: an episode that began yesterday is still the same."""
        return DAY_S + self.window_min * 60

    def most_held(self) -> int:
        """Return enough facts to say that the limit is passed, whenever it is."""
        return max(MOST_HELD, 2 * self.on)


def _place(facts: Facts) -> tuple[float, float] | None:
    """Return the middle of some facts' places."""
    placed = facts.take(facts.placed)
    if not len(placed):
        return None
    return float(placed.lon.mean()), float(placed.lat.mean())


def judge(seen: Watched, asked: CountParameters) -> list[Finding]:
    """Find the instants at which the window filled to the limit, once an episode."""
    facts = seen.facts.wanted(asked.kind, asked.severity_min)
    window_us = asked.window_min * MINUTE_US
    moments, counts = rolling(facts.at_us, window_us, seen.to_us)
    found = []
    for one in episodes(moments, counts, float(asked.on), float(asked.off)):
        if not seen.judged(one.from_us):
            continue
        here = facts.take((facts.at_us <= one.from_us) & (facts.at_us > one.from_us - window_us))
        place = _place(here)
        found.append(
            Finding(
                severity=seen.severity,
                explanation={
                    "fr": f"{seen.label(asked.kind, 'fr')} : {len(here)} en"
                    f" {duration(window_us, 'fr')} dans {seen.area['fr']}"
                    f" (limite : {asked.on}).",
                    "en": f"{seen.label(asked.kind, 'en')}: {len(here)} in"
                    f" {duration(window_us, 'en')} in {seen.area['en']} (limit: {asked.on}).",
                },
                from_us=one.from_us,
                to_us=one.to_us or one.from_us + window_us,
                subjects=("count",),
                numbers={"observed": len(here), "on": asked.on, "off": asked.off},
                geometry=None if place is None else Point(*place),
            )
        )
    return found


RULE = Rule(
    name="count_high",
    kind="alert_watch",
    title={"fr": "Nombre de faits au-delà d'une limite", "en": "Number of facts beyond a limit"},
    why={
        "fr": "La limite est celle de qui l'a posée : elle ne dit pas si le nombre est inhabituel."
        " L'alerte ne sonne de nouveau qu'une fois le nombre redescendu au seuil de réarmement.",
        "en": "The limit is that of whoever set it: it does not say whether the number is unusual."
        " It rings again only after the number came down to the re-arming level.",
    },
    judge=judge,
    parameters=CountParameters,
)
