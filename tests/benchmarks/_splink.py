"""Splink on the reports of ``linkage.py --splink``: run by an interpreter that has it, not by ours.

    PYTHON _splink.py reports.parquet pairs.parquet

The same pairs are compared as by Vigie (400 m, six hours) on the same fields, cut into levels at
Vigie's own knots. Three models: *usual*, as Splink's guide has it, u from random pairs and m by
expectation maximisation among near pairs, without the truth; *blind*, both by expectation
maximisation among near pairs; *known*, weights that are the true shares of each level among true
and untrue pairs of this very city, the best that independent fields can do (and more than Vigie
gets, which learnt on another city). There each frequent pair of kinds and of sources is a level of
its own; left to expectation maximisation such levels run into Splink's bound of 1e-300 and it
stops.
"""

from __future__ import annotations

import json
import sys
import time

import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.blocking_rule_library import CustomRule
from splink.comparison_library import CustomComparison

NEAR = (
    "(l.x - r.x) * (l.x - r.x) + (l.y - r.y) * (l.y - r.y) <= 160000"
    " AND greatest(l.early - r.late, r.early - l.late) <= 21600"
)
LEAST_PAIRS = 60
Z2 = "((x_l - x_r) * (x_l - x_r) + (y_l - y_r) * (y_l - y_r)) / (var_l + var_r)"
GAP = "greatest(0, early_l - late_r, early_r - late_l)"
LONGEST = "greatest(late_l - early_l, late_r - early_r)"
REPORTED = "abs(told_l - told_r)"
KINDS = "least(kind_l, kind_r) || '|' || greatest(kind_l, kind_r)"
SOURCES = "least(source_l, source_r) || '|' || greatest(source_l, source_r)"
SAME = "source_l = source_r"


def level(condition: str) -> dict[str, object]:
    return {"sql_condition": condition, "label_for_charts": condition[:80]}


ELSE = level("ELSE")


def comparisons(kinds: list[str], sources: list[str]) -> list[CustomComparison]:
    """Return the fields in levels, the likest first."""
    place = [level(f"{Z2} <= {knot**2}") for knot in (1, 2, 3, 5, 9)]
    gaps = [level(f"{GAP} <= {minutes * 60}") for minutes in (5, 15, 36, 77, 178)]
    when = [
        level(f"{GAP} = 0 AND {LONGEST} <= 300"),
        level(f"{GAP} = 0 AND {LONGEST} <= 3600"),
        level(f"{GAP} = 0"),
        *gaps,
    ]
    unknown = {**level("told_l IS NULL OR told_r IS NULL"), "is_null_level": True}
    told = [unknown, *(level(f"{REPORTED} <= {s}") for s in (60, 300, 900, 3600, 10800))]
    related = [
        level(f"kind_l = kind_r AND NOT {SAME}"),
        level("kind_l = kind_r"),
        level("starts_with(kind_l, kind_r || '.') OR starts_with(kind_r, kind_l || '.')"),
        level("parent_l = parent_r"),
        level("theme_l = theme_r"),
    ]
    of_kinds = [level(f"{KINDS} = '{pair}'") for pair in kinds]
    of_sources = [level(f"{SOURCES} = '{pair}'") for pair in sources]
    fields = {
        "place": place,
        "gap": when,
        "reported": told,
        "kinds": [*of_kinds, *related],
        "sources": [*of_sources, level(f"NOT {SAME}")],
    }
    return [CustomComparison([*levels, ELSE], name) for name, levels in fields.items()]


def settings_of(levels: list[CustomComparison]) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=levels,
        blocking_rules_to_generate_predictions=[
            CustomRule(f"l.keys = r.keys AND {NEAR}", arrays_to_explode=["keys"])
        ],
        probability_two_random_records_match=0.05,
        retain_matching_columns=False,
        max_iterations=100,
    )


