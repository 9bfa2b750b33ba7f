"""Time is an argument: only the clock asks the system, and no datetime is naive."""

from __future__ import annotations

import ast

ASKING = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today",
    "pd.Timestamp.now", "pd.Timestamp.today", "pandas.Timestamp.now",
}  # fmt: skip
NAIVE = {"datetime.utcfromtimestamp", "datetime.datetime.utcfromtimestamp"}
THE_CLOCK = "src/vigie/base/clock.py"


def test_only_the_clock_asks_the_system(product):
    asking = [
        f"{source.name}:{node.lineno} {ast.unparse(node.func)}"
        for source in product
        if source.name != THE_CLOCK
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKING | NAIVE
    ]

    assert asking == []


def test_every_timestamp_read_back_has_a_zone(product):
    """`datetime.fromtimestamp` without a zone gives the machine's own time."""
    naive = [
        f"{source.name}:{node.lineno}"
        for source in product
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "fromtimestamp"
        and len(node.args) + len(node.keywords) < 2
    ]

    assert naive == []


def test_the_clock_itself_is_seen(product):
    """If the clock moved, the exception above would protect nothing."""
    clock = next(source for source in product if source.name == THE_CLOCK)
    calls = {ast.unparse(n.func) for n in ast.walk(clock.tree) if isinstance(n, ast.Call)}

    assert "time.time_ns" in calls
