"""What runs in this home, gathered from its live configuration: nothing is written by hand."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from vigie.analyse.analysis import Analysis
from vigie.base.clock import Clock, from_us, now_us, to_rfc3339, to_us
from vigie.base.errors import VigieError
from vigie.base.settings import Settings
from vigie.civic.register.calculations import algorithms, false_alarms
from vigie.desk.roles import ROLE_TITLES
from vigie.desk.store import Desk
from vigie.intake.connector import Connector
from vigie.intake.service import Intake
from vigie.judge.rule import Rule
from vigie.lake.store import Lake
from vigie.model.needs import needs, standing, told_only
from vigie.privacy.charter import PLANES, Charter
from vigie.privacy.disclosure import THRESHOLDS
from vigie.privacy.retention import Rule as Term

CAMERA = "place.camera"
DROPPED = ("personal", "agent")


class RiskWithoutProof(VigieError):
    """No test proves any requirement that is said to answer a risk."""

    code = "risk_without_proof"
    exit_code = 1


class House(Protocol):
    """What the register reads of a home."""

    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def lake(self) -> Lake: ...  # noqa: D102
    @property
    def desk(self) -> Desk: ...  # noqa: D102
    @property
    def intake(self) -> Intake: ...  # noqa: D102
    @property
    def connectors(self) -> Mapping[str, Connector]: ...  # noqa: D102
    @property
    def rules(self) -> Mapping[str, Rule]: ...  # noqa: D102
    @property
    def analyses(self) -> Mapping[str, Analysis]: ...  # noqa: D102
    @property
    def assessment(self) -> Mapping[str, Any]: ...  # noqa: D102


@cache
def _table(name: str) -> dict[str, Any]:
    text = files("vigie.civic.register").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(kind: str) -> dict[str, dict[str, str]]:
    """Return the words of a kind of thing (``purposes``, ``verbs`` ...), French and English."""
    found: dict[str, dict[str, str]] = _table("texts.toml")[kind]
    return found


def requirements() -> list[dict[str, Any]]:
    """Return every requirement with the tests that prove it."""
    proofs = _table("proofs.toml")["proofs"]
    return [
        {"id": id_, "waits": "", **one, "proofs": proofs.get(id_, [])}
        for id_, one in _table("requirements.toml").items()
    ]


def risks() -> list[dict[str, Any]]:
    """Return every risk of the impact assessment with the proofs that answer it.

    Raises:
        RiskWithoutProof: For the first risk that nothing proves an answer to.
    """
    proofs = _table("proofs.toml")["proofs"]
    known = _table("requirements.toml")
    found = []
    for risk in _table("risks.toml")["risk"]:
        answers = [
            {"id": id_, **known[id_], "proofs": proofs.get(id_, [])} for id_ in risk["answers"]
        ]
        if not any(one["proofs"] for one in answers):
            raise RiskWithoutProof(risk=risk["name"], requirements=", ".join(risk["answers"]))
        found.append({**risk, "answers": answers})
    return found


def gather(house: House, charter: Charter, terms: Mapping[str, Term]) -> dict[str, Any]:
    """Return the whole register as plain values, ready for JSON and for pages.

    Args:
        house: The open home.
        charter: Its charter.
        terms: Its rules of retention, by name.

    Raises:
        RiskWithoutProof: When a risk has no proof behind any of its answers.
    """
    at = now_us(house.clock)
    return {
        "city": house.settings.city.name,
        "demo": house.settings.demo,
        "built_at": to_rfc3339(at),
        "charter": {"version": charter.version, "dated_on": charter.dated_on.isoformat()},
        "purposes": [{"purpose": name, **text} for name, text in words("purposes").items()],
        "sources": _sources(house, at),
        "rights": _rights(charter),
        "algorithms": algorithms(house),
        "thresholds": {"least": dict(THRESHOLDS)},
        "terms": [_term(one) for one in terms.values()],
        "fields": _fields(house),
        "cameras": _cameras(house, at),
        "requisitions": _requisitions(house, at),
        "errors": [*_table("measured.toml")["rate"], *false_alarms(house)],
        "assessment": dict(house.assessment),
        "requirements": requirements(),
        "risks": risks(),
    }


def _sources(house: House, at: int) -> list[dict[str, Any]]:
    found = []
    for one in house.intake.health(at):
        fields = house.connectors[one.connector].fields if one.connector in house.connectors else ()
        kept = Counter(field.privacy for field in fields)
        found.append(
            {
                "source": one.source,
                "title": dict(one.title),
                "connector": one.connector,
                "period_s": one.period_s,
                "state": one.state,
                "records": one.records,
                "quarantined": one.quarantined,
                "fields": len(fields),
                "dropped": list(
                    dict.fromkeys(f.meaning["fr"] for f in fields if f.privacy in DROPPED)
                ),
                "free_text": kept["free_text"],
            }
        )
    return found


def _rights(charter: Charter) -> list[dict[str, Any]]:
    """Return the cells of the charter, one per role, purpose and dataset, with their verbs."""
    cells: dict[tuple[str, ...], dict[str, Any]] = {}
    for (role, purpose, dataset, verb), grant in charter.cells.items():
        key = (role, purpose, dataset, grant.precision, ",".join(sorted(grant.fields)))
        cell = cells.setdefault(
            key,
            {
                "role": role,
                "role_title": dict(ROLE_TITLES[role]),
                "purpose": str(purpose),
                "dataset": dataset,
                "plane": PLANES[dataset],
                "verbs": [],
                "fields": sorted(grant.fields),
                "precision": grant.precision,
                "least": grant.least,
                "reason": grant.reason,
                "why": grant.why,
            },
        )
        cell["verbs"].append(str(verb))
    return list(cells.values())


def _term(rule: Term) -> dict[str, Any]:
    return {
        "name": rule.name,
        "title": dict(rule.title),
        "plane": rule.plane,
        "regime": rule.regime,
        "controller": rule.controller,
        "purposes": [str(one) for one in rule.purposes],
        "term": str(rule.term),
        "ceiling": str(rule.ceiling),
        "since": rule.since,
        "at_term": rule.at_term,
        "holdable": rule.holdable,
        "basis": dict(rule.basis),
    }


def _fields(house: House) -> list[dict[str, Any]]:
    """Return every stored field with its need, and whether those kept to be told are used."""
    known = {(one.dataset, one.field): one for one in house.desk.field_uses.all()}
    today, found = house.desk.field_uses.today(), []
    for dataset, fields in needs().items():
        for name, need in fields.items():
            if not need.kept:
                continue
            use, state = known.get((dataset, name)), "needed"
            if name in told_only(dataset):
                gone = use is not None and use.dropped_us is not None
                since, used = (None, None) if use is None else (use.since, use.used)
                state = standing(today, since, used, dropped=gone)[0].replace("due", "unused")
            told = {"dataset": dataset, "field": name, "need": {"fr": need.fr, "en": need.en}}
            found.append({**told, "state": state, "taken_up_for": "" if use is None else use.need})
    return found


def _cameras(house: House, at: int) -> list[dict[str, Any]]:
    """Return the cameras with their authorisations, those that have ended left out (VID-8)."""
    rows: Sequence[dict[str, Any]] = house.lake.scan("places").to_pylist()
    found = []
    for row in rows:
        ends_us = None if row["valid_to_at"] is None else to_us(row["valid_to_at"])
        if not row["kind"].startswith(CAMERA) or (ends_us is not None and ends_us <= at):
            continue
        said = dict(row["attributes"] or ())
        found.append(
            {
                "label": row["label"],
                "owner": row["owner"],
                "authorisation": said.get("authorisation", ""),
                "until": None if ends_us is None else to_rfc3339(ends_us),
                "purposes": said.get("purposes", ""),
                "retention_days": said.get("retention_days", ""),
                "masks": said.get("masks", ""),
            }
        )
    return sorted(found, key=lambda one: (one["label"], one["authorisation"]))


def _requisitions(house: House, at: int) -> list[dict[str, Any]]:
    """Return requisitions by ended month and article; none where fewer than may be told (REQ-6)."""
    least, present = THRESHOLDS["public"], from_us(at).strftime("%Y-%m")
    return [
        {"month": month, "article": article, "n": n if n >= least else None}
        for (month, article), n in sorted(house.desk.case_acts.requisition_counts().items())
        if month < present
    ]
