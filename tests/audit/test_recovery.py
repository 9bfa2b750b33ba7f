"""After a cut at any byte, a kill, or two writers at once: no line lost, torn or doubled."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.audit.answering import line, opened

from vigie.audit.line import Line
from vigie.audit.record import MAGIC, from_text, to_text, unpack
from vigie.audit.segments import RECORD
from vigie.audit.store import Audit
from vigie.audit.verification import verify
from vigie.base.errors import Unavailable

pytestmark = pytest.mark.usefixtures("forked_programs")
LINES = 6
CHILD = Path(__file__).with_name("answering.py")


def numbers(audit: Audit) -> list[int]:
    """What the lines say, read from the segments."""
    return [
        from_text(one.text).at_us
        for segment in audit.segments()
        for one in unpack(segment.read(len(MAGIC)), len(MAGIC))
        if one.whole
    ]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "audit"
    audit = opened(folder)
    for n in range(LINES):
        audit.append(line(n))
    audit.close()
    return folder


@given(data=st.data())
def test_a_cut_at_any_byte_loses_no_line_that_was_whole(written: Path, data: st.DataObject):
    """Requirement: P-LOG-4."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "audit"
        shutil.copytree(written, folder)
        segment = next((folder / "lines").iterdir())
        content = segment.read_bytes()
        ends = [one.end for one in unpack(content[len(MAGIC) :], len(MAGIC))]
        cut = data.draw(st.integers(0, len(content)))
        segment.write_bytes(content[:cut] + data.draw(st.sampled_from([b"", b"\x00" * 70])))
        whole = sum(end <= cut for end in ends)
        # Leaves follow their lines: there are never more of them than whole lines.
        kept = data.draw(st.integers(0, whole * RECORD))
        hole = data.draw(st.integers(0, 90))
        leaves = (folder / "leaves").read_bytes()
        (folder / "leaves").write_bytes(leaves[:kept] + b"\x00" * hole)
        audit = opened(folder)
        assert audit.count() == whole
        assert audit.append(line(whole)) == whole
        assert numbers(audit) == list(range(whole + 1))
        assert (folder / "leaves").read_bytes()[: whole * RECORD] == leaves[: whole * RECORD]
        audit.close()


@given(st.builds(line, st.integers()), st.text(max_size=50), st.text(max_size=10))
def test_a_line_is_read_back_as_it_was_written(one: Line, reason: str, key: str):
    told = Line(
        one.at_us, one.verb, "x", "y", one.purpose, "z", {key: [1, None, "é"]}, "refused", reason
    )
    assert from_text(to_text(told)) == told


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"verb":"x"}', b"\xff"])
def test_what_is_no_line_is_refused(text: bytes):
    with pytest.raises(ValueError, match=r"line|Expecting|codec|Verb"):
        from_text(text)


def child(folder: Path, first: int, end: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(CHILD), str(folder), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_two_processes_append_at_once(tmp_path: Path):
    """Requirement: P-LOG-4."""
    folder = tmp_path / "audit"
    processes = [child(folder, n * 150, n * 150 + 150) for n in range(2)]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    audit = opened(folder)
    assert audit.count() == 300
    found = numbers(audit)
    assert sorted(found) == list(range(300))
    assert [n for n in found if n < 150] == list(range(150))
    audit.close()


def test_no_answer_is_without_its_line_after_a_kill(tmp_path: Path):
    """Requirement: P-LOG-4."""
    folder = tmp_path / "audit"
    chance = random.Random(1)
    for kill in range(20):
        first = kill * 1_000_000
        process = child(folder, first, first + 1_000_000)
        assert process.stdout is not None
        for _ in range(chance.randint(1, 200)):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate(timeout=60)
        answered = rest.split(b"\n")[-2:-1]
        audit = opened(folder)
        assert set(map(int, answered)) <= set(numbers(audit))
        assert audit.count() == len(numbers(audit))
        audit.close()


@pytest.mark.parametrize("failing", range(1, 7))
def test_a_day_whose_beginning_the_disk_refuses_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
):
    """Requirement: P-LOG-4."""
    calls = 0

    def refusing(name: str) -> Callable[..., Any]:
        usual = getattr(os, name)

        def call(*arguments: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == failing:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return usual(*arguments)

        return call

    audit = opened(tmp_path / "audit")
    with monkeypatch.context() as patch:
        for name in ("pwrite", "fsync", "fdatasync", "ftruncate"):
            patch.setattr(os, name, refusing(name))
        with contextlib.suppress(Unavailable):
            audit.append(line(0))
    first = audit.count()
    assert audit.append(line(1)) == first
    assert numbers(audit)[-1] == 1
    audit.close()
    again = opened(tmp_path / "audit")
    assert again.count() == first + 1
    assert verify(again).sound
    again.close()
