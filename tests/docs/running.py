"""Runs scripts, each in a fork of one process that has loaded once what they all load.

The programs that a script of ``SERVE`` starts are forks as well (``tests/forks.py``).

``python running.py`` is that process: each line of JSON that it reads is a script with its words,
its folder, what to add to the environment and where its output goes; each line that it answers is
an exit code. A script has a process, a ``__main__`` and an ending of its own.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import forks

LONGEST_S = 300.0
SERVE = {"cities", "live", "soak"}
"""Scripts that serve homes: to load each server takes longer than all that they do."""


class Done(NamedTuple):
    """How a script ended, and what it said."""

    code: int
    out: str
    err: str


class Scripts:
    """The process that has loaded; ended by ``close``.

    Args:
        environment: Its environment, and that of the scripts.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )

    def run(self, words: Sequence[str], folder: Path, **more: str) -> Done:
        """Run a script in a folder, with more in its environment, until it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        out, err = folder / "stdout", folder / "stderr"
        asked = {"words": list(words), "folder": str(folder), "environment": more}
        asked |= {"out": str(out), "err": str(err)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], LONGEST_S)[0]:
            self.close()
        code = self._process.stdout.readline()
        said = out.read_text("utf-8"), err.read_text("utf-8")
        return Done(int(code) if code else -signal.SIGKILL, *said)

    def close(self) -> None:
        """End it, and a script that runs still."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


def become(asked: Mapping[str, Any]) -> NoReturn:
    """Be a script until it has ended."""
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(asked["out"], flags), 1)
    os.dup2(os.open(asked["err"], flags), 2)
    sys.argv = asked["words"]
    sys.path[0] = str(Path(sys.argv[0]).parent)
    if Path(sys.argv[0]).stem in SERVE:
        forks.begin()
    forks.end(partial(runpy.run_path, sys.argv[0], run_name="__main__"))


def main() -> None:
    """Load, then run what is asked for, one after the other."""
    forks.prepare()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            become(json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
