"""A copy of a home in use loses nothing acknowledged, holds no key, brings nothing erased back."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.seaweed import Seaweed
from typer.testing import CliRunner

from vigie.audit.verification import verify
from vigie.base.clock import FixedClock, from_us
from vigie.base.errors import Conflict, NotFound, StoreBroken, WrongUsage
from vigie.base.ids import record_ids
from vigie.cli.main import build_app
from vigie.jobs.copies.putting_back import put_back
from vigie.jobs.copies.shelf import Shelf
from vigie.jobs.copies.taking import SECRETS, take_copy
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, is_home, open_home

NOON = from_us(20_600 * 86_400_000_000 + 43_200_000_000)
HEADER = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT;"
WHO = "os:test"
PASSWORD = "correct-horse-battery"


def export(first: int, n: int) -> bytes:
    day = NOON.strftime("%d/%m/%Y")
    rows = [
        f"{one};{day};0{one % 8}:{one % 60:02};TN;Tapage;5,3700;43,2960;2;VERT;texte {one}"
        for one in range(first, first + n)
    ]
    return "\r\n".join([f"{HEADER}OBSERVATIONS", *rows, ""]).encode()


def fill(home: Home, first: int, n: int, *, drain: bool = True) -> None:
    home.intake.accept("log", f"export-{first}.csv", export(first, n), "text/csv")
    if drain:
        home.intake.drain()


def id_of(ref: int) -> str:
    return record_ids("log", [str(ref)])[0]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def places() -> dict[str, object]:
    """Where a home's desk and lake stand; a test may say elsewhere."""
    return {}


@pytest.fixture
def home(tmp_path: Path, clock: FixedClock, places: dict[str, object]) -> Iterator[Home]:
    init_home(tmp_path / "home", {"sealed": {"keep": True}, **places})
    with open_home(tmp_path / "home", clock=clock) as opened:
        opened.intake.register("log", "main_courante")
        fill(opened, 0, 400)
        opened.desk.accounts.create("chief", name="Chef", role="shift_head", password=PASSWORD)
        yield opened


@pytest.fixture
def elsewhere(seaweed: Seaweed, new_database: Callable[[], str]) -> dict[str, object]:
    """A desk in PostgreSQL and a lake in a bucket."""
    bucket = seaweed.settings().model_dump(exclude_defaults=True)
    return {"desk": {"url": new_database()}, "lake": {"bucket": bucket}}


def copied(home: Home, tmp_path: Path, **more: int) -> Shelf:
    take_copy(home, tmp_path / "copies", who=WHO, keys_to=tmp_path / "keys", **more)
    return Shelf(tmp_path / "copies")


def back(shelf: Shelf, tmp_path: Path, clock: FixedClock, name: str = "") -> Path:
    target = tmp_path / "new" / "home"
    put_back(shelf, target, clock, who=WHO, name=name, keys=tmp_path / "keys")
    return target


def test_what_comes_back_is_what_was_there(home: Home, tmp_path: Path, clock: FixedClock) -> None:
    """Requirement: P-SHR-3. Facts, texts, originals, accounts; the audit's heads and lines hold."""
    fill(home, 1_000, 30, drain=False)
    home.audit.head()
    shelf = copied(home, tmp_path)
    assert shelf.broken(shelf.manifest()) == []
    with open_home(back(shelf, tmp_path, clock), clock=clock) as new:
        assert new.lake.count("facts") == 400
        assert (
            new.lake.scan("facts")
            .sort_by("fact_id")
            .equals(home.lake.scan("facts").sort_by("fact_id"))
        )
        assert new.lake.narrative(id_of(7)) == home.lake.narrative(id_of(7)) is not None
        assert new.intake.drain() == 1, "what waited waits still, and can be read"
        assert new.lake.count("facts") == 430
        assert [one.login for one in new.desk.accounts.list_all()] == ["chief"]
        assert new.audit.public_key == home.audit.public_key
        found = verify(new.audit)
        assert not found.faults, found
        assert found.heads >= 1


