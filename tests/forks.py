"""Programs of this house, each a fork of a process that has loaded once what they all load.

Loading takes a program two to four seconds of a processor; a test that serves a cluster starts six.
Inside ``forked`` a command that names this Python is run by such a fork, whoever gives it:

* it has a process of its own with its own arguments, environment, folder, files and ending, and is
  the child of whoever started it: it can be waited for, stopped and killed, its memory read;
* the programs that it starts are whole ones; only of scripts in ``tests/docs/running.py`` that
  serve homes they are forks as well, and so on;
* a command with options that are not understood here, with another environment for Python itself
  (a seed of hashes, a time zone), or of another program, is left as it is.

What is not tested so is that Python finds and loads a program: ``tests/cli/test_main.py``,
``tests/acceptance`` and ``tests/architecture/test_packaging.py`` start whole ones. Linux only;
elsewhere every program is a whole one.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, cast

ROOT = Path(__file__).resolve().parents[1]
LINUX = sys.platform == "linux"
LIBRARIES = (
    *("numpy", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet", "duckdb", "shapely"),
    *("scipy.stats", "httpx", "uvicorn"),
)
NOT_LOADED = ("vigie.desk.migrations.", "vigie.lake.spark", "vigie.lake.cluster")
"""Alembic runs its own; Spark's would be of no use without its machine."""
MOST_BYTES = 1 << 17
_SUBREAPER, _NEWNET = 36, 0x40000000
_NETWORK = "--net="
_READ_ONCE = ("PYTHON", "TZ", "LD_")


def load() -> None:
    """Load every module of the house, and what they load inside functions."""
    import vigie

    for name in LIBRARIES:
        importlib.import_module(name)
    for found in pkgutil.walk_packages(vigie.__path__, "vigie."):
        if not found.name.startswith(NOT_LOADED) and not found.name.endswith(".__main__"):
            with suppress(ModuleNotFoundError):  # what asks for a package that is optional
                importlib.import_module(found.name)


def prepare() -> None:
    """Make this process one to be forked: it has loaded, and what it shares stays shared."""
    load()
    gc.collect()
    gc.freeze()  # looking for garbage would write to every page
    os.register_at_fork(after_in_child=begin_again)


@dataclass(frozen=True)
class Program:
    """What a command says to run.

    Attributes:
        how: ``-m``, ``-c``, or empty for a file.
        what: Name of the module, the code, or the file.
        arguments: What comes after.
        quiet: No warnings are shown.
        network: A file of the network namespace to be in.
    """

    how: str
    what: str
    arguments: list[str]
    quiet: bool = False
    network: str = ""


def understood(command: Any) -> Program | None:
    """Return what to run where a command names this Python in a way that is known here."""
    if isinstance(command, str | bytes | os.PathLike):
        return None
    words, network, quiet = [os.fsdecode(word) for word in command], "", False
    if words[:1] == ["nsenter"] and words[2:3] == ["--"] and words[1].startswith(_NETWORK):
        network, words = words[1].removeprefix(_NETWORK), words[3:]
    if words[:1] != [sys.executable]:
        return None
    words = words[1:]
    if words[:2] == ["-W", "ignore"]:
        quiet, words = True, words[2:]
    if len(words) > 1 and words[0] in {"-m", "-c"}:
        return Program(words[0], words[1], words[2:], quiet, network)
    if words and not words[0].startswith("-"):
        return Program("", words[0], words[1:], quiet, network)
    return None


# --- The process that has loaded ------------------------------------------------------------------


def serve(asked: socket.socket) -> Program | None:
    """Make forks until nobody asks any more; in a fork, return the program to be."""
    while True:
        words, files, *_ = socket.recv_fds(asked, MOST_BYTES, 3)
        if not words:
            return None
        told = json.loads(words)
        waiting, go = os.pipe()
        said, say = os.pipe()
        between = os.fork()
        if not between:
            # The one that asks takes over who loses its parent: its fork has to lose one.
            child = os.fork()
            if child:
                os.write(say, str(child).encode())
                os._exit(0)
            for one in (go, said, say, asked.detach()):
                os.close(one)
            os.read(waiting, 1)
            os.close(waiting)
            return become(told, files)
        os.close(say)
        child = int(os.read(said, 32))
        os.waitpid(between, 0)
        asked.send(str(child).encode())
        for one in (go, waiting, said, *files):
            os.close(one)


def become(told: dict[str, Any], files: Sequence[int]) -> Program:
    """Take on the surroundings of a program."""
    atexit._clear()  # what the one before it does at its end is not its own to do
    for place, one in enumerate(files):
        os.dup2(one, place)
    for one in files:
        os.close(one)
    if told["session"]:
        os.setsid()
    if told["folder"]:
        os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["environment"])
    program = Program(**told["program"])
    if program.network:
        with Path(program.network).open("rb") as network:
            if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), _NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
    return program


def end(main: Callable[[], object]) -> NoReturn:
    """Be a program to its end: all but taking every loaded module apart, a second's work."""
    code: object = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code or 0
    except BaseException:  # noqa: BLE001 - told as Python tells it
        sys.excepthook(*cast("Any", sys.exc_info()))
        code = 1
    if not isinstance(code, int):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as Python does
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(code)


def run(program: Program) -> None:
    """Do what a program does."""
    if _ALL[0]:
        begin()
    if program.quiet:
        warnings.simplefilter("ignore")
    sys.argv = [program.what if not program.how else program.how, *program.arguments]
    if program.how == "-m":
        sys.path[0] = str(Path.cwd())
        if not hasattr(sys.modules.get(program.what), "__path__"):
            sys.modules.pop(program.what, None)  # it is the program now, and no module of another
        runpy.run_module(program.what, run_name="__main__", alter_sys=True)
    elif program.how == "-c":
        sys.path[0] = ""
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(program.what, "<string>", "exec"), main.__dict__)
    else:
        sys.path[0] = str(Path(program.what).resolve().parent)
        runpy.run_path(program.what, run_name="__main__")


