"""The shift on the desk: what is written stays, and no dispatch without a person's line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import NotFound, StaleVersion
from vigie.base.settings import Settings
from vigie.desk.shift import By, Engaged, Said, Signed
from vigie.desk.store import Desk

ANNE = By("anne", "operator", "account-1")
MACHINE = By("token:feeds", "operator")
ENGAGED = Engaged("m1", "FPT 1", "means.rescue.fire_engine", "FPT 1", "sdis", True, {"n": 1})
SIGNED = Signed(0, 10, "fr", "Rien à signaler.", "0" * 64, {"lines": []})
DISPATCHED = Said("dispatch", "alert:a1", "FPT 1")


def rows(desk: Desk, table: str) -> list[Any]:
    with desk.engine.connect() as connection:
        return list(connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")))


def run(desk: Desk, statement: str, **values: Any) -> None:
    with desk.engine.begin() as connection:
        connection.execute(text(statement), values)


def test_a_dispatch_and_its_line_are_written_together(desk: Desk) -> None:
    """Requirement: ALG-4."""
    made = desk.shift.dispatch(DISPATCHED, ANNE, ENGAGED)
    assert desk.shift.line(made.line.number).by == ANNE
    assert desk.shift.dispatches(0, now_us(FixedClock(made_at())) + 1) == [made]


def made_at() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize("by", [MACHINE, By("os:root", "operator")])
def test_whoever_did_not_sign_in_writes_no_dispatch(desk: Desk, by: By) -> None:
    """Requirement: ALG-4."""
    with pytest.raises(ValueError, match="signed in"):
        desk.shift.dispatch(DISPATCHED, by, ENGAGED)
    with pytest.raises(ValueError, match="with its dispatch"):
        desk.shift.append(DISPATCHED, ANNE)
    assert rows(desk, "shift_lines") == rows(desk, "dispatches") == []


INSERT = (
    "INSERT INTO dispatches (dispatch_id, line, line_kind, means_id, unit_ref, means_kind, label,"
    " source, proposed, basis) VALUES (:id, :line, :kind, 'm', 'u', 'means', 'l', 's', :yes, '{}')"
)


@pytest.mark.parametrize(
    ("line", "kind"),
    [(None, "dispatch"), (99, "dispatch"), (1, "dispatch"), (1, "note"), (2, "dispatch")],
    ids=["no line", "an unknown line", "a note's line", "a note", "a line that has one"],
)
def test_the_database_refuses_a_dispatch_without_a_line_of_its_own(
    desk: Desk, line: int | None, kind: str
) -> None:
    """Requirement: ALG-4."""
    desk.shift.append(Said("note", text="Rien."), ANNE)
    desk.shift.dispatch(DISPATCHED, ANNE, ENGAGED)
    with pytest.raises(IntegrityError):
        run(desk, INSERT, id="d", line=line, kind=kind, yes=True)
    assert len(rows(desk, "dispatches")) == 1


def test_the_database_refuses_the_line_of_a_dispatch_that_no_account_wrote(desk: Desk) -> None:
    """Requirement: ALG-4."""
    with pytest.raises(IntegrityError):
        run(
            desk,
            "INSERT INTO shift_lines VALUES"
            " (1, 0, 'dispatch', '', '', '', '', NULL, :no, 'operator', 'job', '')",
            no=False,
        )


@pytest.mark.parametrize("table", ["shift_lines", "dispatches", "handovers"])
def test_the_database_refuses_to_write_over_a_row(desk: Desk, table: str) -> None:
    desk.shift.dispatch(DISPATCHED, ANNE, ENGAGED)
    desk.shift.sign(SIGNED, ANNE)
    before = rows(desk, table)
    column = {"shift_lines": "text", "dispatches": "label", "handovers": "text"}[table]
    with pytest.raises(IntegrityError, match="append only"):
        run(desk, f"UPDATE {table} SET {column} = 'autre'")
    assert rows(desk, table) == before


def test_a_correction_is_about_an_earlier_line_that_there_is(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.shift.append(Said("correction", corrects=1, text="Non."), ANNE)
    desk.shift.append(Said("note", text="Rien."), ANNE)
    with pytest.raises(IntegrityError):
        run(
            desk,
            "INSERT INTO shift_lines VALUES"
            " (5, 0, 'correction', '', '', '', '', 5, :no, 'operator', 'anne', 'a')",
            no=False,
        )


says = st.lists(
    st.tuples(st.sampled_from(["note", "opened", "closed", "correction"]), st.integers(1, 12)),
    max_size=12,
)


@given(said=says)
def test_what_was_written_is_never_changed_by_what_is_written_later(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, int]]
) -> None:
    desk = _shared(tmp_path_factory)
    start = len(rows(desk, "shift_lines"))
    before = rows(desk, "shift_lines")
    for n, (kind, back) in enumerate(said):
        about = start + n + 1 - back
        if kind == "correction" and about < 1:
            continue
        corrects = about if kind == "correction" else None
        if corrects is not None and corrects > len(rows(desk, "shift_lines")):
            continue
        desk.shift.append(Said(kind, "alert:a", "mots", corrects=corrects), ANNE)
        now = rows(desk, "shift_lines")
        assert now[: len(before)] == before
        assert len(now) == len(before) + 1
        before = now
    assert [one[0] for one in before] == list(range(1, len(before) + 1))


_DESKS: list[Desk] = []


def _shared(factory: pytest.TempPathFactory) -> Desk:
    if not _DESKS:
        folder: Path = factory.mktemp("shift")
        _DESKS.append(Desk.open(folder, settings=Settings(), clock=FixedClock(made_at())))
    return _DESKS[0]


def test_a_later_change_of_a_handover_is_a_new_version(desk: Desk, clock: FixedClock) -> None:
    first = desk.shift.sign(SIGNED, ANNE)
    clock.advance(timedelta(minutes=5))
    second = desk.shift.sign(SIGNED, ANNE, handover_id=first.handover_id, after=1)
    assert desk.shift.versions(first.handover_id) == [first, second]
    assert desk.shift.handovers(10) == [second]
    with pytest.raises(StaleVersion):
        desk.shift.sign(SIGNED, ANNE, handover_id=first.handover_id, after=1)


def test_retention_takes_a_line_its_dispatch_and_old_handovers(
    desk: Desk, clock: FixedClock
) -> None:
    made = desk.shift.dispatch(DISPATCHED, ANNE, ENGAGED)
    signed = desk.shift.sign(SIGNED, ANNE)
    clock.advance(timedelta(days=400))
    kept = desk.shift.append(Said("note", text="Plus tard."), ANNE)
    before = now_us(clock) - 1
    assert desk.retention.ended("shift_lines", before) == [(str(made.line.number), made.line.at_us)]
    desk.retention.erase("shift_lines", [str(made.line.number)])
    assert [key for key, _ in desk.retention.ended("handovers", before)] == [signed.handover_id]
    desk.retention.erase("handovers", [signed.handover_id])
    assert desk.shift.perhaps_open() == []
    assert desk.shift.line(kept.number) == kept
    assert rows(desk, "dispatches") == rows(desk, "handovers") == []
