"""Fines, parking fees (FPS) and impounds, as French cities export them: CSV or JSON, one row each.

There is no public schema of such exports: headings are recognised from the list in ``fines.toml``,
offences by their NATINF number where it is known, else by the words of their label. The plate, the
vehicle, its owner and the agent never pass: a fine is kept as something that happened at a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from vigie.intake.connector import Connector, Context, Parsed, Payload, listed
from vigie.intake.messages.keywords import Keywords
from vigie.intake.messages.moments import read_moment, revision_of
from vigie.intake.messages.options import texts
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.sheets import (
    Cells,
    Headings,
    SheetFormat,
    cell,
    data_of,
    figure,
    folded,
    given_columns,
    need_cell,
    read_sheet,
)
from vigie.model.taxonomy import TAXONOMY

_DATA = data_of("fines")
NATINF: Mapping[str, str] = _DATA["natinf"]
KEYWORDS = Keywords(_DATA["keywords"])
TYPES = {folded(word): kind for kind, words in _DATA["types"].items() for word in words}
STATES = {folded(word): state for state, words in _DATA["states"].items() for word in words}
MODES = {folded(word): mode for mode, words in _DATA["modes"].items() for word in words}
IMPOUND, UNPAID = "road.parking.impound", "road.parking.unpaid"

_NUMBERS = {"numero": "", "numero_fps": "fps/", "numero_fourriere": "impound/"}
"""Fields that number a row, and what keeps numbers of different series apart."""

_PLATE = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ .-]?\d{3}[ .-]?[A-Z]{2}(?![A-Z0-9])", re.IGNORECASE)
_OLD_PLATE = re.compile(r"\d{2,4}[ .-]?[A-Z]{2,3}[ .-]?(?:\d{2}|2[AB])", re.IGNORECASE)
_DIGITS = re.compile(r"\d{1,6}", re.ASCII)
_PAIR = re.compile(r"\s*\[?\s*([+-]?\d{1,3}\.\d+)\s*[,; ]\s*([+-]?\d{1,3}\.\d+)\s*\]?\s*", re.ASCII)


# fmt: off
FIELDS = (
    listed("numero", "Numéro du procès-verbal", "Number of the fine", required=True),
    listed("numero_fps", "Numéro du forfait post-stationnement", "Number of the parking fee"),
    listed("numero_fourriere", "Numéro de la mise en fourrière", "Number of the impound"),
    listed("date", "Jour, avec ou sans l'heure", "Day, with or without the hour", required=True),
    listed("heure", "Heure", "Hour"),
    listed("natinf", "Code NATINF de l'infraction", "NATINF code of the offence"),
    listed("infraction", "Libellé de l'infraction ou motif", "Label of the offence, or reason"),
    listed("type", "Sorte : PV, FPS, fourrière", "Sort: fine, fee, impound"),
    listed("montant", "Montant, euros", "Amount, euros"),
    listed("voie", "Voie, pour situer", "Street, to place it", "place"),
    listed("numero_voie", "Numéro dans la voie", "Number in the street", "place"),
    listed("code_postal", "Code postal", "Postcode", "place"),
    listed("zone", "Zone de stationnement", "Parking zone", "place"),
    listed("longitude", "Longitude", "Longitude", "place"),
    listed("latitude", "Latitude", "Latitude", "place"),
    listed("point", "Point « latitude, longitude »", 'Point "latitude, longitude"', "place"),
    listed("etat", "État du dossier", "State of the file"),
    listed("mode", "Constaté par un agent ou par caméra", "Seen by an agent or by camera"),
    listed("mise_a_jour", "Dernière modification", "Last change"),
    listed("commentaire", "Texte libre, expurgé", "Free text, scrubbed", "free_text"),
    listed("plaque", "Plaque : refusée", "Plate: refused", "personal"),
    listed("vehicule", "Marque, modèle, couleur : refusés", "Make, model, colour: refused",
           "personal"),
    listed("titulaire", "Titulaire ou conducteur : refusé", "Owner or driver: refused", "personal"),
    listed("photo", "Photo : refusée", "Picture: refused", "personal"),
    listed("agent", "Agent : refusé, c'est une personne", "Agent: refused, a person", "agent"),
)
# fmt: on
_FORMAT = SheetFormat(
    "facts",
    Headings(FIELDS, _DATA["names"], _DATA["personal"]["words"]),
    required=(tuple(_NUMBERS), ("date",)),
)


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one export into facts.

    Options of the feed: ``columns`` (from field to heading), ``codes`` (from a NATINF number or an
    exact label to a kind), ``kind`` (of rows that name no offence).
    """
    blocks = read_sheet(payload, context, _FORMAT.headings.known(given_columns(context)))
    yield from _FORMAT.records(blocks, context, partial(_take, context=context))