# --- The one that asks ----------------------------------------------------------------------------


class Forks:
    """Asks for forks; they are children of this process.

    Args:
        asking: Where the process that has loaded listens.
        ended: Ends that process, which would wait for whoever else can still ask.
    """

    def __init__(self, asking: socket.socket, ended: Callable[[], object]) -> None:
        self._asking, self._ended = asking, ended
        self.owner = os.getpid()
        self._turn = threading.Lock()

    def start(
        self,
        program: Program,
        files: Sequence[int],
        folder: str | None,
        environment: dict[str, str],
        *,
        session: bool,
    ) -> int:
        """Start a program with its three files; return the number of its process."""
        told = {"program": program.__dict__, "folder": folder, "environment": environment}
        words = json.dumps({**told, "session": session}).encode()
        with self._turn:
            socket.send_fds(self._asking, [words], files)
            return int(self._asking.recv(32))

    def close(self) -> None:
        """Let the process that has loaded end."""
        self._asking.close()
        if self.owner == os.getpid():
            self._ended()


def begun_otherwise(environment: Mapping[str, str]) -> bool:
    """Say whether an environment differs in what is read once, when a process begins."""
    return any(
        environment.get(name) != os.environ.get(name)
        for name in {*environment, *os.environ}
        if name.startswith(_READ_ONCE)
    )


def reaping(wanted: bool) -> None:
    """Take over who loses its parent below this process, or do so no more."""
    ctypes.CDLL(None).prctl(_SUBREAPER, int(wanted), 0, 0, 0)


@contextmanager
def forked(forks: Forks) -> Iterator[None]:
    """Run what is understood as forks, while the block lasts."""
    whole = subprocess.Popen._execute_child  # type: ignore[attr-defined]  # what Popen calls

    def start(
        self: Any, args: Any, executable: Any, preexec_fn: Any, close_fds: Any, pass_fds: Any,
        cwd: Any, env: Any, startupinfo: Any, creationflags: Any, shell: Any,
        p2cread: int, p2cwrite: int, c2pread: int, c2pwrite: int, errread: int, errwrite: int,
        restore_signals: Any, gid: Any, gids: Any, uid: Any, umask: int,
        start_new_session: bool, process_group: int,
    ) -> None:  # fmt: skip
        program = understood(args)
        asked = (executable, preexec_fn, pass_fds, shell, gid, gids, uid, umask + 1,
                 process_group + 1)  # fmt: skip
        given = {os.fsdecode(k): os.fsdecode(v) for k, v in (env or os.environ).items()}
        elsewhere = forks.owner != os.getpid() or begun_otherwise(given)
        if program is None or elsewhere or any(asked):
            whole(
                self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo,
                creationflags, shell, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,
                restore_signals, gid, gids, uid, umask, start_new_session, process_group,
            )  # fmt: skip
            return
        files = [at if one == -1 else one
                 for at, one in enumerate((p2cread, c2pwrite, errwrite))]  # fmt: skip
        folder = None if cwd is None else os.fsdecode(cwd)
        self.pid = forks.start(
            program, files, folder or str(Path.cwd()), given, session=start_new_session
        )
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)

    subprocess.Popen._execute_child = start  # type: ignore[attr-defined]
    reaping(True)
    try:
        yield
    finally:
        reaping(False)
        subprocess.Popen._execute_child = whole  # type: ignore[attr-defined]


def live(asked: socket.socket) -> NoReturn:
    """Make forks, and be the program in each."""
    program = serve(asked)
    end(partial(run, program) if program else lambda: None)


def ended(child: int) -> None:
    """End a child that waits, and see it end."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def let_go_but(kept: socket.socket) -> None:
    """Close what this process has open: what somebody reads to its end must not be held."""
    nowhere, at = os.open(os.devnull, os.O_RDWR), kept.fileno()
    for place in range(3):
        os.dup2(nowhere, place)
    most = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, at)
    os.closerange(at + 1, most)


_FOR_GOOD = ExitStack()
_ALL = [True]
"""Whether what a fork starts is one as well."""

_of_this: list[Forks] = []
"""What this process asks, where it is a fork itself."""


def begin() -> None:
    """Let what this process starts be forks of it as it is now: one of its own waits for that."""
    asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    sys.stdout.flush()
    _of_this.clear()
    child = os.fork()
    if not child:
        let_go_but(asked)
        for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(one, signal.SIG_DFL)  # as a new program finds them
        signal.signal(signal.SIGINT, signal.default_int_handler)
        live(asked)
    asked.close()
    forks = Forks(asking, partial(ended, child))
    _of_this.append(forks)
    atexit.register(forks.close)
    _FOR_GOOD.enter_context(forked(forks))


def begin_again() -> None:
    """Begin in a process that one of the forks forked by itself: its children are its own."""
    for forks in _of_this[:]:
        forks.close()
        begin()


@contextmanager
def loaded() -> Iterator[Forks]:
    """Start the process that loads; it ends with the block."""
    asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, __file__, str(asked.fileno())],
        pass_fds=[asked.fileno()],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    asked.close()
    with process, closing(Forks(asking, process.kill)) as forks:
        yield forks


def main() -> None:
    """Load, make forks, and in a fork be what is asked for."""
    asked = socket.socket(fileno=int(sys.argv[1]))
    asked.set_inheritable(False)
    _ALL[0] = False
    prepare()
    live(asked)


if __name__ == "__main__":
    main()
