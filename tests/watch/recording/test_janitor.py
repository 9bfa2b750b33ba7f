"""Everything ends on time, nothing early, what a case holds stays, and the audit proves it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.audit.line import Line
from vigie.base.clock import FixedClock, now_us, to_us
from vigie.base.errors import Unavailable
from vigie.watch.recording.archive import Archive
from vigie.watch.recording.condition import untold_alarms
from vigie.watch.recording.janitor import Janitor
from vigie.watch.recording.register import rows_of
from vigie.watch.recording.segment_file import Written, place_of
from vigie.watch.recording.sheet import DAY_US, CameraSheet
from vigie.watch.recording.space import Space

HOUR_US = 3_600_000_000
EVER = 1 << 60


@dataclass
class Lines:
    """An audit in memory; ``broken`` refuses, ``after`` ends the program after so many lines."""

    lines: list[Line] = field(default_factory=list)
    broken: bool = False
    after: int = -1

    def append(self, line: Line) -> int:
        if self.broken:
            raise Unavailable(what="audit")
        self.lines.append(line)
        if len(self.lines) == self.after:
            raise KeyboardInterrupt
        return len(self.lines) - 1

    def rows(self):
        return rows_of(enumerate(self.lines))


def put(index, camera: str, start_us: int, days: int, *, long_us: int = 6_000_000) -> int:
    """Put a segment into the store as a recorder would, with a file of a few bytes."""
    path = place_of(camera, start_us)
    number = index.begin(camera, path, start_us, days)
    target = index.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(str(number).encode())
    written = Written(path, start_us, start_us + long_us, 100, f"{number:064x}", 10, ((0, 10, 0),))
    index.finish(number, written)
    return number


@pytest.fixture
def audit() -> Lines:
    return Lines()


def test_over_400_days_nothing_ends_early_and_nothing_late(tmp_path, sheet) -> None:
    """Requirement: VID-2, REQ-5. Both clock changes and months of 31 days are in the 400 days.

    Passes come once a day (each minute in the product): after every pass nothing is older than
    its term, nothing younger has gone, and the neighbours of what is held have gone on time.
    """
    clock = FixedClock(datetime(2026, 2, 20, 23, 30, tzinfo=UTC))
    archive, audit, rng = Archive(tmp_path, clock, durable=False), Lines(), random.Random(7)
    index = archive.index
    terms = {"cam-1": 30, "cam-2": 7, "cam-3": 1}
    for camera, days in terms.items():
        index.put_camera(sheet(camera, retention_days=days))
    janitor = Janitor(index, audit, clock, Space())
    alive: dict[int, tuple[str, int, int]] = {}
    held: dict[str, tuple[str, int, int]] = {}
    early = late = 0
    for step in range(400):
        clock.advance(timedelta(days=1))
        now = now_us(clock)
        for camera, days in terms.items():
            start = now - rng.randrange(20) * HOUR_US
            alive[put(index, camera, start + rng.randrange(3_000) * 1_000_000, days)] = (
                *(camera, 0),
                days,
            )
        for one in index.select("1", ()):
            alive[one.segment_id] = (one.camera_id, one.start_us, one.end_us)
        if step % 20 == 7:
            camera = rng.choice(sorted(terms))
            window = (camera, now - 3 * HOUR_US, now)
            archive.hold([camera], window[1], window[2], f"case-{step}")
            held[f"case-{step}"] = window
        if step % 60 == 59 and held:
            case = rng.choice(sorted(held))
            archive.release(case)
            del held[case]
        janitor.run()
        left = {one.segment_id for one in index.select("1", ())}
        for number, (camera, start, end) in list(alive.items()):
            due = now >= start + terms[camera] * DAY_US
            kept = any(c == camera and f < end and t > start for c, f, t in held.values())
            if number in left:
                late += due and not kept
            else:
                early += not due or kept
                del alive[number]
    assert (early, late) == (0, 0)
    assert len(held) > 3
    files = {path.relative_to(index.root).as_posix() for path in index.root.rglob("*.mp4")}
    assert files == {one.path for one in index.select("1", ())}
    destroyed = [row for row in audit.rows() if row.kind == "destroyed"]
    assert sum(row.segments for row in destroyed) == 400 * 3 - len(files)


def test_a_shorter_term_reaches_what_was_recorded_and_a_longer_one_does_not(
    tmp_path, sheet, audit, clock
) -> None:
    """Requirement: VID-2. A recording never outlives the term that it was made under."""
    index = Archive(tmp_path, clock, durable=False).index
    index.put_camera(sheet(retention_days=3))
    first = now_us(clock)
    put(index, "cam-1", first, 3)
    index.put_camera(sheet(retention_days=30))
    janitor = Janitor(index, audit, clock, Space())
    clock.advance(timedelta(days=3) - timedelta(microseconds=1))
    assert janitor.run().destroyed == 0
    clock.advance(timedelta(microseconds=1))
    assert janitor.run().destroyed == 1
    put(index, "cam-1", now_us(clock), 30)
    index.put_camera(sheet(retention_days=1))
    clock.advance(timedelta(days=1))
    assert janitor.run().destroyed == 1


def test_a_line_comes_before_the_act_and_without_it_nothing_is_destroyed(
    tmp_path, sheet, audit, clock
) -> None:
    """Requirement: VID-3, P-LOG-4."""
    index = Archive(tmp_path, clock, durable=False).index
    index.put_camera(sheet(retention_days=1))
    put(index, "cam-1", now_us(clock), 1)
    (path,) = index.root.rglob("*.mp4")
    clock.advance(timedelta(days=2))
    audit.broken = True
    janitor = Janitor(index, audit, clock, Space())
    with pytest.raises(Unavailable):
        janitor.run()
    assert path.exists()
    audit.broken = False
    janitor.run()
    assert not path.exists()
    assert [(row.kind, row.segments) for row in audit.rows()] == [("made", 1), ("destroyed", 1)]
    (proof,) = [row for row in audit.rows() if row.kind == "destroyed"]
    assert proof.sha256 == (f"{1:064x}",)
    assert audit.lines[-1].verb == "erase"
    assert not (index.root / "cam-1" / "2026").exists()


@pytest.mark.parametrize("after", [1, 2])
def test_an_end_between_line_and_act_is_taken_up_and_counts_once(
    tmp_path, sheet, clock, after
) -> None:
    index = Archive(tmp_path, clock, durable=False).index
    index.put_camera(sheet(retention_days=1))
    for n in range(3):
        put(index, "cam-1", now_us(clock) + n * 6_000_000, 1)
    clock.advance(timedelta(days=2))
    audit = Lines(after=after)
    janitor = Janitor(index, audit, clock, Space())
    with pytest.raises(KeyboardInterrupt):
        janitor.run()
    assert len(list(index.root.rglob("*.mp4"))) == 3
    janitor.run()
    assert not list(index.root.rglob("*.mp4"))
    rows = audit.rows()
    assert [(row.kind, row.segments) for row in rows] == [("made", 3), ("destroyed", 3)]
    assert len(audit.lines) == 3


def test_a_full_disk_ends_the_oldest_first_and_never_what_is_held(
    tmp_path, sheet, audit, clock
) -> None:
    """The quota counts; room is made from the oldest that no case holds; an alarm is written."""
    archive = Archive(tmp_path, clock, durable=False)
    index, start = archive.index, now_us(clock)
    index.put_camera(sheet())
    for n in range(10):
        put(index, "cam-1", start + n * 6_000_000, 30)
    archive.hold(["cam-1"], start, start + 1, "PV 2026-17")
    janitor = Janitor(index, audit, clock, Space(quota=800))
    assert janitor.run().made_room == 3
    left = [one.segment_id for one in index.segments("cam-1", 0, EVER)]
    assert left == [1, 5, 6, 7, 8, 9, 10]
    assert [one.kind for one in untold_alarms(index)] == ["made_room"]
    assert [one.reason for one in index.gaps("cam-1", 0, EVER)] == ["made_room"]
    assert [row.why for row in audit.rows() if row.kind == "destroyed"] == ["made_room"]
    assert Space(quota=800).is_left(index)
    archive.hold(["cam-1"], start, start + HOUR_US, "PV 2026-18")
    full = Space(quota=300)
    assert Janitor(index, audit, clock, full).run().made_room == 0
    assert not full.is_left(index)


def test_an_hour_is_told_once_it_is_over(tmp_path, sheet, audit, clock) -> None:
    """Requirement: VID-3. One line for a camera's hour, with one hash over its segments."""
    index = Archive(tmp_path, clock, durable=False).index
    index.put_camera(sheet())
    for n in range(5):
        put(index, "cam-1", now_us(clock) + n * 6_000_000, 30)
    janitor = Janitor(index, audit, clock, Space())
    clock.advance(timedelta(minutes=60))
    assert janitor.run().made == 0
    clock.advance(timedelta(minutes=1))
    assert janitor.run().made == 5
    assert janitor.run().made == 0
    (row,) = audit.rows()
    assert (row.kind, row.segments, row.bytes, len(row.sha256)) == ("made", 5, 500, 1)


