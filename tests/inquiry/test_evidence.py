"""From a requisition to a package that proves itself elsewhere."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random

import pytest
from tests.inquiry.scene import WRITTEN, Scene, query

from vigie.audit.reading import stored_lines
from vigie.audit.record import from_text
from vigie.base.errors import NotFound
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.inquiry import cases, evidence, verify_evidence
from vigie.inquiry.verify_evidence import Altered, verify


@pytest.fixture(scope="module")
def made(scene: Scene) -> tuple[Scene, str, dict[str, object], Path]:
    """A case with its package, and where that stands."""
    case_id = scene.case()
    requisition = scene.requisition(case_id)
    sha = scene.approved(case_id, requisition)
    told = evidence.run(scene.home, scene.door("ines"), case_id, requisition, sha)
    return scene, case_id, told, EvidenceShelf(scene.home.path).path(str(told["package_id"]))


Made = tuple[Scene, str, dict[str, object], Path]


def test_a_package_holds_what_the_query_covers_and_nothing_beside_it(made: Made) -> None:
    """Requirement: REQ-1, REQ-4."""
    scene, _, told, path = made
    assert told["counts"] == {
        "facts": 1, "narratives": 1, "originals": 1, "measures": 0, "plans": 0,
    }  # fmt: skip
    with zipfile.ZipFile(path) as package:
        rows = [json.loads(row) for row in package.read("data/originals.jsonl").splitlines()]
        assert [row["fact_id"] for row in rows] == [scene.ids[0]]
        assert rows[0]["text"].startswith(WRITTEN)
        everything = b"".join(package.read(name) for name in package.namelist())
        (fact,) = package.read("data/facts.jsonl").splitlines()
    assert scene.ids[1].encode() not in everything
    assert scene.ids[2].encode() not in everything
    assert json.loads(fact)["provenance"]["batch_id"] == "batch-t"


def test_a_package_of_a_home_whose_sealed_plane_is_gone_holds_all_the_rest(tmp_path: Path) -> None:
    """Requirement: REQ-4."""
    scene = Scene(tmp_path / "home")
    with scene.home:
        shutil.rmtree(scene.home.path / "sealed")
        case_id = scene.case()
        requisition = scene.requisition(case_id)
        sha = scene.approved(case_id, requisition)
        told = evidence.run(scene.home, scene.door("ines"), case_id, requisition, sha)
        counts = told["counts"]
        assert counts == {"facts": 1, "narratives": 1, "originals": 0, "measures": 0, "plans": 0}
        path = EvidenceShelf(scene.home.path).path(str(told["package_id"]))
        verify(path, str(scene.home.audit.public_key))


def test_the_package_verifies_elsewhere_by_the_script_that_it_holds(
    made: Made, tmp_path: Path
) -> None:
    """Requirement: REQ-4."""
    scene, _, _, path = made
    with zipfile.ZipFile(path) as package:
        (tmp_path / "verify.py").write_bytes(package.read("verify_evidence.py"))
    key = str(scene.home.audit.public_key)
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(path), key]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "OK" in done.stdout
    other = subprocess.run([*command[:-1], "x"], capture_output=True, text=True, check=False)
    assert other.returncode == 1
    assert "seal.txt" in other.stderr


def test_one_altered_byte_anywhere_names_the_file(made: Made, tmp_path: Path) -> None:
    """Requirement: REQ-4."""
    whole = made[3].read_bytes()
    owner = owners(whole)
    chance, target = Random(9), tmp_path / "altered.zip"
    heads = [info.header_offset + n for info in zipfile.ZipFile(io.BytesIO(whole)).infolist()
             for n in (0, 14, 20, 30)]  # fmt: skip
    for at in [*heads, *(chance.randrange(len(whole)) for _ in range(150))]:
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        target.write_bytes(changed)
        with pytest.raises(Altered) as found:
            verify(target)
        assert found.value.name == owner(at), at


def owners(whole: bytes):
    """Return the function that says which file a byte of a package belongs to."""
    infos = zipfile.ZipFile(io.BytesIO(whole)).infolist()
    starts = [(one.header_offset, one.filename) for one in infos]
    start = whole.rfind(b"PK\x05\x06")
    first = int.from_bytes(whole[start + 16 : start + 20], "little")
    for one in infos:
        starts.append((first, one.filename))
        first += 46 + len(one.filename)
    starts.append((first, "(ZIP)"))
    return lambda at: [name for begin, name in starts if begin <= at][-1]


def test_a_package_that_was_cut_or_grew_is_refused(made: Made, tmp_path: Path) -> None:
    """Requirement: REQ-4."""
    whole, target = made[3].read_bytes(), tmp_path / "altered.zip"
    for changed in (whole[:-1], whole + b"\0", whole[:40], b"", whole[: len(whole) // 2]):
        target.write_bytes(changed)
        with pytest.raises(Altered):
            verify(target)


def test_every_reading_is_a_line_before_it_and_texts_are_told_by_feed_and_day(made: Made) -> None:
    """Requirement: REQ-2, P-LOG-4."""
    scene = made[0]
    audit = scene.home.audit
    lines = [from_text(stored.text) for _, stored in stored_lines(audit, 0, audit.count())]
    read = [one for one in lines if one.subject.get("act") == "read"]
    assert [one.subject["store"] for one in read] == [
        "facts", "narratives", "originals", "measures", "plans",
    ]  # fmt: skip
    assert read[1].subject["facts"] == [scene.ids[0]]
    assert (read[1].subject["source"], read[1].subject["day"]) == ("police", "2026-03-19")
    assert {one.recipient for one in read} == {"Commissariat central"}
    assert {one.case for one in read} == {"26/01234"}


def test_the_page_runs_nothing_and_asks_nothing_of_a_network(made: Made) -> None:
    """Requirement: REQ-4."""
    with zipfile.ZipFile(made[3]) as package:
        page = package.read("index.html").decode()
        sheet = package.read("custody.pdf")
        names = set(package.namelist())
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert "default-src 'none'" in page
    assert "pas d’enregistreur" in page
    assert all(f'href="{name}"' in page for name in names if name.startswith(("data/", "case/")))
    assert sheet.startswith(b"%PDF")


def test_the_verifier_checks_signatures_as_the_audits_does() -> None:
    """The two stand alone, so they hold the same lines; this keeps them the same."""
    import inspect

    from vigie.audit import verify_audit

    for name in ("point", "add", "times", "signed"):
        ours, theirs = (
            inspect.getsource(getattr(one, name)) for one in (verify_evidence, verify_audit)
        )
        assert ours == theirs


def test_a_package_is_handed_to_members_alone_and_goes_when_the_case_is_closed(
    scene: Scene,
) -> None:
    """Requirement: REQ-5."""
    case_id = scene.case()
    requisition = scene.requisition(case_id)
    sha = scene.approved(case_id, requisition, query(stores=("facts",)))
    told = evidence.run(scene.home, scene.door("ines"), case_id, requisition, sha)
    name = str(told["package_id"])
    _, pieces = evidence.fetch(scene.home, scene.door("karim"), case_id, name)
    assert b"".join(pieces)[:2] == b"PK"
    with pytest.raises(NotFound):
        evidence.fetch(scene.home, scene.door("lea"), case_id, name)
    cases.close_case(scene.home, scene.door("ines"), case_id)
    with pytest.raises(NotFound):
        evidence.fetch(scene.home, scene.door("karim"), case_id, name)
    assert all(
        one.hold.released_us is not None
        for one in scene.home.desk.retention.holds()
        if one.act == requisition
    )
