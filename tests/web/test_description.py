"""The description of the interface: fresh, complete, and true under fuzzing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.transport.requests import ManagedCookiesSession
from tests.rows import for_each

from vigie.desk.roles import ROLES
from vigie.web.openapi import document, render
from vigie.web.security import ANONYMOUS

METHODS = {"get", "post", "put", "patch", "delete"}
KNOWN_ROLES = {*ROLES, ANONYMOUS, "ingest-token"}
COMMITTED = (Path(__file__).parents[2] / "docs" / "reference" / "openapi.json").read_text("utf-8")
"""Read while tests are collected, by each process; the first test holds that it is what we tell."""
DOCUMENT = json.loads(COMMITTED)
OPERATIONS = [
    (path, method, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS
]


def test_the_committed_description_is_fresh() -> None:
    assert render() == COMMITTED, "run: python -m vigie.web.openapi > docs/reference/openapi.json"


def test_the_server_tells_the_same(as_role: Callable[[str], httpx.Client]) -> None:
    assert as_role("anonymous").get("/api/openapi.json").json() == DOCUMENT


@for_each("described", OPERATIONS)
def test_every_operation_is_complete(described: tuple[str, str, dict[str, Any]]) -> None:
    path, _, operation = described
    assert operation["operationId"][0].islower()
    assert operation["tags"]
    assert set(operation["x-roles"]) <= KNOWN_ROLES
    assert operation["x-roles"]
    summary = operation.get("description") or operation["summary"]
    assert summary.endswith(".")
    assert "422" not in operation["responses"] or path.startswith("/api/ingest")
    if operation["x-roles"] != [ANONYMOUS]:
        assert operation["security"]


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))


def test_every_reference_resolves() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for part in COMMITTED.split('"#/components/schemas/')[1:]:
        assert part.partition('"')[0] in schemas


# --- Fuzzing --------------------------------------------------------------------------------------

LEFT_OUT = {
    ("/api/stream", "GET"),  # never ends: tests of its own
    ("/api/session", "POST"),  # sign-in is bounded by address: tests of its own
    ("/api/session", "DELETE"),
    ("/api/session/password", "POST"),
    ("/api/ingest/{source}", "POST"),  # tests of its own
    ("/metrics", "GET"),
}


FUZZED = [
    (path, method) for path, method, _ in OPERATIONS if (path, method.upper()) not in LEFT_OUT
]


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def answers_as_described(
    case: schemathesis.Case, url: str, headers: dict[str, str], session: ManagedCookiesSession
) -> None:
    """Ask once."""
    case.validate_response(
        case.call(base_url=url, headers=headers, session=session),
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )


@pytest.mark.parametrize(("path", "method"), FUZZED, ids=[f"{m.upper()} {p}" for p, m in FUZZED])
def test_nothing_breaks_the_server(
    path: str,
    method: str,
    described: Any,
    fuzzed_url: str,
    fuzzing_headers: dict[str, str],
    fuzzing_session: ManagedCookiesSession,
) -> None:
    """Whatever is sent, the answer is one that the description promises, and never a 5xx.

    What Schemathesis does while tests are collected is done here: each process that collects this
    file would draw the cases of every operation.
    """
    ask = build_operation_test(
        config=described.config,
        operation=described[path][method],
        test_func=answers_as_described,
        given_kwargs={},
        feedback=FeedbackSources(constants_value_source=make_constants_value_source(described)),
    )
    ask(url=fuzzed_url, headers=fuzzing_headers, session=fuzzing_session)


@pytest.fixture(scope="module")
def described() -> Any:
    """The description as Schemathesis reads it."""
    load_all_checks()
    return schemathesis.openapi.from_dict(document())


@pytest.fixture(scope="session")
def fuzzed_url(base_url: str) -> str:
    return base_url


@pytest.fixture(scope="module")
def fuzzing_session() -> Iterator[ManagedCookiesSession]:
    """One connection for eleven thousand requests; what it is sent to keep, it forgets."""
    with ManagedCookiesSession() as session:
        session.trust_env = False  # no proxy is looked for, eleven thousand times
        yield session


@pytest.fixture(scope="session")
def fuzzing_headers(shared_home: Any) -> dict[str, str]:
    """A token with the most rights that a reader can have."""
    account = shared_home.desk.accounts.get("shift_head")
    secret, _ = shared_home.desk.tokens.issue("fuzz", "read", account_id=account.account_id)
    return {"Authorization": f"Bearer {secret}"}
