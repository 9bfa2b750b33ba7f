"""The keeper seals, opens, makes pseudonyms and destroys; no key leaves its process."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import KeyDestroyed, StoreBroken, Unavailable
from vigie.keys.keeper import INTAKE, NARRATIVES, Keeper, day_of
from vigie.keys.keystore import KEYSTORE, LEDGER, MASTER
from vigie.privacy.envelope import KeyName, unwrap
from vigie.privacy.pseudonyms import DAY_US

NAME = KeyName(NARRATIVES, "main_courante", 20_605)
ITEMS = [(f"fact-{n}", f"Texte de l'événement {n}".encode()) for n in range(50)]


def sealed_items(keeper: Keeper, name: KeyName = NAME) -> list[tuple[str, bytes]]:
    ids = [row for row, _ in ITEMS]
    return list(zip(ids, keeper.seal(name, "text", ITEMS), strict=True))


def contents() -> list[bytes]:
    return [content for _, content in ITEMS]


def kept_keys(folder: Path) -> tuple[bytes, dict[KeyName, tuple[bytes, bytes]]]:
    """Return the master key, and each data key wrapped and plain, as only the keeper may."""
    master = (folder / MASTER).read_bytes()
    database = sqlite3.connect(folder / KEYSTORE)
    rows = database.execute("SELECT domain, source, day, wrapped FROM keys").fetchall()
    database.close()
    found = {}
    for *name, wrapped in rows:
        found[KeyName(*name)] = (wrapped, unwrap(master, KeyName(*name), wrapped))
    return master, found


def test_what_was_sealed_opens_and_nothing_of_it_can_be_read(keeper: Keeper) -> None:
    sealed = sealed_items(keeper)
    assert keeper.open(NAME, "text", sealed) == contents()
    assert not any(content in blob for blob in (s for _, s in sealed) for content in contents())
    assert keeper.seal(NAME, "text", []) == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=12),
    st.integers(-40_000, 40_000),
    st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=300)), max_size=20),
)
def test_any_rows_of_any_source_and_day_come_back(
    keeper: Keeper, source: str, day: int, items: list[tuple[str, bytes]]
) -> None:
    name = KeyName(INTAKE, source, day)
    sealed = keeper.seal(name, "payload", items)
    again = list(zip([row for row, _ in items], sealed, strict=True))
    assert keeper.open(name, "payload", again) == [content for _, content in items]


def test_contents_above_one_request_are_shared_among_several(keeper: Keeper) -> None:
    items = [(str(n), os.urandom(9 << 20)) for n in range(3)]
    sealed = keeper.seal(NAME, "text", items)
    rows = list(zip("012", sealed, strict=True))
    assert keeper.open(NAME, "text", rows) == [content for _, content in items]


def test_another_source_day_kind_or_row_is_refused(keeper: Keeper) -> None:
    sealed = sealed_items(keeper)
    for other in (NAME._replace(source="autre"), NAME._replace(day=1), NAME._replace(domain="x")):
        keeper.seal(other, "text", [("fact-0", b"")])
        with pytest.raises(StoreBroken):
            keeper.open(other, "text", sealed)
    with pytest.raises(StoreBroken):
        keeper.open(NAME, "payload", sealed)
    with pytest.raises(StoreBroken):
        keeper.open(NAME, "text", [("fact-1", sealed[0][1])])


APPLICATION = """
import os, sys
from pathlib import Path
from vigie.base.clock import SystemClock
from vigie.keys.keeper import Keeper
from vigie.privacy.envelope import KeyName
name = KeyName("narratives", "main_courante", 20_605)
items = [(f"fact-{n}", f"Texte de l'événement {n}".encode()) for n in range(50)]
with Keeper(Path(sys.argv[1]), SystemClock()) as keeper:
    sealed = keeper.seal(name, "text", items)
    rows = list(zip([row for row, _ in items], sealed, strict=True))
    assert keeper.open(name, "text", rows) == [content for _, content in items]
    assert keeper.tokens("live", "main_courante", 0, "phone", ["0612345678"])[0] is not None
    planted = os.urandom(32)
    print(planted.hex(), flush=True)
    sys.stdin.readline()
