"""Operations and engines as the hub tells them: amended in any order, and nobody's business."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.city.built_city import BuiltCity, Read

from vigie.base.clock import FixedClock, from_us, to_us
from vigie.city import live
from vigie.city.feeds import engines, hub, rescue
from vigie.city.feeds.rescue import DEFECTS, FACTS
from vigie.city.kinds import kinds
from vigie.connectors.rescue_cases import KINDS

FEEDS = (rescue.SOURCE, engines.SOURCE)


@pytest.fixture(scope="module")
def operations(autumn: BuiltCity) -> rescue.Operations:
    return rescue.make_operations(autumn.truth)


def case_of(document: dict[str, Any]) -> dict[str, Any]:
    held = document["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]
    found: dict[str, Any] = held["createCase"]
    return found


def archived(city: BuiltCity, source: str) -> list[dict[str, Any]]:
    files = [city.folder / path for path in city.manifest.feed(source).paths]
    return [document for file in files for document in json.loads(file.read_text("utf-8"))]


def states(city: BuiltCity, documents: list[dict[str, Any]]) -> dict[str, tuple[int, str]]:
    """Read messages one by one; keep of each case the highest revision and its status."""
    feed, out = city.manifest.feed(rescue.SOURCE), Read("facts")
    for number, document in enumerate(documents):
        for parsed in city.chunks(feed, f"{number}.json", hub.one(document)):
            city.add(out, str(number), parsed)
    kept: dict[str, tuple[int, str]] = {}
    table = out.table
    columns = (table[name].to_pylist() for name in ("source_ref", "revision", "status"))
    for ref, revision, status in zip(*columns, strict=True):
        kept[ref] = max(kept.get(ref, (revision, status)), (revision, status))
    return kept


def test_every_operation_has_a_fact_of_the_hub() -> None:
    told = {k.tells["rescue"][0] for k in kinds() if "rescue" in k.tells}
    assert told == set(FACTS)
    assert {fact.code.removesuffix(".00") for fact in FACTS.values()} <= set(KINDS)


def test_all_kinds_of_defect_are_told_drills_first(autumn: BuiltCity, spring: BuiltCity) -> None:
    for city in (autumn, spring):
        ops = rescue.make_operations(city.truth)
        wrong = ops.defect[ops.defect > 0]
        assert DEFECTS[wrong[0] - 1] == "not_actual"
        assert set(wrong.tolist()) == {n + 1 for n in range(len(DEFECTS))}


def test_a_case_ends_closed_whatever_the_order_of_its_messages(
    autumn: BuiltCity, operations: rescue.Operations
) -> None:
    sound = np.flatnonzero(operations.defect == 0)[:40]
    told = [
        rescue.documents(autumn.truth, operations, sound, np.full(40, stage, dtype=np.int64))
        for stage in (rescue.OUT, rescue.THERE, rescue.ENDED)
    ]
    going = states(autumn, [*told[1], *told[0]])
    assert {status for _, status in going.values()} == {"in_progress"}
    over = states(autumn, [*told[2], *told[0], *told[1]])
    assert over == states(autumn, [*told[0], *told[1], *told[2]])
    assert len(over) == 40
    assert {status for _, status in over.values()} == {"closed"}


@given(draw=st.randoms(use_true_random=False))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_gives_the_same_state(
    autumn: BuiltCity, operations: rescue.Operations, draw: Any
) -> None:
    where = np.repeat(np.flatnonzero(operations.defect == 0)[:6], 3)
    documents = rescue.documents(autumn.truth, operations, where, np.tile(np.arange(3), 6))
    shuffled = draw.sample(documents, len(documents))
    assert states(autumn, shuffled) == states(autumn, documents)


def test_files_end_with_what_is_known_at_now(city: BuiltCity) -> None:
    table = city.read(city.manifest.feed(rescue.SOURCE)).table.to_pandas()
    last = table.sort_values("revision").groupby("source_ref").last()
    now = city.manifest.now
    old = last[last.earliest_at < now - timedelta(days=2)]
    assert set(old.status) == {"closed"}
    assert (last.status == "in_progress").any()
    assert pc.max(city.read(city.manifest.feed(rescue.SOURCE)).table["reported_at"]).as_py() <= now


def test_personal_fields_stand_in_the_messages(autumn: BuiltCity) -> None:
    cases = [case_of(d) for d in archived(autumn, rescue.SOURCE)]
    said = [json.dumps(case, ensure_ascii=False) for case in cases]
    text = "\n".join([*said, json.dumps(archived(autumn, engines.SOURCE), ensure_ascii=False)])
    here = {case["caseId"] for case in cases} | {e.ref for e in engines.engines(autumn.truth.seed)}
    planted = [p for p in autumn.parquet("planted").to_pylist() if p["source"] in FEEDS]
    known = [p for p in planted if p["source_ref"] in here]
    victims = "qualification.victims.freetext"  # told once the engine is there
    assert all(p["text"] in text for p in known if p["field"] != victims)
    assert {p["field"] for p in known} == {
        "freetext",
        "initialAlert.notes.freetext",
        "initialAlert.caller.detailedName.complete",
        "initialAlert.caller.callerContact.detail",
        "location.access.accessCode",
        victims,
        "qualification.healthMotive.code",
        "resource.team.name",
        "resource.contact",
    }


def test_no_personal_value_comes_out_but_to_the_scrubber(city: BuiltCity) -> None:
    """Door codes and health motives are short: they are looked for inside every text."""
    fields = {"freetext", "initialAlert.notes.freetext"}
    planted = [p for p in city.parquet("planted").to_pylist() if p["source"] in FEEDS]
    refused = {p["text"] for p in planted if p["field"] not in fields}
    noted = [p for p in planted if p["field"] == "initialAlert.notes.freetext"]
    for source in FEEDS:
        read = city.read(city.manifest.feed(source))
        rows = read.table.drop_columns(
            ["geometry"] if "geometry" in read.table.column_names else []
        )
        words = Counter(
            word.strip(".,;:()")
            for row in rows.to_pylist()
            for value in row.values()
            for text in ([value] if isinstance(value, str) else [v for _, v in value or []]
                         if isinstance(value, list) else [])
            for word in text.split()
        )  # fmt: skip
        assert not refused & set(words)
        assert read.notices["dropped_personal"] > 0
    read = city.read(city.manifest.feed(rescue.SOURCE))
    told = dict(zip(read.table["source_ref"].to_pylist(), read.narratives, strict=True))
    heard = [p for p in noted if p["source_ref"] in told]
    assert heard
    assert all(p["text"] in str(told[p["source_ref"]]) for p in heard)


def test_an_engine_is_on_one_case_at_a_time(autumn: BuiltCity) -> None:
    fleet = engines.Fleet(autumn.truth, rescue.make_operations(autumn.truth))
    assert len(fleet.missions) > 20
    for engine in engines.engines(autumn.truth.seed):
        own = [one.at_us for one in fleet.missions if one.engine is engine]
        assert all(list(at) == sorted(at) for at in own)
        assert all(before[3] <= after[0] for before, after in pairwise(own))


def test_engines_go_there_and_come_back(autumn: BuiltCity) -> None:
    fleet = engines.Fleet(autumn.truth, rescue.make_operations(autumn.truth))
    feed = autumn.manifest.feed(engines.SOURCE)
    mission = next(one for one in fleet.missions if one.at_us[0] > autumn.truth.now_us)
    out, there, ended, back = mission.at_us
    seen = []
    for at_us in (out - 1, (out + there) // 2, there, (ended + back) // 2, back):
        (parsed,) = autumn.chunks(feed, "p.json", hub.one(fleet.positions(at_us)))
        rows = {row["unit_ref"]: row for row in parsed.table.to_pylist()}
        assert len(rows) == len(engines.engines(autumn.truth.seed))
        seen.append(rows[mission.engine.ref])
    assert [row["status"] for row in seen[1:4]] == ["engaged", "engaged", "available"]
    assert seen[2]["lon"] == pytest.approx(mission.lon, abs=1e-5)
    assert seen[4]["lat"] == pytest.approx(mission.engine.lat, abs=1e-5)
    assert seen[1]["speed_kmh"] > 0
    assert {row["kind"] for row in seen} <= {"means.rescue.ambulance", "means.rescue.fire_engine"}


def test_cases_told_live_are_closed_live(autumn: BuiltCity) -> None:
    now = autumn.manifest.now
    end = now + timedelta(hours=3)
    messages = []
    for message in live(autumn.folder, FixedClock(end)):
        if message.at > end:
            break
        if message.source == rescue.SOURCE:
            messages.append(json.loads(message.content))
    told = Counter(case_of(m)["caseId"] for m in messages)
    known = {t["source_ref"] for t in autumn.parquet("tellings").to_pylist()}
    assert set(told) <= known
    assert max(told.values()) == 3
    status = [case_of(m)["qualification"]["details"]["status"] for m in messages]
    assert {"ACTIF", "CLOTURE"} == set(status)
    sent = [m["dateTimeSent"] for m in messages]
    assert len({m["distributionID"] for m in messages}) == len(messages)
    assert all(to_us(now) < us for us in map(_us, sent))


def _us(text: str) -> int:
    return to_us(datetime.fromisoformat(text))


def test_an_archive_is_cut_before_it_is_too_large() -> None:
    documents: list[hub.Body] = [{"n": n} for n in range(hub.MOST_IN_A_FILE + 1)]
    found = list(hub.parts("rescue/x", documents))
    assert [name for name, _, _ in found] == ["rescue/x_1.json", "rescue/x_2.json"]
    assert [n for _, _, content in found for n in json.loads(content)] == documents
    assert [documents[part] for _, part, _ in found][1] == documents[-1:]


def test_messages_are_sent_when_they_say(autumn: BuiltCity) -> None:
    ops = rescue.make_operations(autumn.truth)
    (told,) = rescue.documents(autumn.truth, ops, np.array([3]), np.array([rescue.THERE]))
    assert from_us(_us(told["dateTimeSent"])) == from_us(int(ops.stage_us[3, rescue.THERE]))
