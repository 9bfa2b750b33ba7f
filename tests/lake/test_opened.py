"""The engine's database is opened anew between queries, and nobody who asks sees it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from tests.lake.samples import city_facts

from vigie.lake import opened
from vigie.lake.duck import DuckEngine
from vigie.lake.opened import Database, process_database
from vigie.lake.store import Lake

MOST = 3


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, lake: Lake) -> Database:
    """A database of three queries, asked by the lake."""
    database = Database(lambda: opened._connect(0, "100MB"), MOST)
    engine = lake.engine("duckdb")
    assert isinstance(engine, DuckEngine)
    monkeypatch.setattr(engine, "_database", database)
    return database


def ask(database: Database, sql: str) -> pa.Table:
    with database.cursor() as cursor:
        return cursor.sql(sql).to_arrow_table()


def test_after_so_many_queries_it_is_another_one_set_alike(few: Database) -> None:
    setting = "SELECT current_setting('memory_limit') AS m, current_setting('temp_directory') AS t"
    first = ask(few, setting)
    told = [ask(few, f"SELECT range AS n, '{turn}' AS turn FROM range(3)") for turn in range(2)]
    assert few.opened == 1
    assert ask(few, setting).equals(first)
    assert few.opened == 2
    assert [one["turn"].to_pylist() for one in told] == [["0"] * 3, ["1"] * 3]
    assert ask(few, "SELECT current_setting('TimeZone') AS z")["z"].to_pylist() == ["Etc/UTC"]


def test_it_stays_while_a_query_runs(few: Database) -> None:
    with few.cursor() as long:
        long.execute("CREATE TEMP VIEW here AS SELECT 1 AS n")
        for _ in range(2 * MOST):
            ask(few, "SELECT 1")
        assert few.opened == 1
        assert long.sql("FROM here").fetchall() == [(1,)]
    ask(few, "SELECT 1")
    assert few.opened == 2


def test_a_query_that_fails_no_longer_runs(few: Database) -> None:
    for _ in range(MOST):
        with pytest.raises(Exception, match="nothing_there"):
            ask(few, "FROM nothing_there")
    ask(few, "SELECT 1")
    assert few.opened == 2


def test_answers_are_the_same_whichever_database_reads_them(lake: Lake, few: Database) -> None:
    lake.commit("facts", city_facts(50, days=2))
    pages = [lake.query("facts_page", limit_rows=n) for n in range(1, 3 * MOST)]
    assert few.opened > 2
    assert [page.num_rows for page in pages] == list(range(1, 3 * MOST))
    assert pages[-1].slice(0, 4).equals(pages[3])


def test_the_lake_asks_a_database_that_is_bounded(lake: Lake) -> None:
    engine = lake.engine("duckdb")
    assert isinstance(engine, DuckEngine)
    assert engine._database._most == opened.MOST_READ
    assert process_database(1, "100MB") is process_database(1, "100MB")


def test_spilled_rows_stay_out_of_the_working_folder(lake: Lake) -> None:
    engine = lake.engine("duckdb")
    assert isinstance(engine, DuckEngine)
    with engine._database.cursor() as cursor:
        setting = cursor.execute("SELECT current_setting('temp_directory')").fetchone()
    assert setting is not None
    folder = Path(setting[0])
    assert folder.is_absolute()
    assert folder.stat().st_mode & 0o077 == 0
