"""What the road services tell: parking fines and FPS, one CSV a month; see ``accidents`` too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vigie.city import people
from vigie.city.addresses import SiteName, site_names
from vigie.city.chance import stream
from vigie.city.feeds.writing import by_month, csv_bytes, numbered
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import IntArray, local_text
from vigie.city.tellings import Telling, tell
from vigie.city.truth import Truth

SOURCE = "traffic_parking"
SECOND_US = 1_000_000
HEADER = (
    *("NUMERO_PV", "NUMERO_FPS", "TYPE_DOCUMENT", "DATE_INFRACTION", "HEURE_INFRACTION"),
    *("LIBELLE_INFRACTION", "MONTANT", "ADRESSE", "CODE_POSTAL", "LONGITUDE", "LATITUDE"),
    *("IMMATRICULATION", "MARQUE", "MATRICULE_AGENT", "MODE_CONSTATATION"),
)
FPS = "FPS"
OFFENCES = {
    "35-GEN": ("Arrêt ou stationnement gênant d'un véhicule", "35,00"),
    "35-ABU": ("Stationnement abusif de plus de 7 jours", "35,00"),
    "135-DAN": ("Arrêt ou stationnement dangereux d'un véhicule", "135,00"),
}
"""By the city's own code: the label that the export gives an offence, and its amount in euros."""
FEES = ("17,00", "25,00", "35,00")
MAKES = ("PEUGEOT", "RENAULT", "CITROEN", "DACIA", "TOYOTA", "FIAT")
PERSONAL = (
    ("IMMATRICULATION", "plate"),
    ("MATRICULE_AGENT", "agent"),
)
"""Columns that say whose vehicle and which agent, and the sort of what stands in them."""


@dataclass(frozen=True)
class Fines:
    """Fines and parking fees in the order of the export, past and live.

    Attributes:
        told: What the agents tell.
        number: Number of the fine or of the fee.
        at_us: Instant it says, to the second; it enters the export at once.
        where: Names of the site.
        plate: Plate of the vehicle.
        agent: Number of the agent.
        drawn: One raw draw per row, for makes and amounts.
    """

    told: Telling
    number: list[str]
    at_us: IntArray
    where: list[SiteName]
    plate: list[str]
    agent: list[str]
    drawn: IntArray

    def ref(self, position: int) -> str:
        """Return the reference of a row as the connector makes it: fees are a series apart."""
        number = self.number[position]
        return f"fps/{number}" if self.told.code[position] == FPS else number


def make_fines(truth: Truth) -> Fines:
    """Return the fines and the parking fees."""
    told = tell(truth, SOURCE)
    drawn = people.draws(stream(truth.seed, SOURCE, "rows"), len(told))
    names = site_names()
    return Fines(
        told=told,
        number=numbered("PV", told.reported_us),
        at_us=told.reported_us // SECOND_US * SECOND_US,
        where=[names[s] for s in truth.incidents.site[told.incident].tolist()],
        plate=people.plates(drawn),
        agent=[f"AG{draw % 400:04d}" for draw in drawn.tolist()],
        drawn=drawn,
    )


def rows(fines: Fines, positions: IntArray) -> list[list[str]]:
    """Return the CSV rows at these positions."""
    told, at_us = fines.told, fines.at_us[positions]
    days, hours = local_text(at_us, "date"), local_text(at_us, "hms")
    lon = [f"{v:.5f}".replace(".", ",") for v in told.lon[positions].tolist()]
    lat = [f"{v:.5f}".replace(".", ",") for v in told.lat[positions].tolist()]
    drawn = fines.drawn[positions].tolist()
    out = []
    for i, p in enumerate(positions.tolist()):
        fee = told.code[p] == FPS
        number = ("", fines.number[p], FPS) if fee else (fines.number[p], "", "PV")
        label, amount = ("", FEES[drawn[i] % 3]) if fee else OFFENCES[told.code[p]]
        where = fines.where[p]
        out.append(
            [
                *(*number, days[i], hours[i], label, amount, where.address, where.postcode),
                *(lon[i], lat[i], fines.plate[p], MAKES[drawn[i] % len(MAKES)], fines.agent[p]),
                "agent",
            ]
        )
    return out


def emit(truth: Truth, fines: Fines, folder: Path, ledger: Ledger) -> Feed:
    """Write the rows known up to now, by month."""
    (folder / SOURCE).mkdir()
    in_past = fines.told.reported_us <= truth.now_us
    past = np.flatnonzero(in_past).astype(np.int64)
    paths = []
    for month, chosen in by_month(fines.at_us[past]):
        name = f"{SOURCE}/verbalisations_{month}.csv"
        (folder / name).write_bytes(csv_bytes(HEADER, rows(fines, past[chosen])))
        paths.append(name)
    refs = [fines.ref(p) for p in range(len(fines.told))]
    ledger.tell(
        SOURCE,
        refs,
        fines.told.incident,
        role=["first"] * len(refs),
        from_us=fines.at_us,
        to_us=fines.at_us,
        reported_us=fines.at_us,
        past=in_past,
    )
    for (column, sort), values in zip(PERSONAL, (fines.plate, fines.agent), strict=True):
        ledger.plant_fields(SOURCE, column, sort, zip(refs, values, strict=True))
    return Feed(
        source=SOURCE,
        connector="fines",
        mapping="",
        kind="facts",
        paths=tuple(paths),
        rows=len(past),
        records=len(past),
        via="sftp",
    )
