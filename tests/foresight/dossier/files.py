"""Contents of event files, whole and drawn at random, for these tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import shapely
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.foresight.dossier.model import Content
from vigie.foresight.plans import PlanRecord

KICK_OFF = datetime(2026, 3, 28, 19, tzinfo=UTC)
HOUR = timedelta(hours=1)


def plan(**changes: Any) -> PlanRecord:
    values: dict[str, Any] = {
        "plan_id": "match",
        "kind": "event.sport.match",
        "title": "Football : Marseille - Paris",
        "geometry": shapely.box(5.395, 43.269, 5.397, 43.271),
        "starts_us": to_us(KICK_OFF),
        "ends_us": to_us(KICK_OFF + 2 * HOUR),
        "setup_s": 14_400,
        "teardown_s": 7_200,
        "attendance": (37_000.0, 53_000.0, 69_000.0),
        "state": "authorised",
        "declared": True,
        "place_id": "stadium",
        "closes": ("voie:Boulevard Michelet",),
        "means": {},
        "attributes": {},
        "source": "agenda",
        "provenance": {},
    }
    return PlanRecord(**values | changes)


def at(hours: float) -> str:
    return (KICK_OFF + hours * HOUR).isoformat()


def words() -> dict[str, Any]:
    """What is written in a whole content, without place."""
    return {
        "messages": [
            {
                "id": "m",
                "audience": "public",
                "channel": "web",
                "at": at(-24),
                "fr": "Venez en métro.",
                "en": "Come by metro.",
            }
        ],
        "contacts": [
            {"id": "pm", "service": "Police municipale", "function": "Salle", "telephone": "17"}
        ],
        "reflex_cards": [
            {
                "id": "r",
                "title": "Objet abandonné",
                "trigger": "Sac seul.",
                "steps": [{"action": "Éloigner", "function": "Agents"}],
            }
        ],
        "documents": [{"id": "a", "name": "Arrêté", "sha256": "ab" * 32}],
        "checklist": [{"id": "t", "text": "Essai radio", "done": True}],
        "figures": [
            {
                "id": "attendance",
                "what": "Affluence attendue",
                "unit": "personnes",
                "low": 37_000.0,
                "likely": 53_000.0,
                "high": 69_000.0,
                "source": "agenda",
            }
        ],
    }


def lines() -> dict[str, Any]:
    """What is drawn as a line in a whole content."""
    return {
        "barriers": [
            {
                "id": "b",
                "name": "Côté stade",
                "kind": "crowd",
                "line": {"type": "LineString", "coordinates": [[5.395, 43.269], [5.395, 43.270]]},
                "count": 60,
            }
        ],
        "closures": [
            {
                "id": "c",
                "street": "Boulevard Michelet",
                "line": {"type": "LineString", "coordinates": [[5.394, 43.268], [5.394, 43.272]]},
                "from_at": at(-3),
                "to_at": at(3),
                "exempt": ["emergency", "residents"],
            }
        ],
        "diversions": [
            {
                "id": "d",
                "name": "Par l’est",
                "line": {"type": "LineString", "coordinates": [[5.399, 43.268], [5.399, 43.272]]},
                "whom": ["drivers"],
            }
        ],
    }


def whole(**changes: Any) -> Content:
    """A coherent content with something in every part."""
    value: dict[str, Any] = {
        "summary": "Deux flux, deux métros.",
        "perimeter": {
            "type": "Polygon",
            "coordinates": [[[5.394, 43.268], [5.398, 43.268], [5.398, 43.272], [5.394, 43.272]]],
        },
        "posts": [
            {
                "id": "nord",
                "name": "Parvis nord",
                "kind": "agents",
                "place": {"type": "Point", "coordinates": [5.396, 43.2715]},
                "from_at": at(-2),
                "to_at": at(3),
                "headcount": 20,
                "service": "Police municipale",
                "mission": "Tient le parvis.",
            },
            {
                "id": "secours",
                "name": "Poste de secours",
                "kind": "first_aid",
                "place": {"type": "Point", "coordinates": [5.395, 43.270]},
                "from_at": at(-2),
                "to_at": at(3),
                "headcount": 14,
            },
        ],
        "shifts": [
            {"id": "n1", "post": "nord", "from_at": at(-2), "to_at": at(1), "headcount": 20},
            {"id": "n2", "post": "nord", "from_at": at(1), "to_at": at(3), "headcount": 20},
        ],
        **lines(),
        "first_aid": {"level": "ge", "responders": 42, "risk": 39.75},
        **words(),
    }
    return Content.model_validate(value | changes)


def contents() -> st.SearchStrategy[Content]:
    """Contents with posts, shifts and closures at any times and places, and any printable text."""
    text = st.text("aé Œ-’«\u00a0»$#9\u202f", min_size=1, max_size=12).map(str.strip).filter(bool)
    place = st.tuples(st.floats(5.2, 5.6), st.floats(43.1, 43.5)).map(
        lambda xy: {"type": "Point", "coordinates": list(xy)}
    )
    times = st.tuples(st.integers(-3_000, 3_000), st.integers(1, 3_000)).map(
        lambda one: {
            "from_at": (KICK_OFF + timedelta(minutes=one[0])).isoformat(),
            "to_at": (KICK_OFF + timedelta(minutes=one[0] + one[1])).isoformat(),
        }
    )

    def posts(names: list[str], draw: Any) -> dict[str, Any]:
        timed = [draw(times) for _ in names]
        return {
            "summary": draw(text),
            "posts": [
                {
                    "id": f"p{n}",
                    "name": name,
                    "kind": draw(st.sampled_from(["agents", "filter", "first_aid"])),
                    "headcount": draw(st.integers(0, 50)),
                    "place": draw(st.none() | place),
                    **timed[n],
                }
                for n, name in enumerate(names)
            ],
            "shifts": [
                {"id": f"s{n}", "post": f"p{n}", "headcount": 1, **draw(times)}
                for n in range(len(names))
            ],
            "closures": [{"id": "c0", "street": draw(text), **draw(times)}],
        }

    @st.composite
    def made(draw: Any) -> Content:
        names = draw(st.lists(text, max_size=4))
        return Content.model_validate(posts(names, draw))

    return made()
