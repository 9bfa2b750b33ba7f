"""The edge: a day is told once, nothing is lost, and no patient's datum is ever written."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import date, timedelta

import pytest
import stamina

from vigie.base.errors import SettingsInvalid, StoreBroken
from vigie.base.logging import configure_logging
from vigie.intake.hospital.courier import FolderCourier, HttpCourier, check_address
from vigie.intake.hospital.edge import Edge
from vigie.intake.hospital.mllp import Frame
from vigie.intake.hospital.passages import HospitalOptions
from vigie.intake.hospital.running import Folder, run, run_once
from vigie.intake.hospital.state import KEPT_DAYS, load

OPTIONS = HospitalOptions("Europe/Paris")
NIGHT = timedelta(hours=17)  # from Sunday noon to Monday 5 a.m.


def feed(edge, *messages):
    """Give messages to an edge; return the codes of its answers."""
    answers = edge.answer([Frame(one) for one in messages])
    return [re.search(rb"MSA.(\w\w)", answer)[1].decode() for answer in answers]


def told(edge):
    """Figures that wait, by day and metric."""
    return {
        (one["day"], figure["metric"]): [tuple(slot) for slot in figure["slots"]]
        for message in edge.outbox
        for one in message["days"]
        for figure in one["figures"]
    }


@pytest.fixture
def courier(vigie):
    with HttpCourier(vigie.url, "hospital", "s3cret") as one, stamina.set_testing(True, attempts=2):
        yield one


def test_a_day_is_told_once_after_it_has_ended(edge, said, clock):
    feed(edge, *(said.adt(n) for n in range(20)))
    clock.advance(NIGHT - timedelta(hours=2))
    assert edge.settle() == 0
    clock.advance(timedelta(hours=2))

    assert edge.settle() == 1
    assert edge.settle() == 0
    assert told(edge) == {
        ("2026-11-22", metric): [(0, 24, 20)]
        for metric in (
            "health.arrivals", "health.arrivals.age_18_64", "health.arrivals.severity_medium",
            "health.arrivals.by_own_means",
        )
    }  # fmt: skip


def test_what_is_entered_after_a_day_was_told_is_not_told(edge, said, clock):
    """The difference of two figures of the same day would be a few persons."""
    feed(edge, *(said.adt(n) for n in range(20)))
    clock.advance(NIGHT)
    edge.settle()
    before = edge.outbox

    assert feed(edge, *(said.adt(n) for n in range(18, 25))) == ["AA"] * 7
    assert edge.take_file(said.rpu(60)) == {"counted": 60, "closed": 1}
    edge.settle()
    assert edge.outbox == before


def test_a_day_too_quiet_is_never_told(edge, said, clock, state_path):
    feed(edge, *(said.adt(n) for n in range(10)))
    clock.advance(NIGHT)

    assert edge.settle() == 0
    assert edge.outbox == []
    assert feed(edge, *(said.adt(n) for n in range(10, 30)))[0] == "AA"
    edge.settle()
    assert edge.outbox == []
    assert json.loads(state_path.read_bytes())["days"] == {}


def test_a_visit_is_counted_once_however_often_it_is_told(edge, said, clock):
    for event in ("A04", "A08", "A08", "A03", "A04"):
        feed(edge, *(said.adt(n, event=event) for n in range(15)))
    clock.advance(NIGHT)
    edge.settle()

    assert told(edge)["2026-11-22", "health.arrivals"] == [(0, 24, 15)]


def test_counts_survive_a_power_cut_at_any_moment(edge, said, clock, state_path):
    for n in range(15):
        assert feed(edge, said.adt(n)) == ["AA"]
        edge = Edge(OPTIONS, state_path, clock)
    clock.advance(NIGHT)
    edge.settle()
    edge = Edge(OPTIONS, state_path, clock)

    assert told(edge)["2026-11-22", "health.arrivals"] == [(0, 24, 15)]


def test_an_arrival_is_not_acknowledged_before_it_is_durable(edge, said, state_path):
    state_path.with_name(".state.json.new").mkdir()

    assert feed(edge, said.adt(1)) == ["AE"]
    state_path.with_name(".state.json.new").rmdir()
    assert feed(edge, said.adt(1)) == ["AA"]
    assert load(state_path, "Europe/Paris", 0).tally.days[said.SUNDAY].sites[said.SITE][
        "health.arrivals"
    ][10] == 1  # fmt: skip


def test_a_day_that_was_not_seen_from_its_beginning_is_not_told(said, clock, tmp_path):
    edge = Edge(OPTIONS, tmp_path / "new.json", clock)
    monday = date(2026, 11, 23)
    edge.remember((said.SITE, monday - timedelta(weeks=n), [99] * 24) for n in range(1, 20))
    feed(edge, *(said.adt(n) for n in range(20)))
    clock.advance(2 * NIGHT)
    feed(edge, *(said.adt(f"m{n}", at="202611231015") for n in range(12)))
    clock.advance(NIGHT)
    edge.settle()

    assert {day for day, _ in told(edge)} == {"2026-11-23"}


def test_a_code_to_map_is_logged_unless_it_could_be_a_name(edge, said, capfd):
    configure_logging(level="INFO", json=True)
    feed(edge, said.adt(1, acuity="TRI2"), said.adt(2, acuity="MORVANDIAU"))
    logged = "".join(capfd.readouterr())

    assert '"value": "TRI2"' in logged
    assert '"value": "…"' in logged


def test_a_state_that_cannot_be_read_stops_the_edge(state_path, clock):
    for content in (b"", b"{", b'{"version": 2}', b'{"version": 1, "days": {"x": {}}}', b"[]"):
        state_path.write_bytes(content)
        with pytest.raises(StoreBroken):
            Edge(OPTIONS, state_path, clock)


def test_only_its_owner_may_read_the_state(edge, said, state_path):
    feed(edge, said.adt(1))

    assert state_path.stat().st_mode & 0o077 == 0


def test_the_key_and_the_hashes_of_a_day_go_with_it(edge, said, clock, state_path):
    feed(edge, *(said.adt(n) for n in range(15)))
    (day,) = json.loads(state_path.read_bytes())["days"].values()
    clock.advance(NIGHT)
    edge.settle()

    left = state_path.read_bytes()
    assert day["key"].encode() not in left
    assert [mark for mark in day["marks"] if mark.encode() in left] == []


def test_what_was_told_is_remembered_as_long_as_it_could_be_told_again(edge, said, clock):
    feed(edge, *(said.adt(n) for n in range(15)))
    clock.advance(NIGHT)
    edge.settle()
    clock.advance(timedelta(days=KEPT_DAYS + 2))
    edge.settle()

    assert edge._state.told == {said.SITE: set()}
    assert edge.take_file(said.rpu(60)) == {"counted": 60, "closed": 1}


def test_the_last_rpu_file_states_a_day_whole(edge, said, clock):
    clock.advance(timedelta(hours=16))  # Monday 4 a.m.
    edge.take_file(said.rpu(30, extract="23/11/2026 03:00:00"))
    edge.take_file(said.rpu(40, extract="23/11/2026 03:30:00"))
    edge.take_file(said.rpu(35, extract="23/11/2026 03:10:00"))
    edge.take_file(said.rpu(40, extract="23/11/2026 03:30:00"))
    clock.advance(timedelta(hours=1))
    edge.settle()

    assert sum(slot[2] for slot in told(edge)["2026-11-22", "health.arrivals"]) == 40


def test_a_file_about_a_day_that_has_not_ended_waits_for_the_next(edge, said):
    assert edge.take_file(said.rpu(40, extract="22/11/2026 11:30:00"))["not_used"] == 1
    assert edge._state.tally.days == {}


@pytest.mark.parametrize("content", [b"", b"<a", b"{}", b"MSH", b"\x00" * 9, b"[" * 9_000])
def test_a_hostile_file_harms_nothing(edge, content):
    outcomes = edge.take_file(content)

    assert sum(outcomes.values()) == 1
    assert "counted" not in outcomes


def test_files_are_read_once_they_are_whole_and_left_where_they_are(edge, said, tmp_path, clock):
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "nuit.XML"
    path.write_bytes(said.rpu(40))
    (folder / "notes.txt").write_text("no")
    clock.advance(NIGHT)
    watched = Folder(folder)

    assert [watched.look(edge), watched.look(edge), watched.look(edge)] == [0, 1, 0]
    path.write_bytes(said.rpu(41))
    assert [watched.look(edge), watched.look(edge)] == [0, 1]
    assert path.read_bytes() == said.rpu(41)


async def counts_come(out, patience_s=60.0):
    """Wait until counts stand in a folder, or patience has an end."""
    for _ in range(int(patience_s * 100)):
        if list(out.glob("counts-*")):
            return
        await asyncio.sleep(0.01)


def test_a_folder_that_goes_away_stops_nothing(edge, said, clock, tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    out.mkdir()
    clock.advance(NIGHT)

    async def morning() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(
            run(
                edge,
                listen=None,
                folder=Folder(folder),
                couriers=[FolderCourier(out)],
                every_s=0.01,
                stop=stop,
            )
        )
        await asyncio.sleep(0.05)
        folder.mkdir()
        (folder / "nuit.xml").write_bytes(said.rpu(40))
        await counts_come(out)
        stop.set()
        await running

    asyncio.run(morning())
    assert len(list(out.glob("counts-*"))) == 1


def test_counts_are_pushed_with_a_token_until_they_are_taken(edge, said, clock, vigie, courier):
    feed(edge, *(said.adt(n) for n in range(15)))
    clock.advance(NIGHT)
    for vigie.status in (503, 429, 401, 404):
        assert run_once(edge, None, [courier])["waiting"] == 1
    vigie.status = 202

    assert run_once(edge, None, [courier])["waiting"] == 0
    path, headers, body, _ = vigie.taken[-1]
    assert path == "/api/ingest/hospital"
    assert headers["Authorization"] == "Bearer s3cret"
    assert json.loads(body)["site"] == said.SITE
    assert len({body for _, _, body, _ in vigie.taken}) == 1


def test_counts_wait_while_vigie_is_down_and_after_a_restart(
    edge, said, clock, vigie, courier, state_path, another_vigie
):
    vigie.close()
    for n, day in enumerate((22, 23, 24)):
        feed(edge, *(said.adt(f"{day}-{v}", at=f"202611{day}1015") for v in range(12 + n)))
        clock.advance(timedelta(days=1))
        assert run_once(edge, None, [courier])["waiting"] == n + 1
    edge = Edge(OPTIONS, state_path, clock)
    again = another_vigie()
    with HttpCourier(again.url, "hospital", "s3cret") as other:
        assert run_once(edge, None, [other])["waiting"] == 0

    days = [json.loads(body)["days"][0]["day"] for _, _, body, _ in again.taken]
    assert days == ["2026-11-22", "2026-11-23", "2026-11-24"][: len(days)]
    assert len(days) == 3


def test_counts_are_written_whole_to_a_folder(edge, said, clock, tmp_path):
    feed(edge, *(said.adt(n) for n in range(15)))
    clock.advance(NIGHT)
    missing = FolderCourier(tmp_path / "not there")
    assert run_once(edge, None, [missing])["waiting"] == 1
    out = tmp_path / "out"
    out.mkdir()

    assert run_once(edge, None, [FolderCourier(out)])["waiting"] == 0
    (path,) = out.iterdir()
    assert path.name == "counts-130000001-2026-11-22.json"
    assert json.loads(path.read_bytes())["format"] == "vigie.counts"


@pytest.mark.parametrize(
    "url",
    ["http://vigie.example", "ftp://127.0.0.1", "https://a:b@vigie.example", "vigie.example", ""],
)
def test_counts_leave_encrypted_or_not_at_all(url):
    with pytest.raises(SettingsInvalid):
        check_address(url)


@pytest.mark.parametrize(
    "url", ["https://vigie.example/", "http://127.0.0.1:8000", "http://[::1]:1"]
)
def test_an_address_that_may_be_pushed_to(url):
    assert check_address(url) == url.rstrip("/")


def test_nothing_is_told_right_after_a_start(edge, said, clock, tmp_path):
    """What the hospital kept while nobody listened would find its day told without it."""
    clock.advance(NIGHT)
    edge.take_file(said.rpu(40))

    async def awake(wait_s, patience_s):
        stop = asyncio.Event()
        ways = {"listen": None, "folder": None, "couriers": [FolderCourier(tmp_path)]}
        running = asyncio.create_task(run(edge, **ways, every_s=0.01, stop=stop, wait_s=wait_s))
        await counts_come(tmp_path, patience_s)
        stop.set()
        await running
        return list(tmp_path.glob("counts-*"))

    assert asyncio.run(awake(3_600.0, 0.5)) == []
    assert len(asyncio.run(awake(0.0, 60.0))) == 1