"""


def test_no_key_is_in_the_memory_or_environment_of_the_application(tmp_path: Path) -> None:
    """Requirement: P-PSE-3."""
    script, folder = tmp_path / "scan.py", tmp_path / "keys"
    script.write_text(SCAN, encoding="utf-8")
    command = [sys.executable, "-c", APPLICATION, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as application:
        planted = bytes.fromhex(application.stdout.readline())
        found = _scanned(script, application.pid, [planted], tmp_path)
        # The keys are read by the scanning process only: this one must not have seen them.
        held = _scanned(script, application.pid, [], folder)
        application.communicate("\n")
    assert found == 1, "the scan finds what is there"
    assert (held, application.returncode) == (0, 0)


SCAN = """
import re, sqlite3, sys
from pathlib import Path
from vigie.privacy.envelope import KeyName, derive, unwrap

pid, folder = int(sys.argv[1]), Path(sys.argv[2])
secrets = [bytes.fromhex(one) for one in sys.stdin.read().split()]
if not secrets:
    master = (folder / "master.key").read_bytes()
    secrets = [master]
    database = sqlite3.connect(f"file:{folder}/keys.db?mode=ro", uri=True)
    for *name, wrapped in database.execute("SELECT domain, source, day, wrapped FROM keys"):
        key = unwrap(master, KeyName(*name), wrapped)
        secrets += [key, derive(key, "content"), derive(key, "token")]
    assert len(secrets) >= 7
forms = [f for one in secrets for f in (one, one.hex().encode())]
held = 0
with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
    for line in maps:
        if not re.match(r"[0-9a-f]+-[0-9a-f]+ r", line) or line.rstrip().endswith("[vvar]"):
            continue
        start, end = (int(part, 16) for part in line.split()[0].split("-"))
        kept = b""
        while start < end:
            try:
                memory.seek(start)
                block = memory.read(min(1 << 24, end - start))
            except (OSError, ValueError, OverflowError):
                break
            if not block:
                break
            held |= any(form in kept + block for form in forms)
            kept = block[-64:]
            start += len(block)
