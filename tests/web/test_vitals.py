"""Figures of the house: as the dashboard names them, bounded, nobody in them; ready or not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text as sql

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import Unavailable
from vigie.base.settings import IntakeSettings
from vigie.situation.age import FORMAT, FORMAT_FILE
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.pulse.marks import COPIES, Marks
from vigie.situation.pulse.readiness import PARTS, Readiness
from vigie.web import vitals
from vigie.web.app import create_app
from vigie.web.monitoring.description import ALARMS, PANELS
from vigie.web.monitoring.files import alarm_rules, write_files

AsRole = Callable[[str], httpx.Client]
EXAMPLES = Path(__file__).parents[2] / "examples" / "monitoring"
NAME = re.compile(r"\bvigie_[a-z_]+")
LABELS = {"source", "priority", "reason", "state", "kind", "store", "task", "le"}
LABELS_HTTP = {"method", "route", "status"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sample: object) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("vitals") / "home"
    init_home(folder)
    with open_home(folder, clock=FixedClock(sample.NOW)) as home:  # type: ignore[attr-defined]
        for number in range(5):
            home.intake.register(f"log{number}", "main_courante", period_s=600)
        home.intake.accept("log0", "nothing.csv", b"\x00\x01", "text/csv")
        home.intake.drain()
        home.intake.accept("log1", "waits.csv", b"a;b\n1;2\n", "text/csv")
        home.retention.run()
        Marks(folder).note("alerts", 60, now_us(home.clock))
        Marks(folder).note(COPIES, 0, now_us(home.clock))
        home.desk.accounts.create(
            "zebulon", name="Zébulon Tartempion", role="admin", password="correct-horse-battery"
        )
        yield home


def figures(home: Home) -> dict[str, list[tuple[dict[str, str], float]]]:
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    text = create_app(home, workers=False).state.metrics.text().decode()
    assert "zebulon" not in text.lower()
    assert "tartempion" not in text.lower()
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            found.setdefault(one.name, []).append((dict(one.labels), one.value))
    return found


def one(found: dict[str, list[tuple[dict[str, str], float]]], name: str, **labels: str) -> float:
    return next(value for told, value in found[name] if told == labels)


def test_every_name_of_dashboard_and_alarms_is_answered(house: Home) -> None:
    told = set(figures(house))
    told |= {"vigie_http_requests_total", "vigie_http_request_seconds_bucket"}
    asked = {
        name
        for query in [q for panel in PANELS for _, q in panel.queries] + [a.when for a in ALARMS]
        for name in NAME.findall(query)
    }
    assert len(asked) > 20
    assert asked <= told
    assert len({panel.en for panel in PANELS}) == len(PANELS) == len({p.fr for p in PANELS})


def test_figures_say_what_the_house_does(house: Home) -> None:
    found = figures(house)
    assert one(found, "vigie_journal_waiting") == 1
    house.clock.advance(timedelta(seconds=90))  # type: ignore[attr-defined]
    found = figures(house)
    assert one(found, "vigie_journal_oldest_seconds") == pytest.approx(90, abs=0.01)
    assert one(found, "vigie_task_late_seconds", task="alerts") == 30
    assert one(found, "vigie_retention_age_seconds") == 90
    assert one(found, "vigie_copy_age_seconds") == 90
    assert one(found, "vigie_ingest_messages_total", source="log0") == 1
    assert one(found, "vigie_audit_append_seconds_count") > 0
    assert one(found, "vigie_messages_shed_total", priority="3") == 0
    assert one(found, "vigie_unread_parts") == 0
    assert (
        0
        < one(found, "vigie_disk_free_bytes", store="home")
        <= one(found, "vigie_disk_size_bytes", store="home")
    )


def test_a_commit_is_timed_once_whoever_made_it(house: Home) -> None:
    app = create_app(house, workers=False)
    before = house.intake.figures.commits(None)[0]
    house.intake.accept("log2", "waits.csv", b"\x00", "text/csv")
    house.intake.drain()
    after = house.intake.figures.commits(None)[0]
    counted = f"vigie_commit_seconds_count {float(after - before)}"
    for _ in range(2):
        assert counted in app.state.metrics.text().decode()


def test_labels_are_few_and_tell_nobody(house: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "MOST_SOURCES", 3)
    found = figures(house)
    for name, samples in found.items():
        for labels, _ in samples:
            allowed = LABELS | (LABELS_HTTP if name.startswith("vigie_http") else set())
            assert set(labels) <= allowed, name
    sources = {labels["source"] for labels, _ in found["vigie_ingest_messages_total"]}
    assert sources == {"log0", "log1", "log2", "other"}


def test_one_part_that_fails_does_not_hide_the_others(
    house: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise OSError

    monkeypatch.setattr(house.retention, "last_run", gone)
    found = figures(house)
    assert one(found, "vigie_unread_parts") == 1
    assert "vigie_journal_waiting" in found


def test_the_files_in_examples_are_what_is_drawn(tmp_path: Path) -> None:
    """`vigie monitoring examples/monitoring` writes them anew."""
    for path in write_files(tmp_path):
        assert (EXAMPLES / path.name).read_text("utf-8") == path.read_text("utf-8"), path.name
    for language in ("fr", "en"):
        told = json.loads((tmp_path / f"grafana-{language}.json").read_text("utf-8"))
        assert len(told["panels"]) == len(PANELS)


def test_prometheus_takes_the_rules(tmp_path: Path) -> None:
    """By Prometheus' own tool where it is installed; else every line's form is looked at."""
    promtool = shutil.which("promtool")
    text = alarm_rules()
    if promtool is not None:
        (tmp_path / "rules.yml").write_text(text, "utf-8")
        done = subprocess.run(
            [promtool, "check", "rules", tmp_path / "rules.yml"], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert text.count("- alert: ") == text.count("summary_fr: ") == len(ALARMS)
    for line in text.splitlines():
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        assert key.rstrip(":").isidentifier(), line
        assert not value.startswith('"') or isinstance(json.loads(value), str)


# --- Ready or not -------------------------------------------------------------------------------


def test_a_whole_house_is_ready(as_role: AsRole) -> None:
    answer = as_role("operator").get("/readyz")
    assert answer.json() == {"status": "ready", "parts": dict.fromkeys(PARTS, "ok")}


def wrong(home: Home) -> str:
    try:
        Readiness(home, remember_s=0).require()
    except Unavailable as error:
        return str(error.params["what"])
    return ""


def test_a_journal_that_only_reads_is_not_ready(house: Home) -> None:
    assert wrong(house) == ""
    house.intake._journal.database.submit(lambda c: c.execute("PRAGMA query_only = ON")).result()
    assert wrong(house) == "journal"
    assert wrong(house) == "", "a new connection writes again"


def test_a_full_disk_is_not_ready(house: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    full = house.settings.model_copy(update={"intake": IntakeSettings(min_free_bytes=2**62)})
    monkeypatch.setattr(house, "settings", full)
    assert wrong(house) == "disk"


def test_what_another_version_left_is_not_ready(house: Home) -> None:
    (revision,) = _sql(house, "SELECT version_num FROM alembic_version")
    _sql(house, "UPDATE alembic_version SET version_num = '0016'")
    assert wrong(house) == "migration"
    _sql(house, f"UPDATE alembic_version SET version_num = '{revision}'")
    (house.path / FORMAT_FILE).write_text(f"{FORMAT + 1}\n", "ascii")
    assert wrong(house) == "migration"
    (house.path / FORMAT_FILE).write_text(f"{FORMAT}\n", "ascii")
    schema = house.intake.figures.schema()
    write = house.intake._journal.database.write
    write(lambda c: c.execute(f"PRAGMA user_version = {schema + 1}"))
    assert wrong(house) == "migration"
    assert house.intake.figures.schema() == schema + 1, "looking changed nothing"
    write(lambda c: c.execute(f"PRAGMA user_version = {schema}"))
    assert wrong(house) == ""


def test_who_asks_often_is_answered_from_memory(
    house: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    look = Readiness(house, remember_s=3_600)
    monkeypatch.setattr(look, "_look", lambda: asked.append(1))
    for _ in range(5):
        look.require()
    assert asked == [1]


def _sql(home: Home, statement: str) -> list[str]:
    with home.desk.engine.begin() as connection:
        found = connection.execute(sql(statement))
        return [str(row[0]) for row in found] if found.returns_rows else []
