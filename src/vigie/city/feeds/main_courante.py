"""The municipal police log, exported by month as its vendor would, defects included."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np

from vigie.base.clock import to_us
from vigie.city.addresses import site_names
from vigie.city.feeds.writing import by_month, csv_bytes
from vigie.city.ledger import Feed, Ledger
from vigie.city.logbook import DEFECTS, ORIGINS, OUTCOMES, SOURCE, LogBook
from vigie.city.span import BoolArray, IntArray, local, local_text, midnight
from vigie.city.truth import Truth

HEADER = (
    *("NUMERO", "DATE_SAISIE", "HEURE_SAISIE", "DATE_DEBUT", "HEURE_DEBUT", "DATE_FIN"),
    *("HEURE_FIN", "CODE_NATURE", "NATURE", "ORIGINE", "ADRESSE", "LIEU", "QUARTIER", "SECTEUR"),
    *("ARRONDISSEMENT", "LONGITUDE", "LATITUDE", "GRAVITE", "ETAT", "SUITE", "EQUIPAGE"),
    *("OBSERVATIONS", "REQUERANT", "TELEPHONE", "MAJ"),
)
LABELS = {
    "VV": "Vol de véhicule", "VR": "Vol à la roulotte", "VA": "Vol à l'arraché",
    "VS": "Vol simple", "CB": "Cambriolage", "CBV": "Violences", "RX": "Rixe", "MEN": "Menaces",
    "DEG": "Dégradations", "TAG": "Graffiti", "STUP": "Stupéfiants",
    "VAL": "Vente à la sauvette", "TN": "Tapage nocturne", "TD": "Tapage diurne",
    "NVP": "Nuisance voie publique", "IPM": "Ivresse publique manifeste",
    "REG": "Regroupement gênant", "OCC": "Occupation illicite", "MAR": "Infraction de marché",
    "DEC": "Dépôt sauvage", "CHI": "Chien dangereux / animal", "STA": "Stationnement gênant",
    "STD": "Stationnement dangereux", "ROD": "Rodéo motorisé", "AVP": "Accident voie publique",
    "CIR": "Gêne à la circulation", "EPA": "Véhicule épave", "PER": "Personne en difficulté",
    "ASP": "Assistance à personne", "DIS": "Disparition inquiétante", "INC": "Départ de feu",
    "COL": "Colis suspect", "MAN": "Manifestation", "SUR": "Surveillance / patrouille",
    "ECO": "Sécurisation d'école",
}  # fmt: skip
ENCODINGS = ("utf-8-sig", "cp1252", "utf-8")
COLUMN = {name: position for position, name in enumerate(HEADER)}


class LogWriter:
    """Writes rows of the log; the same rows for monthly files and for the live replay."""

    def __init__(self, truth: Truth, book: LogBook) -> None:
        self.truth = truth
        self.book = book
        told = book.told
        self._dates = {
            name: (local_text(us, "date"), local_text(us, "hm"))
            for name, us in (
                ("typed", told.reported_us),
                ("from", told.from_us),
                ("to", np.where(book.end_us > 0, book.end_us, told.to_us)),
            )
        }
        self._ended = ((book.end_us > 0) | (told.to_us > told.from_us)).tolist()
        self._lon = [f"{value:.5f}" for value in told.lon.tolist()]
        self._lat = [f"{value:.5f}" for value in told.lat.tolist()]
        self._severity = truth.incidents.severity[told.incident].tolist()
        self._located, self._whole_day = book.located.tolist(), book.whole_day.tolist()
        self._defect, self._origin = book.defect.tolist(), book.origin.tolist()
        names = site_names()
        self._where = [names[s] for s in truth.incidents.site[told.incident].tolist()]
        self._outcome, self._crew = book.outcome.tolist(), book.crew.tolist()
        self._state = book.state

    def rows(self, positions: IntArray, *, comma: bool) -> list[list[str]]:
        """Return the CSV rows at these positions of the book."""
        stamps = local_text(self.book.row_at_us[positions], "stamp")
        entries = self.book.row_entry[positions].tolist()
        versions = self.book.row_version[positions].tolist()
        return [
            self._row(entry, version, stamp, comma=comma)
            for entry, version, stamp in zip(entries, versions, stamps, strict=True)
        ]

    def _row(self, entry: int, version: int, stamp: str, *, comma: bool) -> list[str]:
        book, told = self.book, self.book.told
        amended = version == 1
        where = self._where[entry]
        located = bool(self._located[entry]) or not (where.address or where.place)
        lon, lat = (self._lon[entry], self._lat[entry]) if located else ("", "")
        whole = bool(self._whole_day[entry])
        ended = self._ended[entry] and not whole
        severity = self._severity[entry]
        row = [
            book.number[entry],
            *(self._dates["typed"][0][entry], self._dates["typed"][1][entry]),
            self._dates["from"][0][entry],
            "" if whole else self._dates["from"][1][entry],
            self._dates["to"][0][entry] if ended else "",
            self._dates["to"][1][entry] if ended else "",
            *(told.code[entry], LABELS[told.code[entry]], ORIGINS[self._origin[entry]]),
            *(where.address, where.place, where.quarter, where.sector, where.postcode),
            *((lon.replace(".", ","), lat.replace(".", ",")) if comma else (lon, lat)),
            str(min(5, severity + 1) if amended and entry % 5 == 0 else severity),
            "VERT" if amended else self._state[entry],
            OUTCOMES[self._outcome[entry]] if amended or self._state[entry] == "VERT" else "",
            *(f"EQ{self._crew[entry]:02d}", book.text[entry], book.caller[entry]),
            *(book.phone[entry], stamp),
        ]
        return _spoil(row, self._defect[entry]) if self._defect[entry] >= 0 else row


def _spoil(row: list[str], defect: int) -> list[str]:
    """Return the row with its planted defect."""
    name = DEFECTS[defect]
    lon, lat = COLUMN["LONGITUDE"], COLUMN["LATITUDE"]
    if name == "swapped_coordinates":
        row[lon], row[lat] = row[lat], row[lon]
    elif name == "null_island":
        row[lon] = row[lat] = "0"
    elif name == "time_in_future":
        row[COLUMN["DATE_DEBUT"]] = row[COLUMN["DATE_DEBUT"]][:6].replace("29/02", "28/02") + "2099"
        row[COLUMN["DATE_FIN"]] = row[COLUMN["HEURE_FIN"]] = ""
    elif name == "unknown_kind":
        row[COLUMN["CODE_NATURE"]], row[COLUMN["NATURE"]] = "ZZQ", "?"
    elif name == "missing_required":
        row[COLUMN["DATE_DEBUT"]] = ""
    elif name == "bad_time":
        row[COLUMN["DATE_DEBUT"]] = "32/13/" + row[COLUMN["DATE_DEBUT"]][6:]
    elif name == "time_reversed":
        row[COLUMN["DATE_FIN"]] = row[COLUMN["DATE_DEBUT"]][:6] + "2020"
        row[COLUMN["HEURE_FIN"]] = row[COLUMN["HEURE_DEBUT"]] or "12:00"
    return row


def known_interval(book: LogBook) -> tuple[IntArray, IntArray]:
    """Return the interval an entry says: what a faithful reader must get."""
    told = book.told
    begin = told.from_us.copy()
    end = np.where(book.end_us > 0, book.end_us, told.to_us).astype(np.int64)
    whole = book.whole_day == 1
    begin[whole], end[whole] = _local_days(begin[whole])
    return begin, end


def _local_days(us: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first and last microsecond of the local days of instants."""
    days = [local(int(u)).date() for u in us.tolist()]
    first = [to_us(midnight(d)) for d in days]
    last = [to_us(midnight(d + timedelta(days=1))) - 1 for d in days]
    return np.array(first, dtype=np.int64), np.array(last, dtype=np.int64)


