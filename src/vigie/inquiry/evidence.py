"""The evidence package: what a warrant opened, in one file that proves itself elsewhere (REQ-4).

A seal, signed by the audit's key, names the manifest and the time-stamp request and answer; the
manifest names every other file by SHA-256. The container is stored only, in one form, so that its
verifier accounts for every byte.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from vigie.audit.reading import stored_lines
from vigie.audit.store import Audit
from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound, StoreBroken, TooLarge
from vigie.base.spreadsheet import neutralise
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.inquiry.cases import append, person, reference_of, requisition_json, seen
from vigie.inquiry.custody import TIMES, custody_sheet
from vigie.inquiry.house import Door, House
from vigie.inquiry.reader_page import reader_page, video_name
from vigie.inquiry.recordings import Recorder, recorder_of
from vigie.inquiry.requisitions import VAULT, Warrant, take_warrant
from vigie.inquiry.timestamp import Post, ask, post, request
from vigie.inquiry.vault import Gathered, Vault
from vigie.inquiry.verify_evidence import FORM, MANIFEST, PIECE, SEAL, Told, directory, header
from vigie.privacy.checkpoint import parse
from vigie.privacy.merkle import inclusion_proof
from vigie.privacy.purposes import Verb

VERIFIER = "verify_evidence.py"
MOST_BYTES = (1 << 32) - 1
"""A container of one form has no 64-bit sizes; more is handed over by several requisitions."""

_README = """Dossier de preuves Vigie / Vigie evidence package

python3 -I verify_evidence.py DOSSIER.zip CLE

CLE : clé publique de la fiche de traçabilité (custody.pdf), publiée par la ville.
KEY: public key of the custody sheet (custody.pdf), published by the city.
index.html se lit hors ligne / opens offline.
"""


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a package: its name, and pieces of its bytes, as often as asked."""

    name: str
    pieces: Callable[[], Iterator[bytes]]

    def measured(self) -> tuple[Told, int]:
        """Return name, SHA-256 and size, and the CRC-32."""
        sha, crc, size = hashlib.sha256(), 0, 0
        for piece in self.pieces():
            sha.update(piece)
            crc, size = zlib.crc32(piece, crc), size + len(piece)
        return Told(self.name, sha.hexdigest(), size), crc


def item(name: str, content: bytes) -> Item:
    """Return a file of a content."""
    return Item(name, lambda: iter((content,)))


def run(
    house: House,
    door: Door,
    case_id: str,
    requisition_id: str,
    sha256: str,
    *,
    send: Post = post,
) -> dict[str, Any]:
    """Use a requisition: take the warrant, read what it covers, seal the package.

    Raises:
        RequisitionRefused: Without two valid approvals of this exact query, or used already.
        Forbidden: When the charter does not open the vault to the caller.
        TooLarge: The recordings do not fit one package.
        StoreBroken: A recording is not what its recorder wrote down.
    """
    warrant = take_warrant(house, door, case_id, requisition_id, sha256)
    found = Vault(house, door, warrant).gather()
    told = build(house, warrant, found, send=send)
    content = {**told, "requisition_id": requisition_id, "counts": found.counts()}
    append(house, door, warrant.case, "package", content)
    return content


def build(house: House, warrant: Warrant, found: Gathered, *, send: Post = post) -> dict[str, Any]:
    """Write a package to the shelf; returns its id, hash, size and what is said of its time."""
    shelf = EvidenceShelf(house.path)
    files = _files(house, warrant, found)
    measured = [one.measured() for one in files]
    manifest = _manifest(house, warrant, found, [told for told, _ in measured])
    answer, state = ask(house.settings.inquiry, manifest, send)
    outer = [item(MANIFEST, manifest), item("manifest.tsq", request(manifest))]
    outer += [] if answer is None else [item("manifest.tsr", answer)]
    known = [one.measured() for one in outer]
    seal = item(SEAL, _seal(house.audit, warrant, [told for told, _ in known]))
    everything = [seal, *outer, *files]
    sizes = [seal.measured(), *known, *measured]
    if sum(told.size for told, _ in sizes) > MOST_BYTES:
        raise TooLarge(limit=MOST_BYTES)
    whole = hashlib.sha256()
    with shelf.draft(warrant.package_id).open("wb") as out:
        for piece in _container(everything, sizes):
            out.write(piece)
            whole.update(piece)
    size = shelf.finish(warrant.package_id).stat().st_size
    return {
        "package_id": warrant.package_id,
        "sha256": whole.hexdigest(),
        "size": size,
        "time": state,
        "files": len(everything),
    }


def _container(items: Iterable[Item], sizes: Iterable[tuple[Told, int]]) -> Iterator[bytes]:
    rows, at = [], 0
    for one, (told, crc) in zip(items, sizes, strict=True):
        head = header(told.name, crc, told.size)
        rows.append((told.name, crc, told.size, at))
        yield head
        yield from one.pieces()
        at += len(head) + told.size
    yield directory(rows)


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows
    ).encode()


def _csv(rows: list[dict[str, Any]]) -> bytes:
    """Return rows as CSV; what a spreadsheet would run is made harmless, nested values are JSON."""
    out = io.StringIO()
    if rows:
        writer = csv.writer(out)
        writer.writerow(rows[0])
        for row in rows:
            texts = (
                json.dumps(v, ensure_ascii=False, sort_keys=True) if isinstance(v, dict) else v
                for v in row.values()
            )
            writer.writerow([neutralise(v) if isinstance(v, str) else v for v in texts])
    return out.getvalue().encode()


