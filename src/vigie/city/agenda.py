"""What is drawn into the agenda: matches, shows, markets, works, marches and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import shapely.ops
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.fire_access import scaffold
from vigie.city.plans import TruePlan, draft, settle, square
from vigie.city.span import DAY_US, is_school_day, public_holidays

FUTURE_DAYS = 45
_RIVALS = (
    *("Paris", "Lyon", "Nice", "Lille", "Lens", "Monaco", "Rennes", "Nantes", "Strasbourg"),
    *("Toulouse", "Brest", "Reims", "Montpellier", "Auxerre", "Angers", "Le Havre"),
)
_HALLS = (
    *(("dome", 0.10), ("silo", 0.14), ("dock_suds", 0.10), ("espace_julien", 0.16)),
    *(("le_moulin", 0.12), ("hall_opera", 0.10), ("palais_sports", 0.05)),
    *(("friche_toit", 0.06), ("theatre_silvain", 0.10)),
)
_OPEN_AIR = {"friche_toit", "theatre_silvain"}
_MARCHES = (
    ("Vieux-Port - Castellane", [(5.3745, 43.2955), (5.3790, 43.2962), (5.3838, 43.2859)]),
    ("Réformés - Préfecture", [(5.3866, 43.2992), (5.3775, 43.2965), (5.3790, 43.2887)]),
    ("Porte d'Aix - Vieux-Port", [(5.3750, 43.3022), (5.3762, 43.2985), (5.3745, 43.2955)]),
)
_RACE = [(5.3925, 43.2722), (5.3740, 43.2640), (5.3555, 43.2905), (5.3745, 43.2953)]


def _venue(name: str) -> tuple[str, BaseGeometry, int]:
    place = next(p for p in geography.places() if p.place_id == f"venue.{name}")
    return place.place_id, square(place.lon, place.lat, 60.0), place.capacity


def _matches(days: Sequence[date], seed: int) -> Iterator[TruePlan]:
    """Home matches: every other weekend, some midweek evenings, none in June and July."""
    venue, footprint, capacity = _venue("velodrome")
    for day in days:
        year, week, _ = day.isocalendar()
        chance = stream(seed, "match", year, week)
        weekend = (4, 5, 6, 6)[int(chance.integers(4))]
        midweek = (1, 2, 3)[int(chance.integers(3))]
        league = week % 2 == 0 and day.weekday() == weekend
        cup = week % 4 == 1 and day.weekday() == midweek
        hour = 21.0 if cup or weekend == 4 else (17.0, 20.75, 15.0)[int(chance.integers(3))]
        share = float(chance.uniform(0.78, 0.97))
        if day.month in {6, 7} or not (league or cup):
            continue
        yield draft(
            sort="MATCH",
            kind="event.sport.match",
            title=f"Football : Marseille - {_RIVALS[(week * 5 + cup) % len(_RIVALS)]}",
            where=footprint,
            day=day,
            hours=(hour, hour + 2.0),
            likely=round(capacity * share, -2),
            setup_h=4.0,
            venue=venue,
            closes="boulevard-michelet",
        )


def _shows(days: Sequence[date], seed: int) -> Iterator[TruePlan]:
    """Concerts in halls outside summer, in the open air in summer."""
    for hall, rate in _HALLS:
        venue, footprint, capacity = _venue(hall)
        name = next(p.name for p in geography.places() if p.place_id == venue)
        for day in days:
            chance = stream(seed, "show", hall, day.toordinal())
            season = day.month in {6, 7, 8} if hall in _OPEN_AIR else day.month not in {7, 8}
            weight = (0.3, 0.5, 0.7, 1.2, 2.0, 2.2, 0.6)[day.weekday()]
            if not season or chance.random() > rate * weight:
                continue
            yield draft(
                sort="SPEC",
                kind="event.culture.concert",
                title=f"Concert : {name} (soirée du {day:%d/%m})",
                where=footprint,
                day=day,
                hours=(20.5, 23.25),
                likely=capacity * chance.uniform(0.45, 1.0),
                setup_h=6.0,
                venue=venue,
            )


def _markets(days: Sequence[date], _seed: int) -> Iterator[TruePlan]:
    """Large markets and flea markets; the small daily ones are not in the agenda."""
    for day in days:
        sunday = day.weekday() == 6
        spots = (
            (sunday, "Marché aux puces", "event.market.flea", (5.3660, 43.3310), 9_000),
            (
                sunday and 8 <= day.day <= 14,
                "Brocante du cours Julien",
                "event.market.flea",
                (5.3834, 43.2937),
                2_500,
            ),
            (
                day.weekday() == 5,
                "Grand marché de la Plaine",
                "event.market",
                (5.3868, 43.2948),
                6_000,
            ),
        )
        for held, title, kind, (lon, lat), likely in spots:
            if held:
                yield draft(
                    sort="MARCHE",
                    kind=kind,
                    title=title,
                    where=square(lon, lat, 120.0),
                    day=day,
                    hours=(7.0, 13.5),
                    likely=likely,
                    setup_h=2.0,
                    closes="stationnement",
                )
        if (day.month == 11 and day.day >= 20) or (day.month == 12 and day.day <= 30):
            yield draft(
                sort="NOEL",
                kind="event.market.christmas",
                title="Marché de Noël du Vieux-Port",
                where=square(5.3745, 43.2953, 110.0),
                day=day,
                hours=(10.0, 20.0),
                likely=7_000,
            )


def _works(days: Sequence[date], seed: int) -> Iterator[TruePlan]:
    """Works on streets, some days or weeks long."""
    streets = geography.streets()
    sorts = ("event.works.network", "event.works", "event.works.building")
    for day in days:
        chance = stream(seed, "works", day.toordinal())
        if day.weekday() > 4 or chance.random() > 0.36:
            continue
        street = streets[int(chance.integers(len(streets)))]
        length = int(np.clip(chance.lognormal(2.0, 0.7), 2, 60))
        yield draft(
            sort="TRAVAUX",
            kind=sorts[int(chance.integers(3))],
            title=f"Travaux : {street.name}",
            where=shapely.ops.substring(street.line, 0.1, 0.6, normalized=True),
            day=day,
            hours=(8.0, 24.0 * (length - 1) + 17.0),
            likely=0,
            setup_h=0.5,
            closes=f"voie:{street.name}",
        )


def _crowds(days: Sequence[date], seed: int) -> Iterator[TruePlan]:
    """Declared marches and undeclared gatherings."""
    for day in days:
        chance = stream(seed, "march", day.toordinal())
        weight = (0.6, 0.8, 0.7, 1.2, 0.7, 2.2, 0.5)[day.weekday()]
        if chance.random() < 0.16 * weight:
            name, points = _MARCHES[int(chance.integers(len(_MARCHES)))]
            yield draft(
                sort="MANIF",
                kind="event.demonstration",
                title=f"Manifestation {name}",
                where=LineString(points),
                day=day,
                hours=(14.0, 17.0),
                likely=np.clip(chance.lognormal(6.8, 1.0), 100, 20_000),
                closes="parcours",
            )
        if chance.random() < 0.05 * weight:
            spot = geography.places()[int(chance.integers(30))]
            yield draft(
                sort="SAUVAGE",
                kind="event.gathering",
                title=f"Rassemblement non déclaré : {spot.name}",
                where=square(spot.lon, spot.lat, 80.0),
                day=day,
                hours=(18.0 + int(chance.integers(4)), 24.0),
                likely=np.clip(chance.lognormal(5.6, 0.8), 60, 4_000),
                setup_h=0.0,
                declared=False,
            )


def _port_and_film(days: Sequence[date], seed: int) -> Iterator[TruePlan]:
    """Cruise calls and film shoots."""
    quay = square(5.3400, 43.3420, 250.0)
    streets = geography.streets()
    for day in days:
        chance = stream(seed, "port", day.toordinal())
        if chance.random() < (0.30 if 4 <= day.month <= 10 else 0.12):
            yield draft(
                sort="ESCALE",
                kind="event.transport.cruise",
                title="Escale de paquebot",
                where=quay,
                day=day,
                hours=(8.0, 18.0),
                likely=int(chance.integers(1_500, 6_000)),
            )
        if chance.random() < 0.09 and is_school_day(day):
            street = streets[int(chance.integers(len(streets)))]
            yield draft(
                sort="TOURNAGE",
                kind="event.film",
                title=f"Tournage : {street.name}",
                where=street.line,
                day=day,
                hours=(7.0, 19.0),
                likely=60,
                closes="stationnement",
            )


def _feasts(days: Sequence[date], seed: int) -> Iterator[TruePlan]:
    """Summer festivals, races along the sea, fireworks."""
    venue, footprint, capacity = _venue("j4")
    for day in days:
        chance = stream(seed, "feast", day.toordinal())
        drawn = chance.random()
        if day.month in {6, 7, 8} and day.weekday() == 5 and drawn < 0.5:
            yield draft(
                sort="FEST",
                kind="event.culture.festival",
                title="Festival d'été au J4",
                where=footprint,
                day=day,
                hours=(18.0, 25.0),
                likely=capacity * chance.uniform(0.5, 1.0),
                setup_h=12.0,
                venue=venue,
            )
        if day.month in {3, 4, 5, 9, 10} and day.weekday() == 6 and drawn < 0.12:
            yield draft(
                sort="COURSE",
                kind="event.sport.race",
                title="Course à pied de la Corniche",
                where=LineString(_RACE),
                day=day,
                hours=(8.5, 13.0),
                likely=int(chance.integers(3_000, 16_000)),
                setup_h=3.0,
                closes="parcours",
            )
        feast = (day.month, day.day) in {(7, 14), (12, 31)}
        if feast or (day.month == 8 and day in public_holidays(day.year)):
            yield draft(
                sort="FEU",
                kind="event.culture.fireworks",
                title="Feu d'artifice du Vieux-Port",
                where=square(5.3735, 43.2945, 250.0),
                day=day,
                hours=(22.0, 23.0),
                likely=45_000,
                setup_h=8.0,
                closes="quais",
            )


def _match_and_works(day: date) -> Iterator[TruePlan]:
    """A match, and works on the boulevard that leads to it, the same day."""
    venue, footprint, capacity = _venue("velodrome")
    michelet = next(s for s in geography.streets() if s.name == "Boulevard Michelet")
    yield draft(
        sort="GALA",
        kind="event.sport.match",
        title="Football : match de gala",
        where=footprint,
        day=day,
        hours=(21.0, 23.0),
        likely=capacity * 0.95,
        setup_h=4.0,
        venue=venue,
        closes="boulevard-michelet",
    )
    yield draft(
        sort="RESEAU",
        kind="event.works.network",
        title="Travaux : Boulevard Michelet, réseau d'eau",
        where=michelet.line,
        day=day,
        hours=(8.0, 24.0),
        likely=0,
        closes="voie:Boulevard Michelet",
    )


def _two_crowds(day: date) -> Iterator[TruePlan]:
    """A feast and a march on the same quay at the same hour."""
    port = square(5.3745, 43.2953, 90.0)
    yield draft(
        sort="FETE",
        kind="event.festivity",
        title="Fête du Vieux-Port",
        where=port,
        day=day,
        hours=(14.0, 23.0),
        likely=12_000,
        closes="quais",
    )
    yield draft(
        sort="PORT",
        kind="event.demonstration",
        title="Manifestation au Vieux-Port",
        where=port,
        day=day,
        hours=(16.0, 19.0),
        likely=4_000,
        closes="quais",
    )


def _blocked_lane(day: date) -> Iterator[TruePlan]:
    """A scaffold on the lane that fire engines need, with the hydrant before it."""
    street, ground = scaffold()
    yield draft(
        sort="FACADE",
        kind="event.works.building",
        title=f"Échafaudage : {street}",
        where=ground,
        day=day,
        hours=(8.0, 24.0 * 3 + 17.0),
        likely=0,
        closes=f"voie:{street}",
    )


def _planted(now_us: int, now_day: date) -> Iterator[TruePlan]:
    """Situations planted in the coming days: clashes and alerts with known answers."""
    groups = (
        ("match_and_works", _match_and_works(now_day + timedelta(days=9))),
        ("two_crowds", _two_crowds(now_day + timedelta(days=12))),
        ("blocked_lane", _blocked_lane(now_day + timedelta(days=6))),
    )
    for name, plans in groups:
        for plan in plans:
            yield replace(plan, planted=name, updated_us=now_us - DAY_US)


def make_plans(first: date, days: int, seed: int, now_us: int, now_day: date) -> list[TruePlan]:
    """Return the agenda from ``first`` to 45 days after ``now``, by start.

    Plans do not scale with the city's ``scale``: there is one calendar. A wild event is known to
    the agenda only once it has begun, because nobody declares it.
    """
    every_day = [first + timedelta(days=d) for d in range(days + FUTURE_DAYS)]
    sorts = (_matches, _shows, _markets, _works, _crowds, _port_and_film, _feasts)
    drawn = [settle(p, now_us, seed) for sort in sorts for p in sort(every_day, seed)]
    return sorted([*drawn, *_planted(now_us, now_day)], key=lambda p: (p.starts_us, p.ref))
