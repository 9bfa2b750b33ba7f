"""The municipal police log (main courante): one entry a row, amended by later exports.

No public schema exists. The format is the canonical export described in
``docs/explanation/architecture-notes.md``, shaped after the manual of the software that
Marseille used: semicolons, French dates in local time, a state in three colours, free text.
Identities never pass: the caller's name and number, and the crew, are dropped and counted; the free
text goes to the kit's scrubber and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.intake.connector import (
    Connector,
    Context,
    Parsed,
    Payload,
    headed_lines,
    listed,
)
from vigie.intake.tabular.block import Block, FileRefused, guarded
from vigie.intake.tabular.cells import (
    as_number,
    as_text,
    at,
    join_texts,
    looks_like_formula,
    map_codes,
    to_integers,
)
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited
from vigie.intake.tabular.instants import (
    Instants,
    as_timestamps,
    end_of_local_day,
    read_instants,
    report,
)
from vigie.intake.tabular.maps import map_column
from vigie.intake.tabular.problems import Problems
from vigie.intake.tabular.records import empty_parsed, take_rows
from vigie.model.contracts import FACTS
from vigie.model.times import Prefer

KINDS = {
    "VV": "offence.property.theft.vehicle",
    "VR": "offence.property.theft.from_vehicle",
    "VA": "offence.property.theft.snatch",
    "VS": "offence.property.theft",
    "CB": "offence.property.burglary",
    "CBV": "offence.person.assault",
    "RX": "offence.person.brawl",
    "MEN": "offence.person.threat",
    "DEG": "offence.property.damage",
    "TAG": "offence.property.damage.graffiti",
    "STUP": "offence.drugs",
    "VAL": "space.trade.peddling",
    "TN": "offence.disorder.noise.night",
    "TD": "offence.disorder.noise.day",
    "NVP": "offence.disorder.nuisance",
    "IPM": "offence.disorder.drunkenness",
    "REG": "offence.disorder.gathering",
    "OCC": "space.occupation",
    "MAR": "space.trade.market",
    "DEC": "space.cleanliness.dumping",
    "CHI": "space.animal.dangerous",
    "STA": "road.parking.obstructive",
    "STD": "road.parking.dangerous",
    "ROD": "road.offence.rodeo",
    "AVP": "road.accident",
    "CIR": "road.traffic.obstruction",
    "EPA": "road.parking.wreck",
    "PER": "rescue.person.distress",
    "ASP": "rescue.person.assistance",
    "DIS": "rescue.person.missing",
    "INC": "rescue.fire.start",
    "COL": "offence.security.suspicious_object",
    "MAN": "space.crowd.demonstration",
    "SUR": "space.prevention.patrol",
    "ECO": "space.prevention.school",
}
STATES = {"ROUGE": "open", "ORANGE": "in_progress", "VERT": "closed"}
ORIGINS = {
    "APPEL": "public",
    "PATROUILLE": "patrol",
    "CSU": "camera",
    "PARTENAIRE": "partner",
    "CAPTEUR": "sensor",
}
OBSERVERS = ("patrol", "camera", "sensor")
OUTCOMES = (
    "PV", "SANS SUITE", "MISE EN FUITE", "AVERTISSEMENT", "RAPPEL A LA LOI", "INTERPELLATION",
    "MISE A DISPOSITION", "ENLEVEMENT", "FOURRIERE", "TRANSMIS", "TRANSMIS OPJ", "SECOURS",
    "EVACUATION", "CONSTAT", "RAPPORT", "MAIN COURANTE", "RAS", "EN COURS", "REGULE", "NEANT",
)  # fmt: skip

_TIMES = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y")
_REQUIRED = ("NUMERO", "DATE_DEBUT", "CODE_NATURE")
_REFUSED = ("EQUIPAGE", "REQUERANT", "TELEPHONE")
_NO_TEXT = pa.nulls(1, pa.string())[0]


# fmt: off
FIELDS = (
    listed("NUMERO", "Numéro de l'entrée", "Entry number", required=True),
    listed("DATE_SAISIE", "Jour de la saisie", "Day the entry was typed"),
    listed("HEURE_SAISIE", "Heure de la saisie", "Hour the entry was typed"),
    listed("DATE_DEBUT", "Jour du début des faits", "Day it began", required=True),
    listed("HEURE_DEBUT", "Heure du début ; vide : toute la journée",
           "Hour it began; empty: all day"),
    listed("DATE_FIN", "Jour de fin ; vide : fait instantané", "Day it ended; empty: an instant"),
    listed("HEURE_FIN", "Heure de fin", "Hour it ended"),
    listed("CODE_NATURE", "Code de la nature", "Code of the kind", required=True),
    listed("NATURE", "Libellé de la nature : le code fait foi",
           "Label of the kind: the code counts"),
    listed("ORIGINE", "Appel, patrouille, CSU, partenaire ou capteur",
           "Call, patrol, camera room, partner or sensor"),
    listed("ADRESSE", "Adresse, pour situer sans coordonnées",
           "Address, to place what has no coordinates", "place"),
    listed("LIEU", "Lieu connu", "Well-known place", "place"),
    listed("QUARTIER", "Quartier selon la source", "Neighbourhood, as the source says", "place"),
    listed("SECTEUR", "Secteur de police selon la source",
           "Police sector, as the source says", "place"),
    listed("ARRONDISSEMENT", "Arrondissement selon la source",
           "District, as the source says", "place"),
    listed("LONGITUDE", "Longitude, virgule ou point", "Longitude, comma or point", "place"),
    listed("LATITUDE", "Latitude, virgule ou point", "Latitude, comma or point", "place"),
    listed("GRAVITE", "Gravité, de 1 à 5", "Severity, 1 to 5"),
    listed("ETAT", "ROUGE sans suite, ORANGE en cours, VERT clos",
           "ROUGE open, ORANGE in progress, VERT closed"),
    listed("SUITE", "Suite donnée, parmi une liste", "Outcome, from a list"),
    listed("EQUIPAGE", "Équipage : refusé, l'agent est une personne",
           "Crew: refused, an agent is a person", "agent"),
    listed("OBSERVATIONS", "Texte libre, expurgé avant d'être gardé",
           "Free text, scrubbed before it is kept", "free_text"),
    listed("REQUERANT", "Identité de l'appelant : refusée", "Caller's name: refused", "personal"),
    listed("TELEPHONE", "Téléphone de l'appelant : refusé", "Caller's number: refused", "personal"),
    listed("MAJ", "Dernière modification : la plus récente l'emporte",
           "Last change: the latest wins"),
)
# fmt: on
_KNOWN = frozenset(field.name for field in FIELDS)


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one export into facts.

    The entries keep their number as ``source_ref`` and the instant of their last change as
    ``revision``, so that a later export amends an earlier one.
    """
    form = DelimitedFormat(separator=";", known=_KNOWN, max_line_bytes=context.max_line_bytes)
    checked = False
    for block in guarded(read_delimited(payload.content, payload.name, form)):
        if len(block) and not checked:
            checked = True
            lost = [name for name in _REQUIRED if name not in _named(block)]
            if lost:
                block.rejects = [FileRefused("missing_column", column=lost[0]).reject]
                yield empty_parsed("facts", block)
                return
        if len(block):
            yield _Entries(block, payload.name, context.timezone).parsed()
        elif block.notices or block.rejects:
            yield empty_parsed("facts", block)


