"""The situation over HTTP: one call, described, bounded."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from vigie.web.answers.situation import SituationAnswer


def test_one_call_tells_everything_around_a_point(as_role: Callable[[str], httpx.Client]) -> None:
    """Asked as R2 of the requirements."""
    answer = as_role("operator").get(
        "/api/situation", params={"lon": 5.37, "lat": 43.3, "radius_m": 3_000, "before": 4_000}
    )
    assert answer.status_code == 200, answer.text
    told = SituationAnswer.model_validate(answer.json())
    assert told.facts
    assert told.linkage.linked == 0.5


def test_a_radius_out_of_bounds_is_refused(as_role: Callable[[str], httpx.Client]) -> None:
    answer = as_role("operator").get(
        "/api/situation", params={"lon": 5.37, "lat": 43.3, "radius_m": 50_000}
    )
    assert answer.status_code == 422


def test_the_elected_do_not_see_it(as_role: Callable[[str], httpx.Client]) -> None:
    answer = as_role("elected").get("/api/situation", params={"lon": 5.37, "lat": 43.3})
    assert answer.status_code == 403
