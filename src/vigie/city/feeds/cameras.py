"""The city's register of cameras, as a table: where each stands, what it sees, by whose leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vigie.city import people
from vigie.city.chance import stream
from vigie.city.feeds.writing import csv_bytes
from vigie.city.ledger import Feed, Ledger
from vigie.city.sites import pick, sites
from vigie.city.span import DAY_US, IntArray, local_text
from vigie.city.truth import Truth

SOURCE = "cameras"
CAMERAS = 100
AUTHORISED_DAYS = 1_826
"""Five years at most (CSI L252-4)."""
HEADER = (
    *("identifiant", "nom", "type", "longitude", "latitude", "azimut", "ouverture", "portee_m"),
    *("autorisation", "autorisation_debut", "autorisation_fin", "finalites", "conservation_jours"),
    *("masques", "masques_polygones", "service", "mise_a_jour"),
    *("responsable", "courriel", "telephone", "installateur", "adresse_ip"),
)
PERSONAL = {
    "responsable": "name",
    "courriel": "email",
    "telephone": "phone",
    "installateur": "name",
    "adresse_ip": "ip",
}
_PURPOSES = ("1", "1,5", "1,5,8", "4,5", "1,3,5")
_SERVICES = ("Centre de supervision urbain", "Direction de la sécurité", "Direction de la voirie")
_DOME, _FIXED = ("360", "120"), ("60", "80")


def _masks(chance: np.random.Generator) -> tuple[str, str]:
    """Return the state of a camera's masks and, of some, the polygon drawn in its image."""
    drawn = chance.random()
    if drawn < 0.3:
        return "sans objet", ""
    if drawn < 0.7:
        return "posés", ""
    left, top = (round(float(v), 2) for v in chance.uniform(0.05, 0.5, 2))
    right, bottom = round(left + 0.3, 2), round(top + 0.25, 2)
    polygon = [[left, top], [right, top], [right, bottom], [left, bottom]]
    return "posés", json.dumps([polygon], separators=(",", ":"))


def rows(seed: int, now_us: int) -> Iterator[dict[str, str]]:
    """Yield the entries of the register by column: more in the centre, none real.

    The one after the last has no authorisation any more: it stands in the register still, and is
    to be refused.
    """
    chance = stream(seed, SOURCE)
    weights = 0.6 * sites().weights["centre"] + 0.4 * sites().weights["commerce"]
    chosen = pick(weights, CAMERAS + 1, chance).tolist()
    for number, site in enumerate(chosen, start=1):
        expired = number > CAMERAS
        age = float(chance.uniform(30, AUTHORISED_DAYS - 200)) + expired * AUTHORISED_DAYS
        since = now_us - round(age) * DAY_US
        until = since + AUTHORISED_DAYS * DAY_US
        changed = since + round((min(now_us, until) - since) * float(chance.random()))
        days = local_text(np.array([since, until, changed], dtype=np.int64), "date")
        drawn: IntArray = people.draws(chance, 3)
        who, installer, _ = people.names(drawn)
        fixed = number % 4 == 0
        opening, reach = _FIXED if fixed else _DOME
        masks, polygons = _masks(chance)
        named = f"C{number:03d}"
        values = (
            *(f"camera.{named}", f"Caméra {named}", "fixe" if fixed else "dôme"),
            *(f"{float(sites().lon[site]):.6f}", f"{float(sites().lat[site]):.6f}"),
            *(str(int(chance.integers(360))) if fixed else "", opening, reach),
            *(f"13-{days[0][6:]}-{1000 + number:04d}", days[0], days[1]),
            _PURPOSES[int(chance.integers(len(_PURPOSES)))],
            *(str((15, 20, 30)[int(chance.integers(3))]), masks, polygons),
            *(_SERVICES[int(chance.integers(len(_SERVICES)))], days[2]),
            *(who, people.emails(drawn)[0], people.phones(drawn)[0], installer),
            f"198.51.100.{number}",
        )
        yield dict(zip(HEADER, values, strict=True))


def emit(truth: Truth, folder: Path, ledger: Ledger) -> Feed:
    """Write the register as it stands at now."""
    (folder / SOURCE).mkdir()
    name = f"{SOURCE}/registre_cameras.csv"
    register = list(rows(truth.seed, truth.now_us))
    (folder / name).write_bytes(csv_bytes(HEADER, [tuple(row.values()) for row in register]))
    for where, kind in PERSONAL.items():
        ledger.plant_fields(SOURCE, where, kind, [(r["identifiant"], r[where]) for r in register])
    expired = register[CAMERAS]["identifiant"]
    ledger.defect(SOURCE, name, CAMERAS + 1, expired, "authorisation_expired")
    return Feed(
        source=SOURCE,
        connector="camera_register",
        mapping="",
        kind="places",
        paths=(name,),
        rows=len(register),
        records=CAMERAS,
        defects=1,
        via="hand",
    )
