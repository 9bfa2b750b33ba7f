"""An export, and the program a citizen runs on it with nothing but Python."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from vigie.audit.export import VERIFIER, export, tile_path, verifier
from vigie.base.clock import now_us
from vigie.base.errors import Conflict
from vigie.privacy.merkle import root_of

LINES = 300


def run(folder: Path, *heads: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(folder / VERIFIER), str(folder), *map(str, heads)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def filled(audit, told, clock):
    for n in range(LINES):
        audit.append(told(n, reason="une ligne\u2028puis une autre\x85 \ud800"))
        if n % 100 == 50:
            audit.head()
            clock.advance(timedelta(days=1))
    return audit


@pytest.fixture
def exported(filled, tmp_path: Path) -> Path:
    export(filled, tmp_path / "out", lines=True)
    return tmp_path / "out"


def test_an_intact_export_is_verified(exported: Path):
    """Requirement: P-LOG-1, P-LOG-7."""
    found = run(exported)
    assert found.returncode == 0, found.stderr
    assert f"{LINES} empreintes" in found.stdout
    assert f"{LINES} lignes" in found.stdout


def test_the_tiles_are_those_of_tlog_tiles(filled, exported: Path):
    """Requirement: P-LOG-7."""
    leaves = [one.leaf for one in filled.leaves.read(0, LINES)]
    assert (exported / "tile/0/000").read_bytes() == b"".join(leaves[:256])
    assert (exported / "tile/0/001.p/44").read_bytes() == b"".join(leaves[256:])
    assert (exported / "tile/1/000.p/1").read_bytes() == root_of(leaves[:256])
    # The example of the specification.
    assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"


@pytest.mark.parametrize(
    "name", ["tile/0/000", "tile/0/001.p/44", "lines.jsonl", "checkpoint", "heads", "key.pub"]
)
def test_a_changed_bit_is_found(exported: Path, name: str):
    """Requirement: P-LOG-2."""
    path = exported / name
    content = path.read_bytes()
    chance = random.Random(name)
    for _ in range(3):
        bit = chance.randrange(len(content) * 8 - 8)
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        found = run(exported)
        assert found.returncode == 1, bit
        assert "Traceback" not in found.stderr


def test_a_shortened_export_is_found(exported: Path):
    """Requirement: P-LOG-2."""
    rows = (exported / "lines.jsonl").read_text("utf-8").splitlines(keepends=True)
    (exported / "lines.jsonl").write_text("".join(rows[:-1]), "utf-8")
    assert run(exported).returncode == 1
    (exported / "lines.jsonl").unlink()
    assert run(exported).returncode == 0
    tile = exported / "tile/0/001.p/44"
    tile.write_bytes(tile.read_bytes()[:-32])
    assert run(exported).returncode == 1


def test_two_lines_in_another_order_are_found(exported: Path):
    """Requirement: P-LOG-2."""
    rows = (exported / "lines.jsonl").read_text("utf-8").splitlines(keepends=True)
    rows[3], rows[4] = rows[4], rows[3]
    (exported / "lines.jsonl").write_text("".join(rows), "utf-8")
    assert run(exported).returncode == 1


def test_an_export_of_a_rewritten_log_disagrees_with_a_kept_head(
    filled, exported: Path, tmp_path: Path, told, reopen, folder: Path, clock
):
    """Requirement: P-LOG-3."""
    kept = tmp_path / "kept"
    kept.write_text((exported / "checkpoint").read_text("utf-8"), "utf-8")
    assert run(exported, kept).returncode == 0
    filled.close()
    for name in ("leaves", "heads"):
        (folder / name).unlink()
    for path in (folder / "lines").iterdir():
        path.unlink()
    forged = reopen()  # whoever holds the key signs another story
    for n in range(LINES):
        forged.append(told(n))
    export(forged, tmp_path / "forged")
    assert run(tmp_path / "forged").returncode == 0
    found = run(tmp_path / "forged", kept)
    assert found.returncode == 1
    assert "tête" in found.stderr


def test_an_export_without_lines_says_nothing_of_anybody(filled, tmp_path: Path):
    export(filled, tmp_path / "out")
    content = b"".join(
        path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    assert b"amelie" not in content
    assert run(tmp_path / "out").returncode == 0


def test_an_export_after_shredding_is_verified(filled, tmp_path: Path, clock):
    """Requirement: P-LOG-6."""
    clock.advance(timedelta(days=364))
    filled.shred(now_us(clock) - 365 * 86_400_000_000)
    export(filled, tmp_path / "out", lines=True)
    found = run(tmp_path / "out")
    assert found.returncode == 0, found.stderr
    assert f"{LINES + 1} empreintes" in found.stdout


def test_an_empty_audit_is_exported(audit, tmp_path: Path):
    export(audit, tmp_path / "out")
    assert run(tmp_path / "out").returncode == 0


def test_a_folder_that_holds_something_is_left_alone(audit, tmp_path: Path):
    with pytest.raises(Conflict):
        export(audit, tmp_path)


def test_the_verifier_is_short_and_needs_only_the_standard_library():
    """Requirement: P-LOG-1."""
    lines = verifier().splitlines()
    imports = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imports == {
        "__future__",
        "base64",
        "collections.abc",
        "hashlib",
        "json",
        "pathlib",
        "sys",
    }
    assert len(lines) < 150
