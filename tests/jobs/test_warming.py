"""What is loaded once a server answers."""

from __future__ import annotations

import threading

import pytest

import vigie.jobs.warming as room
from vigie.jobs.warming import Warming, warm
from vigie.web.answers.base import Answer, build_answers


def test_a_part_that_cannot_be_loaded_is_told_and_the_others_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(room, "LATE", ("vigie.no_such_part", "sqlglot"))
    done: list[str] = []

    warm(threading.Event(), lambda: done.append("more"))

    said = capsys.readouterr()
    assert "vigie.no_such_part" in said.out + said.err
    assert done == ["more"]


def test_it_ends_where_it_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LATE", ())
    begun, left, done = threading.Event(), threading.Event(), []

    def first() -> None:
        begun.set()
        assert left.wait(30)

    with Warming(first, lambda: done.append("second")) as warming:
        warming.begin()
        assert begun.wait(30)
        warming._stop.set()
        left.set()

    assert done == []
    assert not warming._thread.is_alive()


def test_one_that_was_never_begun_is_left_at_once() -> None:
    with Warming() as warming:
        pass

    assert warming._thread.ident is None


def test_every_answer_is_built() -> None:
    import vigie.web.routers

    assert vigie.web.routers.ROUTERS
    build_answers()

    waiting = [one.__name__ for one in Answer.__subclasses__() if not one.__pydantic_complete__]
    assert waiting == []
