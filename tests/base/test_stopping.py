"""A long reckoning ends between two steps when whoever may end it says so, and only then."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from tests.stopping import After

from vigie.base.errors import Stopping
from vigie.base.stopping import Stop, Worker, look, stoppable, wait_for


def _steps(done: list[int], n: int = 100) -> None:
    for step in range(n):
        look()
        done.append(step)


def test_what_nobody_may_stop_goes_to_its_end() -> None:
    done: list[int] = []
    _steps(done)
    assert len(done) == 100


def test_it_ends_between_two_steps() -> None:
    done: list[int] = []
    with pytest.raises(Stopping), stoppable(After(7)):
        _steps(done)
    assert done == list(range(7))


def test_each_of_several_may_end_it_and_none_afterwards() -> None:
    inner, outer = Stop(), Stop()
    with stoppable(outer):
        with stoppable(inner):
            outer.set()
            with pytest.raises(Stopping):
                look()
        with pytest.raises(Stopping):
            look()
    look()


def test_a_worker_is_ended_by_what_may_end_its_starter_and_says_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stop, begun = Stop(), Event()

    def work() -> None:
        while True:
            look()
            begun.set()

    with stoppable(stop):
        worker = Worker(work, "work")
    worker.start()
    assert begun.wait(60)
    stop.set()
    worker.join(60)
    assert not worker.is_alive()
    assert worker.stopped
    assert capsys.readouterr().err == ""


def test_a_worker_that_is_done_was_not_stopped() -> None:
    done: list[int] = []
    worker = Worker(lambda: _steps(done), "work")
    worker.start()
    worker.join(60)
    assert len(done) == 100
    assert not worker.stopped


def test_who_waits_for_a_thread_waits_no_longer_than_it_may() -> None:
    stop, go = Stop(), Event()
    thread = Thread(target=go.wait, args=(10,))
    thread.start()
    stop.set()
    with pytest.raises(Stopping), stoppable(stop):
        wait_for(thread)
    go.set()
    wait_for(thread)
    assert not thread.is_alive()