def frequent(connection: duckdb.DuckDBPyConnection, what: str) -> list[str]:
    """Return the pairs of a column that are met often among the pairs compared."""
    found = connection.execute(
        f"SELECT {what} AS pair, count(*) AS n FROM compared GROUP BY 1 HAVING n >= {LEAST_PAIRS}"
        " ORDER BY n DESC LIMIT 120"
    ).fetchall()
    return [pair for pair, _ in found]


def predict(api: DuckDBAPI, reports: object, settings: object, name: str) -> None:
    """Write the pairs with their probability into a table."""
    linker = Linker(reports, settings, log_level=None, validate_settings=False)
    linker.inference.predict().as_duckdbpyrelation().create(name)


def from_truth(model: dict, connection: duckdb.DuckDBPyConnection) -> dict:
    """Return the model with the true shares of each level, one pair added to each."""
    same = "incident_l = incident_r"
    for one in model["comparisons"]:
        levels = one["comparison_levels"]
        cases = " ".join(
            f"WHEN {each['sql_condition']} THEN {n}" for n, each in enumerate(levels[:-1])
        )
        found = connection.execute(
            f"SELECT CASE {cases} ELSE {len(levels) - 1} END AS n, sum(({same})::INT),"
            f" sum((NOT {same})::INT) FROM compared GROUP BY 1"
        ).fetchall()
        met = {int(n): (float(m), float(u)) for n, m, u in found}
        told = [n for n, each in enumerate(levels) if not each.get("is_null_level")]
        for part, key in enumerate(("m_probability", "u_probability")):
            counts = {n: met.get(n, (0.0, 0.0))[part] + 1 for n in told}
            for n, count in counts.items():
                levels[n][key] = count / sum(counts.values())
    share = connection.execute(f"SELECT avg(({same})::INT) FROM compared").fetchall()[0]
    return {**model, "probability_two_random_records_match": share[0]}


def learnt(reports: object, *, by_random: bool) -> dict:
    """Return the model that expectation maximisation leads to, with the share of pairs it found."""
    linker = Linker(
        reports, settings_of(comparisons([], [])), log_level=None, validate_settings=False
    )
    if by_random:
        linker.training.estimate_u_using_random_sampling(max_pairs=10_000_000)
    session = linker.training.estimate_parameters_using_expectation_maximisation(
        "l.block = r.block", fix_u_probabilities=by_random
    )
    share = session.core_model_settings.probability_two_random_records_match
    return {
        **linker.misc.save_model_to_json(),
        "probability_two_random_records_match": share,
    }


def main(source: str, out: str) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE given AS SELECT * FROM '{source}'")
    api = DuckDBAPI(connection=connection)
    reports = api.register("given")
    told: dict[str, object] = {}
    for name in ("usual", "blind"):
        began, used = time.perf_counter(), time.process_time()
        predict(api, reports, learnt(reports, by_random=name == "usual"), name)
        told[f"{name}_seconds"] = time.perf_counter() - began
        told[f"{name}_cpu_seconds"] = time.process_time() - used
    columns = [name for name, *_ in connection.execute("DESCRIBE given").fetchall()]
    both = ", ".join(f"{side}.{name} AS {name}_{side}" for side in "lr" for name in columns)
    connection.execute(
        f"CREATE TABLE compared AS SELECT {both} FROM blind b"
        " JOIN given l ON b.unique_id_l = l.unique_id JOIN given r ON b.unique_id_r = r.unique_id"
    )
    finer = comparisons(frequent(connection, KINDS), frequent(connection, SOURCES))
    whole = Linker(reports, settings_of(finer), log_level=None, validate_settings=False)
    known = from_truth(whole.misc.save_model_to_json(), connection)
    predict(api, reports, known, "known")
    connection.execute(
        "COPY (SELECT unique_id_l AS l, unique_id_r AS r, u.match_probability AS usual,"
        " b.match_probability AS blind, k.match_probability AS known FROM blind b"
        " JOIN known k USING (unique_id_l, unique_id_r)"
        f" JOIN usual u USING (unique_id_l, unique_id_r)) TO '{out}' (FORMAT parquet)"
    )
    print(json.dumps({name: round(float(value), 2) for name, value in told.items()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