def _files(house: House, warrant: Warrant, found: Gathered) -> list[Item]:
    """Return every file that the manifest lists, the reader's page and the sheet last."""
    zone = ZoneInfo(house.settings.city.timezone)
    data = [item(f"data/{store}.jsonl", _lines(rows)) for store, rows in found.records.items()]
    data += [
        item(f"data/{store}.csv", _csv(found.records[store]))
        for store in ("facts", "measures")
        if store in found.records
    ]
    if found.recorder:
        data.append(item("data/video.jsonl", _lines(_told_segments(found))))
    recorder = recorder_of(house)
    if recorder is not None:
        data += [_segment(recorder, one.segment_id, one.sha256) for one in found.segments]
    key = str(house.audit.public_key)
    files = [
        *data,
        *_case_files(house, warrant),
        *_audit_files(house.audit, [*warrant.lines, *found.lines], key),
        item("README.txt", _README.encode()),
        item(VERIFIER, verifier().encode()),
    ]
    timeline = [one for one in warrant.case.entries if one["act"] == "timeline"]
    told = [one.measured()[0] for one in files]
    state = TIMES["not_configured"]
    if house.settings.inquiry.timestamp_url:
        state = "voir manifest.tsr, s’il est joint"
    names = [(one.name, one.size) for one in told]
    page = reader_page(warrant, found, names, timeline, zone=zone, time_state=state)
    sheet = custody_sheet(warrant, found.counts(), told, zone=zone, key=key, tool=tool())
    return [*files, item("index.html", page.encode()), item("custody.pdf", sheet)]


def tool() -> str:
    """Return name and version of the program."""
    return f"Vigie {version('vigie')}"


def verifier() -> str:
    """Return the stand-alone program that verifies a package."""
    return resources.files("vigie.inquiry").joinpath(VERIFIER).read_text("utf-8")


def _told_segments(found: Gathered) -> list[dict[str, Any]]:
    return [
        {
            "segment_id": one.segment_id,
            "camera_id": one.camera_id,
            "from_at": to_rfc3339(one.from_us),
            "to_at": to_rfc3339(one.to_us),
            "sha256": one.sha256,
            "file": video_name(one.segment_id),
        }
        for one in found.segments
    ]


def _segment(recorder: Recorder, segment_id: str, sha256: str) -> Item:
    def pieces() -> Iterator[bytes]:
        with recorder.open(segment_id) as file:
            while piece := file.read(PIECE):
                yield piece

    made = Item(video_name(segment_id), pieces)
    if made.measured()[0].sha256 != sha256:
        raise StoreBroken(reason=f"segment {segment_id[:40]}")
    return made


def _case_files(house: House, warrant: Warrant) -> list[Item]:
    one = warrant.requisition
    acts = house.desk.case_acts.of(warrant.case.case_id)
    history = [
        {"number": a.number, "act": a.act, "by": a.who, "role": a.role, "at": to_rfc3339(a.at_us)}
        for a in acts
    ]
    told = requisition_json(one, warrant.at_us) | {"case": dict(warrant.case.content)}
    return [
        item("case/query.json", warrant.query.canonical(one.requisition_id).encode("ascii")),
        item("case/requisition.json", _json(told)),
        item("case/history.jsonl", _lines(history)),
    ]


def _audit_files(audit: Audit, indices: list[int], key: str) -> list[Item]:
    """Return the lines about this opening, each with its proof under one signed head."""
    note = audit.head()
    size = parse(note).size
    rows = []
    for index in sorted(set(indices)):
        for _, stored in stored_lines(audit, index, index + 1):
            proof = inclusion_proof(index, size, audit.subtree)
            rows.append(
                {
                    "index": index,
                    "salt": stored.salt.hex(),
                    "text": stored.text.decode(),
                    "proof": [base64.b64encode(one).decode() for one in proof],
                }
            )
    return [
        item("audit/checkpoint", note.encode()),
        item("audit/lines.jsonl", _lines(rows)),
        item("audit/key.pub", f"{key}\n".encode()),
    ]


def _manifest(house: House, warrant: Warrant, found: Gathered, files: list[Told]) -> bytes:
    return _json(
        {
            "form": FORM,
            "package": warrant.package_id,
            "made_at": to_rfc3339(now_us(house.clock)),
            "tool": tool(),
            "reference": reference_of(warrant.case),
            "requisition": warrant.requisition.requisition_id,
            "query_sha256": warrant.sha256,
            "counts": found.counts(),
            "video": "present" if found.recorder else "absent",
            "files": [one._asdict() for one in files],
        }
    )


def _seal(audit: Audit, warrant: Warrant, outer: list[Told]) -> bytes:
    rows = "".join(f"{one.name} {one.sha256} {one.size}\n" for one in outer)
    text = f"{FORM}\nkey {audit.public_key}\npackage {warrant.package_id}\n{rows}"
    return audit.seal(text).encode()


def fetch(house: House, door: Door, case_id: str, package_id: str) -> tuple[str, Iterator[bytes]]:
    """Return a package as a member takes it to the authority; its line is written first.

    Raises:
        Forbidden: When the charter does not open the vault to the caller.
        NotFound: There is no such package of a case of theirs, or it is past its term.
    """
    subject = {"act": "hand_over", "package": package_id[:40]}
    hand = person(door, VAULT, Verb.DISCLOSE, subject)
    case = seen(house, door, case_id)
    mine = [r for r in case.requisitions.values() if r.package.get("package_id") == package_id]
    path = EvidenceShelf(house.path).path(package_id)
    if hand not in case.members or not mine or not path.is_file():
        raise NotFound(what="package", name=package_id[:40])
    recipient = str(mine[0].content["authority"])
    door.ask(VAULT, Verb.DISCLOSE, subject, case=reference_of(case), recipient=recipient)

    def pieces() -> Iterator[bytes]:
        with closing(path.open("rb")) as file:
            while piece := file.read(PIECE):
                yield piece

    return f"{package_id}.zip", pieces()
