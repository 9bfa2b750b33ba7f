"""One way to a dispatch, and a person walks it: every caller is named here."""

from __future__ import annotations

import ast
import re

import pytest

CONFIRMERS = {"vigie/web/routes/shift.py"}
"""Who may call the use case: the route of a person who signed in. Not the command line, no job."""

WRITERS = {"vigie/situation/act/dispatch.py"}
"""Who may call the desk's writer."""

OF_THE_TABLE = {"vigie/desk/shift.py", "vigie/desk/shift_tables.py"}
"""Who knows the table at all; retention takes its rows with their lines."""

MACHINES = ("jobs", "rules", "intake", "connectors", "judge", "detectors", "foresight", "analyses")


@pytest.fixture(scope="module")
def source(product) -> dict[str, ast.Module]:
    return {one.name.removeprefix("src/"): one.tree for one in product}


def naming(source: dict[str, ast.Module], name: str) -> set[str]:
    """Modules in which something is called, or handed on, by a name."""
    return {
        module
        for module, tree in source.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.alias) and node.name.rpartition(".")[2] == name)
    }


def test_every_caller_of_the_use_case_is_named(source: dict[str, ast.Module]) -> None:
    """Requirement: ALG-4."""
    assert naming(source, "confirm_dispatch") == CONFIRMERS


def test_only_the_use_case_writes_a_dispatch(source: dict[str, ast.Module]) -> None:
    """Requirement: ALG-4."""
    called = {
        module
        for module, tree in source.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "dispatch"
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "shift"
    }
    assert called == WRITERS


def test_nobody_else_knows_the_table(product) -> None:
    """Requirement: ALG-4."""
    table = re.compile(r"DispatchRow|INTO\s+dispatches|UPDATE\s+dispatches", re.IGNORECASE)
    known = {one.name.removeprefix("src/") for one in product if table.search(one.text)}
    assert known == OF_THE_TABLE


def test_no_machine_reads_the_room_that_acts(source: dict[str, ast.Module]) -> None:
    """Requirement: ALG-4."""
    for module, tree in source.items():
        if module.split("/")[1] not in MACHINES:
            continue
        for node in ast.walk(tree):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not any(name.startswith("vigie.situation.act") for name in names), module
