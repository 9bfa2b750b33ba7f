"""Partial revisions: in any order, split anyhow and cut off anywhere, they make one record."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lake.samples import DAY_US, START_US, complete, fact

from vigie.base.clock import from_us
from vigie.base.errors import WrongUsage
from vigie.base.settings import LakeSettings
from vigie.lake.index import IdIndex
from vigie.lake.partial import SAID, Partials, plain_rows, table_of
from vigie.lake.store import Lake
from vigie.lake.table import LakeTable
from vigie.model.contracts import CONTRACTS, FACTS

Told = tuple[int, int, bool]
"""Which fact, which revision of it, whether the revision is partial."""

SEEN = (
    "fact_id", "revision", "kind", "earliest_us", "latest_us", "part", "local_hour", "lon", "cell",
    "accuracy_m", "severity", "status", "quantity", "attributes", "source_ref", "row",
)  # fmt: skip


SAYS = {
    0: ["status", "quantity", "attributes"],
    2: ["lon", "lat", "severity"],
    3: ["kind", "earliest_at", "basis", "attributes"],
    5: ["status"],
    6: ["severity", "attributes", "quantity", "latest_at"],
    7: ["status", "lon", "lat", "reported_at"],
    9: ["status", "attributes"],
}
"""What each partial revision says; the others are whole."""


def said_by(revision: int) -> list[str]:
    return SAYS[revision]


def row_of(ref: int, revision: int) -> dict[str, Any]:
    """Return a whole revision of a fact; nothing in it is as in another one."""
    us = START_US + (ref + revision) % 4 * DAY_US + ref + revision * 1_000
    return fact(
        f"r{ref}",
        us,
        revision=revision,
        kind=("rescue.fire", "offence.property.theft")[revision % 2],
        severity=revision % 5 + 1,
        status=("open", "in_progress", "closed")[revision % 3],
        lon=5.3 + revision / 100,
        lat=43.3,
        accuracy_m=None if revision % 2 else float(revision),
        quantity=None if revision % 4 == 3 else float(revision),
        attributes=[("last", str(revision)), (f"own{revision % 2}", str(revision))],
        row=revision + 1,
    )


def partial(rows: list[dict[str, Any]], said: list[list[str]]) -> pa.Table:
    table = complete("facts", rows)
    return table.append_column(SAID, pa.array(said, pa.list_(pa.string())))


def commit(lake: Lake, told: list[Told]) -> Any:
    whole = [row_of(ref, revision) for ref, revision, part in told if not part]
    parts = [(ref, revision) for ref, revision, part in told if part]
    return lake.commit(
        "facts",
        complete("facts", whole),
        partial([row_of(*one) for one in parts], [said_by(one[1]) for one in parts]),
    )


def truth(told: list[Told]) -> list[dict[str, Any]]:
    """Return the facts, by a reading of the rule that shares nothing with the lake's."""
    groups = {"lon": ("lon", "lat", "accuracy_m", "cell", "cell8"), "lat": ()}
    times = ("earliest_at", "latest_at", "earliest_us", "latest_us", "local_day", "local_hour",
             "weekday", "part")  # fmt: skip
    groups |= {"earliest_at": times, "latest_at": times}
    found = []
    for ref in sorted({ref for ref, _, _ in told}):
        state: dict[str, Any] = {}
        attributes: dict[str, str] = {}
        for revision, part in sorted({(r, p) for which, r, p in told if which == ref}):
            (row,) = complete("facts", [row_of(ref, revision)]).to_pylist()
            names = said_by(revision) if part else list(row)
            if not part:
                attributes = {}
            if "attributes" in names:
                attributes |= dict(row["attributes"])
            for name in ["fact_id", "revision", "source_ref", "source", "row", *names]:
                for one in groups.get(name, (name,)) if part else (name,):
                    if one == "attributes" or (part and name == one and row[one] is None):
                        continue
                    state[one] = row[one]
        if "kind" in state:
            state["attributes"] = sorted(attributes.items()) or None
            found.append({name: state.get(name) for name in SEEN})
    return sorted(found, key=lambda one: str(one["fact_id"]))


def contents(lake: Lake) -> list[dict[str, Any]]:
    rows = lake.scan("facts", columns=list(SEEN)).to_pylist()
    for row in rows:
        row["attributes"] = sorted(row["attributes"]) if row["attributes"] else None
    return sorted(rows, key=lambda one: one["fact_id"])


def told_once(pairs: list[tuple[int, int]]) -> list[Told]:
    """Return what is told: a revision is always whole, or always partial."""
    return [(ref, revision, revision in SAYS) for ref, revision in pairs]


@contextmanager
def cut_off(point: str) -> Iterator[None]:
    """Let a commit end at a step, as a process that is killed there does."""
    of, name, after = {
        "kept": (Partials, "keep", True),
        "before the table": (LakeTable, "commit", False),
        "after the table": (LakeTable, "commit", True),
        "half indexed": (IdIndex, "record", False),
        "before the bases": (Partials, "rebase", False),
    }[point]
    true = getattr(of, name)

    def dies(*args: Any, **kwargs: Any) -> None:
        if after:
            true(*args, **kwargs)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(of, name, dies)
        yield


POINTS = ["kept", "before the table", "after the table", "half indexed", "before the bases"]


ORDERS = [
    order
    for chosen in ((1, 2, 3, 5, 9), (0, 2, 5, 4, 6), (0, 3, 5, 7), (2, 5, 9))
    for order in itertools.permutations(chosen)
]


