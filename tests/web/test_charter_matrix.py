"""The charter through the real server: every role, purpose, dataset and verb; every field class."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from itertools import count, product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute

from vigie.model.contracts import CONTRACTS
from vigie.privacy.charter import ROLES, shipped_charter
from vigie.privacy.purposes import Purpose, Verb
from vigie.web.routers import ROUTERS
from vigie.web.security import gates_of

CHARTER = shipped_charter()
ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
BY_CHARTER = {"not_in_charter", "purpose_not_of_role", "role_unknown", "purpose_unknown"}
BODIES: dict[str, Any] = {
    "breakGlass": {"dataset": "none", "reason": "Essai de la matrice des droits"},
    "addDelegate": {"login": "none", "name": "none", "sources": ["none"]},
    "reviewGlass": {"verdict": "justified"},
    "retryQuarantine": {"ids": ["none"]},
}
NEEDED = {"findNear": {"lon": "5.37", "lat": "43.29"}, "getSeries": {"metric": "x"}}
NOT_TRIED = {"openStream"}
_NUMBERS = count()


def tried() -> dict[tuple[Verb, str], APIRoute]:
    """One address for each verb on each dataset that has one."""
    found: dict[tuple[Verb, str], APIRoute] = {}
    for route in ROUTES:
        (gate,) = gates_of(route)
        if gate.who == "charter" and route.operation_id not in NOT_TRIED:
            found.setdefault((gate.verb, gate.dataset), route)
    return found


TRIED = tried()


def ask(client: httpx.Client, route: APIRoute, purpose: str) -> str:
    """Ask, with a fresh reason; return why the charter refused, or nothing."""
    path = route.path
    while "{" in path:
        path = path[: path.index("{")] + "none" + path[path.index("}") + 1 :]
    method = min(route.methods)
    operation = str(route.operation_id)
    answer = client.request(
        method,
        path,
        params=NEEDED.get(operation),
        json=BODIES.get(operation, {}) if method in {"POST", "PUT", "PATCH"} else None,
        headers={
            "X-Vigie-Purpose": purpose,
            "X-Vigie-Reason": quote(f"Essai numéro {next(_NUMBERS)} de la matrice"),
        },
    )
    assert answer.status_code < 500, (path, answer.text)
    if answer.status_code != 403:
        return ""
    return str(answer.json()["params"].get("why", ""))


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_through_the_server(role: str, as_role: Callable[[str], httpx.Client]) -> None:
    """Each verb on each dataset, for each purpose, is let in exactly where the charter has a cell.

    Requirement: LED-1, LED-3, ALG-6.
    """
    client = as_role(role)
    for (verb, dataset), route in TRIED.items():
        for purpose in Purpose:
            why = ask(client, route, purpose)
            if (role, purpose, dataset, verb) in CHARTER.cells:
                assert why not in BY_CHARTER, (role, purpose, verb, dataset, why)
            else:
                assert why in BY_CHARTER, (role, purpose, verb, dataset, why)


def test_what_has_an_address_is_told() -> None:
    """Which columns the server was asked: a new address widens the test by itself."""
    with_route = {(dataset, verb) for verb, dataset in TRIED}
    assert {("facts", Verb.CONSULT), ("facts", Verb.DISCLOSE), ("figures", Verb.COMBINE)} <= (
        with_route
    )
    assert len(with_route) >= 15


FIELDS = {"facts": "/api/facts", "means": "/api/means"}


@pytest.mark.parametrize("dataset", FIELDS)
def test_every_field_class_through_the_server(
    dataset: str, as_role: Callable[[str], httpx.Client]
) -> None:
    """A field that the cell does not open is null in every record; one that it opens is told."""
    contract = CONTRACTS[dataset]
    whole = as_role("operator").get(FIELDS[dataset]).json()["items"]
    filled = {name for one in whole for name, value in one.items() if value is not None}
    tested = 0
    for role, purpose in product(ROLES, Purpose):
        grant = CHARTER.cells.get((role, purpose, dataset, Verb.CONSULT))
        if grant is None:
            continue
        answer = as_role(role).get(FIELDS[dataset], headers={"X-Vigie-Purpose": purpose})
        items = answer.json()["items"]
        told = {name for one in items for name, value in one.items() if value is not None}
        for name in filled & set(contract.names()):
            column = contract.column(name)
            open_ = not column.nullable or bool(grant.fields & {name, column.sensitivity})
            assert (name in told) == open_, (role, purpose, name)
            tested += 1
    assert tested > 20


def test_the_page_is_the_charter_cell_for_cell(repo_root: Path) -> None:
    """The published page says what the code does, no cell more, none less."""
    pages = str(repo_root / "docs")
    sys.path.insert(0, pages)
    try:
        spec = importlib.util.spec_from_file_location(
            "rights_pages", repo_root / "docs" / "rights_pages.py"
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(pages)
    text = (repo_root / "docs" / "reference" / "roles.md").read_text(encoding="utf-8")
    rows = [
        tuple(part.strip() for part in line.strip("|").split("|"))
        for line in text.splitlines()
        if line.count("|") == len(module.COLUMNS) + 1
    ][2:]
    expected = [
        tuple(part.strip() for part in module.cell_row(key, grant))
        for key, grant in CHARTER.cells.items()
    ]
    assert sorted(rows) == sorted(expected)
    assert len(rows) == len({row[:5] for row in rows})
