"""Fire brigade operations as messages of the 15-18 hub: RC-EDA cases, told again as they go on.

A case is told when the first vehicle leaves, when it arrives and when the operation ends; each
message tells the whole case as it then stands. Callers, victims, health motives, door codes and
notes are there as in the real messages: the connector must refuse or scrub them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vigie.city import people, texts
from vigie.city.addresses import SiteName, site_names
from vigie.city.chance import stream
from vigie.city.feeds.hub import ORGANISATION, message, parts
from vigie.city.feeds.writing import by_month, numbered
from vigie.city.kinds import kinds
from vigie.city.ledger import Feed, Ledger
from vigie.city.span import DAY_US, HOUR_US, MINUTE_US, IntArray, local_text
from vigie.city.tellings import Telling, tell
from vigie.city.truth import Truth

SOURCE = "rescue"
DEFECTS = ("not_actual", "unknown_code", "naive_time", "missing_required")
"""Reasons for which a case made wrong on purpose must be refused; a drill is not actual."""
DEFECT_SHARE = 0.003
CALLER_SHARE = 0.35
ACCESS_SHARE = 0.12
VICTIM_SHARE = 0.10
TEXT_SHARE = 0.08
NOTE_SHARE = 0.04
RECENT_US = 12 * HOUR_US
"""Of younger cases the files hold every message, of older ones the last."""
SECOND_US = 1_000_000
OUT, THERE, ENDED = range(3)
_PRIORITIES = ("NR", "P3", "P2", "P1", "P0")


class Fact(NamedTuple):
    """What the hub's list of facts says of an operation.

    Attributes:
        code: ``HubSante.fait``.
        label: Its label.
        motive: Motive of recourse to care (health: refused at the door), or empty.
        risk: Code of ``HubSante.risque``, or empty.
    """

    code: str
    label: str
    motive: str = ""
    risk: str = ""


FACTS = {
    "SAP-AGR": Fact("C02.15.02", "Agression ou violence physique", "M03.05"),
    "SAP-IVR": Fact("C07.05.00", "Ivresse publique et manifeste"),
    "SAP-MAL": Fact("C02.05.01", "Médicale", "M01.02"),
    "SAP-DET": Fact("C10.01.08", "Découverte de personne égarée"),
    "SAP-ASS": Fact("C10.01.04", "Absence de réponse aux appels"),
    "SAP-CHU": Fact("C02.11.02", "Chute de faible hauteur", "M03.04"),
    "SAP-CAR": Fact("C02.05.01", "Médicale", "M01.01"),
    "SAP-RES": Fact("C02.05.01", "Médicale", "M01.03"),
    "SAP-PSY": Fact("C02.05.03", "Psychiatrique", "M02.07"),
    "SAP-INT": Fact("C02.05.01", "Médicale", "M02.03"),
    "SAP-NOY": Fact("C02.10.00", "Noyade", "M03.09"),
    "AVP": Fact("C01.01.01", "Véhicule léger, fourgon"),
    "INC-DEP": Fact("C04.08.00", "Autre type d’incendie", risk="R14"),
    "INC-POU": Fact("C04.06.00", "Feux de poubelles", risk="R14"),
    "INC-VEH": Fact("C04.01.01", "Véhicule léger, fourgon", risk="R14"),
    "INC-BAT": Fact("C04.02.01", "Bâtiment d’habitation", risk="R14"),
    "INC-VEG": Fact("C04.05.00", "Incendie de forêt / végétation", risk="R14"),
    "DIV-COL": Fact("C07.11.00", "Colis, bagages ou enveloppes suspects"),
    "DIV-ASC": Fact("C09.06.00", "Panne d’ascenseur"),
    "DIV-INO": Fact("C08.01.00", "Inondation"),
    "RT-GAZ": Fact("C09.03.00", "Fuite de gaz"),
}
"""From the brigade's own code of an operation to the hub's."""


@dataclass(frozen=True)
class Operations:
    """Operations in the order of their alerts, past and live.

    Attributes:
        told: What the brigade knows.
        ref: Shared number of the case.
        alert_us: Reception of the alert.
        stage_us: Instant of each stage (out, there, ended), one row an operation.
        victims: Persons taken care of.
        text: Report, free text.
        planted: Personal values in the reports.
        note: Note of the call taker, free text, by operation; few have one.
        noted: Personal values in the notes.
        caller: Name and telephone of the caller, by operation; not every caller is named.
        access: Code of the door, by operation; few have one.
        victim: Name of the victim, by operation; few are named.
        defect: 0, or the position in ``DEFECTS`` plus one.
        where: Names of the site.
    """

    told: Telling
    ref: list[str]
    alert_us: IntArray
    stage_us: IntArray
    victims: IntArray
    text: list[str]
    planted: texts.Planted
    note: dict[int, str]
    noted: texts.Planted
    caller: dict[int, tuple[str, str]]
    access: dict[int, str]
    victim: dict[int, str]
    defect: IntArray
    where: list[SiteName]

    @property
    def out_us(self) -> IntArray:
        """Departure of the first vehicle: when others hear of the case."""
        first: IntArray = self.stage_us[:, OUT]
        return first


def make_operations(truth: Truth) -> Operations:
    """Return the brigade's operations."""
    told = tell(truth, SOURCE)
    chance = stream(truth.seed, SOURCE, "operations")
    n = len(told)
    alert = told.reported_us // SECOND_US * SECOND_US
    out = alert + (chance.uniform(45, 150, n)).astype(np.int64) * SECOND_US
    there = out + (chance.lognormal(np.log(380), 0.35, n)).astype(np.int64) * SECOND_US
    usual = np.array([k.minutes or 45.0 for k in kinds()])[truth.incidents.kind[told.incident]]
    lasted = (usual * np.exp(chance.normal(0, 0.4, n)) * MINUTE_US).astype(np.int64)
    end = (there + lasted) // SECOND_US * SECOND_US
    helped = np.array([code.startswith(("SAP", "AVP")) for code in told.code])
    written, planted = texts.write(told.code, ["PARTENAIRE"] * n, chance, share=TEXT_SHARE)
    victims = np.where(helped, 1 + chance.poisson(0.08, n), 0).astype(np.int64)
    wrong = np.flatnonzero(chance.random(n) < DEFECT_SHARE)
    defect = np.zeros(n, dtype=np.int64)
    defect[wrong] = np.arange(len(wrong)) % len(DEFECTS) + 1
    drawn = people.draws(chance, n)
    named = np.flatnonzero(chance.random(n) < CALLER_SHARE)
    behind = np.flatnonzero(chance.random(n) < ACCESS_SHARE)
    known = np.flatnonzero(helped & (chance.random(n) < VICTIM_SHARE))
    noting = np.flatnonzero(chance.random(n) < NOTE_SHARE)
    note, noted = _notes(noting, drawn)
    names = site_names()
    calls = zip(people.names(drawn[named]), people.phones(drawn[named]), strict=True)
    return Operations(
        told=told,
        ref=[f"{ORGANISATION}.{one}" for one in numbered("", alert)],
        alert_us=alert,
        stage_us=np.stack([out, there, np.maximum(end, there + SECOND_US)], axis=1),
        victims=victims,
        text=written,
        planted=planted,
        note=note,
        noted=noted,
        caller=dict(zip(named.tolist(), calls, strict=True)),
        access={p: _door_code(int(drawn[p])) for p in behind.tolist()},
        victim=dict(zip(known.tolist(), people.names(drawn[known] // 7), strict=True)),
        defect=defect,
        where=[names[s] for s in truth.incidents.site[told.incident].tolist()],
    )


def _door_code(draw: int) -> str:
    return f"{draw % 9_000 + 1_000}{'AB'[draw // 9_000 % 2]}"


def _notes(positions: IntArray, drawn: IntArray) -> tuple[dict[int, str], texts.Planted]:
    """Return the call takers' notes by operation, and the personal values in them."""
    said, planted = {}, texts.Planted()
    names, phones = people.names(drawn[positions] // 3), people.phones(drawn[positions] // 5)
    for position, name, phone in zip(positions.tolist(), names, phones, strict=True):
        text = "Requérant : M. "
        for kind, value, after in (("name", name, ", rappeler le "), ("phone", phone, ".")):
            planted.text.append(position)
            planted.kind.append(kind)
            planted.value.append(value)
            planted.start.append(len(text))
            text += value + after
        said[position] = text
    return said, planted


# --- Messages -----------------------------------------------------------------------------------


def _qualification(ops: Operations, p: int, stage: int, severity: int) -> dict[str, Any]:
    fact = FACTS[ops.told.code[p]]
    code = "Z99.01.00" if _wrong(ops, p, "unknown_code") else fact.code
    found: dict[str, Any] = {
        "whatsHappen": {"code": code, "label": fact.label},
        "details": {
            "status": "CLOTURE" if stage == ENDED else "ACTIF",
            "priority": _PRIORITIES[severity - 1],
        },
    }
    if fact.risk:
        found["riskThreat"] = [{"code": fact.risk, "label": "Incendie"}]
    if fact.motive:
        found["healthMotive"] = {"code": fact.motive}
    if stage > OUT and ops.victims[p]:
        found["victims"] = {"count": str(ops.victims[p])}
        if p in ops.victim:
            found["victims"] |= {"mainVictim": "ADULTE", "freetext": ops.victim[p]}
    return found


def _location(ops: Operations, p: int) -> dict[str, Any]:
    site, told = ops.where[p], ops.told
    point = {"lon": float(told.lon[p]), "lat": float(told.lat[p]), "precision": "ADRESSE"}
    found: dict[str, Any] = {
        "locID": f"loc-{p}",
        "country": "FR",
        "city": {"name": "Marseille", "inseeCode": f"132{site.postcode[3:]}"},
        "geometry": {"point": {"coord": point}},
    }
    if site.address:
        found["detailedAddress"] = {"complete": site.address}
    if p in ops.access:
        found["access"] = {"floor": str(p % 7), "accessCode": [ops.access[p]]}
    return found


def _alert(ops: Operations, p: int, received: str) -> dict[str, Any]:
    found: dict[str, Any] = {"id": f"AL-{p}", "reception": received, "reporting": "STANDARD"}
    if p in ops.caller:
        name, phone = ops.caller[p]
        contact = {"channel": "PERSONNE", "type": "TEL", "detail": phone}
        found["caller"] = {"callerContact": contact, "detailedName": {"complete": name}}
    if p in ops.note:
        found["notes"] = [{"freetext": ops.note[p]}]
    return found


def _wrong(ops: Operations, p: int, code: str) -> bool:
    return bool(ops.defect[p]) and DEFECTS[ops.defect[p] - 1] == code


def documents(
    truth: Truth, ops: Operations, positions: IntArray, stages: IntArray
) -> list[dict[str, Any]]:
    """Return the messages that tell operations as they stand at a stage, one each."""
    sent_us = ops.stage_us[positions, stages]
    sent, expires = local_text(sent_us, "offset"), local_text(sent_us + DAY_US, "offset")
    received = local_text(ops.alert_us[positions], "offset")
    severity = truth.incidents.severity[ops.told.incident[positions]].tolist()
    found = []
    for row, (p, stage) in enumerate(zip(positions.tolist(), stages.tolist(), strict=True)):
        case: dict[str, Any] = {
            "caseId": ops.ref[p],
            "senderCaseId": ops.ref[p].removeprefix(f"{ORGANISATION}."),
            "creation": received[row][:19] if _wrong(ops, p, "naive_time") else received[row],
            "referenceVersion": "1.4",
            "qualification": _qualification(ops, p, stage, severity[row]),
            "location": _location(ops, p),
            "initialAlert": _alert(ops, p, received[row]),
            "freetext": [ops.text[p]],
        }
        if _wrong(ops, p, "missing_required"):
            del case["location"]
        found.append(
            message(
                f"{case['senderCaseId']}_{stage}",
                {"createCase": case},
                sent=sent[row],
                expires=expires[row],
                kind="Report" if stage == OUT else "Update",
                status="Exercise" if _wrong(ops, p, "not_actual") else "Actual",
            )
        )
    return found


def _past(ops: Operations, now_us: int) -> tuple[IntArray, IntArray]:
    """Return the messages that the files hold, in the order sent: operations and stages."""
    told = ops.stage_us <= now_us
    last = told & (np.cumsum(told, axis=1) == told.sum(axis=1)[:, None])
    recent = told & (ops.alert_us > now_us - RECENT_US)[:, None]
    positions, stages = np.nonzero(last | recent)
    order = np.argsort(ops.stage_us[positions, stages], kind="stable")
    return positions[order].astype(np.int64), stages[order].astype(np.int64)


def emit(truth: Truth, ops: Operations, folder: Path, ledger: Ledger) -> Feed:
    """Write the messages sent up to now; operations still going on are not closed yet."""
    (folder / SOURCE).mkdir()
    positions, stages = _past(ops, truth.now_us)
    paths = []
    for month, chosen in by_month(ops.stage_us[positions, stages]):
        held = positions[chosen]
        written = documents(truth, ops, held, stages[chosen])
        for name, part, content in parts(f"{SOURCE}/affaires_{month}", written):
            (folder / name).write_bytes(content)
            paths.append(name)
            for row in np.flatnonzero(ops.defect[held[part]]).tolist():
                p = int(held[part][row])
                ledger.defect(SOURCE, name, row + 1, ops.ref[p], DEFECTS[ops.defect[p] - 1])
    ledger.tell(
        SOURCE,
        ops.ref,
        ops.told.incident,
        role=np.where(ops.defect > 0, "defective", "first").tolist(),
        from_us=ops.alert_us,
        to_us=ops.alert_us,
        reported_us=ops.alert_us,
        past=ops.out_us <= truth.now_us,
    )
    _plant(ops, ledger)
    wrong = int((ops.defect[positions] > 0).sum())
    records = int(((ops.out_us <= truth.now_us) & (ops.defect == 0)).sum())
    return Feed(
        source=SOURCE,
        connector="rescue_cases",
        mapping="",
        kind="facts",
        paths=tuple(paths),
        rows=len(positions),
        records=records,
        repeats=len(positions) - records - wrong,
        defects=wrong,
    )


def _plant(ops: Operations, ledger: Ledger) -> None:
    """Record every personal value of the messages."""
    ledger.plant_texts(SOURCE, ops.ref, "freetext", ops.planted)
    ledger.plant_texts(SOURCE, ops.ref, "initialAlert.notes.freetext", ops.noted)
    caller = "initialAlert.caller"
    names = [(ops.ref[p], name) for p, (name, _) in ops.caller.items()]
    phones = [(ops.ref[p], phone) for p, (_, phone) in ops.caller.items()]
    placed = [p for p in ops.access if not _wrong(ops, p, "missing_required")]
    doors = [(ops.ref[p], ops.access[p]) for p in placed]
    victims = [(ops.ref[p], name) for p, name in ops.victim.items()]
    motives = [(r, FACTS[c].motive) for r, c in zip(ops.ref, ops.told.code, strict=True)]
    for where, kind, values in (
        (f"{caller}.detailedName.complete", "name", names),
        (f"{caller}.callerContact.detail", "phone", phones),
        ("location.access.accessCode", "door_code", doors),
        ("qualification.victims.freetext", "name", victims),
        ("qualification.healthMotive.code", "health", [m for m in motives if m[1]]),
    ):
        ledger.plant_fields(SOURCE, where, kind, values)