def emit(truth: Truth, book: LogBook, folder: Path, ledger: Ledger) -> Feed:
    """Write the monthly exports up to now and enter them in the ledger."""
    writer = LogWriter(truth, book)
    past = np.flatnonzero(book.row_at_us <= truth.now_us).astype(np.int64)
    target = folder / SOURCE
    target.mkdir()
    paths: list[str] = []
    for month, chosen in by_month(book.row_at_us[past]):
        positions = past[chosen]
        number = int(month[5:])
        name = f"{SOURCE}/main_courante_{month}.csv"
        rows = writer.rows(positions, comma=number % 2 == 0)
        content = csv_bytes(HEADER, rows, encoding=ENCODINGS[number % 3])
        (folder / name).write_bytes(content)
        paths.append(name)
        for line in np.flatnonzero(book.defect[book.row_entry[positions]] >= 0).tolist():
            entry = int(book.row_entry[positions[line]])
            code = DEFECTS[book.defect[entry]]
            ledger.defect(SOURCE, name, line + 1, book.number[entry], code)
    out = np.unique(book.row_entry[past])
    record(book, np.isin(np.arange(len(book.told)), out), ledger)
    sound = int((book.defect[out] < 0).sum())
    return Feed(
        source=SOURCE,
        connector=SOURCE,
        mapping="",
        kind="facts",
        paths=tuple(paths),
        rows=len(past),
        records=sound,
        repeats=len(past) - len(out),
        defects=len(out) - sound,
        via="folder",
    )


def record(book: LogBook, past: BoolArray, ledger: Ledger) -> None:
    """Enter every entry and the personal data in it in the ledger; ``past`` ones are exported."""
    from_us, to_us = known_interval(book)
    roles = np.where(
        book.defect >= 0, "defective", np.where(book.double_of >= 0, "double", "first")
    )
    ledger.tell(
        SOURCE,
        book.number,
        book.told.incident,
        role=roles.tolist(),
        from_us=from_us,
        to_us=to_us,
        reported_us=book.told.reported_us,
        past=past,
    )
    ledger.plant_texts(SOURCE, book.number, "OBSERVATIONS", book.planted)
    for where, kind, values in (
        ("REQUERANT", "name", book.caller),
        ("TELEPHONE", "phone", book.phone),
    ):
        said = [(n, value) for n, value in zip(book.number, values, strict=True) if value]
        ledger.plant_fields(SOURCE, where, kind, said)
