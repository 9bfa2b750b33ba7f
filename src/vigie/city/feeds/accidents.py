"""Injury road accidents as the national register (BAAC) publishes them: a yearly ZIP of tables.

The register holds accidents in which somebody was hurt, and no others; it has a row for each
person, with year of birth, sex and the number that the register gives them. An accident stands in
the archive of the year it happened in; the running year's grows as accidents become known.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vigie.city import people
from vigie.city.addresses import SiteName, site_names
from vigie.city.chance import stream
from vigie.city.feeds.writing import quoted_bytes
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import MINUTE_US, IntArray, local_parts, local_text
from vigie.city.tellings import Telling, tell
from vigie.city.truth import Truth

SOURCE = "traffic_accidents"
UNHURT, KILLED, HOSPITALISED, LIGHT = "1", "2", "3", "4"
DRIVER, PASSENGER, PEDESTRIAN = "1", "2", "3"
UNSTATED = "-1"
HEADERS = {
    "caract": (
        *("Num_Acc", "jour", "mois", "an", "hrmn", "lum", "dep", "com", "agg", "int", "atm"),
        *("col", "adr", "lat", "long"),
    ),
    "lieux": (
        *("Num_Acc", "catr", "voie", "v1", "v2", "circ", "nbv", "vosp", "prof", "pr", "pr1"),
        *("plan", "lartpc", "larrout", "surf", "infra", "situ", "vma"),
    ),
    "usagers": (
        *("Num_Acc", "id_usager", "id_vehicule", "num_veh", "place", "catu", "grav", "sexe"),
        *("an_nais", "trajet", "secu1", "secu2", "secu3", "locp", "actp", "etatp"),
    ),
    "vehicules": (
        *("Num_Acc", "id_vehicule", "num_veh", "senc", "catv", "obs", "obsm", "choc", "manv"),
        *("motor", "occutc"),
    ),
}
"""Columns of the four tables as of 2019, by the beginning of a table's name."""
VEHICLES = ("7", "7", "7", "2", "33", "10", "1", "7", "50", "7")
"""Sorts of vehicle (``catv``): cars above all, mopeds, motorcycles, vans, bicycles, scooters."""
PERSONAL = (
    ("an_nais", "birth_year"),
    ("id_usager", "person"),
)
"""Columns of ``usagers`` that say who, and the sort of what stands in them."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Accidents:
    """Injury accidents in the order they become known, past and live.

    Attributes:
        told: What the police tells the register.
        number: Twelve digits: the year it happened, and a number in it.
        at_us: Minute of the accident.
        gravity: Worst outcome: ``LIGHT``, ``HOSPITALISED`` or ``KILLED``.
        where: Names of the site.
        drawn: One raw draw per accident, for people and vehicles.
    """

    told: Telling
    number: list[str]
    at_us: IntArray
    gravity: list[str]
    where: list[SiteName]
    drawn: IntArray


def make_accidents(truth: Truth) -> Accidents:
    """Return the accidents of the register."""
    told = tell(truth, SOURCE)
    drawn = people.draws(stream(truth.seed, SOURCE, "rows"), len(told))
    names = site_names()
    at_us: IntArray = told.from_us // MINUTE_US * MINUTE_US
    severity = truth.incidents.severity[told.incident]
    worst = np.where((severity >= 4) & (drawn % 40 == 0), 2, np.where(severity >= 4, 1, 0))
    return Accidents(
        told=told,
        number=_numbers(at_us),
        at_us=at_us,
        gravity=[(LIGHT, HOSPITALISED, KILLED)[w] for w in worst.tolist()],
        where=[names[s] for s in truth.incidents.site[told.incident].tolist()],
        drawn=drawn,
    )


def years(at_us: IntArray) -> IntArray:
    """Return the local year of each instant."""
    local = local_parts(at_us).astype("datetime64[us]").astype("datetime64[Y]")
    return local.astype(np.int64) + 1970


def _numbers(at_us: IntArray) -> list[str]:
    """Return the numbers of the accidents, counted in each local year in the order they come."""
    seen: Counter[int] = Counter()
    out = []
    for year in years(at_us).tolist():
        seen[year] += 1
        out.append(f"{year}{seen[year]:08d}")
    return out


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the register: number, vehicle (from 1), role, outcome, sex, year of birth."""

    number: str
    vehicle: int
    role: str
    outcome: str
    sex: str
    born: str


