"""A feed read anew after its mapping changed: as if it had been read so from the beginning."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.intake.reread_scene import (
    ERASED,
    REFUSED,
    SOURCE,
    Heard,
    again,
    brought,
    opened,
    reread,
    state,
)

from vigie.base.errors import NotFound, Unavailable
from vigie.intake import reprocessing
from vigie.privacy.purposes import Verb


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Homes that took the messages in with the wrong mapping and with the right one."""
    folder = tmp_path_factory.mktemp("reread")
    brought(folder / "wrong", right=False)
    brought(folder / "right", right=True)
    return folder


@pytest.fixture
def wrong(made: Path, tmp_path: Path) -> Path:
    """A copy of the home that took them in wrongly."""
    return Path(shutil.copytree(made / "wrong", tmp_path / "home"))


def without_receipt(home: Path) -> dict[str, dict]:
    return {
        id_: {name: value for name, value in row.items() if name != "received_at"}
        for id_, row in state(home).items()
    }


def test_records_are_what_the_new_mapping_says_and_what_is_erased_stays_so(
    made: Path, wrong: Path
) -> None:
    before = without_receipt(wrong)
    heard = Heard()
    report = reread(wrong, audit=heard)
    after, right = without_receipt(wrong), without_receipt(made / "right")

    assert ERASED not in after
    assert REFUSED not in right, "its code has no meaning today"
    assert after == {**right, REFUSED: before[REFUSED]}
    assert after != before
    assert report.refused == {"unknown_kind": 1}
    assert (report.messages, report.changed, report.same) == (3, 23, 0)
    assert report.absent == 1, "the erased one"
    assert report.elsewhere == 10, "five rows were revised, five were told again"
    assert {line.verb for line in heard.lines} == {Verb.ALTER}
    assert heard.lines[0].subject == {"source": SOURCE, "rows": 34, "reprocessed": True}


def test_read_once_more_nothing_changes(wrong: Path) -> None:
    reread(wrong)
    with opened(wrong) as (lake, _):
        version = lake.version("facts")
    once_more = reread(wrong)

    assert (once_more.changed, once_more.same) == (0, 23)
    with opened(wrong) as (lake, _):
        assert lake.version("facts") == version


class CutShort(Exception):
    """A run that somebody ended."""


def test_a_run_cut_short_goes_on_after_the_last_messages_that_were_settled(
    made: Path, wrong: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reprocessing, "TOGETHER", 1)
    heard: list[tuple[float, float, str]] = []

    def cut(*told: float | str) -> None:
        heard.append(told)
        raise CutShort

    with pytest.raises(CutShort):
        reread(wrong, told=cut)
    assert heard == [(1, 3, "2026-06-01")]
    half = without_receipt(wrong)
    report = reread(wrong, told=lambda *told: heard.append(told))

    assert heard[1:] == [(2, 3, "2026-06-01"), (3, 3, "2026-06-01")]
    assert (report.messages, report.changed) == (3, 23)
    assert half != without_receipt(wrong)
    assert without_receipt(wrong).keys() == {*without_receipt(made / "right"), REFUSED}
    assert reread(wrong, anew=True).messages == 3


def test_what_the_new_mapping_names_otherwise_is_neither_added_nor_lost(wrong: Path) -> None:
    before = state(wrong)
    with opened(wrong) as (lake, intake):
        given = dict(intake.source(SOURCE).mapping)
        given["columns"] = {**given["columns"], "source_ref": "objet"}
        intake.register(SOURCE, "table", mapping=given)
        report = again(intake).run(SOURCE, lake, Heard(), intake._clock)
        with pytest.raises(NotFound):
            again(intake).run("nobody", lake, Heard(), intake._clock)
        with pytest.raises(Unavailable):
            again(intake).run(SOURCE, lake, Heard(), intake._clock, engine="spark")

    assert (report.changed, report.absent) == (0, 35)
    assert state(wrong) == before
