"""Hostile files are refused by name before a connector sees a byte of them."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import SystemClock
from vigie.base.errors import NotFound
from vigie.intake.archives import ArchiveLimits, judge_zip, leaves_folder, unpack_gzip
from vigie.intake.files import open_payload, open_regular, safe_name, walk
from vigie.intake.spool import Spool
from vigie.keys.keeper import Keeper
from vigie.model.notices import Reject

LIMITS = ArchiveLimits(max_bytes=20 * 2**20, max_ratio=100, max_files=10)
BIG = 2**40


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def zip_with(info: zipfile.ZipInfo, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, content)
    return out.getvalue()


def judge(content: bytes) -> Reject | None:
    return judge_zip(io.BytesIO(content), len(content), LIMITS)


def code(reject: Reject | None) -> str | None:
    return None if reject is None else reject.code


# --- Names and links -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "/etc/passwd",
        "..\\x",
        "C:\\x",
        "C:x",
        "a\\..\\..\\x",
        "x\x00.csv",
        "..",
    ],
)
def test_names_that_leave_their_folder_are_seen(name: str) -> None:
    assert leaves_folder(name)
    label, unsafe = safe_name(name)
    assert unsafe
    assert not leaves_folder(label)


@pytest.mark.parametrize("name", ["x.csv", "a/b.csv", "a..b", "été 2026.csv", "...", "a/..b/c"])
def test_other_names_are_not(name: str) -> None:
    assert not leaves_folder(name)


@given(st.text(max_size=400))
def test_a_label_is_printable_short_and_stays_in_its_folder(name: str) -> None:
    label, unsafe = safe_name(name)
    assert unsafe == leaves_folder(name)
    assert label
    assert len(label) <= 200
    assert not leaves_folder(label)
    assert "/" not in label
    assert all(ord(letter) >= 32 for letter in label)
    assert safe_name(label)[0] == label


def test_a_folder_gives_its_files_by_ending_in_a_stable_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.CSV", "c.csv.gz", "d.txt", "sub/e.csv"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    found = walk([tmp_path], (".csv",), max_bytes=BIG)
    assert [one.name for one in found.files] == ["a.CSV", "b.csv", "c.csv.gz", "sub/e.csv"]
    assert found.ignored == 1


def test_a_file_named_by_itself_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_bytes(b"x")
    assert len(walk([tmp_path / "d.txt"], (".csv",), max_bytes=BIG).files) == 1


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        walk([tmp_path / "nothing"], (".csv",), max_bytes=BIG)


def test_symbolic_links_are_refused_and_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_bytes(b"secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.csv").symlink_to(outside / "secret.csv")
    (inside / "folder").symlink_to(outside)
    (inside / "dangling.csv").symlink_to(tmp_path / "nothing")
    found = walk([inside, inside / "link.csv"], (".csv",), max_bytes=BIG)
    assert [code(one.reject) for one in found.files] == ["symbolic_link"] * 4
    opened = open_regular(inside / "link.csv")
    assert code(opened if isinstance(opened, Reject) else None) == "symbolic_link"


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    found = walk([tmp_path], (".csv",), max_bytes=BIG)
    assert [code(one.reject) for one in found.files] == ["unreadable"]
    opened = open_regular(tmp_path / "pipe.csv")
    assert code(opened if isinstance(opened, Reject) else None) == "unreadable"


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"xx")
    assert code(walk([tmp_path], (".csv",), max_bytes=1).files[0].reject) == "too_large"
    assert code(walk([tmp_path], (".csv",), max_bytes=2).files[0].reject) is None


# --- ZIP -----------------------------------------------------------------------------------------


def test_an_honest_archive_passes() -> None:
    assert judge(zipped(**{"stops.txt": b"a,b\n1,2\n" * 1000, "sub/x.txt": b""})) is None


def test_a_bomb_by_ratio() -> None:
    assert code(judge(zipped(zeros=bytes(15 * 2**20)))) == "archive_bomb"


def test_a_bomb_by_total() -> None:
    noise = os.urandom(2**20)
    assert code(judge(zipped(**{str(i): noise * 3 for i in range(8)}))) == "archive_bomb"


def test_a_bomb_by_number_of_files() -> None:
    assert code(judge(zipped(**{str(i): b"" for i in range(11)}))) == "archive_bomb"
    assert judge(zipped(**{str(i): b"" for i in range(10)})) is None


def test_an_archive_within_an_archive() -> None:
    inner = zipped(x=b"x")
    assert code(judge(zipped(**{"inner.zip": inner}))) == "archive_bomb"
    assert code(judge(zipped(**{"harmless.txt": inner}))) == "archive_bomb"
    assert code(judge(zipped(**{"harmless.txt": gzip.compress(b"x")}))) == "archive_bomb"


def test_members_that_overlap() -> None:
    """Fifield's bomb: many entries of the directory point at the same compressed bytes."""
    content = bytearray(zipped(aaaa=b"x" * 100, bbbb=b"x" * 100))
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    assert code(judge(bytes(content))) == "archive_bomb"


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/cron.d/evil", "a/../../evil", "..\\evil"])
def test_members_that_leave_the_archive(name: str) -> None:
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    assert code(judge(zip_with(info, b"x"))) == "path_traversal"