environment = Path(f"/proc/{pid}/environ").read_bytes()
held |= any(form in environment for form in forms)
print(int(held))
"""


def _scanned(script: Path, pid: int, secrets: list[bytes], folder: Path) -> int:
    done = subprocess.run(
        [sys.executable, str(script), str(pid), str(folder)],
        input=" ".join(one.hex() for one in secrets),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_the_memory_of_the_keeper_is_closed_to_other_programs(keeper: Keeper) -> None:
    keeper.seal(NAME, "text", ITEMS)
    assert keeper._process is not None
    limits = Path(f"/proc/{keeper._process.pid}/limits").read_text()
    line = next(one for one in limits.splitlines() if "core file" in one)
    assert line.split()[4:6] == ["0", "0"]
    ask = (
        "import ctypes; from vigie.keys.process import shut_off;"
        "shown = lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0);"
        "before = shown(); shut_off(); print(before, shown())"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=True)
    assert done.stdout.split() == [b"1", b"0"]


def test_files_of_the_keys_are_closed_to_other_users(keeper: Keeper) -> None:
    keeper.seal(NAME, "text", ITEMS)
    keeper.destroy(NARRATIVES, before=1)
    keeper.destroy(NARRATIVES, source="main_courante", day=3)
    for path in keeper.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name
    assert keeper.folder.stat().st_mode & 0o077 == 0


def test_a_master_key_that_others_may_read_is_refused(keeper: Keeper, clock: FixedClock) -> None:
    keeper.seal(NAME, "text", ITEMS)
    keeper.close()
    (keeper.folder / MASTER).chmod(0o644)
    with Keeper(keeper.folder, clock) as again, pytest.raises(StoreBroken):
        again.seal(NAME, "text", ITEMS)


def test_keys_without_their_master_key_are_told_not_replaced(
    keeper: Keeper, clock: FixedClock
) -> None:
    keeper.seal(NAME, "text", ITEMS)
    keeper.close()
    (keeper.folder / MASTER).unlink()
    with Keeper(keeper.folder, clock) as again, pytest.raises(StoreBroken):
        again.seal(NAME, "text", ITEMS)
    assert not (keeper.folder / MASTER).exists()
    (keeper.folder / MASTER).write_bytes(bytes(32))
    (keeper.folder / MASTER).chmod(0o600)
    with Keeper(keeper.folder, clock) as again, pytest.raises(StoreBroken):
        again.seal(NAME, "text", ITEMS)


def test_a_destroyed_key_is_gone_from_every_byte_of_the_folder(keeper: Keeper) -> None:
    other = NAME._replace(day=NAME.day + 1)
    sealed, kept = sealed_items(keeper), sealed_items(keeper, other)
    master, keys = kept_keys(keeper.folder)
    wrapped, plain = keys[NAME]
    assert wrapped in b"".join(p.read_bytes() for p in keeper.folder.iterdir())

    assert keeper.destroy(NARRATIVES, before=other.day) == [NAME]

    files = b"".join(p.read_bytes() for p in keeper.folder.iterdir())
    for secret in (wrapped, plain, wrapped[12:44], plain.hex().encode()):
        assert secret not in files
    assert keys[other][0] in files
    with pytest.raises(KeyDestroyed):
        keeper.open(NAME, "text", sealed)
    with pytest.raises(KeyDestroyed):
        keeper.seal(NAME, "text", ITEMS)
    assert keeper.open(other, "text", kept) == contents()
    assert (keeper.destroyed(NAME), keeper.exists(NAME)) == (True, False)
    assert (keeper.destroyed(other), keeper.exists(other)) == (False, True)
    assert master not in (keeper.folder / LEDGER).read_bytes()


def test_the_memory_that_held_a_destroyed_key_ends_with_its_process(keeper: Keeper) -> None:
    keeper.seal(NAME, "text", ITEMS)
    assert keeper._process is not None
    before = keeper._process
    keeper.destroy(NARRATIVES, source=NAME.source, day=NAME.day)
    assert before.poll() is not None


def test_only_the_keys_named_are_destroyed(keeper: Keeper) -> None:
    names = [
        KeyName(domain, source, day)
        for domain in (NARRATIVES, INTAKE)
        for source in ("a", "b")
        for day in (1, 2, 3)
    ]
    for name in names:
        keeper.seal(name, "text", [("1", b"x")])
    assert keeper.destroy(NARRATIVES, before=2) == [names[0], names[3]]
    assert keeper.destroy(NARRATIVES, before=2) == []
    assert keeper.destroy(NARRATIVES, source="a", before=9) == names[1:3]
    assert keeper.destroy(INTAKE, day=2) == [KeyName(INTAKE, "a", 2), KeyName(INTAKE, "b", 2)]
    gone = {n for n in names if keeper.destroyed(n)}
    assert gone == {names[0], names[3], *names[1:3], names[7], names[10]}
    assert {n for n in names if keeper.exists(n)} == set(names) - gone
    with pytest.raises(ValueError, match="days"):
        keeper.destroy(INTAKE)


def test_a_keeper_that_dies_is_started_again(keeper: Keeper) -> None:
    sealed = sealed_items(keeper)
    for _ in range(3):
        assert keeper._process is not None
        os.kill(keeper._process.pid, signal.SIGKILL)
        assert keeper.open(NAME, "text", sealed) == contents()


def test_a_keeper_killed_again_and_again_loses_no_request(keeper: Keeper) -> None:
    """It is killed at any moment of a request, once for each that was answered."""
    stopping, answered = threading.Event(), threading.Event()
    chance, killed = random.Random(7), 0

    def kill() -> None:
        nonlocal killed
        while not stopping.is_set():
            if answered.wait(timeout=0.05):
                answered.clear()  # never two at once: a request is tried three times, not for ever
                time.sleep(chance.random() * 0.002)
                process = keeper._process
                if process is not None:
                    process.kill()
                    killed += 1

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        for n in range(1_000):
            name = NAME._replace(day=n % 7)
            sealed = sealed_items(keeper, name)
            answered.set()
            assert keeper.open(name, "text", sealed) == contents()
            if killed > 20:
                break
    finally:
        stopping.set()
        thread.join()
    assert killed > 20


def test_a_keeper_ends_with_its_application(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\n"
        "from vigie.base.clock import SystemClock\nfrom vigie.keys.keeper import Keeper\n"
        "from vigie.privacy.envelope import KeyName\n"
        "keeper = Keeper(Path(sys.argv[1]), SystemClock())\n"
        "keeper.seal(KeyName('intake', 'a', 1), 'x', [('1', b'')])\n"
        "print(keeper._process.pid, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "keys")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    child = Path(f"/proc/{int(done.stdout)}")
    for _ in range(1_200):
        if not child.exists() or "Z (zombie)" in (child / "status").read_text():
            return
        time.sleep(0.05)
    pytest.fail("the keeper outlived its application")


def test_keys_of_many_days_are_made_at_once_and_destroyed_ones_stay_so(keeper: Keeper) -> None:
    names = [NAME._replace(day=day) for day in range(50)]
    keeper.destroy(NARRATIVES, source=NAME.source, day=7)
    keeper.make(names)
    sealed = sealed_items(keeper, names[3])
    keeper.make(names)
    assert keeper.open(names[3], "text", sealed) == contents()
    assert [one.day for one in names if not keeper.exists(one)] == [7]


def test_two_keepers_of_one_folder_agree(keeper: Keeper, clock: FixedClock) -> None:
    with Keeper(keeper.folder, clock) as other:
        sealed = sealed_items(keeper)
        assert other.open(NAME, "text", sealed) == contents()
        assert keeper.open(NAME, "text", sealed_items(other)) == contents()
        keeper.destroy(NARRATIVES, source=NAME.source, day=NAME.day)
        with pytest.raises(KeyDestroyed):
            other.open(NAME, "text", sealed)
        with pytest.raises(KeyDestroyed):
            other.seal(NAME, "text", ITEMS)


def test_nothing_is_asked_of_a_closed_keeper(keeper: Keeper) -> None:
    keeper.seal(NAME, "text", ITEMS)
    keeper.close()
    with pytest.raises(Unavailable):
        keeper.seal(NAME, "text", ITEMS)


def test_pseudonyms_differ_between_sources_epochs_and_planes(keeper: Keeper) -> None:
    """Requirement: P-PSE-1, P-PSE-2."""
    phones = [f"06{n:08}" for n in range(2_500)]
    made = [
        keeper.tokens("live", "a", 0, "phone", phones),
        keeper.tokens("live", "b", 0, "phone", phones),
        keeper.tokens("live", "a", DAY_US, "phone", phones),
        keeper.tokens("sealed", "a", 0, "phone", phones),
    ]
    assert len({one for some in made for one in some}) == 10_000
    assert keeper.tokens("live", "a", DAY_US - 1, "phone", phones) == made[0]
    assert keeper.tokens("sealed", "a", 30 * DAY_US - 1, "phone", phones) == made[3]
    assert keeper.tokens("sealed", "a", 30 * DAY_US, "phone", phones[:1]) != made[3][:1]
    assert keeper.tokens("live", "a", 0, "phone", ["06 0000 0000", "demain"]) == [made[0][0], None]
    known = {hashlib.sha256(one.encode()).hexdigest() for one in phones}
    known |= {hashlib.sha256(f"+33{one[1:]}".encode()).hexdigest() for one in phones}
    assert known.isdisjoint(one or "" for some in made for one in some)


def test_an_epoch_of_pseudonyms_ends_with_its_last_day(keeper: Keeper) -> None:
    keeper.tokens("sealed", "a", 0, "phone", ["0612345678"])
    assert keeper.destroy("pseudonyms.sealed", before=29) == []
    assert keeper.destroy("pseudonyms.sealed", before=30) == [KeyName("pseudonyms.sealed", "a", 0)]
    with pytest.raises(KeyDestroyed):
        keeper.tokens("sealed", "a", 5 * DAY_US, "phone", ["0612345678"])


def test_the_state_of_the_keys_is_told_without_keys(keeper: Keeper, clock: FixedClock) -> None:
    today = day_of(now_us(clock))
    keeper.seal(KeyName(INTAKE, "a", today), "x", [("1", b"")])
    keeper.seal(KeyName(INTAKE, "a", today - 9), "x", [("1", b"")])
    keeper.destroy(INTAKE, before=today - 5)
    told = {one.domain: one for one in keeper.status()}
    assert (told[INTAKE].keys, told[INTAKE].first_day, told[INTAKE].last_day) == (1, today, today)
    assert told[INTAKE].destroyed == 1
    assert (told[NARRATIVES].keys, told[NARRATIVES].first_day) == (0, None)
