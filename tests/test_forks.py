"""A program that is a fork is a program: its own process, the child of whoever started it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.forks import LINUX, Program, understood
from tests.rows import for_each

pytestmark = [
    pytest.mark.usefixtures("forked_programs"),
    pytest.mark.skipif(not LINUX, reason="elsewhere every program is a whole one"),
]
TELLS = (
    "import json, os, sys; print(json.dumps([os.getpid(), os.getppid(), os.getcwd(), sys.argv,"
    " os.environ.get('TOLD'), 'vigie.situation.home' in sys.modules, sys.stdin.read()]));"
    " raise SystemExit(7)"
)
STARTS = "import subprocess, sys; p = subprocess.run([sys.executable, '-c', sys.argv[1]])\n"
ASKS = (
    "import os, sys; print(os.getppid(), 'vigie.situation.home' in sys.modules);"
    " raise SystemExit(5)"
)
FORKS = "import os\nif not os.fork():\n    {0}    os._exit(p.returncode)\n"
WAITS = "raise SystemExit(os.waitstatus_to_exitcode(os.wait()[1]))"


def test_it_is_the_child_of_whoever_started_it_with_all_that_it_was_given(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TELLS, "a", "é"],
        input="in",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TOLD": "so"},
        check=False,
    )
    own, parent, *told = json.loads(done.stdout)
    assert own != parent == os.getpid()
    assert told == [str(tmp_path), ["-c", "a", "é"], "so", True, "in"]
    assert done.returncode == 7
    assert done.stderr == ""


def test_it_can_be_killed_and_is_in_the_session_that_was_asked_for() -> None:
    code = "import time; print('up', flush=True); time.sleep(600)"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    ) as going:
        assert going.stdout is not None
        assert going.stdout.readline() == b"up\n"
        assert os.getsid(going.pid) == going.pid
        going.kill()
        assert going.wait() == -signal.SIGKILL


def test_what_goes_wrong_is_told_as_python_tells_it() -> None:
    command = [sys.executable, "-c", "1 / 0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_what_python_reads_once_makes_a_whole_program() -> None:
    told = subprocess.run(
        [sys.executable, "-c", TELLS],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        check=False,
    )
    assert json.loads(told.stdout)[-2] is False


def test_what_it_starts_is_whole_and_its_own_child_as_is_what_its_forks_start() -> None:
    for code in (
        f"{STARTS}print(__import__('os').getpid())\nraise SystemExit(p.returncode)",
        FORKS.format(STARTS.replace("\n", "; print(os.getpid(), flush=True)\n")) + WAITS,
    ):
        command = [sys.executable, "-c", code, ASKS]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        parent, loaded, itself = done.stdout.split()
        assert (parent, loaded) == (itself, "False"), done.stderr
        assert done.returncode == 5


@for_each(
    "row",
    [
        (["-m", "vigie", "serve"], Program("-m", "vigie", ["serve"])),
        (["-c", "1", "-x"], Program("-c", "1", ["-x"])),
        (["-W", "ignore", "a.py", "b"], Program("", "a.py", ["b"], quiet=True)),
        (["-I", "-c", "1"], None),
        (["-V"], None),
        ([], None),
    ],
)
def test_a_command_is_understood_or_left_as_it_is(
    row: tuple[list[str], Program | None],
) -> None:
    words, meant = row
    assert understood([sys.executable, *words]) == meant
    assert understood(["git", *words]) is None


def test_a_program_on_another_host_is_told_its_network() -> None:
    found = understood(["nsenter", "--net=/run/netns/one", "--", sys.executable, "-c", "1"])
    assert found == Program("-c", "1", [], network="/run/netns/one")