class TestElsewhere:
    """A home whose desk is a PostgreSQL database and whose lake stands in a bucket."""

    @pytest.fixture
    def places(self, elsewhere: dict[str, object]) -> dict[str, object]:
        return elsewhere

    def test_it_comes_back_from_a_copy_into_other_places(
        self,
        home: Home,
        tmp_path: Path,
        clock: FixedClock,
        seaweed: Seaweed,
        new_database: Callable[[], str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Requirement: P-SHR-3. What was erased since is erased again; nothing is written over."""
        copied(home, tmp_path)
        home.retention.erase("facts", [id_of(7)], by=Caller("dpo", "dpo"), reason="2026-14")
        shelf = copied(home, tmp_path)
        oldest = shelf.names()[0]
        assert shelf.manifest(oldest).left_out == ()
        assert shelf.broken(shelf.manifest(oldest)) == []
        with pytest.raises(WrongUsage) as refused:
            put_back(shelf, tmp_path / "no", clock, who=WHO, keys=tmp_path / "keys")
        assert refused.value.params["field"] == "desk.url"
        monkeypatch.setenv("VIGIE_DESK__URL", new_database())
        with pytest.raises(Conflict):
            put_back(shelf, tmp_path / "nor", clock, who=WHO, keys=tmp_path / "keys")

        monkeypatch.setenv("VIGIE_DESK__URL", new_database())
        monkeypatch.setenv("VIGIE_LAKE__BUCKET__LOCATION", seaweed.settings().location)
        assert back(shelf, tmp_path, clock, oldest)
        with open_home(tmp_path / "new" / "home", clock=clock) as new:
            assert new.lake.count("facts") == 399
            rows = new.lake.scan("facts").sort_by("fact_id")
            assert rows.equals(home.lake.scan("facts").sort_by("fact_id"))
            assert new.lake.find_bytes([id_of(7)]) == []
            assert new.lake.narrative(id_of(8)) == home.lake.narrative(id_of(8)) is not None
            assert [one.login for one in new.desk.accounts.list_all()] == ["chief"]
            new.desk.accounts.create("second", name="S", role="shift_head", password=PASSWORD)
            fill(new, 1_000, 5)
            assert new.lake.count("facts") == 404
            assert not verify(new.audit).faults


def test_nothing_acknowledged_before_a_copy_is_missing_and_nothing_is_there_twice(
    home: Home, tmp_path: Path, clock: FixedClock
) -> None:
    """Feeds, drains and merging go on while it is taken."""
    acknowledged: list[int] = []
    ends = threading.Event()

    def feed() -> None:
        first = 10_000
        while not ends.is_set():
            fill(home, first, 5, drain=(first // 5) % 3 == 0)
            acknowledged.append(first)
            first += 5

    feeder = threading.Thread(target=feed)
    feeder.start()
    try:
        while len(acknowledged) < 4:
            assert feeder.is_alive(), "the feed ended by itself"
            time.sleep(0.01)
        before = list(acknowledged)
        shelf = copied(home, tmp_path)
    finally:
        ends.set()
        feeder.join()
    with open_home(back(shelf, tmp_path, clock), clock=clock) as new:
        while new.intake.drain():
            pass
        refs = new.lake.scan("facts", columns=["source_ref"])["source_ref"].to_pylist()
        assert len(refs) == len(set(refs))
        wanted = {str(first + n) for first in before for n in range(5)}
        assert wanted <= set(refs)
        assert not verify(new.audit).faults


def test_what_was_erased_after_a_copy_does_not_come_back(
    home: Home, tmp_path: Path, clock: FixedClock
) -> None:
    """Requirement: P-SHR-3. One by name, the texts by their term; an older copy is put back."""
    copied(home, tmp_path)
    dpo = Caller("dpo", "dpo")
    home.retention.erase("facts", [id_of(7)], by=dpo, reason="Demande 2026-14")
    clock.advance(timedelta(days=40))
    home.retention.run(by=dpo)
    assert home.lake.narrative(id_of(8)) is None
    shelf = copied(home, tmp_path)
    oldest = shelf.names()[0]
    target = tmp_path / "new" / "home"
    found = put_back(shelf, target, clock, who=WHO, name=oldest, keys=tmp_path / "keys")
    assert found.erased >= 401
    with open_home(target, clock=clock) as new:
        ids = set(new.lake.scan("facts", columns=["fact_id"])["fact_id"].to_pylist())
        assert len(ids) == 399
        assert id_of(7) not in ids
        assert new.lake.narrative(id_of(8)) is None


def held_keys(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "keys.db")) as base:
        query = "SELECT count(*) FROM keys WHERE domain = 'narratives'"
        return int(base.execute(query).fetchone()[0])


def test_no_copy_holds_a_key_and_a_destroyed_key_leaves_its_place(
    home: Home, tmp_path: Path, clock: FixedClock
) -> None:
    """Requirement: P-SHR-1. Secrets stand apart; each copy writes them anew."""
    for name in ("sftp-keys/host", "hospital/token"):
        (home.path / name).parent.mkdir()
        (home.path / name).write_text(f"private part of {name}")
    shelf = copied(home, tmp_path)
    secrets = [(tmp_path / "keys" / "master.key"), *(tmp_path / "keys" / SECRETS).rglob("*")]
    contents = [path.read_bytes().strip() for path in secrets if path.is_file()]
    assert (tmp_path / "keys" / SECRETS / "sftp-keys" / "host").exists()
    contents.append(b"private part of hospital/token")
    assert len(contents) >= 4
    for path in shelf.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert not [one for one in contents if one in held], path
    assert held_keys(tmp_path / "keys") > 0
    clock.advance(timedelta(days=40))
    home.retention.run()
    copied(home, tmp_path)
    assert held_keys(tmp_path / "keys") == 0
    assert (tmp_path / "keys" / "destroyed.jsonl").read_text().count("narratives") >= 1
    for folder in (shelf.folder, tmp_path / "keys"):
        assert folder.stat().st_mode & 0o077 == 0
        assert not [p for p in folder.rglob("*") if p.is_file() and p.stat().st_mode & 0o077]


def test_an_altered_or_missing_content_is_named_and_makes_no_home(
    home: Home, tmp_path: Path, clock: FixedClock
) -> None:
    shelf = copied(home, tmp_path)
    manifest = shelf.manifest()
    part = next(one for one in manifest.files if one.path.endswith(".parquet"))
    place = shelf.path(part.sha256)
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
    assert part.path in shelf.broken(manifest)
    with pytest.raises(StoreBroken, match=r"not what it was") as told:
        back(shelf, tmp_path, clock)
    assert part.path in str(told.value.params)
    assert not is_home(tmp_path / "new" / "home")
    place.unlink()
    assert part.path in shelf.broken(manifest)


def test_a_copy_that_was_broken_off_is_none_and_its_rest_goes(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Shelf, "close", cut)
        with pytest.raises(KeyboardInterrupt):
            copied(home, tmp_path)
    shelf = Shelf(tmp_path / "copies")
    assert shelf.names() == []
    with pytest.raises(NotFound):
        shelf.manifest()
    assert shelf.tidy() > 0
    assert not [path for path in (shelf.folder / "objects").rglob("*") if path.is_file()]


def test_a_second_copy_adds_what_is_new_and_old_ones_go(home: Home, tmp_path: Path) -> None:
    shelf = copied(home, tmp_path)
    objects = shelf.folder / "objects"
    before = {path.name for path in objects.rglob("*") if path.is_file()}
    fill(home, 5_000, 10)
    copied(home, tmp_path)
    kept = [one for one in shelf.manifest().files if one.path.endswith(".parquet")]
    assert sum(one.sha256 in before for one in kept) >= 1
    copied(home, tmp_path, keep=1)
    assert len(shelf.names()) == 1
    there = {path.name for path in objects.rglob("*") if path.is_file()}
    assert there == {one.sha256 for one in shelf.manifest().files}


def test_places_inside_one_another_and_strange_folders_are_refused(
    home: Home, tmp_path: Path, clock: FixedClock
) -> None:
    for to, keys in (
        ("home/in", None),
        ("copies", "copies/keys"),
        ("copies", "home/k"),
        ("", None),
    ):
        with pytest.raises(WrongUsage):
            take_copy(
                home, tmp_path / to, who=WHO, keys_to=None if keys is None else tmp_path / keys
            )
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "file").touch()
    with pytest.raises(WrongUsage):
        take_copy(home, tmp_path / "strange", who=WHO)
    shelf = copied(home, tmp_path)
    with pytest.raises(WrongUsage):
        put_back(shelf, home.path, clock, who=WHO, keys=tmp_path / "keys")
    with pytest.raises(WrongUsage):
        put_back(shelf, tmp_path / "n", clock, who=WHO)
    with shelf.alone(), pytest.raises(Conflict):
        copied(home, tmp_path)


def test_the_verbs_of_the_command_line(home: Home, tmp_path: Path) -> None:
    """A home is copied, listed and put back by commands; without keys it says what that costs."""
    home.close()
    app, run = build_app(), CliRunner()
    folder, keys, new = (str(tmp_path / name) for name in ("copies", "keys", "new"))
    made = run.invoke(
        app, ["backup", folder, "--home", str(home.path), "--keys-to", keys, "--json"]
    )
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["left_out"] == []
    listed = run.invoke(app, ["backups", folder, "--check", "--json"])
    assert [one["broken"] for one in json.loads(listed.stdout)] == [[]]
    put = run.invoke(app, ["restore", folder, "--home", new, "--without-keys", "--json"])
    assert put.exit_code == 0, put.output
    assert json.loads(put.stdout)["records"]["facts"] == 400
    with open_home(Path(new)) as opened:
        assert opened.lake.narrative(id_of(7)) is None