STEPS = st.lists(
    st.tuples(st.sampled_from(("put", "pass", "hold", "release", "wait")), st.integers(0, 2)),
    max_size=60,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_register_is_what_was_done_row_for_row(tmp_path_factory, steps) -> None:
    """Requirement: VID-3. Whatever happens in whatever order, the audit alone tells it."""
    clock, audit = FixedClock(datetime(2026, 3, 28, 22, 0, tzinfo=UTC)), Lines()
    archive = Archive(tmp_path_factory.mktemp("home"), clock, durable=False)
    index = archive.index
    for n in range(3):
        told = (f"cam-{n}", "Place", "2026-1", to_us(datetime(2031, 1, 1, tzinfo=UTC)), (1,))
        index.put_camera(CameraSheet(*told, n + 1, "set", "PM", "sealed"))
    janitor, made, ended = Janitor(index, audit, clock, Space()), set(), set()
    cases: set[str] = set()
    alive: dict[int, str] = {}
    for step, (what, n) in enumerate(steps):
        if what == "put":
            number = put(index, f"cam-{n}", now_us(clock), n + 1)
            alive[number] = f"{number:064x}"
            clock.advance(timedelta(seconds=6))
        elif what == "wait":
            clock.advance(timedelta(hours=(1, 20, 50)[n]))
        elif what == "hold":
            archive.hold([f"cam-{n}"], now_us(clock) - DAY_US, now_us(clock), f"case-{step}")
            cases.add(f"case-{step}")
        elif what == "release" and cases:
            archive.release(cases.pop())
        elif what == "pass":
            before = {one.segment_id for one in index.select("1", ())}
            janitor.run()
            left = index.select("1", ())
            ended |= before - {one.segment_id for one in left}
            made |= {one.segment_id for one in index.select("made <> ''", ())}
    rows = audit.rows()
    assert sum(row.segments for row in rows if row.kind == "made") == len(made | ended)
    told = [one for row in rows if row.kind == "destroyed" for one in row.sha256]
    assert sorted(told) == sorted(alive[number] for number in ended)


def test_every_hold_names_a_case_a_camera_and_a_window(tmp_path, sheet, clock) -> None:
    """Requirement: VID-2. No hold without a case."""
    from vigie.base.errors import NotFound, WrongUsage

    archive = Archive(tmp_path, clock, durable=False)
    archive.index.put_camera(sheet())
    for cameras, from_us, to_us_, case in (
        ([], 1, 2, "case"),
        (["cam-1"], 2, 2, "case"),
        (["cam-1"], 1, 2, "  "),
    ):
        with pytest.raises(WrongUsage):
            archive.hold(cameras, from_us, to_us_, case)
    with pytest.raises(NotFound):
        archive.hold(["cam-9"], 1, 2, "case")
    with pytest.raises(NotFound):
        archive.release("case")
    assert archive.hold(["cam-1"], 1, 2, "case") == 0
    archive.hold(["cam-1"], 1, 2, "case")
    assert len(archive.holds("case")) == 1
    archive.release("case")
    assert archive.holds("case")[0].released_us == now_us(clock)