def _named(block: Block) -> dict[str, pa.Array]:
    """Return the columns by their canonical name: upper case."""
    return {name.upper(): array for name, array in block.columns.items()}


class _Entries:
    """The entries of one block on their way to facts."""

    def __init__(self, block: Block, file: str, tz: str) -> None:
        self._columns = _named(block)
        self._texts: dict[str, pa.StringArray] = {}
        self._read = block.read
        self._tz = tz
        self._size = len(block)
        self._problems = Problems(
            len(block), file, block.rows, block.raw, rejects=block.rejects, notices=block.notices
        )

    def parsed(self) -> Parsed:
        """Return the facts of the block."""
        self._remark_columns()
        earliest, latest = self._interval()
        origin = self._codes("ORIGINE", ORIGINS)
        observed = pc.fill_null(pc.is_in(origin, value_set=pa.array(OBSERVERS)), False)
        made = {
            "source_ref": self._required("NUMERO"),
            "kind": self._kind(),
            "earliest_at": as_timestamps(earliest),
            "latest_at": as_timestamps(latest),
            "reported_at": self._reported(),
            "lon": self._number("LONGITUDE"),
            "lat": self._number("LATITUDE"),
            "severity": self._severity(),
            "status": self._codes("ETAT", STATES),
            "basis": pc.if_else(observed, "observed", "reported"),
            "discovered_by": origin,
            "attributes": self._attributes(),
            "revision": self._revision(),
        }
        text = self._text("OBSERVATIONS")
        self._problems.remark("formula_neutralised", looks_like_formula(text))
        parsed = Parsed(
            kind="facts",
            table=FACTS.conform(pa.table(made), only=FACTS.names("given")),
            rows=pa.array(self._problems.rows, pa.int64()),
            narratives=text,
            address=self._address(),
            place_name=self._text("LIEU"),
            read=self._read,
        )
        return take_rows(parsed, self._problems)

    def _text(self, name: str) -> pa.StringArray:
        if name not in self._texts:
            found = self._columns.get(name)
            self._texts[name] = (
                pa.nulls(self._size, pa.string()) if found is None else as_text(found)
            )
        return self._texts[name]

    def _remark_columns(self) -> None:
        for name, array in self._columns.items():
            count = len(array) - array.null_count
            if name in _REFUSED:
                self._problems.remark("dropped_personal", count, column=name)
            elif name not in _KNOWN:
                self._problems.remark("unmapped_column", count, severity="warning", column=name)

    def _required(self, name: str) -> pa.StringArray:
        text = self._text(name)
        missing = pc.is_null(text).to_numpy(zero_copy_only=False)
        self._problems.refuse(missing, "missing_required", lambda _: {"column": name})
        return text

    def _kind(self) -> pa.StringArray:
        code = self._required("CODE_NATURE")
        kind, unknown = map_codes(pc.utf8_upper(code), KINDS)
        self._problems.refuse(
            unknown, "unknown_kind", lambda i: {"value": at(code, i), "column": "CODE_NATURE"}
        )
        return kind

    def _codes(self, name: str, table: dict[str, str]) -> pa.StringArray:
        """Return codes mapped; an unknown one is remarked and left out."""
        said = self._text(name)
        found, unknown = map_codes(pc.utf8_upper(said), table)
        self._remark_unknown(name, said, unknown)
        return found

    def _remark_unknown(self, name: str, said: pa.StringArray, unknown: np.ndarray) -> None:
        if unknown.any():
            first = at(said, int(np.flatnonzero(unknown)[0]))
            self._problems.remark_mask(
                unknown, "unknown_code", severity="warning", value=first, column=name
            )

    def _instants(
        self, name: str, prefer: Prefer, *, day: pa.StringArray | None = None
    ) -> Instants:
        """Read ``DATE_x`` and ``HEURE_x`` together."""
        days = self._text(f"DATE_{name}") if day is None else day
        text = join_texts([days, self._text(f"HEURE_{name}")], " ")
        found = read_instants(text, _TIMES, self._tz, prefer)
        if prefer == "earliest" or name != "DEBUT":
            report(found, self._problems, f"DATE_{name}", text)
        return found

    def _interval(self) -> tuple[pa.Int64Array, pa.Int64Array]:
        """Return the earliest and the latest instant of each entry."""
        self._required("DATE_DEBUT")
        begin = self._instants("DEBUT", "earliest")
        late = self._instants("DEBUT", "latest") if begin.flags.any() else begin
        instant = self._last_of(late)
        end_day, end_hour = self._text("DATE_FIN"), self._text("HEURE_FIN")
        if end_day.null_count == self._size and end_hour.null_count == self._size:
            return begin.us, instant
        same_day = pc.and_(pc.is_null(end_day), pc.is_valid(end_hour))
        end_day = pc.if_else(same_day, self._text("DATE_DEBUT"), end_day)
        end = self._instants("FIN", "latest", day=end_day)
        return begin.us, pc.coalesce(self._last_of(end), instant)

    def _last_of(self, found: Instants) -> pa.Int64Array:
        if not found.date_only.any():
            return found.us
        ends = end_of_local_day(found.us, self._tz)
        return pc.if_else(pa.array(found.date_only), ends, found.us)

    def _reported(self) -> pa.TimestampArray:
        """Return when the entry was typed; a day without an hour is not an instant."""
        found = self._instants("SAISIE", "earliest")
        at_us = found.us
        if found.date_only.any():
            at_us = pc.if_else(pa.array(found.date_only), pa.scalar(None, pa.int64()), at_us)
        return as_timestamps(at_us)

    def _revision(self) -> pa.Int64Array:
        text = self._text("MAJ")
        found = read_instants(text, ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M"), self._tz)
        report(found, self._problems, "MAJ", text)
        return pc.fill_null(found.us, 0)

    def _number(self, name: str) -> pa.DoubleArray:
        said = self._text(name)
        numbers = as_number(said, ",")
        self._problems.refuse(
            numbers.bad, "bad_number", lambda i: {"value": at(said, i), "column": name}
        )
        return numbers.values

    def _severity(self) -> pa.Int8Array:
        said = self._text("GRAVITE")
        values, bad = to_integers(as_number(said, ","), pa.int8())
        self._problems.refuse(
            bad, "bad_number", lambda i: {"value": at(said, i), "column": "GRAVITE"}
        )
        return values

    def _attributes(self) -> pa.MapArray:
        outcome = pc.utf8_upper(self._text("SUITE"))
        known = pc.is_in(outcome, value_set=pa.array(OUTCOMES))
        strange = pc.and_(pc.is_valid(outcome), pc.invert(known))
        self._remark_unknown("SUITE", outcome, strange.to_numpy(zero_copy_only=False))
        values = {
            "code": pc.utf8_upper(self._text("CODE_NATURE")),
            "outcome": pc.if_else(known, outcome, _NO_TEXT),
            "quartier": self._text("QUARTIER"),
            "sector": self._text("SECTEUR"),
            "district": self._text("ARRONDISSEMENT"),
        }
        for value in values.values():
            self._problems.remark("formula_neutralised", looks_like_formula(value))
        return map_column(list(values), list(values.values()), self._size)

    def _address(self) -> pa.StringArray:
        """Return the address with the postcode of its district, as a gazetteer wants it."""
        address, district = self._text("ADRESSE"), self._text("ARRONDISSEMENT")
        number = pc.struct_field(
            pc.extract_regex(district, "(?P<n>[0-9]{1,2})(?:e|er|[èe]me)?$"), "n"
        )
        postcode = pc.binary_join_element_wise("130", pc.utf8_lpad(number, 2, "0"), "")
        whole = join_texts([address, postcode], ", ")
        return pc.if_else(pc.is_valid(address), whole, _NO_TEXT)


CONNECTOR = Connector(
    name="main_courante",
    title={"fr": "Main courante de police municipale", "en": "Municipal police log"},
    emits=("facts",),
    suffixes=(".csv",),
    media=("text/csv",),
    fields=FIELDS,
    parse=parse,
    period_s=3_600,
    revises=True,
    joins=headed_lines,
    reference="docs/explanation/architecture-notes.md, after the manual of the vendor's software",
)