def test_a_link_in_an_archive() -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert code(judge(zip_with(info, b"/etc/passwd"))) == "symbolic_link"


def test_an_encrypted_member() -> None:
    content = bytearray(zipped(x=b"x"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert code(judge(bytes(content))) == "unreadable"


def test_a_truncated_archive() -> None:
    assert code(judge(zipped(x=b"x" * 1000)[:-10])) == "unreadable"


@given(st.data())
def test_no_mutant_of_an_archive_escapes(data: st.DataObject) -> None:
    content = bytearray(zipped(**{"a.txt": b"hello" * 50, "b/c.txt": bytes(300)}))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    answer = judge(bytes(content[:cut]))
    assert answer is None or answer.code in {
        "archive_bomb", "path_traversal", "symbolic_link", "unreadable",
    }  # fmt: skip


# --- gzip and payloads ---------------------------------------------------------------------------


def unpack(content: bytes) -> tuple[str | None, bytes]:
    target = io.BytesIO()
    answer = unpack_gzip(io.BytesIO(content), target, len(content), LIMITS)
    return code(answer), target.getvalue()


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=3))
def test_gzip_is_unpacked_member_after_member(parts: list[bytes]) -> None:
    if parts[0][:8].startswith((b"PK", b"\x1f\x8b", b"BZh", b"\xfd7z", b"7z", b"Rar")):
        return
    assert unpack(b"".join(map(gzip.compress, parts))) == (None, b"".join(parts))


def test_a_gzip_bomb_stops_early() -> None:
    answer, written = unpack(gzip.compress(bytes(200 * 2**20)))
    assert answer == "archive_bomb"
    assert len(written) < 2 * 2**20 + LIMITS.max_bytes


def test_gzip_within_gzip() -> None:
    assert unpack(gzip.compress(gzip.compress(b"x")))[0] == "archive_bomb"


def test_a_broken_gzip() -> None:
    assert unpack(b"\x1f\x8b" + b"\xff" * 50)[0] == "unreadable"


def test_a_gzip_that_ends_early_keeps_what_came_before() -> None:
    whole = os.urandom(100_000)
    answer, written = unpack(gzip.compress(whole)[:60_000])
    assert answer == "truncated_file"
    assert written
    assert whole.startswith(written)


def opened(content: bytes, name: str, tmp_path: Path) -> tuple[str | None, str | None, bytes]:
    spool = Spool(tmp_path, Keeper(tmp_path / "keys", SystemClock()))
    payload, refusal = open_payload(
        io.BytesIO(content), name, "", len(content), spool=spool, limits=LIMITS
    )
    if payload is None:
        return None, code(refusal), b""
    with payload.content:
        return payload.name, code(refusal), payload.content.read()


def test_a_payload_is_opened_unpacked_or_refused(tmp_path: Path) -> None:
    text = b"a;b\n1;2\n"
    assert opened(text, "x.csv", tmp_path) == ("x.csv", None, text)
    assert opened(gzip.compress(text), "x.csv.gz", tmp_path) == ("x.csv", None, text)
    assert opened(b"", "x.csv", tmp_path) == (None, "empty_file", b"")
    assert opened(gzip.compress(b""), "x.csv.gz", tmp_path) == (None, "empty_file", b"")
    assert opened(zipped(zeros=bytes(15 * 2**20)), "x.xlsx", tmp_path)[1] == "archive_bomb"
    noise = os.urandom(50_000)
    name, refusal, read = opened(gzip.compress(noise)[:30_000], "x.gz", tmp_path)
    assert (name, refusal) == ("x", "truncated_file")
    assert noise.startswith(read)
    assert len(read) > 10_000
