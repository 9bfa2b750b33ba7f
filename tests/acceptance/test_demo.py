"""The demo from end to end: the synthetic city through the real connectors into a real home.

One small city is built once for the module; what the command line, the Python door and the lake say
of it must agree with each other and with the truth written apart.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.acceptance.searching import standing_in

import vigie
from vigie.base.clock import FixedClock, to_us
from vigie.base.errors import Conflict, NotFound, WrongUsage
from vigie.cli.main import run
from vigie.door import VEGA_LITE
from vigie.jobs.demo import is_ready, make_demo
from vigie.judge.kinds import GROUNDLESS
from vigie.situation.home import open_home

DAYS, SCALE, SEED = 21, 0.15, 7
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "home"
    make_demo(path, clock=FixedClock(NOW), seed=SEED, days=DAYS, scale=SCALE)
    return path


@pytest.fixture(scope="module")
def door(demo_home: Path) -> Iterator[vigie.Door]:
    with vigie.open(demo_home) as opened:
        yield opened


@pytest.fixture(scope="module")
def truth(demo_home: Path) -> dict[str, Any]:
    return json.loads((demo_home / "feeds" / "manifest.json").read_text())


PICTURES = (
    *(b"\xff\xd8\xff\xe0\x00\x10JFIF", b"Exif\x00\x00", b"\x89PNG\r\n\x1a\n", b"WEBPVP8"),
    *(b"ftypisom", b"ftypmp42", b"ftypavc1", b"ftypheic"),
)
"""What a file of images or films holds (JPEG, PNG, WebP, MP4, HEIC)."""
OWN_IDS = {"fact_id", "measure_id", "plan_id", "place_id", "means_id", "batch_id"}


def _map_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([chunk.items for chunk in column.chunks], type=pa.string())


class Told(NamedTuple):
    """What a command line returned and printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run a command line in this process; that there is a program, tests/cli/test_main.py holds."""

    def tell(*arguments: str) -> Told:
        capsys.readouterr()
        code = run(arguments)
        return Told(code, *capsys.readouterr())

    return tell


def test_every_kind_of_record_is_there(door: vigie.Door) -> None:
    lake = door.home.lake
    counts = {kind: lake.count(kind) for kind in ("facts", "measures", "plans", "places", "means")}

    assert all(count > 0 for count in counts.values()), counts


def test_a_second_start_finds_it_made_and_changes_nothing(demo_home: Path) -> None:
    first = make_demo(demo_home, clock=FixedClock(NOW), seed=SEED, days=DAYS, scale=SCALE)
    second = make_demo(demo_home, clock=FixedClock(NOW), seed=1, days=1, scale=0.1)

    assert (first.facts, first.measures, first.plans) == (
        second.facts,
        second.measures,
        second.plans,
    )
    assert first.quarantined > 0


def test_a_home_that_is_no_demo_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(Conflict):
        make_demo(tmp_path, clock=FixedClock(NOW), seed=1, days=1, scale=0.1)

    assert (tmp_path / "mine.txt").read_text() == "x"


def test_a_half_made_demo_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "home"
    path.mkdir()
    (path / "demo.json").write_text('{"ready": false}')
    (path / "rest").write_text("left by an interruption")
    make_demo(path, clock=FixedClock(NOW), seed=3, days=2, scale=0.05)

    assert is_ready(path)
    assert not (path / "rest").exists()


def test_ingesting_the_feeds_again_adds_nothing(demo_home: Path, door: vigie.Door) -> None:
    before = {kind: door.home.lake.count(kind) for kind in ("facts", "measures", "plans")}
    feed = str(demo_home / "feeds" / "main_courante")
    line = ["ingest", "main_courante", feed, "--home", str(demo_home), "--json"]
    found = subprocess.run(  # another process than the one that reads the home
        [sys.executable, "-m", "vigie", *line], capture_output=True, text=True, check=False
    )
    answer = json.loads(found.stdout.splitlines()[-1])

    assert found.returncode in (0, 3)
    assert answer["accepted"] == 0
    assert answer["duplicates"] > 0
    assert {kind: door.home.lake.count(kind) for kind in before} == before


def test_the_door_gives_arrow_pandas_and_geopandas(door: vigie.Door) -> None:
    facts = door.facts(days=7, kind="offence")
    frame = facts.to_geopandas()

    assert 0 < len(facts) < len(door.facts())
    assert len(frame) == len(facts) == facts.to_pandas().shape[0]
    assert frame.crs.to_epsg() == 4326
    assert frame["earliest_at"].dt.tz is not None
    assert set(pc.unique(pc.utf8_slice_codeunits(facts.to_arrow()["kind"], 0, 7)).to_pylist()) == {
        "offence"
    }


def test_the_door_selects_by_zone_source_and_time(door: vigie.Door) -> None:
    everything = door.facts(days=14)
    first = door.facts(days=14, zone="arrondissement:13201")
    log = door.facts(days=14, source="main_courante", severity_min=3)

    assert 0 < len(first) < len(everything)
    assert 0 < len(log) < len(everything)
    with pytest.raises(NotFound):
        door.facts(zone="arrondissement:13299")
    with pytest.raises(WrongUsage):
        door.facts("not a time")


def test_plans_and_places_have_geometry(door: vigie.Door) -> None:
    plans = door.records("plans").to_geopandas()
    groundless = plans["kind"].str.startswith(GROUNDLESS)

    assert plans[~groundless].geometry.notna().mean() > 0.9
    assert plans[plans.geometry.notna()].geometry.is_valid.all()
    with pytest.raises(WrongUsage):
        door.records("persons")


def test_answers_carry_base_and_limits_and_withhold_small_counts(door: vigie.Door) -> None:
    answer = door.analyse("zone_ranking", days=1, kind="offence.person", zoning="maille")

    assert answer.limits["fr"]
    assert answer.withheld > 0
    for row in answer.table.to_pylist():
        assert row["facts"] is None if row["withheld"] else row["facts"] not in (1, 2, 3, 4)


def test_the_agenda_of_the_coming_month_has_plans_and_clashes(
    demo_home: Path, command: Callable[..., Told]
) -> None:
    found = command("agenda", "--home", str(demo_home), "--from", "2026-11-20", "--json")
    days = json.loads(found.out)

    assert len(days) == 30
    assert sum(len(day["plans"]) for day in days) > 0


def test_planted_clashes_are_found_explained_and_not_drowned(demo_home: Path) -> None:
    """The match by the closed boulevard, the feast and the march on one quay, the scaffold."""
    with open_home(demo_home, clock=FixedClock(NOW)) as home:
        found = [one for one in home.clashes.clashes() if one.finding.to_us > to_us(NOW)]
        records = home.clashes.records()

    def between(first: str, second: str) -> set[str]:
        words = {first, second}
        return {
            one.rule
            for one in found
            if len(one.finding.subjects) == 2
            and all(
                any(word in records[plan_id].title for plan_id in one.finding.subjects)
                for word in words
            )
        }

    assert "works_on_exit" in between("match de gala", "Travaux")
    assert {"crowds_meeting", "ground_used_twice"} & between("Fête du Vieux-Port", "Manifestation")
    assert {"fire_lane_blocked", "hydrant_covered"} <= {one.rule for one in found}
    coming = [one for one in records.values() if one.ends_us > to_us(NOW)]
    assert 0 < len(found) < len(coming), "fewer clashes than plans"
    for one in found:
        assert set(one.finding.explanation) == {"fr", "en"}
        assert one.finding.geometry is not None
        assert one.finding.from_us < one.finding.to_us


def test_no_planted_personal_data_stands_in_an_analytic_table(demo_home: Path) -> None:
    """Law PM-3: canaries of the city's free text are absent from every table but the live plane.

    Own ids are left out of the search: they are digests of 24 characters.

    Requirement: PM-3.
    """
    planted = pq.read_table(demo_home / "feeds" / "truth" / "planted.parquet")
    values = {text for text in planted["text"].to_pylist() if len(text) >= 6}
    seen: set[str] = set()
    for file in (demo_home / "lake").rglob("*.parquet"):
        table = pq.ParquetFile(file).read()
        for name in set(table.column_names) - OWN_IDS:
            column = table[name]
            if pa.types.is_map(column.type):
                column = _map_texts(column)
            if pa.types.is_string(column.type):
                seen.update(value for value in pc.unique(column).to_pylist() if value)
    everything = "\n".join(sorted(seen))

    own = everything[50_000:50_020]
    assert len(values) > 100
    assert standing_in(everything, values) == []
    assert standing_in(everything, {*values, own}) == [own], "what is there is found"


def test_no_image_stands_anywhere_in_a_home(demo_home: Path) -> None:
    """Requirement: VID-7."""
    found = [
        (path, mark)
        for path in demo_home.rglob("*")
        if path.is_file()
        for content in [path.read_bytes()]
        for mark in PICTURES
        if mark in content
    ]

    assert found == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("doctor",),
        ("sources", "list"),
        ("quarantine", "list"),
        ("analyse", "daily_trend"),
        ("user", "list"),
        ("token", "list"),
        ("connectors",),
        ("analyses",),
    ],
    ids=" ".join,
)
def test_verbs_answer_in_json(
    demo_home: Path, command: Callable[..., Told], arguments: tuple[str, ...]
) -> None:
    home = [] if arguments[0] in {"connectors", "analyses"} else ["--home", str(demo_home)]
    found = command(*arguments, *home, "--json")

    assert found.code == 0, found.err
    assert isinstance(json.loads(found.out), list)


@pytest.mark.parametrize("ending", ["parquet", "csv", "geojson", "arrow", "json"])
def test_an_answer_goes_to_a_file_by_its_ending(
    demo_home: Path, command: Callable[..., Told], tmp_path: Path, ending: str
) -> None:
    out = tmp_path / f"zones.{ending}"
    found = command("analyse", "zone_ranking", "--home", str(demo_home), "--out", str(out))

    assert found.code == 0, found.err
    assert out.stat().st_size > 100


def test_failures_are_sentences_with_exit_codes(
    command: Callable[..., Told], tmp_path: Path
) -> None:
    absent = command("agenda", "--home", str(tmp_path / "none"))
    wrong = command("analyse", "daily_trend", "--home", str(tmp_path / "none"), "--bogus")

    assert absent.code == 2
    assert wrong.code == 2
    for found in (absent, wrong):
        assert "Traceback" not in found.err
        assert found.err.strip()


def test_the_past_day_was_watched(door: vigie.Door) -> None:
    alerts = door.home.desk.alerts.list_all()
    since = NOW - timedelta(hours=26)

    assert all(alert.explanation["fr"] and alert.explanation["en"] for alert in alerts)
    assert all(a.at_us / 1e6 >= since.timestamp() for a in alerts if a.rule == "surge")


def test_the_notebook_of_the_tutorial_runs(
    demo_home: Path, repo_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cell runs on a fresh kernel; the committed notebook shows what it gave."""
    import nbformat
    from nbclient import NotebookClient

    path = repo_root / "docs" / "tutorial" / "vigie-en-trois-lignes.ipynb"
    book = nbformat.read(str(path), as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    shown = sum(bool(cell.outputs) for cell in code)
    monkeypatch.setenv("VIGIE_HOME", str(demo_home))
    NotebookClient(book, timeout=120, kernel_name="python3").execute()

    assert shown == len(code) - 1


@pytest.mark.parametrize("name", ["trois-lignes", "la-mesure-a-t-elle-agi", "ou-et-quand"])
def test_a_notebook_of_the_examples_runs(
    demo_home: Path, repo_root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Each cell runs on a fresh kernel; the committed notebook holds no output."""
    import nbformat
    from nbclient import NotebookClient

    path = repo_root / "examples" / "notebooks" / f"{name}.ipynb"
    book = nbformat.read(str(path), as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    kept = [cell for cell in code if cell.outputs or cell.execution_count]
    monkeypatch.setenv("VIGIE_HOME", str(demo_home))
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    drawn = [one for cell in code for one in cell.outputs if VEGA_LITE in one.get("data", {})]

    assert kept == []
    assert len(drawn) == 1
    assert "English summary" in book.cells[0].source


def test_an_answer_shows_itself(door: vigie.Door) -> None:
    """Rows as a data frame, a chart with its data, a layer where there is a place."""
    ranked = door.analyse("zone_ranking", kind="offence")
    layer, chart = ranked.to_geopandas(), ranked.chart()

    assert len(ranked) == len(layer) == len(ranked.to_pandas()) == len(chart["data"]["values"])
    assert f"base {ranked.base} facts" in repr(ranked)
    assert layer.crs.to_epsg() == 4326
    assert set(layer.geometry.dropna().geom_type) <= {"Polygon", "MultiPolygon"}
    assert json.loads(json.dumps(chart)) == chart
    assert chart._repr_mimebundle_()[VEGA_LITE] == chart
    with pytest.raises(WrongUsage):
        door.analyse("week_profile", kind="offence").to_geopandas()


def test_a_fact_says_which_file_and_row_it_came_from(door: vigie.Door) -> None:
    """Every row of a folder of files leads back to its own file, and to its line in it."""
    from vigie.situation.caller import Caller
    from vigie.situation.facts import get_fact

    facts = door.facts(source="reports").table
    origins = set()
    for fact_id in facts["fact_id"].to_pylist()[:40:4]:
        provenance = get_fact(door.home, Caller("test", "operator"), fact_id).provenance
        origins.add(provenance["file"])
        path = door.home.path / "feeds" / "reports" / provenance["file"]
        requests = json.loads(path.read_text("utf-8"))

        assert provenance["source_ref"] == requests[provenance["row"] - 1]["service_request_id"]
    assert None not in origins


def test_feeds_of_one_connector_have_names_and_periods_of_their_own(demo_home: Path) -> None:
    with open_home(demo_home) as home:
        known = {info.source: info for info in home.intake.sources()}

    assert known["transit_alerts"].period_s == 86_400
    assert known["rescue_means"].title != known["rescue"].title
    titles = [info.title["fr"] for info in known.values()]
    assert len(set(titles)) == len(titles)
