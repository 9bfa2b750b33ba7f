"""Query files: a typed header that is true, and nothing that two engines understand differently."""

from __future__ import annotations

import re
from importlib import resources

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from vigie.base.errors import NotFound, WrongUsage
from vigie.lake.dialect import to_spark
from vigie.lake.statements import Parameter, get_statement, parse_statement, statements
from vigie.model.contracts import CONTRACTS, NARRATIVES

QUERIES = sorted(statements())
BANNED_FUNCTIONS = re.compile(
    r"\b(epoch\w*|to_timestamp\w*|make_timestamp\w*|unix_\w+|from_unixtime|strftime|strptime|now|"
    r"current_\w+|date_diff|datediff|date_add|date_part|date_trunc|extract|age|interval)\b",
    re.IGNORECASE,
)
LAKE_TABLES = {*CONTRACTS, "cube", "sums", "spots"}


def files() -> dict[str, str]:
    folder = resources.files("vigie.lake").joinpath("queries")
    found = {}
    for place in (folder, folder.joinpath("shared")):
        for entry in place.iterdir():
            if entry.name.endswith(".sql"):
                found[entry.name] = entry.read_text(encoding="utf-8")
    return found


def code_of(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("--"))


@pytest.mark.parametrize("name", sorted(files()))
def test_no_query_computes_with_instants(name: str) -> None:
    """Epoch functions and timestamp casts differ between engines: integers only.

    An instant may be handed on as it stands: a column of the answer, never part of an expression.
    """
    code = code_of(files()[name])
    assert BANNED_FUNCTIONS.search(code) is None
    handed_on = [
        column.name
        for column in sqlglot.parse_one(code, dialect="duckdb").find_all(exp.Column)
        if column.name.endswith("_at") and isinstance(column.parent, exp.Select)
        if column.arg_key == "expressions"
    ]
    assert sorted(re.findall(r"\w*_at\b", code)) == sorted(handed_on)
    assert "//" not in code


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_reads_what_it_declares_and_no_narrative(name: str) -> None:
    statement = get_statement(name)
    tree = sqlglot.parse_one(statement.sql, dialect="duckdb")
    named = {table.name for table in tree.find_all(exp.Table)}
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    assert named - own == {*statement.tables, *statement.inputs}
    assert set(statement.tables) <= LAKE_TABLES
    assert "narrative" not in statement.sql.lower()
    assert "text" not in {c.name for c in tree.find_all(exp.Column)} & set(NARRATIVES.names)
    assert isinstance(tree, exp.Select | exp.Union)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_says_what_it_answers_in_a_fixed_order(name: str) -> None:
    statement = get_statement(name)
    assert statement.doc.endswith(".")
    tree = sqlglot.parse_one(statement.sql, dialect="duckdb")
    assert tree.args.get("order") is not None or name in {"extent", "fact_by_id"}


@pytest.mark.parametrize("name", QUERIES)
def test_spark_gets_exact_quantiles_only(name: str) -> None:
    rendered = to_spark(get_statement(name).sql).lower()
    assert "approx" not in rendered
    assert "$" not in rendered


def test_both_spellings_of_a_quantile_are_exact() -> None:
    assert to_spark("SELECT quantile_cont(x, 0.9) FROM t") == "SELECT PERCENTILE(x, 0.9) FROM t"
    spelled = "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t"
    assert to_spark(spelled) == "SELECT PERCENTILE(x, 0.5) FROM t"


def header(**lines: str) -> str:
    return "".join(f"-- {key}: {value}\n" for key, value in lines.items())


def test_a_header_that_lies_about_parameters_is_refused() -> None:
    text = header(name="q", tables="facts", params="a BIGINT", returns="n BIGINT")
    with pytest.raises(WrongUsage):
        parse_statement(text + "SELECT $b AS n FROM facts")
    with pytest.raises(WrongUsage):
        parse_statement(header(params="a WIDGET", returns="n BIGINT") + "SELECT $a AS n")
    with pytest.raises(WrongUsage):
        parse_statement(header(params="a!", returns="n BIGINT") + "SELECT $a AS n")


def test_parameters_are_cast_to_their_declared_type() -> None:
    text = header(name="q", params="lat DOUBLE, n BIGINT = 7", returns="x DOUBLE")
    statement = parse_statement(text + "SELECT $lat-0.01 AS x WHERE $n > 0")
    assert statement.sql == "SELECT CAST($lat AS DOUBLE)-0.01 AS x WHERE CAST($n AS BIGINT) > 0"
    assert statement.bind({"lat": 3}) == {"lat": 3.0, "n": 7}
    for wrong in ({}, {"lat": "3"}, {"lat": True}, {"lat": 1.0, "m": 1}, {"lat": 1.0, "n": 1.5}):
        with pytest.raises(WrongUsage):
            statement.bind(wrong)


def test_an_unknown_query_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_statement("../shared/selected")


codes = st.from_regex(r"[a-z]{1,6}(\.[a-z_]{1,6}){0,3}", fullmatch=True)


UNDER = parse_statement(
    header(name="q", tables="t(kind TEXT)", params="kinds PREFIXES", returns="kind TEXT")
    + "SELECT kind FROM t WHERE under(kind, $kinds)"
)


@given(prefixes=st.lists(codes, max_size=12), found=st.lists(codes, min_size=1, max_size=4))
def test_prefixes_match_themselves_and_what_is_under_them(
    prefixes: list[str], found: list[str]
) -> None:
    kinds = [*found, *(f"{one}.x" for one in prefixes), *(f"{one}x" for one in prefixes), *prefixes]
    sql, sent = UNDER.write(UNDER.bind({"kinds": prefixes}))
    with duckdb.connect() as connection:
        connection.register("t", pa.table({"kind": pa.array(kinds, pa.string())}))
        told = [row[0] for row in connection.execute(sql, sent).fetchall()]
    wanted = [k for k in kinds if any(k == p or k.startswith(p + ".") for p in prefixes)]
    assert sorted(told) == sorted(wanted if prefixes else kinds)


def test_prefixes_are_compared_only() -> None:
    text = header(name="q", tables="facts", params="kinds PREFIXES", returns="kind TEXT")
    with pytest.raises(WrongUsage):
        parse_statement(text + "SELECT kind FROM facts WHERE kind = $kinds")


@given(st.lists(st.text(min_size=1), max_size=5))
def test_lists_travel_whole_or_are_refused(texts: list[str]) -> None:
    parameter = Parameter("sources", "LIST", "")
    if any("," in text for text in texts):
        with pytest.raises(WrongUsage):
            parameter.encode(texts)
    else:
        encoded = parameter.encode(texts)
        assert encoded.split(",") == texts if texts else encoded == ""
