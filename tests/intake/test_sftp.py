"""A folder fetched over SFTP from a real server that may be slow, hostile or somebody else."""

from __future__ import annotations

import asyncio
import importlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock
from vigie.base.errors import MissingPart, SettingsInvalid
from vigie.base.settings import SftpFolder
from vigie.intake import sftp
from vigie.intake.service import Intake
from vigie.intake.sftp import Remote, SftpPuller, is_partial, judge, standing_still
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]
REGULAR, LINK, FOLDER = 0o100644, 0o120777, 0o040755


class Server:
    """An SFTP server on loopback over one folder, with names it can be told to lie about."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lies: list[str] = []
        self.read_only = False
        self.opened: list[bytes] = []
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.user = asyncssh.generate_private_key("ssh-ed25519")
        self.password = "correct horse"
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._started.wait(20)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._acceptor = self._loop.run_until_complete(self._listen())
        self.port = self._acceptor.get_port()
        self._started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._shut())
        self._loop.close()

    async def _shut(self) -> None:
        self._acceptor.close()
        await self._acceptor.wait_closed()
        others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _listen(self) -> Any:
        server = self

        class Access(asyncssh.SSHServer):
            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("vigie", server.password)

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: Any) -> None:
                super().__init__(chan, chroot=str(server.root).encode())

            async def scandir(self, path: bytes) -> Any:
                for name in server.lies:
                    attrs = asyncssh.SFTPAttrs(size=3, permissions=REGULAR, atime=1, mtime=1)
                    yield asyncssh.SFTPName(os.fsencode(name), attrs=attrs)
                async for one in super().scandir(path):
                    yield one

            def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
                server.opened.append(path)
                return super().open(path, pflags, attrs)

            def remove(self, path: bytes) -> None:
                if server.read_only:
                    raise asyncssh.SFTPPermissionDenied("read only")
                super().remove(path)

        authorized = asyncssh.import_authorized_keys(self.user.export_public_key().decode())
        said = {"server_host_keys": [self.key], "authorized_client_keys": authorized}
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=Access, sftp_factory=Files, **said
        )

    def close(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(20)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    root = tmp_path / "served"
    (root / "out").mkdir(parents=True)
    one = Server(root)
    yield one
    one.close()


@pytest.fixture
def out(server: Server) -> Path:
    return server.root / "out"


def folder_of(server: Server, tmp_path: Path, **more: Any) -> SftpFolder:
    """Settings for the server; a key is the way in unless told."""
    key = tmp_path / "key"
    key.write_bytes(server.user.export_private_key())
    said: dict[str, Any] = {
        "host": "127.0.0.1", "port": server.port, "username": "vigie", "key_file": str(key),
        "host_key": server.key.export_public_key().decode(), "folder": "out",
        "pattern": "*.jsonl", "settle_s": 0.05, "connector": "probe", "source": "log",
        "private": True,
    }  # fmt: skip
    return SftpFolder(**(said | more))


@pytest.fixture
def make(
    server: Server, tmp_path: Path, intake: Intake, clock: FixedClock
) -> Callable[..., SftpPuller]:
    """Makes a puller on the server, with other settings if told."""

    def puller(**more: Any) -> SftpPuller:
        return SftpPuller(
            folder_of(server, tmp_path, **more),
            "log",
            intake._journal,
            clock,
            refuse=intake._transports.refuse_file,
        )

    return puller


def test_a_file_that_stands_still_is_taken_once_even_by_another_process(
    make: Callable[..., SftpPuller], out: Path, intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    (out / "a.jsonl").write_bytes(lines(fact("1"), fact("2")))
    puller = make()
    assert [puller.pull().taken for _ in range(3)] == [True, False, False]
    assert make().pull().taken is False
    intake.drain()
    assert lake.count("facts") == 2
    assert intake.health(0)[0].last_batches[0].name == "a.jsonl"
    (out / "a.jsonl").write_bytes(lines(fact("1"), fact("2"), fact("3")))
    assert puller.pull().taken
    assert (out / "a.jsonl").exists()


def test_a_file_that_still_grows_is_left_for_a_later_look(
    make: Callable[..., SftpPuller],
    out: Path,
    intake: Intake,
    lines: Lines,
    fact: Fact,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = out / "a.jsonl"
    path.write_bytes(lines(fact("1")))
    waits, settles = asyncio.sleep, 0.0625
    grown = []

    async def grow(delay: float, result: Any = None) -> Any:
        if delay == settles and not grown:
            grown.append(path.write_bytes(lines(fact("1"), fact("2"))))
        return await waits(delay, result)

    monkeypatch.setattr(sftp.asyncio, "sleep", grow)
    puller = make(settle_s=settles)
    assert puller.pull().taken is False
    assert grown, "the file grew between the two looks"
    assert intake.health(0)[0].backlog == 0
    assert puller.pull().taken is True


@pytest.mark.parametrize("name", ["a.jsonl.part", "b.TMP", ".hidden.jsonl", "c.jsonl.filepart"])
def test_partial_and_hidden_names_are_not_touched(
    make: Callable[..., SftpPuller], out: Path, server: Server, intake: Intake, name: str
) -> None:
    (out / name).write_bytes(b"{}")
    puller = make(pattern="*")
    assert [puller.pull().taken for _ in range(2)] == [False, False]
    assert server.opened == []
    assert intake.quarantine_list() == []


def test_hostile_names_are_refused_once_and_never_opened(
    make: Callable[..., SftpPuller], out: Path, server: Server, intake: Intake, fact: Fact,
    lines: Lines, tmp_path: Path,
) -> None:  # fmt: skip
    (server.root / "secret.jsonl").write_bytes(b"{}")
    (out / "good.jsonl").write_bytes(lines(fact("1")))
    (out / "bytes\udcff.jsonl").write_bytes(lines(fact("2")))
    (out / "folder.jsonl").mkdir()
    server.lies = ["../secret.jsonl", "/etc/passwd", "x/y.jsonl", "..\\z.jsonl", "gone.jsonl"]
    server.lies.append("c:d")
    puller = make()
    assert [puller.pull().taken for _ in range(3)] == [True, False, False]
    assert sorted(server.opened) == [b"out/bytes\xff.jsonl", b"out/good.jsonl"]
    refused = intake.quarantine_list()
    assert [one.code for one in refused] == ["path_traversal"] * 5
    assert all("/" not in one.file for one in refused)
    assert intake.health(0)[0].quarantined == 5


def test_a_link_is_refused(
    make: Callable[..., SftpPuller], out: Path, server: Server, intake: Intake
) -> None:
    (server.root / "secret.jsonl").write_bytes(b"{}")
    (out / "link.jsonl").symlink_to("../secret.jsonl")
    assert make().pull().taken is False
    assert server.opened == []
    assert [one.code for one in intake.quarantine_list()] == ["symbolic_link"]


def test_a_file_above_the_limit_is_not_opened(
    server: Server, tmp_path: Path, out: Path, open_intake: Callable[..., Intake], clock: FixedClock
) -> None:
    intake = open_intake(max_file_bytes=100)
    intake.register("log", "probe")
    (out / "big.jsonl").write_bytes(b"x" * 101)
    folder = folder_of(server, tmp_path)
    refuse = intake._transports.refuse_file
    assert not SftpPuller(folder, "log", intake._journal, clock, refuse=refuse).pull().taken
    assert server.opened == []
    assert [one.code for one in intake.quarantine_list()] == ["too_large"]


def test_a_taken_file_is_moved_aside_without_writing_over_another(
    make: Callable[..., SftpPuller], out: Path, fact: Fact, lines: Lines
) -> None:
    puller = make(after="move", moved_to="done")
    for ref in ("1", "2"):
        (out / "a.jsonl").write_bytes(lines(fact(ref)))
        assert puller.pull().taken
    assert not (out / "a.jsonl").exists()
    first, second = sorted((out / "done").iterdir())
    assert (first.name, second.name.startswith("a.jsonl.")) == ("a.jsonl", True)
    assert [first.read_bytes(), second.read_bytes()] == [lines(fact("1")), lines(fact("2"))]


def test_a_taken_file_is_deleted_also_after_a_crash_in_between(
    make: Callable[..., SftpPuller], out: Path, server: Server, intake: Intake, fact: Fact,
    lines: Lines,
) -> None:  # fmt: skip
    (out / "a.jsonl").write_bytes(lines(fact("1")))
    server.read_only = True
    puller = make(after="delete")
    fetched = puller.pull()
    assert (fetched.taken, fetched.reason, fetched.remark) == (True, "", "feed_not_tidied")
    server.read_only = False
    assert make(after="delete").pull().taken is False
    assert not (out / "a.jsonl").exists()
    assert intake.drain() == 1


def test_another_server_key_ends_it_before_anything_is_said(
    make: Callable[..., SftpPuller], out: Path, server: Server, lines: Lines, fact: Fact
) -> None:
    (out / "a.jsonl").write_bytes(lines(fact("1")))
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    assert make(host_key=other).pull().reason == "feed_wrong_key"
    assert server.opened == []


def test_a_password_from_a_file_is_a_way_in_and_a_wrong_one_is_not(
    make: Callable[..., SftpPuller], out: Path, tmp_path: Path, lines: Lines, fact: Fact
) -> None:
    (out / "a.jsonl").write_bytes(lines(fact("1")))
    secret = tmp_path / "password"
    secret.write_text("wrong\n")
    said = {"key_file": "", "password_file": str(secret)}
    assert make(**said).pull().reason == "feed_denied"
    secret.write_text("correct horse\n")
    assert make(**said).pull().taken


def test_nobody_there_or_no_such_folder_is_told(
    make: Callable[..., SftpPuller], server: Server
) -> None:
    assert make(folder="nowhere").pull().reason == "feed_refused"
    puller = make()
    server.close()
    assert puller.pull().reason == "feed_unreachable"


def test_an_inner_address_needs_the_setting(make: Callable[..., SftpPuller]) -> None:
    with pytest.raises(SettingsInvalid):
        make(private=False)
    assert make(host="localhost", private=False).pull().reason == "address_refused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"host_key": "ssh-ed25519 nonsense"}, {"key_file": ""}, {"key_file": "/nowhere"},
        {"password_file": "/nowhere"}, {"key_file": "", "password_file": "/nowhere"},
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_at_the_start(
    make: Callable[..., SftpPuller], wrong: dict[str, str]
) -> None:
    with pytest.raises(SettingsInvalid):
        make(**wrong)


def test_a_host_key_must_be_named(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="host_key"):
        folder_of(server, tmp_path, host_key="")


def test_without_the_part_the_remedy_is_told(
    make: Callable[..., SftpPuller], monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(MissingPart) as missing:
        make()
    assert "vigie[sftp]" in str(missing.value)


def test_the_running_intake_fetches_the_folders_of_its_settings(
    server: Server, out: Path, tmp_path: Path, open_intake: Callable[..., Intake], lake: Lake,
    fact: Fact, lines: Lines,
) -> None:  # fmt: skip
    (out / "a.jsonl").write_bytes(lines(fact("1")))
    intake = open_intake(sftp=(folder_of(server, tmp_path, period_s=1),), linger_ms=10)
    intake.start()
    try:
        waited = threading.Event()
        for _ in range(600):
            if lake.count("facts"):
                break
            waited.wait(0.05)
    finally:
        intake.stop()
    assert lake.count("facts") == 1


# --- Pure parts --------------------------------------------------------------------------------

remotes = st.builds(
    Remote,
    st.text(max_size=12),
    st.none() | st.integers(0, 200),
    st.none() | st.integers(0, 9),
    st.sampled_from([None, REGULAR, LINK, FOLDER]),
)


@given(remotes)
def test_what_may_be_opened_is_a_plain_small_file_in_the_folder_itself(one: Remote) -> None:
    if judge(one, max_bytes=100) is None:
        assert one.mode == REGULAR
        assert one.size is not None
        assert one.size <= 100
        assert not set(one.name) & {"/", "\\", "\x00"}
        assert one.name != ".."


@given(st.lists(remotes, max_size=6), st.lists(remotes, max_size=6))
def test_only_what_two_looks_agree_on_stands_still(before: list[Remote], now: list[Remote]) -> None:
    same = standing_still(before, now)
    assert set(same) == set(before) & set(now)
    assert sorted(same, key=lambda one: one.modified_s or 0) == same


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_different_names_are_remembered_apart(one: bytes, other: bytes) -> None:
    names = [name.decode("utf-8", "surrogateescape") for name in (one, other)]
    keys = [Remote(name, 0, 0, REGULAR).key for name in names]
    plain = all(b"\\" not in name for name in (one, other))
    assert not plain or (keys[0] == keys[1]) == (one == other)
    keys[0].encode("utf-8")


@given(st.text(max_size=10))
def test_partial_names_by_their_ending(stem: str) -> None:
    assert is_partial(stem + ".part")
    assert is_partial("." + stem)
