"""Every feed enters through its real connector, and what comes out is what the truth says."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pyarrow.compute as pc
import pytest
from tests.city.built_city import BuiltCity

from vigie.base.ids import record_id
from vigie.city.logbook import DEFECTS
from vigie.city.span import local

FACTS = (
    "main_courante",
    "rescue",
    "reports",
    "traffic_accidents",
    "traffic_parking",
    "transit_alerts",
)
PLANS = ("agenda", "roadworks", "vigilance")
OTHERS = ("places", "cameras", "bikes", "rescue_means", "patrols")
MEASURES = (
    "weather",
    "emergency",
    "sensors_noise",
    "sensors_noise_live",
    "sensors_traffic",
    "presence",
    "crowd_cameras",
    "boardings",
)
FELT = ("lighting", "survey")
SEEN = timedelta(minutes=5)


@pytest.mark.parametrize("source", [*FACTS, *MEASURES, *PLANS, *OTHERS, *FELT])
def test_a_feed_gives_what_the_manifest_says(city: BuiltCity, source: str) -> None:
    feed = city.manifest.feed(source)
    read = city.read(feed)
    distinct = {k: len(set(read.table_of(k)["source_ref"].to_pylist())) for k in read.kinds}
    assert distinct == {feed.kind: feed.records} | feed.also
    assert sum(read.kinds.values()) == feed.records + sum(feed.also.values()) + feed.repeats
    assert len(read.rejected) == feed.defects
    assert read.notices.get("unmapped_column", 0) == 0
    assert read.notices.get("outside_city", 0) == 0
    assert read.notices.get("nonexistent_time", 0) == 0


@pytest.mark.parametrize("source", FACTS)
def test_every_telling_is_a_row_and_every_row_a_telling(city: BuiltCity, source: str) -> None:
    read = city.read(city.manifest.feed(source))
    told = [t["source_ref"] for t in city.tellings(source) if t["role"] != "defective"]
    assert sorted(told) == sorted(set(read.table["source_ref"].to_pylist()))


@pytest.mark.parametrize("source", [*FACTS, *PLANS, "cameras"])
def test_each_defective_row_is_refused_for_the_reason_foreseen(
    city: BuiltCity, source: str
) -> None:
    read = city.read(city.manifest.feed(source))
    foreseen = {
        (d["file"], d["row"], d["code"])
        for d in city.parquet("defects").to_pylist()
        if d["source"] == source
    }
    assert set(read.rejected) == foreseen


def test_every_sort_of_defect_is_planted(autumn: BuiltCity, spring: BuiltCity) -> None:
    both = [d["code"] for c in (autumn, spring) for d in c.parquet("defects").to_pylist()]
    assert set(DEFECTS) <= set(both)


@pytest.mark.parametrize("source", FACTS)
def test_times_read_are_the_times_told(city: BuiltCity, source: str) -> None:
    """Exact in every hour but the one that autumn plays twice, which covers both."""
    read = city.read(city.manifest.feed(source)).table
    told = {t["source_ref"]: t for t in city.tellings(source)}
    checked = 0
    for ref, first, last in zip(
        read["source_ref"].to_pylist(),
        read["earliest_at"].to_pylist(),
        read["latest_at"].to_pylist(),
        strict=True,
    ):
        expected = told[ref]
        assert first <= expected["earliest_at"] <= expected["latest_at"] <= last
        widened = (expected["earliest_at"] - first) + (last - expected["latest_at"])
        if not any(_twice(expected[name]) for name in ("earliest_at", "latest_at")):
            assert widened == timedelta(0)
        assert widened <= timedelta(hours=2)
        checked += 1
    assert checked > 0


def _twice(at: object) -> bool:
    wall = local(int(at.timestamp() * 1e6)).replace(fold=0)
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


def test_the_hour_played_twice_is_in_the_log(autumn: BuiltCity) -> None:
    told = autumn.tellings("main_courante")
    assert any(_twice(t["earliest_at"]) for t in told)
    assert autumn.read(autumn.manifest.feed("main_courante")).notices["ambiguous_time"] > 0


@pytest.mark.parametrize("source", ["main_courante", "traffic_accidents"])
def test_the_true_instant_lies_in_the_interval(city: BuiltCity, source: str) -> None:
    at = city.parquet("incidents")["at"].to_pylist()
    for telling in city.tellings(source):
        true = at[telling["incident"]]
        assert telling["earliest_at"] - SEEN <= true <= telling["latest_at"] + SEEN
        assert telling["reported_at"] + SEEN >= true


def test_the_log_keeps_intervals_that_nobody_saw(city: BuiltCity) -> None:
    widths = [t["latest_at"] - t["earliest_at"] for t in city.tellings("main_courante")]
    assert sum(width >= timedelta(hours=2) for width in widths) > 100


def test_a_request_says_when_it_was_made_and_not_when_it_happened(city: BuiltCity) -> None:
    """GeoReport has no other instant: it comes after the truth, often hours after."""
    at = city.parquet("incidents")["at"].to_pylist()
    late = []
    for telling in city.tellings("reports"):
        assert telling["earliest_at"] == telling["latest_at"] == telling["reported_at"]
        late.append(telling["reported_at"] - at[telling["incident"]])
    assert min(late) > -SEEN
    assert sum(one > timedelta(hours=2) for one in late) > 0.3 * len(late)


@pytest.mark.parametrize("source", ["reports", "traffic_parking", "traffic_accidents"])
def test_kinds_read_are_the_kinds_that_happened_or_wider_ones(city: BuiltCity, source: str) -> None:
    true = city.parquet("incidents")["kind"].to_pylist()
    kind_of = {t["source_ref"]: true[t["incident"]] for t in city.tellings(source)}
    table = city.read(city.manifest.feed(source)).table
    for ref, kind in zip(table["source_ref"].to_pylist(), table["kind"].to_pylist(), strict=True):
        if source == "traffic_accidents":
            assert kind.startswith("road.accident.")
        else:
            assert kind == kind_of[ref] or kind_of[ref].startswith(f"{kind}.")


def test_every_accident_of_the_register_hurt_somebody(autumn: BuiltCity, spring: BuiltCity) -> None:
    tables = [c.read(c.manifest.feed("traffic_accidents")).table for c in (autumn, spring)]
    quantity = [q for table in tables for q in table["quantity"].to_pylist()]
    kinds = {kind for table in tables for kind in table["kind"].to_pylist()}
    assert min(quantity) >= 1
    assert kinds >= {"road.accident.injury", "road.accident.severe"}


def test_the_latest_amendment_is_the_last_row(city: BuiltCity) -> None:
    read = city.read(city.manifest.feed("main_courante")).table
    revisions: dict[str, list[int]] = {}
    for ref, revision in zip(
        read["source_ref"].to_pylist(), read["revision"].to_pylist(), strict=True
    ):
        revisions.setdefault(ref, []).append(revision)
    again = [r for r in revisions.values() if len(r) > 1]
    assert sum(len(set(r)) > 1 for r in again) > 10
    assert sum(len(set(r)) == 1 for r in again) > 2


def test_planted_personal_data_stand_in_the_feeds(city: BuiltCity) -> None:
    planted = city.parquet("planted").to_pylist()
    read = {s: city.read(city.manifest.feed(s)) for s in ("main_courante", "rescue", "reports")}
    texts = {
        source: dict(zip(r.table["source_ref"].to_pylist(), r.narratives, strict=True))
        for source, r in read.items()
    }
    found: Counter[str] = Counter()
    for item in planted:
        text = texts.get(item["source"], {}).get(item["source_ref"])
        if item["field"] in {"OBSERVATIONS", "freetext", "description"} and text is not None:
            assert text[item["start"] : item["end"]] == item["text"]
            found[item["kind"]] += 1
    assert set(found) == {"name", "phone", "plate", "email", "birth_date", "address"}


def test_no_planted_value_reaches_a_record(city: BuiltCity) -> None:
    """Identities are dropped at the door; texts go to the scrubber and nowhere else."""
    values = {p["text"] for p in city.parquet("planted").to_pylist() if len(p["text"]) > 8}
    read = [city.read(city.manifest.feed(source)) for source in (*FACTS, *PLANS, *OTHERS)]
    for table in (table for one in read for table in one.every_table):
        for column in table.schema:
            if column.name == "geometry" or not _is_text(column.type):
                continue
            cells = pc.unique(table[column.name].combine_chunks()).to_pylist()
            assert not values & {c for c in cells if isinstance(c, str)}
        if "attributes" not in table.column_names:  # measures
            continue
        for pairs in table["attributes"].to_pylist():
            assert not values & {value for _, value in pairs or []}


@pytest.mark.parametrize(
    ("source", "columns"),
    [
        ("reports", {"first_name", "last_name", "email", "phone", "account_id"}),
        ("traffic_accidents", {"an_nais", "id_usager"}),
        ("traffic_parking", {"IMMATRICULATION", "MATRICULE_AGENT"}),
    ],
)
def test_planted_fields_stand_in_the_files_and_are_counted_at_the_door(
    city: BuiltCity, source: str, columns: set[str]
) -> None:
    """In the files, every one of them; in what was read, none: ``dropped_personal`` says so."""
    past = {t["source_ref"] for t in city.tellings(source)}
    planted = [
        p
        for p in city.parquet("planted").to_pylist()
        if p["source"] == source and p["field"] in columns and p["source_ref"] in past
    ]
    feed = city.manifest.feed(source)
    text = "".join(_text(city.folder / path) for path in feed.paths)
    assert {p["field"] for p in planted} == columns
    assert all(p["text"] in text for p in planted)
    assert city.read(feed).notices["dropped_personal"] >= len(past)


def _text(path: Path) -> str:
    """Return a file as text; of an archive, its members one after the other."""
    if path.suffix != ".zip":
        return path.read_text("utf-8")
    with zipfile.ZipFile(path) as packed:
        return "".join(packed.read(name).decode("utf-8") for name in packed.namelist())


def test_no_planted_number_or_address_stands_anywhere_in_a_record(city: BuiltCity) -> None:
    """Not within a longer value either: plates, phones, e-mails, accounts, agents, persons."""
    for source in ("reports", "traffic_parking", "traffic_accidents"):
        values = {
            p["text"]
            for p in city.parquet("planted").to_pylist()
            if p["source"] == source and p["kind"] not in {"name", "birth_year", "birth_date"}
        }
        held = str(city.read(city.manifest.feed(source)).table.to_pylist())
        assert values
        assert not [value for value in values if value in held]


def _is_text(kind: object) -> bool:
    return str(kind) in {"string", "large_string"}


def test_small_groups_are_not_given(city: BuiltCity) -> None:
    presence = city.read(city.manifest.feed("presence")).table
    values = presence["value"].to_pylist()
    assert min(values) >= 20
    assert all(value % 10 == 0 for value in values)
    arrivals = city.read(city.manifest.feed("emergency")).table.to_pylist()
    assert {a["quality"] for a in arrivals} == {"good", "bad"}
    assert min(a["value"] for a in arrivals if a["quality"] == "good") >= 11
    assert {a["value"] for a in arrivals if a["quality"] == "bad"} == {0}


def test_measures_stand_on_known_places(city: BuiltCity) -> None:
    features = json.loads((city.folder / "places/lieux.geojson").read_text("utf-8"))["features"]
    known = {record_id("places", f["properties"]["id"]) for f in features}
    for source in MEASURES:
        table = city.read(city.manifest.feed(source)).table
        assert set(pc.unique(table["place_id"].combine_chunks()).to_pylist()) <= known


def test_measures_cover_each_hour_once(autumn: BuiltCity) -> None:
    table = autumn.read(autumn.manifest.feed("sensors_traffic")).table
    lasted = pc.subtract(table["to_at"], table["from_at"])
    assert pc.unique(lasted.combine_chunks()).to_pylist() == [timedelta(hours=1)]
    starts = table["from_at"].to_pylist()
    assert set(Counter(starts).values()) == {64}
    assert max(starts) - min(starts) == timedelta(hours=len(set(starts)) - 1)


def _encoding(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        content.decode("cp1252")
        return "cp1252"
    return "utf-8"


def test_the_log_comes_in_three_encodings(autumn: BuiltCity, spring: BuiltCity) -> None:
    found = {
        path[-11:-4]: _encoding((city.folder / path).read_bytes())
        for city in (autumn, spring)
        for path in city.manifest.feed("main_courante").paths
    }
    assert found == {
        "2026-03": "utf-8-sig",
        "2026-04": "cp1252",
        "2026-10": "cp1252",
        "2026-11": "utf-8",
    }
