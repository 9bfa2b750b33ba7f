"""What was gathered, as members look at it in the console; that it is whole; what is held for it.

A member looks at a package that two other persons made possible, or at nothing: the timeline is
read from the package on the shelf, never from the lake a second time. Texts stay in the package.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import shapely

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound, StoreBroken
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.inquiry.case import Case, Requisition
from vigie.inquiry.cases import person, reference_of, seen
from vigie.inquiry.house import Door, House
from vigie.inquiry.recordings import recorder_of
from vigie.inquiry.requisitions import DATASET, VAULT
from vigie.inquiry.verify_evidence import MANIFEST, PIECE, Altered, verify
from vigie.privacy.purposes import Verb

MOST_ENTRIES = 2_000
"""Entries of one timeline; the package holds all of them, and the answer says how many."""

Rows = Iterator[dict[str, Any]]


def timeline(house: House, door: Door, case_id: str, package_id: str) -> dict[str, Any]:
    """Return what a package tells of place and time: facts, plans, measures and recordings.

    Raises:
        Forbidden: When the charter does not open the vault to the caller.
        NotFound: There is no such package of a case of theirs, or it is past its term.
        StoreBroken: A file of it is not what its manifest says.
    """
    subject = {"act": "look", "package": package_id[:40]}
    hand = person(door, VAULT, Verb.DISCLOSE, subject)
    case = seen(house, door, case_id)
    one, path = _package(house, case, package_id)
    if hand not in case.members:
        raise NotFound(what="package", name=package_id[:40])
    recipient = str(one.content["authority"])
    door.ask(VAULT, Verb.DISCLOSE, subject, case=reference_of(case), recipient=recipient)
    files = _Files(path)
    cameras = _cameras(house)
    found = [
        *(_fact(row) for row in files.rows("facts")),
        *(_plan(row) for row in files.rows("plans")),
        *_measures(files.rows("measures")),
        *(_recording(row, cameras) for row in files.rows("video")),
    ]
    found.sort(key=lambda row: (row["at"], row["to"], row["sort"], row["id"]))
    return {
        "package_id": package_id,
        "requisition_id": one.requisition_id,
        "items": found[:MOST_ENTRIES],
        "total": len(found),
        "next": None,
    }


def _package(house: House, case: Case, package_id: str) -> tuple[Requisition, Path]:
    mine = [r for r in case.requisitions.values() if r.package.get("package_id") == package_id]
    path = EvidenceShelf(house.path).path(package_id)
    if not mine or not path.is_file():
        raise NotFound(what="package", name=package_id[:40])
    return mine[0], path


class _Files:
    """The data files of a package, each checked against the manifest before it is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with zipfile.ZipFile(path) as package:
                told = json.loads(package.read(MANIFEST))
        except (zipfile.BadZipFile, ValueError) as error:
            raise StoreBroken(reason=MANIFEST) from error
        self._sha256 = {row["name"]: row["sha256"] for row in told["files"]}

    def rows(self, store: str) -> Rows:
        name = f"data/{store}.jsonl"
        if name not in self._sha256:
            return
        try:
            with zipfile.ZipFile(self._path) as package:
                content = package.read(name)
        except zipfile.BadZipFile as error:
            raise StoreBroken(reason=name) from error
        if hashlib.sha256(content).hexdigest() != self._sha256[name]:
            raise StoreBroken(reason=name)
        for line in content.splitlines():
            yield json.loads(line)