def people_of(accidents: Accidents, position: int) -> list[Person]:
    """Return who was in an accident: a driver for each vehicle, and whoever else was hurt."""
    draw, worst = int(accidents.drawn[position]), accidents.gravity[position]
    roles = [(vehicle, DRIVER) for vehicle in range(1, _vehicles(draw) + 1)]
    if draw % 6 == 0:
        roles.append((1, PEDESTRIAN))
    elif draw % 3 == 0:
        roles.append((1, PASSENGER))
    hurt = len(roles) - 1 if len(roles) > 1 and draw % 7 else 0
    out = []
    for which, (vehicle, role) in enumerate(roles):
        own = draw // (which + 2) + 7_919 * which
        also = LIGHT if own % 5 == 0 else UNHURT
        number = f"{draw % 9 + 1}{position:06d}{which:02d}"
        out.append(
            Person(
                number=f"{number[:3]} {number[3:6]} {number[6:]}",
                vehicle=vehicle,
                role=role,
                outcome=worst if which == hurt else also,
                sex=str(1 + own % 2),
                born=str(1940 + own % 68),
            )
        )
    return out


def _vehicles(draw: int) -> int:
    """Return how many vehicles were in an accident."""
    return 1 + (draw % 6 != 0 and draw % 4 != 1)


def tables(accidents: Accidents, positions: IntArray) -> dict[str, list[list[str]]]:
    """Return the rows of the four tables for some accidents, by the beginning of their names."""
    out: dict[str, list[list[str]]] = {table: [] for table in HEADERS}
    at_us = accidents.at_us[positions]
    days, hours = local_text(at_us, "date"), local_text(at_us, "hm")
    lon, lat = accidents.told.lon[positions].tolist(), accidents.told.lat[positions].tolist()
    for i, p in enumerate(positions.tolist()):
        number, draw, where = accidents.number[p], int(accidents.drawn[p]), accidents.where[p]
        day, month, year = days[i].split("/")
        light = "1" if "07:00" <= hours[i] < "20:00" else "5"
        out["caract"].append(
            [
                *(number, day, month, year, hours[i], light, "13", f"132{where.postcode[3:]}"),
                *("2", str(1 + draw % 3), str(1 + draw % 2), str(1 + draw % 7), where.address),
                *(f"{v:.5f}".replace(".", ",") for v in (lat[i], lon[i])),
            ]
        )
        street = where.address.partition(" ")[2]
        out["lieux"].append(
            [number, "4", street, "0", "", "2", "2", "0", "1", *[UNSTATED] * 8, "50"]
        )
        ids = [f"{draw % 900 + 100} {p % 1000:03d} {v:03d}" for v in range(_vehicles(draw))]
        out["vehicules"] += [
            [number, own, _letter(v), "1", VEHICLES[draw // (v + 1) % 10], *"02111", ""]
            for v, own in enumerate(ids)
        ]
        out["usagers"] += [
            [
                *(number, one.number, ids[one.vehicle - 1], _letter(one.vehicle - 1)),
                *("10" if one.role == PEDESTRIAN else one.role, one.role, one.outcome, one.sex),
                *(one.born, "5", "1", *[UNSTATED] * 5),
            ]
            for one in people_of(accidents, p)
        ]
    return out


def _letter(vehicle: int) -> str:
    return f"{chr(ord('A') + vehicle)}01"


def archive(accidents: Accidents, positions: IntArray, label: str) -> bytes:
    """Return some accidents as an archive of the four tables, the same bytes each time.

    Args:
        accidents: The register.
        positions: Which ones.
        label: What the tables are called after: a year, or the number of an accident.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for table, rows in tables(accidents, positions).items():
            member = zipfile.ZipInfo(f"{table}-{label}.csv", _LONG_AGO)
            member.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(member, quoted_bytes(HEADERS[table], rows))
    return content.getvalue()


def emit(truth: Truth, accidents: Accidents, folder: Path, ledger: Ledger) -> Feed:
    """Write an archive for each year, with what is known up to now."""
    (folder / SOURCE).mkdir()
    in_past = accidents.told.reported_us <= truth.now_us
    past = np.flatnonzero(in_past).astype(np.int64)
    year_of = years(accidents.at_us)
    paths = []
    for year in np.unique(year_of[past]).tolist():
        name = f"{SOURCE}/baac_{year}.zip"
        chosen = past[year_of[past] == year]
        (folder / name).write_bytes(archive(accidents, chosen, str(year)))
        paths.append(name)
    ledger.tell(
        SOURCE,
        accidents.number,
        accidents.told.incident,
        role=["first"] * len(accidents.told),
        from_us=accidents.at_us,
        to_us=accidents.at_us,
        reported_us=accidents.told.reported_us,
        past=in_past,
    )
    found = [(n, one) for p, n in enumerate(accidents.number) for one in people_of(accidents, p)]
    for column, sort in PERSONAL:
        values = ((n, one.born if column == "an_nais" else one.number) for n, one in found)
        ledger.plant_fields(SOURCE, column, sort, values)
    return Feed(
        source=SOURCE,
        connector="accidents",
        mapping="",
        kind="facts",
        paths=tuple(paths),
        rows=len(past),
        records=len(past),
    )
