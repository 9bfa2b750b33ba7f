"""The demo's hospital: messages over MLLP arrive whatever breaks; children do not stay."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from vigie.intake.hospital.mllp import Frame, MllpServer, acknowledge
from vigie.jobs import hospital
from vigie.jobs.broker import free_port
from vigie.jobs.children import bound
from vigie.jobs.hospital import AT_ONCE, MllpSender


class Listener:
    """An MLLP server in a thread, which answers what it is told to."""

    def __init__(self, port: int, answer: Callable[[Sequence[Frame]], list[bytes]]) -> None:
        self._loop = asyncio.new_event_loop()
        self._server = MllpServer(answer)
        self._loop.run_until_complete(self._server.start("127.0.0.1", port))
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._server.close(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()


def message(number: int) -> bytes:
    return f"MSH|^~\\&|A|B|C|D|2026||ADT^A04|{number}|P|2.5\r".encode()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hospital, "AGAIN_S", 0.05)


def test_every_message_is_answered_and_a_refused_one_is_not_sent_again() -> None:
    port, seen = free_port(), []

    def answer(frames: Sequence[Frame]) -> list[bytes]:
        seen.extend(frame.content for frame in frames)
        return [acknowledge(f.content, "AE" if b"|7|P" in f.content else "AA", 0) for f in frames]

    listener = Listener(port, answer)
    sender = MllpSender(port, threading.Event())
    many = [message(number) for number in range(2 * AT_ONCE + 3)]

    assert sender.send(many)
    sender.close()
    listener.close()
    assert seen == many


def test_it_waits_for_an_edge_that_is_not_there_and_sends_again_what_was_not_answered() -> None:
    port, seen = free_port(), []
    broken = socket.create_server(("127.0.0.1", port))
    stop = threading.Event()
    sender = MllpSender(port, stop)
    done: list[bool] = []
    thread = threading.Thread(target=lambda: done.append(sender.send([message(1), message(2)])))
    thread.start()
    first, _ = broken.accept()
    assert message(1) in first.recv(4_096)
    first.close()  # answered nothing
    broken.close()

    def answer(frames: Sequence[Frame]) -> list[bytes]:
        seen.extend(frame.content for frame in frames)
        return [acknowledge(frame.content, "AA", 0) for frame in frames]

    listener = Listener(port, answer)
    thread.join(20)
    sender.close()
    listener.close()
    assert done == [True]
    assert seen == [message(1), message(2)]


def test_waiting_ends_when_it_is_told_to() -> None:
    stop = threading.Event()
    stop.set()
    assert not MllpSender(free_port(), stop).send([message(1)])


PARENT = """
import sys, time
from vigie.jobs.children import start
print(start([sys.executable, "-c", "import time; time.sleep(120)"]).pid, flush=True)
time.sleep(120)
"""


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv (util-linux)")
def test_a_child_ends_with_a_parent_that_is_killed() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        while True:  # empty for a moment while a program takes the place of another
            runs = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"sleep" in runs and b"setpriv" not in runs:
                break
            time.sleep(0.02)
        parent.send_signal(signal.SIGKILL)
        parent.wait(20)
        with suppress(ProcessLookupError):
            for _ in range(200):
                os.kill(child, 0)
                if b"\nState:\tZ" in Path(f"/proc/{child}/status").read_bytes():
                    return  # ended; whoever inherited it has not looked yet
                time.sleep(0.05)
            os.kill(child, signal.SIGKILL)
            pytest.fail("the child goes on")


def test_without_setpriv_a_command_is_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert bound(["a", "b"]) == ["a", "b"]