def _take(rows: Rows, cells: Cells, context: Context) -> None:
    """Add the fact of one row."""
    reference = _reference(rows, cells)
    when = read_moment(need_cell(cells, "date", 80), cells.get("heure"), context.timezone, "date")
    lon, lat = _point(cells)
    mode = _listed(rows, cells, "mode", MODES)
    amount = _amount(cells)
    if when.remark:
        rows.remark(when.remark)
    rows.add(
        "facts",
        {
            "source_ref": reference,
            "revision": revision_of(cells.get("mise_a_jour"), context.timezone, "mise_a_jour"),
            "kind": _kind(cells, context),
            "earliest_at": when.earliest_us,
            "latest_at": when.latest_us,
            "lon": lon,
            "lat": lat,
            "status": _listed(rows, cells, "etat", STATES),
            "basis": "observed",
            "discovered_by": mode or "patrol",
            "attributes": {
                "natinf": _natinf(cells),
                "amount_eur": None if amount is None else f"{amount:.2f}",
                "zone": _without_plate(rows, cell(cells, "zone", 60), "zone"),
                "postcode": cell(cells, "code_postal", 10),
            },
        },
        narrative=cell(cells, "commentaire"),
        address=_address(rows, cells),
    )


def _reference(rows: Rows, cells: Cells) -> str:
    """Return the number of a row; one that is a plate is no number, and goes nowhere."""
    for name, series in _NUMBERS.items():
        said = cell(cells, name, 80)
        if said is None or _without_plate(rows, said, name) is None:
            continue
        if _OLD_PLATE.fullmatch(said):
            rows.remark("dropped_personal", column=name)
            continue
        return f"{series}{said}"
    raise RowRefused("missing_required", column="numero")


def _without_plate(rows: Rows, said: str | None, column: str) -> str | None:
    """Return a text, or None where a plate stands in it."""
    if said is not None and _PLATE.search(said):
        rows.remark("dropped_personal", column=column)
        return None
    return said


def _natinf(cells: Cells) -> str | None:
    """Return the NATINF number without what stands around it (``NATINF 01247``)."""
    found = _DIGITS.search(cells.get("natinf", ""))
    return found[0].lstrip("0") or None if found else None


def _kind(cells: Cells, context: Context) -> str:
    """Return the kind of a row: the feed's own table, the number, the words, the document."""
    own = {folded(code): kind for code, kind in texts(context.options, "codes").items()}
    code, label = _natinf(cells), cell(cells, "infraction", 200)
    found = own.get(code or "") or own.get(folded(label or ""))
    if found is None and "numero_fourriere" in cells:
        found = IMPOUND
    if found is None:
        found = NATINF.get(code or "") or KEYWORDS.find(label)
    if found is None:
        found = TYPES.get(folded(cells.get("type", "")))
    if found is None and code is None and label is None:
        kind = context.options.get("kind")
        found = UNPAID if "numero_fps" in cells else kind if isinstance(kind, str) else None
    if found is None or found not in TAXONOMY:
        if code is None and label is None:
            raise RowRefused("missing_required", column="infraction")
        value = code if code is not None else _PLATE.sub("…", label or "")[:40]
        raise RowRefused("unknown_code", value=value, column="natinf" if code else "infraction")
    return found


def _listed(rows: Rows, cells: Cells, name: str, known: Mapping[str, str]) -> str | None:
    said = cell(cells, name, 60)
    if said is None:
        return None
    if folded(said) not in known:
        value = _PLATE.sub("…", said)[:40]
        rows.remark("unknown_code", severity="warning", value=value, column=name)
    return known.get(folded(said))


def _amount(cells: Cells) -> float | None:
    said = cells.get("montant")
    if said is None:
        return None
    plain = re.sub(r"[\s\u00a0\u202f]|€|eur(?:os?)?$", "", said, flags=re.IGNORECASE)
    value = figure({"montant": plain}, "montant")
    if value is not None and value < 0:
        raise RowRefused("bad_number", value=said[:40], column="montant")
    return value


def _point(cells: Cells) -> tuple[float | None, float | None]:
    lon, lat = figure(cells, "longitude"), figure(cells, "latitude")
    said = cells.get("point")
    if lon is None and lat is None and said is not None:
        pair = _PAIR.fullmatch(said)
        if pair is None:
            raise RowRefused("bad_number", value=said[:40], column="point")
        return float(pair[2]), float(pair[1])
    return lon, lat


def _address(rows: Rows, cells: Cells) -> str | None:
    """Return the address of a row as a gazetteer wants it."""
    street = _without_plate(rows, cell(cells, "voie", 200), "voie")
    if street is None:
        return None
    whole = " ".join(one for one in (cell(cells, "numero_voie", 10), street) if one)
    postcode = cell(cells, "code_postal", 10)
    return f"{whole}, {postcode}" if postcode else whole


CONNECTOR = Connector(
    name="fines",
    title={"fr": "Verbalisation, stationnement et fourrière", "en": "Fines, parking and impounds"},
    emits=("facts",),
    suffixes=(".csv", ".json"),
    media=("text/csv", "application/json"),
    fields=FIELDS,
    parse=parse,
    period_s=86_400,
    revises=True,
    reference="Exports of French cities; offences by NATINF, the Ministry of Justice's table",
)
