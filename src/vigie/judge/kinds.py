"""Families of kinds that clash rules speak of."""

from __future__ import annotations

WORKS = ("event.works",)
WEATHER = ("environment.weather", "environment.wildfire_risk")
DEMONSTRATIONS = ("event.demonstration",)
ROUTES = (
    "event.demonstration",
    "event.festivity",
    "event.sport.race",
    "event.visit",
)
"""Kinds that move along their line."""

LOUD = (
    "event.culture.concert",
    "event.culture.festival",
    "event.culture.fireworks",
    "event.festivity",
    "event.gathering",
    "event.sport.match",
)
GROUNDLESS = (
    "environment",
    "event.patrol",
    "event.school",
    "event.strike",
    "event.transport.service_change",
)
"""Kinds of plans that occupy no ground, whatever their footprint."""

NOT_CROWDS = ("environment", "event.decree", "event.patrol", "event.transport", "event.works")
"""Kinds that gather nobody in public space: orders, works, ships that bring people by day."""