def rounds(orders: list[tuple[int, ...]], first: int = 0) -> list[list[Told]]:
    """Return messages so that each fact, in its own order, tells one revision a round."""
    longest = max(map(len, orders))
    return [
        told_once(
            [(first + ref, order[turn]) for ref, order in enumerate(orders) if turn < len(order)]
        )
        for turn in range(longest)
    ]


def test_every_order_of_arrival_ends_in_the_fold(lake: Lake) -> None:
    told = rounds(ORDERS)
    for messages in told:
        commit(lake, messages)
    everything = list(itertools.chain(*told))
    assert contents(lake) == truth(everything)
    assert {one["fact_id"] for one in truth(everything)} == {
        row_of(ref, 0)["fact_id"] for ref, order in enumerate(ORDERS) if {1, 3, 4} & set(order)
    }


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("late", [False, True])
def test_a_commit_cut_off_is_finished_when_its_messages_come_again(
    lake: Lake, point: str, late: bool
) -> None:
    """Whichever commit it is, and whether other messages come before it is repeated."""
    orders = list(itertools.permutations((1, 2, 4, 5)))
    everything = []
    for cut in range(4):
        told = rounds(orders, first=100 * cut)
        everything += list(itertools.chain(*told))
        waiting: list[list[Told]] = []
        for turn, messages in enumerate(told):
            if turn == cut:
                with cut_off(point), pytest.raises(KeyboardInterrupt):
                    commit(lake, messages)
                waiting.append(messages)
            else:
                commit(lake, messages)
            if waiting and (not late or turn == cut + 1):
                commit(lake, waiting.pop())
        for messages in waiting:
            commit(lake, messages)
    assert contents(lake) == truth(everything)


pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=24)


@given(
    said=pairs,
    cuts=st.lists(st.integers(0, 32), min_size=2, max_size=6),
    crashes=st.lists(st.sampled_from([None, *POINTS]), max_size=6),
    data=st.data(),
)
@settings(max_examples=25, deadline=None)
def test_any_order_any_split_and_any_crash_end_in_the_fold(
    said: list[tuple[int, int]], cuts: list[int], crashes: list[str | None], data: st.DataObject
) -> None:
    told = told_once(said)
    stream = [
        *data.draw(st.permutations(told)),
        *data.draw(st.lists(st.sampled_from(told), max_size=8)),
    ]
    bounds = [0, *sorted(min(c, len(stream)) for c in cuts), len(stream)]
    with (
        tempfile.TemporaryDirectory() as folder,
        Lake.open(Path(folder) / "lake", LakeSettings(threads=1), create=True) as lake,
    ):
        again = []
        for turn, (low, high) in enumerate(itertools.pairwise(bounds)):
            messages = stream[low:high]
            point = crashes[turn] if turn < len(crashes) else None
            if point is None:
                done = commit(lake, messages)
                entered = done.added + done.replaced if done.entered is None else len(done.entered)
                assert done.duplicates + entered == len(messages)
                continue
            with cut_off(point):
                try:
                    commit(lake, messages)
                except KeyboardInterrupt:
                    again.append(messages)
            if data.draw(st.booleans()):  # the messages come again: at once, or after others
                while again:
                    commit(lake, again.pop())
        for messages in again:
            commit(lake, messages)
        assert contents(lake) == truth(told)
        before = lake.version("facts")
        assert commit(lake, told).duplicates == len(told)
        assert lake.version("facts") == before
        wanted = {row["fact_id"] for row in truth(told)}
        assert {head.id for head in lake.waiting("facts")}.isdisjoint(wanted)
        assert set(lake.ids("facts")) == {row_of(ref, 0)["fact_id"] for ref, _, _ in told}


def test_a_table_put_back_from_an_older_copy_takes_its_messages_again(tmp_path: Path) -> None:
    told = told_once([(0, 1), (0, 2), (0, 5)])
    with Lake.open(tmp_path / "lake", LakeSettings(), create=True) as lake:
        commit(lake, told)
        expected = contents(lake)
        log = lake.folder / "facts" / "_delta_log" / "00000000000000000001.json"
    log.unlink()
    with Lake.open(tmp_path / "lake", LakeSettings()) as lake:
        assert lake.count("facts") == 0
        commit(lake, told)
        assert contents(lake) == expected == truth(told)


def test_every_contract_survives_being_written_as_json() -> None:
    for contract in CONTRACTS.values():
        table = pa.table(
            {c.name: pa.array([_some(c.type), None], c.type) for c in contract.columns}
        )
        written = json.loads(json.dumps(plain_rows(table)))
        assert table_of(contract, written).equals(table.cast(table.schema))


def _some(kind: pa.DataType) -> Any:
    if pa.types.is_string(kind):
        return "é"
    if pa.types.is_binary(kind):
        return b"\x00\xff"
    if pa.types.is_map(kind):
        return [("a", "b")]
    if pa.types.is_timestamp(kind):
        return from_us(START_US + 1)
    if pa.types.is_date32(kind):
        return from_us(START_US).date()
    return pa.types.is_boolean(kind) or 1


def test_a_column_that_the_contract_has_not_is_a_bug(lake: Lake) -> None:
    row = complete("facts", [row_of(0, 0)])
    with pytest.raises(WrongUsage, match="colour"):
        lake.commit("facts", FACTS.empty(), partial(row.to_pylist(), [["colour"]]))