def _entry(sort: str, id_: str, times: tuple[str, str], **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys(
        ("kind", "title", "source", "basis", "lon", "lat", "accuracy_m", "origin", "figures")
    )
    return {"sort": sort, "id": id_, "at": times[0], "to": times[1]} | told | more


def _fact(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("kind", "source", "basis", "lon", "lat", "accuracy_m")
    came = row["provenance"]
    return _entry(
        "fact",
        row["fact_id"],
        (row["earliest_at"], row["latest_at"]),
        **{name: row[name] for name in names},
        origin={"file": came["file"], "row": came["row"], "file_sha256": came["file_sha256"]},
    )


def _plan(row: Mapping[str, Any]) -> dict[str, Any]:
    place = shapely.from_wkt(row["geometry"]).representative_point()
    return _entry(
        "plan",
        row["plan_id"],
        (row["starts_at"], row["ends_at"]),
        kind=row["kind"],
        title=row["title"],
        source=row["source"],
        lon=place.x,
        lat=place.y,
    )


def _measures(rows: Rows) -> Iterator[dict[str, Any]]:
    """Yield an entry for each metric of each place: how many values, the least and the most."""
    series: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        key = (row["source"], row["metric"], row["unit"], row["place_id"], row["lon"], row["lat"])
        series.setdefault(key, []).append(row)
    for (source, metric, unit, _, lon, lat), found in series.items():
        values = [row["value"] for row in found if row["value"] is not None]
        yield _entry(
            "measure",
            found[0]["measure_id"],
            (min(row["from_at"] for row in found), max(row["to_at"] for row in found)),
            title=metric,
            source=source,
            lon=lon,
            lat=lat,
            figures={
                "n": len(found),
                "low": min(values, default=None),
                "high": max(values, default=None),
                "unit": unit,
            },
        )


def _cameras(house: House) -> dict[str, tuple[float, float]]:
    rows = house.lake.query("places_all").select(["source_ref", "kind", "lon", "lat"]).to_pylist()
    return {
        row["source_ref"]: (row["lon"], row["lat"])
        for row in rows
        if row["kind"].startswith("place.camera") and row["source_ref"] and row["lon"] is not None
    }


def _recording(row: Mapping[str, Any], cameras: Mapping[str, tuple[float, float]]) -> Any:
    lon, lat = cameras.get(row["camera_id"], (None, None))
    origin = {"file": row["file"], "row": None, "file_sha256": row["sha256"]}
    times = (row["from_at"], row["to_at"])
    said = {"title": row["camera_id"], "lon": lon, "lat": lat, "origin": origin}
    return _entry("video", row["segment_id"], times, **said)


def verification(house: House, door: Door, case_id: str, package_id: str) -> dict[str, Any]:
    """Check every byte of a package here; members and whoever oversees may ask.

    Raises:
        Forbidden: When the charter does not open requisitions to the role.
        NotFound: There is no such package that the caller may know of, or it is past its term.
    """
    subject = {"act": "verify", "package": package_id[:40]}
    person(door, DATASET, Verb.CONSULT, subject)
    case = seen(house, door, case_id)
    one, path = _package(house, case, package_id)
    door.ask(DATASET, Verb.CONSULT, subject, case=reference_of(case))
    told = {"package_id": package_id, "key": str(house.audit.public_key)}
    told |= {"sha256": str(one.package["sha256"]), "checked_at": to_rfc3339(now_us(house.clock))}
    try:
        found = verify(path, str(house.audit.public_key))
    except Altered as error:
        said = {"sound": False, "file": error.name, "why": error.why}
        return {**told, **said, "files": None, "lines": None, "timestamp": None}
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            whole.update(piece)
    same = whole.hexdigest() == one.package["sha256"]
    said = {"sound": same, "file": None if same else path.name, "why": None}
    return {**told, **said} | {name: found[name] for name in ("files", "lines", "timestamp")}


def feeds(house: House) -> list[dict[str, Any]]:
    """Return the feeds that a query may name: their words, nothing of what they hold."""
    return [
        {"source": one.source, "title": {"fr": one.title["fr"], "en": one.title["en"]}}
        for one in house.intake.health(now_us(house.clock))
    ]


def holds(house: House, door: Door, case_id: str) -> dict[str, Any]:
    """Return what stays for a case beyond its term, until when, and what was let go of.

    Raises:
        Forbidden: When the charter does not open requisitions to the role.
        NotFound: There is no such case that the caller may know of.
    """
    subject = {"act": "holds", "id": case_id[:40]}
    person(door, DATASET, Verb.CONSULT, subject)
    case = seen(house, door, case_id)
    door.ask(DATASET, Verb.CONSULT, subject, case=reference_of(case))
    at = now_us(house.clock)
    recorder = recorder_of(house)
    found = [
        {
            "hold_id": one.hold.hold_id,
            "requisition_id": one.act,
            "stores": list(one.hold.stores),
            "from_at": to_rfc3339(one.hold.from_us),
            "to_at": to_rfc3339(one.hold.to_us),
            "until_at": to_rfc3339(one.hold.until_us),
            "standing": one.hold.stands(at),
            "released_at": _instant(one.hold.released_us),
            "released_by": one.released_by or None,
            "cameras": [] if recorder is None else recorder.held(one.act),
        }
        for one in house.desk.retention.holds()
        if one.act in case.requisitions
    ]
    return {"items": found, "next": None}


def _instant(at_us: int | None) -> str | None:
    return None if at_us is None else to_rfc3339(at_us)
